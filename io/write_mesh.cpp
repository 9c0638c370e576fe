#include "core/files.h"
#include "core/srgb.h"
#include "io/listing.h"
#include "io/model_io.h"
#include <algorithm>
#include <cmath>

namespace mp4d {
namespace {

/// The colours of vertices or, where the mesh has a texture instead, what it shows there; 0 rows if neither.
Points colours_at_vertices(const Mesh& mesh) {
  const auto textured = [](const Material& m) { return !m.texture.empty(); };
  if (mesh.colors.rows() > 0 || mesh.uvs.rows() == 0 || std::none_of(mesh.materials.begin(), mesh.materials.end(), textured))
    return mesh.colors;
  Points colours = Points::Ones(mesh.verts.rows(), 3);
  for (Eigen::Index f = 0; f < mesh.faces.rows(); ++f) {
    const Material& material = mesh.materials[mesh.face_material.empty() ? 0 : mesh.face_material[f]];
    const Image& texture = material.texture;
    for (const int v : mesh.faces.row(f)) {
      Vec3 linear = material.base_color.head<3>();
      if (!texture.empty()) {
        const auto texel = [](float at, int size) { return std::min(size - 1, static_cast<int>((at - std::floor(at)) * size)); };
        const int x = texel(mesh.uvs(v, 0), texture.width), y = texel(mesh.uvs(v, 1), texture.height);
        for (int c = 0; c < 3; ++c) linear[c] *= linear_from_srgb8(texture.at(x, y, c));
      }
      for (int c = 0; c < 3; ++c) colours(v, c) = srgb_from_linear(std::clamp(linear[c], 0.0f, 1.0f));
    }
  }
  return colours;
}

std::string obj_text(const Mesh& mesh) {
  std::string out;
  for (Eigen::Index v = 0; v < mesh.verts.rows(); ++v) {
    fmt::format_to(std::back_inserter(out), "v {} {} {}", mesh.verts(v, 0), mesh.verts(v, 1), mesh.verts(v, 2));
    if (mesh.colors.rows() > 0) {
      fmt::format_to(std::back_inserter(out), " {} {} {}", mesh.colors(v, 0), mesh.colors(v, 1), mesh.colors(v, 2));
    }
    out += '\n';
  }
  for (Eigen::Index v = 0; v < mesh.uvs.rows(); ++v) {
    fmt::format_to(std::back_inserter(out), "vt {} {}\n", mesh.uvs(v, 0), 1 - mesh.uvs(v, 1));
  }
  for (Eigen::Index v = 0; v < mesh.normals.rows(); ++v) {
    fmt::format_to(std::back_inserter(out), "vn {} {} {}\n", mesh.normals(v, 0), mesh.normals(v, 1), mesh.normals(v, 2));
  }
  for (Eigen::Index f = 0; f < mesh.faces.rows(); ++f) {
    out += 'f';
    for (int k = 0; k < 3; ++k) {
      const int i = mesh.faces(f, k) + 1;
      fmt::format_to(std::back_inserter(out), " {}", i);
      if (mesh.uvs.rows() > 0) fmt::format_to(std::back_inserter(out), "/{}", i);
      if (mesh.normals.rows() > 0) fmt::format_to(std::back_inserter(out), "{}/{}", mesh.uvs.rows() > 0 ? "" : "/", i);
    }
    out += '\n';
  }
  return out;
}

std::string ply_bytes(const Mesh& mesh) {
  std::string out = fmt::format("ply\nformat binary_little_endian 1.0\nelement vertex {}\n", mesh.verts.rows());
  const auto property = [&](const char* type, std::initializer_list<const char*> names) {
    for (const char* name : names) out += fmt::format("property {} {}\n", type, name);
  };
  property("float", {"x", "y", "z"});
  if (mesh.normals.rows() > 0) property("float", {"nx", "ny", "nz"});
  if (mesh.uvs.rows() > 0) property("float", {"s", "t"});
  if (mesh.colors.rows() > 0) property("uchar", {"red", "green", "blue"});
  out += fmt::format("element face {}\nproperty list uchar int vertex_indices\nend_header\n", mesh.faces.rows());
  const auto put = [&](const auto& value) { out.append(reinterpret_cast<const char*>(&value), sizeof value); };
  for (Eigen::Index v = 0; v < mesh.verts.rows(); ++v) {
    for (int k = 0; k < 3; ++k) put(mesh.verts(v, k));
    if (mesh.normals.rows() > 0) {
      for (int k = 0; k < 3; ++k) put(mesh.normals(v, k));
    }
    if (mesh.uvs.rows() > 0) put(mesh.uvs(v, 0)), put(1 - mesh.uvs(v, 1));
    if (mesh.colors.rows() > 0) {
      for (int k = 0; k < 3; ++k) {
        put(static_cast<std::uint8_t>(std::lround(255 * std::clamp(mesh.colors(v, k), 0.0f, 1.0f))));
      }
    }
  }
  for (Eigen::Index f = 0; f < mesh.faces.rows(); ++f) {
    put(std::uint8_t{3});
    for (int k = 0; k < 3; ++k) put(mesh.faces(f, k));
  }
  return out;
}

}  // namespace

Result<void> write_mesh(const std::filesystem::path& path, const Mesh& mesh) {
  if (mesh.verts.rows() == 0 || !mesh.verts.allFinite()) {
    return fail(ErrorCode::kFailed, "{}: not written: the mesh has no vertices, or one is not finite", path.string());
  }
  for (const auto rows : {mesh.normals.rows(), mesh.uvs.rows(), mesh.colors.rows()}) {
    if (rows != 0 && rows != mesh.verts.rows()) {
      return fail(ErrorCode::kFailed, "{}: not written: an attribute has {} rows for {} vertices", path.string(), rows,
                  mesh.verts.rows());
    }
  }
  Mesh coloured = mesh;
  coloured.colors = colours_at_vertices(mesh);
  const std::string extension = lower_extension(path);
  if (extension == ".obj") return write_atomically(path, obj_text(coloured));
  if (extension == ".ply") return write_atomically(path, ply_bytes(coloured));
  return fail(ErrorCode::kUsage, "{}: meshes are written as .obj or .ply, not '{}'", path.string(), extension);
}

}  // namespace mp4d
