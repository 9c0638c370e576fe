// Written GLBs before independent judges (Khronos' validator, Blender) and round trips of real models.
#include "io/listing.h"
#include "io/model_io.h"
#include "tests/io/rigged_models.h"
#include "tests/tools/paths.h"
#include <gtest/gtest.h>
#include <cstdlib>
#include <set>

using namespace mp4d;
using namespace mp4d::test;

namespace {

namespace fs = std::filesystem;

const fs::path kTools = source_folder() / "tests/tools";

bool have(const std::string& program) { return std::system(("command -v " + program + " >/dev/null 2>&1").c_str()) == 0; }

std::string quoted(const fs::path& path) { return "'" + path.string() + "'"; }

/// Models of the shared folder that can be read.
std::vector<fs::path> shared_models() {
  std::vector<fs::path> models;
  for (const char* folder : {"models/animals", "models/humans"}) {
    for (const fs::path& path : list_files(shared_data() / folder, {".glb", ".gltf"})) {
      if (path.stem().string().find("unsupported") == std::string::npos) models.push_back(path);
    }
  }
  return models;
}

/// Empty if the validator finds neither error nor warning in the files.
std::string complaints(const std::vector<fs::path>& files, const fs::path& report) {
  const fs::path modules = source_folder() / "build/tools/node_modules";
  if (!have("node") || !fs::exists(modules / "gltf-validator")) {
    std::puts("gltf-validator is not installed ('npm install --prefix build/tools gltf-validator'): not judged by it");
    return {};
  }
  std::string command = "node " + quoted(kTools / "validate_glb.js") + " " + quoted(modules);
  for (const fs::path& file : files) command += " " + quoted(file);
  if (std::system((command + " >" + quoted(report) + " 2>&1").c_str()) == 0) return {};
  return *read_file(report);
}

/// Vertices in the order in which Blender makes them: primitive by primitive.
std::vector<int> primitive_order(const Mesh& mesh) {
  std::vector<std::set<int>> used(std::max<std::size_t>(1, mesh.materials.size()));
  for (Eigen::Index f = 0; f < mesh.faces.rows(); ++f) {
    for (int k = 0; k < 3; ++k) used[mesh.face_material.empty() ? 0 : mesh.face_material[f]].insert(mesh.faces(f, k));
  }
  std::vector<int> order;
  for (const auto& vertices : used) order.insert(order.end(), vertices.begin(), vertices.end());
  return order;
}

/// Largest distance, as a share of the size, between Blender's vertices and ours over all clips and frames.
void expect_blender_agrees(const fs::path& glb, const RiggedModel& model, const fs::path& folder) {
  nlohmann::json clips = nlohmann::json::array();
  std::size_t frames = 0;
  for (const Clip& clip : model.clips) {
    clips.push_back({{"name", clip.name}, {"times", clip.times}});
    frames += clip.times.size();
  }
  ASSERT_TRUE(write_atomically(folder / "request.json", nlohmann::json{{"clips", clips}}.dump()));
  const std::string command = "blender -b --factory-startup -noaudio --python-exit-code 1 -P " +
                              quoted(kTools / "blender_check.py") + " -- " + quoted(glb) + " " +
                              quoted(folder / "request.json") + " " + quoted(folder / "out.bin") + " >" +
                              quoted(folder / "log.txt") + " 2>&1";
  ASSERT_EQ(std::system(command.c_str()), 0) << *read_file(folder / "log.txt");
  const std::string bytes = *read_file(folder / "out.bin");
  const std::vector<int> order = primitive_order(model.mesh);
  ASSERT_EQ(bytes.size(), frames * order.size() * 12) << glb;
  const float size = bounds(model.mesh.verts).sizes().maxCoeff();
  std::size_t at = 0;
  float worst = 0;
  for (const Clip& clip : model.clips) {
    for (const Points& ours : animate(model, clip).frames) {
      for (const int v : order) {
        float theirs[3];
        std::memcpy(theirs, bytes.data() + at, 12);
        at += 12;
        worst = std::max(worst, (ours.row(v) - Eigen::Map<const Eigen::RowVector3f>(theirs)).norm() / size);
      }
    }
  }
  EXPECT_LT(worst, 1e-4f) << glb;
  std::printf("%s: %zu frames in Blender, largest distance %.1e of the size\n", glb.filename().c_str(), frames, worst);
}

TEST(JudgedModels, OwnModelPassesTheValidatorAndMovesAlikeInBlender) {
  const TempFolder folder = *TempFolder::create();
  const RiggedModel tube = make_tube();
  const fs::path glb = folder.path() / "tube.glb";
  ASSERT_TRUE(write_glb(glb, tube));
  RiggedModel roots = tube;  // two roots, no clips
  roots.skeleton.joints[2].parent = -1;
  roots.clips.clear();
  ASSERT_TRUE(write_glb(folder.path() / "roots.glb", roots));
  RiggedModel plain{"plain", tube.mesh, {}, {}, {}};
  plain.mesh.colors = plain.mesh.verts.cwiseAbs();
  ASSERT_TRUE(write_glb(folder.path() / "plain.glb", plain));
  EXPECT_EQ(complaints({glb, folder.path() / "roots.glb", folder.path() / "plain.glb"}, folder.path() / "report.txt"), "");
  if (!have("blender")) {
    std::puts("blender is not installed: not judged by it");
    return;
  }
  expect_blender_agrees(glb, tube, folder.path());
}

TEST(JudgedModels, RealModelsSurviveTheRoundTrip) {
  const auto models = shared_models();
  if (models.empty()) {
    std::puts("no shared models: nothing to read");
    return;
  }
  const TempFolder folder = *TempFolder::create();
  std::vector<fs::path> written;
  for (const fs::path& path : models) {
    const auto model = read_model(path);
    ASSERT_TRUE(model) << model.error().message;
    written.push_back(folder.path() / (std::to_string(written.size()) + ".glb"));
    ASSERT_TRUE(write_glb(written.back(), *model));
    const auto back = read_model(written.back());
    ASSERT_TRUE(back) << back.error().message;
    EXPECT_EQ(back->mesh.faces, model->mesh.faces) << path;
    EXPECT_EQ(back->mesh.materials.size(), model->mesh.materials.size());
    ASSERT_EQ(back->clips.size(), model->clips.size()) << path;
    const float size = bounds(model->mesh.verts).sizes().maxCoeff();
    float worst = 0;
    for (std::size_t c = 0; c < model->clips.size(); ++c) {
      EXPECT_EQ(back->clips[c].times, model->clips[c].times) << path;
      const MeshSequence a = animate(*model, model->clips[c]), b = animate(*back, back->clips[c]);
      for (std::size_t f = 0; f < a.frames.size(); ++f) worst = std::max(worst, largest_distance(a.frames[f], b.frames[f]));
    }
    EXPECT_LT(worst / size, 1e-5f) << path;
  }
  EXPECT_EQ(complaints(written, folder.path() / "report.txt"), "");
}

TEST(JudgedModels, RealModelsMoveAlikeInBlender) {
  const fs::path data = shared_data() / "models";
  if (!have("blender") || !fs::exists(data)) {
    std::puts("blender or the shared models are not there: not judged");
    return;
  }
  const TempFolder folder = *TempFolder::create();
  for (const char* name : {"animals/yeti.glb", "animals/FoxTextured.glb", "animals/goblin.glb", "humans/KnightCharacter.gltf"}) {
    const auto model = read_model(data / name);
    ASSERT_TRUE(model) << model.error().message;
    const fs::path glb = folder.path() / (model->name + ".glb");
    ASSERT_TRUE(write_glb(glb, *model));
    expect_blender_agrees(glb, *model, folder.path());
  }
}

TEST(JudgedModels, MeshoptIsRefusedByNameWithARemedy) {
  const fs::path path = shared_data() / "models/animals/fox_meshopt_unsupported.glb";
  if (!fs::exists(path)) {
    std::puts("no shared models: nothing to refuse");
    return;
  }
  const auto model = read_model(path);
  ASSERT_FALSE(model);
  EXPECT_EQ(model.error().code, ErrorCode::kInput);
  for (const char* text : {"fox_meshopt_unsupported.glb", "EXT_meshopt_compression", "gltfpack -noq"}) {
    EXPECT_NE(model.error().message.find(text), std::string::npos) << model.error().message;
  }
}

}  // namespace
