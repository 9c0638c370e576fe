#include "app/cli/cli.h"
#include "core/runtime.h"

int main(int argc, char** argv) {
  mp4d::tune_process(argv);
  return mp4d::run_cli(argc, argv);
}
