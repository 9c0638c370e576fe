#include "app/cli/files.h"
#include "app/cli/player.h"
#include "app/cli/session.h"
#include "app/cli/table_flags.h"
#include "core/text.h"
#include "io/export.h"
#include "io/frames.h"
#include "io/model_io.h"
#include "motion/auto_rig.h"
#include "reconstruction/appearance/image_mesh.h"
#include "render/rig_picture.h"

namespace mp4d {
namespace {

struct RigCommand {
  std::string input, out, picture;
  bool keep = false;
  std::unique_ptr<TableFlags> rig_flags, image_flags, format_flags;
};

/// A clip, or weights on more than one joint: what --keep keeps.
bool has_rig(const RiggedModel& model) {
  if (!model.clips.empty()) return true;
  const auto& joints = model.skin.joints.array();
  return joints.size() > 0 && (joints != joints(0, 0) && model.skin.weights.array() > 0).any();
}

/// Writes the model and what --picture asks for; `sentences` are printed after the first line.
Result<void> write_results(const RigCommand& command, const RiggedModel& model, const Mat3& mesh_from_body,
                           const ExportOptions& format, const std::vector<std::string>& sentences, JobContext& job) {
  MP4D_TRY(written, export_model(command.out, model, format, &job));
  if (!command.picture.empty()) MP4D_CHECK(write_image(command.picture, draw_rig(model, {mesh_from_body})));
  job.finish();
  fmt::print("{}: {} vertices, {}\n", command.out, model.mesh.verts.rows(),
             counted(model.skeleton.joints.size(), "joint"));
  if (!command.picture.empty()) fmt::print("{}\n", command.picture);
  for (const std::string& sentence : sentences) fmt::print("{}\n", sentence);
  for (const std::string& line : describe(written)) fmt::print("{}\n", line);
  return {};
}

/// The mesh of what the picture shows, and what there is to say about it. Sets the heading that the picture implies.
Result<Mesh> mesh_of_picture(const RigCommand& command, const ImageMeshOptions& options, AutoRigOptions& rig,
                             std::vector<std::string>& sentences, JobContext* job) {
  MP4D_TRY(image, mesh_from_image(command.input, options, job));
  sentences = describe(image);
  if (rig.forward == AutoRigOptions().forward) rig.forward = image.forward();
  if (rig.up == AutoRigOptions().up) rig.up = "y";
  return std::move(image.mesh);
}

Result<void> run_rig(const RigCommand& command, Session& session) {
  ExportOptions format;
  MP4D_CHECK(command.format_flags->apply(&format));
  MP4D_CHECK(check_export("-o", command.out, format));
  MP4D_CHECK(check_holds_skin("-o", command.out));
  if (!command.picture.empty()) MP4D_CHECK(check_output("--picture", command.picture, {".png", ".jpg", ".jpeg"}));
  AutoRigOptions options;
  MP4D_CHECK(command.rig_flags->apply(&options));
  ImageMeshOptions image_options;
  MP4D_CHECK(command.image_flags->apply(&image_options));
  JobContext job = session.console.job({{"read", 3}, {"rig", 20}, {"write", 1}}, session.cancel);
  Mesh mesh;
  std::vector<std::string> sentences;
  if (is_picture(command.input)) {
    if (command.keep) return fail(ErrorCode::kUsage, "--keep: a picture has no rig to keep; leave it out");
    job.begin_phase("read", kImageMeshSteps);
    MP4D_TRY(inflated, mesh_of_picture(command, image_options, options, sentences, &job));
    mesh = std::move(inflated);
  } else {
    MP4D_CHECK(refuse_image_mesh_options(image_options, "for pictures alone; leave it out"));
    job.begin_phase("read");
    MP4D_TRY(input, read_model(command.input, &job));
    MP4D_CHECK(require_surface(command.input, input));
    if (command.keep && has_rig(input)) {
      job.begin_phase("write");
      sentences = {fmt::format("its own rig is kept: {}, {}", counted(input.skeleton.joints.size(), "joint"),
                               counted(input.clips.size(), "clip"))};
      return write_results(command, input, Mat3::Identity(), format, sentences, job);
    }
    if (input.skeleton.size() > 0)
      job.info(command.input + ": its skeleton and clips are replaced (--keep leaves them)");
    mesh = Player(std::move(input), -1).at(0);
  }

  job.begin_phase("rig", kRigSteps);
  auto rigged = auto_rig(mesh, options, &job);
  if (!rigged) return tl::unexpected(about_file(command.input, std::move(rigged.error())));
  for (std::string& sentence : describe(rigged->report)) sentences.push_back(std::move(sentence));
  job.begin_phase("write");
  return write_results(command, rigged->model, rigged->report.mesh_from_body, format, sentences, job);
}

}  // namespace

void add_rig(CLI::App& app, Session& session) {
  CLI::App* sub = app.add_subcommand("rig", "Give a mesh, or what a picture shows, a skeleton and skin weights.");
  const auto command = std::make_shared<RigCommand>();
  sub->add_option(
         "INPUT", command->input,
         "mesh or model (docs/formats.md); or a picture (PNG, JPEG, WebP, TIFF, BMP), whose subject is inflated to a mesh "
         "first")
      ->required();
  sub->add_option("-o,--out", command->out, fmt::format("rigged model to write: {}", fmt::join(skin_endings(), ", ")))
      ->type_name("FILE")
      ->required();
  sub->add_option("--picture", command->picture, "picture to write: the skeleton in the mesh, and whose each vertex is")
      ->type_name("FILE.png");
  sub->add_flag("--keep", command->keep,
                "leave a model that has a rig or a clip as it is, so that only bare meshes are rigged");
  command->rig_flags = std::make_unique<TableFlags>(*sub, auto_rig_options(), "Rig");
  command->image_flags = std::make_unique<TableFlags>(*sub, image_mesh_options(), "Pictures");
  command->format_flags = std::make_unique<TableFlags>(*sub, export_options(), "Written file");
  add_run_flags(*sub, session);
  sub->callback([command, &session] { session.command = [command, &session] { return run_rig(*command, session); }; });
}

}  // namespace mp4d
