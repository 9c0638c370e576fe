#include "app/cli/session.h"
#include "io/networks.h"

namespace mp4d {
namespace {

Result<void> list() {
  fmt::print("{}\n", network_folder().string());
  for (const NetworkPackage& package : known_networks()) {
    fmt::print("{:<12} {:<14} {} {}, {}, {:.0f} MB to download\n{:<12} {}\n", package.name,
               is_installed(package, network_folder()) ? "installed" : "not installed", package.package, package.version, package.licence,
               package.archive_megabytes, "", package.what);
    for (const std::string& other : package.needs)
      fmt::print("{:<12} needs {}, which is installed with it\n", "", other);
  }
  return {};
}

Result<void> install_one(const NetworkPackage& package, Session& session) {
  if (is_installed(package, network_folder())) {
    fmt::print("{} is installed already\n", package.name);
    return {};
  }
  JobContext job = session.console.job({{"download " + package.name, 1}}, session.cancel);
  job.begin_phase("download " + package.name, 100);
  MP4D_CHECK(install_network(package, npm_registry(), network_folder(), &job));
  job.finish();
  for (std::size_t i = 0; i < package.files.size(); ++i)
    fmt::print("{}: {} {}, licence {}\n", network_path(package, network_folder(), i).string(), package.package,
               package.version, package.licence);
  return {};
}

Result<void> install(const std::string& name, Session& session) {
  MP4D_TRY(package, find_network(name));
  for (const std::string& other : package.needs) {
    MP4D_TRY(needed, find_network(other));
    MP4D_CHECK(install_one(needed, session));
  }
  return install_one(package, session);
}

Result<void> remove(const std::string& name) {
  MP4D_TRY(package, find_network(name));
  MP4D_TRY(was_there, remove_network(package, network_folder()));
  fmt::print("{} {}\n", name, was_there ? "is removed" : "was not installed");
  return {};
}

}  // namespace

void add_models(CLI::App& app, Session& session) {
  CLI::App* sub = app.add_subcommand("models", "Install, list or remove optional networks; all works without them.");
  sub->require_subcommand(1);
  const auto name = std::make_shared<std::string>();
  sub->add_subcommand("list", "what there is, and what is installed")->callback([&session] { session.command = list; });
  CLI::App* add = sub->add_subcommand("install", "download, check and install; asks the npm registry");
  add->add_option("NAME", *name, "as in 'models list'")->required();
  add_run_flags(*add, session);
  add->callback([name, &session] { session.command = [name, &session] { return install(*name, session); }; });
  CLI::App* drop = sub->add_subcommand("remove", "delete an installed one");
  drop->add_option("NAME", *name, "as in 'models list'")->required();
  drop->callback([name, &session] { session.command = [name] { return remove(*name); }; });
}

}  // namespace mp4d
