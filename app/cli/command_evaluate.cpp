#include "app/cli/evaluate.h"
#include "app/cli/session.h"
#include "app/cli/table_flags.h"
#include "core/json_file.h"

namespace mp4d {
namespace {

struct EvaluateCommand {
  std::string result, truth, masks, cameras, truth_model;
  bool json = false, held_still = false;
  std::unique_ptr<TableFlags> flags;
};

Result<void> run_evaluate(const EvaluateCommand& command, Session& session) {
  EvaluateOptions options;
  MP4D_CHECK(command.flags->apply(&options));
  std::vector<JobContext::Phase> phases{{"read", 1}, {"score", 10}};
  if (command.held_still) phases.push_back({"held still", 10});
  JobContext job = session.console.job(phases, session.cancel);
  MP4D_TRY(scores, evaluate({command.result, command.truth, command.masks, command.cameras, command.truth_model,
                             command.held_still}, options, &job));
  job.finish();
  fmt::print("{}", command.json ? json_text(scores, 2) + "\n" : score_table(scores));
  return {};
}

}  // namespace

void add_evaluate(CLI::App& app, Session& session) {
  CLI::App* sub = app.add_subcommand("evaluate", "Score a result against its truth: Chamfer distance, F-scores, "
                                                 "steadiness, motion, mask IoU (docs/evaluation.md).");
  const auto command = std::make_shared<EvaluateCommand>();
  sub->add_option("RESULT", command->result, "model with a clip, .anime, or a folder of meshes")->required();
  sub->add_option("--truth", command->truth, "true shapes")->type_name("FILE.anime")->required();
  sub->add_flag("--json", command->json, "print JSON, with the scores of every frame");
  sub->add_option("--masks", command->masks, "true masks, to score the re-projection")->type_name("DIR");
  sub->add_option("--cameras", command->cameras, "cameras.json, or the report that reconstruct wrote")
      ->type_name("FILE.json");
  sub->add_option("--truth-model", command->truth_model,
                  "animated model that the truth shows, to score the motion of the limbs; its clip is found by itself")
      ->type_name("FILE");
  sub->add_flag("--held-still", command->held_still, "score the truth's first frame held still, too: the bar for motion");
  command->flags = std::make_unique<TableFlags>(*sub, evaluate_options(), "Scoring");
  add_run_flags(*sub, session);
  sub->callback(
      [command, &session] { session.command = [command, &session] { return run_evaluate(*command, session); }; });
}

}  // namespace mp4d
