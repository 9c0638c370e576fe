// Many jobs at once, through the program: what is run, what is not run again, and what is left when something ends early.
#include "app/cli/batch_queue.h"
#include "core/files.h"
#include "io/export.h"
#include "io/model_io.h"
#include "motion/kinematics.h"
#include "process.h"
#include "reconstruction/field/field_checkpoint.h"
#include "samples.h"
#include "subjects.h"
#include "tests/synthetic/field_scenes.h"
#include <csignal>
#include <fstream>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace mp4d::test {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

json read(const std::string& path) { return json::parse(read_file(path).value()); }

void write_beam(const std::string& path, int frames = 9) { ASSERT_TRUE(write_glb(path, bending_beam(frames))); }

json edit_job(const std::string& model) { return {{"command", "edit"}, {"model", model}}; }

/// Takes much longer than a test; its command's first words on stderr are `starting`.
json long_job(const Folder& folder) {
  const RiggedModel beam = bending_beam(200);
  EXPECT_TRUE(write_anime(folder / "long.anime", animate(beam, beam.clips[0])));
  return {{"clip", folder / "long.anime"}, {"category", "none"}, {"reference", true}, {"name", "long"}};
}

/// The first child process of `pid`, once there is one.
pid_t child_of(pid_t pid) {
  for (;;) {
    const auto children = read_file(fmt::format("/proc/{0}/task/{0}/children", pid));
    if (!children) return -1;
    if (!children->empty()) return std::stoi(*children);
  }
}

bool is_alive(pid_t pid) {
  const auto status = read_file(fmt::format("/proc/{}/stat", pid));
  return status && status->find(") Z") == std::string::npos;
}

/// Whether the command has begun and catches SIGTERM itself.
bool catches_sigterm(pid_t pid) {
  const auto words = read_file(fmt::format("/proc/{}/cmdline", pid)), status = read_file(fmt::format("/proc/{}/status", pid));
  constexpr std::string_view kCaught = "SigCgt:\t";
  const std::size_t at = status ? status->find(kCaught) : std::string::npos;
  if (!words || words->find("reconstruct") == std::string::npos || at == std::string::npos) return false;
  return (std::stoull(status->substr(at + kCaught.size(), 16), nullptr, 16) >> (SIGTERM - 1)) & 1;
}

std::map<std::string, json> by_name(const std::string& out) {
  std::map<std::string, json> jobs;
  const json results = read(out + "/results.json");
  for (const json& job : results["jobs"]) jobs[job["name"]] = job;
  return jobs;
}

TEST(Batch, RunsEveryJobOnceAndNamesThoseThatFail) {
  Folder folder;
  for (const char* name : {"a.glb", "b.glb"}) write_beam(folder / name);
  write_text(folder / "bad.glb", "not a model");
  json list = json::array();
  for (const char* name : {"a.glb", "bad.glb", "b.glb"}) list.push_back(edit_job(folder / name));
  write_text(folder / "list.json", list.dump());
  const std::vector<std::string> command{"batch", folder / "list.json", "-o", folder / "out"};

  const Outcome first = run(command);
  EXPECT_EQ(first.exit_code, 1) << first.err;
  EXPECT_NE(first.err.find("1 of 3 jobs failed: bad;"), std::string::npos) << first.err;
  EXPECT_NE(first.out.find("3 jobs: 2 done, 1 failed"), std::string::npos) << first.out;
  auto jobs = by_name(folder / "out");
  EXPECT_EQ(jobs["a"]["state"], "done");
  EXPECT_EQ(jobs["b"]["state"], "done");
  EXPECT_EQ(jobs["bad"]["state"], "failed");
  EXPECT_EQ(jobs["bad"]["exit_code"], 1);
  EXPECT_NE(jobs["bad"]["error"].get<std::string>().find("bad.glb"), std::string::npos) << jobs["bad"];
  EXPECT_GT(jobs["a"]["peak_memory_gb"], 0.01);
  EXPECT_GT(jobs["a"]["seconds"], 0);
  EXPECT_EQ(read(folder / "out/results.json")["counts"], json({{"done", 2}, {"failed", 1}, {"queued", 0}, {"running", 0}}));
  EXPECT_EQ(lines(read_file(folder / "out/results.csv").value()).size(), 4u);
  EXPECT_TRUE(read_model(folder / "out/a.glb"));

  // Nothing is run again, not even the one that failed.
  const auto written = fs::last_write_time(folder / "out/a.glb");
  EXPECT_EQ(run(command).exit_code, 1);
  jobs = by_name(folder / "out");
  for (const auto& [name, job] : jobs) EXPECT_EQ(job["attempts"], 1) << name;
  EXPECT_EQ(fs::last_write_time(folder / "out/a.glb"), written);

  // A changed input and a lost output are new jobs; --retry-failed tries the failed one.
  write_beam(folder / "b.glb", 12);
  fs::remove(folder / "out/a.glb");
  std::vector<std::string> retry = command;
  retry.push_back("--retry-failed");
  EXPECT_EQ(run(retry).exit_code, 1);
  jobs = by_name(folder / "out");
  EXPECT_EQ(jobs["bad"]["attempts"], 2);
  EXPECT_EQ(jobs["a"]["attempts"], 2);
  EXPECT_EQ(jobs["b"]["attempts"], 1);
  EXPECT_EQ(read_model(folder / "out/b.glb")->clips[0].times.size(), 12u);
  write_beam(folder / "bad.glb");
  EXPECT_EQ(run(command).exit_code, 0);
}

TEST(Batch, ListsAreRefusedByTheNameOfWhatIsWrong) {
  Folder folder;
  const auto message = [&](const std::string& list, const std::string& preset = "{}") {
    write_text(folder / "list.json", list);
    write_text(folder / "preset.json", preset);
    const Outcome outcome = run({"batch", folder / "list.json", "-o", folder / "out", "--preset", folder / "preset.json"});
    EXPECT_NE(outcome.exit_code, 0);
    EXPECT_FALSE(fs::exists(folder / "out")) << list;
    return outcome.err;
  };
  const auto expect = [&](const std::string& text, const std::string& part) {
    EXPECT_NE(text.find(part), std::string::npos) << text;
    EXPECT_NE(text.find("list.json"), std::string::npos) << text;
  };
  expect(message(R"([{"clip": "a.mp4"}, {"clip": "b.mp4", "efort": 1}])"), "job 1: 'efort' is unknown to reconstruct; did you mean 'effort'?");
  expect(message(R"([{"clip": "a.mp4"}])", R"({"efort": 1})"), "job 0: 'efort'");
  expect(message(R"([{"command": "rigg", "input": "a.obj"}])"), "did you mean 'rig'?");
  expect(message(R"([{"clip": "a.mp4", "effort": 99}])"), "job 0: option 'effort': '99' is out of range");
  expect(message(R"([{"clip": "a.mp4", "work": "w"}])"), "'work' is not for jobs of a batch");
  expect(message(R"([{"clip": "a.mp4", "out": "../a.glb"}])"), "'../a.glb' must be a name below");
  expect(message(R"([{"clip": "a.mp4", "out": "results.glb"}])"), "is the batch's own name");
  expect(message(R"([{"clip": "a.mp4", "out": "results/%04d.obj"}])"), "'results.json' is the batch's own name");
  expect(message(R"([{"clip": "a.mp4"}, {"clip": "b.mp4"}])", R"({"out": "x.glb"})"), "jobs 'a' and 'b' would both write x.glb");
  expect(message(R"([{"clip": "a.mp4", "out": "x.glb"}, {"clip": "b.mp4", "out": "x.fbx"}])"), "jobs 'a' and 'b' would both write x.json");
  expect(message(R"([{"command": "edit", "model": "a.glb", "out": "x/%d.obj"}, {"command": "edit", "model": "b.glb", "out": "x/%04d.obj"}])"),
         "jobs 'a' and 'b' would both write x/%04d.obj");
  expect(message(R"([{"clip": "a.mp4", "name": "x"}, {"clip": "b.mp4", "name": "x"}])"), "two jobs are called 'x'");
  expect(message(R"([{"clip": "a.mp4", "name": "x/y"}])"), "'x/y' is not a file name");
  expect(message(R"([{"command": "render", "model": "a.glb"}])"), "gives none of out, dataset");
  expect(message(R"([{"command": "rig"}])"), "job 0: INPUT is required");
  expect(message(R"([{"clip": {"a": 1}}])"), "'clip'");
  expect(message(R"({"jobs": [], "default": {}})"), "unknown key 'default'");
  expect(message(R"({"jobs": []})"), "holds no jobs");
  expect(message("[1]"), "job 0: must be an object");
  expect(message("{"), "not valid JSON");
  EXPECT_NE(run({"batch", folder / "none*.mp4", "-o", folder / "out"}).err.find("nothing matches"), std::string::npos);
}

TEST(Batch, APresetIsLaidUnderTheFilesOfAFolder) {
  Folder folder;
  fs::create_directory(folder / "in");
  for (const char* name : {"walk.glb", "walk.bvh", "run.glb", ".hidden.glb"}) {
    if (fs::path(name).extension() == ".bvh") ASSERT_TRUE(export_model(folder / "in/walk.bvh", bending_beam(), {}, nullptr));
    else write_beam(folder / ("in/" + std::string(name)));
  }
  write_text(folder / "preset.json", R"({"command": "edit", "out": "made/{name}.bvh", "start": 0.1})");
  const Outcome outcome = run({"batch", folder / "in", "-o", folder / "out", "--preset", folder / "preset.json", "--jobs", "2"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  const auto jobs = by_name(folder / "out");
  EXPECT_EQ(jobs.size(), 3u);
  EXPECT_EQ(jobs.at("walk")["index"], 1);
  EXPECT_EQ(jobs.at("walk-2")["outputs"], json({"made/walk-2.bvh"}));
  const auto made = read_model(folder / "out/made/run.bvh");
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_NEAR(made->clips[0].times.back(), 8 / 24.0 - 0.1, 0.03);

  const Outcome pattern = run({"batch", folder / "in/*.bvh", "-o", folder / "other", "--preset", folder / "preset.json"});
  EXPECT_EQ(pattern.exit_code, 0) << pattern.err;
  EXPECT_TRUE(fs::exists(folder / "other/made/walk.bvh"));
}

TEST(Batch, AFolderOfMeshesIsOneResult) {
  Folder folder;
  for (const char* name : {"a.glb", "b.glb"}) write_beam(folder / name);
  json list = json::array({edit_job(folder / "a.glb"), edit_job(folder / "b.glb")});
  for (json& job : list) job["out"] = "{name}/%04d.obj";
  list[1]["start"] = 0.1;
  write_text(folder / "list.json", list.dump());
  const std::vector<std::string> command{"batch", folder / "list.json", "-o", folder / "out"};
  const auto meshes = [&](const std::string& name) {
    const auto found = read_mesh_folder(folder / ("out/" + name));
    return found ? found->size() : 0;
  };
  const Outcome first = run(command);
  ASSERT_EQ(first.exit_code, 0) << first.err;
  EXPECT_NE(first.out.find("2 jobs: 2 done"), std::string::npos) << first.out;
  EXPECT_EQ(meshes("a"), 9u);
  const Outcome second = run(command);
  EXPECT_EQ(second.exit_code, 0) << second.err;
  EXPECT_EQ(by_name(folder / "out")["a"]["attempts"], 1);

  // A kill while the meshes were moved, or before the state was written, and a changed input: run again, with nothing old left.
  fs::remove(folder / "out/a/0000.obj");
  const Outcome summary = run({"batch", folder / "list.json", "-o", folder / "out", "--summary"});
  EXPECT_NE(summary.out.find("2 jobs: 1 done, 1 queued"), std::string::npos) << summary.out;
  write_beam(folder / "b.glb", 5);
  write_text(folder / "out/b/notes.txt", "mine");
  const Outcome third = run(command);
  EXPECT_EQ(third.exit_code, 0) << third.err;
  auto jobs = by_name(folder / "out");
  for (const char* name : {"a", "b"}) EXPECT_EQ(jobs[name]["state"], "done");
  EXPECT_EQ(jobs["a"]["attempts"], 2);
  EXPECT_EQ(meshes("a"), 9u);
  EXPECT_LT(meshes("b"), 9u);
  EXPECT_GT(meshes("b"), 0u);
  EXPECT_TRUE(fs::exists(folder / "out/b/notes.txt"));
}

TEST(Batch, AnEarlierRowOfMeshesStaysUntilTheNewOneIsComplete) {
  Folder folder;
  write_beam(folder / "a.glb");
  json job = edit_job(folder / "a.glb");
  job["out"] = "{name}/%04d.obj";
  write_text(folder / "list.json", json::array({job}).dump());
  const std::vector<std::string> command{"batch", folder / "list.json", "-o", folder / "out"};
  ASSERT_EQ(run(command).exit_code, 0);
  const auto earlier = files_in(folder / "out/a");
  ASSERT_EQ(earlier.size(), 9u);

  write_text(folder / "a.glb", "not a model");
  EXPECT_EQ(run(command).exit_code, 1);
  EXPECT_EQ(by_name(folder / "out")["a"]["state"], "failed");
  EXPECT_EQ(files_in(folder / "out/a"), earlier);

  write_beam(folder / "a.glb", 5);
  const Outcome shorter = run(command);
  EXPECT_EQ(shorter.exit_code, 0) << shorter.err;
  const auto now = files_in(folder / "out/a");
  EXPECT_EQ(now.size(), 5u);
  EXPECT_NE(now.at("0002.obj"), earlier.at("0002.obj"));
  for (const auto& entry : fs::directory_iterator(folder / "out/a")) EXPECT_FALSE(entry.path().filename().string().starts_with('.')) << entry.path();
}

TEST(Batch, AChangedTrainingIsRunAnewAndTheEarlierRunStaysUntilThen) {
  Folder folder;
  FieldSceneOptions small;
  small.views = 9;
  small.width = 64;
  small.height = 48;
  ASSERT_TRUE(write_transforms_scene(folder / "room", make_room(small)));
  const auto write_list = [&](const std::string& scene, int steps) {
    const json job{{"command", "field train"}, {"scene", folder / scene}, {"name", "run"}, {"steps", steps}, {"batch", 512}, {"resolution", 32}};
    write_text(folder / "list.json", json::array({job}).dump());
  };
  const std::vector<std::string> command{"batch", folder / "list.json", "-o", folder / "out"};
  const auto about = [](const std::string& run) { return load_field(run + "/scene.field").value().about; };
  write_list("room", 16);
  const Outcome first = run(command);
  ASSERT_EQ(first.exit_code, 0) << first.err;
  write_text(folder / "out/run/notes.txt", "mine");
  const auto earlier = files_in(folder / "out/run");
  EXPECT_EQ(about(folder / "out/run")["curve"].back()["step"], 16);

  write_text(folder / "broken", "no scene");
  write_list("broken", 16);
  EXPECT_EQ(run(command).exit_code, 1);
  EXPECT_EQ(files_in(folder / "out/run"), earlier);

  // Other options, and killed after a checkpoint.
  constexpr int kSteps = 2000;
  const std::string apart = folder / "out/jobs/run/work/run";
  write_list("room", kSteps);
  Program batch(command);
  while (!fs::exists(apart + "/scene.field") && fs::exists(fmt::format("/proc/{}/exe", batch.pid()))) {  // until the test's time is up
  }
  const pid_t job = child_of(batch.pid());
  batch.send(SIGKILL);
  EXPECT_EQ(batch.wait().exit_code, -1);
  while (job > 0 && is_alive(job)) {
  }
  EXPECT_EQ(files_in(folder / "out/run"), earlier);
  const json checkpoint = about(apart)["curve"];
  ASSERT_LT(checkpoint.back()["step"], kSteps);

  const Outcome last = run(command);
  ASSERT_EQ(last.exit_code, 0) << last.err;
  const json curve = about(folder / "out/run")["curve"];
  EXPECT_EQ(curve.back()["step"], kSteps);
  EXPECT_EQ(curve.front(), checkpoint.front());  // with the seconds it took: it went on
  EXPECT_EQ(read_file(folder / "out/run/notes.txt").value(), "mine");
  EXPECT_FALSE(fs::exists(folder / "out/jobs/run/work"));
}

TEST(Batch, OnlyRunsAPartAndSummaryRunsNothing) {
  Folder folder;
  json jobs = json::array();
  for (const char* name : {"a", "b", "c"}) {
    write_beam(folder / (name + std::string(".glb")));
    jobs.push_back(edit_job(folder / (name + std::string(".glb"))));
  }
  write_text(folder / "list.json", json{{"defaults", {{"command", "edit"}, {"clip", "none"}}}, {"jobs", jobs}}.dump());
  const auto batch = [&](const std::string& flag, const std::string& value = "") {
    std::vector<std::string> command{"batch", folder / "list.json", "-o", folder / "out", flag};
    if (!value.empty()) command.push_back(value);
    return run(command);
  };
  EXPECT_EQ(batch("--only", "1").exit_code, 0);
  EXPECT_FALSE(fs::exists(folder / "out/a.glb"));
  EXPECT_TRUE(read_model(folder / "out/b.glb")->clips.empty());
  const Outcome summary = batch("--summary");
  EXPECT_EQ(summary.exit_code, 0);
  EXPECT_NE(summary.out.find("3 jobs: 1 done, 2 queued"), std::string::npos) << summary.out;
  EXPECT_FALSE(fs::exists(folder / "out/a.glb"));
  EXPECT_EQ(batch("--only", "0-2").exit_code, 0);
  EXPECT_EQ(by_name(folder / "out")["b"]["attempts"], 1);
  for (const char* wrong : {"3", "2-1", "0-3", "x", "1-", "-1"}) EXPECT_EQ(batch("--only", wrong).exit_code, 2) << wrong;
}

TEST(Batch, ALongJobIsStoppedByTheTimeoutAndTheOthersRun) {
  Folder folder;
  write_beam(folder / "a.glb");
  write_text(folder / "list.json", json{long_job(folder), edit_job(folder / "a.glb")}.dump());
  const Outcome outcome = run({"batch", folder / "list.json", "-o", folder / "out", "--timeout", "3"});
  EXPECT_EQ(outcome.exit_code, 1);
  auto jobs = by_name(folder / "out");
  EXPECT_EQ(jobs["long"]["error"], "took longer than --timeout 3 s; raise it, or make the job smaller");
  EXPECT_EQ(jobs["a"]["state"], "done");
}

TEST(Batch, AJobThatIsKilledOrCrashesEndsNothingElse) {
  Folder folder;
  write_beam(folder / "a.glb");
  for (const int signal : {SIGKILL, SIGSEGV}) {
    write_text(folder / "list.json", json{long_job(folder), edit_job(folder / "a.glb")}.dump());
    Program batch({"batch", folder / "list.json", "-o", folder / std::to_string(signal)});
    const pid_t job = child_of(batch.pid());
    kill(job, signal);
    EXPECT_EQ(batch.wait().exit_code, 1);
    auto jobs = by_name(folder / std::to_string(signal));
    EXPECT_NE(jobs["long"]["error"].get<std::string>().find("signal " + std::to_string(signal)), std::string::npos) << jobs["long"];
    EXPECT_EQ(jobs["a"]["state"], "done");
  }
}

TEST(Batch, AJobThatSomebodyElseStoppedOrThatSaysNothingIsToldSo) {
  Folder folder;
  write_text(folder / "list.json", json::array({long_job(folder)}).dump());
  Program batch({"batch", folder / "list.json", "-o", folder / "out"});
  const pid_t job = child_of(batch.pid());
  while (!catches_sigterm(job)) ASSERT_TRUE(is_alive(job));
  kill(job, SIGTERM);
  EXPECT_EQ(batch.wait().exit_code, 1);
  EXPECT_EQ(by_name(folder / "out")["long"]["error"], "stopped by a signal that did not come from the batch; give --retry-failed to go on with it");

  BatchOptions options;
  options.folder = folder / "other";
  options.program = {"/bin/false"};
  ASSERT_TRUE(make_batch_folder(options.folder));
  const auto jobs = read_batch(folder / "list.json", "", options.folder);
  ASSERT_TRUE(jobs) << jobs.error().message;
  ASSERT_TRUE(run_batch(*jobs, options, nullptr));
  EXPECT_EQ(read_state((*jobs)[0], options.folder).error, "ended with exit code 1");
}

TEST(Batch, WhatStandsInTheWayOfOneJobDoesNotStopTheOthers) {
  Folder folder;
  write_beam(folder / "a.glb");
  json blocked = edit_job(folder / "a.glb"), free = edit_job(folder / "a.glb");
  blocked["name"] = "blocked", blocked["out"] = "sub/b.glb";
  free["name"] = "free", free["out"] = "free.glb";
  write_text(folder / "list.json", json{blocked, free}.dump());
  std::filesystem::create_directory(folder / "out");
  write_text(folder / "out/sub", "a file where a folder should be");
  const Outcome outcome = run({"batch", folder / "list.json", "-o", folder / "out"});
  EXPECT_EQ(outcome.exit_code, 1);
  auto jobs = by_name(folder / "out");
  EXPECT_EQ(jobs["blocked"]["state"], "failed");
  EXPECT_NE(jobs["blocked"]["error"].get<std::string>().find("sub: cannot be made"), std::string::npos) << jobs["blocked"];
  EXPECT_EQ(jobs["free"]["state"], "done");
  std::filesystem::remove(folder / "out/sub");
  EXPECT_EQ(run({"batch", folder / "list.json", "-o", folder / "out", "--retry-failed"}).exit_code, 0);
}

TEST(Batch, CancelledStopsItsJobsAndGoesOnLater) {
  Folder folder;
  write_beam(folder / "a.glb");
  write_text(folder / "list.json", json{edit_job(folder / "a.glb"), long_job(folder)}.dump());
  const std::vector<std::string> command{"batch", folder / "list.json", "-o", folder / "out"};
  Program batch(command);
  ASSERT_TRUE(batch.wait_for_error_text("[1/2] a: done"));
  const pid_t job = child_of(batch.pid());
  batch.send(SIGTERM);
  EXPECT_EQ(batch.wait().exit_code, 3);
  EXPECT_FALSE(is_alive(job));
  auto jobs = by_name(folder / "out");
  EXPECT_EQ(jobs["a"]["state"], "done");
  EXPECT_EQ(jobs["long"]["state"], "queued");
  EXPECT_EQ(run({"batch", folder / "list.json", "-o", folder / "out", "--timeout", "1"}).exit_code, 1);
  EXPECT_EQ(by_name(folder / "out")["a"]["attempts"], 1);
  EXPECT_EQ(by_name(folder / "out")["long"]["attempts"], 2);
}

TEST(Batch, KilledItTakesItsJobsAlongAndTheyAreRunAgain) {
  Folder folder;
  write_text(folder / "list.json", json::array({long_job(folder)}).dump());
  Program batch({"batch", folder / "list.json", "-o", folder / "out"});
  const pid_t job = child_of(batch.pid());
  ASSERT_GT(job, 0);
  batch.send(SIGKILL);
  EXPECT_EQ(batch.wait().exit_code, -1);
  while (is_alive(job)) {  // until the test's time is up
  }
  EXPECT_EQ(read(folder / "out/jobs/long/state.json")["state"], "running");
  const Outcome summary = run({"batch", folder / "list.json", "-o", folder / "out", "--summary"});
  EXPECT_NE(summary.out.find("1 job: 1 queued"), std::string::npos) << summary.out;
}

TEST(Batch, TwoOnOneFolderShareTheJobs) {
  Folder folder;
  json list = json::array();
  for (int i = 0; i < 6; ++i) {
    const std::string path = folder / fmt::format("m{}.glb", i);
    write_beam(path);
    list.push_back(edit_job(path));
  }
  write_text(folder / "list.json", list.dump());
  const std::vector<std::string> command{"batch", folder / "list.json", "-o", folder / "out"};
  Program first(command), second(command);
  const Outcome outcomes[] = {first.wait(), second.wait()};
  for (const Outcome& outcome : outcomes) {
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    EXPECT_NE(outcome.out.find("6 jobs: 6 done"), std::string::npos) << outcome.out;
  }
  for (const auto& [name, job] : by_name(folder / "out")) EXPECT_EQ(job["attempts"], 1) << name;
}

}  // namespace
}  // namespace mp4d::test
