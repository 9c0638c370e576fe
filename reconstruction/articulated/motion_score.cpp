#include "reconstruction/articulated/motion_score.h"
#include "reconstruction/articulated/limb_tracks.h"
#include <Eigen/QR>
#include <algorithm>
#include <cmath>
#include <complex>

namespace mp4d {
namespace {

constexpr double kDegrees = 180 / M_PI;
constexpr double kLeastSwing = 0.04;     // of the limb's length, amplitude: below it a phase means nothing
constexpr double kLeastApart = 0.1;      // of the limb's length: twins nearer to each other cannot be told apart
constexpr double kLeastRepetition = 0.5; // share of the swing that one frequency must explain

/// A limb that both bodies have, in the body axes of the truth's pelvis.
struct Pair {
  const LimbTrack* result;
  const LimbTrack* truth;
};

const LimbTrack* find(const std::vector<LimbTrack>& limbs, const LimbTrack& like) {
  for (const LimbTrack& limb : limbs)
    if (limb.role == like.role && limb.side == like.side && limb.order == like.order) return &limb;
  return nullptr;
}

/// Limbs by role, side and place. Where the bodies differ in the number of limbs of a kind, places mean different things.
std::vector<Pair> pair_limbs(const BodyTracks& result, const BodyTracks& truth) {
  const auto count = [](const BodyTracks& body, ChainRole role) {
    return std::count_if(body.limbs.begin(), body.limbs.end(), [&](const LimbTrack& l) { return l.role == role; });
  };
  std::vector<Pair> pairs;
  for (const LimbTrack& limb : truth.limbs) {
    const LimbTrack* other = find(result.limbs, limb);
    if (other && count(result, limb.role) == count(truth, limb.role)) pairs.push_back({other, &limb});
  }
  return pairs;
}

/// Rotation that lays the places where limbs begin, and the trunk, on the truth's.
Mat3 truth_from_result(const std::vector<Pair>& pairs, std::size_t frame) {
  std::vector<Vec3> from, to;
  for (const Pair& pair : pairs) {
    from.push_back(pair.result->top[frame]);
    to.push_back(pair.truth->top[frame]);
    if (pair.truth->role != ChainRole::kTrunk) continue;
    from.push_back(pair.result->end[frame]);
    to.push_back(pair.truth->end[frame]);
  }
  Eigen::Matrix3Xf a(3, from.size()), b(3, to.size());
  for (std::size_t i = 0; i < from.size(); ++i) a.col(i) = from[i], b.col(i) = to[i];
  return Eigen::umeyama(a, b, false).topLeftCorner<3, 3>();
}

float length(const LimbTrack& limb) {
  float sum = 0;
  for (std::size_t t = 0; t < limb.top.size(); ++t)
    sum += (limb.middle[t] - limb.top[t]).norm() + (limb.end[t] - limb.middle[t]).norm();
  return std::max(sum / limb.top.size(), 1e-9f);
}

/// Directions of one limb's segments and the reach of its end in limb lengths, in body axes, one a frame.
struct Moves {
  std::vector<Vec3> upper, lower, reach;
};

Moves moves(const LimbTrack& limb, const std::vector<Mat3>& body_from_world) {
  Moves out;
  const float size = length(limb);
  for (std::size_t t = 0; t < limb.top.size(); ++t) {
    const Mat3& into = body_from_world[t];
    out.upper.push_back(into * (limb.middle[t] - limb.top[t]).normalized());
    out.lower.push_back(into * (limb.end[t] - limb.middle[t]).normalized());
    out.reach.push_back(into * (limb.end[t] - limb.top[t]) / size);
  }
  return out;
}

Vec3 mean(const std::vector<Vec3>& vectors) {
  Vec3 sum = Vec3::Zero();
  for (const Vec3& v : vectors) sum += v;
  return sum / static_cast<float>(vectors.size());
}

/// Mean angle between two moving directions, the shortest rotation between their means taken out: skeletons place joints
/// differently.
double direction_error(const std::vector<Vec3>& result, const std::vector<Vec3>& truth) {
  const Quat turn = Quat::FromTwoVectors(mean(result), mean(truth));
  double sum = 0;
  for (std::size_t t = 0; t < result.size(); ++t) {
    const Vec3 turned = turn * result[t];
    sum += std::atan2(turned.cross(truth[t]).norm(), turned.dot(truth[t]));
  }
  return kDegrees * sum / result.size();
}

double held_still_error(const std::vector<Vec3>& truth) {
  return direction_error(std::vector<Vec3>(truth.size(), Vec3::UnitZ()), truth);
}

/// Least-squares a + b cos + c sin with the given period; z = forward.
struct Swing {
  std::complex<double> amplitude;
  double explained = 0, total = 0;  ///< squares
};

Swing swing(const std::vector<Vec3>& reach, double period) {
  const auto n = static_cast<Eigen::Index>(reach.size());
  Eigen::MatrixX3d basis(n, 3);
  Eigen::VectorXd forward(n);
  for (Eigen::Index t = 0; t < n; ++t) {
    const double angle = 2 * M_PI * t / period;
    basis.row(t) << 1, std::cos(angle), std::sin(angle);
    forward[t] = reach[t].z();
  }
  const Eigen::Vector3d c = basis.colPivHouseholderQr().solve(forward);
  const double total = (forward.array() - forward.mean()).square().sum();
  return {{c[1], -c[2]}, total - (forward - basis * c).squaredNorm(), total};
}

bool steps(ChainRole role) { return role == ChainRole::kLeg || role == ChainRole::kArm || role == ChainRole::kWing; }

/// Period at which one frequency explains most of all limbs' swing; 0 if that is little.
double period_of(const std::vector<Moves>& truth, std::size_t frames) {
  double best = 0, best_share = kLeastRepetition;
  for (double period = 6; period <= frames; period *= 1.01) {
    double explained = 0, total = 0;
    for (const Moves& limb : truth) {
      const Swing s = swing(limb.reach, period);
      explained += s.explained;
      total += s.total;
    }
    if (total > 0 && explained / total > best_share) {
      best_share = explained / total;
      best = period;
    }
  }
  return best;
}

std::optional<double> phase_error(const Moves& result, const Moves& truth, double period) {
  if (period == 0) return {};
  const auto a = swing(result.reach, period).amplitude, b = swing(truth.reach, period).amplitude;
  if (std::min(std::abs(a), std::abs(b)) < kLeastSwing) return {};
  return kDegrees * std::arg(a * std::conj(b));
}

/// Share of a pair's frames that fit better with the result's sides exchanged, in the plane of symmetry.
struct Swaps {
  int compared = 0, swapped = 0;

  void add(const Moves& result_left, const Moves& result_right, const Moves& truth_left, const Moves& truth_right) {
    const Vec3 result_middle = (mean(result_left.reach) + mean(result_right.reach)) / 2,
               truth_middle = (mean(truth_left.reach) + mean(truth_right.reach)) / 2;
    const auto plane = [](const Vec3& v) { return Vec2(v.y(), v.z()); };
    for (std::size_t t = 0; t < truth_left.reach.size(); ++t) {
      const Vec2 rl = plane(result_left.reach[t] - result_middle), rr = plane(result_right.reach[t] - result_middle),
                 tl = plane(truth_left.reach[t] - truth_middle), tr = plane(truth_right.reach[t] - truth_middle);
      if ((tl - tr).norm() < kLeastApart || (rl - rr).norm() == 0) continue;
      ++compared;
      swapped += (rl - tr).squaredNorm() + (rr - tl).squaredNorm() < (rl - tl).squaredNorm() + (rr - tr).squaredNorm();
    }
  }
};

}  // namespace

Result<MotionScore> score_motion(const RiggedModel& result, const std::vector<Pose>& result_poses,
                                 const RiggedModel& truth, const std::vector<Pose>& truth_poses) {
  const std::size_t frames = truth_poses.size();
  if (frames == 0 || result_poses.size() != frames)
    return fail(ErrorCode::kInput, "motion: the result has {} poses, the truth {}; give one a frame on both sides",
                result_poses.size(), frames);
  MP4D_TRY(result_tracks, body_tracks(result, result_poses));
  MP4D_TRY(truth_tracks, body_tracks(truth, truth_poses));
  const std::vector<Pair> pairs = pair_limbs(result_tracks, truth_tracks);

  MotionScore score;
  std::vector<Pair> limbs;
  for (const Pair& pair : pairs)
    if (pair.truth->role != ChainRole::kTrunk) limbs.push_back(pair);
  for (const LimbTrack& limb : truth_tracks.limbs) score.limbs_of_truth += limb.role != ChainRole::kTrunk;
  if (limbs.empty())
    return fail(ErrorCode::kInput, "motion: no limb of '{}' is one of '{}'; is it the same kind of body?", result.name,
                truth.name);

  std::vector<Mat3> from_truth, from_result;
  for (std::size_t t = 0; t < frames; ++t) {
    from_truth.push_back(truth_tracks.world_from_body[t].conjugate().toRotationMatrix());
    from_result.push_back(from_truth.back() * truth_from_result(pairs, t));
  }
  std::vector<Moves> ours, theirs, stepping;
  for (const Pair& limb : limbs) {
    ours.push_back(moves(*limb.result, from_result));
    theirs.push_back(moves(*limb.truth, from_truth));
    if (steps(limb.truth->role)) stepping.push_back(theirs.back());
  }
  score.period = period_of(stepping, frames);

  Swaps swaps;
  double phases = 0;
  int with_phase = 0;
  for (std::size_t i = 0; i < limbs.size(); ++i) {
    const LimbTrack& limb = *limbs[i].truth;
    LimbScore one{limb.name, (direction_error(ours[i].upper, theirs[i].upper) +
                              direction_error(ours[i].lower, theirs[i].lower)) / 2,
                  (held_still_error(theirs[i].upper) + held_still_error(theirs[i].lower)) / 2, {}};
    if (steps(limb.role)) one.phase_error = phase_error(ours[i], theirs[i], score.period);
    if (one.phase_error) phases += std::abs(*one.phase_error), ++with_phase;
    score.angle_error += one.angle_error / limbs.size();
    score.swing += one.swing / limbs.size();
    for (std::size_t j = 0; j < limbs.size(); ++j)
      if (steps(limb.role) && limb.side == Side::kLeft && limbs[j].truth->side == Side::kRight &&
          limbs[j].truth->role == limb.role && limbs[j].truth->order == limb.order)
        swaps.add(ours[i], ours[j], theirs[i], theirs[j]);
    score.limbs.push_back(std::move(one));
  }
  if (with_phase) score.phase_error = phases / with_phase;
  if (swaps.compared) score.swapped = 100.0 * swaps.swapped / swaps.compared;
  return score;
}

}  // namespace mp4d
