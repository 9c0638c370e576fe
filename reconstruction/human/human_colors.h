#pragma once
#include "core/image.h"
#include "reconstruction/human/human_views.h"
#include <optional>

namespace mp4d::human {

/// A colour (sRGB 0..1) for each part of the body.
using PartColors = std::array<Vec3, kBodyPartCount>;

/// The generator's own colours for such a person, with those of `asked` that are told.
PartColors part_colors(const Attributes& attributes, const std::array<std::optional<Vec3>, kBodyPartCount>& asked);

/// Share of each part at every vertex of a mesh in metres with normals, V x kBodyPartCount, rows sum to 1: what the views'
/// maps say is seen there, each view as far as the surface faces it, evened out over the surface and sharpened, since there
/// are edges between parts and no speckles on them.
Eigen::Array<float, Eigen::Dynamic, kBodyPartCount, Eigen::RowMajor> vertex_parts(const std::vector<HumanView>& views,
                                                                                  const Mesh& mesh);

}  // namespace mp4d::human
