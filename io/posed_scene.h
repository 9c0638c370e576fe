#pragma once
#include "core/image.h"
#include "core/job_context.h"
#include "core/lens.h"
#include <filesystem>
#include <optional>
#include <vector>

namespace mp4d {

/// One picture of which it is known where it was taken from.
struct PosedView {
  std::string name;  ///< as the file gives it, relative to the scene
  Camera camera;
  Lens lens;
  Image image;            ///< RGB, or RGBA with straight alpha
  Mask mask;              ///< 255 = use, 0 = ignore the pixel; empty = use all
  float time = 0;         ///< when it was taken, 0..1; the same for all in a scene that stands still
  bool held_out = false;  ///< for evaluation, not for training
};

/// Pictures with cameras. World axes and units are the file's own (sdfstudio's: its ground truth's), so that what is made of it fits what else there is;
/// camera axes are OpenCV's. Times are scaled so that the first is 0 and the last is 1.
struct PosedScene {
  std::string format;  ///< "nerf-synthetic", "transforms", "colmap", "llff", "nsvf", "nerf++", "sdfstudio", "idr"
  std::vector<PosedView> views;  ///< by name
  Points points;                 ///< sparse surface points, or 0 rows
  std::optional<Aabb> bounds;    ///< of the content, where the format states it
};

struct PosedSceneOptions {
  int hold_out = 8;  ///< every so many-th view, by name, is held out where the format has no split; 0 = none; 8 = as usual for the format
  int max_side = 0;  ///< shrink pictures to this longer side; 0 = keep them
  bool held_out_images = true;  ///< false: views that are held out keep their camera and lose their picture
};

/// Reads a folder or file of posed pictures, told apart by what is there: transforms_train.json (NeRF-synthetic),
/// transforms.json (nerfstudio, instant-ngp; also the file itself), COLMAP models in text or binary (the folder, or
/// sparse/0, sparse or colmap/sparse/0 below it, pictures in images/), poses_bounds.npy (LLFF, mip-NeRF 360),
/// meta_data.json (sdfstudio, Replica), cameras.npz or cameras_sphere.npz (IDR, DTU), intrinsics.txt and pose/ (NSVF),
/// train/pose/ (NeRF++). Pictures of another size than the file says
/// scale the camera if they have its shape. Steps of `job`: one a picture.
/// Errors (kInput) name the file and field: nothing known there, pictures missing or of another shape, poses that are
/// no rotation, camera models that are not known, fewer than two views.
Result<PosedScene> read_posed_scene(const std::filesystem::path& path, const PosedSceneOptions& options = {},
                                    JobContext* job = nullptr);

/// Writes `folder`/transforms.json (nerfstudio's layout, with test_filenames), points.ply and images/*.png, named as the views are, with folders where names repeat.
Result<void> write_transforms_scene(const std::filesystem::path& folder, const PosedScene& scene);

/// Writes `folder`/sparse/0/{cameras,images,points3D} as text or binary, and images/*.png. Every view gets its own
/// camera. The split is lost: COLMAP has none. Error (kInput): a lens COLMAP has no model for.
Result<void> write_colmap_scene(const std::filesystem::path& folder, const PosedScene& scene, bool binary);

}  // namespace mp4d
