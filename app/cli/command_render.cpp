#include "app/cli/dataset.h"
#include "app/cli/files.h"
#include "app/cli/pictures.h"
#include "app/cli/session.h"
#include "app/cli/table_flags.h"
#include "io/frames.h"
#include "io/listing.h"

namespace mp4d {
namespace {

struct RenderCommand {
  std::string model, out, dataset;
  std::unique_ptr<TableFlags> flags;
};

Result<void> write_picture(const std::filesystem::path& out, const Player& player, const RenderOptions& options,
                           JobContext* job) {
  const bool still = lower_extension(out) == ".png";
  if (options.transparent && !still)
    return fail(ErrorCode::kUsage, "--transparent: only PNG keeps it; name the output .png instead of {}", out.string());
  const std::vector<Shot> shots = still ? sheet_shots(player, options) : video_shots(player, options);
  begin_phase(job, "draw", static_cast<int>(shots.size()));
  MP4D_TRY(pictures, draw_shots(player, shots, options, job));
  begin_phase(job, "write");
  if (still) return write_image(out, contact_sheet(pictures));
  return write_video(out, pictures, options.fps);
}

Result<void> run_render(const RenderCommand& command, Session& session) {
  if (command.out.empty() == command.dataset.empty())
    return fail(ErrorCode::kUsage, "render: give either -o FILE or --dataset DIR");
  if (!command.out.empty()) MP4D_CHECK(check_output("-o", command.out, {".png", ".mp4", ".gif"}));
  RenderOptions options;
  MP4D_CHECK(command.flags->apply(&options));
  MP4D_CHECK(parse_size(options.size));

  JobContext job = session.console.job({{"read", 2}, {"draw", 10}, {"write", 2}}, session.cancel);
  job.begin_phase("read");
  MP4D_TRY(player, Player::open(command.model, options.clip, options.fps));
  if (command.dataset.empty()) {
    MP4D_CHECK(write_picture(command.out, player, options, &job));
  } else {
    job.begin_phase("draw", static_cast<int>(video_shots(player, options).size()));
    MP4D_CHECK(write_dataset(command.dataset, player, options, &job));
  }
  job.finish();
  fmt::print("{}\n", command.out.empty() ? command.dataset : command.out);
  return {};
}

}  // namespace

void add_render(CLI::App& app, Session& session) {
  CLI::App* sub = app.add_subcommand("render", "Draw a model: a picture, a contact sheet, a video, or a data set with "
                                               "exact masks, cameras and shapes. Needs no display.");
  const auto command = std::make_shared<RenderCommand>();
  sub->add_option("MODEL", command->model, "GLB, glTF, FBX, DAE, OBJ, PLY, STL, .anime, or a folder of meshes")
      ->required();
  sub->add_option("-o,--out", command->out, "picture (.png) or video (.mp4, .gif) to write")->type_name("FILE");
  sub->add_option("--dataset", command->dataset,
                  "folder to write video.mp4, masks, cameras.json and gt.anime into, against a textured background")
      ->type_name("DIR");
  command->flags = std::make_unique<TableFlags>(*sub, render_options(), "View");
  add_progress_flag(*sub, session);
  sub->callback([command, &session] { session.command = [command, &session] { return run_render(*command, session); }; });
}

}  // namespace mp4d
