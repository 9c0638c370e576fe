#pragma once
#include "core/image.h"
#include "core/lens.h"
#include "reconstruction/field/grid_march.h"

namespace mp4d {

/// What a camera sees of a field.
struct FieldView {
  ImageF colour;   ///< RGB in 0..1, sRGB as the pictures were
  ImageF depth;    ///< along each pixel's ray, scene units; 0 where it meets nothing
  ImageF opacity;  ///< 0..1
};

/// One ray a pixel, through its centre, at a time of 0..1. Multi-threaded; the same for any number of threads.
FieldView render_field(const GridField& field, const Camera& camera, const Lens& lens, const MarchOptions& options,
                       const Vec3& background, float time = 0);

/// 8 bit, rounded.
Image to_8_bit(const ImageF& image);

/// RGB with alpha blended onto `background`, as floats; pictures without alpha as they are, grey ones in all three channels.
ImageF on_background(const Image& image, const Vec3& background);

}  // namespace mp4d
