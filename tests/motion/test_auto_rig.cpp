#include "motion/auto_rig.h"

#include "bodies.h"
#include "motion/curve_skeleton.h"
#include "motion/embed.h"
#include "motion/kinematics.h"
#include "motion/templates.h"

#include <array>
#include <fstream>
#include <gtest/gtest.h>

using namespace mp4d;
using namespace mp4d::testing;

namespace {

Vec3 place_of(const RiggedModel& model, const std::string& name) {
  const int j = model.skeleton.find(name);
  EXPECT_GE(j, 0) << name;
  if (j < 0) return Vec3::Zero();
  return forward_kinematics(model.skeleton, rest_pose(model.skeleton))[std::size_t(j)].topRightCorner<3, 1>();
}

// Mean and worst distance of the joints to the truth, shares of the box's longest side.
std::pair<float, float> joint_error(const RiggedModel& model, const Body& truth, const Mat3& turn = Mat3::Identity()) {
  const float size = bounds(model.mesh.verts).sizes().maxCoeff();
  float sum = 0, worst = 0;
  int count = 0;
  for (const auto& [name, place] : truth.places) {
    const float error = (place_of(model, name) - turn * place).norm() / size;
    sum += error;
    worst = std::max(worst, error);
    ++count;
  }
  return {sum / float(count), worst};
}

void expect_valid(const RiggedModel& model) {
  ASSERT_GT(model.skeleton.size(), 1);
  ASSERT_EQ(model.skin.weights.rows(), model.mesh.verts.rows());
  ASSERT_TRUE(model.skin.weights.allFinite());
  EXPECT_LT((model.skin.weights.rowwise().sum().array() - 1).abs().maxCoeff(), 1e-5f);
  for (int j = 0; j < model.skeleton.size(); ++j) EXPECT_LT(model.skeleton.joints[std::size_t(j)].parent, j);
  // The rest pose leaves the mesh as it is.
  const Points rest =
      skin_linear(model.mesh.verts, model.skin, forward_kinematics(model.skeleton, rest_pose(model.skeleton)));
  EXPECT_LT((rest - model.mesh.verts).cwiseAbs().maxCoeff(), 1e-5f);
}

std::string all_lines(const RigReport& report) {
  std::string text;
  for (const std::string& line : describe(report)) text += line + "\n";
  return text;
}

TEST(RigTemplates, AllShippedOnesReadAndAreSymmetric) {
  for (const std::string& name : rig_template_names()) {
    const auto rig = load_rig_template(name);
    ASSERT_TRUE(rig) << rig.error().message;
    EXPECT_EQ(rig->name, name);
    int feet = 0;
    for (int j = 0; j < rig->size(); ++j) {
      const TemplateJoint& joint = rig->joints[std::size_t(j)];
      const TemplateJoint& twin = rig->joints[std::size_t(joint.symmetric)];
      EXPECT_LT(joint.parent, j);
      EXPECT_EQ(twin.symmetric, j) << joint.name;
      EXPECT_LT((joint.position - Vec3(-twin.position.x(), twin.position.y(), twin.position.z())).norm(), 1e-6f)
          << joint.name;
      EXPECT_LE(joint.twist_min, joint.twist_max);
      feet += joint.foot;
    }
    EXPECT_GE(feet, 2);
    for (std::size_t p = 0; p < rig->poses.size(); ++p) EXPECT_EQ(int(rig->poses[p].positions.size()), rig->size());
  }
}

TEST(RigTemplates, BadFileNamesTheJoint) {
  const std::string path = ::testing::TempDir() + "/bad_template.json";
  std::ofstream(path) << R"({"name": "x", "joints": [{"name": "hips", "parent": null, "position": [0,0,0], "radius": 1},
    {"name": "knee_l", "parent": "thigh_l", "position": [1,0,0], "radius": 1}]})";
  const auto rig = load_rig_template(path);
  ASSERT_FALSE(rig);
  EXPECT_EQ(rig.error().code, ErrorCode::kInput);
  EXPECT_NE(rig.error().message.find("knee_l"), std::string::npos) << rig.error().message;
  EXPECT_NE(rig.error().message.find("thigh_l"), std::string::npos) << rig.error().message;
}

TEST(AutoRig, PersonIsFoundWithItsJoints) {
  const Body person = make_person();
  const auto rig = auto_rig(person.mesh(110));
  ASSERT_TRUE(rig) << rig.error().message;
  expect_valid(rig->model);
  EXPECT_EQ(rig->report.body_plan, "human") << all_lines(rig->report);
  EXPECT_EQ(rig->report.orientation, "up +y, forward +z") << all_lines(rig->report);
  EXPECT_FALSE(rig->report.repaired);
  const auto [mean, worst] = joint_error(rig->model, person);
  EXPECT_LT(mean, 0.03f);
  EXPECT_LT(worst, 0.07f);
}

TEST(AutoRig, ArmsMayHangOrStretch) {
  for (const float arms : {0.0f, 1.2f}) {
    const Body person = make_person(arms);
    const auto rig = auto_rig(person.mesh(110), {.body_plan = "human"});
    ASSERT_TRUE(rig) << rig.error().message;
    const auto [mean, worst] = joint_error(rig->model, person);
    EXPECT_LT(mean, 0.035f) << arms;
    EXPECT_LT(worst, 0.08f) << arms;
  }
}

TEST(AutoRig, AnimalIsFoundWhicheverWayItFaces) {
  const Body animal = make_animal();
  const Mesh mesh = animal.mesh(110);
  for (int quarter = 0; quarter < 4; ++quarter) {
    const Mat3 turn = Eigen::AngleAxisf(float(quarter) * float(M_PI) / 2, Vec3::UnitY()).toRotationMatrix();
    Mesh turned = mesh;
    turned.verts = mesh.verts * turn.transpose();
    const auto rig = auto_rig(turned);
    ASSERT_TRUE(rig) << rig.error().message;
    expect_valid(rig->model);
    EXPECT_EQ(rig->report.body_plan, "quadruped") << all_lines(rig->report);
    EXPECT_LT((rig->report.mesh_from_body - turn).norm(), 1e-3f) << quarter << "\n" << all_lines(rig->report);
    const auto [mean, worst] = joint_error(rig->model, animal, turn);
    EXPECT_LT(mean, 0.035f);
    EXPECT_LT(worst, 0.08f);
  }
}

TEST(AutoRig, GivenHeadingIsKept) {
  const auto rig = auto_rig(make_animal().mesh(80), {.body_plan = "quadruped", .forward = "-z"});
  ASSERT_TRUE(rig) << rig.error().message;
  EXPECT_EQ(rig->report.orientation, "up +y, forward -z");
  EXPECT_LT(place_of(rig->model, "shoulder_l").x(), 0);
}

TEST(AutoRig, SymmetricBodyGetsASymmetricSkeleton) {
  const auto rig = auto_rig(make_animal().mesh(100), {.body_plan = "quadruped"});
  ASSERT_TRUE(rig) << rig.error().message;
  for (const char* name : {"shoulder", "elbow", "wrist", "front_foot", "front_toe", "hip", "knee", "ankle", "hind_foot", "hind_toe"}) {
    const Vec3 left = place_of(rig->model, std::string(name) + "_l"),
               right = place_of(rig->model, std::string(name) + "_r");
    EXPECT_GT(left.x(), 0) << name;
    EXPECT_LT((left - Vec3(-right.x(), right.y(), right.z())).norm(), 0.01f) << name;
  }
}

TEST(AutoRig, AnimalsGetJointsForTheirFeetAndPeopleHaveThem) {
  const auto animal = auto_rig(make_animal().mesh(100), {.body_plan = "quadruped"});
  ASSERT_TRUE(animal) << animal.error().message;
  const RiggedModel& model = animal->model;
  const float ground = bounds(model.mesh.verts).min().y();
  for (const auto& [above, foot, toe] :
       {std::array{"wrist_l", "front_foot_l", "front_toe_l"}, std::array{"ankle_r", "hind_foot_r", "hind_toe_r"}}) {
    const int joint = model.skeleton.find(foot);
    ASSERT_GE(joint, 0) << foot;
    EXPECT_EQ(model.skeleton.joints[std::size_t(joint)].parent, model.skeleton.find(above));
    EXPECT_LT(place_of(model, foot).y() - ground, 0.6f * (place_of(model, above).y() - ground));
    EXPECT_GT(place_of(model, foot).y(), place_of(model, toe).y());
    // What touches the ground moves with it.
    for (Eigen::Index v = 0; v < model.mesh.verts.rows(); ++v) {
      const Vec3 off = Vec3(model.mesh.verts.row(v)) - place_of(model, toe);
      const bool on_ground = model.mesh.verts(v, 1) - ground < 0.01f && std::hypot(off.x(), off.z()) < 0.05f;
      EXPECT_TRUE(!on_ground || model.skin.joints(v, 0) == joint) << foot;
    }
    EXPECT_TRUE(std::any_of(animal->limits.begin(), animal->limits.end(),
                            [&](const JointLimit& limit) { return limit.joint == joint; }));
  }
  const auto person = auto_rig(make_person().mesh(100), {.body_plan = "human"});
  ASSERT_TRUE(person) << person.error().message;
  const Skeleton& skeleton = person->model.skeleton;
  EXPECT_EQ(skeleton.joints[std::size_t(skeleton.find("toe_l"))].parent, skeleton.find("ankle_l"));
}

TEST(AutoRig, ZUpPersonIsStoodUp) {
  const Body person = make_person();
  Mat3 turn;  // y up to z up, forward to -y
  turn << 1, 0, 0, 0, 0, -1, 0, 1, 0;
  Mesh mesh = person.mesh(100);
  mesh.verts = (mesh.verts * turn.transpose()).eval();
  const auto rig = auto_rig(mesh);
  ASSERT_TRUE(rig) << rig.error().message;
  EXPECT_EQ(rig->report.body_plan, "human") << all_lines(rig->report);
  EXPECT_EQ(rig->report.orientation, "up +z, forward -y") << all_lines(rig->report);
}

TEST(AutoRig, OpenMeshInPiecesIsRiggedAndSaidToBeRepaired) {
  const Body person = make_person();
  const Mesh whole = person.mesh(110);
  // The head cut off as a piece of its own, with a gap at the neck; a hole in the back.
  Mesh mesh = whole;
  Eigen::Index kept = 0;
  for (Eigen::Index f = 0; f < whole.faces.rows(); ++f) {
    const Vec3 c =
        (whole.verts.row(whole.faces(f, 0)) + whole.verts.row(whole.faces(f, 1)) + whole.verts.row(whole.faces(f, 2))) /
        3.0f;
    const bool neck_gap = c.y() > 1.475f && c.y() < 1.49f;
    const bool hole = c.z() < -0.05f && (c - Vec3(0, 1.2f, -0.13f)).norm() < 0.05f;
    if (!neck_gap && !hole) mesh.faces.row(kept++) = whole.faces.row(f);
  }
  mesh.faces.conservativeResize(kept, 3);
  const auto rig = auto_rig(mesh);
  ASSERT_TRUE(rig) << rig.error().message;
  expect_valid(rig->model);
  EXPECT_EQ(rig->report.body_plan, "human") << all_lines(rig->report);
  EXPECT_TRUE(rig->report.repaired);
  EXPECT_GE(rig->report.components, 2);
  EXPECT_GT(rig->report.open_edges, 10);
  EXPECT_NE(all_lines(rig->report).find("open edges"), std::string::npos);
  EXPECT_LT(joint_error(rig->model, person).first, 0.05f);
}

TEST(AutoRig, ShapeWithoutABodyPlanGetsACurveSkeleton) {
  const Mesh mesh = capsule_mesh(make_star(7), 0.03f, 110);
  const auto rig = auto_rig(mesh);
  ASSERT_TRUE(rig) << rig.error().message;
  expect_valid(rig->model);
  EXPECT_EQ(rig->report.body_plan, "none") << all_lines(rig->report);
  // Seven limbs end near the seven tips.
  const auto joints = forward_kinematics(rig->model.skeleton, rest_pose(rig->model.skeleton));
  for (int k = 0; k < 7; ++k) {
    const float angle = 6.2831853f * float(k) / 7;
    const Vec3 tip(0.93f * std::cos(angle), 0, 0.93f * std::sin(angle));
    float nearest = 1e9f;
    for (const Mat4& joint : joints) nearest = std::min(nearest, (Vec3(joint.topRightCorner<3, 1>()) - tip).norm());
    EXPECT_LT(nearest, 0.08f) << k;
  }
}

TEST(CurveSkeleton, TubeGivesOneLimbAlongItsAxis) {
  const Mesh mesh = capsule_mesh({{Vec3(0, 0, 0), Vec3(2, 0, 0), 0.1f, 0.1f}}, 0.01f, 100);
  const auto solid = voxelise(mesh, {.resolution = 100});
  ASSERT_TRUE(solid);
  const auto skeleton = curve_skeleton(build_medial_graph(solid->distance), solid->distance);
  ASSERT_TRUE(skeleton) << skeleton.error().message;
  float low = 1e9f, high = -1e9f;
  for (const Mat4& joint : forward_kinematics(*skeleton, rest_pose(*skeleton))) {
    const Vec3 p = joint.topRightCorner<3, 1>();
    EXPECT_LT(Vec3(0, p.y(), p.z()).norm(), 0.04f);
    low = std::min(low, p.x());
    high = std::max(high, p.x());
  }
  EXPECT_LT(low, 0.05f);
  EXPECT_GT(high, 1.95f);
}

TEST(AutoRig, SaysWhatIsWrong) {
  Mesh empty;
  EXPECT_NE(auto_rig(empty).error().message.find("no faces"), std::string::npos);
  const auto unknown = auto_rig(make_person().mesh(40), {.body_plan = "octopus"});
  ASSERT_FALSE(unknown);
  EXPECT_NE(unknown.error().message.find("octopus"), std::string::npos) << unknown.error().message;
  const auto upward = auto_rig(make_person().mesh(40), {.up = "z", .forward = "+z"});
  ASSERT_FALSE(upward);
  EXPECT_EQ(upward.error().code, ErrorCode::kUsage);
  CancelToken cancel;
  cancel.cancel();
  JobContext job({}, {}, {}, cancel);
  const auto cancelled = auto_rig(make_person().mesh(40), {}, &job);
  ASSERT_FALSE(cancelled);
  EXPECT_EQ(cancelled.error().code, ErrorCode::kCancelled);
}

TEST(AutoRig, SameInputGivesTheSameRig) {
  const Mesh mesh = make_animal().mesh(60);
  const auto a = auto_rig(mesh), b = auto_rig(mesh);
  ASSERT_TRUE(a && b);
  EXPECT_EQ(a->model.skin.weights, b->model.skin.weights);
  EXPECT_EQ(a->model.skin.joints, b->model.skin.joints);
  for (int j = 0; j < a->model.skeleton.size(); ++j)
    EXPECT_EQ(a->model.skeleton.joints[std::size_t(j)].rest.translation,
              b->model.skeleton.joints[std::size_t(j)].rest.translation);
}

}  // namespace
