#include "app/cli/cli.h"
#include "app/cli/sleeping_threads.h"
#include "app/studio/studio.h"
#include "core/runtime.h"
#include <cstring>

int main(int argc, char** argv) {
  mp4d::tune_process();
  // The same program without a window, so that one install serves a desk and a server.
  if (argc > 1 && std::strcmp(argv[1], "--headless") == 0) {
    argv[1] = argv[0];
    return mp4d::run_cli(argc - 1, argv + 1, {"--headless"});
  }
  return mp4d::run_studio(argc, argv);
}
