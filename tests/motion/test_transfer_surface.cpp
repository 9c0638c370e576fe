// What transfer does for the surface: strain that is not let through, joints that keep volume; and the published
// method.
#include "make_rig.h"
#include "motion/chain_turns.h"
#include "motion/reference_retarget.h"
#include "motion/retarget.h"
#include "motion/source_motion.h"
#include "motion/surface_strain.h"
#include "motion/volume_joints.h"
#include "walkers.h"
#include <gtest/gtest.h>

namespace mp4d {
namespace {

using namespace mp4d::testing;
using test::kPi;

/// make_chain()'s tube closed by two fans.
RiggedModel closed_arm() {
  RiggedModel arm = test::make_chain(3, 0.3f, 24, 24, 0.45f);
  const int sides = 24, before = static_cast<int>(arm.mesh.verts.rows()),
            faces = static_cast<int>(arm.mesh.faces.rows());
  arm.mesh.verts.conservativeResize(before + 2, 3);
  arm.mesh.verts.row(before) = arm.mesh.verts.topRows(sides).colwise().mean();
  arm.mesh.verts.row(before + 1) = arm.mesh.verts.middleRows(before - sides, sides).colwise().mean();
  arm.mesh.faces.conservativeResize(faces + 2 * sides, 3);
  for (int s = 0; s < sides; ++s) {
    const int next = (s + 1) % sides, top = before - sides;
    arm.mesh.faces.row(faces + 2 * s) << before, s, next;
    arm.mesh.faces.row(faces + 2 * s + 1) << before + 1, top + next, top + s;
  }
  arm.skin.joints.conservativeResize(before + 2, 4);
  arm.skin.weights.conservativeResize(before + 2, 4);
  arm.skin.joints.bottomRows(2) << 0, 0, 0, 0, 2, 0, 0, 0;
  arm.skin.weights.bottomRows(2) << 1, 0, 0, 0, 1, 0, 0, 0;
  return arm;
}

struct Shape {
  double volume;    // share of the rest volume
  double thinnest;  // of the middle of the blend, share of its rest radius
};

Shape shape(const RiggedModel& arm, const Pose& pose, bool dual = false) {
  const auto world = forward_kinematics(arm.skeleton, pose);
  const Points now =
      dual ? skin_dual_quaternion(arm.mesh.verts, arm.skin, world) : skin_linear(arm.mesh.verts, arm.skin, world);
  double thinnest = 1;
  for (int ring = 0; ring < 73; ++ring) {
    const auto points = now.middleRows(ring * 24, 24), rest = arm.mesh.verts.middleRows(ring * 24, 24);
    const double radius = (points.rowwise() - points.colwise().mean()).rowwise().norm().mean();
    thinnest = std::min(thinnest, radius / (rest.rowwise() - rest.colwise().mean()).rowwise().norm().mean());
  }
  return {signed_volume(now, arm.mesh.faces) / signed_volume(arm.mesh.verts, arm.mesh.faces), thinnest};
}

TEST(VolumeJoints, KeepTheVolumeOfBendsAndTwists) {
  const RiggedModel plain = closed_arm();
  RiggedModel helped = plain;
  Anatomy body = find_anatomy(helped).value();
  for (int j = 0; j < 3; ++j) body.chain_of[j] = 0;
  const std::vector<std::pair<Vec3, float>> turns{{Vec3::UnitY(), 170}, {Vec3::UnitX(), 100}};
  for (const auto& [axis, degrees] : turns) {
    Pose pose = rest_pose(plain.skeleton);
    pose[1].rotation = test::turn(axis, degrees);
    RiggedModel model = helped;
    model.clips = {Clip{"turn", {0}, {pose}}};
    ASSERT_EQ(add_volume_joints(model, body), 2);
    const Shape linear = shape(plain, pose), corrected = shape(model, model.clips[0].poses[0]),
                dual = shape(plain, pose, true);
    EXPECT_GT(corrected.volume, linear.volume + 0.4 * (1 - linear.volume))
        << degrees;  // at least two fifths of the loss are made good
    if (axis == Vec3::UnitY()) {
      EXPECT_LT(linear.thinnest, 0.15);
      EXPECT_GT(corrected.thinnest, 0.65);
      EXPECT_GT(dual.thinnest, 0.95);  // what cannot be exported
    }
  }
  // At rest nothing changes, and every weight still sums to 1.
  RiggedModel model = helped;
  add_volume_joints(model, body);
  const Points rest =
      skin_linear(model.mesh.verts, model.skin, forward_kinematics(model.skeleton, rest_pose(model.skeleton)));
  EXPECT_LT((rest - model.mesh.verts).cwiseAbs().maxCoeff(), 1e-5f);
  EXPECT_LT((model.skin.weights.rowwise().sum().array() - 1).abs().maxCoeff(), 1e-5f);
}

TEST(VolumeJoints, ArePassedOverWhenTheModelIsReadAgain) {
  RiggedModel model = skinned(make_person());
  const auto rest = forward_kinematics(model.skeleton, rest_pose(model.skeleton));
  for (Eigen::Index v = 0; v < model.skin.joints.rows(); ++v) {  // blends with the joint above near the bend
    const int joint = model.skin.joints(v, 0);
    const float away = (model.mesh.verts.row(v).transpose() - rest[joint].topRightCorner<3, 1>()).norm();
    const float shared = 0.5f * std::max(0.0f, 1 - away / 0.3f);
    model.skin.joints(v, 1) = std::max(0, model.skeleton.joints[joint].parent);
    model.skin.weights.row(v) << 1 - shared, shared, 0, 0;
  }
  model.clips = {sway(model, {{"hip_l", "knee_l", "ankle_l"}, {"hip_r", "knee_r", "ankle_r"}}, 20, 0.05f)};
  const Anatomy before = find_anatomy(model).value();
  const double level = read_motion(model, before, model.clips[0]).value().level;
  ASSERT_GT(add_volume_joints(model, before), 4);

  const Anatomy after = find_anatomy(model).value();
  ASSERT_EQ(after.chains.size(), before.chains.size());
  for (std::size_t c = 0; c < before.chains.size(); ++c) {
    EXPECT_EQ(after.chains[c].name(), before.chains[c].name());
    EXPECT_EQ(after.chains[c].joints, before.chains[c].joints);
  }
  EXPECT_NEAR(read_motion(model, after, model.clips[0]).value().level, level, 1e-3 * before.leg_length);
  EXPECT_EQ(add_volume_joints(model, after), 0);
}

TEST(VolumeJoints, OfATargetTakeHalfTheTurnOfANewClip) {
  RiggedModel arm = closed_arm();
  Anatomy body = find_anatomy(arm).value();
  for (int j = 0; j < 3; ++j) body.chain_of[j] = 0;
  ASSERT_EQ(add_volume_joints(arm, body), 2);
  Clip clip{"bend", {0}, {rest_pose(arm.skeleton)}};
  clip.poses[0][1].rotation = test::turn(Vec3::UnitX(), 80);
  turn_volume_joints(arm.skeleton, clip);
  EXPECT_NEAR(clip.poses[0][3].rotation.angularDistance(test::turn(Vec3::UnitX(), 40)), 0, 1e-3);
  EXPECT_NEAR(clip.poses[0][4].rotation.angularDistance(Quat::Identity()), 0, 1e-3);
}

TEST(SurfaceStrain, LetsThroughWhatTheSurfaceBears) {
  const RiggedModel arm = closed_arm();
  const Anatomy body = find_anatomy(arm).value();
  const SurfaceStrain surface(arm, body, 0.2);
  const Quat gentle = test::turn(Vec3::UnitX(), 25), wrung = test::turn(Vec3::UnitY(), 175);
  const Vec3 along = Vec3::UnitY();
  EXPECT_EQ(surface.bearable(1, gentle, along).swing, 1);
  EXPECT_EQ(surface.bearable(1, gentle, along).twist, 1);
  EXPECT_LT(surface.strain(1, gentle), 0.2);
  EXPECT_GT(surface.strain(1, wrung), 0.2);
  const SurfaceStrain::Kept kept = surface.bearable(1, wrung, along);
  EXPECT_EQ(kept.swing, 1);
  EXPECT_GT(kept.twist, 0.1f);
  EXPECT_LT(kept.twist, 0.95f);
  EXPECT_LE(surface.strain(1, SurfaceStrain::reduced(wrung, along, kept)), 0.2);
  // A bend and a wringing twist: the bend stays.
  const Quat both = test::turn(Vec3::UnitX(), 25) * wrung;
  const Quat borne = SurfaceStrain::reduced(both, along, surface.bearable(1, both, along));
  EXPECT_LT((borne * along - both * along).norm(), 1e-3f);
  EXPECT_EQ(surface.bearable(0, wrung, along).twist, 1);  // nothing above it to tear from
  EXPECT_NEAR(surface_strain(arm, arm.mesh.verts, arm.mesh.verts), 0, 1e-9);
  EXPECT_NEAR(surface_strain(arm, arm.mesh.verts, 2 * arm.mesh.verts), 1, 1e-5);
}

TEST(SurfaceStrain, TheSwitchOfTransferSparesAWrungNeck) {
  const RiggedModel source = skinned(make_person());
  RiggedModel target = source;
  for (Joint& joint : target.skeleton.joints) joint.name = "soft_" + joint.name;
  // Soft blends between the joints, as a real skin has: weights of neighbours averaged a few times.
  Eigen::MatrixXf dense = dense_weights(target.skin, target.skeleton.size());
  const auto edges = unique_edges(target.mesh.faces);
  for (int round = 0; round < 12; ++round) {
    Eigen::MatrixXf sum = dense;
    Eigen::VectorXf count = Eigen::VectorXf::Ones(dense.rows());
    for (Eigen::Index e = 0; e < edges.rows(); ++e)
      for (const auto& [a, b] : {std::pair(edges(e, 0), edges(e, 1)), std::pair(edges(e, 1), edges(e, 0))}) {
        sum.row(a) += dense.row(b);
        count[a] += 1;
      }
    dense = count.cwiseInverse().asDiagonal() * sum;
  }
  set_weights(target.skin, dense);
  Clip clip{"look back", {}, {}};
  for (int t = 0; t < 20; ++t) {
    Pose pose = rest_pose(source.skeleton);
    pose[source.skeleton.find("head")].rotation = test::turn(Vec3(0.2f, 1, 0), 8.5f * static_cast<float>(t));
    clip.times.push_back(t / 20.0);
    clip.poses.push_back(pose);
  }
  const Anatomy a = find_anatomy(source).value(), b = find_anatomy(target).value();
  const ChainMap map = map_chains(a, b, false, ForelegSource::kAuto);
  const SurfaceStrain surface(target, b, 0.1);
  double worst[2] = {0, 0};
  for (const bool spare : {false, true}) {
    RetargetOptions options;
    options.rigidity = spare;
    options.max_strain = 0.1;
    const RetargetResult result = retarget(source, a, clip, target, b, map, options).value();
    EXPECT_EQ(result.report.strained > 0, spare);
    const int head = target.skeleton.find("soft_head"), neck = target.skeleton.find("soft_neck");
    const auto rest = forward_kinematics(target.skeleton, rest_pose(target.skeleton));
    for (const Pose& pose : result.clip.poses) {
      const auto now = forward_kinematics(target.skeleton, pose);
      const auto turn = [&](int j) { return Quat(rotation_of(now[j]) * rotation_of(rest[j]).conjugate()); };
      worst[spare] = std::max(worst[spare], surface.strain(head, turn(neck).conjugate() * turn(head)));
    }
  }
  EXPECT_LT(worst[1], 0.11);
  EXPECT_LT(worst[1], 0.8 * worst[0]);
}

TEST(ReferenceRetarget, CopiesDirectionsButNoTwist) {
  const RiggedModel source = skinned(make_person());
  RiggedModel target = source;
  for (Joint& joint : target.skeleton.joints) joint.name += "_other";
  Clip clip{"twist", {}, {}};
  for (int t = 0; t < 5; ++t) {
    Pose pose = rest_pose(source.skeleton);
    pose[source.skeleton.find("elbow_l")].rotation =
        test::turn(Vec3(std::cos(0.6f), -std::sin(0.6f), 0), 20.0f * static_cast<float>(t));  // about the forearm
    pose[source.skeleton.find("knee_r")].rotation = test::turn(Vec3::UnitX(), 15.0f * static_cast<float>(t));
    clip.times.push_back(0.1 * t);
    clip.poses.push_back(pose);
  }
  const Anatomy a = find_anatomy(source).value(), b = find_anatomy(target).value();
  const ChainMap map = map_chains(a, b, false, ForelegSource::kAuto);
  const Clip reference = retarget_reference(source, a, clip, target, b, map).value();
  const Clip ours = retarget(source, a, clip, target, b, map, {})->clip;
  const int elbow = source.skeleton.find("elbow_l");
  const auto turn_of = [&](const RiggedModel& model, const Clip& c) {
    const auto now = forward_kinematics(model.skeleton, c.poses.back()),
               rest = forward_kinematics(model.skeleton, rest_pose(model.skeleton));
    return Quat(rotation_of(now[elbow]) * rotation_of(rest[elbow]).conjugate());
  };
  const Vec3 forearm(std::cos(0.6f), -std::sin(0.6f), 0);
  EXPECT_NEAR(twist_angle(turn_of(source, clip), forearm) * 180 / kPi, 80, 0.5);
  EXPECT_NEAR(twist_angle(turn_of(target, ours), forearm) * 180 / kPi, 80, 3);
  EXPECT_LT(std::abs(twist_angle(turn_of(target, reference), forearm)) * 180 / kPi, 15);
  // Directions it does copy: the shin.
  const auto shin = [&](const RiggedModel& model, const Clip& c) {
    const auto now = forward_kinematics(model.skeleton, c.poses.back());
    return Vec3(rotation_of(now[model.skeleton.find("knee_r" + std::string(&model == &target ? "_other" : ""))]) *
                Vec3::UnitY());
  };
  EXPECT_GT(shin(target, reference).dot(shin(source, clip)), 0.85f);
}

}  // namespace
}  // namespace mp4d
