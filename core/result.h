#pragma once
#include <fmt/format.h>
#include <string>
#include <tl/expected.hpp>
#include <utility>

namespace mp4d {

/// What kind of expected failure an Error is; the outermost boundary maps it to an exit code.
enum class ErrorCode {
  kInput,      ///< a file or its content is unusable (exit 1)
  kUsage,      ///< an option or argument is wrong (exit 2)
  kCancelled,  ///< the user asked to stop (exit 3)
  kResource,   ///< not enough memory, disk, device (exit 1)
  kFailed      ///< the method found no answer on valid input (exit 1)
};

/// An expected failure. `message` names the file or field, what is wrong, the bound, and what to do.
struct Error {
  ErrorCode code = ErrorCode::kFailed;
  std::string message;
};

template <class T>
using Result = tl::expected<T, Error>;

/// fail(ErrorCode::kInput, "{}: no frames; give a video of at least {} frames", path, n)
template <class... Args>
tl::unexpected<Error> fail(ErrorCode code, fmt::format_string<Args...> format, Args&&... args) {
  return tl::unexpected<Error>(Error{code, fmt::format(format, std::forward<Args>(args)...)});
}

/// 0 ok, 1 failed, 2 usage, 3 cancelled.
inline int exit_code(const Error& error) {
  switch (error.code) {
    case ErrorCode::kUsage: return 2;
    case ErrorCode::kCancelled: return 3;
    default: return 1;
  }
}

}  // namespace mp4d

// Unwraps a Result into `var` or returns its error from the enclosing function.
#define MP4D_TRY(var, expression)                                            \
  auto var##_result = (expression);                                          \
  if (!var##_result) return tl::unexpected(std::move(var##_result).error()); \
  auto& var = *var##_result

// Returns the error of a Result<void> from the enclosing function.
#define MP4D_CHECK(expression)                                     \
  do {                                                             \
    if (auto mp4d_check_result = (expression); !mp4d_check_result) \
      return tl::unexpected(std::move(mp4d_check_result).error()); \
  } while (false)
