#include "motion/medial_graph.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <queue>

namespace mp4d {
namespace {

constexpr float kInf = std::numeric_limits<float>::infinity();

std::vector<MedialSphere> medial_samples(const VoxelGrid& solid) {
  std::vector<MedialSphere> samples;
  for (int z = 1; z + 1 < solid.nz; ++z)
    for (int y = 1; y + 1 < solid.ny; ++y)
      for (int x = 1; x + 1 < solid.nx; ++x) {
        const float depth = -solid.at(x, y, z);
        if (depth < 0.1f * solid.cell) continue;
        // How fast the radius grows towards a neighbour: below 1 no neighbour's ball contains this one; it is small
        // along limbs and sheets, larger towards edges, the blunter the larger.
        float growth = 0;
        for (int c = -1; c <= 1; ++c)
          for (int b = -1; b <= 1; ++b)
            for (int a = -1; a <= 1; ++a)
              if (a || b || c)
                growth = std::max(growth, (-solid.at(x + a, y + b, z + c) - depth) /
                                              (solid.cell * std::sqrt(float(a * a + b * b + c * c))));
        if (growth < 0.8f) samples.push_back({solid.position(x, y, z), depth, growth < 0.55f});
      }
  std::stable_sort(samples.begin(), samples.end(), [](const auto& a, const auto& b) { return a.radius > b.radius; });
  return samples;
}

struct Union {
  std::vector<int> parent;
  explicit Union(int n) : parent(std::size_t(n)) { std::iota(parent.begin(), parent.end(), 0); }
  int root(int i) {
    while (parent[i] != i) i = parent[i] = parent[parent[i]];
    return i;
  }
  bool join(int a, int b) {
    a = root(a), b = root(b);
    if (a == b) return false;
    parent[std::max(a, b)] = std::min(a, b);
    return true;
  }
};

}  // namespace

MedialGraph build_medial_graph(const VoxelGrid& solid, int max_spheres) {
  MedialGraph graph;
  const std::vector<MedialSphere> samples = medial_samples(solid);
  graph.medial_points.reserve(samples.size());
  for (const MedialSphere& s : samples) {
    if (s.core) graph.medial_points.push_back(s.center);
    const auto covering = std::find_if(graph.spheres.begin(), graph.spheres.end(), [&](const MedialSphere& kept) {
      const float reach = std::max(0.7f * kept.radius, 2.0f * solid.cell);
      return (kept.center - s.center).squaredNorm() < reach * reach;
    });
    if (covering != graph.spheres.end())
      covering->core |= s.core;
    else if (int(graph.spheres.size()) < max_spheres)
      graph.spheres.push_back(s);
  }
  const int n = graph.size();
  graph.edges.resize(std::size_t(n));
  if (n == 0) return graph;
  Aabb box;
  for (const MedialSphere& s : graph.spheres)
    box.extend(s.center - Vec3::Constant(s.radius)).extend(s.center + Vec3::Constant(s.radius));
  graph.extent = box.sizes().maxCoeff();
  const float thickest = graph.spheres.front().radius;
  const auto inside = [&](const Vec3& a, const Vec3& b) {
    const int steps = int(std::ceil((b - a).norm() / solid.cell));
    for (int k = 1; k < steps; ++k)
      if (solid.sample(a + (b - a) * (float(k) / float(steps))) > 0) return false;
    return true;
  };
  const auto connect = [&](int i, int j, float factor) {
    const MedialSphere &a = graph.spheres[i], &b = graph.spheres[j];
    const float length = (a.center - b.center).norm();
    const float cost = factor * length * std::sqrt(thickest / std::min(a.radius, b.radius));
    graph.edges[i].push_back({j, length, cost});
    graph.edges[j].push_back({i, length, cost});
  };
  struct Gap {
    float width;
    int a, b;
  };
  Union sets(n);
  std::vector<Gap> gaps;
  for (int i = 0; i < n; ++i)
    for (int j = i + 1; j < n; ++j) {
      const MedialSphere &a = graph.spheres[i], &b = graph.spheres[j];
      const float width = (a.center - b.center).norm() - a.radius - b.radius;
      // Where a limb widens quickly into the trunk, their balls do not touch though the axis goes on.
      if (width < 0.5f * solid.cell || (width < 0.4f * std::max(a.radius, b.radius) && inside(a.center, b.center))) {
        connect(i, j, 1);
        sets.join(i, j);
      } else {
        gaps.push_back({width, i, j});
      }
    }
  const auto closed =
      std::remove_if(gaps.begin(), gaps.end(), [&](const Gap& g) { return sets.root(g.a) == sets.root(g.b); });
  gaps.erase(closed, gaps.end());
  std::sort(gaps.begin(), gaps.end(), [](const Gap& a, const Gap& b) {
    return a.width != b.width ? a.width < b.width : std::pair(a.a, a.b) < std::pair(b.a, b.b);
  });
  for (const Gap& g : gaps)
    if (sets.join(g.a, g.b)) {
      const bool through_air = !inside(graph.spheres[g.a].center, graph.spheres[g.b].center);
      connect(g.a, g.b, through_air ? 3 : 1);
      graph.bridges += through_air;
    }
  return graph;
}

std::vector<int> ShortestPaths::path_to(int target) const {
  std::vector<int> path;
  for (int i = target; i >= 0; i = previous[i]) path.push_back(i);
  std::reverse(path.begin(), path.end());
  return path;
}

ShortestPaths shortest_paths(const MedialGraph& graph, int source) {
  return shortest_paths(graph, std::vector<int>{source});
}

ShortestPaths shortest_paths(const MedialGraph& graph, const std::vector<int>& sources) {
  ShortestPaths paths;
  paths.cost.assign(std::size_t(graph.size()), kInf);
  paths.length.assign(std::size_t(graph.size()), kInf);
  paths.previous.assign(std::size_t(graph.size()), -1);
  std::priority_queue<std::pair<float, int>, std::vector<std::pair<float, int>>, std::greater<>> open;
  for (const int s : sources) {
    paths.cost[s] = paths.length[s] = 0;
    open.push({0.0f, s});
  }
  while (!open.empty()) {
    const auto [cost, i] = open.top();
    open.pop();
    if (cost > paths.cost[i]) continue;
    for (const MedialEdge& e : graph.edges[i]) {
      if (cost + e.cost >= paths.cost[e.to]) continue;
      paths.cost[e.to] = cost + e.cost;
      paths.length[e.to] = paths.length[i] + e.length;
      paths.previous[e.to] = i;
      open.push({paths.cost[e.to], e.to});
    }
  }
  return paths;
}

namespace {

int middle_of(const MedialGraph& graph) {
  int best = 0;
  double least = std::numeric_limits<double>::infinity();
  for (int i = 0; i < std::min(graph.size(), 64) && graph.spheres[i].radius >= 0.6f * graph.spheres[0].radius; ++i) {
    const ShortestPaths paths = shortest_paths(graph, i);
    double sum = 0;
    for (int k = 0; k < graph.size(); ++k) sum += double(paths.length[k]) * graph.spheres[k].radius;
    if (sum < least) least = sum, best = i;
  }
  return best;
}

}  // namespace

MedialTree grow_tree(const MedialGraph& graph, float shortest_branch, int max_branches) {
  MedialTree tree;
  tree.parent.assign(std::size_t(graph.size()), -2);
  tree.children.resize(std::size_t(graph.size()));
  std::vector<char> covered(std::size_t(graph.size()), 0);
  const auto add = [&](int node, int parent) {
    tree.parent[node] = parent;
    if (parent >= 0) tree.children[parent].push_back(node);
    tree.nodes.push_back(node);
    const MedialSphere& s = graph.spheres[node];
    const float reach = 1.3f * s.radius + 0.01f * graph.extent;
    for (int i = 0; i < graph.size(); ++i)
      covered[i] |= char((graph.spheres[i].center - s.center).squaredNorm() < reach * reach);
  };
  if (graph.size() == 0) return tree;
  add(middle_of(graph), -1);
  while (int(tree.tips.size()) < max_branches) {
    const ShortestPaths paths = shortest_paths(graph, tree.nodes);
    // How far a limb stands out: path length, and the tip's own radius, beyond the ball it grows from.
    int tip = -1;
    float farthest = shortest_branch;
    for (int i = 0; i < graph.size(); ++i) {
      if (covered[i] || !graph.spheres[i].core) continue;
      int start = i;
      while (paths.previous[start] >= 0) start = paths.previous[start];
      const float out = paths.length[i] + graph.spheres[i].radius - graph.spheres[start].radius;
      if (out > farthest) farthest = out, tip = i;
    }
    if (tip < 0) break;
    const std::vector<int> path = paths.path_to(tip);
    for (std::size_t k = 1; k < path.size(); ++k) add(path[k], path[k - 1]);
    tree.tips.push_back(tip);
  }
  return tree;
}

}  // namespace mp4d
