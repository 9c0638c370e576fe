#pragma once
#include "core/geometry.h"
#include "core/image.h"
#include <string>
#include <vector>

namespace mp4d {

/// A surface's look. `texture` is empty or RGB/RGBA 8-bit, multiplied by `base_color` (linear RGBA).
struct Material {
  std::string name;
  Vec4 base_color = Vec4(0.8f, 0.8f, 0.8f, 1.0f);
  Image texture;
  bool double_sided = true;
};

/// Triangle mesh. Optional attributes have 0 rows when absent, otherwise one row a vertex.
struct Mesh {
  Points verts;    ///< V x 3, metres
  Faces faces;     ///< F x 3
  Points normals;  ///< V x 3 unit, or 0 rows
  Points colors;   ///< V x 3 in 0..1, sRGB, or 0 rows
  Points2 uvs;     ///< V x 2, (0,0) = top left of the texture as in glTF, or 0 rows
  std::vector<Material> materials;
  std::vector<int> face_material;  ///< F indices into materials, or empty = all 0
};

/// Area-weighted unit vertex normals, V x 3. Vertices without area get +y.
Points vertex_normals(const Points& verts, const Faces& faces);

/// Undirected unique edges, E x 2, each row (lower, higher).
Eigen::Matrix<int, Eigen::Dynamic, 2, Eigen::RowMajor> unique_edges(const Faces& faces);

/// Connected component of each vertex (V ids from 0) and the number of components.
int connected_components(const Faces& faces, int vertex_count, std::vector<int>& component_of_vertex);

/// Sum of triangle areas, square metres.
double surface_area(const Points& verts, const Faces& faces);

/// Signed volume by the divergence theorem; positive for outward faces of a closed mesh.
double signed_volume(const Points& verts, const Faces& faces);

/// True if every edge is shared by exactly two faces of opposite direction.
bool is_watertight(const Faces& faces);

/// `count` points drawn uniformly by area, with the face each came from (may be null). Deterministic in `seed`.
/// 0 rows if the surface has no area.
Points sample_surface(const Points& verts, const Faces& faces, int count, std::uint64_t seed,
                      std::vector<int>* face_of_sample = nullptr);

/// Meshes of the same topology over time.
struct MeshSequence {
  Faces faces;
  std::vector<Points> frames;  ///< each V x 3
  std::vector<double> times;   ///< seconds, one a frame, increasing
};

}  // namespace mp4d
