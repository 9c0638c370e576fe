#pragma once
#include "core/image.h"
#include "reconstruction/human/human_model.h"
#include <optional>

namespace mp4d::human {

/// A colour (sRGB 0..1) for each part of the body.
using PartColors = std::array<Vec3, kBodyPartCount>;

/// The generator's own colours for such a person, with those of `asked` that are told.
PartColors part_colors(const Attributes& attributes, const std::array<std::optional<Vec3>, kBodyPartCount>& asked);

/// Colours of a mesh in the cube, V x 3: what the field says is seen at each vertex, from the front where the normal points to
/// the viewer (+z) and from the back where it points away; evened out over the surface, then sharpened, since there are
/// edges between parts and no speckles on them.
Points vertex_colors(const HumanField& field, const Mesh& mesh, const PartColors& colors);

}  // namespace mp4d::human
