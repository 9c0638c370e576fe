#include "app/cli/session.h"

namespace mp4d {

void add_human(CLI::App& app, Session& session) {
  CLI::App* sub = app.add_subcommand("human", "Make people: clothed bodies in any pose.");
  sub->require_subcommand(1);
  add_human_generate(*sub, session);
  add_human_train(*sub, session);
  add_human_evaluate(*sub, session);
  add_human_dataset(*sub, session);
}

}  // namespace mp4d
