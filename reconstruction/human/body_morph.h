#pragma once
#include "core/result.h"
#include "reconstruction/human/body_generator.h"
#include "reconstruction/human/makehuman_files.h"
#include <filesystem>
#include <vector>

namespace mp4d::human {

/// The targets that turn the base mesh into a person: ancestry x sex x age, and sex x age x muscle x weight for the
/// build, the height and the proportions. A target's weight is the product of the weights of the words in its name.
class BodyMorph {
 public:
  /// `targets` is makehuman/data/targets. Errors (kInput) name the file.
  static Result<BodyMorph> load(const std::filesystem::path& targets, int base_vertex_count);

  /// The base mesh (V x 3, metres) as that person. Attributes outside 0..1 are clamped.
  Points apply(const Points& base, const Attributes& attributes) const;

 private:
  std::vector<MorphTarget> targets_;
};

}  // namespace mp4d::human
