#include "app/cli/cli.h"
#include "app/cli/interrupt.h"
#include "app/cli/session.h"
#include "core/options.h"
#include "core/runtime.h"
#include <algorithm>
#include <new>

namespace mp4d {
namespace {

constexpr const char* kDescription =
    "Makes rigged, animated models: from videos, meshes and pictures, and from the motion of others.\n\n"
    "  magicpose4d reconstruct walk.mp4 -o walk.glb\n"
    "  magicpose4d rig mesh.obj -o rigged.glb\n"
    "  magicpose4d transfer --motion walk.glb --target rigged.glb -o moved.fbx\n\n"
    "Exit codes: 0 ok, 1 failed, 2 wrong usage, 3 cancelled.";

/// The subcommand, or its own subcommand, that was chosen; `app` if none was. `words`, if given, is what names it.
const CLI::App& chosen_command(const CLI::App& app, std::string* words = nullptr) {
  const auto chosen = app.get_subcommands();
  if (chosen.empty()) return app;
  if (words) *words += " " + chosen.front()->get_name();
  return chosen_command(*chosen.front(), words);
}

/// "; did you mean --category?" for a flag that is nearly one.
std::string suggestion(const CLI::App& app, const std::vector<std::string>& arguments) {
  const CLI::App& command = chosen_command(app);
  std::vector<std::string> names;
  for (const CLI::Option* option : command.get_options())
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  for (const std::string& argument : arguments) {
    const std::string flag = argument.substr(0, argument.find('='));
    if (!flag.starts_with("--") || std::find(names.begin(), names.end(), flag) != names.end()) continue;
    const std::string nearest = closest_name(flag, names);
    if (!nearest.empty()) return fmt::format("; did you mean {}?", nearest);
  }
  return {};
}

/// CLI11 would only say that a subcommand is required.
Result<void> check_command_name(const CLI::App& app, const std::string& name) {
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; }))
    names.push_back(command->get_name());
  if (name.starts_with("-") || std::find(names.begin(), names.end(), name) != names.end()) return {};
  const std::string nearest = closest_name(name, names);
  return fail(ErrorCode::kUsage, "unknown command '{}'{}; see magicpose4d --help", name,
              nearest.empty() ? "" : fmt::format("; did you mean {}?", nearest));
}

/// Parses and runs; a value for success or an expected failure.
Result<void> parse_and_run(int argc, const char* const* argv, Session& session) {
  CLI::App app(kDescription, "magicpose4d");
  add_commands(app, session);
  if (argc > 1) MP4D_CHECK(check_command_name(app, argv[1]));
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& request) {
    app.exit(request);  // prints the help or the version
    return {};
  } catch (const CLI::ParseError& error) {
    const std::vector<std::string> arguments(argv + 1, argv + argc);
    std::string words;
    chosen_command(app, &words);
    return fail(ErrorCode::kUsage, "{}{}; see magicpose4d{} --help", error.what(), suggestion(app, arguments), words);
  }
  if (session.memory_gb > 0) MP4D_CHECK(limit_memory(static_cast<std::uint64_t>(session.memory_gb * 1e9)));
  return session.command();
}

int report(const Error& error, Session& session) {
  session.console.error(error);
  return exit_code(error);
}

}  // namespace

void add_commands(CLI::App& app, Session& session) {
  app.set_version_flag("--version", MP4D_VERSION);
  app.require_subcommand(1);
  app.get_formatter()->column_width(34);
  add_reconstruct(app, session);
  add_rig(app, session);
  add_edit(app, session);
  add_transfer(app, session);
  add_evaluate(app, session);
  add_field(app, session);
  add_render(app, session);
  add_info(app, session);
  add_human(app, session);
  add_batch(app, session);
  add_models(app, session);
  add_options(app, session);
}

void add_run_flags(CLI::App& command, Session& session) {
  static const std::map<std::string, ProgressMode> kModes{
      {"bar", ProgressMode::kBar}, {"json", ProgressMode::kJson}, {"none", ProgressMode::kNone}};
  command
      .add_option_function<std::string>(
          "--progress", [&session](const std::string& mode) { session.console.set_mode(kModes.at(mode)); },
          "on stderr: a bar on a terminal and lines elsewhere, one JSON object a line, or nothing [default bar]")
      ->type_name("bar|json|none")
      ->check(CLI::IsMember(std::vector<std::string>{"bar", "json", "none"}));
  command.add_option("--memory", session.memory_gb, "take no more memory than this; 0 = all there is")
      ->type_name("GB")->check(CLI::Range(0.0, 1e6))->capture_default_str();
}

int report_out_of_memory(Session& session) {
  const auto error = memory_limit() > 0 ? fail(ErrorCode::kResource, "not enough memory within --memory {} GB; raise it, or lower --size or "
                                               "--max-frames (clips), or --resolution or --batch (fields)", session.memory_gb)
                                        : fail(ErrorCode::kResource, "not enough memory; close other programs, or lower --size or --max-frames "
                                               "(clips), or --resolution or --batch (fields)");
  return report(error.value(), session);
}

int run_cli(int argc, const char* const* argv, const std::vector<std::string>& leading) {
  Session session;
  session.program = {"/proc/self/exe"};
  session.program.insert(session.program.end(), leading.begin(), leading.end());
  end_where_memory_runs_out([&session] { report_out_of_memory(session); });
  struct Forget {
    ~Forget() { end_where_memory_runs_out({}); }
  } when_done;
  try {
    session.cancel = cancel_on_signals();
    const Result<void> done = parse_and_run(argc, argv, session);
    return done ? 0 : report(done.error(), session);
  } catch (const std::exception& error) {
    if (!is_out_of_memory(error))
      return report(fail(ErrorCode::kFailed, "unexpected: {}; please report this", error.what()).value(), session);
    return report_out_of_memory(session);
  }
}

}  // namespace mp4d
