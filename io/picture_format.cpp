#include "io/internal/picture_format.h"

namespace mp4d::internal {

bool is_known_picture(std::string_view head) {
  using namespace std::string_view_literals;
  if (head.starts_with("RIFF")) return head.substr(0, 12).ends_with("WEBP");
  for (const std::string_view start : {"\x89PNG\r\n\x1a\n"sv, "\xff\xd8\xff"sv, "BM"sv, "II*\0"sv, "MM\0*"sv})
    if (head.starts_with(start)) return true;
  return false;
}

}  // namespace mp4d::internal
