#pragma once
#include "io/internal/export_formats.h"
#include <string>
#include <vector>

namespace mp4d {

/// A file format that export_model() writes.
struct ExportFormat {
  const char* ending;
  bool several_clips;
  Names names;
  bool surface_needed;
  bool skin;  ///< holds joints and weights
  std::vector<std::string> options;  ///< rows of export_options() beside --for that say something here
  Result<void> (*write)(const std::filesystem::path&, const RiggedModel&, const ExportSettings&);  ///< null: meshes
};

const std::vector<ExportFormat>& export_formats();
/// By the ending of `path`, or null.
const ExportFormat* find_export_format(const std::filesystem::path& path);

/// Error if the largest distance that was measured is too large for the file to be left.
Result<void> judge_export(const std::filesystem::path& path, const ExportReport& report);

/// Whether the name has a place for a number ("walk/%04d.obj"), and the name with it. Error (kUsage): more than one
/// place, or not of that form.
bool is_name_pattern(const std::filesystem::path& path);
Result<std::string> numbered_name(const std::string& pattern, std::size_t number);

/// The formats that hold positions and no skeleton: .anime, .obj and .ply, or a folder of these. Checked like the
/// others.
Result<void> write_frames(const std::filesystem::path& path, const RiggedModel& model, const ExportSettings& settings,
                          ExportReport& report, JobContext* job);

}  // namespace mp4d
