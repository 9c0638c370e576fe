#include "motion/curve_skeleton.h"

#include <algorithm>
#include <cmath>

namespace mp4d {
namespace {

// Path length from `node` to the farthest tip below it.
float reach_below(const MedialGraph& graph, const MedialTree& tree, int node) {
  float reach = 0;
  for (const int child : tree.children[node])
    reach = std::max(
        reach, (graph.spheres[child].center - graph.spheres[node].center).norm() + reach_below(graph, tree, child));
  return reach;
}

class Builder {
 public:
  Builder(const MedialGraph& graph, const MedialTree& tree, const VoxelGrid& solid, float size, float bone_length)
      : graph_(graph), tree_(tree), solid_(solid), bone_length_(bone_length * size), limit_(0.5f * size) {}

  Skeleton build() {
    const int root = tree_.nodes.front();
    append("root", -1, at(root));
    descend(root, 0, 0, 0);
    return skeleton_;
  }

 private:
  const Vec3& at(int node) const { return graph_.spheres[node].center; }

  int append(const std::string& name, int parent, const Vec3& position) {
    Joint joint{name, parent, {}};
    joint.rest.translation = parent < 0 ? position : Vec3(position - places_[std::size_t(parent)]);
    skeleton_.joints.push_back(joint);
    places_.push_back(position);
    return skeleton_.size() - 1;
  }

  // Appends the joints of every stretch that leaves `node`; the longest continues the limb it hangs from.
  void descend(int node, int joint, int limb, int number) {
    std::vector<int> children = tree_.children[node];
    std::stable_sort(children.begin(), children.end(),
                     [&](int a, int b) { return reach_below(graph_, tree_, a) > reach_below(graph_, tree_, b); });
    for (std::size_t k = 0; k < children.size(); ++k) {
      const bool continues = k == 0 && limb > 0;
      const int own_limb = continues ? limb : ++limbs_;
      int own_number = continues ? number : 0;
      std::vector<Vec3> line = {at(node), at(children[k])};
      int end = children[k];
      while (tree_.children[end].size() == 1) line.push_back(at(end = tree_.children[end].front()));
      if (tree_.children[end].empty()) {
        const Vec3 back = line[line.size() > 2 ? line.size() - 3 : 0];
        const Vec3 direction = (line.back() - back).normalized();
        line.push_back(towards_surface(solid_, line.back(), direction, limit_));
      }
      float length = 0;
      for (std::size_t i = 1; i < line.size(); ++i) length += (line[i] - line[i - 1]).norm();
      const int bones = std::clamp(int(std::lround(length / bone_length_)), 1, 8);
      int parent = joint;
      float walked = 0;
      int done = 0;
      for (std::size_t i = 1; i < line.size(); ++i) {
        const float piece = (line[i] - line[i - 1]).norm();
        while (done + 1 < bones && walked + piece >= length * float(done + 1) / float(bones)) {
          const float t = piece > 0 ? (length * float(++done) / float(bones) - walked) / piece : 0.0f;
          parent = append(name(own_limb, ++own_number), parent, line[i - 1] + t * (line[i] - line[i - 1]));
        }
        walked += piece;
      }
      parent = append(name(own_limb, ++own_number), parent, line.back());
      descend(end, parent, own_limb, own_number);
    }
  }

  static std::string name(int limb, int number) { return fmt::format("limb{}_{}", limb, number); }

  const MedialGraph& graph_;
  const MedialTree& tree_;
  const VoxelGrid& solid_;
  float bone_length_, limit_;
  int limbs_ = 0;
  Skeleton skeleton_;
  std::vector<Vec3> places_;
};

}  // namespace

Vec3 towards_surface(const VoxelGrid& solid, const Vec3& center, const Vec3& direction, float limit) {
  float out = 0;
  while (out < limit && solid.sample(center + out * direction) < 0) out += 0.5f * solid.cell;
  return center + 0.75f * out * direction;
}

Result<Skeleton> curve_skeleton(const MedialGraph& graph, const VoxelGrid& solid, const CurveSkeletonOptions& options) {
  if (graph.size() == 0)
    return fail(ErrorCode::kFailed, "mesh: nowhere thicker than a cell of {:.3g}; raise the resolution", solid.cell);
  // In a bulky body even a large bump is no limb.
  const float shortest = std::max(float(options.shortest_branch) * graph.extent, 0.8f * graph.spheres.front().radius);
  const MedialTree tree = grow_tree(graph, shortest, options.max_branches);
  Builder builder(graph, tree, solid, graph.extent, float(options.bone_length));
  return builder.build();
}

}  // namespace mp4d
