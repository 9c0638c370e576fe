#pragma once
#include "core/mesh.h"
#include "core/result.h"
#include <array>
#include <filesystem>
#include <map>
#include <string>
#include <utility>
#include <vector>

// Readers of MakeHuman's text files (format notes: makehumancommunity.org). All lengths leave here in metres.
// Errors (kInput) name the file and the line, and what was expected there.
namespace mp4d::human {

/// A Wavefront file; polygons are cut into triangles.
struct ObjFile {
  Points verts;                     ///< V x 3
  Faces faces;                      ///< F x 3
  std::vector<std::string> groups;  ///< names, each once
  std::vector<int> group_of_face;   ///< F indices into groups; -1 before the first group
};
Result<ObjFile> read_obj_groups(const std::filesystem::path& path);

/// Offsets of some of the base mesh's vertices.
struct MorphTarget {
  std::vector<int> vertices;
  Points offsets;  ///< one row a vertex
};
Result<MorphTarget> read_morph_target(const std::filesystem::path& path, int base_vertex_count);

/// How a garment hangs on the base mesh: vertex = weights . verts[references] + offset * span of the body / span.
struct ClothesFile {
  struct Span {
    int from = 0, to = 0;  ///< base vertices whose distance along the axis is compared
    float length = 1;      ///< with this one
  };
  std::filesystem::path obj;  ///< the garment's own mesh
  std::vector<std::array<int, 3>> references;
  Points weights, offsets;    ///< one row a vertex
  std::array<Span, 3> spans;  ///< x, y, z
  std::vector<int> hidden;    ///< base vertices that the garment covers
};
Result<ClothesFile> read_clothes(const std::filesystem::path& path, int base_vertex_count);

/// Base vertices and weights of every bone.
using BoneWeights = std::map<std::string, std::vector<std::pair<int, float>>>;
Result<BoneWeights> read_bone_weights(const std::filesystem::path& path, int base_vertex_count);

}  // namespace mp4d::human
