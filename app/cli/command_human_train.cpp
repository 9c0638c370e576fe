#include "app/cli/human_sheet.h"
#include "app/cli/session.h"
#include "app/cli/table_flags.h"
#include "core/files.h"
#include "io/frames.h"
#include "reconstruction/human/human_train.h"
#include "reconstruction/human/makehuman_archive.h"

namespace mp4d {
namespace {

struct TrainCommand {
  std::string makehuman, run;
  std::unique_ptr<TableFlags> flags;
};

Result<void> run_train(const TrainCommand& command, Session& session) {
  human::HumanTrainOptions options;
  MP4D_CHECK(command.flags->apply(&options));
  JobContext job = session.console.job({{"read", 1}, {"train", 100}}, session.cancel);
  job.begin_phase("read");
  MP4D_TRY(generator, human::load_body_generator(command.makehuman));
  MP4D_TRY(data, human::makehuman_content(command.makehuman));
  options.data = data;
  human::TrainingCallbacks callbacks;
  callbacks.on_report = [&](const human::TrainingReport& report) {
    job.info(fmt::format("step {}, {:.0f} s: loss {:.4f}, {:.1f} people/s", report.step, report.seconds, report.loss,
                         report.samples_per_second));
  };
  if (options.samples > 0 && options.network != "autoencoder")
    callbacks.on_checkpoint = [&](int step) -> Result<void> {
      const std::filesystem::path run = command.run, folder = run / "samples";
      MP4D_TRY(sheet, human_sheet(run / "model.human", generator, options.samples, &job));
      MP4D_CHECK(make_folder(folder));
      return write_image(folder / fmt::format("step_{:08}.png", step), sheet);
    };
  MP4D_CHECK(human::train_human_model(generator, options, command.run, &job, callbacks));
  job.finish();
  if (options.network == "autoencoder")
    fmt::print("{0}/autoencoder.human: train a denoiser with it: --autoencoder {0}/autoencoder.human\n", command.run);
  else
    fmt::print("{}/model.human: use it with 'magicpose4d human generate --model'\n", command.run);
  return {};
}

}  // namespace

void add_human_train(CLI::App& app, Session& session) {
  CLI::App* sub = app.add_subcommand("train", "Train the generator of people; goes on with a run that was interrupted.");
  const auto command = std::make_shared<TrainCommand>();
  sub->add_option("--makehuman", command->makehuman, "folder with MakeHuman's CC0 data (docs/human_data.md)")
      ->type_name("DIR")
      ->required();
  sub->add_option("-o,--out", command->run, "folder of the run: model.human (or autoencoder.human), state.blob, loss.csv, samples/")->type_name("RUN")->required();
  command->flags = std::make_unique<TableFlags>(*sub, human::human_train_options(), "Training");
  add_run_flags(*sub, session);
  sub->callback([command, &session] { session.command = [command, &session] { return run_train(*command, session); }; });
}

}  // namespace mp4d
