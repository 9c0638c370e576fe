#include "reconstruction/human/human_person.h"
#include "motion/skin_weights.h"
#include "reconstruction/human/human_frame.h"
#include <algorithm>
#include <meshoptimizer.h>

namespace mp4d::human {
namespace {

// Quadric simplification (Garland and Heckbert 1997, meshoptimizer's); vertices that are left out are dropped.
void simplify(Mesh& mesh, int faces) {
  const std::size_t wanted = std::size_t(faces) * 3, vertex_count = std::size_t(mesh.verts.rows());
  if (std::size_t(mesh.faces.size()) <= wanted) return;
  std::vector<unsigned> indices(mesh.faces.data(), mesh.faces.data() + mesh.faces.size());
  indices.resize(meshopt_simplify(indices.data(), indices.data(), indices.size(), mesh.verts.data(), vertex_count,
                                  3 * sizeof(float), wanted, 1.0f, 0, nullptr));
  std::vector<int> new_index(vertex_count, -1);
  Points verts(mesh.verts.rows(), 3);
  Eigen::Index kept = 0;
  for (unsigned& index : indices) {
    if (new_index[index] < 0) {
      verts.row(kept) = mesh.verts.row(index);
      new_index[index] = int(kept++);
    }
    index = unsigned(new_index[index]);
  }
  mesh.verts = verts.topRows(kept);
  mesh.faces = Eigen::Map<const Eigen::Matrix<unsigned, Eigen::Dynamic, 3, Eigen::RowMajor>>(
                   indices.data(), Eigen::Index(indices.size() / 3), 3)
                   .cast<std::int32_t>();
}

// Taubin 1995: low-pass over the surface that does not shrink it. The sampled field is uneven by a pixel or so.
void smooth(Mesh& mesh) {
  constexpr int kRounds = 12;
  const auto edges = unique_edges(mesh.faces);
  Eigen::VectorXf degree = Eigen::VectorXf::Zero(mesh.verts.rows());
  for (Eigen::Index e = 0; e < edges.rows(); ++e) ++degree[edges(e, 0)], ++degree[edges(e, 1)];
  const Eigen::VectorXf share = degree.cwiseMax(1).cwiseInverse();
  for (int round = 0; round < 2 * kRounds; ++round) {
    Points sum = Points::Zero(mesh.verts.rows(), 3);
    for (Eigen::Index e = 0; e < edges.rows(); ++e) {
      sum.row(edges(e, 0)) += mesh.verts.row(edges(e, 1));
      sum.row(edges(e, 1)) += mesh.verts.row(edges(e, 0));
    }
    const float step = round % 2 == 0 ? 0.5f : -0.52f;
    mesh.verts += step * (share.asDiagonal() * sum - mesh.verts);
  }
}

}  // namespace

Mesh person_surface(const std::vector<HumanView>& views, double level, int detail) {
  const int cells = detail * views[0].field.occupancy.resolution;
  std::vector<float> volume = mean_occupancy(views, cells);
  const float joined = joining_level(volume, cells, float(level));
  Mesh mesh = volume_surface(std::move(volume), cells, cells, joined, true, true);
  smooth(mesh);
  return mesh;
}

Result<Mesh> person_mesh(const std::vector<HumanView>& views, const PartColors& colors, double level, int detail, int faces) {
  Mesh mesh = person_surface(views, level, detail);
  if (mesh.faces.rows() == 0)
    return fail(ErrorCode::kFailed, "the generated field is empty; try another --seed or a lower --level");
  if (faces > 0) simplify(mesh, faces);
  mesh.verts = views[0].frame.to_world(mesh.verts);
  mesh.normals = vertex_normals(mesh.verts, mesh.faces);
  const auto parts = vertex_parts(views, mesh);
  mesh.colors = Points::Zero(mesh.verts.rows(), 3);
  for (int part = 0; part < kBodyPartCount; ++part)
    mesh.colors += parts.col(part).matrix() * colors[std::size_t(part)].transpose();
  Material material;
  material.name = "person";
  material.base_color = Vec4::Ones();
  mesh.materials = {material};
  return mesh;
}

Result<RiggedModel> person_rig(Mesh mesh, const Joints& joints, JobContext* job) {
  RiggedModel model;
  model.name = "person";
  for (int j = 0; j < kJointCount; ++j) {
    const int parent = kJointParents[std::size_t(j)];
    Joint joint{std::string(kJointNames[std::size_t(j)]), parent, {}};
    joint.rest.translation = (joints.row(j) - (parent < 0 ? Eigen::RowVector3f::Zero().eval() : joints.row(parent).eval())).transpose();
    model.skeleton.joints.push_back(joint);
  }
  MP4D_TRY(solid, voxelise(mesh, {}, job));
  MP4D_TRY(weights, heat_weights(mesh, model.skeleton, solid.distance, {}, job));
  model.skin = std::move(weights.skin);
  model.mesh = std::move(mesh);
  return model;
}

}  // namespace mp4d::human
