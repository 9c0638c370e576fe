#pragma once
#include "core/job_context.h"
#include "core/options.h"
#include "motion/rig.h"
#include <filesystem>

namespace mp4d {

/// How a model is written for the program that will open it. `target` sets what the others leave on auto; see
/// export_options() for names, ranges and reasons.
struct ExportOptions {
  std::string target = "any";
  std::string up_axis = "auto";
  std::string unit = "auto";
  double key_fps = -1;
  std::string leaf_bones = "auto";
  std::string armature = "auto";
  int influences = 0;
  std::string weld = "auto";
  bool replace = false;
};
const OptionTable<ExportOptions>& export_options();

/// What was written and how far it is from the model once it is read again.
struct ExportReport {
  std::vector<std::filesystem::path> files;  ///< the one asked for first, then what belongs to it
  int clips = 0;
  int frames = 0;            ///< compared, over all clips; 1 if there are none
  bool joints_only = false;  ///< joint positions were compared, since the format or the model has no surface
  double error_m = 0;        ///< largest distance of a vertex (or joint) over all frames, metres
  double error_share = 0;    ///< the same as a share of the model's longest side
};

/// One line a fact, for people.
std::vector<std::string> describe(const ExportReport& report);

/// Lower-case endings, with dots, that export_model() takes.
const std::vector<std::string>& export_endings();
/// Those that hold a skin.
const std::vector<std::string>& skin_endings();
/// All for help texts: ".glb, .gltf, …, or DIR/%04d.obj for a mesh a frame".
std::string export_formats_text();

/// What can be known to be wrong before the long work: the ending, options that the format cannot hold, the folder.
/// Error: kUsage, or kInput for the folder; names `flag`.
Result<void> check_export(const std::string& flag, const std::filesystem::path& path, const ExportOptions& options);

/// Error (kUsage) if files of this ending hold no skin, so that a rig would be lost.
Result<void> check_holds_skin(const std::string& flag, const std::filesystem::path& path);

/// Writes `model` in the format of the ending: .glb, .gltf (with .bin), .fbx (binary 7.4), .bvh, .usda, .usdz,
/// .anime, .obj, .ply; "walk/%04d.obj" makes a folder with a mesh a frame. What is written is read again, and the
/// largest distance of a vertex over all frames of all clips is measured: above 0.1 % of the size it is an error
/// (kFailed). Files appear as a whole, or not at all on any error. A model without a mesh is written as bare motion.
/// Errors (kFailed) name what in the model cannot be written; kUsage: several clips for a format that holds one.
Result<ExportReport> export_model(const std::filesystem::path& path, const RiggedModel& model,
                                  const ExportOptions& options = {}, JobContext* job = nullptr);

}  // namespace mp4d
