#pragma once
#include "core/result.h"
#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace mp4d {

/// One job of a batch: a command of this program with its flags, whose results lie below the batch's folder.
struct BatchJob {
  int index = 0;     ///< in the list, from 0
  std::string name;  ///< unique; a file name without ending
  std::string command;                         ///< "reconstruct", "human generate", …
  std::vector<std::string> arguments;          ///< words of the command, flags, inputs; what is run
  std::vector<std::string> optional_flags;     ///< long names of the flags that the command knows and the job does not set
  std::vector<std::filesystem::path> outputs;  ///< files or folders, relative to the batch's folder
  std::filesystem::path run;                   ///< of a training: the output whose checkpoints it goes on with; else empty
  std::vector<std::filesystem::path> inputs;   ///< values of the job that are files or folders now
  std::string recipe;                          ///< everything the job says, in a fixed order, without the batch's folder
};

/// Below the batch's folder: state, log and checkpoints of a job.
std::filesystem::path job_folder(const BatchJob& job);

/// The jobs of `list`: a JSON file (an array of jobs, or {"defaults": {…}, "jobs": […]}), a folder (everything in it that is
/// not hidden), or a pattern such as "clips/*.mp4". A job is an object of a command's flags without dashes, "command" and
/// "name"; `preset`, if not empty, is a JSON file with such an object that all jobs of its command start from. "{name}" in a
/// text stands for the job's name. Nothing is read but the list and the preset. Errors (kInput, kUsage) name the file, the job
/// and the key: unknown command or key, a wrong value, a name or an output that two jobs share, an output outside `folder`.
Result<std::vector<BatchJob>> read_batch(const std::string& list, const std::string& preset,
                                         const std::filesystem::path& folder);

/// The same of a list's content; `list` names it in errors.
Result<std::vector<BatchJob>> batch_jobs(const std::string& list, const nlohmann::json& content, const std::filesystem::path& folder);

/// A list with a job for each of `paths`, which becomes the first input of the command that `preset` leaves open. Error
/// (kUsage): it leaves none.
Result<nlohmann::json> batch_of_files(const std::vector<std::string>& paths, const nlohmann::json& preset);

/// The object of a preset's file. Errors name the file.
Result<nlohmann::json> read_preset(const std::string& path);

}  // namespace mp4d
