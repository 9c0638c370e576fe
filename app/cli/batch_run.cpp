#include "app/cli/batch_run.h"
#include "core/file_checks.h"
#include "core/files.h"
#include "reconstruction/field/field_run.h"
#include <algorithm>
#include <array>
#include <vector>

namespace mp4d {
namespace {

namespace fs = std::filesystem;

// What the trainings write; anything else beside it is the user's.
constexpr std::array kRunFiles{kFieldFile, kFieldLog, "field.mp4d", "model.human", "autoencoder.human", "state.blob", "loss.csv"};
constexpr std::array kRunFolders{"colmap", "samples"};
constexpr const char* kKeyFile = ".key";

bool holds_run(const fs::path& folder) {
  return std::any_of(kRunFiles.begin(), kRunFiles.end(), [&](const char* name) { return lies_there(folder / name); });
}

bool is_of_run(const std::string& name) {
  return name == kKeyFile || std::find(kRunFiles.begin(), kRunFiles.end(), name) != kRunFiles.end() ||
         std::find(kRunFolders.begin(), kRunFolders.end(), name) != kRunFolders.end();
}

std::string key_in(const fs::path& folder) { return read_file(folder / kKeyFile).value_or(""); }

Result<fs::path> begun(const fs::path& folder, const std::string& key) {
  MP4D_CHECK(make_folder(folder));
  MP4D_CHECK(write_atomically(folder / kKeyFile, key));
  return folder;
}

}  // namespace

BatchRun::BatchRun(const fs::path& run, const fs::path& work, std::string key)
    : run_(run), apart_(work / "run"), complete_(work / "run.complete"), earlier_(work / "run.earlier"), key_(std::move(key)) {}

Result<fs::path> BatchRun::begin(const std::string& recorded) const {
  MP4D_CHECK(finish_exchange());
  const std::string of_run = key_in(run_);
  const bool unknown = of_run.empty() && (recorded.empty() || recorded == key_);
  if (of_run == key_ || unknown || !holds_run(run_)) return begun(run_, key_);
  if (key_in(apart_) == key_) return apart_;
  std::error_code error;
  fs::remove_all(apart_, error);
  if (error) return fail(ErrorCode::kInput, "{}: is of earlier options and cannot be removed: {}; remove it", apart_.string(), error.message());
  return begun(apart_, key_);
}

Result<void> BatchRun::end() const {
  if (key_in(run_) == key_ || key_in(apart_) != key_) return {};
  MP4D_CHECK(move_file(apart_, complete_));
  return finish_exchange();
}

Result<void> BatchRun::finish_exchange() const {
  if (lies_there(complete_)) {
    if (lies_there(run_)) MP4D_CHECK(move_file(run_, earlier_));
    MP4D_CHECK(make_folder(run_.parent_path()));
    MP4D_CHECK(move_file(complete_, run_));
    sync_folder(run_.parent_path());
  }
  if (!lies_there(earlier_)) return {};
  std::error_code error;
  std::vector<std::string> own;
  for (fs::directory_iterator it(earlier_, error), end; !error && it != end; it.increment(error)) {
    std::string name = it->path().filename().string();
    if (!is_of_run(name) && !lies_there(run_ / name)) own.push_back(std::move(name));
  }
  if (error) return fail(ErrorCode::kInput, "{}: cannot read the folder: {}", earlier_.string(), error.message());
  for (const std::string& name : own) MP4D_CHECK(move_file(earlier_ / name, run_ / name));
  fs::remove_all(earlier_, error);
  return {};
}

}  // namespace mp4d
