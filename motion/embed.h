#pragma once
#include "motion/medial_graph.h"
#include "motion/templates.h"
#include <array>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace mp4d {

/// A template laid into a solid.
struct Embedding {
  Mat3 mesh_from_body = Mat3::Identity();  ///< orientation: columns = the creature's left, up, forward
  std::vector<Vec3> positions;             ///< of every template joint, in the mesh's space
  std::vector<char> present;               ///< 0 = optional joint for which there is no limb
  double penalty = 0;                      ///< mean bone penalty + uncovered share; below about 0.4 is a good fit
  std::vector<std::pair<std::string, double>> terms;  ///< the parts of `penalty`
};

/// A path through the graph in the form the embedding compares: places and radii at five fractions 1/6 .. 5/6.
struct PathProfile {
  static constexpr int kSamples = 5;
  std::vector<int> balls;  ///< from the start to the end, both included
  float length = 0;        ///< metres
  std::array<Vec3, kSamples> places;
  std::array<float, kSamples> radii;
};
/// by [index of the start among the inner balls][ball of the end]; empty where the end is no candidate.
using PathTable = std::vector<std::vector<PathProfile>>;

/// What embeddings of several templates and orientations share.
class Embedder {
 public:
  /// Keeps references: `graph` and `solid` must outlive the embedder. The graph must have at least one ball.
  Embedder(const MedialGraph& graph, const VoxelGrid& solid);

  /// Best placement of the template's forks and ends on the graph, the body's frame turned by `mesh_from_body`, and
  /// then of the joints between (Baran and Popovic 2007, section 3, re-derived). All terms that follow the tree
  /// have their exact optimum by dynamic programming; it guides a beam search over the terms that do not: symmetry,
  /// shared paths and uncovered limbs. Empty if the template needs more ends than the graph has, or no placement
  /// keeps left from right. Thread-safe, deterministic.
  std::optional<Embedding> embed(const RigTemplate& rig, const Mat3& mesh_from_body) const;

  /// Moves the joints into the middle of the body, keeping lengths, directions and (of a symmetric mesh) symmetry.
  void refine(const RigTemplate& rig, Embedding& embedding) const;

  /// Share (by squared radius) of balls that have a mirror image across the best plane normal to `axis` (unit), and
  /// the plane's offset along it.
  std::pair<float, float> symmetry(const Vec3& axis) const;

  /// Limb ends found in the graph, indices of balls.
  const std::vector<int>& tips() const { return tips_; }

 private:
  const MedialGraph& graph_;
  const VoxelGrid& solid_;
  float size_ = 1;               // longest side of the balls' box
  std::vector<float> coverage_;  // by ball: what it counts for when it is left uncovered, 0 off the axes
  std::vector<int> inner_;       // candidates for forks: the thicker balls
  std::vector<int> tips_;        // candidates for ends
  std::vector<float> tip_gain_;  // by tip: how much less is uncovered when a bone goes there
  PathTable paths_;              // from inner_ to both
};

}  // namespace mp4d
