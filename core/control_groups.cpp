#include "core/control_groups.h"
#include "core/number_in.h"
#include <algorithm>
#include <fmt/format.h>
#include <fstream>
#include <limits>

namespace mp4d {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kUnlimited = std::numeric_limits<std::uint64_t>::max();

/// What a version calls its files.
struct GroupFiles {
  const char *limit, *used, *droppable;
};
constexpr GroupFiles kVersion1{"memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file "};
constexpr GroupFiles kVersion2{"memory.max", "memory.current", "inactive_file "};  // "max" (no limit) has no digits

std::uint64_t left_of(const fs::path& group, const GroupFiles& files) {
  const auto limit = number_in(group / files.limit), used = number_in(group / files.used);
  if (!limit || !used) return kUnlimited;
  const std::uint64_t held = *used - std::min(*used, number_in(group / "memory.stat", files.droppable).value_or(0));
  return *limit - std::min(held, *limit);
}

}  // namespace

std::uint64_t control_group_memory(const fs::path& root) {
  std::uint64_t left = kUnlimited;
  std::ifstream groups(root / "proc/self/cgroup");
  for (std::string line; std::getline(groups, line);) {  // ID:CONTROLLERS:/PATH, version 2 without controllers
    const std::size_t first = line.find(':'), second = line.find(':', first + 1);
    if (second == std::string::npos) continue;
    const std::string controllers = fmt::format(",{},", line.substr(first + 1, second - first - 1));
    const bool version2 = controllers == ",,";
    if (!version2 && controllers.find(",memory,") == std::string::npos) continue;
    const fs::path mount = root / (version2 ? "sys/fs/cgroup" : "sys/fs/cgroup/memory");
    // In a container the path may be the host's, of which nothing is seen here but what stands for the root.
    for (fs::path below = fs::path(line.substr(second + 1)).relative_path();; below = below.parent_path()) {
      left = std::min(left, left_of(mount / below, version2 ? kVersion2 : kVersion1));
      if (below.empty()) break;
    }
  }
  return left;
}

}  // namespace mp4d
