#include "core/files.h"
#include "core/rng.h"
#include "io/masks.h"
#include "reconstruction/articulated/audition.h"
#include "reconstruction/articulated/checkpoints.h"
#include "reconstruction/articulated/distance_field2d.h"
#include "reconstruction/articulated/guess.h"
#include "reconstruction/articulated/medial_energy.h"
#include "reconstruction/articulated/medial_evidence.h"
#include "reconstruction/articulated/medial_search.h"
#include "reconstruction/articulated/turn_rate.h"
#include "reconstruction/articulated/vertical_bob.h"
#include "render/hard_raster.h"
#include <algorithm>
#include <cmath>
#include <functional>
#include <gtest/gtest.h>
#include <numbers>
#include <numeric>

namespace mp4d {
namespace {

TEST(SignedDistance, EqualsBruteForce) {
  Mask mask(37, 29, 1);
  for (std::size_t i = 0; i < mask.data.size(); ++i) mask.data[i] = rng::uniform(5, 0, i) < 0.2 ? 255 : 0;
  const ImageF field = signed_distance(mask);
  for (int y = 0; y < mask.height; ++y) {
    for (int x = 0; x < mask.width; ++x) {
      float nearest = 1e9f;
      for (int v = 0; v < mask.height; ++v) {
        for (int u = 0; u < mask.width; ++u) {
          if ((mask.at(u, v) != 0) != (mask.at(x, y) != 0))
            nearest = std::min(nearest, std::hypot(float(u - x), float(v - y)));
        }
      }
      const float expected = mask.at(x, y) ? 0.5f - nearest : nearest - 0.5f;
      ASSERT_NEAR(field.at(x, y), expected, 1e-4f) << x << "," << y;
    }
  }
}

class Templates : public testing::TestWithParam<std::string> {};

TEST_P(Templates, AreWholeAndSymmetric) {
  auto body = load_medial_template(GetParam());
  ASSERT_TRUE(body) << body.error().message;
  int feet = 0;
  for (int j = 0; j < body->size(); ++j) {
    const MedialJoint& joint = body->joints[j];
    EXPECT_LT(joint.parent, j);
    const MedialJoint& twin = body->joints[joint.mirror];
    EXPECT_EQ(twin.mirror, j);
    EXPECT_FLOAT_EQ(twin.offset.x(), -joint.offset.x()) << joint.name;
    EXPECT_FLOAT_EQ(twin.offset.y(), joint.offset.y());
    EXPECT_GT(joint.radius, 0);
    EXPECT_LE(joint.limit_min.x(), joint.limit_max.x());
    feet += joint.foot;
    EXPECT_EQ(body->leg_root[j] >= 0, joint.foot);
  }
  EXPECT_GE(feet, 2);
}

// The derivative holds the place on a tapered bone fixed, so it differs from differences by up to 17 %.
TEST_P(Templates, EnergyGradientAgreesWithDifferences) {
  auto body = load_medial_template(GetParam());
  ASSERT_TRUE(body);
  std::vector<PixelPool> pools(3);
  std::uint64_t draw = 0;
  auto uniform = [&](double from, double to) { return float(from + (to - from) * rng::uniform(3, 0, draw++)); };
  for (PixelPool& pool : pools) {
    pool.usable = true;
    for (int i = 0; i < 300; ++i) {
      pool.x.push_back(uniform(-1, 1));
      pool.y.push_back(uniform(-1, 1));
      pool.distance.push_back(uniform(-0.3, 0.3));
    }
    pool.field = ImageF(64, 64, 1);
    pool.field_cell = 3.0f / 64;
    for (int i = 0; i < 64 * 64; ++i)
      pool.field.data[i] = std::hypot((i % 64 - 31.5f) * pool.field_cell, (i / 64 - 31.5f) * pool.field_cell) - 0.4f;
    for (int i = 0; i < 100; ++i) {
      pool.flow_x.push_back(uniform(-0.3, 0.3));
      pool.flow_y.push_back(uniform(-0.3, 0.3));
      pool.flow_u.push_back(uniform(-0.02, 0.02));
      pool.flow_v.push_back(uniform(-0.02, 0.02));
    }
  }
  MedialPriors priors;
  priors.flow = 3e-3f;  // the bound on jumps below goes with this weight
  const MedialEnergy energy(*body, pools, 3, 3, priors, {0, 0.1f, 0.2f});
  std::vector<float> shape(energy.shape_size()), pose(3 * energy.pose_size()), grad_shape(shape), grad_pose(pose);
  for (float& x : shape) x = uniform(-0.1, 0.1);
  for (float& x : pose) x = uniform(-0.2, 0.2);
  const std::vector<int> frames = {0, 1, 2};
  const MedialEnergy::Sample sample{0.15f, 300, 0, 100};
  energy.evaluate(frames, sample, shape.data(), pose.data(), grad_shape.data(), grad_pose.data());
  const double here = energy.evaluate(frames, sample, shape.data(), pose.data(), nullptr, nullptr);
  auto check = [&](std::vector<float>& x, const std::vector<float>& gradient) {
    constexpr float kStep = 1e-4f;
    double error = 0, norm = 0, jumps = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
      auto difference = [&](float step) {
        const float kept = x[i];
        x[i] = kept + step;
        const double e = energy.evaluate(frames, sample, shape.data(), pose.data(), nullptr, nullptr);
        x[i] = kept;
        return (e - here) / step;
      };
      const double ahead = difference(kStep), behind = difference(-kStep);
      // A pixel that goes to another bone within the step makes the energy jump: no derivative to compare with.
      if (std::abs(ahead - behind) > 0.02 + 0.3 * std::abs(gradient[i])) {
        ++jumps;
        continue;
      }
      const double d = 0.5 * (ahead + behind);
      error += (d - gradient[i]) * (d - gradient[i]);
      norm += d * d;
    }
    EXPECT_LT(std::sqrt(error / norm), 0.2);
    EXPECT_LT(jumps / x.size(), 0.1);
  };
  check(shape, grad_shape);
  check(pose, grad_pose);
}

// Only the cycle's share of energy and gradient; it is quadratic, so central differences are exact but for rounding.
TEST(MedialEnergy, CycleAsksForTheSamePoseAPeriodLaterAndMirroredHalfAPeriodLater) {
  auto body = load_medial_template("human");
  ASSERT_TRUE(body);
  const int n = body->size(), count = 9;
  const std::vector<PixelPool> pools(count);  // unusable: no data term
  const MedialEnergy energy(*body, pools, 3, 3, {}, {});
  std::vector<int> frames(count);
  std::iota(frames.begin(), frames.end(), 0);
  const std::vector<float> shape(energy.shape_size(), 0.0f);
  std::vector<float> pose(count * energy.pose_size(), 0.0f);
  MedialEnergy::Sample free, bound;
  free.cycle = bound.cycle = {6, true};  // legs keep their planes in both
  bound.cycle_weight = 1;
  auto share = [&](std::vector<float>* gradient) {
    std::vector<float> gs(shape), with(pose), without(pose);
    const double e = energy.evaluate(frames, bound, shape.data(), pose.data(), gs.data(), with.data()) -
                     energy.evaluate(frames, free, shape.data(), pose.data(), gs.data(), without.data());
    if (gradient) std::transform(with.begin(), with.end(), without.begin(), gradient->begin(), std::minus<>());
    return e;
  };
  // A walk with alternating sides costs nothing.
  for (int t = 0; t < count; ++t) {
    for (int j = 0; j < n; ++j) {
      const int twin = body->joints[j].mirror;
      float* r = &pose[t * energy.pose_size() + 6 + 3 * j];
      const float phase = 2 * 3.14159265f * t / 6 + (twin < j ? 3.14159265f : 0);
      r[0] = twin == j ? 0.1f : 0.4f * std::sin(phase);
      r[1] = twin == j ? 0 : (twin < j ? -0.2f : 0.2f) * std::cos(phase);
    }
  }
  EXPECT_NEAR(share(nullptr), 0, 1e-6);
  std::uint64_t draw = 0;
  for (float& x : pose) x += float(0.2 * rng::uniform(5, 0, draw++) - 0.1);
  std::vector<float> gradient(pose.size());
  EXPECT_GT(share(&gradient), 0.01);
  for (std::size_t i = 6; i < pose.size(); i += 7) {
    constexpr float kStep = 0.05f;
    const float kept = pose[i];
    pose[i] = kept + kStep;
    const double above = share(nullptr);
    pose[i] = kept - kStep;
    const double below = share(nullptr);
    pose[i] = kept;
    EXPECT_NEAR((above - below) / (2 * kStep), gradient[i], 2e-3);
  }
}

// By difference between energies that are alike but for the carriage.
TEST(MedialEnergy, ArmsThatStayAwayFromWhereTheyHangCostAndSwingingOnesDoNot) {
  auto body = load_medial_template("human");
  ASSERT_TRUE(body);
  const auto arm = std::find_if(body->joints.begin(), body->joints.end(), [](const MedialJoint& j) { return j.name == "shoulder_l"; });
  ASSERT_NE(arm, body->joints.end());
  const float weight = arm->carriage;
  ASSERT_GT(weight, 0);
  MedialTemplate free = *body;
  for (MedialJoint& joint : free.joints) joint.carriage = 0;
  const std::vector<PixelPool> pools(2);
  const MedialEnergy energy(*body, pools, 3, 3, {}, {}), without(free, pools, 3, 3, {}, {});
  const std::vector<int> frames = {0, 1};
  const std::vector<float> shape(energy.shape_size());
  const int stride = energy.pose_size(), index = 6 + 3 * static_cast<int>(arm - body->joints.begin());
  const auto cost = [&](float first, float second) {
    std::vector<float> pose(2 * stride), gradient(pose), plain(pose), g(shape);
    pose[index] = first;
    pose[stride + index] = second;
    const double energies = energy.evaluate(frames, {}, shape.data(), pose.data(), g.data(), gradient.data()) -
                            without.evaluate(frames, {}, shape.data(), pose.data(), g.data(), plain.data());
    for (int k = 0; k < 2; ++k) EXPECT_NEAR(gradient[k * stride + index] - plain[k * stride + index], weight * 0.5f * (first + second), 1e-6);
    return energies;
  };
  EXPECT_NEAR(cost(-2, -2), 4 * weight, 1e-6);
  EXPECT_NEAR(cost(-0.5f, 0.5f), 0, 1e-7);
}

TEST(MedialEnergy, FootfallsOfWalksAndTrotsAreUsualAndExchangedForelegsAreNot) {
  const auto body = load_medial_template("quadruped");
  ASSERT_TRUE(body) << body.error().message;
  constexpr int kFrames = 36;
  constexpr float kPeriod = 12;
  const std::vector<PixelPool> pools(kFrames);
  const MedialPlan plan(*body, pools, 3, 3, {}, {});
  const int stride = plan.energy.pose_size();
  const auto gait = [&](float delay) {  // of the forefeet after the hind feet of their side, cycles
    MedialHypothesis h;
    h.plan = &plan;
    h.frames.resize(kFrames);
    std::iota(h.frames.begin(), h.frames.end(), 0);
    h.shape.assign(plan.energy.shape_size(), 0.0f);
    h.pose.assign(kFrames * stride, 0.0f);
    for (int foot = 0; foot < body->size(); ++foot) {
      if (!body->joints[foot].foot) continue;
      const float phase = (body->foreleg[foot] ? delay : 0) + (body->joints[foot].mirror > foot ? 0 : 0.5f);
      for (int k = 0; k < kFrames; ++k)
        h.pose[k * stride + 6 + 3 * body->leg_root[foot]] =
            0.4f * std::sin(2 * std::numbers::pi_v<float> * (k / kPeriod - phase));
    }
    return h;
  };
  const auto order = [&](const MedialHypothesis& h) {
    return plan.energy.footfall_order(h.frames, h.shape.data(), h.pose.data(), kPeriod);
  };
  for (float delay : {0.0f, 0.25f, 0.4f, 0.5f, 0.75f, 0.875f}) {
    MedialHypothesis h = gait(delay);
    const double usual = std::cos(2 * std::numbers::pi * (delay - 0.375));
    EXPECT_NEAR(order(h), usual, 0.05) << delay;
    const std::vector<float> before = h.pose;
    exchange_forelegs(h);
    EXPECT_NEAR(order(h), -usual, 0.05) << delay;
    exchange_forelegs(h);
    EXPECT_EQ(h.pose, before);
  }
  const auto person = load_medial_template("human");
  ASSERT_TRUE(person);
  EXPECT_EQ(std::count(person->foreleg.begin(), person->foreleg.end(), 1), 0);
}

TEST(MedialLimbs, AGaitMovesTheLegsForwardsAndTheOtherSideHalfACycleLater) {
  for (const std::string& name : people_template_names()) {
    const auto body = load_medial_template(name);
    ASSERT_TRUE(body);
    ASSERT_EQ(body->gaits.size(), 2u);
    const std::vector<PixelPool> pools(1);
    const MedialPlan plan(*body, pools, 3, 3, {}, {});
    const int stride = plan.energy.pose_size();
    constexpr int kPeriod = 20;
    MedialHypothesis h;
    h.plan = &plan;
    h.shape.assign(plan.energy.shape_size(), 0.0f);
    for (int t = 0; t < 2 * kPeriod; ++t) h.frames.push_back(t);
    h.pose.assign(h.frames.size() * stride, 0.0f);
    h.cycle = {kPeriod, true};
    for (h.gait = 0; h.gait < 2; ++h.gait) {
      h.gait_phase = 0.3f;
      apply_gait(h);
      EXPECT_GT(plan.energy.forward_gait(h.frames, h.shape.data(), h.pose.data()), name == "brute" ? 0.05 : 0.1)  // short legs
          << name << " " << h.gait;
      for (const MedialGait::Curve& curve : body->gaits[h.gait].curves) {
        const MedialJoint& joint = body->joints[curve.joint];
        for (int t = 0; t < kPeriod; ++t) {
          const float turn = h.pose[t * stride + 6 + 3 * curve.joint];
          EXPECT_NEAR(turn, h.pose[(t + kPeriod / 2) * stride + 6 + 3 * joint.mirror], 1e-4f);
          EXPECT_NEAR(turn, h.pose[(t + kPeriod) * stride + 6 + 3 * curve.joint], 1e-4f);
          EXPECT_GE(turn, joint.limit_min.x()) << joint.name;
          EXPECT_LE(turn, joint.limit_max.x()) << joint.name;
        }
      }
    }
  }
}

TEST(VerticalBob, RepeatsWithThePeriodThatTheMaskRisesIn) {
  constexpr int kPeriod = 8, kCount = 48;
  std::vector<Mask> masks;
  std::vector<int> frames;
  for (int t = 0; t < kCount; ++t) {
    Mask mask(64, 64, 1);
    const double middle = 30 + 0.2 * t + 4 * std::sin(2 * std::numbers::pi * t / kPeriod);  // drifts down, bobs
    for (int y = 0; y < 64; ++y) {
      for (int x = 20; x < 40; ++x) mask.at(x, y) = std::abs(y - middle) < 12 ? 255 : 0;
    }
    masks.push_back(mask);
    frames.push_back(t);
  }
  const VerticalBob bob(masks, frames);
  EXPECT_GT(bob.repeats(kPeriod), 0.9f);
  EXPECT_GT(bob.repeats(2 * kPeriod), 0.9f);
  EXPECT_LT(bob.repeats(0.5f * kPeriod), 0);
  EXPECT_LT(bob.repeats(0.75f * kPeriod), 0.3f);
  EXPECT_EQ(bob.repeats(kCount), 0) << "nothing to compare";
  EXPECT_EQ(VerticalBob(std::vector<Mask>(kCount, masks[0]), frames).repeats(kPeriod), 0) << "still";
}

INSTANTIATE_TEST_SUITE_P(All, Templates, testing::ValuesIn(medial_template_names()), [](const auto& info) {
  std::string name = info.param;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
});

// Silhouettes of the quadruped template itself, turning in front of the camera, legs swinging.
struct TurningBody {
  MedialFit truth;
  std::vector<Mask> masks;
  std::vector<Points> frames;
};

TurningBody turning_body(int count) {
  TurningBody scene;
  MedialFit& fit = scene.truth;
  fit.body = *load_medial_template("quadruped");
  const int n = fit.body.size();
  fit.shape.log_length = Eigen::VectorXf::Constant(n, 0.1f);
  fit.shape.delta = Points::Zero(n, 3);
  fit.shape.log_radius = Eigen::VectorXf::Constant(n, -0.1f);
  fit.shape.log_aspect = Eigen::VectorXf::Zero(n);
  fit.unit_px = 60;
  fit.focal = fit.base_depth = 3;
  for (int t = 0; t < count; ++t) {
    MedialPose pose;
    pose.yaw = -0.5f - 1.4f * t / (count - 1);
    pose.elevation = 0.25f;
    pose.rotations = Points::Zero(n, 3);
    for (int j = 0; j < n; ++j) {
      if (fit.body.joints[j].name.starts_with("shoulder") || fit.body.joints[j].name.starts_with("hip"))
        pose.rotations(j, 0) = 0.4f * std::sin(0.7f * t + (fit.body.joints[j].mirror > j ? 0.0f : 3.14f));
    }
    fit.poses.push_back(pose);
  }
  const CoarseGuess guess = guess_from_medial_fit(fit, 256, 256, 60);
  scene.frames = pose_guess(guess);
  for (int t = 0; t < count; ++t)
    scene.masks.push_back(render_mask(guess.cameras[t], scene.frames[t], guess.canonical.faces));
  return scene;
}

TEST(MedialFit, FindsTheViewAndSilhouettesOfATurningBody) {
  const TurningBody scene = turning_body(20);
  MedialFitOptions options;
  options.fov = 2 * std::atan(0.5f * 256 / (3 * 60));
  auto fits = fit_medial_template({scene.truth.body}, scene.masks, {}, options);
  ASSERT_TRUE(fits) << fits.error().message;
  ASSERT_EQ(fits->size(), 1u) << "no more than were asked for";
  const MedialFit* fit = &fits->front();
  EXPECT_GT(fit->mask_iou, 0.93);
  const float turn = fit->poses.back().yaw - fit->poses.front().yaw;
  EXPECT_NEAR(turn, -1.4f, 0.6f);  // silhouettes alone, without flow
  const float facing = std::remainder(fit->poses.front().yaw - scene.truth.poses.front().yaw, 6.2831853f);
  EXPECT_NEAR(facing, 0, 0.4f);
  EXPECT_TRUE(fit->cycle.alternate);  // the legs swing by sin(0.7 t)
  EXPECT_NEAR(fit->cycle.period, 2 * std::numbers::pi / 0.7, 0.9);

  auto again = fit_medial_template({scene.truth.body}, scene.masks, {}, options);
  EXPECT_EQ(again->front().loss, fit->loss) << "same seed, other bytes";
}

// Energies of coarse fits that say the opposite: what a short phase 1 makes of them decides.
TEST(Audition, TheFitWhoseSurfaceFollowsTheSilhouettesWins) {
  const TurningBody scene = turning_body(6);
  std::vector<Image> images;
  for (const Mask& mask : scene.masks) images.emplace_back(mask.width, mask.height, 3, std::uint8_t{120});
  MedialFit right = scene.truth, backwards = scene.truth, stiff = scene.truth;
  right.loss = 0.003;
  for (MedialPose& pose : backwards.poses) pose.yaw += std::numbers::pi_v<float>;
  for (MedialPose& pose : stiff.poses) pose.rotations.setConstant(0.5f);
  Phase1Options options;
  options.iterations = 30;
  const auto winner = [&](const std::vector<MedialFit>& fits, JobContext* job) {
    return audition(fits, images, scene.masks, {}, 40, options, 100, job);
  };
  std::vector<int> steps;
  JobContext job({{"guess", 1}}, [&](const Progress& p) { steps.push_back(p.step); });
  job.begin_phase("guess", 100 + kAuditionSteps);
  EXPECT_EQ(winner({backwards, right, stiff}, &job).value(), 1u);
  EXPECT_EQ(steps.back(), 100 + kAuditionSteps);
  EXPECT_EQ(winner({right, stiff, backwards}, nullptr).value(), 0u);
  EXPECT_EQ(winner({stiff}, nullptr).value(), 0u) << "nothing to choose from";
  MedialFit dear = right;
  dear.loss += 1;
  EXPECT_EQ(winner({dear, right}, nullptr).value(), 1u) << "the fits' own energies count, too";
  CancelToken cancel;
  cancel.cancel();
  JobContext stopped({{"guess", 1}}, {}, {}, cancel);
  stopped.begin_phase("guess");
  EXPECT_EQ(winner({backwards, right}, &stopped).error().code, ErrorCode::kCancelled);
}

// The true cycle and view, but every leg where its twin should be.
TEST(MedialLimbs, FoldingACyclePutsLegsThatWereTakenForEachOtherRight) {
  const TurningBody scene = turning_body(20);
  const MedialFit& truth = scene.truth;
  const MedialEvidence evidence = gather_medial_evidence(scene.masks, {}, 1);
  const MedialPlan plan(truth.body, evidence.pools, truth.focal * truth.unit_px / evidence.unit_px, truth.base_depth,
                        {}, {});
  const int n = truth.body.size(), stride = plan.energy.pose_size();
  MedialHypothesis h;
  h.plan = &plan;
  h.shape.assign(plan.energy.shape_size(), 0.0f);
  std::fill_n(h.shape.begin(), n, 0.1f);
  std::fill_n(h.shape.begin() + 4 * n, n, -0.1f);
  std::vector<int> legs;
  for (int j = 0; j < n; ++j) {
    if (!truth.poses[1].rotations.row(j).isZero()) legs.push_back(j);
  }
  ASSERT_EQ(legs.size(), 4u);
  for (int t = 0; t < 20; ++t) {
    h.frames.push_back(t);
    std::vector<float> pose(stride, 0.0f);
    pose[0] = truth.poses[t].yaw;
    pose[1] = truth.poses[t].elevation;
    for (int j : legs) pose[6 + 3 * j] = truth.poses[t].rotations(truth.body.joints[j].mirror, 0);
    h.pose.insert(h.pose.end(), pose.begin(), pose.end());
  }
  h.cycle = {float(2 * std::numbers::pi / 0.7), true};
  auto error = [&] {  // mean over frames and legs, rad
    double sum = 0;
    for (int t = 0; t < 20; ++t) {
      for (int j : legs) sum += std::abs(h.pose[t * stride + 6 + 3 * j] - truth.poses[t].rotations(j, 0)) / 80;
    }
    return sum;
  };
  EXPECT_GT(error(), 0.45);
  const MedialHypothesis swapped = h;
  fold_limbs(h, 0.08f);
  EXPECT_LT(error(), 0.25);  // the poses tried are 0.4 apart
  // One frame alone cannot tell the sides; its silhouette is met better all the same.
  auto energy = [&] {
    double sum = 0;
    for (int t = 0; t < 20; ++t)
      sum += plan.energy.evaluate({t}, {0.08f, 200}, h.shape.data(), &h.pose[t * stride], nullptr, nullptr);
    return sum;
  };
  h = swapped;
  const double before = energy();
  search_limbs(h, 0.08f);
  EXPECT_LT(energy(), 0.7 * before);
}

TEST(MedialTemplate, HandsMayHoldDifferentThings) {
  auto body = load_medial_template("human");
  ASSERT_TRUE(body);
  const std::vector<PixelPool> pools(1);
  const MedialEnergy energy(*body, pools, 3, 3, {}, {});
  std::vector<float> shape(energy.shape_size(), 0.0f);
  int unpaired = 0;
  for (int j = 0; j < body->size(); ++j) shape[j] = 0.01f * j;
  const MedialShape unpacked = energy.unpack_shape(shape.data());
  for (int j = 0; j < body->size(); ++j) {
    const int twin = body->joints[j].mirror;
    const bool own = body->joints[j].name.starts_with("hand");
    unpaired += own;
    if (twin == j) continue;
    EXPECT_EQ(unpacked.log_length[j] != unpacked.log_length[twin], own) << body->joints[j].name;
  }
  EXPECT_EQ(unpaired, 2);
}

TEST(MedialTemplate, AnArmMayBeThickerThanItsTwinAndAsLong) {
  auto body = load_medial_template("toon");
  ASSERT_TRUE(body);
  const std::vector<PixelPool> pools(1);
  const MedialEnergy energy(*body, pools, 3, 3, {}, {});
  std::vector<float> shape(energy.shape_size(), 0.0f);
  const int n = body->size();
  for (int j = 0; j < n; ++j) shape[j] = 0.01f * j, shape[4 * n + j] = 0.02f * j, shape[5 * n + j] = 0.03f * j;
  const MedialShape unpacked = energy.unpack_shape(shape.data());
  for (const std::string part : {"elbow", "knee"}) {
    const auto named = [&](const std::string& name) {
      const auto found = std::find_if(body->joints.begin(), body->joints.end(), [&](const MedialJoint& j) { return j.name == name; });
      return static_cast<int>(found - body->joints.begin());
    };
    const int left = named(part + "_l"), right = named(part + "_r");
    EXPECT_EQ(unpacked.log_length[left], unpacked.log_length[right]) << part;
    EXPECT_EQ(unpacked.log_radius[left] != unpacked.log_radius[right], part == "elbow");
    EXPECT_EQ(unpacked.log_aspect[left] != unpacked.log_aspect[right], part == "elbow");
  }
}

TEST(MedialEvidence, KeyFramesLieWhereTheClipMoves) {
  MedialEvidence evidence;
  for (int t = 0; t < 41; ++t) {
    PixelPool pool;
    pool.usable = t != 5;
    if (t >= 30 && t < 40) pool.flow_u = {0.1f, 0.1f}, pool.flow_v = {0, 0};
    evidence.pools.push_back(pool);
    if (pool.usable) evidence.usable.push_back(t);
  }
  const std::vector<int> keys = key_frames(evidence, 6);
  ASSERT_EQ(keys.size(), 6u);
  EXPECT_EQ(keys.front(), 0);
  EXPECT_EQ(keys.back(), 40);
  EXPECT_TRUE(std::is_sorted(keys.begin(), keys.end()));
  // Half of the way to the end is the motion of the last quarter, and a quarter of the rest its time.
  EXPECT_GE(std::count_if(keys.begin(), keys.end(), [](int t) { return t >= 29; }), 3);
  EXPECT_LE(keys[1], 16);
  for (PixelPool& pool : evidence.pools) pool.flow_u = pool.flow_v = {0.05f};
  EXPECT_EQ(key_frames(evidence, 6), (std::vector<int>{0, 8, 16, 24, 32, 40}));
  EXPECT_EQ(key_frames(evidence, 60).size(), 40u);
}

TEST(MedialFit, RefusesMasksWithoutSubjectAndStopsOnCancel) {
  const TurningBody scene = turning_body(4);
  std::vector<Mask> empty(4, Mask(64, 64, 1));
  auto none = fit_medial_template({scene.truth.body}, empty, {}, {});
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, ErrorCode::kInput);
  CancelToken cancel;
  cancel.cancel();
  JobContext job({{"fit", 1}}, {}, {}, cancel);
  job.begin_phase("fit");
  auto stopped = fit_medial_template({scene.truth.body}, scene.masks, {}, {}, &job);
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().code, ErrorCode::kCancelled);
}

TEST(TurnRate, OfATurningBall) {
  // A ball of radius 40 px: flow of its front under a turn w is w * depth.
  constexpr float kTurn = 0.03f;
  Mask mask(128, 128, 1);
  FlowPair flow{ImageF(128, 128, 2), ImageF(128, 128, 2), Mask(128, 128, 1, 255), Mask(128, 128, 1, 255)};
  for (int y = 0; y < 128; ++y) {
    for (int x = 0; x < 128; ++x) {
      const float dx = x - 63.5f, dy = y - 63.5f, rest = 1600 - dx * dx - dy * dy;
      if (rest <= 0) continue;
      mask.at(x, y) = 255;
      flow.forward.at(x, y, 0) = 2.5f + kTurn * std::sqrt(rest);
    }
  }
  const std::vector<float> rate = estimate_turn_rate({mask, mask, mask}, {flow, flow});
  ASSERT_EQ(rate.size(), 2u);
  EXPECT_NEAR(rate[0], kTurn, 0.003f);
}

TEST(InflateSilhouette, MakesAClosedShapeOfTheMask) {
  Mask mask(120, 120, 1);
  for (int y = 40; y < 80; ++y) {
    for (int x = 20; x < 100; ++x) mask.at(x, y) = 255;
  }
  auto guess = inflate_silhouette({mask, mask}, 0.6f, 48);
  ASSERT_TRUE(guess) << guess.error().message;
  EXPECT_TRUE(is_watertight(guess->canonical.faces));
  EXPECT_GT(signed_volume(guess->canonical.verts, guess->canonical.faces), 0);
  const Mask seen = render_mask(guess->cameras[0], pose_guess(*guess)[0], guess->canonical.faces);
  EXPECT_GT(mask_iou(seen, mask), 0.93);
  EXPECT_FALSE(inflate_silhouette({Mask(64, 64, 1)}, 0.6f, 48));
}

TEST(CoarseGuess, LimitsAreOfTheFlexionThatTheBodyPlanHas) {
  MedialFit fit = turning_body(2).truth;
  const int n = fit.body.size();
  Points& rotations = fit.poses[1].rotations;
  rotations.setZero();
  for (int j = 0; j < n; ++j) {
    if (!fit.body.joints[j].leaf) rotations(j, 0) = 0.01f * j;
  }
  const CoarseGuess guess = guess_from_medial_fit(fit, 256, 256, 40);
  EXPECT_EQ(guess.limits.size(), 12u);  // three joints of four legs
  for (const JointLimit& limit : guess.limits) {
    const MedialJoint& joint = fit.body.joints[limit.joint];
    const Quat q = guess.poses[1][limit.joint].rotation;
    EXPECT_NEAR(2 * std::atan2(q.vec().dot(limit.axis), q.w()), 0.01f * limit.joint, 0.01) << joint.name;
    EXPECT_FLOAT_EQ(limit.twist_min, joint.limit_min.x());
    EXPECT_FLOAT_EQ(limit.twist_max, joint.limit_max.x());
  }
}

TEST(Checkpoints, GuessAndMasksSurviveARoundTrip) {
  const TurningBody scene = turning_body(3);
  const CoarseGuess guess = guess_from_medial_fit(scene.truth, 256, 256, 40);
  auto folder = TempFolder::create();
  ASSERT_TRUE(folder);
  ASSERT_TRUE(to_blob(guess).save(folder->path() / "guess.bin"));
  auto blob = BlobReader::load(folder->path() / "guess.bin");
  ASSERT_TRUE(blob);
  auto back = guess_from_blob(*blob, scene.masks);
  ASSERT_TRUE(back);
  EXPECT_EQ(back->canonical.verts, guess.canonical.verts);
  EXPECT_EQ(back->skeleton.joints.back().name, guess.skeleton.joints.back().name);
  EXPECT_EQ(pose_guess(*back).back(), pose_guess(guess).back());
  ASSERT_EQ(back->limits.size(), guess.limits.size());
  EXPECT_EQ(back->limits.back().axis, guess.limits.back().axis);
  EXPECT_EQ(back->limits.back().twist_max, guess.limits.back().twist_max);

  Masks masks{scene.masks, "made"};
  ASSERT_TRUE(to_blob(masks).save(folder->path() / "masks.bin"));
  blob = BlobReader::load(folder->path() / "masks.bin");
  auto masks_back = masks_from_blob(*blob, scene.masks);
  ASSERT_TRUE(masks_back);
  for (std::size_t t = 0; t < masks.masks.size(); ++t) EXPECT_EQ(masks_back->masks[t].data, masks.masks[t].data);
}

}  // namespace
}  // namespace mp4d
