#pragma once
#include <cstddef>
#include <string>
#include <string_view>

namespace mp4d {

/// ASCII letters in lower case.
std::string lower(std::string text);

/// "1 clip", "3 clips": the number with its noun, whose plural ends in s.
std::string counted(std::size_t count, std::string_view noun);

/// A name from a file or a path as UTF-8, which every format of ours wants: one that is something else is taken for Latin-1.
std::string as_utf8(std::string text);

}  // namespace mp4d
