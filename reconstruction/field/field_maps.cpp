#include "reconstruction/field/field_maps.h"
#include "reconstruction/field/depth_fusion.h"
#include "reconstruction/field/scene_geometry.h"
#include <algorithm>
#include <cmath>

namespace mp4d {
namespace {

/// What grows towards the inside of things, from a value of the field: of densities the optical thickness, which is even where space
/// is clear, whatever the values there.
float solidity(const GridField& field, const Vec3& point, float time) {
  const float value = first_value_at(field, field.contraction.on() ? field.contraction.into(point) : point, time);
  if (field.geometry == Geometry::kDistance) return -value;
  const float x = value + field.shift;
  return std::max(x, 0.0f) + std::log1p(std::exp(-std::abs(x)));
}

}  // namespace

float first_value_at(const GridField& field, const Vec3& point, float time) {
  if (field.has_voxels()) {
    float values[kMostValues];
    sample_field(field, point, values);
    return values[0];
  }
  const Vec3 g = (point - field.origin) / field.cell;
  GridPlace at{Eigen::Vector3i::Zero(), Vec3::Zero(), time};
  for (int axis = 0; axis < 3; ++axis) {
    at.cell[axis] = std::clamp(static_cast<int>(std::floor(g[axis])), 0, field.size[axis] - 2);
    at.place[axis] = std::clamp(g[axis] - static_cast<float>(at.cell[axis]), 0.0f, 1.0f);
  }
  if (!field.factors.empty()) return density_at(field.factors, at);
  float values[PositionNetwork::kOutputs];
  field.position_network.values(field.normed(at), values);
  return values[0];
}

ImageF normals_of(const FieldView& view, const GridField& field, const Camera& camera, const Lens& lens, float time) {
  const auto width = static_cast<std::size_t>(camera.width);
  const Vec3 eye = eye_of(camera);
  ImageF out(camera.width, camera.height, 3);
#pragma omp parallel for schedule(dynamic, 256)
  for (std::size_t i = 0; i < out.pixels(); ++i) {
    if (!(view.depth.data[i] > 0)) continue;
    const Vec3 direction = ray_direction(camera, lens, static_cast<double>(i % width) + 0.5, static_cast<double>(i / width) + 0.5);
    const Vec3 point = eye + view.depth.data[i] * direction;
    const float reach = cell_at(field, point);
    Vec3 normal;
    for (int axis = 0; axis < 3; ++axis) {
      const Vec3 off = reach * Vec3::Unit(axis);
      normal[axis] = solidity(field, point - off, time) - solidity(field, point + off, time);
    }
    if (!(normal.squaredNorm() > 0)) continue;
    normal.normalize();
    if (normal.dot(direction) > 0) normal = -normal;
    for (Eigen::Index c = 0; c < 3; ++c) out.data[3 * i + static_cast<std::size_t>(c)] = normal[c];
  }
  return out;
}

ImageF axial_depth(const FieldView& view, const Camera& camera, const Lens& lens) {
  const auto width = static_cast<std::size_t>(camera.width);
  const Vec3 axis = camera.camera_from_world.linear().row(2).transpose();
  ImageF out = view.depth;
#pragma omp parallel for schedule(static)
  for (std::size_t i = 0; i < out.data.size(); ++i)
    out.data[i] *= axis.dot(ray_direction(camera, lens, static_cast<double>(i % width) + 0.5, static_cast<double>(i / width) + 0.5));
  return out;
}

}  // namespace mp4d
