#include "reconstruction/field/field_mesh.h"
#include "reconstruction/field/depth_fusion.h"
#include "reconstruction/field/scene_geometry.h"
#include <algorithm>
#include <cmath>
#include <meshoptimizer.h>

namespace mp4d {
namespace {

/// The distances of a field that has them.
VoxelGrid distance_grid(const GridField& field) {
  return {field.origin, field.cell, field.size.x(), field.size.y(), field.size.z(), first_values(field)};
}

/// Of each vertex.
struct Seen {
  std::vector<int> views;    ///< how many cameras see it
  std::vector<Vec3> colour;  ///< as they see it, those more that are near and before it
};

Seen seen_by(const Mesh& mesh, const GridField& field, const std::vector<DepthMap>& maps) {
  const auto count = static_cast<std::size_t>(mesh.verts.rows());
  Seen seen{std::vector<int>(count), std::vector<Vec3>(count, Vec3::Constant(0.5f))};
#pragma omp parallel for schedule(static)
  for (std::size_t v = 0; v < count; ++v) {
    const Vec3 at = mesh.verts.row(static_cast<Eigen::Index>(v)).transpose();
    Vec3 sum = Vec3::Zero();
    float weights = 0;
    for (const DepthMap& map : maps) {
      const InMap in = place_in(map, at);
      const float far = (at - map.eye).norm(), pixel = far / map.camera.fx;
      // A slanted surface's depth changes by some pixels' width within one.
      if (!in || std::abs(in.before) > 3 * cell_at(field, at) + 4 * pixel) continue;
      ++seen.views[v];
      const float* colour = &map.colour.at(in.x, in.y, 0);
      const float facing = mesh.normals.row(static_cast<Eigen::Index>(v)).dot((map.eye - at).transpose()) / far;
      const float weight = std::max(facing, 0.01f) / (far * far);
      weights += weight;
      sum += weight * Vec3(colour[0], colour[1], colour[2]);
    }
    if (weights > 0) seen.colour[v] = (sum / weights).cwiseMax(0).cwiseMin(1);
  }
  return seen;
}

/// Only the faces for which `keep` holds, and their vertices with their colours.
Mesh with_faces(const Mesh& mesh, const std::vector<bool>& keep) {
  std::vector<int> renumbered(static_cast<std::size_t>(mesh.verts.rows()), -1), kept;
  std::vector<Eigen::Vector3i> faces;
  for (Eigen::Index f = 0; f < mesh.faces.rows(); ++f) {
    if (!keep[static_cast<std::size_t>(f)]) continue;
    Eigen::Vector3i face;
    for (int k = 0; k < 3; ++k) {
      int& number = renumbered[static_cast<std::size_t>(mesh.faces(f, k))];
      if (number < 0) {
        number = static_cast<int>(kept.size());
        kept.push_back(mesh.faces(f, k));
      }
      face[k] = number;
    }
    faces.push_back(face);
  }
  Mesh out;
  out.verts = mesh.verts(kept, Eigen::all);
  if (mesh.colors.rows() > 0) out.colors = mesh.colors(kept, Eigen::all);
  out.faces.resize(static_cast<Eigen::Index>(faces.size()), 3);
  for (std::size_t f = 0; f < faces.size(); ++f) out.faces.row(static_cast<Eigen::Index>(f)) = faces[f].transpose();
  return out;
}

/// Which faces have only vertices for which `good` holds.
template <class Good>
std::vector<bool> faces_of(const Mesh& mesh, Good good) {
  std::vector<bool> keep(static_cast<std::size_t>(mesh.faces.rows()));
  for (Eigen::Index f = 0; f < mesh.faces.rows(); ++f) {
    const auto face = mesh.faces.row(f);
    keep[static_cast<std::size_t>(f)] = std::all_of(face.begin(), face.end(), good);
  }
  return keep;
}

std::vector<bool> large_parts(const Mesh& mesh, double least) {
  std::vector<int> part, size;
  size.resize(static_cast<std::size_t>(connected_components(mesh.faces, static_cast<int>(mesh.verts.rows()), part)));
  std::vector<bool> keep(static_cast<std::size_t>(mesh.faces.rows()));
  for (Eigen::Index f = 0; f < mesh.faces.rows(); ++f) ++size[static_cast<std::size_t>(part[static_cast<std::size_t>(mesh.faces(f, 0))])];
  for (Eigen::Index f = 0; f < mesh.faces.rows(); ++f)
    keep[static_cast<std::size_t>(f)] =
        size[static_cast<std::size_t>(part[static_cast<std::size_t>(mesh.faces(f, 0))])] >= least * static_cast<double>(mesh.faces.rows());
  return keep;
}

void simplify(Mesh& mesh, int faces) {
  std::vector<unsigned> indices(mesh.faces.data(), mesh.faces.data() + mesh.faces.size());
  float error = 0;
  indices.resize(meshopt_simplify(indices.data(), indices.data(), indices.size(), mesh.verts.data(),
                                  static_cast<std::size_t>(mesh.verts.rows()), 3 * sizeof(float),
                                  3 * static_cast<std::size_t>(faces), 0.05f, 0, &error));
  mesh.faces.resize(static_cast<Eigen::Index>(indices.size() / 3), 3);
  std::copy(indices.begin(), indices.end(), mesh.faces.data());
}

}  // namespace

const OptionTable<FieldMeshOptions>& field_mesh_options() {
  static const OptionTable<FieldMeshOptions> table = [] {
    OptionTable<FieldMeshOptions> t;
    using M = FieldMeshOptions;
    t.add("least-views", &M::least_views, 0, 1000, "cut off what fewer pictures see, such as the far side of walls; 0 = keep all");
    t.add("reach", &M::reach, 0.1, 1e4, "contracted fields: how far the mesh goes, in half sides of the box of what lies near the cameras");
    t.add("time", &M::time, 0, 1, "hexplane: the moment, 0 = that of the first picture, 1 = that of the last");
    t.add("least-part", &M::least_part, 0, 1, "pieces with a smaller share of all faces are dropped");
    t.add("faces", &M::faces, 0, 100000000, "simplify to this many triangles; 0 = keep all");
    return t;
  }();
  return table;
}

Result<Mesh> field_mesh(const GridField& field, const std::vector<Camera>& cameras, float near, const Vec3& background,
                        const FieldMeshOptions& options, JobContext* job) {
  const auto nothing = [] {
    return fail(ErrorCode::kFailed, "the field has no surface that enough pictures see; lower --least-views, or train for longer");
  };
  MP4D_TRY(maps, look_at_field(field, cameras, near, background, static_cast<float>(options.time), job));
  begin_phase(job, "surface");
  Mesh mesh = extract_surface(field.geometry == Geometry::kDistance ? distance_grid(field) : fused_surface(field, maps));
  if (mesh.faces.rows() == 0) return nothing();
  if (field.contraction.on()) {
    for (auto vertex : mesh.verts.rowwise()) vertex = field.contraction.out_of(vertex.transpose()).transpose();
    mesh = with_faces(mesh, faces_of(mesh, [&](int v) { return field.contraction.reach(mesh.verts.row(v).transpose()) <= options.reach; }));
    if (mesh.faces.rows() == 0) return nothing();
  }
  mesh.normals = vertex_normals(mesh.verts, mesh.faces);
  const Seen seen = seen_by(mesh, field, maps);
  mesh.colors.resize(mesh.verts.rows(), 3);
  for (std::size_t v = 0; v < seen.colour.size(); ++v) mesh.colors.row(static_cast<Eigen::Index>(v)) = seen.colour[v].transpose();
  if (options.least_views > 0)
    mesh = with_faces(mesh, faces_of(mesh, [&](int v) { return seen.views[static_cast<std::size_t>(v)] >= options.least_views; }));
  if (mesh.faces.rows() == 0) return nothing();
  mesh = with_faces(mesh, large_parts(mesh, options.least_part));
  if (options.faces > 0 && mesh.faces.rows() > options.faces) {
    simplify(mesh, options.faces);
    mesh = with_faces(mesh, std::vector<bool>(static_cast<std::size_t>(mesh.faces.rows()), true));
  }
  if (mesh.faces.rows() == 0) return nothing();
  mesh.normals = vertex_normals(mesh.verts, mesh.faces);
  return mesh;
}

}  // namespace mp4d
