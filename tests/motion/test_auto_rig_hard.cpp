// Meshes that are hard to rig: with things in their hands, of unusual build, and no bodies at all.
#include "bodies.h"
#include "motion/auto_rig.h"
#include "motion/kinematics.h"
#include "motion/skin_weights.h"
#include "motion/templates.h"
#include "motion/thick_parts.h"

#include <fstream>
#include <gtest/gtest.h>

using namespace mp4d;
using namespace mp4d::testing;

namespace {

std::string all_lines(const RigReport& report) {
  std::string text;
  for (const std::string& line : describe(report)) text += line + "\n";
  return text;
}

Vec3 place_of(const RiggedModel& model, const std::string& name) {
  const int j = model.skeleton.find(name);
  EXPECT_GE(j, 0) << name;
  if (j < 0) return Vec3::Zero();
  return forward_kinematics(model.skeleton, rest_pose(model.skeleton))[std::size_t(j)].topRightCorner<3, 1>();
}

// A figure of 1 m with a head half its height and arms stretched out, as in many games.
Body make_toon() {
  Body b;
  b.blend = 0.02f;
  b.add("hips", "", {0, 0.22f, 0}, 0.085f);
  b.add("chest", "hips", {0, 0.34f, 0}, 0.09f);
  b.add("neck", "chest", {0, 0.43f, 0}, 0.07f);
  b.add("head", "neck", {0, 0.6f, 0}, 0.19f);
  b.add("head_end", "head", {0, 0.8f, 0}, 0.18f);
  b.add_pair("shoulder", "chest", {0.08f, 0.38f, 0}, 0.045f);
  b.add_pair("elbow", "shoulder", {0.17f, 0.38f, 0}, 0.05f);
  b.add_pair("hand_end", "elbow", {0.3f, 0.38f, 0}, 0.05f);
  b.add_pair("hip", "hips", {0.055f, 0.19f, 0}, 0.05f);
  b.add_pair("knee", "hip", {0.06f, 0.11f, 0}, 0.045f);
  b.add_pair("ankle", "knee", {0.06f, 0.05f, 0}, 0.042f);
  b.add_pair("toe", "ankle", {0.065f, 0.035f, 0.05f}, 0.035f);
  return b;
}

Mesh join(const Mesh& a, const Mesh& b) {
  Mesh out;
  out.verts.resize(a.verts.rows() + b.verts.rows(), 3);
  out.verts << a.verts, b.verts;
  out.faces.resize(a.faces.rows() + b.faces.rows(), 3);
  out.faces << a.faces, b.faces.array() + int(a.verts.rows());
  return out;
}

TEST(AutoRigHard, FigureWithSwordAndShieldIsStillAPerson) {
  const Body toon = make_toon();
  Mesh mesh = join(toon.mesh(130),
                   capsule_mesh({{Vec3(-0.3f, 0.38f, 0), Vec3(-0.3f, 0.38f, 0.75f), 0.016f, 0.01f}}, 0.01f, 120));
  std::vector<Capsule> rim;
  for (int k = 0; k < 12; ++k) {
    const float a = 0.5236f * float(k), b = 0.5236f * float(k + 1);
    rim.push_back({Vec3(0.34f, 0.4f + 0.2f * std::sin(a), 0.2f * std::cos(a)),
                   Vec3(0.34f, 0.4f + 0.2f * std::sin(b), 0.2f * std::cos(b)), 0.015f, 0.015f});
    rim.push_back({Vec3(0.34f, 0.4f, 0), Vec3(0.34f, 0.4f + 0.2f * std::sin(a), 0.2f * std::cos(a)), 0.015f, 0.015f});
  }
  mesh = join(mesh, capsule_mesh(rim, 0.01f, 90));
  const auto rig = auto_rig(mesh);
  ASSERT_TRUE(rig) << rig.error().message;
  EXPECT_EQ(rig->report.body_plan, "human") << all_lines(rig->report);
  EXPECT_EQ(rig->report.orientation, "up +y, forward +z") << all_lines(rig->report);
  for (const char* name : {"hips", "chest", "elbow_l", "elbow_r", "knee_l", "knee_r", "ankle_l"})
    EXPECT_LT((place_of(rig->model, name) - toon.at(name)).norm(), 0.1f) << name << "\n" << all_lines(rig->report);
  EXPECT_GT(place_of(rig->model, "head_end").y(), 0.7f);
  // The sword goes with the hand that holds it.
  const Eigen::MatrixXf weights = dense_weights(rig->model.skin, rig->model.skeleton.size());
  const int wrist = rig->model.skeleton.find("wrist_r"), elbow = rig->model.skeleton.find("elbow_r");
  for (Eigen::Index v = 0; v < mesh.verts.rows(); ++v)
    if (mesh.verts(v, 2) > 0.5f) {
      ASSERT_GT(weights(v, wrist) + weights(v, elbow), 0.9f);
    }
}

TEST(AutoRigHard, LongArmsBeginAtTheTrunk) {
  Body b;
  b.add("hips", "", {0, 0.35f, 0}, 0.13f);
  b.add("chest", "hips", {0, 0.72f, 0}, 0.15f);
  b.add("neck", "chest", {0, 0.9f, 0}, 0.07f);
  b.add("head", "neck", {0, 1.0f, 0}, 0.1f);
  b.add_pair("shoulder", "chest", {0.17f, 0.76f, 0}, 0.06f);
  b.add_pair("elbow", "shoulder", {0.33f, 0.5f, 0}, 0.05f);
  b.add_pair("hand_end", "elbow", {0.48f, 0.16f, 0}, 0.05f);
  b.add_pair("hip", "hips", {0.09f, 0.28f, 0}, 0.07f);
  b.add_pair("ankle", "hip", {0.11f, 0.06f, 0}, 0.05f);
  const auto rig = auto_rig(b.mesh(110), {.body_plan = "human"});
  ASSERT_TRUE(rig) << rig.error().message;
  EXPECT_LT((place_of(rig->model, "shoulder_l") - b.at("shoulder_l")).norm(), 0.09f);
  EXPECT_LT((place_of(rig->model, "hips") - b.at("hips")).norm(), 0.12f);
}

TEST(AutoRigHard, HeadingMayBeGivenUpToItsSign) {
  Mesh mesh = make_animal().mesh(80);
  const Mat3 turn = Eigen::AngleAxisf(-float(M_PI) / 2, Vec3::UnitY()).toRotationMatrix();
  mesh.verts = (mesh.verts * turn.transpose()).eval();
  const auto rig = auto_rig(mesh, {.body_plan = "quadruped", .forward = "x"});
  ASSERT_TRUE(rig) << rig.error().message;
  EXPECT_EQ(rig->report.orientation, "up +y, forward -x");
  const auto wrong = auto_rig(mesh, {.up = "y", .forward = "y"});
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().code, ErrorCode::kUsage);
}

TEST(AutoRigHard, FollowsWhatTheBodysOwnRigCanDo) {
  const Body animal = make_animal();
  const Mesh mesh = animal.mesh(90);
  const auto solid = voxelise(mesh, {.resolution = 100});
  ASSERT_TRUE(solid);
  const auto own = heat_weights(mesh, animal.skeleton, solid->distance);
  ASSERT_TRUE(own) << own.error().message;
  MeshSequence target{mesh.faces, {}, {}};
  for (int t = 0; t < 10; ++t) {
    Pose pose = rest_pose(animal.skeleton);
    const auto turn = [&](const std::string& joint, float angle, const Vec3& axis) {
      pose[std::size_t(animal.skeleton.find(joint))].rotation = Quat(Eigen::AngleAxisf(angle, axis));
    };
    const float phase = 0.628f * float(t);
    for (const char* joint : {"shoulder_l", "hip_r"}) turn(joint, 0.5f * std::sin(phase), Vec3::UnitX());
    for (const char* joint : {"shoulder_r", "hip_l"}) turn(joint, -0.5f * std::sin(phase), Vec3::UnitX());
    for (const char* joint : {"wrist_l", "ankle_r"}) turn(joint, 0.3f - 0.3f * std::cos(phase), Vec3::UnitX());
    turn("neck", 0.3f * std::sin(phase), Vec3::UnitX());
    turn("tail_1", 0.4f * std::cos(phase), Vec3::UnitY());
    turn("spine", 0.15f * std::sin(phase), Vec3::UnitY());
    target.frames.push_back(skin_linear(mesh.verts, own->skin, forward_kinematics(animal.skeleton, pose)));
    target.times.push_back(t / 24.0);
  }
  const auto rig = auto_rig(mesh);
  ASSERT_TRUE(rig) << rig.error().message;
  FitOptions options;
  options.correspondences = "index";
  options.bone_scale = "off";
  options.smoothness = 0;
  options.rigidity = 0;
  const auto fit = fit_motion(rig->model.skeleton, rig->model.skin, mesh.verts, mesh.faces, target, options);
  ASSERT_TRUE(fit) << fit.error().message;
  float moved = 0, off = 0;
  for (std::size_t t = 0; t < target.frames.size(); ++t) {
    const Points posed = skin_linear(fit->rest_verts, fit->skin, forward_kinematics(fit->skeleton, fit->clip.poses[t]));
    off += (posed - target.frames[t]).rowwise().norm().mean() / 10;
    moved += (mesh.verts - target.frames[t]).rowwise().norm().mean() / 10;
  }
  const float size = bounds(mesh.verts).sizes().maxCoeff();
  EXPECT_GT(moved, 0.015f * size);
  EXPECT_LT(off, 0.006f * size);
}

TEST(ThickParts, ARodGoesAndTheBallItSticksInStays) {
  const Mesh mesh = capsule_mesh(
      {{Vec3(0, 0, 0), Vec3(0, 0.01f, 0), 0.3f, 0.3f}, {Vec3(0, 0, 0), Vec3(1, 0, 0), 0.03f, 0.03f}}, 0.01f, 100);
  const auto solid = voxelise(mesh, {.resolution = 100});
  ASSERT_TRUE(solid);
  const VoxelGrid thick = thick_parts(solid->distance, 0.06f);
  EXPECT_LT(solid->distance.sample(Vec3(0.8f, 0, 0)), 0);
  EXPECT_GT(thick.sample(Vec3(0.8f, 0, 0)), 0.4f);
  EXPECT_NEAR(thick.sample(Vec3(0, 0, 0)), -0.3f, 0.03f);
  EXPECT_NEAR(thick.sample(Vec3(0.5f, 0.2f, 0)), 0.2385f, 0.03f);
  const VoxelGrid nothing = thick_parts(solid->distance, 0.5f);
  for (const float value : nothing.values) ASSERT_GT(value, 0);
}

TEST(RigTemplates, ABuildMustPlaceEveryJoint) {
  const std::string path = ::testing::TempDir() + "/bad_build.json";
  std::ofstream(path) << R"({"name": "x", "joints": [{"name": "hips", "parent": null, "position": [0,0,0], "radius": 1},
    {"name": "hip_l", "parent": "hips", "position": [1,0,0], "radius": 1}],
    "builds": {"fat": {"hips": [0, 0, 0, 2]}}})";
  const auto rig = load_rig_template(path);
  ASSERT_FALSE(rig);
  EXPECT_NE(rig.error().message.find("fat"), std::string::npos) << rig.error().message;
  EXPECT_NE(rig.error().message.find("hip_l"), std::string::npos) << rig.error().message;
}

// Anything that comes back must be a rig with finite weights that sum to one; anything else an error with a remedy.
void expect_rig_or_error(const Mesh& mesh, const std::string& what) {
  const auto rig = auto_rig(mesh, {.resolution = 48});
  if (!rig) {
    EXPECT_GT(rig.error().message.size(), 10u) << what;
    EXPECT_NE(rig.error().code, ErrorCode::kCancelled) << what;
    return;
  }
  EXPECT_GE(rig->model.skeleton.size(), 1) << what;
  ASSERT_EQ(rig->model.skin.weights.rows(), mesh.verts.rows()) << what;
  ASSERT_TRUE(rig->model.skin.weights.allFinite()) << what;
  EXPECT_LT((rig->model.skin.weights.rowwise().sum().array() - 1).abs().maxCoeff(), 1e-4f) << what;
  EXPECT_LT(rig->model.skin.joints.maxCoeff(), rig->model.skeleton.size()) << what;
  for (const Joint& joint : rig->model.skeleton.joints) EXPECT_TRUE(joint.rest.translation.allFinite()) << what;
}

Mesh triangles(const std::vector<Vec3>& verts, const std::vector<Eigen::Vector3i>& faces) {
  Mesh mesh;
  mesh.verts.resize(Eigen::Index(verts.size()), 3);
  for (std::size_t i = 0; i < verts.size(); ++i) mesh.verts.row(Eigen::Index(i)) = verts[i].transpose();
  mesh.faces.resize(Eigen::Index(faces.size()), 3);
  for (std::size_t i = 0; i < faces.size(); ++i) mesh.faces.row(Eigen::Index(i)) = faces[i].transpose();
  return mesh;
}

TEST(AutoRigHard, NoBodyIsNoCrash) {
  expect_rig_or_error(triangles({{0, 0, 0}, {1, 0, 0}, {0, 1, 0}}, {{0, 1, 2}}), "one triangle");
  expect_rig_or_error(triangles({{0, 0, 0}, {1, 0, 0}, {1, 1, 0}, {0, 1, 0}}, {{0, 1, 2}, {0, 2, 3}}), "plane");
  expect_rig_or_error(triangles({{0, 0, 0}, {0, 0, 0}, {0, 0, 0}}, {{0, 1, 2}}), "point");
  expect_rig_or_error(triangles({{0, 0, 0}, {1, 0, 0}, {2, 0, 0}}, {{0, 1, 2}}), "line");
  expect_rig_or_error(capsule_mesh({{Vec3(0, 0, 0), Vec3(1, 0, 0), 0.004f, 0.004f}}, 0.001f, 300), "needle");
  expect_rig_or_error(capsule_mesh({{Vec3(0, 0, 0), Vec3(0, 1e-3f, 0), 1, 1}}, 0.01f, 40), "ball");
  expect_rig_or_error(join(capsule_mesh({{Vec3(0, 0, 0), Vec3(0, 1, 0), 0.1f, 0.1f}}, 0.01f, 40),
                           capsule_mesh({{Vec3(1e3f, 0, 0), Vec3(1e3f, 1, 0), 0.1f, 0.1f}}, 0.01f, 40)),
                      "two far apart");
  Mesh tiny = make_animal().mesh(50);
  tiny.verts *= 1e-6f;
  expect_rig_or_error(tiny, "micrometres");
  Mesh huge = make_animal().mesh(50);
  huge.verts *= 1e6f;
  expect_rig_or_error(huge, "megametres");
  Mesh loose = make_animal().mesh(50);
  loose.verts.conservativeResize(loose.verts.rows() + 1, 3);
  loose.verts.row(loose.verts.rows() - 1) << 50, 0, 0;
  expect_rig_or_error(loose, "loose vertex");
}

TEST(AutoRigHard, BrokenArraysAreNamed) {
  const auto message = [](const Mesh& mesh) {
    const auto rig = auto_rig(mesh, {.resolution = 48});
    return rig ? std::string("no error") : rig.error().message;
  };
  Mesh mesh = make_animal().mesh(40);
  mesh.verts(7, 1) = std::numeric_limits<float>::quiet_NaN();
  EXPECT_NE(message(mesh).find("finite"), std::string::npos) << message(mesh);
  mesh = make_animal().mesh(40);
  mesh.faces(3, 2) = int(mesh.verts.rows());
  EXPECT_NE(message(mesh).find("a face names"), std::string::npos) << message(mesh);
  mesh.faces(3, 2) = -1;
  EXPECT_NE(message(mesh).find("a face names"), std::string::npos) << message(mesh);
}

}  // namespace
