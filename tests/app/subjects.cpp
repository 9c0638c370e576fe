#include "subjects.h"
#include "core/blob.h"
#include "core/files.h"
#include "io/export.h"
#include "io/model_io.h"
#include "process.h"
#include "reconstruction/field/field_checkpoint.h"
#include "tests/synthetic/creatures.h"
#include "tests/synthetic/field_scenes.h"
#include "tests/tools/paths.h"
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace mp4d::test {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using Words = std::vector<std::string>;

std::string small_scene(const Folder& inputs) {
  const std::string scene = inputs / "room";
  if (fs::exists(scene)) return scene;
  FieldSceneOptions options;
  options.views = 9;
  options.width = 64;
  options.height = 48;
  EXPECT_TRUE(write_transforms_scene(scene, make_room(options)));
  return scene;
}

Words train_field(const Folder& inputs, const std::string& out, const std::string& steps) {
  return {"field", "train", small_scene(inputs), "-o", out, "--steps", steps, "--batch", "512", "--resolution", "32"};
}

/// A field that has been trained a little, once.
std::string small_field(const Folder& inputs) {
  const std::string field = inputs / "field";
  if (fs::exists(field)) return field;
  EXPECT_EQ(run(train_field(inputs, field, "150")).exit_code, 0);
  return field;
}

std::string beam_file(const Folder& inputs) {
  const std::string file = inputs / "beam.glb";
  EXPECT_TRUE(write_glb(file, bending_beam()));
  return file;
}

/// One file of `out` is all there is.
Subject with_result(const std::string& name, const std::string& file, const Words& words) {
  return {name,
          [=](const std::string& out) {
            fs::create_directories(out);
            Words all = words;
            all.insert(all.end(), {"-o", (fs::path(out) / file).string()});
            return all;
          },
          [](const std::string& out) { return files_in(out); }};
}

}  // namespace

std::map<std::string, std::string> files_in(const fs::path& folder) {
  std::map<std::string, std::string> files;
  for (const auto& entry : fs::recursive_directory_iterator(folder))
    if (entry.is_regular_file() && !entry.path().filename().string().starts_with('.'))
      files[fs::relative(entry.path(), folder)] = read_file(entry.path()).value();
  return files;
}

std::string damage(const fs::path& path) {
  const std::string ending = path.extension();
  const auto message = [](const auto& result) { return result ? std::string() : result.error().message; };
  if (ending == ".glb" || ending == ".fbx" || ending == ".usdz" || ending == ".bvh") return message(read_model(path));
  if (ending == ".field") return message(load_field(path));
  const fs::path gltf = fs::path(path).replace_extension().replace_extension(".gltf");  // walk.1a2b3c4d.bin is of walk.gltf
  if (ending == ".bin" && fs::exists(gltf)) return message(read_model(gltf));
  if (ending == ".bin" || ending == ".blob" || ending == ".human") return message(BlobReader::load(path));
  if (ending == ".json" && !json::accept(read_file(path).value())) return path.string() + ": not JSON";
  if (ending == ".csv" && !read_file(path).value().ends_with('\n')) return path.string() + ": cut off";
  return {};
}

namespace {

Subject walk_subject(const std::string& name, const Folder& inputs, const Words& more) {
  if (!fs::exists(inputs / "frames")) write_walk(inputs, 8, 96);
  return {name,
          [frames = inputs / "frames", more](const std::string& out) {
            fs::create_directories(out);
            Words all{"reconstruct", frames, "-o", out + "/a.glb", "--work", out + "/work", "--effort", "0.1", "--texture",
                      "128", "--category", "quadruped"};
            all.insert(all.end(), more.begin(), more.end());
            return all;
          },
          [](const std::string& out) {
            json report = json::parse(read_file(out + "/a.json").value());
            for (const char* key : {"seconds", "total_seconds", "peak_memory_mb", "job"}) report.erase(key);
            return std::map<std::string, std::string>{{"a.glb", read_file(out + "/a.glb").value()}, {"a.json", report.dump()}};
          }};
}

}  // namespace

Subject reconstruct_subject(const Folder& inputs) { return walk_subject("reconstruct", inputs, {"--masks", inputs / "masks"}); }

Subject computed_masks_subject(const Folder& inputs) { return walk_subject("reconstruct without masks", inputs, {}); }

Subject transfer_subject(const Folder& inputs) {
  const std::string beam = beam_file(inputs);
  return with_result("transfer", "moved.glb", {"transfer", "--motion", beam, "--target", beam});
}

Subject batch_subject(const Folder& inputs) {
  const std::string motion = beam_file(inputs);
  json list = json::array();
  for (int i = 0; i < 4; ++i) {
    const std::string target = inputs / fmt::format("t{}.glb", i);
    RiggedModel beam = bending_beam();
    beam.mesh.verts *= 1.0f + 0.1f * static_cast<float>(i);
    EXPECT_TRUE(write_glb(target, beam));
    list.push_back({{"command", "transfer"}, {"motion", motion}, {"target", target}, {"name", fmt::format("r{}", i)}});
  }
  write_text(inputs / "list.json", list.dump());
  return {"batch of 4 transfers",
          [file = inputs / "list.json"](const std::string& out) { return Words{"batch", file, "-o", out, "--retry-failed"}; },
          [](const std::string& out) {
            std::map<std::string, std::string> files;
            for (int i = 0; i < 4; ++i) {
              const std::string name = fmt::format("r{}.glb", i);
              files[name] = read_file(out + "/" + name).value();
            }
            return files;
          }};
}

Subject field_train_subject(const Folder& inputs) {
  small_scene(inputs);
  return {"field train", [&inputs](const std::string& out) { return train_field(inputs, out, "16"); },
          [](const std::string& out) {
            FieldCheckpoint saved = load_field(fs::path(out) / "scene.field").value();
            for (json& point : saved.about["curve"])  // what was reached when, without how long it took
              for (const char* key : {"seconds", "rays_per_second", "s3im_share"}) point.erase(key);
            for (const char* key : {"seconds", "peak_memory_mb"}) saved.about["state"].erase(key);
            const TempFolder folder = TempFolder::create().value();
            EXPECT_TRUE(save_field(folder.path() / "timeless.field", saved));
            return std::map<std::string, std::string>{{"scene.field", read_file(folder.path() / "timeless.field").value()},
                                                      {"about", saved.about.dump(1)}};
          }};
}

Subject human_train_subject() {
  const fs::path data = shared_data() / "makehuman";
  if (!fs::exists(data)) return {"human train", nullptr, nullptr};
  return {"human train",
          [data](const std::string& out) {
            return Words{"human", "train", "--makehuman", data.string(), "-o", out, "--steps", "16", "--batch", "2", "--resolution", "32",
                         "--width", "64", "--pool", "64", "--checkpoint-minutes", "0.05", "--samples", "1"};
          },
          [](const std::string& out) {
            return std::map<std::string, std::string>{{"model.human", read_file(out + "/model.human").value()}};
          }};
}

Subject human_generate_subject() {
  return with_result("human generate", "person.glb", {"human", "generate", "--text", "a woman in a red coat", "--steps", "2", "--views", "1"});
}

Subject human_dataset_subject() {
  return {"human dataset",
          [](const std::string& out) { return Words{"human", "dataset", "--mannequin", "--count", "2", "--grid", "-o", out}; },
          [](const std::string& out) { return files_in(out); }};
}

Subject rig_subject(const Folder& inputs) {
  RiggedModel quadruped = make_quadruped(16);
  quadruped.clips.clear();
  quadruped.skeleton = {};
  quadruped.skin = {};
  const std::string mesh = inputs / "bare.glb";
  EXPECT_TRUE(write_glb(mesh, quadruped));
  return with_result("rig", "rigged.glb", {"rig", mesh, "--resolution", "48"});
}

Subject edit_subject(const Folder& inputs, const std::string& ending) {
  return with_result("edit to " + ending, "edited." + ending, {"edit", beam_file(inputs), "--start", "0.1"});
}

Subject mesh_row_subject(const Folder& inputs) {
  const std::string beam = beam_file(inputs);
  return {"edit to a row of meshes",
          [beam](const std::string& out) { return Words{"edit", beam, "-o", out + "/%04d.obj", "--replace"}; },
          [](const std::string& out) { return files_in(out); }};
}

Subject render_subject(const Folder& inputs, const std::string& ending) {
  Words words{"render", beam_file(inputs)};
  if (ending != "obj" && ending != "ply") words.insert(words.end(), {"--size", "160x120"});
  return with_result("render to " + ending, "drawn." + ending, words);
}

Subject dataset_subject(const Folder& inputs) {
  const std::string beam = beam_file(inputs);
  return {"render --dataset",
          [beam](const std::string& out) { return Words{"render", beam, "--dataset", out, "--size", "64x64"}; },
          [](const std::string& out) { return files_in(out); }};
}

Subject field_mesh_subject(const Folder& inputs) {
  return with_result("field mesh", "mesh.ply", {"field", "mesh", small_field(inputs)});
}

Subject field_render_subject(const Folder& inputs) {
  return with_result("field render", "view.png", {"field", "render", small_field(inputs), "--size", "64x48"});
}

Subject field_convert_subject(const Folder& inputs, const std::string& layout) {
  const std::string scene = small_scene(inputs);
  return {"field convert to " + layout,
          [scene, layout](const std::string& out) { return Words{"field", "convert", scene, "-o", out, "--to", layout}; },
          [](const std::string& out) { return files_in(out); }};
}

}  // namespace mp4d::test
