#include "reconstruction/human/makehuman_archive.h"
#include "core/files.h"
#include "core/hash.h"
#include "io/archive.h"
#include "io/networks.h"
#include <array>
#include <cstdlib>

namespace mp4d::human {
namespace {

namespace fs = std::filesystem;

constexpr std::array<const char*, 2> kTrees = {"makehuman", "makehuman_extra"};
constexpr std::array<const char*, 2> kArchives = {"makehuman_data_cc0.tar.xz", "clothes_hair_poses_rigs_cc0.tar.xz"};

constexpr std::uint64_t kMostBytes = 4'000'000'000;  // of each archive, some forty times what there is

bool has_all(const fs::path& folder, const std::array<const char*, 2>& names) {
  std::error_code error;
  return fs::exists(folder / names[0], error) && fs::exists(folder / names[1], error);
}

fs::path cache_folder() {
  const char* cache = std::getenv("XDG_CACHE_HOME");
  const char* home = std::getenv("HOME");
  return (cache && *cache ? fs::path(cache) : fs::path(home && *home ? home : ".") / ".cache") /
         "magicpose4d/makehuman";
}

/// Removes the folder unless it was renamed away.
struct Leftover {
  fs::path path;
  ~Leftover() {
    std::error_code ignored;
    fs::remove_all(path, ignored);
  }
};

}  // namespace

Result<fs::path> makehuman_folder(const fs::path& folder, JobContext* job) {
  if (has_all(folder, kTrees)) return folder;
  if (!has_all(folder, kArchives))
    return fail(
        ErrorCode::kInput,
        "{}: no MakeHuman data: expected the folders {} and {}, or the archives {} and {} of which they are made",
        folder.string(), kTrees[0], kTrees[1], kArchives[0], kArchives[1]);
  std::string key;
  for (const char* name : kArchives) {
    MP4D_TRY(sum, sha256_of(folder / name));
    key += sum.substr(0, 12);
  }
  const fs::path unpacked = cache_folder() / key;
  if (has_all(unpacked, kTrees)) return unpacked;

  const Leftover temporary{cache_folder() / temporary_name(unpacked)};
  if (const auto made = shown_as(unpacked, temporary.path, make_folder(temporary.path)); !made)
    return fail(made.error().code, "{}; XDG_CACHE_HOME says where it lies", made.error().message);
  for (const char* name : kArchives)
    MP4D_CHECK(shown_as(unpacked, temporary.path, unpack_archive(folder / name, temporary.path, kMostBytes, job)));
  std::error_code error;
  fs::rename(temporary.path, unpacked, error);
  if (has_all(unpacked, kTrees)) return unpacked;  // by this process, or by another just before
  return fail(ErrorCode::kInput, "{}: the archives do not hold {} and {}; fetch them again", folder.string(), kTrees[0],
              kTrees[1]);
}

Result<std::string> makehuman_content(const fs::path& folder, JobContext* job) {
  MP4D_TRY(unpacked, makehuman_folder(folder, job));
  ContentHash hash;
  for (const char* part : {"makehuman/data/3dobjs/base.obj", "makehuman/data/targets", "makehuman_extra/rigs/weights.cmu_mb.json",
                           "makehuman_extra/base/clothes", "makehuman_extra/base/hair"})
    MP4D_CHECK(hash.path(unpacked / part));
  return hash.hex();
}

Result<BodyGenerator> load_body_generator(const fs::path& folder, JobContext* job) {
  MP4D_TRY(unpacked, makehuman_folder(folder, job));
  return BodyGenerator::load(unpacked.string());
}

}  // namespace mp4d::human
