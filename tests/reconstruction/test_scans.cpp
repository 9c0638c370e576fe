#include "core/files.h"
#include "io/model_io.h"
#include "motion/kinematics.h"
#include "reconstruction/human/body_json.h"
#include "reconstruction/human/mannequin.h"
#include "reconstruction/human/model_joints.h"
#include "reconstruction/human/motion_poses.h"
#include "reconstruction/human/pose_frame.h"
#include "reconstruction/human/pose_library.h"
#include "reconstruction/human/scans.h"
#include "tests/synthetic/creatures.h"
#include <algorithm>
#include <gtest/gtest.h>

namespace mp4d::human {
namespace {

namespace fs = std::filesystem;

Attributes dressed() {
  Attributes attributes;
  attributes.suit = attributes.shoes = attributes.hair = 0;
  return attributes;
}

Body figure(const char* pose) {
  return mannequin(dressed(), posed_joints(average_joints(dressed()), named_pose(pose).value()));
}

/// The mesh bound to a skeleton of the generator's own joints, under names that other programs use.
RiggedModel rigged(const Body& body) {
  static const char* const kNames[kJointCount] = {
      "Hips",        "LeftUpLeg",    "RightUpLeg",    "Spine",     "LeftLeg",         "RightLeg",
      "Spine1",      "LeftFoot",     "RightFoot",     "Spine2",    "LeftToeBase",     "RightToeBase",
      "Neck",        "LeftShoulder", "RightShoulder", "Head",      "LeftArm",         "RightArm",
      "LeftForeArm", "RightForeArm", "LeftHand",      "RightHand", "LeftHandMiddle1", "RightHandMiddle1"};
  RiggedModel model;
  model.mesh = body.mesh;
  for (int j = 0; j < kJointCount; ++j) {
    Joint joint{kNames[j], kJointParents[j], {}};
    joint.rest.translation = body.joints.row(j).transpose();
    if (joint.parent >= 0) joint.rest.translation -= body.joints.row(joint.parent).transpose();
    model.skeleton.joints.push_back(joint);
  }
  // Each vertex to the joint whose bone is nearest.
  Eigen::MatrixXf nearest = Eigen::MatrixXf::Zero(body.mesh.verts.rows(), kJointCount);
  for (Eigen::Index v = 0; v < body.mesh.verts.rows(); ++v) {
    const Vec3 p = body.mesh.verts.row(v).transpose();
    int joint = 0;
    float least = std::numeric_limits<float>::infinity();
    for (int j = 1; j < kJointCount; ++j) {
      const Vec3 a = body.joints.row(kJointParents[j]).transpose(), b = body.joints.row(j).transpose();
      const float t = std::clamp((p - a).dot(b - a) / (b - a).squaredNorm(), 0.0f, 1.0f);
      const float distance = (a + t * (b - a) - p).norm();
      if (distance < least) least = distance, joint = t < 1 ? kJointParents[j] : j;
    }
    nearest(v, joint) = 1;
  }
  set_weights(model.skin, nearest);
  model.skin.joint_from_mesh = inverse_bind(model.skeleton);
  return model;
}

double worst(const Joints& a, const Joints& b) { return (a - b).rowwise().norm().maxCoeff(); }

TEST(ModelJoints, OfASkeletonWithTheSameJointsAreThese) {
  for (const char* pose : {"t-pose", "run-1", "kick"}) {
    const Body body = figure(pose);
    const RiggedModel model = rigged(body);
    const auto joints = joints_of_model(model);
    ASSERT_TRUE(joints) << joints.error().message;
    for (int j = 0; j < kJointCount; ++j) {
      const std::string_view name = kJointNames[j];
      const bool own = name.ends_with("hip") || name.ends_with("knee") || name.ends_with("ankle") ||
                       name.ends_with("shoulder") || name.ends_with("elbow") || name.ends_with("wrist") ||
                       name == "neck" || name == "head";
      EXPECT_LT((joints->row(j) - body.joints.row(j)).norm(), own ? 1e-4f : 0.045f) << name << " in " << pose;
    }
  }
}

TEST(ModelJoints, FollowThePose) {
  const RiggedModel model = rigged(figure("a-pose"));
  mp4d::Pose pose = rest_pose(model.skeleton);
  pose[16].rotation = Quat(Eigen::AngleAxisf(1.0f, Vec3::UnitZ()));
  const std::vector<Mat4> posed = forward_kinematics(model.skeleton, pose);
  const auto joints = joints_of_model(model, &posed).value();
  const auto rest = joints_of_model(model).value();
  EXPECT_GT(joints(20, 1), rest(20, 1) + 0.2f);
  EXPECT_NEAR((joints.row(20) - joints.row(18)).norm(), (rest.row(20) - rest.row(18)).norm(), 1e-4f);
  EXPECT_NEAR((joints.row(21) - rest.row(21)).norm(), 0, 1e-5f);
}

TEST(MotionPoses, AreTheClipsWhicheverAxisIsUp) {
  const std::vector<std::string> names = {"walk-1", "kick", "sit", "bow"};
  for (const float tilt : {0.0f, static_cast<float>(M_PI / 2)}) {
    RiggedModel model = rigged(mannequin(dressed(), average_joints(dressed())));
    const Quat up(Eigen::AngleAxisf(tilt, Vec3::UnitX()));
    model.mesh = {};
    model.skin = {};
    Transform& root = model.skeleton.joints[0].rest;
    root.translation = up * root.translation;
    root.rotation = up;
    Clip clip;
    for (std::size_t i = 0; i < names.size(); ++i) {
      mp4d::Pose frame = rest_pose(model.skeleton);
      const Pose pose = named_pose(names[i]).value();
      for (int j = 0; j < kJointCount; ++j) frame[static_cast<std::size_t>(j)].rotation = pose.rotations[j];
      frame[0].rotation = up * pose.rotations[0];
      clip.times.push_back(static_cast<double>(i));
      clip.poses.push_back(frame);
    }
    model.clips.push_back(clip);
    const auto poses = poses_of_clip(model);
    ASSERT_TRUE(poses) << poses.error().message;
    ASSERT_EQ(poses->size(), names.size());
    for (std::size_t i = 0; i < names.size(); ++i) {
      const Joints truth = posed_joints(average_rest_joints(), named_pose(names[i]).value());
      const Joints found = posed_joints(average_rest_joints(), (*poses)[i]);
      EXPECT_LT(worst(found, truth), 0.05) << names[i] << ", tilt " << tilt;
    }
  }
  EXPECT_FALSE(poses_of_clip(rigged(figure("a-pose"))));
}

TEST(ModelJoints, WhatIsNoPersonIsRefused) {
  RiggedModel model = rigged(figure("a-pose"));
  for (Joint& joint : model.skeleton.joints)
    if (joint.name.starts_with("LeftArm") || joint.name.starts_with("LeftFore") || joint.name.starts_with("LeftHand"))
      joint.name = "prop_" + joint.name.substr(4);
  for (Eigen::Index v = 0; v < model.skin.joints.rows(); ++v)
    for (int i = 0; i < 4; ++i)
      if (model.skin.joints(v, i) == 16 || model.skin.joints(v, i) == 18 || model.skin.joints(v, i) >= 20)
        model.skin.joints(v, i) = 9;
  EXPECT_FALSE(joints_of_model(model));
}

TEST(ModelJoints, WhatHasNoHeadIsRefused) {
  const RiggedModel person = rigged(figure("a-pose"));
  RiggedModel headless;
  std::array<int, kJointCount> number{};
  for (int j = 0; j < kJointCount; ++j) {
    Joint joint = person.skeleton.joints[static_cast<std::size_t>(j)];
    if (joint.name == "Neck" || joint.name == "Head") continue;
    number[static_cast<std::size_t>(j)] = headless.skeleton.size();
    if (joint.parent >= 0) joint.parent = number[static_cast<std::size_t>(joint.parent)];
    headless.skeleton.joints.push_back(joint);
  }
  const auto joints = joints_of_model(headless);
  ASSERT_FALSE(joints);
  EXPECT_NE(joints.error().message.find("not a person's skeleton: it has no neck"), std::string::npos) << joints.error().message;
}

class Scans : public testing::Test {
 protected:
  void write(const fs::path& path, const Body& body) const {
    fs::create_directories((root() / path).parent_path());
    ASSERT_TRUE(write_mesh(root() / path, body.mesh));
  }
  void write_joints(const fs::path& path, const Joints& joints) const {
    ASSERT_TRUE(write_atomically(root() / path, joints_to_json(joints).dump()));
  }
  const fs::path& root() const { return root_.path(); }
  TempFolder root_ = TempFolder::create().value();
};

TEST_F(Scans, AreFoundInFilesAndFoldersInNaturalOrder) {
  const Body body = figure("a-pose");
  for (const char* path :
       {"b10.obj", "b9.ply", "0001/0001.obj", "0001/other.obj", "0000/scan.obj", "empty/notes.txt"}) {
    if (std::string_view(path).ends_with(".txt")) {
      fs::create_directories(root() / "empty");
      ASSERT_TRUE(write_atomically(root() / path, "nothing"));
    } else {
      write(path, body);
    }
  }
  write_joints("b9.json", body.joints);
  write_joints("0000/joints.json", body.joints);
  const auto scans = list_scans(root());
  ASSERT_TRUE(scans) << scans.error().message;
  ASSERT_EQ(scans->size(), 4u);
  EXPECT_EQ((*scans)[0].mesh, root() / "b9.ply");
  EXPECT_EQ((*scans)[0].joints, root() / "b9.json");
  EXPECT_EQ((*scans)[1].mesh, root() / "b10.obj");
  EXPECT_TRUE((*scans)[1].joints.empty());
  EXPECT_EQ((*scans)[2].joints, root() / "0000/joints.json");
  EXPECT_EQ((*scans)[3].mesh, root() / "0001/0001.obj");
  fs::remove_all(root() / "0001/0001.obj");
  write("0001/0001.ply", body);
  write("0001/0001.obj", body);
  EXPECT_FALSE(list_scans(root()));
  EXPECT_FALSE(list_scans(root() / "empty"));
}

TEST_F(Scans, WithJointsKeepThemAndAreScaledToMetres) {
  Body body = figure("wave");
  body.mesh.verts *= 100;
  body.joints *= 100;
  write("big.obj", body);
  write_joints("big.json", body.joints);
  const auto scan = read_scan({root() / "big.obj", root() / "big.json"});
  ASSERT_TRUE(scan) << scan.error().message;
  EXPECT_EQ(scan->joints_from, JointSource::kFile);
  EXPECT_NEAR(bounds(scan->body.mesh.verts).sizes().maxCoeff(), 1.7f, 1e-3f);
  const float scale = 1.7f / bounds(body.mesh.verts).sizes().maxCoeff();
  EXPECT_LT(worst(scan->body.joints, body.joints * scale), 1e-3);

  body.joints.col(0).array() += 500;
  write_joints("far.json", body.joints);
  const auto far = read_scan({root() / "big.obj", root() / "far.json"});
  ASSERT_FALSE(far);
  EXPECT_NE(far.error().message.find("pelvis"), std::string::npos) << far.error().message;
}

TEST_F(Scans, WithoutJointsAreRiggedAndTurnedUpright) {
  Body body = figure("a-pose");
  const Joints upright = body.joints;
  for (Eigen::Index v = 0; v < body.mesh.verts.rows(); ++v) {  // z up, as many scanners have it
    const Vec3 p = body.mesh.verts.row(v).transpose();
    body.mesh.verts.row(v) << p.x(), -p.z(), p.y();
  }
  write("scan.ply", body);
  const auto scan = read_scan({root() / "scan.ply", {}});
  ASSERT_TRUE(scan) << scan.error().message;
  EXPECT_EQ(scan->joints_from, JointSource::kAutoRig);
  EXPECT_GT(scan->body.joints(15, 1), scan->body.joints(0, 1) + 0.4f);  // head above pelvis
  double sum = 0;
  for (int j = 0; j < kJointCount; ++j) sum += (scan->body.joints.row(j) - upright.row(j)).norm() / kJointCount;
  EXPECT_LT(sum, 0.06);
  EXPECT_GT(scan->body.joints(20, 0), 0.2f);  // the left hand at +x
}

TEST_F(Scans, OfAnimalsAreRefused) {
  Mesh lizard = make_quadruped(24).mesh;
  lizard.verts = lizard.verts * Vec3(0.4f, 0.5f, 1).asDiagonal();
  ASSERT_TRUE(write_mesh(root() / "lizard.obj", lizard));
  const auto scan = read_scan({root() / "lizard.obj", {}});
  ASSERT_FALSE(scan);
  EXPECT_NE(scan.error().message.find("lizard.obj: no joints, and the automatic rig does not find a person in it"), std::string::npos) << scan.error().message;
}

}  // namespace
}  // namespace mp4d::human
