#pragma once
#include <string>
#include <string_view>

namespace mp4d::internal {

/// What a camera noted in a JPEG (the whole segment APP1, EXIF 2.3), with the orientation set to upright: to be put into the picture
/// once its pixels are turned. Empty if there is none, or if it is damaged.
std::string upright_exif(std::string_view jpeg);

/// `jpeg` with the segment right behind its beginning; as it is if the segment is empty.
std::string with_segment(std::string_view jpeg, std::string_view segment);

}  // namespace mp4d::internal
