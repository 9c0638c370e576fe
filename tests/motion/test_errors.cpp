// Errors that no other test of this layer provokes: one thing is wrong with an input that is fine otherwise.
#include "core/files.h"
#include "make_rig.h"
#include "motion/auto_rig.h"
#include "motion/chain_map.h"
#include "motion/clip_edit.h"
#include "motion/curve_skeleton.h"
#include "motion/fit.h"
#include "motion/skin_weights.h"
#include "motion/source_motion.h"
#include "motion/templates.h"
#include "motion/voxels.h"
#include "tests/errors/expect_error.h"
#include "walkers.h"
#include <functional>

namespace mp4d::test {
namespace {

using testing::make_person;
using testing::skinned;
using testing::wriggle;

const RiggedModel& person() {
  static const RiggedModel model = skinned(make_person());
  return model;
}

void expect_no_body(const std::string& text, const std::function<void(RiggedModel&)>& spoil) {
  RiggedModel model = person();
  spoil(model);
  expect_error(find_anatomy(model), text);
}

TEST(MotionErrors, ModelsThatAreNoBody) {
  expect_no_body("has no skeleton", [](RiggedModel& m) { m.skeleton = {}; });
  expect_no_body("bind matrices for", [](RiggedModel& m) { m.skin.joint_from_mesh.pop_back(); });
  expect_no_body("the skin names joint 500 of", [](RiggedModel& m) { m.skin.joints(3, 0) = 500; });
  expect_no_body("vertices or weights are not finite", [](RiggedModel& m) { m.mesh.verts(5, 1) = NAN; });
  expect_no_body("the bind matrix of joint 'spine' is not finite", [](RiggedModel& m) { m.skin.joint_from_mesh[1](0, 0) = INFINITY; });
  expect_no_body("joint 'spine' is scaled to nothing", [](RiggedModel& m) {
    m.skin.joint_from_mesh[1].setZero();
    m.skeleton.joints[1].rest.scale.setZero();
  });
}

TEST(MotionErrors, ChainsThatAreNone) {
  const auto error = [](const std::vector<NamedChain>& chains, const std::string& text) { expect_error(find_anatomy(person(), &chains), text); };
  error({{ChainRole::kTrunk, Side::kMiddle, 0, {}}}, "'trunk' has no joints");
  error({{ChainRole::kTrunk, Side::kMiddle, 0, {"spine", "hips"}}}, "'hips' does not hang on 'spine'");
  error({{ChainRole::kNeck, Side::kMiddle, 0, {"neck", "head"}}}, "the map has no trunk");
}

TEST(MotionErrors, MapsThatAreNone) {
  expect_error(map_from_text("{"), "not JSON");
  expect_error(map_from_text("[]"), "not a JSON object");
  expect_error(map_from_text(R"({"pairs": 1})"), "pairs: not a list");
  expect_error(map_from_text(R"({"source": {"neck": "neck"}})"), "chain 'neck': not a list of joint names");
  expect_error(map_from_text(R"({"source": {"neck": [1]}})"), "chain 'neck': a joint is given by its name");
  const Anatomy body = find_anatomy(person()).value();
  const auto twice = map_from_text(R"({"pairs": [{"target": "neck", "source": "neck"}, {"target": "neck", "source": "trunk"}]})");
  expect_error(to_map(twice.value(), body, body), "'neck' of the target has two partners");
}

TEST(MotionErrors, ClipsThatCannotBeRead) {
  const Anatomy body = find_anatomy(person()).value();
  Clip clip = wriggle(person().skeleton, 4, 5);
  clip.times.pop_back();
  expect_error(read_motion(person(), body, clip), "has 3 times for 4 poses");
  clip = wriggle(person().skeleton, 4, 5);
  clip.times[2] = clip.times[1];
  expect_error(read_motion(person(), body, clip), "the time of frame 2 is not after");
}

TEST(MotionErrors, ClipsWithoutACycle) {
  const RiggedModel model = make_chain(2);
  Clip clip{"step", {0, 0.03}, {rest_pose(model.skeleton), rest_pose(model.skeleton)}};
  clip.poses[1][1].rotation = turn(Vec3::UnitX(), 30);
  expect_error(loop_clip(model.skeleton, clip, {.shortest = 0.02}), "no cycle of at least 0.02 s");
}

TEST(MotionErrors, JointsOfNoSizeDoNotMoveAClip) {
  RiggedModel from = make_chain(3);
  from.skeleton.joints[2].rest.scale.setZero();
  Skeleton to = from.skeleton;
  to.joints[2].rest.scale.setOnes();
  const Clip clip{"rest", {0}, {rest_pose(from.skeleton)}};
  expect_error(move_clip(clip, from.skeleton, to), "joint 'joint2' is scaled to nothing");
}

struct FitCase {
  RiggedModel model = make_chain(2);
  MeshSequence target{model.mesh.faces, {model.mesh.verts, model.mesh.verts}, {0, 0.1}};
  FitOptions options;
};

void expect_no_fit(const std::string& text, const std::function<void(FitCase&)>& spoil) {
  FitCase fit;
  spoil(fit);
  const RiggedModel& m = fit.model;
  expect_error(fit_motion(m.skeleton, m.skin, m.mesh.verts, m.mesh.faces, fit.target, fit.options), text);
}

TEST(MotionErrors, RigsThatCannotBeFitted) {
  expect_no_fit("skeleton: no joints", [](FitCase& f) { f.model.skeleton = {}; });
  expect_no_fit("comes before its parent 1", [](FitCase& f) { f.model.skeleton.joints[0].parent = 1; });
  expect_no_fit("rest vertices; they must be equal", [](FitCase& f) { f.model.skin.weights.conservativeResize(5, 4); });
  expect_no_fit("1 bind matrices for 2 joints", [](FitCase& f) { f.model.skin.joint_from_mesh.pop_back(); });
  expect_no_fit("at least one triangle is needed", [](FitCase& f) { f.model.mesh.faces.resize(0, 3); });
  expect_no_fit("rest mesh: vertices are not finite", [](FitCase& f) { f.model.mesh.verts(0, 0) = NAN; });
  expect_no_fit("rest mesh: a face refers to vertex", [](FitCase& f) { f.model.mesh.faces(0, 0) = 100000; });
  expect_no_fit("skin: joint 9 of 2 does not exist", [](FitCase& f) { f.model.skin.joints(0, 0) = 9; });
  expect_no_fit("skin: weights must be finite and not negative", [](FitCase& f) { f.model.skin.weights(0, 0) = -1; });
  expect_no_fit("limits of joint 1: swing -1", [](FitCase& f) { f.options.limits = {{.joint = 1, .swing_max = -1}}; });
}

TEST(MotionErrors, SurfacesThatCannotBeFollowed) {
  expect_no_fit("target: no frames", [](FitCase& f) { f.target.frames.clear(); });
  expect_no_fit("target: 1 times for 2 frames", [](FitCase& f) { f.target.times.pop_back(); });
  expect_no_fit("target: frame 0 has no faces", [](FitCase& f) { f.target.faces.resize(0, 3); });
  expect_no_fit("the surface of frame 1 has no area", [](FitCase& f) { f.target.frames[1].setZero(); });
  expect_no_fit("use correspondences 'surface'", [](FitCase& f) {
    f.target.faces.conservativeResize(f.target.faces.rows() - 1, 3);
    f.options.correspondences = "index";
  });
}

TEST(MotionErrors, MeshesThatCannotBeRigged) {
  Mesh sheet;
  sheet.verts.resize(3, 3);
  sheet.verts << 0, 0, 0, 1, 0, 0, 0, 1, 0;
  sheet.faces.resize(1, 3);
  sheet.faces << 0, 1, 2;
  Mesh needle = sheet;
  needle.verts(2, 1) = 1e-6f;
  expect_error(auto_rig(needle, {.resolution = 8}), "nowhere thicker than a cell");
  expect_error(curve_skeleton({}, {}), "nowhere thicker than a cell");
  const VoxelGrid solid = voxelise(person().mesh, {.resolution = 16})->distance;
  expect_error(heat_weights(sheet, person().skeleton, solid, {.stiffness = 0}), "could not be factorised");
  sheet.verts(1, 0) = 1e12f;
  expect_error(voxelise(sheet, {}), "from the origin, at most");
}

TEST(MotionErrors, TemplatesThatAreNotThere) { expect_error(load_rig_template("/nowhere/octopus.json"), "octopus.json: cannot be read"); }

}  // namespace
}  // namespace mp4d::test
