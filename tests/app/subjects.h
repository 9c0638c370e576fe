#pragma once
#include "samples.h"
#include <functional>
#include <map>
#include <vector>

namespace mp4d::test {

/// A command, and the files it ends with. `out` is a folder for all it writes.
struct Subject {
  std::string name;
  std::function<std::vector<std::string>(const std::string& out)> command;
  std::function<std::map<std::string, std::string>(const std::string& out)> results;  ///< bytes; without times and other figures of the run
};

// Their inputs are made in `inputs`, tiny ones: each takes a few seconds.
Subject reconstruct_subject(const Folder& inputs);
/// The same without given masks.
Subject computed_masks_subject(const Folder& inputs);
Subject transfer_subject(const Folder& inputs);
Subject batch_subject(const Folder& inputs);
Subject field_train_subject(const Folder& inputs);
/// Without MakeHuman's data there is no command.
Subject human_train_subject();
Subject human_generate_subject();
Subject human_dataset_subject();
Subject rig_subject(const Folder& inputs);
Subject edit_subject(const Folder& inputs, const std::string& ending);
/// Over an earlier row.
Subject mesh_row_subject(const Folder& inputs);
Subject render_subject(const Folder& inputs, const std::string& ending);
Subject dataset_subject(const Folder& inputs);
Subject field_mesh_subject(const Folder& inputs);
Subject field_render_subject(const Folder& inputs);
Subject field_convert_subject(const Folder& inputs, const std::string& layout);

/// Empty if the file is whole, else what is wrong.
std::string damage(const std::filesystem::path& file);

/// All files in the folder and below that are not hidden, by their relative names.
std::map<std::string, std::string> files_in(const std::filesystem::path& folder);

}  // namespace mp4d::test
