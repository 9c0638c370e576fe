#include "app/cli/files.h"
#include "app/cli/pictures.h"
#include "app/cli/player.h"
#include "app/cli/session.h"
#include "app/cli/table_flags.h"
#include "app/cli/transfer_job.h"
#include "io/export.h"
#include "io/frames.h"
#include "io/input_kind.h"
#include "motion/kinematics.h"
#include "reconstruction/articulated/reconstruct.h"

namespace mp4d {
namespace {

struct TransferCommand {
  std::string motion, masks, clip, target, out, map, save_map, show_rest;
  double fps = 0;
  std::unique_ptr<TableFlags> retarget, rig, image, format;
};

/// Both rest poses side by side, the target's as it was aligned.
Result<void> draw_rest(const std::string& path, const TransferModel& source, const TransferModel& target,
                       const ChainMap& map) {
  RenderOptions view;
  view.size = "480x480";
  view.azimuth = 40;
  std::vector<Image> pictures;
  const auto draw = [&](RiggedModel model, const Pose* pose) -> Result<void> {
    int clip = -1;
    if (pose) {
      model.clips = {Clip{"rest", {0.0}, {*pose}}};
      clip = 0;
    } else {
      model.skeleton = {};
      model.clips.clear();
    }
    MP4D_TRY(drawn, draw_shots(Player(std::move(model), clip), {{0, 0.7f}}, view));
    pictures.push_back(std::move(drawn.front()));
    return {};
  };
  if (source.model.mesh.faces.rows() > 0) MP4D_CHECK(draw(source.model, nullptr));
  const Pose pose = aligned_rest(source.model, source.body, target.model, target.body, map);
  MP4D_CHECK(draw(target.model, &pose));
  return write_image(path, side_by_side(pictures));
}

Result<void> run_transfer(const TransferCommand& command, Session& session) {
  ExportOptions format;
  MP4D_CHECK(command.format->apply(&format));
  MP4D_CHECK(check_export("-o", command.out, format));
  if (!command.save_map.empty()) MP4D_CHECK(check_output("--save-map", command.save_map, {".json"}));
  if (!command.show_rest.empty()) MP4D_CHECK(check_output("--show-rest", command.show_rest, {".png", ".jpg", ".jpeg"}));
  RetargetOptions options;
  MP4D_CHECK(command.retarget->apply(&options));
  MP4D_CHECK(check_retarget(options));
  AutoRigOptions rig;
  MP4D_CHECK(command.rig->apply(&rig));
  ImageMeshOptions image;
  MP4D_CHECK(command.image->apply(&image));
  if (!is_picture(command.target))
    MP4D_CHECK(refuse_image_mesh_options(image, "for a picture as --target alone; leave it out"));
  MapFile map_file;
  if (!command.map.empty()) {
    MP4D_TRY(read, read_map(command.map));
    map_file = std::move(read);
  }

  MP4D_TRY(kind, input_kind(command.motion));
  const bool filmed = kind == InputKind::kClip;
  if (!filmed && !command.masks.empty())
    return fail(ErrorCode::kUsage, "--masks: {} is not a video; leave it out", command.motion);
  if (command.fps > 0 && kind == InputKind::kModel)
    return fail(ErrorCode::kUsage, "--fps: {} has its own times; leave it out, or resample the result: edit --fps",
                command.motion);
  std::vector<JobContext::Phase> phases =
      filmed ? reconstruct_phases() : std::vector<JobContext::Phase>{{"read motion", 10}};
  for (const JobContext::Phase& phase : {JobContext::Phase{"read target", 10}, {"transfer", 5}, {"write", 2}})
    phases.push_back(phase);
  JobContext job = session.console.job(phases, session.cancel);
  if (!filmed) job.begin_phase("read motion", kRigSteps);
  TransferInput from;
  from.path = command.motion;
  from.masks = command.masks;
  from.clip = command.clip;
  from.fps = command.fps;
  from.rig = rig;
  from.chains = &map_file.source;
  from.map = map_file.path;
  MP4D_TRY(source, load_motion(from, &job));
  job.begin_phase("read target", kRigSteps);
  TransferInput onto;
  onto.path = command.target;
  onto.rig = rig;
  onto.image = image;
  onto.chains = &map_file.target;
  onto.map = map_file.path;
  MP4D_TRY(target, load_target(onto, &job));
  if (!source.rigged_here && !target.rigged_here)
    MP4D_CHECK(auto_rig_options().refuse_changed(&rig, {"template", "resolution", "up", "forward"},
                                                 "both files have their skeletons; leave it out"));
  for (const std::string& note : source.notes) job.info(command.motion + ": " + note);
  for (const std::string& note : target.notes) job.info(command.target + ": " + note);
  for (const std::string& warning : source.warnings) job.warn(command.motion + ": " + warning);

  job.begin_phase("transfer", static_cast<int>(source.clips.size()));
  MP4D_TRY(moved, transfer_clips(source, target, map_file, options, &job));
  const RiggedModel& result = moved.model;
  job.begin_phase("write");
  MP4D_TRY(written, export_model(command.out, result, format, &job));
  if (!command.save_map.empty())
    MP4D_CHECK(write_map(command.save_map, to_file(moved.map, source.model, source.body, target.model, target.body)));
  if (!command.show_rest.empty()) MP4D_CHECK(draw_rest(command.show_rest, source, target, moved.map));
  job.finish();
  fmt::print("{}: {} vertices, {} joints, {} clips\n", command.out, result.mesh.verts.rows(), result.skeleton.size(),
             result.clips.size());
  for (const std::string& line : describe(moved.map, source.model, source.body, target.model, target.body))
    fmt::print("  {}\n", line);
  for (const std::string& line : moved.lines) fmt::print("{}\n", line);
  for (const std::string& line : describe(written)) fmt::print("{}\n", line);
  return {};
}

}  // namespace

void add_transfer(CLI::App& app, Session& session) {
  CLI::App* sub = app.add_subcommand("transfer", "Move one model as another moves: any rig, any body.");
  const auto command = std::make_shared<TransferCommand>();
  sub->add_option(
         "--motion", command->motion,
         "what moves: a GLB, glTF, FBX or BVH with a clip, an .anime file, a folder of meshes, or a video or folder "
         "of images, which is reconstructed first")
      ->type_name("FILE")
      ->required();
  sub->add_option("--masks", command->masks, "of a video: masks of the same stems as the frames; else computed")
      ->type_name("DIR");
  sub->add_option("--clip", command->clip,
                  "part of the clip's name; several parted by commas, or all [default the first]")
      ->type_name("NAME");
  sub->add_option("--target", command->target,
                  "what shall move: a rigged model, whose rig is kept; a mesh, which is rigged; a picture, whose "
                  "subject becomes a mesh; or words in quotes, as \"a tall man in a suit\", for a person made for it")
      ->type_name("FILE")
      ->required();
  sub->add_option("-o,--out", command->out, "rigged, animated model to write: " + export_formats_text())
      ->type_name("FILE")
      ->required();
  sub->add_option("--map", command->map, "which chain moves which, as --save-map wrote it and you edited it")
      ->type_name("FILE.json");
  sub->add_option("--save-map", command->save_map, "write that, for --map of this and other runs")
      ->type_name("FILE.json");
  sub->add_option("--show-rest", command->show_rest, "draw both rest poses as they are aligned")->type_name("FILE.png");
  sub->add_option("--fps", command->fps, "rate of an .anime file, a folder of meshes or of images [default 24]")
      ->type_name("X")
      ->check(CLI::Range(0.1, 1000.0));
  command->retarget = std::make_unique<TableFlags>(*sub, retarget_options(), "Transfer");
  command->rig = std::make_unique<TableFlags>(*sub, auto_rig_options(), "Rig, for meshes without one");
  command->image = std::make_unique<TableFlags>(*sub, image_mesh_options(), "Pictures, as --target");
  command->format = std::make_unique<TableFlags>(*sub, export_options(), "Written file");
  add_run_flags(*sub, session);
  sub->callback(
      [command, &session] { session.command = [command, &session] { return run_transfer(*command, session); }; });
}

}  // namespace mp4d
