// Errors that no other test of this layer provokes: one thing is wrong with an input that is fine otherwise.
#include "core/blob.h"
#include "core/files.h"
#include "core/rng.h"
#include "io/export.h"
#include "io/frames.h"
#include "io/model_io.h"
#include "motion/kinematics.h"
#include "reconstruction/appearance/image_mesh.h"
#include "reconstruction/articulated/evidence.h"
#include "reconstruction/articulated/guess.h"
#include "reconstruction/articulated/guess_meshes.h"
#include "reconstruction/articulated/medial_template.h"
#include "reconstruction/articulated/metrics.h"
#include "reconstruction/articulated/motion_score.h"
#include "reconstruction/articulated/own_template.h"
#include "reconstruction/articulated/phase1.h"
#include "reconstruction/articulated/reconstruct.h"
#include "reconstruction/field/field_checkpoint.h"
#include "reconstruction/field/field_mesh.h"
#include "reconstruction/field/field_run.h"
#include "reconstruction/field/field_trainer.h"
#include "reconstruction/field/field_view.h"
#include "reconstruction/field/image_metrics.h"
#include "reconstruction/field/s3im.h"
#include "reconstruction/human/body_garment.h"
#include "reconstruction/human/body_generator.h"
#include "reconstruction/human/body_json.h"
#include "reconstruction/human/human_generate.h"
#include "reconstruction/human/makehuman_archive.h"
#include "reconstruction/human/makehuman_files.h"
#include "reconstruction/human/mannequin.h"
#include "reconstruction/human/model_joints.h"
#include "reconstruction/human/motion_poses.h"
#include "reconstruction/human/pose_library.h"
#include "reconstruction/human/scans.h"
#include "tests/errors/expect_error.h"
#include "tests/errors/variable.h"
#include "tests/synthetic/field_scenes.h"
#include <cmath>
#include <cstdlib>
#include <functional>
#include <nlohmann/json.hpp>

namespace mp4d::test {
namespace {

namespace fs = std::filesystem;

class ReconstructionErrors : public testing::Test {
 protected:
  fs::path put(const std::string& name, const std::string& bytes) const {
    EXPECT_TRUE(make_folder((*this / name).parent_path()));
    EXPECT_TRUE(write_atomically(*this / name, bytes));
    return *this / name;
  }
  fs::path operator/(const std::string& name) const { return folder_.path() / name; }

  TempFolder folder_ = TempFolder::create().value();
};

TEST_F(ReconstructionErrors, Orders) {
  const auto error = [&](const std::string& text, const std::function<void(ReconstructInput&, ReconstructOptions&)>& spoil) {
    ReconstructInput input;
    input.clip = put("clip.mp4", "not looked into");
    ReconstructOptions options;
    spoil(input, options);
    expect_error(check_reconstruction(input, options), text);
  };
  const fs::path triangle = put("guess.obj", "v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3\n");
  error("is a single model", [&](auto& input, auto&) { input.clip = triangle; });
  error("is JSON, not a clip", [&](auto& input, auto&) { input.clip = put("job.json", "{}"); });
  error("is neither a mesh", [&](auto& input, auto&) { input.guess = input.clip; });
  error("drop --no-free-form", [&](auto& input, auto& options) { input.guess = triangle, options.free_form = false; });
  error("drop --no-guess-pull", [&](auto& input, auto& options) { input.guess = triangle, options.guess_pull = false; });
  error("--no-phase2 leaves phase 2 out", [](auto&, auto& options) { options.reference = true, options.phase2 = false; });
  error("--carry-masks: carries the masks", [](auto&, auto& options) { options.carry_masks = true; });
  error("belongs to phase 1's free form", [](auto&, auto& options) { options.free_form = options.guess_pull = false; });
  error("neither the coarse guess nor the reference phase 2", [](auto&, auto& options) { options.free_form = options.phase2 = options.dynamic_rigidity = false; });
  error("neither the coarse guess nor the reference phase 2", [](auto&, auto& options) {
    options.reference = true;
    options.free_form = options.global_local_chamfer = false;
  });
  for (const char* wrong : {"0.5", "0.5,2", "0.5,0.5,", "0.5,0.5,-1", "0.5,0.5,3x"})
    error("or X,Y,FRAME with the frame's number", [&](auto&, auto& options) { options.subject = wrong; });
  error("--landmarks: are of people's joints", [](auto&, auto& options) { options.landmarks = true, options.category = "quadruped"; });
  error("--guess-surface generator: makes people", [](auto&, auto& options) { options.guess_surface = "generator", options.category = "bird"; });
  error("--guess-words: tell the generator", [](auto&, auto& options) { options.guess_words = "a tall man"; });
  const Variable nothing_installed("XDG_DATA_HOME", folder_.path());
  error("--landmarks: the pose network is not installed", [](auto&, auto& options) { options.landmarks = true, options.category = "human"; });
  error("--no-phase2: with --category still", [](auto&, auto& options) { options.category = "still", options.phase2 = false; });
  put("meshes/0.obj", read_file(triangle).value());
  error("--category still: ", [&](auto& input, auto& options) { input.clip = *this / "meshes", options.category = "still"; });
  error("the reference phase 2 has no such terms", [&](auto& input, auto& options) {
    input.clip = *this / "meshes", options.reference = true, options.dynamic_rigidity = false;
  });
  error("--masks: ", [&](auto& input, auto&) { input.clip = *this / "meshes", input.masks = *this / "meshes"; });
}

TEST_F(ReconstructionErrors, Guesses) {
  const std::vector<Mask> black(2, Mask(32, 32, 1));
  expect_error(inflate_silhouette(black, 0.8f, 32), "masks: no frame shows the subject");
  Mask stripes(240, 240, 1);  // of an interlaced film
  for (int y = 1; y < stripes.height; y += 2) std::fill_n(&stripes.at(0, y), stripes.width, 255);
  expect_error(inflate_silhouette({stripes}, 0.8f, 32), "masks: the subject is nowhere 2 pixels thick");
  put("meshes/0.obj", "v 0 0 0\nv 0 0 0\nv 0 0 0\nf 1 2 3\n");
  expect_error(read_guess_meshes(*this / "meshes", 5), "1 meshes for 5 frames");
  expect_error(read_guess_meshes(*this / "meshes/0.obj", 5), "mesh 0 has no surface");
}

TEST_F(ReconstructionErrors, TooManyLimbs) {
  Mask comb(160, 160, 1);  // with teeth up and down
  for (int y = 0; y < comb.height; ++y)
    for (int x = 0; x < comb.width; ++x)
      comb.at(x, y) = (std::abs(y - 80) < 6 && x > 4 && x < 156) || (std::abs(y - 80) < 50 && x > 4 && x < 156 && x % 14 < 6) ? 255 : 0;
  expect_error(own_template({comb}, 0.6f), "joints, 40 at most can be followed");
}

TEST_F(ReconstructionErrors, ShotsOfOneFrame) {
  for (const std::uint64_t seed : {1, 2}) {
    Image noise(64, 64, 3);
    for (std::size_t i = 0; i < noise.data.size(); ++i) noise.data[i] = static_cast<std::uint8_t>(rng::integer(seed, 0, i, 256));
    fs::create_directory(*this / "clip");
    ASSERT_TRUE(write_image(*this / fmt::format("clip/{}.png", seed), noise));
  }
  ReconstructInput input;
  input.clip = *this / "clip";
  ReconstructOptions options;
  options.shots = "longest";
  const StageCache cache = StageCache::open(*this / "cache").value();
  nlohmann::json report;
  expect_error(gather_evidence(input, options, cache, report, nullptr), "(1 frames); a motion needs at least 2");
}

TEST_F(ReconstructionErrors, AFrameThatTheSubjectCannotBeIn) {
  fs::create_directory(*this / "clip");
  for (const char* name : {"0.png", "1.png"}) ASSERT_TRUE(write_image(*this / "clip" / name, Image(64, 64, 3)));
  ReconstructInput input;
  input.clip = *this / "clip";
  ReconstructOptions options;
  options.subject = "0.5,0.5,2";
  const StageCache cache = StageCache::open(*this / "cache").value();
  nlohmann::json report;
  expect_error(gather_evidence(input, options, cache, report, nullptr), "there is no frame 2; the chosen range has 2");
}

TEST_F(ReconstructionErrors, PicturesOfThinThings) {
  for (const bool upright : {true, false}) {
    Image line(upright ? 40 : 1600, upright ? 1600 : 40, 4);
    for (int y = 4; y < line.height - 4; ++y)
      for (int x = 4; x < line.width - 4; ++x)
        if (std::abs((upright ? x : y) - 20) < 2) line.at(x, y, 3) = 255;
    ASSERT_TRUE(write_image(*this / "line.png", line));
    ImageMeshOptions options;
    options.detail = 32;
    expect_error(mesh_from_image(*this / "line.png", options), "the subject is nowhere thicker than");
  }
}

TEST_F(ReconstructionErrors, DamagedInstallation) {
  put("medial/none.json", "{}");
  const Variable assets("MP4D_ASSETS", folder_.path());
  expect_error(load_medial_template("none"), "none.json: not a medial template");
}

/// A skeleton of a trunk alone.
RiggedModel worm() {
  RiggedModel model;
  model.name = "worm";
  for (int j = 0; j < 4; ++j) {
    model.skeleton.joints.push_back({"spine_" + std::to_string(j), j - 1, {}});
    model.skeleton.joints.back().rest.translation = Vec3(0, 0, 0.3f);
  }
  return model;
}

TEST(MetricErrors, Motions) {
  const RiggedModel model = worm();
  const std::vector<Pose> poses(3, rest_pose(model.skeleton));
  expect_error(score_motion(model, poses, model, {}), "the result has 3 poses, the truth 0");
  expect_error(score_motion(model, poses, model, poses), "no limb of 'worm' is one of 'worm'");
}

TEST(MetricErrors, Sequences) {
  Points corners(3, 3);
  corners << 0, 0, 0, 1, 0, 0, 0, 1, 0;
  Faces face(1, 3);
  face << 0, 1, 2;
  const MeshSequence truth{face, {corners}, {0}};
  Points wrong = corners;
  wrong(0, 0) = NAN;
  Faces outside(1, 3);
  outside << 0, 1, 7;
  MetricOptions few;
  few.samples = 5;
  expect_error(score_sequence({corners}, {face}, {face, {}, {}}, {}), "truth: no frames");
  expect_error(score_sequence({corners, corners}, {face}, truth, {}), "result has 2 frames, the truth 1");
  expect_error(score_sequence({corners}, {face, face}, truth, {}), "result has 2 face lists for 1 frames");
  expect_error(score_sequence({corners}, {face}, truth, few), "samples = 5");
  expect_error(score_sequence({Points(0, 3)}, {face}, truth, {}), "frame 0 has 0 vertices");
  expect_error(score_sequence({wrong}, {face}, truth, {}), "has vertices that are not finite numbers");
  expect_error(score_sequence({corners}, {outside}, truth, {}), "has a triangle with vertex 7");
  expect_error(score_sequence({Points::Zero(3, 3)}, {face}, truth, {}), "frame 0 has no area");
}

TEST(MetricErrors, Images) {
  const ImageF small(20, 20, 3);
  ImageF wrong = small;
  wrong.data[5] = NAN;
  expect_error(psnr(small, ImageF(20, 21, 3)), "cannot be compared; render at the truth's size");
  expect_error(psnr(ImageF(), ImageF()), "images to compare are empty");
  expect_error(psnr(ImageF(20, 20, 4), ImageF(20, 20, 4)), "images to compare have 4 channels");
  expect_error(psnr(wrong, small), "the scored image holds a value that is not finite");
  expect_error(ssim(ImageF(5, 5, 3), ImageF(5, 5, 3), SsimVariant::kMipNerf), "are too small for SSIM");
}

TEST_F(ReconstructionErrors, Fields) {
  expect_error(load_field(*this / "absent.field"), "no trained field there");
  expect_error(load_field(put("a.field", "something else")), "not a field of this version");
}

TEST(FieldErrors, Options) {
  FieldSceneOptions size;
  size.width = 16, size.height = 12, size.views = 6, size.supersample = 1;
  const PosedScene room = make_room(size);
  const auto error = [&](const std::string& text, const std::function<void(FieldTrainOptions&)>& spoil) {
    FieldTrainOptions options;
    options.resolution = 16;
    spoil(options);
    const auto trainer = FieldTrainer::create(room, options);
    ASSERT_FALSE(trainer) << text;
    EXPECT_NE(trainer.error().message.find(text), std::string::npos) << trainer.error().message;
  };
  error("option 's3im-weight': 'much' is not auto or a number", [](auto& o) { o.s3im_weight = "much"; });
  error("option 'resolution': 3 must be 0", [](auto& o) { o.resolution = 3; });
  error("hexplane: the pictures have no times", [](auto& o) { o.field = "hexplane"; });
  error("--refine-poses: is for fields of voxels", [](auto& o) { o.field = "tensorf", o.refine_poses = true; });
  error("--degree: a network takes the place", [](auto& o) { o.field = "dvgo", o.degree = 2; });
  error("--contract: distances have no meaning", [](auto& o) { o.field = "sdf", o.contract = "on"; });
  error("option 'bounds': 'here' is not auto", [](auto& o) { o.bounds = "here"; });
  PosedScene masked = room;
  for (PosedView& view : masked.views) view.mask = Mask(16, 12, 1, 0);
  expect_error(FieldTrainer::create(masked, {}), "no pixel is left to train on");
  S3im s3im = S3im::create({.permutations = 1000, .window = 16}).value();
  const std::vector<float> colours(3 * 9000, 0.5f);
  expect_error(s3im.evaluate(std::span<const float>(colours), std::span<const float>(colours), 1, 1, std::span<float>()),
               "9000 rays in 1000 permutations are too many");
}

TEST_F(ReconstructionErrors, TrainedFields) {
  FieldSceneOptions size;
  size.width = 16, size.height = 12, size.views = 6, size.supersample = 1;
  const PosedScene room = make_room(size);
  FieldTrainOptions options;
  options.resolution = 16;
  options.steps = 2;
  options.refine_poses = true;
  const auto train = [&] { return train_field(room, "room", options, {}, folder_.path()); };
  ASSERT_TRUE(train());
  FieldCheckpoint saved = load_field(*this / kFieldFile).value();
  std::vector<Camera> cameras;
  for (const PosedView& view : room.views) cameras.push_back(view.camera);
  FieldMeshOptions all;
  all.least_views = 1000;
  expect_error(field_mesh(saved.field, cameras, 0.1f, Vec3::Zero(), all), "the field has no surface that enough pictures see");
  PosedScene seen = room;
  for (PosedView& view : seen.views) view.held_out = false;
  expect_error(score_field(saved.field, seen, {}, Vec3::Zero()), "no view of the scene is held out");
  auto& poses = saved.about["state"]["poses"];
  ASSERT_GT(poses.size(), 18u);
  poses.erase(poses.begin(), poses.begin() + 18);  // those of one camera
  ASSERT_TRUE(save_field(*this / kFieldFile, saved));
  expect_error(train(), "scene.field: holds poses of other cameras");
}

TEST_F(ReconstructionErrors, HostileFields) {
  FieldSceneOptions size;
  size.width = 16, size.height = 12, size.views = 6, size.supersample = 1;
  const PosedScene room = make_room(size);
  FieldTrainOptions options;
  options.resolution = 16;
  options.steps = 2;
  options.exposure = true;
  const auto train = [&] { return train_field(room, "room", options, {}, folder_.path()); };
  ASSERT_TRUE(train());
  const FieldCheckpoint sound = load_trained_field(*this / kFieldFile).value();
  const auto saved = [&](const std::function<void(FieldCheckpoint&)>& spoil) {
    FieldCheckpoint spoilt = sound;
    spoil(spoilt);
    ASSERT_TRUE(save_field(*this / kFieldFile, spoilt));
  };
  const auto error = [&](const char* key, const nlohmann::json& value, const std::string& text) {
    saved([&](auto& field) {
      if (value.is_discarded()) field.about.erase(key);
      else field.about[key] = value;
    });
    expect_error(load_trained_field(*this / kFieldFile), text);
    expect_error(train(), text);  // goes on with it
  };
  const auto absent = nlohmann::json::parse("", nullptr, false);
  for (const char* key : {"near", "background", "centre", "up", "inside", "s3im_weight", "scene", "curve"})
    error(key, absent, fmt::format("scene.field: '{}' is missing or not what field train writes", key));
  error("near", "close", "'near'");
  error("background", nlohmann::json::array(), "'background'");
  error("centre", {1e30, 0, 0}, "'centre'");
  error("up", {0, 0, 0}, "'up'");
  error("scene", {{"path", 3}, {"hold-out", 8}, {"max-side", 0}}, "'scene'");
  error("curve", {{{"step", 1}, {"seconds", "two"}}}, "'curve'");
  error("cameras", absent, "scene.field: cameras: no cameras");
  error("cameras", {{"frames", nlohmann::json::array()}}, "'cameras' has no frames");

  const auto state_error = [&](const char* key, const nlohmann::json& value, const std::string& text) {
    saved([&](auto& field) { field.about["state"][key] = value; });
    expect_error(train(), text);
  };
  for (const char* key : {"step", "level", "next_update", "exposures", "exposure_squares", "seconds", "next_report", "poses"})
    state_error(key, "many", "the state of its training is damaged");
  state_error("next_report", -1e9, "the state of its training is damaged");
  nlohmann::json exposures = sound.about["state"]["exposures"];
  ASSERT_GT(exposures.size(), 1u);
  exposures.erase(exposures.size() - 1);
  state_error("exposures", exposures, "is not of this training");
  exposures.push_back({1});
  state_error("exposures", exposures, "the state of its training is damaged");
  state_error("level", 7, "is not of this training");
  state_error("level", -1, "is not of this training");
  saved([](auto& field) { field.about.erase("state"); });
  expect_error(train(), "the state of its training is damaged");
  GridLayout other;
  other.box = {Vec3::Zero(), Vec3::Ones()};
  other.resolution = 4;
  saved([&](auto& field) { field.field = make_grid_field(other, 0); });
  expect_error(train(), "is not of this training");
  saved([](auto& field) { field.field.origin = Vec3(3e38f, -3e38f, 0), field.field.cell = 1e-38f; });
  const auto odd = load_trained_field(*this / kFieldFile);
  ASSERT_TRUE(odd) << odd.error().message;
  EXPECT_EQ(render_field(odd->field, room.views[0].camera, {}, {}, Vec3::Zero()).colour.width, 16);  // and reads nothing beyond its voxels
  saved([](auto&) {});
  EXPECT_TRUE(train());
}

TEST_F(ReconstructionErrors, MakeHumanObj) {
  const auto error = [&](const char* bytes, const char* text) { expect_error(human::read_obj_groups(put("a.obj", bytes)), text); };
  error("v 0 0\n", "line 1: expected three coordinates");
  error("v 0 0 0\nf 1 2 3\n", "line 2: expected vertices that were given above");
  error("v 0 0 0\nf 1 1\n", "expected a face of three vertices or more");
  error("v 0 0 0\n", "no faces; unpack the MakeHuman data again");
}

TEST_F(ReconstructionErrors, MakeHumanTargetsAndWeights) {
  expect_error(human::read_morph_target(put("a.target", "9 0 0 0\n"), 3), "expected a vertex of the base mesh and its offset");
  expect_error(human::read_bone_weights(put("a.mhw", "[]"), 3), "not a file of bone weights");
  expect_error(human::read_bone_weights(put("a.mhw", R"({"weights": {"Hips": [[9, 1]]}})"), 3), "bone Hips: expected pairs");
}

TEST_F(ReconstructionErrors, MakeHumanBody) {
  fs::create_directory(*this / "makehuman_extra");
  const std::string triangle = "v 0 0 0\nv 1 0 0\nv 0 1 0\n";
  put("makehuman/data/3dobjs/base.obj", triangle + "g other\nf 1 2 3\n");
  expect_error(human::load_body_generator(folder_.path()), "the vertices of group body must be the first");
  put("makehuman/data/3dobjs/base.obj", triangle + "g body\nf 1 2 3\n");
  expect_error(human::load_body_generator(folder_.path()), "base.obj: no group joint-");
}

TEST_F(ReconstructionErrors, MakeHumanArchives) {
  put("nothing", "");
  for (const char* name : {"makehuman_data_cc0.tar.xz", "clothes_hair_poses_rigs_cc0.tar.xz"}) {
    const std::string command = fmt::format("tar -C '{0}' -cJf '{0}/{1}' nothing", folder_.path().string(), name);
    ASSERT_EQ(std::system(command.c_str()), 0);
  }
  {
    const Variable cache("XDG_CACHE_HOME", *this / "nothing");
    expect_error(human::makehuman_folder(folder_.path()), "XDG_CACHE_HOME says where it lies");
  }
  const Variable cache("XDG_CACHE_HOME", *this / "cache");
  expect_error(human::makehuman_folder(folder_.path()), "the archives do not hold makehuman and makehuman_extra");
}

TEST_F(ReconstructionErrors, MakeHumanClothes) {
  const std::string spans = "obj_file a.obj\nx_scale 0 1 1\ny_scale 0 1 1\nz_scale 0 1 1\n", places = "verts 0\n0 1 2 1 0 0 0 0 0\n";
  const auto error = [&](const std::string& bytes, const char* text) { expect_error(human::read_clothes(put("a.mhclo", bytes), 3), text); };
  error("x_scale 0 9 1\n", "expected two vertices of the base mesh and a length");
  error("verts 0\n0 1 9 1 0 0 0 0 0\n", "expected three vertices of the base mesh, three weights and an offset");
  error(spans + places + "delete_verts\n9\n", "expected vertices of the base mesh");
  error(places, "obj_file, x_scale, y_scale, z_scale or the vertices are missing");
  put("a.obj", "v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3\n");
  expect_error(human::Garment::load(put("a.mhclo", spans + places), Points::Zero(3, 3), std::vector<human::JointWeights>(3)), "places 1 vertices, but");
  expect_error(human::joint_weights({{"Fin", {{0, 1.0f}}}}, 1), "weights of an unknown bone Fin");
}

TEST_F(ReconstructionErrors, Joints) {
  const auto error = [&](const char* bytes, const char* text) { expect_error(human::read_joints(put("a.json", bytes)), text); };
  error("[1, 2]", "expected joints as an object of 24 positions by name");
  error(R"({"pelvis": [0, 0, 0]})", "no joint ");
  human::Joints joints = human::Joints::Zero();
  expect_error(human::check_joints(joints), "joints are in metres, 0.2 to 4");
  const human::Joints person = human::average_joints({});
  joints = person;
  joints.row(22) = person.row(20) + 3 * (person.row(22) - person.row(20));
  joints.row(20) = person.row(18) + 3 * (person.row(20) - person.row(18));
  const auto unequal = human::check_joints(joints);
  ASSERT_FALSE(unequal);
  EXPECT_NE(unequal.error().message.find("differ twofold"), std::string::npos) << unequal.error().message;
  nlohmann::json far = nlohmann::json::array();
  for (int j = 0; j < 24; ++j) far.push_back({1e39, 0, 0});
  error(far.dump().c_str(), " is not finite");
  joints(0, 0) = NAN;
  expect_error(human::check_joints(joints), "a joint is not a finite number");
  expect_error(human::named_pose("handstand"), "no pose is named handstand; choose one of");
}

TEST(HumanErrors, SkeletonsOfOthers) {
  expect_error(human::poses_of_clip(worm()), "worm has 0 clips, none of number 0");
  expect_error(human::joints_of_model(worm()), "not a person's skeleton");
}

TEST_F(ReconstructionErrors, Scans) {
  expect_error(human::list_scans(*this / "absent"), "no such folder");
  expect_error(human::list_scans(folder_.path()), "no scans; put meshes");
  put("one/one.obj", "");
  put("one/one.ply", "");
  expect_error(human::list_scans(folder_.path()), "several meshes (one.obj, one.ply)");
}

TEST_F(ReconstructionErrors, ScansWithOtherJoints) {
  RiggedModel model = worm();
  model.mesh.verts = Points::Random(3, 3);
  model.mesh.faces.resize(1, 3);
  model.mesh.faces << 0, 1, 2;
  model.skin.joints.setZero(3, 4);
  model.skin.weights.setZero(3, 4);
  model.skin.weights.col(0).setOnes();
  model.skin.joint_from_mesh = inverse_bind(model.skeleton);
  ASSERT_TRUE(write_glb(*this / "worm.glb", model));
  const auto scan = [&] { return human::read_scan(human::list_scans(folder_.path()).value().front()); };
  expect_error(scan(), "worm.glb: not a person's skeleton");
  nlohmann::json joints = nlohmann::json::array();
  for (int j = 0; j < 24; ++j) joints.push_back({9, j, 0});
  put("worm.json", joints.dump());
  expect_error(scan(), "lies outside of");
}

TEST(Phase1Errors, InputsThatDoNotFit) {
  CoarseGuess guess;
  guess.cameras.resize(2);
  Phase1Options options;
  options.device = "abacus";
  expect_error(run_phase1({{}, {}, {}, {}, {}}, options), "device abacus: unknown; use auto, cpu or cuda");
  if (!fs::exists("/dev/nvidia0")) {
    options.device = "cuda";
    expect_error(run_phase1({{}, {}, {}, {}, {}}, options), "device cuda: this LibTorch sees no CUDA device");
  }
  expect_error(run_phase1({guess, {}, {}, {}, {}}, {}), "phase 1: 0 pictures, 0 masks and 0 flow fields for a guess of 2 frames");
}

}  // namespace
}  // namespace mp4d::test
