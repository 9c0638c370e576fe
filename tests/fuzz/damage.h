#pragma once
#include "core/rng.h"
#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <string>

namespace mp4d::fuzz {

/// How many damaged files a reader is given: what MP4D_FUZZ_RUNS says, else `usual`.
inline int damaged_runs(int usual) {
  const char* asked = std::getenv("MP4D_FUZZ_RUNS");
  return asked ? std::max(1, std::atoi(asked)) : usual;
}

/// One to four changes: bytes, numbers, pieces left out, doubled or exchanged.
inline std::string damaged(std::string bytes, std::uint64_t run) {
  static const char* const kPieces[] = {"-1", "1e400", "1e38", "0", "null", "[]", "{}", "\"\"", "\"../../x\"", "99999999999999999999", "true", "NaN"};
  std::uint64_t draw = 0;
  const auto below = [&](std::size_t n) { return static_cast<std::size_t>(rng::integer(11, run, draw++, static_cast<std::uint32_t>(std::max<std::size_t>(n, 1)))); };
  for (std::size_t change = 0, changes = 1 + below(4); change < changes && !bytes.empty(); ++change) {
    const std::size_t at = below(bytes.size()), length = std::min(bytes.size() - at, 1 + below(12));
    switch (below(6)) {
      case 0: bytes[at] = static_cast<char>(below(256)); break;
      case 1: bytes.erase(at, length); break;
      case 2: bytes.insert(at, bytes.substr(at, length)); break;
      case 3: bytes.resize(at); break;
      case 4: bytes.insert(at, kPieces[below(std::size(kPieces))]); break;
      default: {  // a whole number or word becomes another
        const std::size_t from = bytes.find_first_of("0123456789\"tf", at), to = bytes.find_first_of(",:]}", from);
        if (to != std::string::npos) bytes.replace(from, to - from, kPieces[below(std::size(kPieces))]);
      }
    }
  }
  return bytes;
}

}  // namespace mp4d::fuzz
