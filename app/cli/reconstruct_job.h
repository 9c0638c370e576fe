#pragma once
#include "core/options.h"
#include "io/export.h"
#include "reconstruction/articulated/reconstruct.h"
#include <nlohmann/json.hpp>

namespace mp4d {

/// The files of one reconstruction, empty = not given. Paths are relative to the current directory, in a job file too.
struct ReconstructFiles {
  std::string clip;
  std::string out;
  std::string masks;
  std::string guess;
  std::string work;
  std::string preview;
  std::string turntable;
};
const OptionTable<ReconstructFiles>& reconstruct_files();

/// Where the report on a reconstruction into `out` goes: beside it, or beside the folder of its meshes.
std::filesystem::path report_path(const std::filesystem::path& out);

/// Everything that `magicpose4d reconstruct` can be told.
struct ReconstructJob {
  ReconstructFiles files;
  ReconstructOptions options;
  ExportOptions format;
};

/// Takes a JSON object's keys, which are rows of reconstruct_files(), reconstruct_options() or export_options(). Errors
/// (kUsage) name the key: unknown, wrong type or range.
Result<void> job_from_json(const nlohmann::json& object, ReconstructJob& job);

/// Reads a JSON object whose keys are rows of reconstruct_files(), reconstruct_options() and export_options(); rows that are not there
/// keep their value in `job`. Errors name the file and the key: unreadable, no JSON, unknown key, wrong type or range.
Result<void> read_job(const std::filesystem::path& path, ReconstructJob& job);

/// The effective job, every row; read_job() of it gives the same job.
nlohmann::json to_json(const ReconstructJob& job);

}  // namespace mp4d
