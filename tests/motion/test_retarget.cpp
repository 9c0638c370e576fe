// Motion carried from one skeleton to another.
#include "motion/retarget.h"
#include "walkers.h"
#include <gtest/gtest.h>

namespace mp4d {
namespace {

using namespace mp4d::testing;

float apart(const Mat4& a, const Mat4& b) { return Vec3((a - b).topRightCorner<3, 1>()).norm(); }

double largest_difference(const RiggedModel& model, const Clip& a, const Clip& b) {
  double largest = 0;
  for (std::size_t t = 0; t < a.poses.size(); ++t) {
    const Points x = skin_linear(model.mesh.verts, model.skin, forward_kinematics(model.skeleton, a.poses[t]));
    const Points y = skin_linear(model.mesh.verts, model.skin, forward_kinematics(model.skeleton, b.poses[t]));
    largest = std::max<double>(largest, (x - y).rowwise().norm().maxCoeff());
  }
  return largest;
}

RetargetResult moved(const RiggedModel& source, const Clip& clip, const RiggedModel& target,
                     const RetargetOptions& options = {}) {
  const Anatomy a = find_anatomy(source).value(), b = find_anatomy(target).value();
  const SourceMotion motion = read_motion(source, a, clip).value();
  const ChainMap map = map_chains(a, b, steps(motion, a), foreleg_source(options.forelegs));
  return retarget(source, a, clip, target, b, map, options).value();
}

RiggedModel renamed(RiggedModel model, const std::string& prefix) {
  for (Joint& joint : model.skeleton.joints) joint.name = prefix + joint.name;
  return model;
}

Body larger_animal() {  // longer legs, shorter back
  Body body = make_animal();
  for (Joint& joint : body.skeleton.joints) {
    joint.rest.translation =
        Vec3(joint.rest.translation.x(), 1.5f * joint.rest.translation.y(), 0.8f * joint.rest.translation.z());
  }
  const auto world = forward_kinematics(body.skeleton, rest_pose(body.skeleton));
  body.capsules.clear();
  for (int j = 0; j < body.skeleton.size(); ++j)
    if (const int p = body.skeleton.joints[j].parent; p >= 0)
      body.capsules.push_back({world[p].topRightCorner<3, 1>(), world[j].topRightCorner<3, 1>(), 0.05f, 0.04f});
  return body;
}

TEST(Retarget, ASkeletonsOwnClipComesBackAsItIs) {
  const RiggedModel animal = skinned(make_animal());
  const Clip clip = wriggle(animal.skeleton, 12, 25);
  const RetargetResult result = moved(animal, clip, animal);
  EXPECT_TRUE(result.report.same_skeleton);
  EXPECT_EQ(largest_difference(animal, clip, result.clip), 0);
}

TEST(Retarget, TheSameBodyUnderOtherNamesMovesTheSame) {
  // Not recognised as the same skeleton: chains, alignment and feet must come to the same by themselves.
  for (const Body& body : {make_animal(), make_person(0.6f)}) {
    const RiggedModel source = skinned(body), target = renamed(source, "rig_");
    const Clip clip = wriggle(source.skeleton, 12, 20);
    RetargetOptions options;
    options.contacts = false;
    const RetargetResult result = moved(source, clip, target, options);
    EXPECT_FALSE(result.report.same_skeleton);
    EXPECT_NEAR(result.report.scale, 1, 1e-5);
    // The height is taken from the ground that the clip's feet find, which is not the rest pose's.
    Clip level = result.clip;
    const Vec3 lifted = level.poses[0][0].translation - clip.poses[0][0].translation;
    EXPECT_LT(std::hypot(lifted.x(), lifted.z()), 1e-5f);
    for (Pose& pose : level.poses) pose[0].translation -= lifted;
    EXPECT_LT(largest_difference(target, clip, level), 1e-4 * bounds(source.mesh.verts).diagonal().norm());
  }
}

TEST(Retarget, FeetThatRestStayWhereTheyAreOnALargerAnimal) {
  const RiggedModel source = skinned(make_animal()), target = skinned(larger_animal());
  const Clip clip = sway(source, animal_legs(), 40, 0.05f);
  const RetargetResult result = moved(source, clip, target);
  EXPECT_GT(result.report.rests, 100);
  EXPECT_LT(result.report.slide, 0.005);
  // Seen from outside: the foot joints in the world.
  const auto rest = forward_kinematics(target.skeleton, rest_pose(target.skeleton));
  for (const Pose& pose : result.clip.poses) {
    const auto now = forward_kinematics(target.skeleton, pose);
    for (const auto& leg : animal_legs()) {
      const int foot = target.skeleton.find(leg.back());
      EXPECT_LT(apart(now[foot], rest[foot]), 0.01f);
    }
  }
  // The hips have moved in proportion to the legs.
  const float hips = (result.clip.poses[10][0].translation - result.clip.poses[0][0].translation).norm();
  const float source_hips = (clip.poses[10][0].translation - clip.poses[0][0].translation).norm();
  EXPECT_NEAR(hips / source_hips, result.report.scale, 0.1);
}

TEST(Retarget, HipsFollowWhereverARigPutsItsFirstJoint) {
  // The same animal whose root lies high in the back; its trunk leans, so paths of the two roots differ.
  const RiggedModel source = skinned(make_animal());
  RiggedModel target = renamed(source, "rig_");
  const auto world = forward_kinematics(target.skeleton, rest_pose(target.skeleton));
  const Vec3 moved_by(0, 0.2f, 0.15f);
  for (Joint& joint : target.skeleton.joints) {
    if (joint.parent < 0) joint.rest.translation += moved_by;
    if (joint.parent == 0) joint.rest.translation -= moved_by;
  }
  target.skin.joint_from_mesh = inverse_bind(target.skeleton);
  Clip lean{"lean", {}, {}};
  for (int t = 0; t < 10; ++t) {
    Pose pose = rest_pose(source.skeleton);
    pose[0].rotation = pose[0].rotation * Quat(Eigen::AngleAxisf(0.04f * static_cast<float>(t), Vec3::UnitX()));
    lean.times.push_back(t / 30.0);
    lean.poses.push_back(std::move(pose));
  }
  RetargetOptions options;
  options.ik = false;
  const RetargetResult result = moved(source, lean, target, options);
  const auto expected = forward_kinematics(source.skeleton, lean.poses.back());
  const auto found = forward_kinematics(target.skeleton, result.clip.poses.back());
  const auto first = forward_kinematics(target.skeleton, result.clip.poses.front());
  const Vec3 level = (first[target.skeleton.find("rig_hip_l")] - world[target.skeleton.find("rig_hip_l")])
                         .topRightCorner<3, 1>();  // of the contacts
  for (const char* hip : {"hip_l", "hip_r"}) {
    const Vec3 off = (found[target.skeleton.find("rig_" + std::string(hip))] - expected[source.skeleton.find(hip)])
                         .topRightCorner<3, 1>();
    EXPECT_LT((off - level).norm(), 0.01f * bounds(source.mesh.verts).diagonal().norm()) << hip;
  }
}

TEST(Retarget, StridesAreShortenedRatherThanHipsLoweredFar) {
  // A leg that is bent at rest reaches further than the straight one of the same hip height.
  RiggedModel target = skinned(make_person(0.6f));
  RiggedModel source = renamed(target, "rig_");
  for (const std::string side : {"_l", "_r"}) {
    source.skeleton.joints[source.skeleton.find("rig_knee" + side)].rest.translation.z() += 0.3f;
    source.skeleton.joints[source.skeleton.find("rig_ankle" + side)].rest.translation.z() -= 0.3f;
  }
  source.skin.joint_from_mesh = inverse_bind(source.skeleton);
  // Feet go to and fro on the ground, the hips stay where they are.
  Clip stride{"stride", {}, {}};
  const auto rest = forward_kinematics(source.skeleton, rest_pose(source.skeleton));
  for (int t = 0; t < 24; ++t) {
    Pose pose = rest_pose(source.skeleton);
    const float swing = 0.55f * std::sin(2 * std::numbers::pi_v<float> * static_cast<float>(t) / 24);
    for (const auto& [side, sign] : {std::pair{"_l", 1.0f}, std::pair{"_r", -1.0f}}) {
      std::vector<int> joints;
      std::vector<Vec3> points;
      for (const char* part : {"hip", "knee", "ankle"}) {
        joints.push_back(source.skeleton.find(std::string("rig_") + part + side));
        points.push_back(rest[joints.back()].topRightCorner<3, 1>());
      }
      std::vector<Quat> turn(2, Quat::Identity());
      LimbSolver(points).solve(turn, points[0], points[2] + Vec3(0, 0, sign * swing));
      pose[joints[0]].rotation = turn[0];
      pose[joints[1]].rotation = turn[0].conjugate() * turn[1];
      pose[joints[2]].rotation = turn[1].conjugate();
    }
    stride.times.push_back(t / 24.0);
    stride.poses.push_back(std::move(pose));
  }
  const RetargetResult result = moved(source, stride, target);
  EXPECT_LT(result.report.stride, 1);
  EXPECT_LT(result.report.lowered, 0.12);
}

TEST(Retarget, FeetOfAnotherShapeStayAboveTheGround) {
  // The source rolls over its short feet; on long ones the same rotations would dip the toes 10 cm into the ground.
  const auto with_feet = [](float length) {
    Body body = make_person(0.6f);
    for (const char* side : {"_l", "_r"}) {
      const std::string toe = std::string("toe") + side, ankle = std::string("ankle") + side;
      const Vec3 tip = body.at(toe) + Vec3(0, 0, length - body.at(toe).z());
      body.skeleton.joints[body.skeleton.find(toe)].rest.translation = tip - body.at(ankle);
      for (Capsule& capsule : body.capsules)
        if (capsule.b == body.at(toe)) capsule.b = tip;
    }
    return skinned(body);
  };
  const RiggedModel source = with_feet(0.05f), target = renamed(with_feet(0.35f), "other_");
  Clip clip = sway(source, {{"hip_l", "knee_l", "ankle_l"}, {"hip_r", "knee_r", "ankle_r"}}, 40, 0.03f);
  for (std::size_t t = 0; t < clip.poses.size(); ++t)
    for (const char* ankle : {"ankle_l", "ankle_r"}) {
      Quat& foot = clip.poses[t][source.skeleton.find(ankle)].rotation;
      foot = foot * Quat(Eigen::AngleAxisf(0.35f * std::sin(0.3f * static_cast<float>(t)), Vec3::UnitX()));
    }
  const RetargetResult result = moved(source, clip, target);
  const float ground = target.mesh.verts.col(1).minCoeff();
  float lowest = ground;
  for (const Points& frame : animate(target, result.clip).frames) lowest = std::min(lowest, frame.col(1).minCoeff());
  EXPECT_GT(lowest, ground - 0.015f);
  EXPECT_LT(result.report.sunk, 0.015);
}

TEST(Retarget, FeetThatDipIntoTheGroundOnTheSourceStandOnIt) {
  const RiggedModel source = skinned(make_person(0.6f)), target = renamed(source, "other_");
  Clip clip = sway(source, {{"hip_l", "knee_l", "ankle_l"}, {"hip_r", "knee_r", "ankle_r"}}, 40, 0.03f);
  const float dip = 0.03f;
  for (std::size_t t = 10; t < 18; ++t) clip.poses[t][0].translation.y() -= dip;
  const RetargetResult result = moved(source, clip, target);
  const float ground = target.mesh.verts.col(1).minCoeff();
  for (const Points& frame : animate(target, result.clip).frames)
    EXPECT_GT(frame.col(1).minCoeff(), ground - 0.2f * dip);
  EXPECT_LT(result.report.slide, 1e-4);
}

TEST(Retarget, APersonsHangingArmsMoveAnAnimalsForelegsFromWhereTheyStand) {
  const RiggedModel person = skinned(make_person(0.0f)), animal = skinned(make_animal());
  // Arms stretched out at rest hang in the clip: forelegs must stand.
  Clip clip{"stand", {}, {}};
  for (int t = 0; t < 4; ++t) {
    Pose pose = rest_pose(person.skeleton);
    for (const char* side : {"_l", "_r"}) {
      const int shoulder = person.skeleton.find(std::string("shoulder") + side);
      pose[shoulder].rotation = Quat(Eigen::AngleAxisf((side[1] == 'l' ? -1.0f : 1.0f) * 1.3f, Vec3::UnitZ()));
    }
    clip.times.push_back(0.1 * t);
    clip.poses.push_back(pose);
  }
  RetargetOptions options;
  options.forelegs = "arms";
  const RetargetResult result = moved(person, clip, animal, options);
  const auto rest = forward_kinematics(animal.skeleton, rest_pose(animal.skeleton));
  const auto now = forward_kinematics(animal.skeleton, result.clip.poses[1]);
  for (const char* foot : {"front_foot_l", "front_foot_r", "hind_foot_l"}) {
    const int j = animal.skeleton.find(foot);
    EXPECT_LT(apart(now[j], rest[j]), 0.08f) << foot;
  }
}

TEST(Retarget, ArmsOfAnotherRestPoseAreAlignedFirst) {
  const RiggedModel t_pose = skinned(make_person(0.0f)), a_pose = skinned(make_person(0.8f));
  Clip clip{"rest", {0, 0.1}, {rest_pose(t_pose.skeleton), rest_pose(t_pose.skeleton)}};
  const RetargetResult result = moved(t_pose, clip, a_pose);
  const auto now = forward_kinematics(a_pose.skeleton, result.clip.poses[0]);
  const auto wanted = forward_kinematics(t_pose.skeleton, rest_pose(t_pose.skeleton));
  const int wrist = a_pose.skeleton.find("wrist_l");
  EXPECT_LT(apart(now[wrist], wanted[wrist]), 0.02f);
}

TEST(Retarget, RootModes) {
  const RiggedModel animal = skinned(make_animal()), target = skinned(larger_animal());
  Clip clip = wriggle(animal.skeleton, 30, 0);
  for (std::size_t t = 0; t < clip.poses.size(); ++t)
    clip.poses[t][0].translation += 0.05f * static_cast<float>(t) * Vec3::UnitZ();
  const auto way = [&](const std::string& root) {
    RetargetOptions options;
    options.root = root;
    const RetargetResult result = moved(animal, clip, target, options);
    return std::pair((result.clip.poses.back()[0].translation - result.clip.poses[0][0].translation).z(),
                     result.report.scale);
  };
  const auto [travelled, scale] = way("as-filmed");
  EXPECT_NEAR(travelled, scale * (clip.poses.back()[0].translation - clip.poses[0][0].translation).z(), 0.02);
  EXPECT_NEAR(way("in-place").first, 0, 0.02);
  EXPECT_NEAR(way("ground-locked").first, 0, 0.05);  // its feet slide along with it: held still, it stays
}

TEST(Retarget, InPlaceAlsoHoldsASkeletonsOwnClip) {
  const RiggedModel animal = skinned(make_animal());
  Clip clip = wriggle(animal.skeleton, 30, 10);
  for (std::size_t t = 0; t < clip.poses.size(); ++t)
    clip.poses[t][0].translation += 0.05f * static_cast<float>(t) * Vec3::UnitZ();
  RetargetOptions options;
  options.root = "in-place";
  const RetargetResult result = moved(animal, clip, animal, options);
  EXPECT_NEAR((result.clip.poses.back()[0].translation - result.clip.poses[0][0].translation).z(), 0, 0.03);
}

TEST(Retarget, BadInputIsRefusedByName) {
  RiggedModel animal = skinned(make_animal());
  const Anatomy body = find_anatomy(animal).value();
  const auto message = [&](const Clip& clip) {
    const auto read = read_motion(animal, body, clip);
    return read ? std::string() : read.error().message;
  };
  EXPECT_NE(message(Clip{"empty", {}, {}}).find("'empty' has no frames"), std::string::npos);
  Clip clip = wriggle(animal.skeleton, 4, 5);
  clip.poses[2][3].rotation.x() = std::nanf("");
  EXPECT_NE(message(clip).find("frame 2: joint 'neck'"), std::string::npos) << message(clip);
  clip = wriggle(animal.skeleton, 4, 5);
  clip.poses[1].pop_back();
  EXPECT_NE(message(clip).find("joints, the skeleton has"), std::string::npos);
  RiggedModel cyclic = animal;
  cyclic.skeleton.joints[1].parent = 2;
  EXPECT_NE(find_anatomy(cyclic).error().message.find("cycle"), std::string::npos);
  RiggedModel nothing = animal;
  nothing.skeleton.joints[3].rest.scale.setConstant(std::nanf(""));
  EXPECT_NE(find_anatomy(nothing).error().message.find("'neck'"), std::string::npos);
  RiggedModel crowd = animal;
  while (crowd.skeleton.size() < 65000) {
    crowd.skeleton.joints.push_back({fmt::format("bone {}", crowd.skeleton.size()), crowd.skeleton.size() - 1, {}});
    crowd.skin.joint_from_mesh.push_back(Mat4::Identity());
  }
  EXPECT_NE(find_anatomy(crowd).error().message.find("65000 joints; at most"), std::string::npos);
  RiggedModel unbound = animal;
  unbound.skin.weights.setZero();
  EXPECT_NE(find_anatomy(unbound).error().message.find("no joint moves the mesh"), std::string::npos);
}

TEST(Retarget, UnevenScalesGoIntoTheBindPose) {
  RiggedModel animal = skinned(make_animal());
  animal.skeleton.joints[2].rest.scale = Vec3(1, 2, 0.5f);
  animal.skin.joint_from_mesh = inverse_bind(animal.skeleton);
  EXPECT_GT(make_scales_even(animal), 0);
  const Points shown =
      skin_linear(animal.mesh.verts, animal.skin, forward_kinematics(animal.skeleton, rest_pose(animal.skeleton)));
  EXPECT_LT((shown - animal.mesh.verts).cwiseAbs().maxCoeff(), 1e-5f);
  const RiggedModel source = skinned(make_animal());
  const RetargetResult result = moved(source, wriggle(source.skeleton, 3, 10), animal);
  for (const Transform& joint : result.clip.poses[1])
    EXPECT_NEAR(joint.scale.maxCoeff(), joint.scale.minCoeff(), 1e-4f);
}

}  // namespace
}  // namespace mp4d
