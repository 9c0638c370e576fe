#pragma once
#include "core/blob.h"
#include "io/masks.h"
#include "reconstruction/articulated/guess.h"
#include "reconstruction/articulated/phase1.h"
#include <optional>

namespace mp4d {

// What each stage leaves in the work folder. A reader that finds less than it needs gives nothing.

BlobWriter to_blob(const Masks& masks);
std::optional<Masks> masks_from_blob(BlobReader& blob);

BlobWriter to_blob(const CoarseGuess& guess);
std::optional<CoarseGuess> guess_from_blob(BlobReader& blob);

BlobWriter to_blob(const Phase1Result& result);
std::optional<Phase1Result> phase1_from_blob(BlobReader& blob);

}  // namespace mp4d
