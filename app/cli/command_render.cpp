#include "app/cli/dataset.h"
#include "app/cli/files.h"
#include "app/cli/pictures.h"
#include "app/cli/session.h"
#include "app/cli/table_flags.h"
#include "io/frames.h"
#include "io/listing.h"
#include "io/model_io.h"
#include <algorithm>

namespace mp4d {
namespace {

struct RenderCommand {
  std::string model, out, dataset;
  std::unique_ptr<TableFlags> flags;
};

enum class Target { kPicture, kVideo, kMesh, kDataset };

const std::vector<std::string> kPictureEndings{".png", ".jpg", ".jpeg"}, kVideoEndings{".mp4", ".gif"},
    kMeshEndings{".obj", ".ply"};

bool has_ending(const std::filesystem::path& path, const std::vector<std::string>& endings) {
  return std::find(endings.begin(), endings.end(), lower_extension(path)) != endings.end();
}

Result<Target> check_target(const RenderCommand& command) {
  if (command.out.empty() == command.dataset.empty())
    return fail(ErrorCode::kUsage, "render: give either -o FILE or --dataset DIR");
  if (command.out.empty()) return Target::kDataset;
  std::vector<std::string> endings = kPictureEndings;
  for (const auto* more : {&kVideoEndings, &kMeshEndings}) endings.insert(endings.end(), more->begin(), more->end());
  MP4D_CHECK(check_output("-o", command.out, endings));
  if (has_ending(command.out, kPictureEndings)) return Target::kPicture;
  return has_ending(command.out, kVideoEndings) ? Target::kVideo : Target::kMesh;
}

/// Refuses the options that say nothing about what is written.
Result<void> check_options(const RenderCommand& command, Target target, const RenderOptions& options) {
  const auto refuse = [&](const std::vector<std::string>& names, const std::string& why) {
    return render_options().refuse_changed(&options, names, why);
  };
  switch (target) {
    case Target::kPicture:
      MP4D_CHECK(refuse({"seconds", "seed"}, "a picture has none; leave it out"));
      if (options.frames > 1) MP4D_CHECK(refuse({"time"}, "a sheet shows the whole clip; leave it out, or --frames"));
      else MP4D_CHECK(refuse({"orbit"}, "one picture does not turn; give --azimuth, or --frames"));
      if (lower_extension(command.out) != ".png") MP4D_CHECK(refuse({"transparent"}, "of pictures only PNG keeps it"));
      return {};
    case Target::kVideo:
      return refuse({"time", "frames", "transparent", "seed"}, "not for a video; leave it out, or write a .png");
    case Target::kMesh:
      return refuse({"size", "azimuth", "elevation", "orbit", "seconds", "frames", "ground", "transparent", "supersample",
                     "distance", "seed"}, "not for a mesh, which is written as it lies; leave it out");
    case Target::kDataset:
      break;
  }
  return refuse({"time", "frames", "transparent"}, "not for a data set, which is a video with its masks; leave it out");
}

Result<void> write_target(const RenderCommand& command, Target target, const Player& player,
                          const RenderOptions& options, JobContext* job) {
  if (target == Target::kMesh) return write_mesh(command.out, player.at(options.time));
  const bool still = target == Target::kPicture;
  const std::vector<Shot> shots = still ? sheet_shots(player, options) : video_shots(player, options);
  begin_phase(job, "draw", static_cast<int>(shots.size()));
  if (target == Target::kDataset) return write_dataset(command.dataset, player, options, job);
  MP4D_TRY(pictures, draw_shots(player, shots, options, job));
  begin_phase(job, "write");
  if (still) return write_image(command.out, contact_sheet(pictures));
  return write_video(command.out, pictures, options.fps);
}

Result<void> run_render(const RenderCommand& command, Session& session) {
  MP4D_TRY(target, check_target(command));
  RenderOptions options;
  MP4D_CHECK(command.flags->apply(&options));
  MP4D_CHECK(parse_size(options.size));
  MP4D_CHECK(check_options(command, target, options));

  JobContext job = session.console.job({{"read", 2}, {"draw", 10}, {"write", 2}}, session.cancel);
  job.begin_phase("read");
  MP4D_TRY(player, Player::open(command.model, options.clip, options.fps, true));
  MP4D_CHECK(write_target(command, target, player, options, &job));
  job.finish();
  fmt::print("{}\n", command.out.empty() ? command.dataset : command.out);
  return {};
}

}  // namespace

void add_render(CLI::App& app, Session& session) {
  CLI::App* sub = app.add_subcommand("render", "Draw a model: a picture, a contact sheet, a video, the mesh of a moment, or a data set with "
                                               "exact masks, cameras and shapes. Needs no display.");
  const auto command = std::make_shared<RenderCommand>();
  sub->add_option("MODEL", command->model, "GLB, glTF, FBX, BVH, USD, DAE, OBJ, PLY, STL, .anime, or a folder of meshes")
      ->required();
  sub->add_option("-o,--out", command->out, "to write: a picture (.png, .jpg), a video (.mp4, .gif), or the mesh at --time (.obj, .ply)")->type_name("FILE");
  sub->add_option("--dataset", command->dataset,
                  "folder to write video.mp4, masks, cameras.json and gt.anime into, against a textured background")
      ->type_name("DIR");
  command->flags = std::make_unique<TableFlags>(*sub, render_options(), "View");
  add_run_flags(*sub, session);
  sub->callback([command, &session] { session.command = [command, &session] { return run_render(*command, session); }; });
}

}  // namespace mp4d
