#pragma once
#include "core/job_context.h"
#include "io/export.h"
#include "motion/rig.h"
#include <filesystem>

namespace mp4d {

// The writers behind export_model(); private to io.

enum class Names { kAny, kNoSpaces, kIdentifiers };  ///< the last: letters, digits, '_'

/// ExportOptions with every "auto" decided.
struct ExportSettings {
  bool z_up = false;
  double unit_m = 1;       ///< metres in one unit of the file
  double key_fps = 0;      ///< 0 = keys stay where they are
  double frame_rate = 30;  ///< what the file says its frames are
  bool leaf_bones = false;
  bool armature = true;
  int influences = 4;
  bool weld = false;
  bool replace = false;    ///< meshes of an earlier row
  bool unit_scales = false;  ///< joints are bound without scale
};

/// check_model() with the name of the file that it cannot be written to.
Result<void> check_writable(const std::string& file, const RiggedModel& model);

ExportSettings resolve_settings(const ExportOptions& options, const std::string& ending);

/// The nearest usual rate, or the rate of the keys itself where none is near; 30 without clips.
double frame_rate_of(const std::vector<Clip>& clips);

/// `model` as it will be in the file, still in our axes and units: unique names, triangles sorted by material (used
/// ones only), at most `influences` weights, keys at `key_fps`, leaf joints. Warns of what changes the look.
RiggedModel prepare_export(const RiggedModel& model, const ExportSettings& settings, Names names, JobContext* job);

/// Where the bone of each joint ends if no child says so, in the joint's own axes: where the vertices that mostly follow
/// it end, or straight on without any.
std::vector<Vec3> joint_tips(const RiggedModel& model);

/// Points and transforms in the file's axes and unit.
RiggedModel to_file_space(RiggedModel model, const ExportSettings& settings);

/// Largest distance between `expected` and `got` over all frames of `expected`, in report.error_m and report.frames.
/// Triangles are compared in order, joints by name. Errors: other triangles, clips or joints.
Result<void> compare_models(const RiggedModel& expected, const RiggedModel& got, ExportReport& report);

/// PNG bytes. Error: not encodable.
Result<std::string> encode_png(const Image& image);

/// The texture multiplied by the base colour's RGB (linear), for formats where a texture replaces the colour.
Image texture_with_base_color(const Material& material);

/// Writes `path` and beside it the binary buffer under its part_name() (part_name.h).
Result<void> write_gltf(const std::filesystem::path& path, const RiggedModel& model);

/// The first clip with even keys from 0 (a rest pose of one frame if there is none), below one root. Error: no joints.
Result<RiggedModel> prepare_bvh(RiggedModel model, const ExportSettings& settings);
/// BVH of a model from prepare_bvh(). Joints rest in the world's axes, roots at the origin; a joint whose bone changes
/// its length has position channels.
Result<void> write_bvh(const std::filesystem::path& path, const RiggedModel& model, const ExportSettings& settings);

/// USD text with UsdSkel, textures beside it (part_name.h), or .usdz with all in one. Several clips are variants of the skeleton.
Result<void> write_usd(const std::filesystem::path& path, const RiggedModel& model, const ExportSettings& settings);

/// Binary FBX 7.4: one stack a clip, textures inside.
Result<void> write_fbx(const std::filesystem::path& path, const RiggedModel& model, const ExportSettings& settings);

}  // namespace mp4d
