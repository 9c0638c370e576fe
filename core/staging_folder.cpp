#include "core/staging_folder.h"
#include "core/file_checks.h"
#include "core/files.h"
#include <algorithm>
#include <set>
#include <sstream>

namespace mp4d {
namespace {

namespace fs = std::filesystem;

constexpr const char* kBefore = "before";  // behind the owner's mark: the folder of what is replaced
constexpr const char* kReplaced = "files";
constexpr const char* kAdded = "added";    // names of the new files that replace none, each with a zero behind it

Result<std::vector<fs::path>> files_below(const fs::path& folder) {
  std::vector<fs::path> files;
  std::error_code error;
  fs::recursive_directory_iterator it(folder, error);
  for (const fs::recursive_directory_iterator end; !error && it != end; it.increment(error))
    if (!it->is_directory()) files.push_back(it->path().lexically_relative(folder));
  if (error) return fail(ErrorCode::kInput, "{}: cannot read the folder: {}", folder.string(), error.message());
  std::sort(files.begin(), files.end());
  return files;
}

/// Moves `name` from one folder to the same place in another.
Result<void> move_across(const fs::path& from, const fs::path& to, const fs::path& name) {
  MP4D_CHECK(make_folder((to / name).parent_path()));
  return move_file(from / name, to / name);
}

/// As a whole for put_back_files(), which else would put back the half of it that a kill left.
void discard(const fs::path& before, const fs::path& folder) {
  std::error_code error, ignored;
  const fs::path old = temporary_name(folder / "old");
  fs::rename(before, old, error);
  fs::remove_all(error ? before : old, ignored);
}

/// `before` is gone once all of it is back in `folder`.
Result<void> undo(const fs::path& before, const fs::path& folder) {
  std::error_code ignored;
  if (lies_there(before / kAdded)) {
    MP4D_TRY(added, read_file(before / kAdded));
    std::istringstream names(added);
    for (std::string name; std::getline(names, name, '\0');) fs::remove(folder / name, ignored);
  }
  if (lies_there(before / kReplaced)) {
    MP4D_TRY(replaced, files_below(before / kReplaced));
    for (const fs::path& name : replaced) MP4D_CHECK(move_across(before / kReplaced, folder, name));
  }
  sync_folder(folder);
  discard(before, folder);
  return {};
}

}  // namespace

Result<StagingFolder> StagingFolder::beside(const fs::path& path) {
  StagingFolder folder(temporary_name(path));
  MP4D_CHECK(shown_as(path, folder.path_, make_folder(folder.path_)));
  return folder;
}

Result<StagingFolder> StagingFolder::of(const fs::path& folder) {
  if (!lies_there(folder)) return beside(folder.has_filename() ? folder : folder.parent_path());
  MP4D_CHECK(make_folder(folder));  // error if it is something else
  MP4D_CHECK(put_back_files(folder));
  StagingFolder inside(temporary_name(folder / "new"));
  MP4D_CHECK(shown_as(folder, inside.path_, make_folder(inside.path_)));
  return inside;
}

StagingFolder::~StagingFolder() {
  std::error_code ignored;
  if (!path_.empty()) fs::remove_all(path_, ignored);
}

Result<void> replace_files(const fs::path& from, const fs::path& folder, const std::vector<fs::path>& stale, const fs::path& last) {
  if (!lies_there(folder)) {
    MP4D_CHECK(move_file(from, folder));
    sync_folder(folder.parent_path());
    return {};
  }
  MP4D_TRY(files, files_below(from));
  for (const fs::path& name : files)
    if (std::error_code error; fs::is_directory(folder / name, error))
      return fail(ErrorCode::kInput, "{}: a folder has the name of a file that belongs there; move it away", (folder / name).string());
  std::set<fs::path> taken(stale.begin(), stale.end());
  std::string added;
  for (const fs::path& name : files)
    if (lies_there(folder / name)) taken.insert(name);
    else added += name.string() + '\0';
  std::vector<fs::path> order(taken.begin(), taken.end());
  std::stable_partition(order.begin(), order.end(), [&](const fs::path& name) { return name == last; });
  std::stable_partition(files.begin(), files.end(), [&](const fs::path& name) { return name != last; });

  const fs::path before = folder / ('.' + owner_mark() + kBefore);
  const auto swap = [&]() -> Result<void> {
    MP4D_CHECK(make_folder(before));
    MP4D_CHECK(write_atomically(before / kAdded, added));
    for (const fs::path& name : order)
      if (lies_there(folder / name)) MP4D_CHECK(move_across(folder, before / kReplaced, name));
    for (const fs::path& name : files) MP4D_CHECK(move_across(from, folder, name));
    return {};
  };
  if (const auto swapped = shown_as(folder, before / kReplaced, shown_as(folder, before / kAdded, shown_as(folder, before, swap()))); !swapped) {
    if (const auto undone = undo(before, folder); !undone)
      return fail(swapped.error().code, "{}; what was there before lies in {}", swapped.error().message, before.string());
    return swapped;
  }
  sync_folder(folder);
  discard(before, folder);
  return {};
}

Result<void> put_back_files(const fs::path& folder) {
  std::vector<fs::path> left;
  std::error_code error;
  for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
    const std::string name = it->path().filename().string();
    if (!name.starts_with('.') || !name.ends_with(kBefore)) continue;
    if (name != '.' + owner_mark() + kBefore && !is_left_over(name, "."))
      return fail(ErrorCode::kInput, "{}: another program, perhaps on another machine, is replacing files here; wait for it, or if it was killed take "
                  "what you need out of {} and remove that folder", folder.string(), name);
    left.push_back(it->path());
  }
  for (const fs::path& before : left) MP4D_CHECK(shown_as(folder, before, undo(before, folder)));
  return {};
}

}  // namespace mp4d
