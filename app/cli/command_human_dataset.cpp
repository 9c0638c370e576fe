#include "app/cli/human_dataset.h"
#include "app/cli/session.h"
#include "app/cli/table_flags.h"

namespace mp4d {
namespace {

struct HumanDatasetCommand {
  std::string makehuman, out;
  bool mannequin = false;
  std::unique_ptr<TableFlags> flags;
};

Result<void> run_human_dataset(const HumanDatasetCommand& command, Session& session) {
  HumanDatasetOptions options;
  MP4D_CHECK(command.flags->apply(&options));
  if (command.makehuman.empty() != command.mannequin)
    return fail(ErrorCode::kUsage, "human dataset: give either --makehuman DIR or --mannequin");
  JobContext job = session.console.job({{"read", 2}, {"write", 10}}, session.cancel);
  MP4D_CHECK(write_human_dataset(command.makehuman, command.out, options, &job));
  job.finish();
  fmt::print("{}: {} people\n", command.out, options.count);
  return {};
}

}  // namespace

void add_human_dataset(CLI::App& app, Session& session) {
  CLI::App* sub = app.add_subcommand("dataset", "Write random people as GLB with their attributes and joints.");
  const auto command = std::make_shared<HumanDatasetCommand>();
  sub->add_option("--makehuman", command->makehuman, "folder with MakeHuman's CC0 data (docs/human_data.md)")
      ->type_name("DIR");
  sub->add_flag("--mannequin", command->mannequin, "jointed figures of simple shapes instead, which need no data");
  sub->add_option("-o,--out", command->out, "folder to write into, made if absent")->type_name("DIR")->required();
  command->flags = std::make_unique<TableFlags>(*sub, human_dataset_options(), "People");
  add_progress_flag(*sub, session);
  sub->callback(
      [command, &session] { session.command = [command, &session] { return run_human_dataset(*command, session); }; });
}

}  // namespace mp4d
