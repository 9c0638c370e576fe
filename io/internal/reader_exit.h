#pragma once

namespace mp4d::internal {

/// Exit code of the reader program when it may take no more memory.
inline constexpr int kReaderOutOfMemory = 3;

}  // namespace mp4d::internal
