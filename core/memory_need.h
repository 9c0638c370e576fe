#pragma once
#include <optional>
#include <string>

namespace mp4d {

/// For an error (kResource) that is told before work begins which would run out of memory: "1.6 GB of memory, 0.7 GB are free".
/// Nothing if `bytes` fit into available_memory(), or are so few that nobody needs to look.
std::optional<std::string> memory_lack(double bytes);

}  // namespace mp4d
