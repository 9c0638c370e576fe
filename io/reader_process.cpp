#include "io/internal/reader_process.h"
#include "core/process.h"
#include "core/runtime.h"
#include "io/internal/reader_exit.h"
#include "io/listing.h"
#include <algorithm>
#include <chrono>
#include <csignal>

namespace mp4d::internal {
namespace {

namespace fs = std::filesystem;

constexpr const char* kRemedy = "open it in Blender and export it as GLB";
constexpr int kPollMs = 50;  // how soon a cancel is seen

/// Installed beside the program's folder, or where it was built.
Result<fs::path> find_reader() {
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  const fs::path installed = program.parent_path().parent_path() / "libexec/magicpose4d/magicpose4d-reader";
  for (const fs::path& place : {installed, fs::path(MP4D_BUILT_READER)})
    if (fs::is_regular_file(place, error)) return place;
  return fail(ErrorCode::kResource, "the program that reads FBX, DAE, PLY and STL is missing: neither {} nor {} is there; "
              "install this program again", installed.string(), MP4D_BUILT_READER);
}

std::string kind_of(const fs::path& file) {
  std::string kind = lower_extension(file);
  kind.erase(0, 1);
  for (char& c : kind) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return kind;
}

}  // namespace

ReaderLimits reader_limits(std::uint64_t file_bytes) {
  const std::uint64_t wanted = (std::uint64_t{2} << 30) + 100 * file_bytes;
  const int megabytes = static_cast<int>(std::min<std::uint64_t>(file_bytes >> 20, 10000));
  return {std::min(wanted, available_memory()), 60 + 10 * megabytes};
}

Result<std::string> run_reader(const fs::path& file, const ReaderLimits& limits, JobContext* job) {
  MP4D_TRY(program, find_reader());
  ChildStart start;
  start.arguments = {program.string(), std::to_string(limits.memory), std::to_string(limits.cpu_s), file.string()};
  start.piped = Piped::kOutput;
  auto child = ChildProcess::start(start);
  if (!child)
    return fail(child.error().code, "{}: the {} reader is needed for it: {}; close other programs", file.string(), kind_of(file),
                child.error().message);
  const auto too_long = [&] {
    return fail(ErrorCode::kInput, "{}: the {} reader needed more than {} s for it; {}", file.string(), kind_of(file),
                limits.cpu_s, kRemedy);
  };
  const auto too_much = [&] {
    return fail(ErrorCode::kResource, "{}: the {} reader needed more than {} MB of memory for it; {}, or close other programs",
                file.string(), kind_of(file), limits.memory >> 20, kRemedy);
  };
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10 * limits.cpu_s);
  std::string bytes;
  while (child->pipe_descriptor() >= 0) {
    child->wait_for_pipe(kPollMs);
    bytes += child->read_pipe();
    MP4D_CHECK(check(job));
    if (std::chrono::steady_clock::now() > deadline) return too_long();
    if (bytes.size() > limits.memory) return too_much();
  }
  const ChildEnd& end = child->wait();
  if (end.exit_code == 0) return bytes;
  if (end.exit_code == kReaderOutOfMemory) return too_much();
  if (end.signal == SIGXCPU) return too_long();
  return fail(ErrorCode::kInput, "{}: damaged: the {} reader crashed on it; {}", file.string(), kind_of(file), kRemedy);
}

}  // namespace mp4d::internal
