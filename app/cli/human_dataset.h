#pragma once
#include "core/job_context.h"
#include "core/options.h"
#include <filesystem>
#include <string>

namespace mp4d {

struct HumanDatasetOptions {
  int count = 16;
  int seed = 1;
  int first = 0;
  std::string pose = "random";
  bool grid = false;
};
const OptionTable<HumanDatasetOptions>& human_dataset_options();

/// Writes people into `folder` (made if absent): person_%05d.glb with colours, the lowest point at y = 0, and
/// person_%05d.json with its seed, index, attributes, names of what it wears and 24 joints in the same place; with
/// options.grid also grid.png, all of them from the front. `makehuman` holds MakeHuman's data; empty = mannequins,
/// which need none. A step of `job` a person. Errors name the file or the option.
Result<void> write_human_dataset(const std::filesystem::path& makehuman, const std::filesystem::path& folder,
                                 const HumanDatasetOptions& options, JobContext* job = nullptr);

}  // namespace mp4d
