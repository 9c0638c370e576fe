#include "core/runtime.h"
#include "core/control_groups.h"
#include "core/number_in.h"
#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <dlfcn.h>
#include <fstream>
#include <limits>
#include <malloc.h>
#include <omp.h>
#include <new>
#include <string>
#include <string_view>
#include <system_error>
#include <sys/resource.h>
#include <unistd.h>
#include <utility>

namespace mp4d {
namespace {

std::uint64_t g_memory_limit = 0;
std::function<void()> g_last_words;

[[noreturn]] void end_without_memory() {
  static std::atomic_flag told;
  try {
    if (const std::exception_ptr thrown = std::current_exception()) std::rethrow_exception(thrown);
  } catch (const std::exception& error) {
    if (g_last_words && is_out_of_memory(error)) {
      if (told.test_and_set())
        for (;;) ::pause();  // another thread is telling
      const rlimit none{RLIM_INFINITY, RLIM_INFINITY};
      ::setrlimit(RLIMIT_DATA, &none);
      g_last_words();
      ::_exit(1);
    }
  } catch (...) {
  }
  std::abort();
}

std::uint64_t status_bytes(const char* key) { return number_in("/proc/self/status", key).value_or(0) * 1024; }

constexpr int kTopPad = 256 << 20;

/// What this process has had and freed: the system counts it as taken (tune_process keeps it). Not the top's pad, which may never have
/// been touched.
std::uint64_t spare_heap() {
  const struct mallinfo2 heap = ::mallinfo2();
  return heap.fordblks - std::min<std::uint64_t>(heap.fordblks, std::min<std::uint64_t>(heap.keepcost, kTopPad));
}

/// Resident memory in use: what was freed stays with the process (tune_process) and is taken again first.
std::uint64_t used_memory() {
  const struct mallinfo2 heap = ::mallinfo2();
  return status_bytes("RssFile:") + status_bytes("RssShmem:") + heap.uordblks + heap.hblkhd;
}

}  // namespace

void tune_process() {
  ::mallopt(M_MMAP_MAX, 0);
  ::mallopt(M_TRIM_THRESHOLD, -1);
  ::mallopt(M_TOP_PAD, kTopPad);
  ::mallopt(M_ARENA_MAX, 1);
}

int set_thread_count(int threads) {
  const char* told = std::getenv("OMP_NUM_THREADS");
  const int usual = told ? std::atoi(told) : 0;
  const int count = threads > 0 ? threads : usual > 0 ? usual : omp_get_num_procs();
  omp_set_num_threads(count);
  if (void* function = ::dlsym(RTLD_DEFAULT, "openblas_set_num_threads"))
    reinterpret_cast<void (*)(int)>(function)(count);
  return count;
}

Result<void> limit_memory(std::uint64_t bytes) {
  constexpr std::uint64_t kLeast = 300'000'000, kStack = 8 << 20;
  if (bytes < kLeast)
    return fail(ErrorCode::kUsage, "--memory: {:.2g} GB is less than the program itself takes; give {:.1f} or more", bytes / 1e9, kLeast / 1e9);
  // Room kept for speed is not there now, and threads that cannot be started end the program: start them first.
  ::mallopt(M_TOP_PAD, 1 << 20);
  ::malloc_trim(0);
#pragma omp parallel num_threads(omp_get_num_procs())
  { [[maybe_unused]] volatile int started = omp_get_thread_num(); }
  // The system limits private writable memory, whether touched or not. Resident files come on top of it, and what is
  // reserved and never touched (stacks, also of the threads to come) is let through; the heap's spare will be touched.
  const std::uint64_t data = status_bytes("VmData:"), touched = status_bytes("RssAnon:") + ::mallinfo2().fordblks;
  const std::uint64_t reserved = data - std::min(data, touched);
  const std::uint64_t stacks = kStack * static_cast<std::uint64_t>(omp_get_num_procs());
  const rlimit limit{bytes - std::min(bytes, status_bytes("RssFile:")) + reserved + stacks, RLIM_INFINITY};
  if (::setrlimit(RLIMIT_DATA, &limit) != 0)
    return fail(ErrorCode::kResource, "--memory: the system refuses the limit: {}", std::strerror(errno));
  g_memory_limit = bytes;
  return {};
}

bool is_out_of_memory(const std::exception& error) {
  if (dynamic_cast<const std::bad_alloc*>(&error)) return true;
  const auto* system = dynamic_cast<const std::system_error*>(&error);
  if (system && system->code() == std::errc::resource_unavailable_try_again) return true;
  return std::string_view(error.what()).find("can't allocate memory") != std::string_view::npos;
}

void end_where_memory_runs_out(std::function<void()> last_words) {
  g_last_words = std::move(last_words);
  std::set_terminate(end_without_memory);
}

std::uint64_t memory_limit() { return g_memory_limit; }

std::uint64_t available_memory() {
  constexpr std::uint64_t kUnlimited = std::numeric_limits<std::uint64_t>::max();
  const std::uint64_t system = number_in("/proc/meminfo", "MemAvailable:").value_or(kUnlimited / 1024) * 1024;
  const std::uint64_t own = g_memory_limit > 0 ? g_memory_limit - std::min(g_memory_limit, used_memory()) : kUnlimited;
  const std::uint64_t spare = spare_heap();
  const std::uint64_t group = control_group_memory();
  return std::min({system + spare, own, group + std::min(spare, kUnlimited - group)});
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
