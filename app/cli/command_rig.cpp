#include "app/cli/player.h"
#include "app/cli/session.h"
#include "app/cli/table_flags.h"
#include "io/export.h"
#include "io/model_io.h"
#include "motion/auto_rig.h"

namespace mp4d {
namespace {

struct RigCommand {
  std::string mesh, out;
  std::unique_ptr<TableFlags> flags, format;
};

Result<void> run_rig(const RigCommand& command, Session& session) {
  ExportOptions format;
  MP4D_CHECK(command.format->apply(&format));
  MP4D_CHECK(check_export("-o", command.out, format));
  AutoRigOptions options;
  MP4D_CHECK(command.flags->apply(&options));
  JobContext job = session.console.job({{"read", 1}, {"rig", 20}, {"write", 1}}, session.cancel);
  job.begin_phase("read");
  MP4D_TRY(input, read_model(command.mesh));
  MP4D_CHECK(require_surface(command.mesh, input));
  if (input.skeleton.size() > 0) job.info(command.mesh + ": its skeleton and clips are replaced");
  const Mesh mesh = Player(std::move(input), -1).at(0);

  job.begin_phase("rig", kRigSteps);
  MP4D_TRY(rigged, auto_rig(mesh, options, &job));
  job.begin_phase("write");
  MP4D_TRY(written, export_model(command.out, rigged.model, format, &job));
  job.finish();
  fmt::print("{}: {} vertices, {} joints\n", command.out, rigged.model.mesh.verts.rows(), rigged.model.skeleton.size());
  for (const std::string& sentence : describe(rigged.report)) fmt::print("{}\n", sentence);
  for (const std::string& line : describe(written)) fmt::print("{}\n", line);
  return {};
}

}  // namespace

void add_rig(CLI::App& app, Session& session) {
  CLI::App* sub = app.add_subcommand("rig", "Give a mesh a skeleton and skin weights.");
  const auto command = std::make_shared<RigCommand>();
  sub->add_option("MESH", command->mesh, "GLB, glTF, FBX, DAE, OBJ, PLY or STL")->required();
  sub->add_option("-o,--out", command->out, "rigged model to write: " + export_formats_text())
      ->type_name("FILE")
      ->required();
  command->flags = std::make_unique<TableFlags>(*sub, auto_rig_options(), "Rig");
  command->format = std::make_unique<TableFlags>(*sub, export_options(), "Written file");
  add_progress_flag(*sub, session);
  sub->callback([command, &session] { session.command = [command, &session] { return run_rig(*command, session); }; });
}

}  // namespace mp4d
