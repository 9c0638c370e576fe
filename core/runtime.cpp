#include "core/runtime.h"
#include <algorithm>
#include <cstdlib>
#include <dlfcn.h>
#include <fstream>
#include <limits>
#include <malloc.h>
#include <omp.h>
#include <optional>
#include <string>
#include <sys/resource.h>

namespace mp4d {
namespace {

/// The first whole number of a file, or of its line that begins with `key`.
std::optional<std::uint64_t> number_in(const char* path, const std::string& key = {}) {
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    if (!line.starts_with(key)) continue;
    const std::size_t digit = line.find_first_of("0123456789", key.size());
    if (digit == std::string::npos) return std::nullopt;
    return std::strtoull(line.c_str() + digit, nullptr, 10);
  }
  return std::nullopt;
}

}  // namespace

void tune_process() {
  ::mallopt(M_MMAP_MAX, 0);
  ::mallopt(M_TRIM_THRESHOLD, -1);
  ::mallopt(M_TOP_PAD, 256 << 20);
  ::mallopt(M_ARENA_MAX, 1);
}

int set_thread_count(int threads) {
  const int count = threads > 0 ? threads : omp_get_num_procs();
  omp_set_num_threads(count);
  if (void* function = ::dlsym(RTLD_DEFAULT, "openblas_set_num_threads"))
    reinterpret_cast<void (*)(int)>(function)(count);
  return count;
}

std::uint64_t available_memory() {
  constexpr std::uint64_t kUnlimited = std::numeric_limits<std::uint64_t>::max();
  const std::uint64_t system = number_in("/proc/meminfo", "MemAvailable:").value_or(kUnlimited / 1024) * 1024;
  // Control groups, version 2; "max" (no limit) has no digits. Pages of read files can be dropped.
  const auto limit = number_in("/sys/fs/cgroup/memory.max");
  const auto used = number_in("/sys/fs/cgroup/memory.current");
  if (!limit || !used) return system;
  const std::uint64_t droppable = number_in("/sys/fs/cgroup/memory.stat", "inactive_file ").value_or(0);
  const std::uint64_t held = *used - std::min(droppable, *used);
  return std::min(system, *limit - std::min(held, *limit));
}

std::uint64_t peak_memory() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return static_cast<std::uint64_t>(usage.ru_maxrss) * 1024;
}

bool uses_reference_blas() {
  // Debian swaps BLAS libraries by symbolic links: the file behind libblas.so.3 tells which one it is.
  std::ifstream maps("/proc/self/maps");
  for (std::string line; std::getline(maps, line);)
    if (line.find("/blas/libblas.so") != std::string::npos) return true;
  return false;
}

}  // namespace mp4d
