#include "app/cli/clip_choice.h"
#include "app/cli/edit_options.h"
#include "app/cli/session.h"
#include "app/cli/table_flags.h"
#include "core/text.h"
#include "io/export.h"
#include "io/input_kind.h"
#include "io/model_io.h"
#include "motion/clip_edit.h"
#include <algorithm>

namespace mp4d {
namespace {

struct EditCommand {
  std::string model, out;
  std::vector<std::string> add, clips, drop, rename;
  std::unique_ptr<TableFlags> flags, format;
};

std::vector<std::string> clip_names(const RiggedModel& model) {
  std::vector<std::string> names;
  for (const Clip& clip : model.clips) names.push_back(clip.name);
  return names;
}

Result<RiggedModel> read_rigged(const std::string& path, JobContext* job) {
  MP4D_TRY(kind, input_kind(path));
  if (kind == InputKind::kAnime || kind == InputKind::kMeshFolder)
    return fail(ErrorCode::kInput, "{}: is a sequence of meshes without a skeleton; 'reconstruct' fits one to it",
                path);
  return read_model(path, job);
}

/// The clips of `path` behind those of `model`. A name that is taken gets the file's name, or a number, behind it.
Result<void> add_clips(const std::string& path, RiggedModel& model, JobContext* job) {
  MP4D_TRY(other, read_rigged(path, job));
  if (other.clips.empty()) return fail(ErrorCode::kInput, "--add {}: has no clips", path);
  for (const Clip& clip : other.clips) {
    auto moved = move_clip(clip, other.skeleton, model.skeleton);
    if (!moved) return fail(moved.error().code, "--add {}: {}", path, moved.error().message);
    const auto taken = [&](const std::string& name) {
      const auto names = clip_names(model);
      return std::find(names.begin(), names.end(), name) != names.end();
    };
    if (taken(moved->name)) moved->name = std::filesystem::path(path).stem().string();
    const std::string base = moved->name;
    for (int n = 2; taken(moved->name); ++n) moved->name = fmt::format("{}_{}", base, n);
    model.clips.push_back(std::move(*moved));
  }
  return {};
}

/// Only the clips of --clip, in that order.
Result<void> keep_clips(const std::vector<std::string>& wanted, RiggedModel& model) {
  std::vector<Clip> kept;
  std::vector<char> taken(model.clips.size(), 0);
  for (const std::string& name : wanted) {
    if (name == "none" && wanted.size() == 1) break;
    MP4D_TRY(index, find_clip(model, "--clip", name));
    if (taken[index])
      return fail(ErrorCode::kUsage, "--clip '{}': the clip '{}' is chosen already; leave one out", name,
                  model.clips[index].name);
    taken[index] = 1;
    kept.push_back(model.clips[index]);
  }
  model.clips = std::move(kept);
  return {};
}

Result<void> rename_clip(const std::string& pair, RiggedModel& model) {
  const std::size_t at = pair.find('=');
  if (at == 0 || at == std::string::npos || at + 1 == pair.size())
    return fail(ErrorCode::kUsage, "--rename '{}': give OLD=NEW", pair);
  MP4D_TRY(index, find_clip(model, "--rename", pair.substr(0, at)));
  const std::string name = pair.substr(at + 1);
  for (int other = 0; other < static_cast<int>(model.clips.size()); ++other)
    if (other != index && model.clips[other].name == name)
      return fail(ErrorCode::kUsage, "--rename '{}': another clip is called '{}'; rename that one first", pair, name);
  model.clips[index].name = name;
  return {};
}

Result<void> choose_clips(const EditCommand& command, RiggedModel& model) {
  if (!command.clips.empty()) MP4D_CHECK(keep_clips(command.clips, model));
  for (const std::string& name : command.drop) {
    MP4D_TRY(index, find_clip(model, "--drop", name));
    model.clips.erase(model.clips.begin() + index);
    if (model.clips.empty())
      return fail(ErrorCode::kUsage, "--drop '{}': no clip is left; for a model without clips give --clip none", name);
  }
  for (const std::string& pair : command.rename) MP4D_CHECK(rename_clip(pair, model));
  return {};
}

Result<void> change_clips(const EditOptions& options, RiggedModel& model, const JobContext& job) {
  const EditOptions defaults;
  const bool trim = options.start != defaults.start || options.end != defaults.end;
  if ((trim || options.loop) && model.clips.empty())
    return fail(ErrorCode::kUsage, "--{}: there is no clip to change", trim ? "start and --end" : "loop");
  for (Clip& clip : model.clips) {
    if (trim) {
      const double length = clip.times.back() - clip.times.front();
      if (options.end > length + 1e-3)
        job.warn(fmt::format("clip '{}' ends at {:.3f} s, before --end {}; it is kept to there", clip.name, length,
                             options.end));
      MP4D_TRY(part, trim_clip(clip, options.start, options.end));
      clip = std::move(part);
    }
    if (options.loop) {
      Loop found;
      MP4D_TRY(loop,
               loop_clip(model.skeleton, clip, {options.shortest_cycle, options.loop_blend, options.in_place}, &found));
      clip = std::move(loop);
      if (found.blend < options.loop_blend)
        job.warn(fmt::format("clip '{}': the cycle is {:.3f} s long, so it is led into its start over {:.3f} s instead "
                             "of --loop-blend {}",
                             clip.name, found.end - found.start, found.blend, options.loop_blend));
      fmt::print("{}: cycle from {:.3f} to {:.3f} s; a gap of {:.1f} degrees was closed{}\n", clip.name, found.start,
                 found.end, found.gap_deg,
                 found.travel > 0
                     ? fmt::format("; it travels {:.3f} m{}", found.travel, options.in_place ? ", taken out" : "")
                     : "");
    }
  }
  return {};
}

Result<void> run_edit(const EditCommand& command, Session& session) {
  EditOptions options;
  ExportOptions format;
  MP4D_CHECK(command.flags->apply(&options));
  MP4D_CHECK(command.format->apply(&format));
  MP4D_CHECK(check_export("-o", command.out, format));
  if (!options.loop)
    MP4D_CHECK(edit_options().refuse_changed(&options, {"in-place", "shortest-cycle", "loop-blend"},
                                             "says something only with --loop"));
  JobContext job = session.console.job({{"read", 3}, {"edit", 1}, {"write", 4}}, session.cancel);
  job.begin_phase("read");
  MP4D_TRY(model, read_rigged(command.model, &job));
  for (const std::string& path : command.add) {
    MP4D_CHECK(job.check());
    MP4D_CHECK(add_clips(path, model, &job));
  }
  job.begin_phase("edit");
  MP4D_CHECK(choose_clips(command, model));
  MP4D_CHECK(change_clips(options, model, job));
  job.begin_phase("write");
  MP4D_TRY(written, export_model(command.out, model, format, &job));
  job.finish();
  fmt::print("{}: {} vertices, {}, {}\n", command.out, model.mesh.verts.rows(),
             counted(model.skeleton.joints.size(), "joint"), counted(model.clips.size(), "clip"));
  for (const std::string& line : describe(written)) fmt::print("{}\n", line);
  return {};
}

}  // namespace

void add_edit(CLI::App& app, Session& session) {
  CLI::App* sub = app.add_subcommand(
      "edit", "Convert a model to another format; merge, choose, trim, resample and loop its clips.");
  const auto command = std::make_shared<EditCommand>();
  sub->add_option("MODEL", command->model, "model or motion file to read (docs/formats.md)")->required();
  sub->add_option("-o,--out", command->out, "to write: " + export_formats_text())->type_name("FILE")->required();
  const auto list = [&](const char* name, std::vector<std::string>& values, const char* type, const char* why) {
    sub->add_option(name, values, why)->type_name(type)->allow_extra_args(false)->expected(1)->take_all();
  };
  list("--add", command->add, "FILE",
       "take the clips of this file in; its skeleton must be the same, as any format keeps it (repeat for more)");
  list("--clip", command->clips, "NAME", "keep only this clip, named in full or in part (repeat for more, in that order); none = no clip");
  list("--drop", command->drop, "NAME", "leave this clip out, named likewise (repeat for more)");
  list("--rename", command->rename, "OLD=NEW", "give a clip, named likewise, another name (repeat for more)");
  command->flags = std::make_unique<TableFlags>(*sub, edit_options(), "Clips");
  command->format = std::make_unique<TableFlags>(*sub, export_options(), "Written file",
                                                 std::map<std::string, std::string>{{"key-fps", "--fps,--key-fps"}});
  add_run_flags(*sub, session);
  sub->callback([command, &session] { session.command = [command, &session] { return run_edit(*command, session); }; });
}

}  // namespace mp4d
