#include "motion/hip_joints.h"
#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

namespace mp4d {
namespace {

// Heights of hip joints above the crotch in spacings of the legs, measured on rigged models: 0.17 to 0.40 for figures with
// short legs, 0.6 for people.
constexpr float kLeast = 0.2f, kMostOfShortLegs = 0.45f, kMost = 1.3f;
constexpr float kPelvisAboveHips = 0.25f;
constexpr float kShortLegs = 0.34f, kLongLegs = 0.40f;  // height of the crotch, of the whole height
constexpr float kLowest = 0.05f;                        // of the height: feet may touch below

/// Level sections of a solid, in cells.
class Sections {
 public:
  Sections(const VoxelGrid& solid, const Vec3& up) : solid_(solid) {
    up.cwiseAbs().maxCoeff(&axis_);
    upside_down_ = up[axis_] < 0;
    side_[0] = (axis_ + 1) % 3;
    side_[1] = (axis_ + 2) % 3;
    size_ = Eigen::Vector3i(solid.nx, solid.ny, solid.nz);
  }

  int count() const { return size_[axis_]; }
  int level_of(const Vec3& point) const {
    const int k = static_cast<int>(std::lround((point[axis_] - solid_.origin[axis_]) / solid_.cell));
    return std::clamp(upside_down_ ? count() - 1 - k : k, 0, count() - 1);
  }
  bool empty(int level) const { return !nearest(level, solid_.origin); }

  struct Piece {
    Vec3 centre;                ///< in the solid's space
    std::vector<char> covered;  ///< by cell of the section
  };
  /// The connected piece of the section that is nearest to `point`.
  std::optional<Piece> piece(int level, const Vec3& point) const {
    const auto seed = nearest(level, point);
    if (!seed) return {};
    Piece piece;
    piece.covered.assign(static_cast<std::size_t>(size_[side_[0]]) * size_[side_[1]], 0);
    std::vector<Eigen::Vector3i> open = {*seed};
    piece.covered[cell(*seed)] = 1;
    Eigen::Vector3d sum = Eigen::Vector3d::Zero();
    for (std::size_t i = 0; i < open.size(); ++i) {
      sum += open[i].cast<double>();
      for (int s = 0; s < 4; ++s) {
        Eigen::Vector3i next = open[i];
        next[side_[s / 2]] += s % 2 ? 1 : -1;
        if ((next.array() < 0).any() || (next.array() >= size_.array()).any()) continue;
        if (piece.covered[cell(next)] || !inside(next)) continue;
        piece.covered[cell(next)] = 1;
        open.push_back(next);
      }
    }
    piece.centre = solid_.origin + solid_.cell * (sum / static_cast<double>(open.size())).cast<float>();
    return piece;
  }
  bool covers(const Piece& piece, int level, const Vec3& point) const {
    const auto seed = nearest(level, point);
    return seed && piece.covered[cell(*seed)];
  }

 private:
  std::size_t cell(const Eigen::Vector3i& at) const {
    return static_cast<std::size_t>(at[side_[1]]) * size_[side_[0]] + at[side_[0]];
  }
  bool inside(const Eigen::Vector3i& at) const { return solid_.at(at.x(), at.y(), at.z()) < 0; }
  std::optional<Eigen::Vector3i> nearest(int level, const Vec3& point) const {
    std::optional<Eigen::Vector3i> best;
    float least = std::numeric_limits<float>::max();
    Eigen::Vector3i at;
    at[axis_] = upside_down_ ? count() - 1 - level : level;
    for (at[side_[1]] = 0; at[side_[1]] < size_[side_[1]]; ++at[side_[1]])
      for (at[side_[0]] = 0; at[side_[0]] < size_[side_[0]]; ++at[side_[0]]) {
        if (!inside(at)) continue;
        Vec3 off = solid_.position(at.x(), at.y(), at.z()) - point;
        off[axis_] = 0;
        if (off.squaredNorm() < least) least = off.squaredNorm(), best = at;
      }
    return best;
  }

  const VoxelGrid& solid_;
  Eigen::Vector3i size_;
  int axis_ = 1, side_[2] = {2, 0};
  bool upside_down_ = false;
};

int joint_named(const RigTemplate& rig, const std::string& name) {
  for (int j = 0; j < rig.size(); ++j)
    if (rig.joints[j].name == name) return j;
  return -1;
}

struct Leg {
  int hip, knee, ankle;
  Vec3 centre;  // of its section just below the crotch
};

std::optional<Leg> leg_of(const RigTemplate& rig, const std::string& side, const std::vector<Vec3>& positions) {
  Leg leg{joint_named(rig, "hip" + side), joint_named(rig, "knee" + side), joint_named(rig, "ankle" + side), {}};
  if (leg.hip < 0 || leg.knee < 0 || leg.ankle < 0) return {};
  leg.centre = positions[leg.ankle];
  return leg;
}

/// The level at which the two legs become one, their centres below it; nothing where they are one all the way.
std::optional<int> crotch(const Sections& sections, int bottom, int lowest, Leg& a, Leg& b) {
  for (int level = bottom; level < sections.count(); ++level) {
    const auto piece = sections.piece(level, a.centre);
    if (!piece) return {};
    if (sections.covers(*piece, level, b.centre)) {
      if (level > lowest) return level;
      continue;
    }
    a.centre = piece->centre;
    b.centre = sections.piece(level, b.centre)->centre;
  }
  return {};
}

}  // namespace

std::vector<int> place_hips(const RigTemplate& rig, const VoxelGrid& solid, const Vec3& up, const Vec3& left,
                            std::vector<Vec3>& positions) {
  const auto feet = std::count_if(rig.joints.begin(), rig.joints.end(), [](const auto& joint) { return joint.foot; });
  auto a = leg_of(rig, "_l", positions), b = leg_of(rig, "_r", positions);
  if (feet != 2 || !a || !b) return {};
  const Sections sections(solid, up);
  int bottom = 0, top = sections.count() - 1;
  while (bottom < top && sections.empty(bottom)) ++bottom;
  while (top > bottom && sections.empty(top)) --top;
  const int lowest = bottom + static_cast<int>(kLowest * static_cast<float>(top - bottom));
  const int ankles = std::min(sections.level_of(a->centre), sections.level_of(b->centre));
  const auto level = crotch(sections, std::max(ankles, lowest), lowest, *a, *b);
  if (!level) return {};

  const float spacing = left.dot(a->centre - b->centre);
  const float at = static_cast<float>(*level - bottom) / static_cast<float>(top - bottom);
  const float crotch_height = up.dot(positions[a->hip]) +
                              solid.cell * static_cast<float>(*level - sections.level_of(positions[a->hip]));
  const float planned = (0.5f * up.dot(positions[a->hip] + positions[b->hip]) - crotch_height) / spacing;
  if (!(spacing > 2 * solid.cell) || planned > kMost) return {};
  const float along = std::clamp((at - kShortLegs) / (kLongLegs - kShortLegs), 0.0f, 1.0f);
  const float rise = std::clamp(planned, kLeast, kMostOfShortLegs + along * (kMost - kMostOfShortLegs));
  std::vector<int> placed;
  for (const Leg* leg : {&*a, &*b}) {
    const float thigh = (positions[leg->knee] - positions[leg->hip]).norm();
    const float shin = (positions[leg->ankle] - positions[leg->knee]).norm();
    positions[leg->hip] = leg->centre + (crotch_height + rise * spacing - up.dot(leg->centre)) * up;
    if (thigh + shin > 0)
      positions[leg->knee] =
          positions[leg->hip] + thigh / (thigh + shin) * (positions[leg->ankle] - positions[leg->hip]);
    placed.push_back(leg->hip);
  }
  // The pelvis comes down with them, and what lies between it and the next thick part keeps its share of the way.
  const int pelvis = rig.joints[a->hip].parent;
  if (pelvis < 0) return placed;
  const Vec3 before = positions[pelvis];
  const float down = up.dot(before) - (crotch_height + (rise + kPelvisAboveHips) * spacing);
  if (down <= 0) return placed;
  positions[pelvis] -= down * up;
  placed.push_back(pelvis);
  for (int end = pelvis + 1; end < rig.size(); ++end) {
    if (!rig.joints[end].fat || end == pelvis) continue;
    const Vec3 whole = positions[end] - before;
    for (int j = rig.joints[end].parent; j > pelvis; j = rig.joints[j].parent) {
      const float share = std::clamp((positions[j] - before).dot(whole) / whole.squaredNorm(), 0.0f, 1.0f);
      positions[j] -= (1 - share) * down * up;
    }
    break;
  }
  return placed;
}

}  // namespace mp4d
