// Killed at random moments and started again, each long command ends with the bytes of a run that was left alone, shows no
// half-written file on the way, and does not do again what was finished. MP4D_KILLS=50 tries so many moments (2 otherwise).
#include "core/blob.h"
#include "core/files.h"
#include "core/rng.h"
#include "io/export.h"
#include "io/model_io.h"
#include "motion/kinematics.h"
#include "process.h"
#include "reconstruction/field/field_checkpoint.h"
#include "samples.h"
#include "tests/synthetic/field_scenes.h"
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <thread>

namespace mp4d::test {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

int kills() {
  const char* text = std::getenv("MP4D_KILLS");
  return text ? std::max(1, std::atoi(text)) : 2;
}

/// One command, the files it ends with, and those that, once there, must never be written again.
struct Subject {
  std::function<std::vector<std::string>(const std::string& out)> command;
  std::function<std::map<std::string, std::string>(const std::string& out)> results;
  std::function<bool(const std::string& relative)> is_finished_stage;
};

/// Empty if `path` is whole, else what is wrong.
std::string damage(const fs::path& path) {
  const std::string ending = path.extension();
  const auto message = [](const auto& result) { return result ? std::string() : result.error().message; };
  if (ending == ".glb") return message(read_model(path));
  if (ending == ".mp4d") return message(load_field(path));
  if (ending == ".bin" || ending == ".blob" || ending == ".human") return message(BlobReader::load(path));
  if (ending == ".json" && !json::accept(read_file(path).value())) return path.string() + ": not JSON";
  if (ending == ".csv" && !read_file(path).value().ends_with('\n')) return path.string() + ": cut off";
  return {};
}

struct Seen {
  std::map<std::string, fs::file_time_type> stages;
  int temporaries = 0;
};

Seen look_at(const fs::path& out, const Subject& subject) {
  Seen seen;
  std::error_code error;
  if (!fs::exists(out, error)) return seen;
  for (const auto& entry : fs::recursive_directory_iterator(out)) {
    if (!entry.is_regular_file()) continue;
    if (entry.path().filename().string().starts_with('.')) {
      ++seen.temporaries;
      continue;
    }
    EXPECT_EQ(damage(entry.path()), "");
    const std::string name = fs::relative(entry.path(), out);
    if (subject.is_finished_stage(name)) seen.stages[name] = entry.last_write_time();
  }
  return seen;
}

void kill_and_resume(const char* what, const Subject& subject) {
  using Clock = std::chrono::steady_clock;
  Folder folder;
  const auto start = Clock::now();
  const Outcome undisturbed = run(subject.command(folder / "whole"));
  ASSERT_EQ(undisturbed.exit_code, 0) << undisturbed.err;
  const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
  const auto expected = subject.results(folder / "whole");
  ASSERT_FALSE(expected.empty());

  int hit = 0, with_temporaries = 0, stages_kept = 0;
  for (int k = 0; k < kills(); ++k) {
    const std::string out = folder / ("killed" + std::to_string(k));
    Program program(subject.command(out));
    std::this_thread::sleep_for(std::chrono::duration<double>(seconds * rng::uniform(7, 0, static_cast<std::uint64_t>(k))));
    program.send(SIGKILL);
    hit += program.wait().exit_code == -1;
    const Seen before = look_at(out, subject);
    with_temporaries += before.temporaries > 0;
    const Outcome resumed = run(subject.command(out));
    ASSERT_EQ(resumed.exit_code, 0) << resumed.err;
    const Seen after = look_at(out, subject);
    EXPECT_EQ(after.temporaries, 0);
    for (const auto& [name, time] : before.stages) {
      ++stages_kept;
      EXPECT_TRUE(after.stages.count(name) && after.stages.at(name) == time) << name << " was made again";
    }
    for (const auto& [name, bytes] : subject.results(out)) EXPECT_TRUE(bytes == expected.at(name)) << name << " differs, kill " << k;
    fs::remove_all(out);
  }
  std::printf("%s: %.1f s undisturbed; %d of %d killed while running, %d left temporaries, %d finished stages kept\n", what, seconds,
              hit, kills(), with_temporaries, stages_kept);
}

TEST(KillAndResume, Reconstruct) {
  Folder clip;
  write_walk(clip, 8, 96);
  kill_and_resume("reconstruct",
                  {[&](const std::string& out) {
                     fs::create_directories(out);
                     return std::vector<std::string>{"reconstruct", clip / "frames", "--masks", clip / "masks", "-o", out + "/a.glb", "--work",
                                                     out + "/work", "--effort", "0.1", "--texture", "128", "--category", "quadruped"};
                   },
                   [](const std::string& out) {
                     json report = json::parse(read_file(out + "/a.json").value());
                     for (const char* key : {"seconds", "total_seconds", "peak_memory_mb", "job"}) report.erase(key);
                     return std::map<std::string, std::string>{{"a.glb", read_file(out + "/a.glb").value()}, {"a.json", report.dump()}};
                   },
                   [](const std::string& name) { return name.starts_with("work/"); }});
}

TEST(KillAndResume, BatchOfTransfers) {
  Folder models;
  ASSERT_TRUE(write_glb(models / "motion.glb", bending_beam()));
  json list = json::array();
  for (int i = 0; i < 4; ++i) {
    const std::string target = models / fmt::format("t{}.glb", i);
    RiggedModel beam = bending_beam();
    beam.mesh.verts *= 1.0f + 0.1f * static_cast<float>(i);
    ASSERT_TRUE(write_glb(target, beam));
    list.push_back({{"command", "transfer"}, {"motion", models / "motion.glb"}, {"target", target}, {"name", fmt::format("r{}", i)}});
  }
  write_text(models / "list.json", list.dump());
  kill_and_resume("batch of 4 transfers",
                  {[&](const std::string& out) { return std::vector<std::string>{"batch", models / "list.json", "-o", out}; },
                   [](const std::string& out) {
                     std::map<std::string, std::string> files;
                     for (int i = 0; i < 4; ++i) {
                       const std::string name = fmt::format("r{}.glb", i);
                       files[name] = read_file(out + "/" + name).value();
                     }
                     return files;
                   },
                   // A result whose job was killed before it could note it is made again, to the same bytes.
                   [](const std::string&) { return false; }});
}

TEST(KillAndResume, FieldTrain) {
  Folder scene;
  FieldSceneOptions options;
  options.views = 9;
  options.width = 64;
  options.height = 48;
  ASSERT_TRUE(write_transforms_scene(scene.path() / "room", make_room(options)));
  kill_and_resume("field train",
                  {[&](const std::string& out) {
                     return std::vector<std::string>{"field", "train", scene / "room", "-o", out, "--steps", "16", "--batch", "512",
                                                     "--resolution", "32"};
                   },
                   [](const std::string& out) {
                     const auto saved = load_field(fs::path(out) / "scene.field").value();
                     json curve = json::array();  // what was reached when, without how long it took
                     for (const json& point : saved.about["curve"]) curve.push_back({point["step"], point["psnr"], point["ssim"], point["train_psnr"]});
                     return std::map<std::string, std::string>{
                         {"voxels", {reinterpret_cast<const char*>(saved.field.voxels.data()), saved.field.voxels.size() * sizeof saved.field.voxels[0]}},
                         {"curve", curve.dump()}};
                   },
                   [](const std::string&) { return false; }});
}

TEST(KillAndResume, HumanTrain) {
  const fs::path data = fs::path(MP4D_SHARED_DATA) / "makehuman";
  if (!fs::exists(data)) GTEST_SKIP() << "no MakeHuman data in " << data;
  kill_and_resume("human train",
                  {[&](const std::string& out) {
                     return std::vector<std::string>{"human", "train", "--makehuman", data.string(), "-o", out, "--steps", "16", "--batch", "2",
                                                     "--resolution", "32", "--width", "64", "--pool", "64", "--checkpoint-minutes", "0.05"};
                   },
                   [](const std::string& out) {
                     return std::map<std::string, std::string>{{"model.human", read_file(out + "/model.human").value()}};
                   },
                   [](const std::string&) { return false; }});
}

}  // namespace
}  // namespace mp4d::test
