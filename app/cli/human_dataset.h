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
  bool bare = false;
  bool grid = false;
};
const OptionTable<HumanDatasetOptions>& human_dataset_options();

/// Where the people come from: one of the two folders, or neither for mannequins, which need no data.
struct HumanSource {
  std::filesystem::path makehuman;  ///< MakeHuman's data
  std::filesystem::path scans;      ///< meshes of people (list_scans)
};

/// Writes people into `folder` (made if absent): person_%05d.glb with colours, the lowest point at y = 0, and
/// person_%05d.json with 24 joints in the same place and its seed, index, attributes and names of what it wears, or of a
/// scan its file and where the joints come from; with options.grid also grid.png, all of them from the front. Of scans all
/// are written, and options other than grid are refused. A step of `job` a person. People of other numbers that lie there stay; on failure all does. Errors name the file or the option.
Result<int> write_human_dataset(const HumanSource& source, const std::filesystem::path& folder,
                                const HumanDatasetOptions& options, JobContext* job = nullptr);

}  // namespace mp4d
