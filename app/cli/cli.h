#pragma once
#include <string>
#include <vector>

namespace mp4d {

/// The whole of `magicpose4d`: parses the arguments, runs the command, prints results on stdout and progress and
/// errors on stderr. Returns the exit code: 0 ok, 1 failed, 2 usage, 3 cancelled. Never throws. Installs handlers
/// for SIGINT and SIGTERM; call once a process. `leading`: what this program must be given before the arguments to get here, for
/// the processes it starts itself.
int run_cli(int argc, const char* const* argv, const std::vector<std::string>& leading = {});

}  // namespace mp4d
