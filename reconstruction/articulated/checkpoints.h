#pragma once
#include "core/blob.h"
#include "io/masks.h"
#include "reconstruction/articulated/guess.h"
#include "reconstruction/articulated/phase1.h"
#include <nlohmann/json.hpp>
#include <optional>

namespace mp4d {

// What each stage leaves in the work folder. A reader that finds less than it needs, or what cannot be used
// (indices out of range, numbers that are not finite), gives nothing.

BlobWriter to_blob(const Masks& masks);
/// Of these pictures, one mask each and of their sizes.
std::optional<Masks> masks_from_blob(BlobReader& blob, const std::vector<Image>& images);

BlobWriter to_blob(const CoarseGuess& guess);
/// Of the clip with these masks, one camera each and of their sizes.
std::optional<CoarseGuess> guess_from_blob(BlobReader& blob, const std::vector<Mask>& masks);

BlobWriter to_blob(const Phase1Result& result);
std::optional<Phase1Result> phase1_from_blob(BlobReader& blob, const std::vector<Mask>& masks);

/// A model as phase 2 or the colours left it, with what they put into the report. Its name and those of its clips are not kept.
BlobWriter to_blob(const RiggedModel& model, const nlohmann::json& report);
/// With a mesh, a skeleton and one clip of so many frames.
std::optional<RiggedModel> model_from_blob(BlobReader& blob, std::size_t frames, nlohmann::json& report);

}  // namespace mp4d
