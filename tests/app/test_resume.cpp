// The way most users go, a filmed creature with masks, and what a stopped run is worth.
#include "core/files.h"
#include "io/frames.h"
#include "process.h"
#include "samples.h"
#include "tests/synthetic/creatures.h"
#include "tests/synthetic/scene.h"
#include <csignal>
#include <gtest/gtest.h>
#include <map>
#include <nlohmann/json.hpp>

namespace mp4d::test {
namespace {

constexpr int kFrames = 10, kSide = 128;

/// clip.mp4, masks/, and the empty folders whole/ and killed/ to run in.
void film_into(const Folder& folder) {
  SceneOptions scene;
  scene.width = scene.height = kSide;
  scene.frames = kFrames;
  scene.fps = 12;
  const RiggedModel model = make_quadruped(40);
  const SyntheticClip clip = film(model, model.clips.front(), scene);
  ASSERT_TRUE(write_video(folder / "clip.mp4", clip.frames.images, scene.fps));
  for (const char* name : {"masks", "whole", "killed"}) std::filesystem::create_directory(folder / name);
  for (int t = 0; t < kFrames; ++t)
    ASSERT_TRUE(write_image(folder / fmt::format("masks/{:04d}.png", t), clip.masks[t]));
}

std::map<std::string, std::filesystem::file_time_type> written_at(const std::string& folder) {
  std::map<std::string, std::filesystem::file_time_type> times;
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    times[entry.path().filename()] = entry.last_write_time();
  return times;
}

nlohmann::json report_without_times(const std::string& path) {
  auto report = nlohmann::json::parse(read_file(path).value());
  for (const char* key : {"seconds", "total_seconds", "peak_memory_mb"}) EXPECT_EQ(report.erase(key), 1u) << key;
  return report;
}

TEST(Resume, ARunThatWasKilledEndsAsIfItHadNotBeen) {
  const std::vector<std::string> arguments{
      "reconstruct", "../clip.mp4", "--masks", "../masks", "-o", "out.glb", "--work", "work", "--preview", "side.mp4",
      "--category", "quadruped", "--threads", "1", "--progress", "json"};
  Folder folder;
  film_into(folder);
  const Outcome whole = run(arguments, folder / "whole");
  ASSERT_EQ(whole.exit_code, 0) << whole.err;

  Program program(arguments, folder / "killed");
  ASSERT_TRUE(program.wait_for_error_text("\"phase\":\"phase 1\""));
  program.send(SIGKILL);
  ASSERT_EQ(program.wait().exit_code, -1);
  EXPECT_FALSE(std::filesystem::exists(folder / "killed/out.glb"));
  const auto kept = written_at(folder / "killed/work");
  EXPECT_FALSE(kept.empty());

  const Outcome resumed = run(arguments, folder / "killed");
  ASSERT_EQ(resumed.exit_code, 0) << resumed.err;
  const auto now = written_at(folder / "killed/work");
  for (const auto& [name, time] : kept) EXPECT_EQ(now.at(name), time) << name << " was computed again";
  EXPECT_EQ(read_file(folder / "killed/out.glb").value(), read_file(folder / "whole/out.glb").value());
  const auto report = report_without_times(folder / "killed/out.json");
  EXPECT_EQ(report, report_without_times(folder / "whole/out.json"));
  EXPECT_GT(report.at("mask_iou").get<double>(), 0.8);
  EXPECT_TRUE(report.contains("phase1"));

  const auto preview = read_frames(folder / "killed/side.mp4");
  ASSERT_TRUE(preview) << preview.error().message;
  EXPECT_EQ(preview->images.size(), std::size_t(kFrames));
  EXPECT_EQ(preview->images[0].width, 3 * kSide);
}

}  // namespace
}  // namespace mp4d::test
