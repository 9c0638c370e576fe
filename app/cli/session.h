#pragma once
#include "app/cli/console.h"
#include <CLI/CLI.hpp>
#include <functional>
#include <memory>

namespace mp4d {

/// What all commands of one run share.
struct Session {
  Console console;
  CancelToken cancel;
  double memory_gb = 0;              ///< of --memory, 0 = no limit
  std::vector<std::string> program;  ///< how to start this program for another command
  std::function<Result<void>()> command;  ///< set by the subcommand that was chosen
};

/// What every command that takes its time has: --progress bar|json|none, which sets the console's mode as soon as it is
/// parsed, and --memory GB.
void add_run_flags(CLI::App& command, Session& session);

/// All commands below.
void add_commands(CLI::App& app, Session& session);
void add_batch(CLI::App& app, Session& session);
void add_reconstruct(CLI::App& app, Session& session);
void add_rig(CLI::App& app, Session& session);
void add_transfer(CLI::App& app, Session& session);
void add_evaluate(CLI::App& app, Session& session);
void add_field(CLI::App& app, Session& session);
void add_edit(CLI::App& app, Session& session);
void add_render(CLI::App& app, Session& session);
void add_human(CLI::App& app, Session& session);
void add_human_generate(CLI::App& human, Session& session);
void add_human_evaluate(CLI::App& human, Session& session);
void add_human_train(CLI::App& human, Session& session);
void add_human_dataset(CLI::App& human, Session& session);
void add_models(CLI::App& app, Session& session);
void add_info(CLI::App& app, Session& session);
void add_options(CLI::App& app, Session& session);

}  // namespace mp4d
