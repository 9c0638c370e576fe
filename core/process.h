#pragma once
#include "core/job_context.h"
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace mp4d {

/// The program `name` on PATH, or "" if there is none that may be run.
std::filesystem::path find_program(const std::string& name);

/// Runs a program without a shell and waits; `line` gets what it prints, standard error included, line by line. Its
/// input is empty, its environment ours with `environment` ("NAME=VALUE") added. A cancel of `job` ends it.
/// Errors: kCancelled; kFailed if it cannot be run, ends on a signal or with a status other than 0, with its last lines.
Result<void> run_program(const std::filesystem::path& program, const std::vector<std::string>& arguments,
                         const std::vector<std::string>& environment, const std::function<void(const std::string&)>& line,
                         JobContext* job = nullptr);

}  // namespace mp4d
