#include "app/cli/files.h"
#include "app/cli/human_pose.h"
#include "app/cli/session.h"
#include "app/cli/table_flags.h"
#include "io/export.h"
#include "io/frames.h"
#include "reconstruction/human/human_generate.h"
#include "render/rig_picture.h"
#include <fmt/ranges.h>

namespace mp4d {
namespace {

struct GenerateCommand {
  std::string text, pose, out, picture, model;
  int frame = 0, faces = 30000;
  bool no_rig = false;
  std::unique_ptr<TableFlags> sampling_flags, format_flags;
};

Result<void> run_generate(const GenerateCommand& command, Session& session) {
  ExportOptions format;
  MP4D_CHECK(command.format_flags->apply(&format));
  MP4D_CHECK(check_export("-o", command.out, format));
  if (!command.picture.empty()) MP4D_CHECK(check_output("--picture", command.picture, {".png", ".jpg", ".jpeg"}));
  human::HumanOrder order;
  MP4D_CHECK(command.sampling_flags->apply(&order.sampling));
  order.text = command.text;
  order.model = command.model;
  order.faces = command.faces;
  order.rig = !command.no_rig;
  MP4D_TRY(notes, set_pose(order, command.pose, command.frame));

  std::vector<JobContext::Phase> phases = human::human_phases();
  phases.push_back({"write", 1});
  JobContext job = session.console.job(phases, session.cancel);
  MP4D_TRY(person, human::generate_human(order, &job));
  job.begin_phase("write");
  MP4D_TRY(written, export_model(command.out, person.model, format, &job));
  if (!command.picture.empty()) MP4D_CHECK(write_image(command.picture, draw_rig(person.model, {Mat3::Identity()})));
  job.finish();
  fmt::print("{}: {} vertices, {} joints, seed {}\n", command.out, person.model.mesh.verts.rows(),
             person.model.skeleton.size(), order.sampling.seed);
  if (!command.picture.empty()) fmt::print("{}\n", command.picture);
  if (!person.description.understood.empty()) fmt::print("understood: {}\n", fmt::join(person.description.understood, ", "));
  if (!person.description.taken_for.empty()) fmt::print("taken for known words: {}\n", fmt::join(person.description.taken_for, ", "));
  if (!person.description.unknown.empty())
    fmt::print("not understood: {} (docs/human.md lists the words)\n", fmt::join(person.description.unknown, ", "));
  for (const std::string& note : notes) fmt::print("{}\n", note);
  if (!person.pose.empty()) fmt::print("pose: {}\n", person.pose);
  for (const std::string& line : describe(written)) fmt::print("{}\n", line);
  return {};
}

}  // namespace

void add_human_generate(CLI::App& app, Session& session) {
  CLI::App* sub = app.add_subcommand("generate", "Make a rigged 3D person from words, a pose, or both.");
  const auto command = std::make_shared<GenerateCommand>();
  sub->add_option("--text", command->text, "who, in English: \"a tall old man in a grey suit, waving\"; what is not said is random");
  sub->add_option("--pose", command->pose,
                  "a preset's name; or a file: JSON with the positions of the 24 joints, an animated model (BVH, GLB, FBX) of a person, "
                  "or a photo or video of one (needs 'models install pose'); else what the text says, else a-pose")
      ->type_name("NAME|FILE");
  sub->add_option("--frame", command->frame, "of an animated model or a video given as --pose")->capture_default_str();
  sub->add_option("-o,--out", command->out, "model to write: " + export_formats_text())->type_name("FILE")->required();
  sub->add_option("--picture", command->picture, "picture to write: the person, the skeleton in it, and whose each vertex is")
      ->type_name("FILE.png");
  sub->add_flag("--no-rig", command->no_rig, "the mesh alone");
  sub->add_option("--faces", command->faces, "triangles at most; 0 = all")->check(CLI::Range(0, 10000000))->capture_default_str();
  sub->add_option("--model", command->model, "a trained model ('human train') instead of the shipped one")->type_name("FILE");
  command->sampling_flags = std::make_unique<TableFlags>(*sub, human::human_sampling_options(), "Sampling");
  command->format_flags = std::make_unique<TableFlags>(*sub, export_options(), "Written file");
  add_run_flags(*sub, session);
  sub->callback([command, &session] { session.command = [command, &session] { return run_generate(*command, session); }; });
}

}  // namespace mp4d
