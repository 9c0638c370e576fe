#include "app/cli/cli.h"
#include "app/cli/sleeping_threads.h"
#include "core/runtime.h"

int main(int argc, char** argv) {
  mp4d::tune_process();
  return mp4d::run_cli(argc, argv);
}
