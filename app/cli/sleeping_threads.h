#pragma once
#include <alloca.h>
#include <cstring>
#include <unistd.h>

// For the file of main() alone: it acts before main() does.

namespace {

/// Makes idle OpenMP threads sleep instead of spin. Their runtime asks the environment when it is loaded, so the program
/// starts anew, once, with the answer in it. If that fails the threads spin, which is slower but right.
void start_with_sleeping_threads(int, char** argv, char** environment) {
  char setting[] = "OMP_WAIT_POLICY=passive";
  const std::size_t name = std::strcspn(setting, "=") + 1;
  std::size_t count = 0;
  for (; environment[count]; ++count)
    if (std::strncmp(environment[count], setting, name) == 0) return;
  char** const extended = static_cast<char**>(alloca((count + 2) * sizeof(char*)));
  std::memcpy(extended, environment, count * sizeof(char*));
  extended[count] = setting;
  extended[count + 1] = nullptr;
  execve("/proc/self/exe", argv, extended);
}

// Called before the initialisers of the shared libraries, which take most of the time to start: they run only once so.
[[gnu::section(".preinit_array"), gnu::used]] void (*before_libraries)(int, char**, char**) = start_with_sleeping_threads;

}  // namespace
