#pragma once
#include "reconstruction/field/grid_field.h"
#include <filesystem>
#include <nlohmann/json.hpp>

namespace mp4d {

/// Everything that is known of a field: with it a training goes on bit by bit, and a field can be drawn without its
/// pictures.
struct FieldCheckpoint {
  nlohmann::json about;  ///< options, scene, cameras, state of the training
  GridField field;
};

/// Header, `about`, samples and checksum, replaced as a whole: on any error an older file is untouched. Error
/// (kResource): disk full.
Result<void> save_field(const std::filesystem::path& path, const FieldCheckpoint& checkpoint);

/// Errors (kInput) name the file: unreadable, no field of this version, damaged.
Result<FieldCheckpoint> load_field(const std::filesystem::path& path);

/// load_field() of what train_field() wrote: `about` has all that drawing, meshing and scoring look up in it, of the right kind.
/// Errors as of load_field(), and the name of what is not so.
Result<FieldCheckpoint> load_trained_field(const std::filesystem::path& path);

}  // namespace mp4d
