#pragma once
#include "reconstruction/field/field_view.h"

namespace mp4d {

/// Density or distance, before its activation, at a point of the box (of a contracted field: of the image) and a time of 0..1. Of every
/// kind of field.
float first_value_at(const GridField& field, const Vec3& point, float time = 0);

/// Outward unit normals of what `view` shows, in the world: the way in which distances grow or densities fall, turned to the camera.
/// Three channels; 0 where the ray meets nothing. `view` is render_field()'s of the same camera, lens and time.
ImageF normals_of(const FieldView& view, const GridField& field, const Camera& camera, const Lens& lens, float time = 0);

/// Depth along the optical axis in place of along the rays.
ImageF axial_depth(const FieldView& view, const Camera& camera, const Lens& lens);

}  // namespace mp4d
