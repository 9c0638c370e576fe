// Edits of joints, weights and clips, by themselves and through the window.
#include "../synthetic/creatures.h"
#include "app/studio/foot_contacts.h"
#include "app/studio/motion_panel.h"
#include "app/studio/rig_edit.h"
#include "app/studio/weight_edit.h"
#include "motion/filters.h"
#include "motion/kinematics.h"
#include "motion/pose_nudge.h"
#include "motion/source_motion.h"
#include "studio_fixture.h"
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QGroupBox>
#include <QPushButton>
#include <QTest>

namespace mp4d::test {
namespace {

Points shown(const Character& character, std::size_t clip, std::size_t frame) {
  return skin_linear(character.mesh->verts, *character.skin,
                     forward_kinematics(*character.skeleton, character.clips[clip]->poses[frame]));
}

Vec3 place(const Skeleton& skeleton, int joint) {
  return forward_kinematics(skeleton, rest_pose(skeleton))[joint].topRightCorner<3, 1>();
}

/// root – middle – tip along z, all three turning; the skin goes from one to the next.
Character three_joints() {
  RiggedModel model = bending_beam();
  model.skeleton.joints.push_back({"tip", 1, {}});
  model.skeleton.joints[1].rest.translation = Vec3(0, 0, 0.2f);
  model.skeleton.joints[2].rest.translation = Vec3(0, 0, 0.5f);
  model.skin.joint_from_mesh = inverse_bind(model.skeleton);
  for (Eigen::Index v = 0; v < model.mesh.verts.rows(); ++v)
    if (model.mesh.verts(v, 2) > 0.7f) model.skin.joints(v, 0) = 2, model.skin.weights.row(v) << 1, 0, 0, 0;
  for (std::size_t t = 0; t < model.clips[0].poses.size(); ++t) {
    Pose& pose = model.clips[0].poses[t];
    pose.resize(3);
    for (int j = 0; j < 3; ++j) {
      pose[j] = model.skeleton.joints[j].rest;
      pose[j].rotation = Quat(Eigen::AngleAxisf(0.1f * static_cast<float>(t) * (1 + static_cast<float>(j)), Vec3::UnitX()));
    }
  }
  return to_character(std::move(model));
}

TEST(RigEdit, ANewJointChangesNothingThatIsShown) {
  const Character before = three_joints();
  const Vec3 wanted(0.1f, 0.3f, 0.6f);
  const Character after = with_joint_added(before, 1, "new", wanted);
  ASSERT_EQ(after.skeleton->size(), 4);
  EXPECT_LT((place(*after.skeleton, 3) - wanted).norm(), 1e-5f);
  EXPECT_EQ(shown(before, 0, 5), shown(after, 0, 5));
  // Bound to it, the skin at rest stays too.
  Skin skin = *after.skin;
  skin.joints.col(0).setConstant(3);
  skin.weights.setZero();
  skin.weights.col(0).setOnes();
  const Points rest = skin_linear(after.mesh->verts, skin, forward_kinematics(*after.skeleton, rest_pose(*after.skeleton)));
  EXPECT_LT((rest - after.mesh->verts).cwiseAbs().maxCoeff(), 1e-5f);
}

TEST(RigEdit, WhatHungOnARemovedJointGoesOnAsItDid) {
  const Character before = three_joints();
  const Character after = with_joint_removed(before, 1);
  ASSERT_EQ(after.skeleton->size(), 2);
  EXPECT_EQ(after.skeleton->joints[1].name, "tip");
  EXPECT_EQ(after.skeleton->joints[1].parent, 0);
  EXPECT_LT((place(*after.skeleton, 1) - place(*before.skeleton, 2)).norm(), 1e-5f);
  for (const Eigen::Index v : {0, static_cast<int>(before.mesh->verts.rows()) - 1})  // held by the root, by the tip
    for (std::size_t t = 0; t < before.clips[0]->poses.size(); ++t)
      EXPECT_LT((shown(before, 0, t).row(v) - shown(after, 0, t).row(v)).norm(), 1e-4f);
  EXPECT_LT((after.skin->weights.rowwise().sum().array() - 1).abs().maxCoeff(), 1e-5f);
  EXPECT_LT(after.skin->joints.maxCoeff(), 2);
}

TEST(RigEdit, ARootIsOnlyLeftOutForItsOneChild) {
  const Character before = three_joints();
  EXPECT_TRUE(can_remove_joint(*before.skeleton, 0));
  const Character after = with_joint_removed(before, 0);
  EXPECT_EQ(after.skeleton->joints[0].parent, -1);
  const Points rest = skin_linear(after.mesh->verts, *after.skin, forward_kinematics(*after.skeleton, rest_pose(*after.skeleton)));
  EXPECT_LT((rest - after.mesh->verts).cwiseAbs().maxCoeff(), 1e-5f);
  EXPECT_FALSE(can_remove_joint(*with_joint_added(before, 0, "other", Vec3(0, 1, 0)).skeleton, 0));
}

TEST(RigEdit, TwinsAreFoundByNameAndMirrored) {
  Character character = three_joints();
  character = with_joint_added(character, 0, "hand.L", Vec3(0.5f, 0.2f, 0.1f));
  character = with_joint_added(character, 0, "hand.R", Vec3(-0.1f, 0, 0));
  EXPECT_EQ(twin_joint(*character.skeleton, 3), 4);
  EXPECT_EQ(twin_joint(*character.skeleton, 4), 3);
  EXPECT_EQ(twin_joint(*character.skeleton, 1), -1);
  const Character mirrored = with_twin_mirrored(character, 3);
  EXPECT_LT((place(*mirrored.skeleton, 4) - Vec3(-0.5f, 0.2f, 0.1f)).norm(), 1e-5f);
}

TEST(WeightEdit, TheBrushAddsTakesAndKeepsSums) {
  const Character c = three_joints();
  const auto weight = [](const Skin& skin, int v, int joint) {
    float sum = 0;
    for (int k = 0; k < 4; ++k) sum += skin.joints(v, k) == joint ? skin.weights(v, k) : 0;
    return sum;
  };
  const int last = static_cast<int>(c.mesh->verts.rows()) - 1;
  const Skin added = brushed(*c.skin, *c.mesh, *c.skeleton, 2, BrushMode::kAdd, {{0, 0.25f}});
  EXPECT_NEAR(weight(added, 0, 2), 0.25f, 1e-5f);
  EXPECT_NEAR(added.weights.row(0).sum(), 1, 1e-5f);
  EXPECT_EQ(weight(added, 1, 2), weight(*c.skin, 1, 2)) << "only what was touched";
  const Skin taken = brushed(*c.skin, *c.mesh, *c.skeleton, 2, BrushMode::kRemove, {{last, 0.4f}});
  EXPECT_NEAR(weight(taken, last, 2), 0.6f, 1e-5f);
  EXPECT_NEAR(weight(taken, last, 1), 0.4f, 1e-5f) << "the parent takes what is left";
}

TEST(WeightEdit, SmoothingDrawsAStepOutAndKeepsSeamsClosed) {
  RiggedModel model = to_model(three_joints());
  // A seam: the last slice twice.
  const Eigen::Index count = model.mesh.verts.rows();
  Points verts(count + 4, 3);
  verts << model.mesh.verts, model.mesh.verts.bottomRows(4);
  Skin skin = model.skin;
  skin.joints.conservativeResize(count + 4, 4);
  skin.weights.conservativeResize(count + 4, 4);
  skin.joints.bottomRows(4) = model.skin.joints.bottomRows(4);
  skin.weights.bottomRows(4) = model.skin.weights.bottomRows(4);
  Mesh mesh = model.mesh;
  mesh.verts = verts;
  std::vector<Dab> all;
  for (int v = 0; v < verts.rows(); ++v) all.push_back({v, 1});
  const Skin smooth = brushed(skin, mesh, model.skeleton, -1, BrushMode::kSmooth, all);
  const auto roughness = [&](const Skin& s) {
    const Eigen::MatrixXf dense = dense_weights(s, 3);
    float sum = 0;
    for (Eigen::Index f = 0; f < mesh.faces.rows(); ++f) sum += (dense.row(mesh.faces(f, 0)) - dense.row(mesh.faces(f, 2))).squaredNorm();
    return sum;
  };
  EXPECT_LT(roughness(smooth), 0.8f * roughness(skin));
  EXPECT_LT((smooth.weights.rowwise().sum().array() - 1).abs().maxCoeff(), 1e-5f);
  for (int k = 0; k < 4; ++k) {
    EXPECT_EQ(smooth.weights.row(count - 4 + k), smooth.weights.row(count + k));
    EXPECT_EQ(smooth.joints.row(count - 4 + k), smooth.joints.row(count + k));
  }
}

TEST(WeightEdit, OneHalfOfTheBodyIsMirroredOntoTheOther) {
  const RiggedModel walker = make_biped(40);
  const Skeleton& skeleton = walker.skeleton;
  int left = -1;
  for (int j = 0; j < skeleton.size() && left < 0; ++j)
    if (twin_joint(skeleton, j) >= 0 && forward_kinematics(skeleton, rest_pose(skeleton))[j](0, 3) > 0.01f) left = j;
  ASSERT_GE(left, 0);
  const int right = twin_joint(skeleton, left);
  Skin painted = walker.skin;  // all of the left half follows one joint
  for (Eigen::Index v = 0; v < painted.joints.rows(); ++v) {
    if (walker.mesh.verts(v, 0) <= 0) continue;
    painted.joints.row(v) << left, 0, 0, 0;
    painted.weights.row(v) << 1, 0, 0, 0;
  }
  const Skin mirrored = mirrored_weights(painted, walker.mesh, skeleton, left);
  int counted = 0;
  const float far = 0.05f * bounds(walker.mesh.verts).diagonal().norm();
  for (Eigen::Index v = 0; v < mirrored.joints.rows(); ++v) {
    EXPECT_NEAR(mirrored.weights.row(v).sum(), 1, 1e-5f);
    if (walker.mesh.verts(v, 0) > 0) {
      EXPECT_EQ(mirrored.joints.row(v), painted.joints.row(v)) << "the half that is right stays";
    }
    if (walker.mesh.verts(v, 0) > -far) continue;
    EXPECT_EQ(mirrored.joints(v, 0), right);
    ++counted;
  }
  EXPECT_GT(counted, 10);
}

TEST(FootContacts, AreWhereTheFeetAreDown) {
  const RiggedModel walker = make_biped(40);
  const Character character = to_character(walker);
  const std::vector<FootContacts> feet = foot_contacts(character, walker.clips[0]);
  ASSERT_EQ(feet.size(), 2u);
  EXPECT_EQ(feet[0].leg, "leg left");
  const double length = walker.clips[0].times.back() - walker.clips[0].times.front();
  for (const FootContacts& foot : feet) {
    double down = 0;
    for (const auto& [from, to] : foot.spans) {
      EXPECT_LE(from, to);
      down += to - from;
    }
    EXPECT_GT(down, 0.2 * length) << foot.leg;
    EXPECT_LT(down, 0.95 * length) << foot.leg << ": it steps";
  }
  EXPECT_TRUE(foot_contacts(three_joints(), *three_joints().clips[0]).empty()) << "a beam has none";
}

TEST(PoseNudge, TurnsFullyAtItsMomentAndNotBeyondItsReach) {
  Clip clip{"still", {0.0, 2.0}, {}};
  clip.poses.assign(2, Pose(2));
  const Quat turn(Eigen::AngleAxisf(0.8f, Vec3::UnitY()));
  const Clip nudged = nudge_joint(clip, 1, 1.0, turn, 0.3);
  EXPECT_EQ(nudged.times.front(), 0);
  EXPECT_EQ(nudged.times.back(), 2);
  EXPECT_NEAR(sample_clip(nudged, 1.0)[1].rotation.angularDistance(turn), 0, 1e-4);
  EXPECT_EQ(sample_clip(nudged, 1.0)[0].rotation.angularDistance(Quat::Identity()), 0);
  for (const double away : {0.5, 1.5}) EXPECT_NEAR(sample_clip(nudged, away)[1].rotation.angularDistance(Quat::Identity()), 0, 1e-5);
  const Clip at_the_end = nudge_joint(clip, 1, 5.0, turn, 0.3);
  EXPECT_NEAR(at_the_end.poses.back()[1].rotation.angularDistance(turn), 0, 1e-4);
}

struct Panels : Studio {
  std::unique_ptr<Workspace> workspace;
  std::unique_ptr<MainWindow> window;

  void SetUp() override {
    workspace = std::make_unique<Workspace>(settings, folders);
    window = std::make_unique<MainWindow>(*workspace, dialogs());
    window->show();
    open(*workspace, beam_file());
  }
  void TearDown() override {
    window.reset();
    workspace.reset();
  }
  template <class Widget>
  Widget* find(const char* name) {
    auto* found = window->findChild<Widget*>(QLatin1String(name));
    EXPECT_NE(found, nullptr) << name;
    return found;
  }
  const Clip& clip() { return *workspace->clip(); }
  int steps() { return workspace->document.history()->count(); }
};

TEST_F(Panels, SmoothingIsSeenWhileTheValueChangesAndIsOneStep) {
  const Clip before = clip();
  auto* cutoff = find<QDoubleSpinBox>("smoothCutoff");
  cutoff->setValue(4);
  cutoff->setValue(2);
  const Clip expected = *mp4d::smooth_clip(before, 2);
  ASSERT_EQ(clip().poses.size(), expected.poses.size());
  for (std::size_t t = 0; t < expected.poses.size(); ++t)
    EXPECT_EQ(clip().poses[t][1].rotation.coeffs(), expected.poses[t][1].rotation.coeffs()) << "of the clip as it was, not twice";
  EXPECT_EQ(steps(), 1);
  workspace->document.history()->undo();
  EXPECT_EQ(cutoff->value(), 0);
  EXPECT_EQ(clip().poses[3][1].rotation.coeffs(), before.poses[3][1].rotation.coeffs());
}

TEST_F(Panels, TheChosenJointIsTurnedAtTheTimeShown) {
  workspace->select_joint(1);
  workspace->playback.seek(workspace->playback.duration() / 2);
  const Quat before = workspace->pose()[1].rotation;
  find<QDoubleSpinBox>("turn0")->setValue(30);
  find<QDoubleSpinBox>("turn0")->setValue(40);
  EXPECT_NEAR(workspace->pose()[1].rotation.angularDistance(before), 40 * M_PI / 180, 1e-3);
  EXPECT_EQ(steps(), 1);
}

TEST_F(Panels, LimitsAreSetKeptInProjectsAndHold) {
  workspace->select_joint(1);
  auto* box = find<QGroupBox>("limitBox");
  EXPECT_FALSE(box->isChecked());
  box->setChecked(true);
  find<QDoubleSpinBox>("limitSwing")->setValue(15);
  ASSERT_NE(workspace->limit_of(1), nullptr);
  EXPECT_EQ(steps(), 1) << "one joint's limit is one step";
  workspace->rename_joint(1, "head");
  ASSERT_NE(workspace->limit_of(1), nullptr) << "it goes with the name";
  ASSERT_TRUE(save_project(folder / "p.mp4d", workspace->state(), nullptr));
  const auto loaded = load_project(folder / "p.mp4d");
  ASSERT_TRUE(loaded) << loaded.error().message;
  ASSERT_EQ(loaded->limits.count("head"), 1u);
  EXPECT_NEAR(loaded->limits.at("head").swing_max, 15 * M_PI / 180, 1e-6);
  const Quat rest = workspace->state().character.skeleton->joints[1].rest.rotation;
  const auto most = [&] {
    float angle = 0;
    for (const Pose& pose : clip().poses) angle = std::max(angle, pose[1].rotation.angularDistance(rest));
    return angle * 180 / static_cast<float>(M_PI);
  };
  EXPECT_GT(most(), 40);
  find<QPushButton>("keepLimits")->click();
  EXPECT_NEAR(most(), 15, 0.01);
  workspace->playback.seek(0);
  find<QDoubleSpinBox>("turn0")->setValue(60);
  EXPECT_NEAR(most(), 15, 0.01) << "turning ends at the limit";
  box->setChecked(false);
  EXPECT_EQ(workspace->limit_of(1), nullptr);
}

TEST_F(Panels, ClipsAreCutAndSampledAnew) {
  const double length = workspace->playback.duration();
  workspace->playback.set_range(0.25 * length, 0.75 * length);
  find<QPushButton>("cutToRange")->click();
  EXPECT_NEAR(workspace->playback.duration(), length / 2, 1e-6);
  find<QDoubleSpinBox>("keyRate")->setValue(100);
  find<QPushButton>("applyRate")->click();
  EXPECT_NEAR(clip().times[1] - clip().times[0], 0.01, 1e-6);
  find<QComboBox>("rootMode")->setCurrentIndex(0);
  find<QPushButton>("applyRoot")->click();
  ASSERT_TRUE(wait_for(workspace->job));
  EXPECT_EQ(workspace->issues.count(Issues::Severity::kError), 0) << issues(*workspace);
  find<QPushButton>("makeLoop")->click();
  ASSERT_TRUE(wait_for(workspace->job));
  EXPECT_LE(workspace->issues.count(Issues::Severity::kError), 1);  // a bend that does not come back is no cycle, and is said
}

TEST_F(Panels, FeetAtRestAreHeld) {
  RiggedModel walker = make_biped(40);
  Clip& clip = walker.clips[0];
  for (std::size_t t = 0; t < clip.poses.size(); ++t)  // the whole body shakes, and its feet with it
    clip.poses[t][0].translation.x() += t % 2 ? 0.01f : -0.01f;
  ASSERT_TRUE(write_glb(folder / "walker.glb", walker));
  open(*workspace, folder / "walker.glb");
  const auto shake = [&] {
    const Character& c = workspace->state().character;
    const RiggedModel model = to_model(c);
    const auto body = find_anatomy(model);
    const auto motion = read_motion(model, *body, *c.clips[0]);
    double sum = 0;
    for (const FootTrack& foot : motion->feet)
      for (std::size_t t = 1; t < foot.sole.size(); ++t)
        if (foot.down[t] && foot.down[t - 1]) sum += std::abs(foot.sole[t].x() - foot.sole[t - 1].x());
    return sum;
  };
  const double before = shake();
  find<QPushButton>("holdFeet")->click();
  ASSERT_TRUE(wait_for(workspace->job));
  EXPECT_EQ(workspace->issues.count(Issues::Severity::kError), 0) << issues(*workspace);
  EXPECT_EQ(steps(), 1);
  EXPECT_LT(shake(), 0.7 * before);
}

TEST_F(Panels, JointsAreAddedMirroredAndRemovedAndUndone) {
  workspace->select_joint(1);
  find<QPushButton>("addJoint")->click();
  ASSERT_EQ(workspace->state().character.skeleton->size(), 3);
  EXPECT_EQ(workspace->selected_joint(), 2);
  find<QPushButton>("mirrorJoint")->click();
  EXPECT_EQ(workspace->issues.count(Issues::Severity::kError), 1) << "it has no twin, and that is said";
  workspace->select_joint(1);
  find<QPushButton>("removeJoint")->click();
  EXPECT_EQ(workspace->state().character.skeleton->size(), 2);
  workspace->document.history()->undo();
  workspace->document.history()->undo();
  EXPECT_EQ(workspace->state().character.skeleton->size(), 2);
  EXPECT_EQ(workspace->state().character.skeleton->joints[1].name, "front");
}

TEST_F(Panels, WeightsArePaintedInTheViewAndMadeAnew) {
  workspace->select_joint(1);
  find<QComboBox>("brushMode")->setCurrentIndex(1);
  find<QDoubleSpinBox>("brushRadius")->setValue(200);  // the beam has few vertices
  ASSERT_TRUE(window->viewport().brush());
  EXPECT_EQ(window->viewport().view().look, SurfaceLook::kWeights);
  const Skin before = *workspace->state().character.skin;
  auto* canvas = find<QWidget>(window->viewport().uses_gl() ? "glCanvas" : "cpuCanvas");
  window->viewport().look_from(1.5f, 0.1f);
  const ViewFrame frame = window->viewport().frame(window->viewport().size());
  const Vec3 at = project(frame.camera, Vec3::Zero());  // inside the beam
  const QPoint middle(static_cast<int>(at.x()), static_cast<int>(at.y()));
  QTest::mousePress(canvas, Qt::LeftButton, {}, middle);
  QTest::mouseMove(canvas, middle + QPoint(12, 0));
  QMouseEvent move(QEvent::MouseMove, middle + QPoint(15, 0), canvas->mapToGlobal(middle + QPoint(15, 0)), Qt::NoButton, Qt::LeftButton, {});
  QApplication::sendEvent(canvas, &move);
  QTest::mouseRelease(canvas, Qt::LeftButton, {}, middle + QPoint(15, 0));
  const Skin& after = *workspace->state().character.skin;
  EXPECT_GT(dense_weights(after, 2).col(1).sum(), dense_weights(before, 2).col(1).sum() + 0.1f);
  EXPECT_EQ(steps(), 1) << "a stroke is one step";
  find<QPushButton>("weightsAnew")->click();
  ASSERT_TRUE(wait_for(workspace->job));
  EXPECT_EQ(steps(), 2) << issues(*workspace);
  EXPECT_LT((workspace->state().character.skin->weights.rowwise().sum().array() - 1).abs().maxCoeff(), 1e-5f);
}

}  // namespace
}  // namespace mp4d::test
