#include "reconstruction/field/field_mesh.h"
#include "motion/voxels.h"
#include "reconstruction/field/field_view.h"
#include "reconstruction/field/scene_geometry.h"
#include <algorithm>
#include <cmath>
#include <meshoptimizer.h>

namespace mp4d {
namespace {

constexpr int kLookSide = 200;  // pixels of the depth maps that say what is seen

VoxelGrid surface_grid(const GridField& field, float opacity) {
  VoxelGrid grid;
  grid.origin = field.origin;
  grid.cell = field.cell;
  grid.nx = field.size.x();
  grid.ny = field.size.y();
  grid.nz = field.size.z();
  grid.values = first_values(field);
  if (field.geometry == Geometry::kDistance) return grid;
  const float least = std::log(1 / (1 - opacity) - 1) - field.shift;
  // Densities change by several units within a cell at a surface.
  for (float& value : grid.values) value = 0.25f * field.cell * (least - value);
  return grid;
}

/// Number of the nearest camera that sees each vertex, -1 if none does.
Result<std::vector<int>> seen_by(const Mesh& mesh, const GridField& field, const std::vector<Camera>& cameras, float near,
                                 JobContext* job) {
  std::vector<int> nearest(static_cast<std::size_t>(mesh.verts.rows()), -1);
  std::vector<float> distance(nearest.size(), 1e30f);
  begin_phase(job, "look", static_cast<int>(cameras.size()));
  MarchOptions march;
  march.near = near;
  for (std::size_t c = 0; c < cameras.size(); ++c) {
    MP4D_CHECK(check(job));
    Camera camera = cameras[c];
    const float shrink = std::min(1.0f, static_cast<float>(kLookSide) / static_cast<float>(std::max(camera.width, camera.height)));
    camera = resized(camera, std::max(1, static_cast<int>(camera.width * shrink)), std::max(1, static_cast<int>(camera.height * shrink)));
    const FieldView view = render_field(field, camera, {}, march, Vec3::Zero());
    const Vec3 eye = eye_of(camera);
#pragma omp parallel for schedule(static)
    for (std::size_t v = 0; v < nearest.size(); ++v) {
      const Vec3 at = mesh.verts.row(static_cast<Eigen::Index>(v)).transpose(), p = project(camera, at);
      if (p.z() <= 0 || p.x() < 0 || p.y() < 0 || p.x() >= camera.width || p.y() >= camera.height) continue;
      const float far = (at - eye).norm(), depth = view.depth.at(static_cast<int>(p.x()), static_cast<int>(p.y()));
      const float pixel = far / camera.fx;  // a slanted surface's depth changes by some pixels' width within one
      if (far < distance[v] && far <= depth + 3 * field.cell + 4 * pixel) {
        distance[v] = far;
        nearest[v] = static_cast<int>(c);
      }
    }
    step(job, static_cast<int>(c) + 1);
  }
  return nearest;
}

/// Only the faces for which `keep` holds, and their vertices; `of_vertex` is thinned alike.
Mesh with_faces(const Mesh& mesh, const std::vector<bool>& keep, std::vector<int>& of_vertex) {
  std::vector<int> renumbered(static_cast<std::size_t>(mesh.verts.rows()), -1), kept, values;
  std::vector<Eigen::Vector3i> faces;
  for (Eigen::Index f = 0; f < mesh.faces.rows(); ++f) {
    if (!keep[static_cast<std::size_t>(f)]) continue;
    Eigen::Vector3i face;
    for (int k = 0; k < 3; ++k) {
      int& number = renumbered[static_cast<std::size_t>(mesh.faces(f, k))];
      if (number < 0) {
        number = static_cast<int>(kept.size());
        kept.push_back(mesh.faces(f, k));
        values.push_back(of_vertex[static_cast<std::size_t>(mesh.faces(f, k))]);
      }
      face[k] = number;
    }
    faces.push_back(face);
  }
  Mesh out;
  out.verts = mesh.verts(kept, Eigen::all);
  out.faces.resize(static_cast<Eigen::Index>(faces.size()), 3);
  for (std::size_t f = 0; f < faces.size(); ++f) out.faces.row(static_cast<Eigen::Index>(f)) = faces[f].transpose();
  of_vertex = std::move(values);
  return out;
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
    t.add("opacity", &M::opacity, 0.001, 0.999, "grid: opacity of half a voxel at the surface; less closes holes and grows it");
    t.add("cull", &M::cull, "cut off what no camera sees, such as the far side of walls");
    t.add("least-part", &M::least_part, 0, 1, "pieces with a smaller share of all faces are dropped");
    t.add("faces", &M::faces, 0, 100000000, "simplify to this many triangles; 0 = keep all");
    return t;
  }();
  return table;
}

Result<Mesh> field_mesh(const GridField& field, const std::vector<Camera>& cameras, float near,
                        const FieldMeshOptions& options, JobContext* job) {
  begin_phase(job, "surface");
  const auto nothing = [] {
    return fail(ErrorCode::kFailed, "the field has no surface of that opacity; lower --opacity, or train for longer");
  };
  Mesh mesh = extract_surface(surface_grid(field, static_cast<float>(options.opacity)));
  if (mesh.faces.rows() == 0) return nothing();
  MP4D_TRY(seen, seen_by(mesh, field, cameras, near, job));
  if (options.cull) {
    std::vector<bool> keep(static_cast<std::size_t>(mesh.faces.rows()));
    for (Eigen::Index f = 0; f < mesh.faces.rows(); ++f) {
      const auto face = mesh.faces.row(f);
      keep[static_cast<std::size_t>(f)] = std::all_of(face.begin(), face.end(), [&](int v) { return seen[static_cast<std::size_t>(v)] >= 0; });
    }
    mesh = with_faces(mesh, keep, seen);
  }
  if (mesh.faces.rows() == 0) return nothing();
  mesh = with_faces(mesh, large_parts(mesh, options.least_part), seen);
  if (options.faces > 0 && mesh.faces.rows() > options.faces) {
    simplify(mesh, options.faces);
    mesh = with_faces(mesh, std::vector<bool>(static_cast<std::size_t>(mesh.faces.rows()), true), seen);
  }
  if (mesh.faces.rows() == 0) return nothing();
  mesh.colors.resize(mesh.verts.rows(), 3);
  for (Eigen::Index v = 0; v < mesh.verts.rows(); ++v) {
    const Vec3 at = mesh.verts.row(v).transpose();
    const int camera = seen[static_cast<std::size_t>(v)];
    const Vec3 towards = camera >= 0 ? Vec3((at - eye_of(cameras[static_cast<std::size_t>(camera)])).normalized()) : Vec3(-Vec3::UnitY());
    mesh.colors.row(v) = field_colour(field, at, towards).transpose();
  }
  mesh.normals = vertex_normals(mesh.verts, mesh.faces);
  return mesh;
}

}  // namespace mp4d
