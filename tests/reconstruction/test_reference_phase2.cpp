#include "motion/kinematics.h"
#include "reconstruction/articulated/reference_phase2.h"
#include "tests/synthetic/creatures.h"
#include <gtest/gtest.h>

namespace mp4d {
namespace {

Quat turn(const Vec3& axis, float degrees) { return Quat(Eigen::AngleAxisf(degrees * 3.14159265f / 180, axis.normalized())); }

/// A quadruped and the mesh of one pose of it.
struct Scene {
  RiggedModel model = make_quadruped(30);
  MeshSequence target;
  Pose pose;

  template <class Change>
  explicit Scene(const Change& change) : pose(rest_pose(model.skeleton)) {
    change(model, pose);
    target = animate(model, {"", {0.0}, {pose}});
  }
  Result<FitResult> reference(const ReferenceOptions& options, JobContext* job = nullptr) const {
    return fit_reference(model.skeleton, model.skin, model.mesh.verts, model.mesh.faces, target, options, job);
  }
  double error(const Points& verts) const { return (verts - target.frames[0]).rowwise().norm().mean() / size(); }
  double size() const { return bounds(model.mesh.verts).diagonal().norm(); }
};

/// What the fit's file plays.
Points played(const Scene& scene, const FitResult& fit) {
  RiggedModel out;
  out.mesh.verts = fit.rest_verts;
  out.mesh.faces = scene.model.mesh.faces;
  out.skeleton = fit.skeleton;
  out.skin = fit.skin;
  return animate(out, fit.clip).frames[0];
}

ReferenceOptions quick() {
  ReferenceOptions options;
  options.samples = 2000;
  options.steps = 300;
  options.stop = 0;
  return options;
}

float largest_turn(const Scene& scene, const FitResult& fit) {
  const auto rest = forward_kinematics(fit.skeleton, rest_pose(fit.skeleton));
  const auto now = forward_kinematics(fit.skeleton, fit.clip.poses[0]);
  float largest = 0;
  for (int j = 0; j < scene.model.skeleton.size(); ++j) {
    const Mat3 r = now[j].topLeftCorner<3, 3>() * rest[j].topLeftCorner<3, 3>().transpose();
    largest = std::max(largest, Eigen::AngleAxisf(r).angle() * 180 / 3.14159265f);
  }
  return largest;
}

TEST(ReferencePhase2, FollowsSmallTurnsOfEveryBone) {
  const Scene scene([](const RiggedModel& model, Pose& pose) {
    for (int j = 1; j < model.skeleton.size(); ++j)
      pose[j].rotation = pose[j].rotation * turn(j % 2 ? Vec3::UnitX() : Vec3(-1, 0, 0.3f), 14);
    pose[0].translation += Vec3(3, 0, 0);  // the centroid takes this, not the optimiser
  });
  const double before = scene.error(scene.model.mesh.verts.rowwise() + Eigen::RowVector3f(3, 0, 0));
  const auto fit = scene.reference(quick());
  ASSERT_TRUE(fit) << fit.error().message;
  const Points after = played(scene, *fit);
  EXPECT_GT(before, 0.02);
  EXPECT_LT(scene.error(after), 0.65 * before);
  EXPECT_LT(fit->rms[0] / fit->size, 0.01);
  EXPECT_FALSE(fit->by_index);
}

TEST(ReferencePhase2, LetsBonesComeApart) {
  int tail = -1;
  const Scene scene([&tail](const RiggedModel& model, Pose& pose) {
    for (int j = 0; j < model.skeleton.size(); ++j)
      if (model.skeleton.joints[j].name.find("tail") != std::string::npos && tail < 0) tail = j;
    ASSERT_GT(tail, 0);
    pose[tail].translation *= 1.8f;
  });
  const auto fit = scene.reference(quick());
  ASSERT_TRUE(fit) << fit.error().message;
  const float rest = fit->skeleton.joints[tail].rest.translation.norm(), now = fit->clip.poses[0][tail].translation.norm();
  EXPECT_GT(now, 1.15f * rest);
}

TEST(ReferencePhase2, CannotReachAHalfTurnThatTheChainReaches) {
  const Scene scene([](const RiggedModel&, Pose& pose) { pose[0].rotation = turn(Vec3::UnitY(), 150) * pose[0].rotation; });
  const auto reference = scene.reference(quick());
  const auto ours = fit_motion(scene.model.skeleton, scene.model.skin, scene.model.mesh.verts, scene.model.mesh.faces, scene.target, {});
  ASSERT_TRUE(reference && ours);
  EXPECT_LT(largest_turn(scene, *reference), 110);
  EXPECT_GT(scene.error(played(scene, *reference)), 0.1);
  EXPECT_NEAR(largest_turn(scene, *ours), 150, 1);
  EXPECT_LT(scene.error(played(scene, *ours)), 1e-3);
}

TEST(ReferencePhase2, StopsAtTheGivenDistanceAndRepeats) {
  const Scene scene([](const RiggedModel&, Pose& pose) { pose[3].rotation = pose[3].rotation * turn(Vec3::UnitX(), 20); });
  ReferenceOptions options = quick();
  options.steps = 5;
  const auto a = scene.reference(options), b = scene.reference(options);
  options.stop = 10;
  const auto stopped = scene.reference(options);
  ASSERT_TRUE(a && b && stopped);
  EXPECT_EQ(played(scene, *a), played(scene, *b));
  EXPECT_GT(largest_turn(scene, *a), 0.1f);
  EXPECT_EQ(largest_turn(scene, *stopped), 0);
}

TEST(ReferencePhase2, CancelsAndRefuses) {
  Scene scene([](const RiggedModel&, Pose&) {});
  CancelToken token;
  token.cancel();
  JobContext job({{"phase 2", 1}}, {}, {}, token);
  job.begin_phase("phase 2", kFitSteps);
  const auto cancelled = scene.reference(quick(), &job);
  ASSERT_FALSE(cancelled);
  EXPECT_EQ(cancelled.error().code, ErrorCode::kCancelled);
  scene.target.frames[0](7, 1) = std::nanf("");
  const auto refused = scene.reference(quick());
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message.find("vertex 7"), std::string::npos) << refused.error().message;
}

}  // namespace
}  // namespace mp4d
