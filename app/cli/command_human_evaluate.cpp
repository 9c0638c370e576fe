#include "app/cli/session.h"
#include "app/cli/table_flags.h"
#include "core/json_file.h"
#include "reconstruction/human/human_evaluate.h"
#include "reconstruction/human/makehuman_archive.h"
#include <nlohmann/json.hpp>

namespace mp4d {
namespace {

struct EvaluateCommand {
  std::string makehuman, model;
  bool json = false;
  std::unique_ptr<TableFlags> flags, sampling_flags;
};

void print_scores(const nlohmann::json& scores) {
  const auto percent = [](const nlohmann::json& share) { return 100 * share.get<double>(); };
  fmt::print("{} people: joints inside {:.1f} % (the generator's own {:.1f} %), in one piece {:.1f} %, IoU {:.3f}\n",
             scores["count"].get<int>(), percent(scores["joints_inside"]), percent(scores["truth_joints_inside"]),
             percent(scores["one_piece"]), scores["iou"].get<double>());
  fmt::print("surface off by {:.1f} mm and {:.1f} degrees\n", 1000 * scores["surface_error_m"].get<double>(),
             scores["normal_error_degrees"].get<double>());
  fmt::print("sides right {:.1f} % of {}; {:.1f} s a person\n", percent(scores["sides_right"]), scores["sides_judged"].get<int>(),
             scores["seconds"].get<double>());
  for (const auto& [name, pair] : scores["pairs"].items())
    fmt::print("pairs that differ in {}: measured right in {:.1f} % (generator {:.1f} %)\n", name, percent(pair["right"]),
               percent(pair["generator"]));
  const nlohmann::json& sets = scores["distribution"];
  fmt::print("1-NNA {:.1f} % (50 = alike), coverage {:.1f} %, MMD {:.1f} mm\n", percent(sets["one_nna"]),
             percent(sets["coverage"]), 1000 * sets["mmd_cd_m"].get<double>());
}

Result<void> run_evaluate(const EvaluateCommand& command, Session& session) {
  human::HumanEvaluateOptions options;
  MP4D_CHECK(command.flags->apply(&options));
  human::HumanSampling sampling;
  MP4D_CHECK(command.sampling_flags->apply(&sampling));
  JobContext job = session.console.job({{"read", 1}, {"evaluate", 100}}, session.cancel);
  job.begin_phase("read");
  MP4D_TRY(generator, human::load_body_generator(command.makehuman));
  std::filesystem::path path = command.model;
  if (path.empty()) {
    MP4D_TRY(shipped, human::shipped_human_model());
    path = shipped;
  }
  MP4D_TRY(model, human::HumanModel::load(path, sampling.device));
  MP4D_TRY(scores, human::evaluate_human_model(model, generator, sampling, options, &job));
  job.finish();
  if (command.json) fmt::print("{}\n", json_text(scores, 2));
  else print_scores(scores);
  return {};
}

}  // namespace

void add_human_evaluate(CLI::App& app, Session& session) {
  CLI::App* sub = app.add_subcommand("evaluate", "Score a model against people it has not seen.");
  const auto command = std::make_shared<EvaluateCommand>();
  sub->add_option("--makehuman", command->makehuman, "folder with MakeHuman's CC0 data (docs/human_data.md)")
      ->type_name("DIR")
      ->required();
  sub->add_option("--model", command->model, "a trained model instead of the shipped one")->type_name("FILE");
  sub->add_flag("--json", command->json, "all scores as a JSON object");
  command->flags = std::make_unique<TableFlags>(*sub, human::human_evaluate_options(), "People");
  command->sampling_flags = std::make_unique<TableFlags>(*sub, human::human_sampling_options(), "Sampling");
  add_run_flags(*sub, session);
  sub->callback([command, &session] { session.command = [command, &session] { return run_evaluate(*command, session); }; });
}

}  // namespace mp4d
