#pragma once
#include "motion/voxels.h"
#include <vector>

namespace mp4d {

struct MedialSphere {
  Vec3 center;
  float radius;
  bool core;  ///< on the axis of a limb, sheet or trunk; others lie between the axis and an edge and only connect
};

struct MedialEdge {
  int to;
  float length;  ///< metres
  float cost;    ///< length, dearer in thin parts (keeps paths in the middle) and over bridges
};

/// Inscribed balls that fill a solid, joined where they meet: the graph in which skeletons are laid out.
struct MedialGraph {
  float extent = 0;                   ///< metres, longest side of the balls' box
  std::vector<MedialSphere> spheres;  ///< largest first
  std::vector<std::vector<MedialEdge>> edges;
  std::vector<Vec3> medial_points;  ///< all core samples of the medial surface, for centring
  int bridges = 0;                  ///< gaps between pieces of the solid that were joined
  int size() const { return static_cast<int>(spheres.size()); }
};

/// Medial samples (those whose ball no neighbour's ball contains) packed greedily from the largest (Baran and
/// Popovic 2007, section 3.1). Balls that overlap are joined; pieces are bridged at their closest balls, so the graph
/// is connected. At most `max_spheres`. Empty if the solid is nowhere thicker than a cell.
MedialGraph build_medial_graph(const VoxelGrid& solid, int max_spheres = 1000);

/// Cheapest paths from one sphere.
struct ShortestPaths {
  std::vector<float> cost;
  std::vector<float> length;  ///< metres along the same path
  std::vector<int> previous;  ///< towards the source, -1 at it
  /// Spheres from the source to `target`, both included.
  std::vector<int> path_to(int target) const;
};
ShortestPaths shortest_paths(const MedialGraph& graph, int source);
/// The same from several sources at once.
ShortestPaths shortest_paths(const MedialGraph& graph, const std::vector<int>& sources);

/// A tree of paths in the graph.
struct MedialTree {
  std::vector<int> nodes;                  ///< balls, parents first; the root lies in the middle of the body
  std::vector<int> parent;                 ///< by ball: -1 root, -2 not in the tree
  std::vector<std::vector<int>> children;  ///< by ball
  std::vector<int> tips;                   ///< ends of limbs, the longest first
};

/// Grows the tree from the middle: the most remote ball that stands out by `shortest_branch` metres, and is not close
/// to the tree, is joined by its cheapest path, again and again (after Sato et al. 2000, "TEASAR").
MedialTree grow_tree(const MedialGraph& graph, float shortest_branch, int max_branches);

}  // namespace mp4d
