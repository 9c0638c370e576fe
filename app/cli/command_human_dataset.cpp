#include "app/cli/human_dataset.h"
#include "app/cli/session.h"
#include "app/cli/table_flags.h"

namespace mp4d {
namespace {

struct HumanDatasetCommand {
  std::string makehuman, scans, out;
  bool mannequin = false;
  std::unique_ptr<TableFlags> flags;
};

Result<void> run_human_dataset(const HumanDatasetCommand& command, Session& session) {
  HumanDatasetOptions options;
  MP4D_CHECK(command.flags->apply(&options));
  if (!command.makehuman.empty() + !command.scans.empty() + command.mannequin != 1)
    return fail(ErrorCode::kUsage, "human dataset: give one of --makehuman DIR, --scans DIR or --mannequin");
  JobContext job = session.console.job({{"read", 2}, {"write", 10}}, session.cancel);
  MP4D_TRY(written, write_human_dataset({command.makehuman, command.scans}, command.out, options, &job));
  job.finish();
  fmt::print("{}: {} people\n", command.out, written);
  return {};
}

}  // namespace

void add_human_dataset(CLI::App& app, Session& session) {
  CLI::App* sub = app.add_subcommand("dataset", "Write people, random or scanned, as GLB with their joints.");
  const auto command = std::make_shared<HumanDatasetCommand>();
  sub->add_option("--makehuman", command->makehuman, "folder with MakeHuman's CC0 data (docs/human_data.md)")
      ->type_name("DIR");
  sub->add_option("--scans", command->scans,
                  "folder with meshes of people instead, or with a folder of each, and their joints if known")
      ->type_name("DIR");
  sub->add_flag("--mannequin", command->mannequin, "jointed figures of simple shapes instead, which need no data");
  sub->add_option("-o,--out", command->out, "folder to write into, made if absent")->type_name("DIR")->required();
  command->flags = std::make_unique<TableFlags>(*sub, human_dataset_options(), "People");
  add_run_flags(*sub, session);
  sub->callback(
      [command, &session] { session.command = [command, &session] { return run_human_dataset(*command, session); }; });
}

}  // namespace mp4d
