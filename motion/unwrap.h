#pragma once
#include "core/result.h"
#include "motion/rig.h"
#include <vector>

namespace mp4d {

/// A surface cut into charts that lie beside one another in the unit square.
struct Atlas {
  Faces faces;                     ///< F x 3, of the atlas's vertices; face f is the surface's face f
  std::vector<int> vertex_of;      ///< surface vertex of each atlas vertex; those on a cut come once a chart
  Points2 uvs;                     ///< one row an atlas vertex, 0..1, (0, 0) = top left
  std::vector<int> chart_of_face;  ///< F indices
  int charts = 0;
};

/// Cuts a surface into nearly flat charts (region growing of Cohen-Steiner et al. 2004, "Variational Shape
/// Approximation", normals within 55 degrees of the chart's), lays each flat by projection along its mean normal and
/// packs them at one scale into a square of `size` texels, `padding` texels apart. No face is turned over and no two
/// overlap: a face that would is given to another chart. Deterministic.
/// Error (kUsage): the charts do not fit into so small a square.
Result<Atlas> unwrap(const Points& verts, const Faces& faces, int size, int padding);

/// Doubles the model's vertices along the atlas's cuts and gives them texture coordinates; skin and colours follow,
/// normals are those of the uncut surface. The model's faces must be those that were unwrapped.
void split_at_seams(RiggedModel& model, const Atlas& atlas);

}  // namespace mp4d
