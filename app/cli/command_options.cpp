#include "app/cli/files.h"
#include "app/cli/option_docs.h"
#include "app/cli/session.h"
#include "core/files.h"

namespace mp4d {

void add_options(CLI::App& app, Session& session) {
  CLI::App* sub = app.add_subcommand("options", "Print every option of every command as Markdown (docs/options.md).");
  const auto out = std::make_shared<std::string>();
  sub->add_option("-o,--out", *out, "file (.md) to write instead of stdout")->type_name("FILE");
  sub->callback([out, &session] {
    session.command = [out]() -> Result<void> {
      if (out->empty()) {
        fmt::print("{}", option_docs());
        return {};
      }
      MP4D_CHECK(check_output("-o", *out, {".md"}));
      return write_atomically(*out, option_docs());
    };
  });
}

}  // namespace mp4d
