#include "core/memory_need.h"
#include "core/runtime.h"
#include <fmt/format.h>

namespace mp4d {

std::optional<std::string> memory_lack(double bytes) {
  constexpr double kNoMatter = 64 << 20;
  if (bytes <= kNoMatter) return {};
  const auto free = static_cast<double>(available_memory());
  if (bytes <= free) return {};
  return fmt::format("{:.1f} GB of memory, {:.1f} GB are free", bytes / 1e9, free / 1e9);
}

}  // namespace mp4d
