#include "core/mesh.h"
#include "core/text.h"
#include "io/internal/imported_scene.h"
#include "motion/check_model.h"
#include <Eigen/LU>
#include <algorithm>
#include <map>
#include <optional>
#include <set>

namespace mp4d {
namespace {

using Mat4d = Eigen::Matrix4d;

constexpr double kSameMatrix = 1e-5;  // relative; float files carry no more

double relative_difference(const Mat4d& a, const Mat4d& b) {
  return (a - b).cwiseAbs().maxCoeff() / std::max({1e-12, a.cwiseAbs().maxCoeff(), b.cwiseAbs().maxCoeff()});
}

bool invertible(const Mat4d& m) {
  const Eigen::Matrix3d linear = m.topLeftCorner<3, 3>();
  const double size = linear.cwiseAbs().maxCoeff();
  return m.allFinite() && size > 0 && std::abs(linear.determinant()) > 1e-9 * size * size * size;
}

Points transformed(const Points& points, const Mat4d& m) {
  Points out(points.rows(), 3);
  for (Eigen::Index i = 0; i < points.rows(); ++i) {
    const Eigen::Vector3d p = points.row(i).transpose().cast<double>();
    out.row(i) = (m.topLeftCorner<3, 3>() * p + m.topRightCorner<3, 1>()).transpose().cast<float>();
  }
  return out;
}

void transform_mesh(ImportedMesh& mesh, const Mat4d& m) {
  if (m == Mat4d::Identity()) return;
  mesh.verts = transformed(mesh.verts, m);
  const Eigen::Matrix3d linear = m.topLeftCorner<3, 3>();
  const double determinant = linear.determinant();
  if (determinant < 0) mesh.faces.col(1).swap(mesh.faces.col(2));
  if (mesh.normals.rows() == 0) return;
  if (!invertible(m)) {
    mesh.normals = vertex_normals(mesh.verts, mesh.faces);
    return;
  }
  const Eigen::Matrix3f normal_matrix = linear.inverse().transpose().cast<float>();
  for (Eigen::Index i = 0; i < mesh.normals.rows(); ++i) {
    mesh.normals.row(i) = (normal_matrix * mesh.normals.row(i).transpose()).normalized().transpose();
  }
}

/// "hip", "hip_2", "hip_3", … in time that does not grow with how often a name was asked for.
class UniqueNames {
 public:
  std::string of(const std::string& wanted) {
    std::string name = wanted;
    for (int& last = last_.try_emplace(wanted, 1).first->second; !taken_.insert(name).second;)
      name = fmt::format("{}_{}", wanted, ++last);
    return name;
  }

 private:
  std::set<std::string> taken_;
  std::map<std::string, int> last_;
};

class Assembler {
 public:
  Assembler(const std::filesystem::path& path, ImportedScene& scene, JobContext* job)
      : file_(path.string()), scene_(scene), job_(job) {
    model_.name = as_utf8(path.stem().string());
    for (ImportedNode& node : scene.nodes) node.name = as_utf8(std::move(node.name));
    for (ImportedClip& clip : scene.clips) clip.name = as_utf8(std::move(clip.name));
    for (Material& material : scene.materials) material.name = as_utf8(std::move(material.name));
  }

  Result<RiggedModel> run() {
    MP4D_CHECK(check_nodes());
    std::erase_if(scene_.clips, [](const ImportedClip& clip) { return clip.tracks.empty(); });
    MP4D_CHECK(check_meshes());
    const bool skinned = std::any_of(scene_.meshes.begin(), scene_.meshes.end(),
                                     [](const ImportedMesh& mesh) { return !mesh.bones.empty(); });
    if (!skinned && scene_.clips.empty() && !scene_.motion_only) {
      for (ImportedMesh& mesh : scene_.meshes) transform_mesh(mesh, world_[mesh.node]);
      merge_meshes();
      return std::move(model_);
    }
    if (renamed_ > 0) warn(job_, fmt::format("{}: {} unnamed or equally named nodes got new names", file_, renamed_));
    choose_joints();
    for (ImportedMesh& mesh : scene_.meshes) {
      if (!mesh.bones.empty()) MP4D_CHECK(bind_skinned(mesh));
    }
    for (ImportedMesh& mesh : scene_.meshes) {
      if (mesh.bones.empty()) bind_rigid(mesh);
    }
    merge_meshes();
    make_skeleton();
    make_skin();
    MP4D_CHECK(make_clips());
    return std::move(model_);
  }

 private:
  /// Unique names, parents before children, world matrices of the rest pose.
  Result<void> check_nodes() {
    auto& nodes = scene_.nodes;
    const int count = static_cast<int>(nodes.size());
    UniqueNames unique;
    for (int i = 0; i < count; ++i) {
      std::string name = unique.of(nodes[i].name.empty() ? fmt::format("node_{}", i) : nodes[i].name);
      renamed_ += name != nodes[i].name;
      nodes[i].name = std::move(name);
      const Transform& rest = nodes[i].rest;
      if (!rest.translation.allFinite() || !rest.rotation.coeffs().allFinite() || !rest.scale.allFinite()) {
        return fail(ErrorCode::kInput, "{}: node '{}' has a transform that is not finite", file_, nodes[i].name);
      }
    }

    std::vector<std::vector<int>> children(count);
    std::vector<int> stack;
    for (int i = 0; i < count; ++i) {
      if (nodes[i].parent >= 0) children[nodes[i].parent].push_back(i);
    }
    for (int i = count - 1; i >= 0; --i) {
      if (nodes[i].parent < 0) stack.push_back(i);
    }
    world_.assign(count, Mat4d::Identity());
    while (!stack.empty()) {
      const int i = stack.back();
      stack.pop_back();
      order_.push_back(i);
      const Mat4d local = nodes[i].rest.matrix().cast<double>();
      world_[i] = nodes[i].parent < 0 ? local : Mat4d(world_[nodes[i].parent] * local);
      stack.insert(stack.end(), children[i].rbegin(), children[i].rend());
    }
    if (static_cast<int>(order_.size()) != count) {
      return fail(ErrorCode::kInput, "{}: the node hierarchy contains a cycle", file_);
    }
    return {};
  }

  Result<void> check_meshes() {
    std::erase_if(scene_.meshes, [&](const ImportedMesh& mesh) {
      return mesh.faces.rows() == 0 || !scene_.nodes[mesh.node].in_scene;
    });
    if (scene_.meshes.empty() && !scene_.motion_only) {
      return fail(ErrorCode::kInput, "{}: holds no triangles; give a file with a surface mesh", file_);
    }
    Eigen::Index vertices = 0, faces = 0;
    for (ImportedMesh& mesh : scene_.meshes) {
      const auto require_finite = [&](const auto& values, const char* what) -> Result<void> {
        for (Eigen::Index i = 0; i < values.rows(); ++i) {
          if (!values.row(i).allFinite()) {
            return fail(ErrorCode::kInput, "{}: mesh '{}': {} of vertex {} is not a finite number", file_, mesh.name,
                        what, i);
          }
        }
        return {};
      };
      MP4D_CHECK(require_finite(mesh.verts, "position"));
      MP4D_CHECK(require_finite(mesh.uvs, "texture coordinate"));
      MP4D_CHECK(require_finite(mesh.colors, "colour"));
      if (mesh.normals.rows() > 0 && !mesh.normals.allFinite()) {
        mesh.normals = vertex_normals(mesh.verts, mesh.faces);
        warn(job_, fmt::format("{}: mesh '{}': normals that are not finite were computed anew", file_, mesh.name));
      }
      for (Eigen::Index f = 0; f < mesh.faces.rows(); ++f) {
        if (mesh.faces.row(f).minCoeff() < 0 || mesh.faces.row(f).maxCoeff() >= mesh.verts.rows()) {
          return fail(ErrorCode::kInput, "{}: mesh '{}': triangle {} refers to vertex {}, but there are only {}", file_,
                      mesh.name, f, mesh.faces.row(f).maxCoeff(), mesh.verts.rows());
        }
      }
      const auto weighted = [](const auto& vertex) {
        return std::any_of(vertex.begin(), vertex.end(), [](const auto& entry) { return entry.second > 0; });
      };
      if (!mesh.bones.empty() && std::none_of(mesh.influences.begin(), mesh.influences.end(), weighted)) {
        warn(job_, fmt::format("{}: mesh '{}' has bones but no weights; it follows its own node '{}'", file_, mesh.name,
                               scene_.nodes[mesh.node].name));
        mesh.bones.clear();
      }
      vertices += mesh.verts.rows();
      faces += mesh.faces.rows();
    }
    if (vertices > INT32_MAX || faces > INT32_MAX) {
      return fail(ErrorCode::kResource, "{}: {} vertices and {} triangles; at most {} of each can be used", file_,
                  vertices, faces, INT32_MAX);
    }
    return {};
  }

  /// Every node becomes a joint except those that only held a camera, a light or a skinned mesh.
  void choose_joints() {
    std::vector<char> needed(scene_.nodes.size(), 0);
    for (const ImportedMesh& mesh : scene_.meshes) {
      if (mesh.bones.empty()) needed[mesh.node] = 1;
      for (const int bone : mesh.bones) needed[bone] = 1;
    }
    for (const ImportedClip& clip : scene_.clips) {
      for (const ImportedTrack& track : clip.tracks) needed[track.node] = 1;
    }
    // A mesh's own node may be animated without effect on its skinned vertices.
    std::set<int> skin_holders;
    for (const ImportedMesh& mesh : scene_.meshes) {
      if (!mesh.bones.empty()) skin_holders.insert(mesh.node);
    }
    for (auto i = order_.rbegin(); i != order_.rend(); ++i) {
      const ImportedNode& node = scene_.nodes[*i];
      if (!node.holds_object && !skin_holders.count(*i)) needed[*i] = 1;
      if (needed[*i] && node.parent >= 0) needed[node.parent] = 1;
    }
    joint_of_node_.assign(scene_.nodes.size(), -1);
    for (const int i : order_) {
      if (!needed[i]) continue;
      joint_of_node_[i] = static_cast<int>(joints_.size());
      joints_.push_back({i, std::nullopt, scene_.nodes[i].name});
    }
  }

  /// Brings the mesh into the space where one joint_from_mesh a joint serves all meshes. Preferred is the
  /// rest pose in the world; when meshes were bound in different poses, joints that disagree get a twin.
  Result<void> bind_skinned(ImportedMesh& mesh) {
    std::vector<char> used(mesh.bones.size(), 0);
    for (const auto& vertex : mesh.influences) {
      for (const auto& [bone, weight] : vertex) used[bone] |= weight > 0;
    }
    int top = -1;  // the used bone nearest the root
    std::optional<Mat4d> world_from_mesh, shared_from_mesh;
    for (std::size_t b = 0; b < mesh.bones.size(); ++b) {
      if (!used[b]) continue;
      const Mat4d offset = mesh.bone_from_mesh[b].cast<double>();
      const int joint = joint_of_node_[mesh.bones[b]];
      if (!invertible(offset)) {
        return fail(ErrorCode::kInput, "{}: mesh '{}': bone '{}' has a bind matrix without inverse; bind the mesh again",
                    file_, mesh.name, joints_[joint].name);
      }
      if (top < 0 || joint < joint_of_node_[mesh.bones[top]]) {
        top = static_cast<int>(b);
        world_from_mesh = world_[mesh.bones[b]] * offset;
      }
      if (joints_[joint].from_mesh && !shared_from_mesh) {
        shared_from_mesh = joints_[joint].from_mesh->inverse() * offset;
      }
    }
    Mat4d target = shared_from_mesh.value_or(upright(*world_from_mesh, world_[mesh.node]));
    if (!invertible(target)) target = Mat4d::Identity();
    if (relative_difference(target, Mat4d::Identity()) < 1e-6) target = Mat4d::Identity();
    for (std::size_t b = 0; b < mesh.bones.size(); ++b) {
      const int node = mesh.bones[b];
      int joint = joint_of_node_[node];
      if (used[b]) {
        const Mat4d from_mesh = mesh.bone_from_mesh[b].cast<double>() * target.inverse();
        joint = joint_with(joint, from_mesh);
      }
      joint_ids_[&mesh].push_back(joint);
    }
    fallback_[&mesh] = joint_ids_[&mesh][top];
    transform_mesh(mesh, target);
    return {};
  }

  /// Where the bind pose stands in the world: by the mesh's own node if that is of the same size as, and turned
  /// less than 60 degrees against, what the topmost bone's rest says (which may be a frame of an animation).
  static Mat4d upright(const Mat4d& by_bone, const Mat4d& by_node) {
    if (!invertible(by_bone) || !invertible(by_node)) return by_bone;
    const Mat4d between = by_bone.inverse() * by_node;
    const double scale = std::cbrt(between.topLeftCorner<3, 3>().determinant());
    const double cosine = (between.topLeftCorner<3, 3>().trace() / std::max(scale, 1e-12) - 1) / 2;
    return std::abs(scale - 1) < 0.01 && cosine > 0.5 ? by_node : by_bone;
  }

  /// The joint itself, or a twin of it that rests on it, with this bind matrix.
  int joint_with(int joint, const Mat4d& from_mesh) {
    if (!joints_[joint].from_mesh) joints_[joint].from_mesh = from_mesh;
    if (relative_difference(*joints_[joint].from_mesh, from_mesh) <= kSameMatrix) return joint;
    for (std::size_t j = 0; j < joints_.size(); ++j) {
      if (joints_[j].twin_of == joint && relative_difference(*joints_[j].from_mesh, from_mesh) <= kSameMatrix) {
        return static_cast<int>(j);
      }
    }
    std::string name = joints_[joint].name + "_bind";
    while (std::any_of(joints_.begin(), joints_.end(), [&](const ChosenJoint& j) { return j.name == name; })) {
      name += '_';
    }
    joints_.push_back({-1, from_mesh, name, joint});
    return static_cast<int>(joints_.size()) - 1;
  }

  void bind_rigid(ImportedMesh& mesh) {
    const int joint = joint_of_node_[mesh.node];
    if (!joints_[joint].from_mesh) {  // a node scaled to nothing at rest keeps its mesh in its own space
      const bool usable = invertible(world_[mesh.node]);
      joints_[joint].from_mesh = usable ? world_[mesh.node].inverse().eval() : Mat4d::Identity().eval();
    }
    const Mat4d mesh_from_node = joints_[joint].from_mesh->inverse();
    mesh.influences.assign(mesh.verts.rows(), {{0, 1.0f}});
    joint_ids_[&mesh] = {joint};
    fallback_[&mesh] = joint;
    transform_mesh(mesh, mesh_from_node);
  }

  void merge_meshes() {
    Eigen::Index vertices = 0, faces = 0;
    bool normals = false, colors = false, uvs = false;
    for (const ImportedMesh& mesh : scene_.meshes) {
      vertices += mesh.verts.rows();
      faces += mesh.faces.rows();
      normals |= mesh.normals.rows() > 0;
      colors |= mesh.colors.rows() > 0;
      uvs |= mesh.uvs.rows() > 0;
    }
    Mesh& out = model_.mesh;
    out.verts.resize(vertices, 3);
    out.faces.resize(faces, 3);
    if (normals) out.normals.resize(vertices, 3);
    if (colors) out.colors.setOnes(vertices, 3);
    if (uvs) out.uvs.setZero(vertices, 2);
    out.materials = std::move(scene_.materials);
    Eigen::Index v = 0, f = 0;
    for (const ImportedMesh& mesh : scene_.meshes) {
      const Eigen::Index n = mesh.verts.rows();
      out.verts.middleRows(v, n) = mesh.verts;
      if (normals) {
        out.normals.middleRows(v, n) = mesh.normals.rows() > 0 ? mesh.normals : vertex_normals(mesh.verts, mesh.faces);
      }
      if (mesh.colors.rows() > 0) out.colors.middleRows(v, n) = mesh.colors;
      if (mesh.uvs.rows() > 0) out.uvs.middleRows(v, n) = mesh.uvs;
      out.faces.middleRows(f, mesh.faces.rows()) = mesh.faces.array() + static_cast<int>(v);
      out.face_material.insert(out.face_material.end(), mesh.face_material.begin(), mesh.face_material.end());
      v += n;
      f += mesh.faces.rows();
    }
    drop_unused_materials();
  }

  void drop_unused_materials() {
    Mesh& mesh = model_.mesh;
    std::vector<int> new_index(mesh.materials.size(), -1);
    std::vector<Material> kept;
    for (int& material : mesh.face_material) {
      if (new_index[material] < 0) {
        new_index[material] = static_cast<int>(kept.size());
        kept.push_back(std::move(mesh.materials[material]));
      }
      material = new_index[material];
    }
    mesh.materials = std::move(kept);
  }

  /// Joints in tree order; twins come right after all others, which keeps parents first.
  void make_skeleton() {
    for (const ChosenJoint& chosen : joints_) {
      Joint joint{chosen.name, chosen.twin_of, {}};
      if (chosen.node >= 0) {
        joint.rest = scene_.nodes[chosen.node].rest;
        const int parent = scene_.nodes[chosen.node].parent;
        joint.parent = parent < 0 ? -1 : joint_of_node_[parent];
      }
      model_.skeleton.joints.push_back(std::move(joint));
      Mat4d from_mesh = Mat4d::Identity();
      if (chosen.from_mesh) from_mesh = *chosen.from_mesh;
      else if (invertible(world_[chosen.node])) from_mesh = world_[chosen.node].inverse();
      Mat4 matrix = from_mesh.cast<float>();
      matrix.row(3) << 0, 0, 0, 1;
      model_.skin.joint_from_mesh.push_back(matrix);
    }
  }

  void make_skin() {
    Skin& skin = model_.skin;
    skin.joints.setZero(model_.mesh.verts.rows(), 4);
    skin.weights.setZero(model_.mesh.verts.rows(), 4);
    Eigen::Index row = 0, weightless = 0;
    float largest_loss = 0;
    for (const ImportedMesh& mesh : scene_.meshes) {
      const std::vector<int>& ids = joint_ids_[&mesh];
      for (const auto& vertex : mesh.influences) {
        std::map<int, double> merged;
        for (const auto& [bone, weight] : vertex) {
          if (weight > 0 && std::isfinite(weight)) merged[ids[bone]] += weight;
        }
        std::vector<std::pair<int, double>> sorted(merged.begin(), merged.end());
        std::stable_sort(sorted.begin(), sorted.end(), [](auto& a, auto& b) { return a.second > b.second; });
        double all = 0, sum = 0;
        for (const auto& entry : sorted) all += entry.second;
        if (sorted.size() > 4) sorted.resize(4);
        for (const auto& entry : sorted) sum += entry.second;
        if (sum <= 0) {
          ++weightless;
          sorted = {{fallback_[&mesh], 1.0}};
          all = sum = 1;
        }
        largest_loss = std::max(largest_loss, static_cast<float>(1 - sum / all));
        for (std::size_t k = 0; k < sorted.size(); ++k) {
          skin.joints(row, k) = sorted[k].first;
          skin.weights(row, k) = static_cast<float>(sorted[k].second / sum);
        }
        ++row;
      }
    }
    if (weightless > 0) {
      warn(job_, fmt::format("{}: {} vertices without weights were bound to the topmost bone of their mesh", file_,
                             weightless));
    }
    if (largest_loss > 0.01f) {
      warn(job_, fmt::format("{}: only the four heaviest of more influences are kept; up to {:.0f} % of a vertex's "
                             "weight was redistributed", file_, 100 * largest_loss));
    }
  }

  void begin_at_zero(ImportedClip& clip) const {
    double first = 0;
    for (const ImportedTrack& track : clip.tracks)
      if (!track.times.empty()) first = std::min(first, track.times.front());
    if (!(first < 0)) return;
    for (ImportedTrack& track : clip.tracks)
      for (double& time : track.times) time -= first;
    warn(job_, fmt::format("{}: clip '{}' began at {:.3f} s; it now begins at 0", file_, clip.name, first));
  }

  Result<void> make_clips() {
    UniqueNames unique;
    for (ImportedClip& source : scene_.clips) {
      source.name = unique.of(source.name.empty() ? "clip" : source.name);
      begin_at_zero(source);
      auto sampled = sample_imported_clip(source, scene_.nodes);
      if (!sampled) return fail(sampled.error().code, "{}: {}", file_, sampled.error().message);
      if (sampled->times.empty()) {
        warn(job_, fmt::format("{}: clip '{}' has no keys and was left out", file_, source.name));
        continue;
      }
      Clip clip{sampled->name, std::move(sampled->times), {}};
      for (const Pose& nodes : sampled->poses) {
        Pose pose(joints_.size());
        for (std::size_t j = 0; j < joints_.size(); ++j) {
          if (joints_[j].node >= 0) pose[j] = nodes[joints_[j].node];
        }
        clip.poses.push_back(std::move(pose));
      }
      model_.clips.push_back(std::move(clip));
    }
    return {};
  }

  struct ChosenJoint {
    int node;
    std::optional<Mat4d> from_mesh;
    std::string name;
    int twin_of = -1;  ///< index of a joint that this one rests on with identity, -1 = a node's own
  };

  std::string file_;
  ImportedScene& scene_;
  JobContext* job_;
  RiggedModel model_;
  int renamed_ = 0;
  std::vector<int> order_;      // nodes, parents first
  std::vector<Mat4d> world_;    // world_from_node at rest
  std::vector<int> joint_of_node_;
  std::vector<ChosenJoint> joints_;
  std::map<const ImportedMesh*, std::vector<int>> joint_ids_;  // joint of each of the mesh's bones
  std::map<const ImportedMesh*, int> fallback_;                // joint for vertices without weights
};

}  // namespace

Result<RiggedModel> assemble_model(const std::filesystem::path& path, ImportedScene scene, JobContext* job) {
  MP4D_TRY(model, Assembler(path, scene, job).run());
  // Numbers that are fit each for themselves may not be together, e.g. a vertex and the scale of its node.
  if (const auto sound = check_model(model); !sound)
    return fail(ErrorCode::kInput, "{}: cannot be used: {}", path.string(), sound.error().message);
  return std::move(model);
}

}  // namespace mp4d
