#include "reconstruction/field/depth_fusion.h"
#include "reconstruction/field/field_view.h"
#include "reconstruction/field/scene_geometry.h"
#include <algorithm>

namespace mp4d {
namespace {

constexpr int kLookSide = 400;  // pixels
constexpr float kTruncation = 3, kVeryFar = 1e30f;

/// With pictures of at most kLookSide.
Camera small_camera(const Camera& camera) {
  const float shrink = std::min(1.0f, static_cast<float>(kLookSide) / static_cast<float>(std::max(camera.width, camera.height)));
  return resized(camera, std::max(1, static_cast<int>(camera.width * shrink)), std::max(1, static_cast<int>(camera.height * shrink)));
}

ImageF facing_of(const ImageF& depth, const Camera& camera) {
  ImageF out(depth.width, depth.height, 1);
  for (int y = 0; y < depth.height; ++y)
    for (int x = 0; x < depth.width; ++x) {
      const float here = depth.at(x, y), pixel = std::max(here, 1e-12f) / camera.fx;
      const auto slope = [&](int x0, int y0, int x1, int y1) {
        x0 = std::max(x0, 0), y0 = std::max(y0, 0), x1 = std::min(x1, depth.width - 1), y1 = std::min(y1, depth.height - 1);
        return (depth.at(x1, y1) - depth.at(x0, y0)) / (static_cast<float>(std::max(1, x1 - x0 + y1 - y0)) * pixel);
      };
      const float across = slope(x - 1, y, x + 1, y), down = slope(x, y - 1, x, y + 1);
      out.at(x, y) = here > 0 ? 1 / (1 + across * across + down * down) : 1;
    }
  return out;
}

}  // namespace

Result<std::vector<DepthMap>> look_at_field(const GridField& field, const std::vector<Camera>& cameras, float near, const Vec3& background,
                                            float time, JobContext* job) {
  begin_phase(job, "look", static_cast<int>(cameras.size()));
  MarchOptions march;
  march.near = near;
  std::vector<DepthMap> maps;
  for (const Camera& camera : cameras) {
    MP4D_CHECK(check(job));
    const Camera small = small_camera(camera);
    FieldView view = render_field(field, small, {}, march, background, time);
    ImageF facing = facing_of(view.depth, small);
    maps.push_back({small, eye_of(small), std::move(view.colour), std::move(view.depth), std::move(facing)});
    step(job, static_cast<int>(maps.size()));
  }
  return maps;
}

double depth_map_bytes(const Camera& camera) {
  const Camera small = small_camera(camera);
  return 5.0 * sizeof(float) * small.width * small.height;
}

InMap place_in(const DepthMap& map, const Vec3& point) {
  const Vec3 p = project(map.camera, point);
  if (p.z() <= 0 || p.x() < 0 || p.y() < 0 || p.x() >= map.camera.width || p.y() >= map.camera.height) return {};
  InMap out{static_cast<int>(p.x()), static_cast<int>(p.y())};
  const float depth = map.depth.at(out.x, out.y);
  out.before = depth > 0 ? depth - (point - map.eye).norm() : kVeryFar;
  return out;
}

float cell_at(const GridField& field, const Vec3& point) {
  if (!field.contraction.on()) return field.cell;
  const float m = std::max(1.0f, field.contraction.reach(point));
  return field.cell * m * m / std::min(1.0f, field.contraction.shell);
}

Sight sight_of(const GridField& field, const std::vector<DepthMap>& maps, const Vec3& point, const Vec3& normal) {
  Sight out;
  const float cell = cell_at(field, point);
  Vec3 sum = Vec3::Zero();
  float weights = 0;
  for (const DepthMap& map : maps) {
    const InMap in = place_in(map, point);
    const float far = (point - map.eye).norm(), pixel = far / map.camera.fx;
    // A slanted surface's depth changes by some pixels' width within one.
    if (!in || std::abs(in.before) > 3 * cell + 4 * pixel) continue;
    ++out.views;
    const float* colour = &map.colour.at(in.x, in.y, 0);
    const float weight = std::max(normal.dot(map.eye - point) / far, 0.01f) / (far * far);
    weights += weight;
    sum += weight * Vec3(colour[0], colour[1], colour[2]);
  }
  if (weights > 0) out.colour = (sum / weights).cwiseMax(0).cwiseMin(1);
  return out;
}

VoxelGrid fused_surface(const GridField& field, const std::vector<DepthMap>& maps) {
  VoxelGrid grid;
  grid.origin = field.origin;
  grid.cell = field.cell;
  grid.nx = field.size.x();
  grid.ny = field.size.y();
  grid.nz = field.size.z();
  grid.values.assign(field.count(), -1);
#pragma omp parallel for schedule(dynamic, 1)
  for (int z = 0; z < grid.nz; ++z)
    for (int y = 0; y < grid.ny; ++y)
      for (int x = 0; x < grid.nx; ++x) {
        const Vec3 at = grid.position(x, y, z), point = field.contraction.on() ? field.contraction.out_of(at) : at;
        const float truncation = kTruncation * cell_at(field, point);
        float sum = 0;
        float weights = 0;
        for (const DepthMap& map : maps) {
          const InMap in = place_in(map, point);
          if (!in || in.before < -truncation) continue;
          const float weight = map.facing.at(in.x, in.y);
          sum += weight * std::min(1.0f, in.before / truncation);
          weights += weight;
        }
        if (weights > 0) grid.at(x, y, z) = sum / weights;
      }
  return grid;
}

}  // namespace mp4d
