#pragma once
#include "app/studio/tasks.h"
#include "core/image.h"
#include "io/masks.h"

namespace mp4d {

// The long work of the mask editor, on any thread. Masks are of the footage's size, one a picture; an empty one is unknown.
// Each has one phase "masks" of as many steps as there are pictures.

std::vector<JobContext::Phase> mask_phases();
Result<std::vector<Mask>> find_masks(const Footage& footage, const ReconstructOptions& options, JobContext* job);
/// Of one picture, from points on the subject and on the background (io/masks.h).
Result<Mask> find_mask_at(const QImage& picture, const std::vector<MaskPoint>& points, const Mask& before);
Result<std::vector<Mask>> carry_masks(const Footage& footage, const std::vector<Mask>& given, JobContext* job);
/// From a folder of masks of the source's size.
Result<std::vector<Mask>> load_masks(const std::filesystem::path& folder, const std::filesystem::path& source,
                                     const Footage& footage, JobContext* job);
/// PNGs of the source's size, named like its frames, into `folder` (made if it is not there).
Result<void> save_masks(const std::filesystem::path& folder, const std::filesystem::path& source, const Footage& footage,
                        const std::vector<Mask>& masks, JobContext* job);

}  // namespace mp4d
