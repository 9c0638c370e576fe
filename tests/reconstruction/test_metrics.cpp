#include "reconstruction/articulated/metrics.h"
#include "tests/synthetic/creatures.h"
#include "motion/kinematics.h"
#include <cmath>
#include <gtest/gtest.h>
#include <limits>

namespace mp4d {
namespace {

/// Longitude-latitude ellipsoid; its facets lie inside the true one by less than 0.2 % of the radius.
Mesh ellipsoid(const Vec3& centre, const Vec3& radii) {
  constexpr int kRings = 64, kSectors = 128;
  Mesh mesh;
  mesh.verts.resize((kRings + 1) * kSectors, 3);
  mesh.faces.resize(2 * kRings * kSectors, 3);
  for (int i = 0; i <= kRings; ++i)
    for (int j = 0; j < kSectors; ++j) {
      const double polar = M_PI * i / kRings, azimuth = 2 * M_PI * j / kSectors;
      const Vec3 unit(float(std::sin(polar) * std::sin(azimuth)), float(std::cos(polar)),
                      float(std::sin(polar) * std::cos(azimuth)));
      mesh.verts.row(i * kSectors + j) = (centre + radii.cwiseProduct(unit)).transpose();
    }
  Eigen::Index face = 0;
  for (int i = 0; i < kRings; ++i)
    for (int j = 0; j < kSectors; ++j) {
      const int a = i * kSectors + j, b = i * kSectors + (j + 1) % kSectors;
      mesh.faces.row(face++) << a, a + kSectors, b;
      mesh.faces.row(face++) << b, a + kSectors, b + kSectors;
    }
  return mesh;
}

MeshSequence still(const Mesh& mesh, int frames) {
  MeshSequence sequence;
  sequence.faces = mesh.faces;
  for (int f = 0; f < frames; ++f) {
    sequence.frames.push_back(mesh.verts);
    sequence.times.push_back(f / 24.0);
  }
  return sequence;
}

/// Some frames of a walking creature.
MeshSequence walk(int frames) {
  const RiggedModel model = make_quadruped(40);
  MeshSequence sequence;
  sequence.faces = model.mesh.faces;
  for (int f = 0; f < frames; ++f) {
    const Pose pose = sample_clip(model.clips[0], 0.21 * f);
    sequence.frames.push_back(skin_linear(model.mesh.verts, model.skin, forward_kinematics(model.skeleton, pose)));
    sequence.times.push_back(0.21 * f);
  }
  return sequence;
}

TEST(Score, ConcentricSpheresHaveTheDistanceOfTheirRadii) {
  // Radii 1 and 1.1: either direction measures 0.1, the side is 2, so CD = 2 * 0.1 / 2 = 10 %. 0.1 is 5 % of
  // the side; sampling makes every distance a little longer, so F@5 must be near 0 and F@10 full.
  const Mesh inner = ellipsoid(Vec3::Zero(), Vec3::Ones()), outer = ellipsoid(Vec3::Zero(), Vec3::Constant(1.1f));
  MetricOptions options;
  options.align = false;
  const auto score = score_sequence({outer.verts}, {outer.faces}, still(inner, 1), options);
  ASSERT_TRUE(score) << score.error().message;
  EXPECT_NEAR(score->mean.chamfer, 10.0, 0.15);
  EXPECT_EQ(score->mean.f2, 0);
  EXPECT_LT(score->mean.f5, 60);
  EXPECT_EQ(score->mean.f10, 100);
  EXPECT_EQ(score->scale, 1);
}

TEST(Score, OffsetSphereMatchesTheIntegral) {
  // Unit spheres d apart: a point at polar cosine c is | sqrt(1 + d^2 - 2 d c) - 1 | from the other; c is
  // uniform on a sphere. The share within t gives precision = recall = F.
  const float d = 0.3f;
  double mean = 0, within = 0;
  constexpr int kSteps = 200000;
  for (int i = 0; i < kSteps; ++i) {
    const double c = -1 + 2 * (i + 0.5) / kSteps;
    const double distance = std::abs(std::sqrt(1 + d * d - 2 * d * c) - 1);
    mean += distance / kSteps;
    within += (distance <= 0.2 ? 1.0 : 0.0) / kSteps;
  }
  const Mesh a = ellipsoid({d, 0, 0}, Vec3::Ones()), b = ellipsoid(Vec3::Zero(), Vec3::Ones());
  MetricOptions options;
  options.align = false;
  const auto score = score_sequence({a.verts}, {a.faces}, still(b, 1), options);
  ASSERT_TRUE(score) << score.error().message;
  EXPECT_NEAR(score->mean.chamfer, 100 * 2 * mean / 2, 0.2);
  EXPECT_NEAR(score->mean.f10, 100 * within, 1.0);
}

TEST(Score, AlignmentTakesOutScaleAndRigidMotion) {
  const MeshSequence truth = walk(4);
  MetricOptions options;
  options.samples = 4000;
  const auto self = score_sequence(truth.frames, {truth.faces}, truth, options);
  ASSERT_TRUE(self) << self.error().message;
  EXPECT_LT(self->mean.chamfer, 1.4);  // two random samplings of 4,000 points
  EXPECT_NEAR(self->scale, 1, 2e-3);

  std::vector<Points> moved;
  for (std::size_t f = 0; f < truth.frames.size(); ++f) {
    const Quat turn = Quat(std::cos(1.3f * float(f + 1)), 0.4f, std::sin(0.7f * float(f)), -0.8f).normalized();
    Points verts = 3.7f * truth.frames[f] * turn.toRotationMatrix().transpose();
    verts.rowwise() += Eigen::RowVector3f(5, float(f), -9);
    moved.push_back(verts);
  }
  const auto score = score_sequence(moved, {truth.faces}, truth, options);
  ASSERT_TRUE(score) << score.error().message;
  EXPECT_NEAR(score->scale, 1 / 3.7, 1e-3);
  EXPECT_NEAR(score->mean.chamfer, self->mean.chamfer, 0.05);
  EXPECT_EQ(score->frames.size(), truth.frames.size());
}

TEST(Score, FrozenMotionAndWrongShapeRankAsTheyShould) {
  const MeshSequence truth = walk(4);
  MetricOptions options;
  options.samples = 4000;
  const std::vector<Points> frozen(truth.frames.size(), truth.frames[0]);
  const Aabb box = bounds(truth.frames[0]);
  const Mesh blob = ellipsoid(box.center(), box.sizes() / 2);
  const auto self = score_sequence(truth.frames, {truth.faces}, truth, options);
  const auto held = score_sequence(frozen, {truth.faces}, truth, options);
  const auto wrong = score_sequence(std::vector<Points>(truth.frames.size(), blob.verts), {blob.faces}, truth, options);
  ASSERT_TRUE(self && held && wrong);
  EXPECT_GT(held->mean.chamfer, self->mean.chamfer + 0.5);
  EXPECT_GT(wrong->mean.chamfer, held->mean.chamfer + 2);
  EXPECT_LT(wrong->mean.f2, held->mean.f2);
  EXPECT_NEAR(held->frames[0].chamfer, self->frames[0].chamfer, 0.1);
}

TEST(Score, IsTheSameEveryTime) {
  const MeshSequence truth = walk(3);
  MetricOptions options;
  options.samples = 1000;
  const std::vector<Points> frozen(truth.frames.size(), truth.frames[0]);
  const auto a = score_sequence(frozen, {truth.faces}, truth, options);
  const auto b = score_sequence(frozen, {truth.faces}, truth, options);
  ASSERT_TRUE(a && b);
  EXPECT_EQ(a->mean.chamfer, b->mean.chamfer);
  EXPECT_EQ(a->scale, b->scale);
}

TEST(Score, RefusesWhatCannotBeScored) {
  const Mesh sphere = ellipsoid(Vec3::Zero(), Vec3::Ones());
  const MeshSequence truth = still(sphere, 2);
  const auto counts = score_sequence({sphere.verts}, {sphere.faces}, truth);
  ASSERT_FALSE(counts);
  EXPECT_NE(counts.error().message.find("1 frames, the truth 2"), std::string::npos) << counts.error().message;

  Points broken = sphere.verts;
  broken(5, 1) = std::numeric_limits<float>::quiet_NaN();
  const auto nan = score_sequence({sphere.verts, broken}, {sphere.faces}, truth);
  ASSERT_FALSE(nan);
  EXPECT_NE(nan.error().message.find("result: frame 1"), std::string::npos) << nan.error().message;

  const auto flat = score_sequence({sphere.verts, Points::Zero(sphere.verts.rows(), 3)}, {sphere.faces}, truth);
  ASSERT_FALSE(flat);
  EXPECT_NE(flat.error().message.find("no area"), std::string::npos) << flat.error().message;

  EXPECT_FALSE(score_sequence({sphere.verts, Points()}, {sphere.faces}, truth));
  EXPECT_FALSE(score_sequence({}, {sphere.faces}, MeshSequence{}));
}

TEST(Score, StopsWhenCancelled) {
  const Mesh sphere = ellipsoid(Vec3::Zero(), Vec3::Ones());
  CancelToken cancel;
  cancel.cancel();
  JobContext job({{"score", 1}}, {}, {}, cancel);
  job.begin_phase("score");
  const auto score = score_sequence({sphere.verts}, {sphere.faces}, still(sphere, 1), {}, &job);
  ASSERT_FALSE(score);
  EXPECT_EQ(score.error().code, ErrorCode::kCancelled);
}

Skeleton two_bones() {
  Skeleton skeleton;
  skeleton.joints = {{"a", -1, {}}, {"b", 0, {}}, {"c", 1, {}}};
  skeleton.joints[1].rest.translation = Vec3(0, 2, 0);
  skeleton.joints[2].rest.translation = Vec3(0, 0, 1);
  return skeleton;
}

TEST(Motion, BoneLengthVariationCountsStretchOnly) {
  const Skeleton skeleton = two_bones();
  Clip turning{"turn", {}, {}}, stretching{"stretch", {}, {}};
  for (int f = 0; f < 8; ++f) {
    Pose pose = rest_pose(skeleton);
    pose[0].rotation = Quat(Eigen::AngleAxisf(0.3f * float(f), Vec3(1, 2, 3).normalized()));
    turning.times.push_back(f);
    turning.poses.push_back(pose);
    pose[1].translation = Vec3(0, f % 2 ? 1.8f : 2.2f, 0);  // deviation 0.2 of a mean of 2; the other bone is rigid
    stretching.times.push_back(f);
    stretching.poses.push_back(pose);
  }
  EXPECT_NEAR(bone_length_variation(skeleton, turning), 0, 1e-6);
  EXPECT_NEAR(bone_length_variation(skeleton, stretching), 0.5 * 0.1, 1e-6);
}

TEST(Motion, AngularAccelerationOfKnownTurns) {
  const Skeleton skeleton = two_bones();
  const double rate = 2.0, acceleration = 3.0;
  Clip even{"even", {}, {}}, faster{"faster", {}, {}};
  for (int f = 0; f < 30; ++f) {
    const double t = f / 30.0 + (f % 3) * 0.004;  // uneven times must not matter
    Pose pose = rest_pose(skeleton);
    pose[1].rotation = Quat(Eigen::AngleAxisf(float(rate * t), Vec3(0, 0.6f, 0.8f)));
    if (f % 4 == 1) pose[1].rotation.coeffs() *= -1;  // the same rotation
    even.times.push_back(t);
    even.poses.push_back(pose);
    pose[1].rotation = Quat(Eigen::AngleAxisf(float(rate * t + 0.5 * acceleration * t * t), Vec3(0, 0.6f, 0.8f)));
    faster.times.push_back(t);
    faster.poses.push_back(pose);
  }
  EXPECT_NEAR(angular_acceleration(even), 0, 1e-3);
  EXPECT_NEAR(angular_acceleration(faster), acceleration / 3, 2e-3);  // one of three joints
  EXPECT_EQ(angular_acceleration(Clip{}), 0);
}

TEST(Motion, SurfaceAccelerationOfAFall) {
  MeshSequence fall = still(ellipsoid(Vec3::Zero(), Vec3::Ones()), 20);
  for (std::size_t f = 0; f < fall.frames.size(); ++f) {
    const auto t = static_cast<float>(fall.times[f]);
    fall.frames[f].col(1).array() -= 0.5f * 9.81f * t * t;
    fall.frames[f].col(0).array() += 4 * t;
  }
  EXPECT_NEAR(surface_acceleration(fall), 9.81 / 2, 0.02);  // in sizes of 2 m
}

}  // namespace
}  // namespace mp4d
