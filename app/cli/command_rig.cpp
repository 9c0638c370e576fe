#include "app/cli/files.h"
#include "app/cli/player.h"
#include "app/cli/session.h"
#include "app/cli/table_flags.h"
#include "io/model_io.h"
#include "motion/auto_rig.h"

namespace mp4d {
namespace {

struct RigCommand {
  std::string mesh, out;
  std::unique_ptr<TableFlags> flags;
};

Result<void> run_rig(const RigCommand& command, Session& session) {
  MP4D_CHECK(check_output("-o", command.out, {".glb"}));
  AutoRigOptions options;
  MP4D_CHECK(command.flags->apply(&options));
  JobContext job = session.console.job({{"read", 1}, {"rig", 20}, {"write", 1}}, session.cancel);
  job.begin_phase("read");
  MP4D_TRY(input, read_model(command.mesh));
  if (input.skeleton.size() > 0) job.info(command.mesh + ": its skeleton and clips are replaced");
  const Mesh mesh = Player(std::move(input), -1).at(0);

  job.begin_phase("rig", kRigSteps);
  MP4D_TRY(rigged, auto_rig(mesh, options, &job));
  job.begin_phase("write");
  MP4D_CHECK(write_glb(command.out, rigged.model));
  job.finish();
  fmt::print("{}: {} vertices, {} joints\n", command.out, rigged.model.mesh.verts.rows(), rigged.model.skeleton.size());
  for (const std::string& sentence : describe(rigged.report)) fmt::print("{}\n", sentence);
  return {};
}

}  // namespace

void add_rig(CLI::App& app, Session& session) {
  CLI::App* sub = app.add_subcommand("rig", "Give a mesh a skeleton and skin weights.");
  const auto command = std::make_shared<RigCommand>();
  sub->add_option("MESH", command->mesh, "GLB, glTF, FBX, DAE, OBJ, PLY or STL")->required();
  sub->add_option("-o,--out", command->out, "rigged model to write")->type_name("FILE.glb")->required();
  command->flags = std::make_unique<TableFlags>(*sub, auto_rig_options(), "Rig");
  add_progress_flag(*sub, session);
  sub->callback([command, &session] { session.command = [command, &session] { return run_rig(*command, session); }; });
}

}  // namespace mp4d
