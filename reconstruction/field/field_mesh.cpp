#include "reconstruction/field/field_mesh.h"
#include "core/runtime.h"
#include "reconstruction/appearance/atlas_canvas.h"
#include "reconstruction/field/depth_fusion.h"
#include <algorithm>
#include <cmath>
#include <meshoptimizer.h>

namespace mp4d {
namespace {

/// The distances of a field that has them.
VoxelGrid distance_grid(const GridField& field) {
  return {field.origin, field.cell, field.size.x(), field.size.y(), field.size.z(), first_values(field)};
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

/// The same surface with a texture in place of colours of vertices.
Result<Mesh> textured(const Mesh& mesh, const GridField& field, const std::vector<DepthMap>& maps, int size) {
  MP4D_TRY(atlas, unwrap(mesh.verts, mesh.faces, size, texture_padding(size)));
  const GBuffer texels = draw_atlas(atlas, size);
  AtlasCanvas canvas(size);
#pragma omp parallel for schedule(dynamic, 1024)
  for (int i = 0; i < size * size; ++i) {
    if (texels.face[i] < 0) continue;
    const auto face = mesh.faces.row(texels.face[i]);
    const Vec2& b = texels.barycentric[i];
    const auto between = [&](const Points& values) -> Vec3 {
      return ((1 - b.x() - b.y()) * values.row(face[0]) + b.x() * values.row(face[1]) + b.y() * values.row(face[2])).transpose();
    };
    const Sight sight = sight_of(field, maps, between(mesh.verts), between(mesh.normals).normalized());
    canvas.colours.row(i) = (sight.views > 0 ? sight.colour : between(mesh.colors)).transpose();
    canvas.covered[i] = 1;
  }
  canvas.widen(texture_padding(size) / 2 + 1);
  RiggedModel out;
  out.mesh = mesh;
  out.mesh.colors.resize(0, 3);
  split_at_seams(out, atlas);
  out.mesh.materials = {{"surface", Vec4::Ones(), canvas.image(), true}};
  return std::move(out.mesh);
}

/// Of the maps from all cameras and a grid of distances, then a texture with its colours and places.
Result<void> check_memory(const GridField& field, const std::vector<Camera>& cameras, int texture) {
  double need = std::max(4.0 * static_cast<double>(field.count()), 45.0 * texture * texture);
  for (const Camera& camera : cameras) need += depth_map_bytes(camera);
  const auto free = static_cast<double>(available_memory());
  if (need <= free) return {};
  return fail(ErrorCode::kResource,
              "the mesh of a field of {} x {} x {} voxels, seen by {} cameras, needs {:.1f} GB of memory, {:.1f} GB are free; {}, "
              "close other programs, or raise --memory",
              field.size.x(), field.size.y(), field.size.z(), cameras.size(), need / 1e9, free / 1e9,
              texture > 0 ? "give a smaller --texture" : "train with a lower --resolution");
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
    t.add("texture", &M::texture, 0, 8192, "side of a texture painted as the cameras see the surface, pixels, for GLB; 0 = a colour a vertex instead");
    return t;
  }();
  return table;
}

Result<Mesh> field_mesh(const GridField& field, const std::vector<Camera>& cameras, float near, const Vec3& background,
                        const FieldMeshOptions& options, JobContext* job) {
  const auto nothing = [] {
    return fail(ErrorCode::kFailed, "the field has no surface that enough pictures see; lower --least-views, or train for longer");
  };
  MP4D_CHECK(check_memory(field, cameras, options.texture));
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
  mesh.colors.resize(mesh.verts.rows(), 3);
  std::vector<int> views(static_cast<std::size_t>(mesh.verts.rows()));
#pragma omp parallel for schedule(static)
  for (Eigen::Index v = 0; v < mesh.verts.rows(); ++v) {
    const Sight sight = sight_of(field, maps, mesh.verts.row(v).transpose(), mesh.normals.row(v).transpose());
    views[static_cast<std::size_t>(v)] = sight.views;
    mesh.colors.row(v) = sight.colour.transpose();
  }
  if (options.least_views > 0)
    mesh = with_faces(mesh, faces_of(mesh, [&](int v) { return views[static_cast<std::size_t>(v)] >= options.least_views; }));
  if (mesh.faces.rows() == 0) return nothing();
  mesh = with_faces(mesh, large_parts(mesh, options.least_part));
  if (options.faces > 0 && mesh.faces.rows() > options.faces) {
    simplify(mesh, options.faces);
    mesh = with_faces(mesh, std::vector<bool>(static_cast<std::size_t>(mesh.faces.rows()), true));
  }
  if (mesh.faces.rows() == 0) return nothing();
  mesh.normals = vertex_normals(mesh.verts, mesh.faces);
  if (options.texture > 0) return textured(mesh, field, maps, options.texture);
  return mesh;
}

}  // namespace mp4d
