#include "motion/embed.h"

#include "motion/curve_skeleton.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace mp4d {
namespace {

constexpr int kInner = 90;  // forks are sought among so many of the thickest balls
constexpr int kTips = 30;   // ends among so many of the longest limbs
constexpr int kBeam = 200;  // partial placements kept per joint
// Coverage counts for so much in the guide: in full it would send every end to the largest limb.
constexpr float kGainShare = 0.2f;
constexpr float kLimbRoot = 1.0f;  // in radii of the trunk where a limb leaves it
constexpr float kInf = std::numeric_limits<float>::infinity();
constexpr float kForbidden = 1e6f;

// Weights of the penalty. Lengths are measured in the mesh's size; found by looking at embeddings of people, animals
// and procedural bodies.
struct Weights {
  float length = 0.6f;     // squared log ratio of path length to the template's
  float direction = 0.5f;  // (1 - cos)^2 between bone and template bone
  float shape = 0.15f;     // squared difference of the bends of path and template, in 6 % of the size
  float position = 0.15f;  // squared distance to the template fitted to the box, in half box sides
  float radius = 0.12f;    // squared log ratio of thickness, at the joint and along the path
  float foot = 0.3f;       // squared height over the floor, in tenths of the size
  float grounded = 0.6f;   // a hand or wing that touches the floor
  float missing = 0.6f;    // an optional limb left out
  float midline = 0.3f;    // squared distance from the plane of symmetry, in tenths
  float symmetry = 0.8f;   // squared log ratio of paired lengths, and unequal places
  float overlap = 3.0f;    // length of path shared by two limbs of one fork
  float uncovered = 3.0f;  // volume-weighted distance of the body to the nearest bone
};
constexpr Weights kWeights;

float square(float x) { return x * x; }
float fraction(int sample) { return float(sample + 1) / float(PathProfile::kSamples + 1); }

// What each ball counts for when no bone is near.
std::vector<float> coverage_weights(const MedialGraph& graph) {
  std::vector<float> weights;
  for (const MedialSphere& ball : graph.spheres) weights.push_back(ball.core ? ball.radius : 0.0f);
  return weights;
}

// Weighted share of the body that lies farther than a little from the given balls, 0 .. 1.
float uncovered_share(const MedialGraph& graph, const std::vector<float>& weights, const std::vector<char>& on_bone,
                      float size) {
  std::vector<const MedialSphere*> bones;
  for (int n = 0; n < graph.size(); ++n)
    if (on_bone[n]) bones.push_back(&graph.spheres[n]);
  double sum = 0, total = 0;
  for (int n = 0; n < graph.size(); ++n) {
    const MedialSphere& ball = graph.spheres[n];
    if (weights[n] <= 0) continue;
    float away = kInf;
    for (const MedialSphere* bone : bones) away = std::min(away, (ball.center - bone->center).norm() - bone->radius);
    sum += weights[n] * square(std::clamp((away - 0.02f * size) / (0.1f * size), 0.0f, 1.0f));
    total += weights[n];
  }
  return total > 0 ? float(sum / total) : 0.0f;
}

// A fork or end of the template, with the template joints on the way to it.
struct Reduced {
  int joint;
  int parent = -1;         // in the reduced tree
  std::vector<int> chain;  // template joints after the parent's, up to and with `joint`
  std::vector<int> children;
  int symmetric = -1;
  bool leaf = false;
  Vec3 expected = Vec3::Zero();  // place, template fitted to the box, mesh space
  Vec3 offset = Vec3::Zero();    // from the parent
  float path = 0;                // along the chain, metres
  Eigen::Matrix<float, 3, PathProfile::kSamples> bend =
      Eigen::Matrix<float, 3, PathProfile::kSamples>::Zero();  // of the chain against the straight line, at the
                                                               // fractions of a PathProfile
  std::array<float, PathProfile::kSamples> radii = {};         // along the chain
  float radius = 0;
};

std::vector<Reduced> reduce(const RigTemplate& rig) {
  std::vector<int> degree(std::size_t(rig.size()), 0);
  for (const TemplateJoint& j : rig.joints)
    if (j.parent >= 0) ++degree[j.parent];
  std::vector<Reduced> result;
  std::vector<int> reduced_of(std::size_t(rig.size()), -1);
  for (int j = 0; j < rig.size(); ++j) {
    if (rig.joints[j].parent >= 0 && degree[j] == 1) continue;
    Reduced r;
    r.joint = j;
    r.leaf = degree[j] == 0;
    int up = j;
    while (up >= 0 && (up == j || reduced_of[up] < 0)) r.chain.push_back(up), up = rig.joints[up].parent;
    std::reverse(r.chain.begin(), r.chain.end());
    if (up >= 0) r.parent = reduced_of[up];
    reduced_of[j] = int(result.size());
    if (r.parent >= 0) result[r.parent].children.push_back(int(result.size()));
    result.push_back(r);
  }
  for (Reduced& r : result) r.symmetric = reduced_of[rig.joints[r.joint].symmetric];
  return result;
}

// The template's joints, stretched along the body's axes to the box of the balls, in mesh space.
std::vector<Vec3> fit_to_box(const RigTemplate& rig, const MedialGraph& graph, const Mat3& mesh_from_body,
                             float& scale) {
  Aabb own, body;
  for (const TemplateJoint& j : rig.joints)
    own.extend(j.position - Vec3::Constant(j.radius)).extend(j.position + Vec3::Constant(j.radius));
  for (const MedialSphere& s : graph.spheres) {
    const Vec3 c = mesh_from_body.transpose() * s.center;
    body.extend(c - Vec3::Constant(s.radius)).extend(c + Vec3::Constant(s.radius));
  }
  Vec3 factor = body.sizes().cwiseQuotient(own.sizes());
  scale = std::cbrt(factor.prod());
  factor = factor.cwiseMax(0.5f * scale).cwiseMin(2 * scale);
  std::vector<Vec3> fitted;
  for (const TemplateJoint& j : rig.joints) {
    Vec3 p = body.center() + factor.cwiseProduct(j.position - own.center());
    p.y() = body.min().y() + factor.y() * (j.position.y() - own.min().y());
    fitted.push_back(mesh_from_body * p);
  }
  return fitted;
}

}  // namespace

Embedder::Embedder(const MedialGraph& graph, const VoxelGrid& solid) : graph_(graph), solid_(solid) {
  size_ = graph.extent;
  coverage_ = coverage_weights(graph);
  for (int i = 0; i < graph.size() && int(inner_.size()) < kInner; ++i) {
    const MedialSphere& ball = graph.spheres[i];
    const bool near = std::any_of(inner_.begin(), inner_.end(), [&](int k) {
      return (graph.spheres[k].center - ball.center).norm() < 0.04f * size_;
    });
    if (ball.core && ball.radius >= 0.25f * graph.spheres[0].radius && !near) inner_.push_back(i);
  }
  std::vector<ShortestPaths> all;
  for (const int i : inner_) all.push_back(shortest_paths(graph, i));
  tips_ = grow_tree(graph, 0.04f * size_, kTips).tips;
  std::vector<int> ends = inner_;
  ends.insert(ends.end(), tips_.begin(), tips_.end());
  paths_.assign(inner_.size(), std::vector<PathProfile>(std::size_t(graph.size())));
  for (std::size_t i = 0; i < inner_.size(); ++i)
    for (const int end : ends) {
      PathProfile& p = paths_[i][end];
      if (!p.balls.empty()) continue;
      p.balls = all[i].path_to(end);
      p.length = all[i].length[end];
      float walked = 0;
      int k = 0;
      for (std::size_t n = 0; n < p.balls.size(); ++n) {
        const MedialSphere& to = graph.spheres[p.balls[n]];
        const MedialSphere& from = graph.spheres[p.balls[n ? n - 1 : 0]];
        const float piece = (to.center - from.center).norm();
        const bool last = n + 1 == p.balls.size();
        while (k < PathProfile::kSamples && (last || walked + piece >= p.length * fraction(k))) {
          const float t = piece > 0 ? std::clamp((p.length * fraction(k) - walked) / piece, 0.0f, 1.0f) : 0.0f;
          p.places[k] = from.center + t * (to.center - from.center);
          p.radii[k++] = from.radius + t * (to.radius - from.radius);
        }
        walked += piece;
      }
    }

  int middle = 0;
  double least = std::numeric_limits<double>::infinity();
  for (std::size_t i = 0; i < inner_.size(); ++i) {
    double sum = 0;
    for (int n = 0; n < graph.size(); ++n) sum += double(all[i].length[n]) * graph.spheres[n].radius;
    if (sum < least) least = sum, middle = int(i);
  }
  std::vector<char> on_bone(std::size_t(graph.size()), 0);
  on_bone[inner_[middle]] = 1;
  const float without = uncovered_share(graph, coverage_, on_bone, size_);
  for (const int tip : tips_) {
    std::fill(on_bone.begin(), on_bone.end(), 0);
    for (const int n : paths_[middle][tip].balls) on_bone[n] = 1;
    tip_gain_.push_back(without - uncovered_share(graph, coverage_, on_bone, size_));
  }
}

std::pair<float, float> Embedder::symmetry(const Vec3& axis) const {
  double total = 0, centroid = 0;
  float low = kInf, high = -kInf;
  for (const MedialSphere& s : graph_.spheres) {
    const float x = axis.dot(s.center);
    total += square(s.radius);
    centroid += square(s.radius) * x;
    low = std::min(low, x - s.radius);
    high = std::max(high, x + s.radius);
  }
  std::pair<float, float> best(-1.0f, 0.0f);
  for (const float plane : {0.5f * (low + high), float(centroid / total)}) {
    double matched = 0;
    for (const MedialSphere& s : graph_.spheres) {
      const Vec3 mirror = s.center - 2 * (axis.dot(s.center) - plane) * axis;
      if (-solid_.sample(mirror) > 0.6f * s.radius) matched += square(s.radius);
    }
    const float share = float(matched / total);
    if (share > best.first + 0.01f) best = {share, plane};
  }
  return best;
}

namespace {

// The first joints of the reduced template placed, in order.
struct Placement {
  float cost = 0;         // so far
  float bound = 0;        // cost + optimum of the rest's tree terms - what all ends gain in coverage
  std::vector<int> node;  // graph sphere of each joint, -1 = left out
};

// A placement of the beam (its index) with one more joint.
struct Step {
  float bound, cost;
  int from, node;
};

// One template in one orientation.
class Search {
 public:
  Search(const MedialGraph& graph, const std::vector<int>& inner, const PathTable& paths, const std::vector<int>& tips,
         const std::vector<float>& tip_gain, const std::vector<float>& coverage, const RigTemplate& rig,
         const Mat3& mesh_from_body, float size, std::pair<float, float> symmetry)
      : graph_(graph),
        inner_(inner),
        paths_(paths),
        tips_(tips),
        tip_gain_(tip_gain),
        coverage_(coverage),
        rig_(rig),
        axes_(mesh_from_body),
        size_(size),
        symmetric_(std::max(0.0f, 2 * symmetry.first - 1)),
        plane_(symmetry.second),
        reduced_(reduce(rig)) {
    float scale = 1;
    fitted = fit_to_box(rig, graph, axes_, scale);
    for (Reduced& r : reduced_) {
      r.expected = fitted[r.joint];
      r.radius = scale * rig.joints[r.joint].radius;
      if (r.parent < 0) continue;
      r.offset = r.expected - fitted[reduced_[r.parent].joint];
      Vec3 at = fitted[reduced_[r.parent].joint];
      for (const int j : r.chain) r.path += (fitted[j] - at).norm(), at = fitted[j];
      profile(r, scale);
    }
    Aabb box;
    for (const MedialSphere& s : graph.spheres) box.extend(axes_.transpose() * s.center);
    floor_ = box.min().y();
    for (const MedialSphere& s : graph.spheres) floor_ = std::min(floor_, axes_.col(1).dot(s.center) - s.radius);
    half_box_ = 0.5f * box.sizes();
    inner_index_.assign(std::size_t(graph.size()), -1);
    for (std::size_t i = 0; i < inner.size(); ++i) inner_index_[inner[i]] = int(i);
    bound_subtrees();
  }

  std::vector<Vec3> fitted;

  const std::vector<Reduced>& reduced() const { return reduced_; }

  const PathProfile& path(int parent_node, int node) const { return paths_[inner_index_[parent_node]][node]; }

  // Best complete placement found; empty if there is none.
  Placement run() const {
    std::vector<Placement> beam;
    for (const int n : inner_) {
      Placement s;
      s.cost = s.bound = unary(0, n);
      for (const int c : reduced_[0].children) s.bound += subtree_[c][inner_index_[n]];
      s.node = {n};
      beam.push_back(s);
    }
    keep_best(beam);
    for (std::size_t r = 1; r < reduced_.size(); ++r) {
      std::vector<Step> steps;
      for (std::size_t i = 0; i < beam.size(); ++i) append_steps(beam[i], int(i), steps);
      const std::size_t kept = std::min(steps.size(), std::size_t(kBeam));
      std::partial_sort(steps.begin(), steps.begin() + std::ptrdiff_t(kept), steps.end(),
                        [](const Step& a, const Step& b) {
                          if (a.bound != b.bound) return a.bound < b.bound;
                          return a.from != b.from ? a.from < b.from : a.node < b.node;
                        });
      std::vector<Placement> next;
      for (std::size_t i = 0; i < kept; ++i) {
        next.push_back(beam[std::size_t(steps[i].from)]);
        next.back().cost = steps[i].cost;
        next.back().bound = steps[i].bound;
        next.back().node.push_back(steps[i].node);
      }
      beam = std::move(next);
    }
    const float bones = float(reduced_.size() - 1);
    Placement best;
    float least = kForbidden;
    for (const Placement& s : beam) {
      if (s.cost / bones >= least) continue;
      const float total = s.cost / bones + kWeights.uncovered * uncovered(s);
      if (total < least) least = total, best = s;
    }
    return best;
  }

  float uncovered(const Placement& s) const {
    std::vector<char> on_path(std::size_t(graph_.size()), 0);
    for (std::size_t r = 1; r < reduced_.size(); ++r)
      if (s.node[r] >= 0)
        for (const int n : path(s.node[reduced_[r].parent], s.node[r]).balls) on_path[n] = 1;
    return uncovered_share(graph_, coverage_, on_path, size_);
  }

 private:
  static void keep_best(std::vector<Placement>& placements) {
    const auto better = [](const Placement& a, const Placement& b) {
      return a.bound != b.bound ? a.bound < b.bound : a.node < b.node;
    };
    std::erase_if(placements, [](const Placement& p) { return p.bound >= kForbidden; });
    const std::size_t kept = std::min(placements.size(), std::size_t(kBeam));
    std::partial_sort(placements.begin(), placements.begin() + std::ptrdiff_t(kept), placements.end(), better);
    placements.resize(kept);
  }

  void profile(Reduced& r, float scale) const {
    const int parent = reduced_[r.parent].joint;
    int at = parent;
    float walked = 0;
    int k = 0;
    for (std::size_t c = 0; c < r.chain.size(); ++c) {
      const int j = r.chain[c];
      const float piece = (fitted[j] - fitted[at]).norm();
      const bool last = c + 1 == r.chain.size();
      while (k < PathProfile::kSamples && (last || walked + piece >= r.path * fraction(k))) {
        const float t = piece > 0 ? std::clamp((r.path * fraction(k) - walked) / piece, 0.0f, 1.0f) : 0.0f;
        r.bend.col(k) = fitted[at] + t * (fitted[j] - fitted[at]) - fitted[parent] - fraction(k) * r.offset;
        r.radii[k] = scale * (rig_.joints[at].radius + t * (rig_.joints[j].radius - rig_.joints[at].radius));
        ++k;
      }
      walked += piece;
      at = j;
    }
  }

  bool optional(int r) const { return rig_.joints[reduced_[r].joint].optional; }
  const std::vector<int>& candidates(int r) const { return reduced_[r].leaf ? tips_ : inner_; }

  // Terms of one joint alone.
  float unary(int r, int node) const {
    const Reduced& joint = reduced_[r];
    const MedialSphere& ball = graph_.spheres[node];
    const Vec3 off = axes_.transpose() * (ball.center - joint.expected);
    float cost = 0;
    for (int a = 0; a < 3; ++a) cost += kWeights.position * square(off[a] / (half_box_[a] + 0.1f * size_));
    cost += kWeights.radius * square(std::log(ball.radius / joint.radius));
    if (rig_.joints[joint.joint].foot) {
      const float height = axes_.col(1).dot(ball.center) - ball.radius - floor_;
      cost += kWeights.foot * square(height / (0.1f * size_));
    } else if (joint.leaf && joint.symmetric != r) {
      // A hand or wing on the floor is rather a foot.
      const float height = axes_.col(1).dot(ball.center) - ball.radius - floor_;
      const float expected = axes_.col(1).dot(joint.expected) - floor_;
      if (expected > 0.1f * size_) cost += kWeights.grounded * square(std::max(0.0f, 1 - height / (0.08f * size_)));
    }
    const float across = axes_.col(0).dot(ball.center) - plane_;
    if (joint.symmetric == r) cost += kWeights.midline * symmetric_ * square(across / (0.1f * size_));
    if (const int side = side_of_joint(r); side != 0 && side_of_ball(node) != side) return kForbidden;
    return cost;
  }

  // Terms of the bone from the parent's ball (index into inner_) to a ball.
  float pair(int r, int parent_index, int node) const {
    const Reduced& joint = reduced_[r];
    const int parent_node = inner_[parent_index];
    if (node == parent_node) return kForbidden;
    const PathProfile& path = paths_[parent_index][node];
    const Vec3 start = graph_.spheres[parent_node].center, bone = graph_.spheres[node].center - start;
    const float straight = bone.norm(), margin = 0.06f * size_;
    float cost = kWeights.length * square(std::log((path.length + margin) / (joint.path + margin)));
    const float cosine =
        straight > 0 ? bone.dot(joint.offset) / (straight * std::max(joint.offset.norm(), 1e-6f)) : 0.0f;
    cost += kWeights.direction * square(1 - cosine) * std::min(1.0f, joint.offset.norm() / (0.15f * size_));
    for (int k = 0; k < PathProfile::kSamples; ++k) {
      const Vec3 bend = path.places[k] - start - fraction(k) * bone;
      cost += kWeights.shape / PathProfile::kSamples * (bend - joint.bend.col(k)).squaredNorm() / square(0.06f * size_);
      cost += kWeights.radius / PathProfile::kSamples * square(std::log(path.radii[k] / joint.radii[k]));
    }
    return cost;
  }

  // subtree_[r][p]: least cost, less the gain, of joint r and all below it when its parent sits on inner_[p].
  void bound_subtrees() {
    subtree_.resize(reduced_.size());
    unary_.resize(reduced_.size());
    gain_.resize(reduced_.size());
    pair_.resize(reduced_.size());
    for (int r = int(reduced_.size()) - 1; r >= 0; --r) {
      for (const int c : candidates(r)) unary_[r].push_back(unary(r, c));
      gain_[r].assign(candidates(r).size(), 0);
      if (reduced_[r].leaf)
        for (std::size_t c = 0; c < tips_.size(); ++c)
          gain_[r][c] = kGainShare * kWeights.uncovered * float(reduced_.size() - 1) * tip_gain_[c];
      if (r == 0) break;
      subtree_[r].assign(inner_.size(), optional(r) ? kWeights.missing : kForbidden);
      for (std::size_t p = 0; p < inner_.size(); ++p)
        for (std::size_t c = 0; c < candidates(r).size(); ++c) {
          const float own = unary_[r][c] >= kForbidden ? kForbidden : unary_[r][c] + pair(r, int(p), candidates(r)[c]);
          pair_[r].push_back(own);
          float cost = own - gain_[r][c];
          for (const int child : reduced_[r].children) cost += subtree_[child][c];
          subtree_[r][p] = std::min(subtree_[r][p], cost);
        }
    }
  }

  // Tips left on the right, in the middle and on the left, less those that the limbs after `r` must still have.
  // Without this a beam may hold nothing but placements whose tail took a foot.
  std::array<int, 3> spare_tips(const Placement& s, int r) const {
    std::array<int, 3> spare = {0, 0, 0};
    for (const int tip : tips_)
      if (std::find(s.node.begin(), s.node.end(), tip) == s.node.end()) ++spare[side_of_ball(tip) + 1];
    for (std::size_t k = std::size_t(r) + 1; k < reduced_.size(); ++k)
      if (reduced_[k].leaf && !optional(int(k))) --spare[side_of_joint(int(k)) + 1];
    return spare;
  }
  static bool enough(const std::array<int, 3>& spare) {
    return spare[0] >= 0 && spare[2] >= 0 && spare[0] + spare[1] + spare[2] >= 0;
  }

  // In a symmetric body a left limb ends on the left: +1 left, -1 right, 0 where it does not matter.
  int side_of_joint(int r) const {
    if (reduced_[r].symmetric == r || symmetric_ <= 0.5f) return 0;
    return rig_.joints[reduced_[r].joint].position.x() > 0 ? 1 : -1;
  }
  int side_of_ball(int node) const {
    if (symmetric_ <= 0.5f) return 0;
    const float across = axes_.col(0).dot(graph_.spheres[node].center) - plane_;
    return across > 0.005f * size_ ? 1 : across < -0.005f * size_ ? -1 : 0;
  }

  void append_steps(const Placement& s, int from, std::vector<Step>& steps) const {
    const int r = int(s.node.size());
    const Reduced& joint = reduced_[r];
    const int p = inner_index_[s.node[joint.parent]];
    const float rest = s.bound - s.cost - subtree_[r][p];  // of other open joints, and gains so far
    const std::array<int, 3> spare = spare_tips(s, r);
    const auto push = [&](int node, float cost, float below) {
      const float bound = s.cost + cost + rest + below;
      if (bound < kForbidden) steps.push_back({bound, s.cost + cost, from, node});
    };
    const bool twin_missing = joint.symmetric < r && s.node[joint.symmetric] < 0;
    if (optional(r) && enough(spare))
      push(-1, kWeights.missing + (joint.symmetric < r && !twin_missing ? 10.0f : 0.0f), 0);
    if (twin_missing) return;
    const std::vector<int>& nodes = candidates(r);
    for (std::size_t c = 0; c < nodes.size(); ++c) {
      const float tree = pair_[r][std::size_t(p) * nodes.size() + c];
      if (tree >= kForbidden || std::find(s.node.begin(), s.node.end(), nodes[c]) != s.node.end()) continue;
      std::array<int, 3> left = spare;
      if (joint.leaf) --left[side_of_ball(nodes[c]) + 1];
      if (!enough(left)) continue;
      float below = 0;
      for (const int child : joint.children) below += subtree_[child][c];
      push(nodes[c], tree + beyond_tree(s, r, nodes[c]), below - gain_[r][c]);
    }
  }

  // How far two paths from the same ball run through the same part of the body.
  float shared_length(const PathProfile& a, const PathProfile& b) const {
    float shared = 0;
    for (std::size_t k = 1; k < std::min(a.balls.size(), b.balls.size()) && a.balls[k] == b.balls[k]; ++k)
      shared = (graph_.spheres[a.balls[k]].center - graph_.spheres[a.balls[0]].center).norm();
    for (int k = 0; k < PathProfile::kSamples; ++k) {
      // The place as far along the other path, between its samples.
      const float at =
          std::min(a.length * fraction(k), b.length) / std::max(b.length, 1e-9f) * (PathProfile::kSamples + 1);
      const int low = std::clamp(int(at) - 1, 0, PathProfile::kSamples - 1),
                high = std::min(low + 1, PathProfile::kSamples - 1);
      const float t = std::clamp(at - float(low + 1), 0.0f, 1.0f);
      const Vec3 there = b.places[low] + t * (b.places[high] - b.places[low]);
      const float radius = std::max(a.radii[k], b.radii[low] + t * (b.radii[high] - b.radii[low]));
      if ((a.places[k] - there).norm() > 0.8f * radius) break;
      shared = std::max(shared, (a.places[k] - graph_.spheres[a.balls[0]].center).norm());
    }
    return shared;
  }

  // Terms that tie limbs together: shared paths and left against right.
  float beyond_tree(const Placement& s, int r, int node) const {
    const Reduced& joint = reduced_[r];
    const int parent_node = s.node[joint.parent];
    float cost = 0;
    const PathProfile& own = path(parent_node, node);
    const float near = graph_.spheres[parent_node].radius + 0.03f * size_;
    for (int other = 1; other < r; ++other)
      if (reduced_[other].parent == joint.parent && s.node[other] >= 0)
        cost += kWeights.overlap * std::max(0.0f, shared_length(own, path(parent_node, s.node[other])) - near) / size_;
    const int twin = joint.symmetric;
    if (twin != r && twin < r && s.node[twin] >= 0) {
      const float margin = 0.05f * size_;
      const int twin_parent = s.node[reduced_[twin].parent];
      const float a = path(parent_node, node).length + margin;
      const float b = path(twin_parent, s.node[twin]).length + margin;
      cost += kWeights.symmetry * square(std::log(a / b));
      const Vec3 here = axes_.transpose() * graph_.spheres[node].center;
      const Vec3 there = axes_.transpose() * graph_.spheres[s.node[twin]].center;
      const Vec3 off(here.x() + there.x() - 2 * plane_, here.y() - there.y(), here.z() - there.z());
      cost += kWeights.symmetry * symmetric_ * square(off.norm() / (0.15f * size_));
      // Left stays left of right whatever the pose.
      const bool left = rig_.joints[joint.joint].position.x() > 0;
      if (left != (here.x() > there.x())) cost += 1;
    }
    return cost;
  }

  const MedialGraph& graph_;
  const std::vector<int>& inner_;
  const PathTable& paths_;
  const std::vector<int>& tips_;
  const std::vector<float>& tip_gain_;
  const std::vector<float>& coverage_;
  const RigTemplate& rig_;
  Mat3 axes_;
  float size_, symmetric_, plane_, floor_ = 0;
  Vec3 half_box_;
  std::vector<Reduced> reduced_;
  std::vector<int> inner_index_;
  std::vector<std::vector<float>> subtree_, unary_, gain_;
  std::vector<std::vector<float>> pair_;  // of each joint: unary and pair terms by [parent x candidates + candidate]
};

// Points at the given lengths along a polyline.
Vec3 along(const std::vector<Vec3>& line, float length) {
  for (std::size_t i = 1; i < line.size(); ++i) {
    const float piece = (line[i] - line[i - 1]).norm();
    if (length <= piece && piece > 0) return line[i - 1] + (length / piece) * (line[i] - line[i - 1]);
    length -= piece;
  }
  return line.back();
}

}  // namespace

std::optional<Embedding> Embedder::embed(const RigTemplate& rig, const Mat3& mesh_from_body) const {
  const auto mirror = symmetry(mesh_from_body.col(0));
  const Search search(graph_, inner_, paths_, tips_, tip_gain_, coverage_, rig, mesh_from_body, size_, mirror);
  const Placement found = search.run();
  if (found.node.size() != search.reduced().size()) return std::nullopt;

  Embedding result;
  result.mesh_from_body = mesh_from_body;
  result.positions.assign(std::size_t(rig.size()), Vec3::Zero());
  result.present.assign(std::size_t(rig.size()), 0);
  const auto& reduced = search.reduced();
  result.positions[reduced[0].joint] = graph_.spheres[found.node[0]].center;
  result.present[reduced[0].joint] = 1;
  for (std::size_t r = 1; r < reduced.size(); ++r) {
    if (found.node[r] < 0) continue;
    std::vector<Vec3> line;
    for (const int n : search.path(found.node[reduced[r].parent], found.node[r]).balls)
      line.push_back(graph_.spheres[n].center);
    if (reduced[r].leaf) {
      const Vec3 direction = (line.back() - line[line.size() > 2 ? line.size() - 3 : 0]).normalized();
      line.push_back(towards_surface(solid_, line.back(), direction, 3 * graph_.spheres[found.node[r]].radius));
    }
    float length = 0, planned = 0;
    for (std::size_t i = 1; i < line.size(); ++i) length += (line[i] - line[i - 1]).norm();
    Vec3 at = search.fitted[reduced[reduced[r].parent].joint];
    // A shoulder or hip lies no farther out than where the limb leaves the trunk, however long the limb.
    const std::vector<int>& chain = reduced[r].chain;
    const float first = (search.fitted[chain.front()] - at).norm();
    float root = length * first / reduced[r].path;
    if (reduced[r].leaf && reduced[r].symmetric != int(r) && chain.size() > 2)
      root = std::min(root, kLimbRoot * graph_.spheres[found.node[reduced[r].parent]].radius + 0.02f * size_);
    for (const int j : chain) {
      planned += (search.fitted[j] - at).norm();
      at = search.fitted[j];
      const float beyond = (planned - first) / std::max(reduced[r].path - first, 1e-9f);
      result.positions[j] = along(line, root + (length - root) * beyond);
      result.present[j] = 1;
    }
  }
  const double uncovered = search.uncovered(found);
  result.terms = {{"bones", double(found.cost) / double(reduced.size() - 1)},
                  {"uncovered", kWeights.uncovered * uncovered}};
  result.penalty = result.terms[0].second + result.terms[1].second;
  return result;
}

}  // namespace mp4d
