#include "core/text.h"
#include "io/internal/export_write.h"
#include "io/internal/part_name.h"
#include "core/hash.h"
#include "io/listing.h"
#include "io/model_io.h"
#include <algorithm>

namespace mp4d {
namespace fs = std::filesystem;

namespace {

constexpr double kLargestShare = 1e-3;
constexpr std::size_t kPartDigits = 8;  // of the hash in a part's name

Result<void> write_as_glb(const fs::path& path, const RiggedModel& model, const ExportSettings&) {
  return write_glb(path, model);
}
Result<void> write_as_gltf(const fs::path& path, const RiggedModel& model, const ExportSettings&) {
  return write_gltf(path, model);
}

}  // namespace

const std::vector<ExportFormat>& export_formats() {
  using Options = std::vector<std::string>;
  static const Options kGltf{"key-fps", "leaf-bones", "influences"}, kMeshes{"key-fps", "up-axis", "influences", "replace"},
      kFbx{"up-axis", "unit", "key-fps", "leaf-bones", "armature", "influences", "weld"}, kBvh{"unit", "key-fps"},
      kUsd{"up-axis", "unit", "key-fps", "leaf-bones", "influences"};
  static const std::vector<ExportFormat> list{{".glb", true, Names::kAny, false, true, kGltf, write_as_glb},
                                              {".gltf", true, Names::kAny, false, true, kGltf, write_as_gltf},
                                              {".fbx", true, Names::kAny, false, true, kFbx, write_fbx},
                                              {".bvh", false, Names::kNoSpaces, false, false, kBvh, write_bvh},
                                              {".usda", true, Names::kIdentifiers, false, true, kUsd, write_usd},
                                              {".usdz", true, Names::kIdentifiers, false, true, kUsd, write_usd},
                                              {".anime", false, Names::kAny, true, false, kMeshes, nullptr},
                                              {".obj", false, Names::kAny, true, false, kMeshes, nullptr},
                                              {".ply", false, Names::kAny, true, false, kMeshes, nullptr}};
  return list;
}

const ExportFormat* find_export_format(const fs::path& path) {
  const std::string ending = lower_extension(path);
  for (const ExportFormat& format : export_formats())
    if (ending == format.ending) return &format;
  return nullptr;
}

std::string part_name(const std::string& stem, std::string_view content, const std::string& ending) {
  return as_utf8(stem) + "." + ContentHash().text(content).hex().substr(0, kPartDigits) + ending;
}

bool is_part_name(const std::string& name, const fs::path& path) {
  const std::string stem = as_utf8(path.stem().string()), ending = lower_extension(path);
  const std::string of_part = ending == ".gltf" ? ".bin" : ".png";
  if ((ending != ".gltf" && ending != ".usda") || !name.starts_with(stem) || !name.ends_with(of_part)) return false;
  if (name.size() < stem.size() + 1 + kPartDigits + of_part.size()) return false;
  std::string_view rest = std::string_view(name).substr(stem.size());
  rest.remove_suffix(of_part.size());
  if (ending == ".usda") {
    if (!rest.starts_with('_')) return false;
    rest.remove_prefix(std::min(rest.size(), rest.find_first_not_of("0123456789", 1)));
  }
  return rest.size() == 1 + kPartDigits && rest[0] == '.' && rest.find_first_not_of("0123456789abcdef", 1) == std::string_view::npos;
}

Result<void> judge_export(const fs::path& path, const ExportReport& report) {
  if (report.error_share <= kLargestShare) return {};
  return fail(
      ErrorCode::kFailed,
      "{}: not written: read again, {} is {:.2g} of the size away from where it should be (at most {} is taken)",
      path.string(), report.joints_only ? "a joint" : "a vertex", report.error_share, kLargestShare);
}

}  // namespace mp4d
