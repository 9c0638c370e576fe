#pragma once
#include "core/job_context.h"
#include "core/mesh.h"
#include "core/options.h"
#include <filesystem>
#include <string>
#include <vector>

namespace mp4d {

struct ImageMeshOptions {
  std::string mask{};
  std::string masks_from = "auto";
  std::string subject{};
  std::string view = "auto";
  double depth = 0.8;
  double size = 1;
  int detail = 128;
};
const OptionTable<ImageMeshOptions>& image_mesh_options();

/// Error (kUsage) for an option that is not at its default, where there is no picture for it.
Result<void> refuse_image_mesh_options(const ImageMeshOptions& options, const std::string& why);

/// Whether `path` ends as the pictures do that mesh_from_image() takes.
bool is_picture(const std::filesystem::path& path);

struct ImageMesh {
  Mesh mesh;                ///< closed; x to the picture's right, y up from 0, z towards the viewer; textured
  std::string view;         ///< "front": faces the viewer, +z; "side": faces left or right, along x
  std::string mask_source;  ///< how the subject was found
  bool guessed = false;     ///< from contrast alone
  int legs_seen = 0;        ///< of a side view: limbs that reach the ground
  /// The heading to give to AutoRigOptions::forward: "+z" or "x".
  std::string forward() const { return view == "front" ? "+z" : "x"; }
};

/// What mesh_from_image did, in sentences.
std::vector<std::string> describe(const ImageMesh& image);

/// A mesh of what one picture shows. The subject comes from the mask file, the picture's alpha, the installed network
/// or contrast (the rules of a video's masks); its silhouette is inflated to a round, closed body whose back mirrors
/// its front, and the picture is projected onto both. Seen from the side, legs are given a left and a right: legs that
/// hide one another are doubled, others stand on one side each (docs/rigging.md). Four steps of the current phase.
/// Errors: kInput names the file, no subject, or one too small or thin; kUsage for an option; kCancelled.
/// Deterministic.
inline constexpr int kImageMeshSteps = 4;
Result<ImageMesh> mesh_from_image(const std::filesystem::path& path, const ImageMeshOptions& options = {},
                                  JobContext* job = nullptr);

}  // namespace mp4d
