// magicpose4d-reader BYTES SECONDS FILE: reads FILE within these limits and writes the scene to standard output.
#include "io/internal/reader_exit.h"
#include "io/reader/import_assimp.h"
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <new>
#include <string_view>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kShadowMemory = true;
#elif defined(__has_feature)
constexpr bool kShadowMemory = __has_feature(address_sanitizer) || __has_feature(thread_sanitizer);
#else
constexpr bool kShadowMemory = false;
#endif

void limit(__rlimit_resource resource, rlim_t soft, rlim_t hard) {
  const rlimit bound{soft, hard};
  ::setrlimit(resource, &bound);
}

/// Nothing is left behind: no core file, no process that outlives its parent, no new rights.
void set_limits(std::uint64_t bytes, std::uint64_t seconds) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  limit(RLIMIT_CORE, 0, 0);
  limit(RLIMIT_CPU, seconds, seconds + 1);
  if (!kShadowMemory) limit(RLIMIT_AS, bytes, bytes);  // sanitizers map terabytes
}

bool write_all(int file, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(file, bytes.data(), bytes.size());
    if (written <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fprintf(stderr, "magicpose4d-reader is run by magicpose4d\n");
    return 2;
  }
  set_limits(std::strtoull(argv[1], nullptr, 10), std::strtoull(argv[2], nullptr, 10));
  // What libraries print must not get among the bytes.
  const int out = ::dup(STDOUT_FILENO), nowhere = ::open("/dev/null", O_WRONLY);
  ::dup2(nowhere, STDOUT_FILENO);
  try {
    const std::string bytes = mp4d::internal::to_bytes(mp4d::internal::import_assimp(argv[3]));
    ::_exit(write_all(out, bytes) ? 0 : 1);
  } catch (const std::bad_alloc&) {
    ::_exit(mp4d::internal::kReaderOutOfMemory);
  }
}
