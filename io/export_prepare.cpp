#include "core/srgb.h"
#include "core/text.h"
#include "io/internal/export_formats.h"
#include "motion/clip_edit.h"
#include "motion/kinematics.h"
#include <algorithm>
#include <cctype>
#include <numeric>
#include <set>

namespace mp4d {
namespace {

std::string identifier(const std::string& name) {
  std::string out;
  for (const char c : name) out += std::isalnum(static_cast<unsigned char>(c)) ? c : '_';
  if (out.empty() || std::isdigit(static_cast<unsigned char>(out[0]))) out.insert(0, 1, '_');
  return out;
}

/// `name`, or with a number behind it if it was taken before.
std::string unique_name(const std::string& name, std::set<std::string>& taken) {
  std::string unique = name;
  for (int n = 2; !taken.insert(unique).second; ++n) unique = fmt::format("{}_{}", name, n);
  return unique;
}

std::string without_spaces(std::string name) {
  std::replace_if(
      name.begin(), name.end(), [](unsigned char c) { return std::isspace(c) || c == '{' || c == '}'; }, '_');
  return name;
}

void name_all(RiggedModel& model, Names kind) {
  const auto cleaned = [kind](const std::string& given) {
    const std::string name = as_utf8(given);
    return kind == Names::kIdentifiers ? identifier(name) : kind == Names::kNoSpaces ? without_spaces(name) : name;
  };
  std::set<std::string> joints, clips, materials;
  for (int j = 0; j < model.skeleton.size(); ++j) {
    std::string& name = model.skeleton.joints[j].name;
    name = unique_name(cleaned(name.empty() ? fmt::format("joint_{}", j) : name), joints);
  }
  for (Clip& clip : model.clips) clip.name = unique_name(cleaned(clip.name.empty() ? "clip" : clip.name), clips);
  for (Material& material : model.mesh.materials)
    material.name = unique_name(cleaned(material.name.empty() ? "material" : material.name), materials);
  if (model.name.empty()) model.name = "model";
  model.name = cleaned(model.name);
}

/// Readers group triangles by material; in that order from the start, they come back as they were.
void sort_by_material(Mesh& mesh) {
  if (mesh.face_material.empty()) {
    if (mesh.materials.size() > 1) mesh.materials.resize(1);
    return;
  }
  std::vector<int> order(mesh.face_material.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(),
                   [&](int a, int b) { return mesh.face_material[a] < mesh.face_material[b]; });
  Faces faces(mesh.faces.rows(), 3);
  std::vector<int> face_material;
  std::vector<Material> used;
  int last = -1;
  for (std::size_t f = 0; f < order.size(); ++f) {
    const int material = mesh.face_material[order[f]];
    if (material != last && !mesh.materials.empty()) used.push_back(mesh.materials[material]);
    last = material;
    faces.row(static_cast<Eigen::Index>(f)) = mesh.faces.row(order[f]);
    face_material.push_back(used.empty() ? 0 : static_cast<int>(used.size()) - 1);
  }
  mesh.faces = std::move(faces);
  mesh.face_material = std::move(face_material);
  mesh.materials = std::move(used);
}

/// The skin with each joint once a vertex, at most `most` of them, weights summing to 1, heaviest first.
void tidy_weights(Skin& skin, int most, JobContext* job) {
  float largest_loss = 0;
  for (Eigen::Index v = 0; v < skin.joints.rows(); ++v) {
    std::vector<std::pair<double, int>> slots;
    for (int k = 0; k < 4; ++k) {
      if (skin.weights(v, k) <= 0) continue;
      const int joint = skin.joints(v, k);
      const auto same =
          std::find_if(slots.begin(), slots.end(), [joint](const auto& slot) { return slot.second == joint; });
      if (same == slots.end())
        slots.emplace_back(skin.weights(v, k), joint);
      else
        same->first += skin.weights(v, k);
    }
    std::stable_sort(slots.begin(), slots.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
    double all = 0, kept = 0;
    for (std::size_t k = 0; k < slots.size(); ++k) {
      all += slots[k].first;
      if (static_cast<int>(k) < most) kept += slots[k].first;
    }
    largest_loss = std::max(largest_loss, static_cast<float>(1 - kept / all));
    for (int k = 0; k < 4; ++k) {
      const bool used = k < std::min(most, static_cast<int>(slots.size()));
      skin.joints(v, k) = used ? slots[k].second : 0;
      skin.weights(v, k) = used ? static_cast<float>(slots[k].first / kept) : 0;
    }
  }
  if (largest_loss > 0.01f)
    warn(job, fmt::format("with {} a vertex, up to {:.0f} % of a vertex's weight was redistributed",
                          counted(most, "influence"), 100 * largest_loss));
}

/// How much larger the joint's axes are in the bind pose than the mesh's, if evenly so; 0 otherwise.
float bind_scale(const Mat4& joint_from_mesh) {
  const Mat3 linear = joint_from_mesh.topLeftCorner<3, 3>();
  const Mat3 square = linear * linear.transpose();
  const float mean = square.trace() / 3;
  if (!(mean > 1e-12f) || linear.determinant() <= 0) return 0;
  return (square / mean - Mat3::Identity()).cwiseAbs().maxCoeff() < 1e-3f ? 1 / std::sqrt(mean) : 0;
}

/// Joints that are bound with an even scale are bound with 1, and the lengths below them made what they are in the
/// world: Blender and Unreal have bones without a scale of their own. A number commutes with all matrices, so every
/// pose stays the same.
void fold_bind_scales(RiggedModel& model) {
  std::vector<float> world(model.skeleton.joints.size(), 1);
  for (std::size_t j = 0; j < world.size(); ++j) {
    Joint& joint = model.skeleton.joints[j];
    const float bound = bind_scale(model.skin.joint_from_mesh[j]), above = joint.parent < 0 ? 1 : world[joint.parent];
    world[j] = bound > 0 ? bound : above;
    const float own = world[j] / above;
    const auto fold = [&](Transform& local) {
      local.translation *= above;
      local.scale /= own;
      if ((local.scale - Vec3::Ones()).cwiseAbs().maxCoeff() < 1e-5f) local.scale.setOnes();
    };
    fold(joint.rest);
    for (Clip& clip : model.clips)
      for (Pose& pose : clip.poses) fold(pose[j]);
    model.skin.joint_from_mesh[j].topRows<3>() *= world[j];
  }
}

void add_leaf_joints(RiggedModel& model) {
  const int count = model.skeleton.size();
  const std::vector<Vec3> tips = joint_tips(model);
  std::vector<char> leaf(count, 1);
  std::set<std::string> names;
  for (const Joint& joint : model.skeleton.joints) {
    if (joint.parent >= 0) leaf[joint.parent] = 0;
    names.insert(joint.name);
  }
  for (int j = 0; j < count; ++j) {
    if (!leaf[j]) continue;
    Joint tip{unique_name(model.skeleton.joints[j].name + "_end", names), j, {}};
    tip.rest.translation = tips[j];
    Mat4 tip_from_joint = Mat4::Identity();
    tip_from_joint.topRightCorner<3, 1>() = -tips[j];
    model.skin.joint_from_mesh.push_back(tip_from_joint * model.skin.joint_from_mesh[j]);
    for (Clip& clip : model.clips)
      for (Pose& pose : clip.poses) pose.push_back(tip.rest);
    model.skeleton.joints.push_back(std::move(tip));
  }
}

}  // namespace

std::vector<Vec3> joint_tips(const RiggedModel& model) {
  const std::vector<Joint>& joints = model.skeleton.joints;
  const std::vector<Mat4> world = forward_kinematics(model.skeleton, rest_pose(model.skeleton));
  std::vector<Vec3> tips(joints.size(), Vec3::Zero());
  for (std::size_t j = 0; j < joints.size(); ++j) {  // on, in the direction in which the parent's bone came
    const Vec3 own = world[j].topRightCorner<3, 1>();
    const Vec3 came = joints[j].parent < 0 ? Vec3::Zero() : Vec3(own - world[joints[j].parent].topRightCorner<3, 1>());
    const Mat3 axes = world[j].topLeftCorner<3, 3>();
    const float size = std::cbrt(std::abs(axes.determinant()));
    if (!(size > 1e-6f)) continue;
    tips[j] = axes.inverse() * (came.norm() > 1e-6f ? Vec3(0.5f * came) : Vec3(0, 0.1f, 0));
  }
  std::vector<std::vector<std::pair<float, Vec3>>> surface(joints.size());  // distance and place, the joint's own axes
  for (Eigen::Index v = 0; v < model.skin.joints.rows(); ++v) {
    const int j = model.skin.joints(v, 0);
    if (model.skin.weights(v, 0) < 0.5f || !(tips[j].norm() > 0)) continue;
    const Vec3 point = (model.skin.joint_from_mesh[j] * model.mesh.verts.row(v).transpose().homogeneous()).head<3>();
    surface[j].emplace_back(point.norm(), point);
  }
  for (std::size_t j = 0; j < joints.size(); ++j) {  // to where its part of the surface ends
    auto& far = surface[j];
    if (far.empty()) continue;
    const std::size_t count = std::max<std::size_t>(1, far.size() / 10);
    std::nth_element(far.begin(), far.begin() + static_cast<std::ptrdiff_t>(count) - 1, far.end(),
                     [](const auto& a, const auto& b) { return a.first > b.first; });
    Vec3 sum = Vec3::Zero();
    for (std::size_t i = 0; i < count; ++i) sum += far[i].second;
    const Vec3 end = sum / static_cast<float>(count);
    if (end.norm() > 0.25f * tips[j].norm()) tips[j] = end;
  }
  return tips;
}

RiggedModel prepare_export(const RiggedModel& source, const ExportSettings& settings, Names names, JobContext* job) {
  RiggedModel model = source;
  name_all(model, names);
  sort_by_material(model.mesh);
  tidy_weights(model.skin, settings.influences, job);
  if (settings.key_fps > 0)
    for (Clip& clip : model.clips) clip = resample_clip(clip, settings.key_fps);
  if (settings.unit_scales) fold_bind_scales(model);
  if (settings.leaf_bones && model.skeleton.size() > 0) add_leaf_joints(model);
  for (Clip& clip : model.clips) {
    for (Pose& pose : clip.poses)
      for (Transform& local : pose) local.rotation.normalize();
    keep_rotations_close(clip);
  }
  for (Joint& joint : model.skeleton.joints) joint.rest.rotation.normalize();
  return model;
}

RiggedModel to_file_space(RiggedModel model, const ExportSettings& settings) {
  const float scale = static_cast<float>(1 / settings.unit_m);
  Mat3 turn = Mat3::Identity();
  if (settings.z_up) turn << 1, 0, 0, 0, 0, -1, 0, 1, 0;
  if (scale == 1 && !settings.z_up) return model;
  const Quat rotation(turn);
  const auto move = [&](Transform& local, bool root) {
    local.translation *= scale;
    if (!root || !settings.z_up) return;
    local.translation = turn * local.translation;
    local.rotation = (rotation * local.rotation).normalized();
  };
  model.mesh.verts = (scale * model.mesh.verts * turn.transpose()).eval();
  if (model.mesh.normals.rows() > 0) model.mesh.normals = (model.mesh.normals * turn.transpose()).eval();
  for (std::size_t j = 0; j < model.skeleton.joints.size(); ++j) {
    const bool root = model.skeleton.joints[j].parent < 0;
    move(model.skeleton.joints[j].rest, root);
    for (Clip& clip : model.clips)
      for (Pose& pose : clip.poses) move(pose[j], root);
    Mat4& bind = model.skin.joint_from_mesh[j];
    bind.topLeftCorner<3, 3>() = (bind.topLeftCorner<3, 3>() * turn.transpose()).eval();
    bind.topRightCorner<3, 1>() *= scale;
  }
  for (Clip& clip : model.clips) keep_rotations_close(clip);
  return model;
}

Image texture_with_base_color(const Material& material) {
  Image image = material.texture;
  const Vec3 color = material.base_color.head<3>().cwiseMax(0.0f).cwiseMin(1.0f);
  if (image.channels < 3 || color == Vec3::Ones()) return image;
  for (int c = 0; c < 3; ++c) {
    std::uint8_t table[256];
    for (int i = 0; i < 256; ++i)
      table[i] = srgb8_from_linear(color[c] * linear_from_srgb8(static_cast<std::uint8_t>(i)));
    for (std::size_t p = 0; p < image.pixels(); ++p) {
      std::uint8_t& value = image.data[p * image.channels + c];
      value = table[value];
    }
  }
  return image;
}

}  // namespace mp4d
