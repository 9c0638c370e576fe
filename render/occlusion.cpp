#include "render/occlusion.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace mp4d {
namespace {

constexpr float kDistance = 30;         // of the map cameras, in mesh sizes: nearly parallel rays
constexpr int kShadowMap = 768, kContactMap = 256;
constexpr float kGoldenAngle = 2.39996323f;

// `n` points of an even spiral in the unit disc.
template <int n>
struct Spiral {
  std::array<Vec2, n> points;
  Spiral() {
    for (int i = 0; i < n; ++i)
      points[i] = std::sqrt((i + 0.5f) / n) * Vec2(std::cos(i * kGoldenAngle), std::sin(i * kGoldenAngle));
  }
};
const Spiral<8> kSearch;
const Spiral<16> kShadowSamples;
const Spiral<10> kAmbientSamples;

// Scales by `size` and rotates by `turn` of a full turn.
Eigen::Matrix2f turned(float size, float turn) {
  const float c = size * std::cos(turn * float(2 * M_PI)), s = size * std::sin(turn * float(2 * M_PI));
  return (Eigen::Matrix2f() << c, -s, s, c).finished();
}

// Camera kDistance sizes away along `direction` whose square picture of `pixels` shows `half_side` around `centre`.
Camera map_camera(const Vec3& centre, const Vec3& direction, float distance, float half_side, int pixels) {
  Camera camera;
  camera.width = camera.height = pixels;
  camera.fx = camera.fy = 0.5f * pixels * distance / half_side;
  camera.cx = camera.cy = 0.5f * pixels;
  const Vec3 up = std::abs(direction.y()) > 0.9f ? Vec3::UnitZ() : Vec3::UnitY();
  camera.camera_from_world = look_at(centre + distance * direction, centre, up);
  return camera;
}

void box_blur(ImageF& image, int radius) {
  ImageF half = image;
  for (int pass = 0; pass < 2; ++pass) {
    for (int y = 0; y < image.height; ++y) {
      float sum = 0;
      for (int x = -radius; x < image.width; ++x) {
        if (x + radius < image.width) sum += image.at(x + radius, y);
        if (x - radius - 1 >= 0) sum -= image.at(x - radius - 1, y);
        if (x >= 0) half.at(y, x) = sum / (2 * radius + 1);  // transposed: the second pass turns it back
      }
    }
    std::swap(image, half);
  }
}

}  // namespace

SunShadow::SunShadow(const Points& verts, const Faces& faces, const Vec3& to_light) {
  const Aabb box = bounds(verts);
  if (box.isEmpty()) return;
  size_ = std::max(0.5f * box.diagonal().norm(), 1e-6f);
  light_ = map_camera(box.center(), to_light, kDistance * size_, 1.1f * size_, kShadowMap);
  map_ = rasterise(light_, verts, faces);
}

float SunShadow::visibility(const Vec3& point, float noise) const {
  if (map_.face.empty()) return 1;
  const Vec3 at = project(light_, point);
  const float bias = 0.012f * size_, texel = kShadowMap / (2.2f * size_);
  const auto depth = [&](const Vec2& offset) {
    const int x = static_cast<int>(std::floor(at.x() + offset.x())), y = static_cast<int>(std::floor(at.y() + offset.y()));
    if (x < 0 || y < 0 || x >= map_.width || y >= map_.height) return std::numeric_limits<float>::infinity();
    return map_.depth[static_cast<std::size_t>(y) * map_.width + x];
  };
  const Eigen::Matrix2f turn = turned(texel, noise);
  float blockers = 0;
  int count = 0;
  for (const Vec2& p : kSearch.points) {
    const float d = depth(0.06f * size_ * (turn * p));
    if (d < at.z() - bias) blockers += d, ++count;
  }
  if (count == 0) return 1;
  const float spread = std::clamp(0.09f * (at.z() - blockers / count), 0.012f * size_, 0.15f * size_);
  int open = 0;
  for (const Vec2& p : kShadowSamples.points) open += depth(spread * (turn * p)) >= at.z() - bias;
  return static_cast<float>(open) / kShadowSamples.points.size();
}

ContactShadow::ContactShadow(const Points& verts, const Faces& faces, float ground_y) {
  const Aabb box = bounds(verts);
  if (box.isEmpty()) return;
  const float size = std::max(0.5f * box.diagonal().norm(), 1e-6f);
  x_ = box.center().x(), z_ = box.center().z();
  half_side_ = 1.6f * size;
  const float distance = kDistance * size;
  const Camera below = map_camera(Vec3(x_, ground_y, z_), -Vec3::UnitY(), distance, half_side_, kContactMap);
  const GBuffer seen = rasterise(below, verts, faces);
  ImageF raw(kContactMap, kContactMap, 1);
  for (int y = 0; y < kContactMap; ++y)
    for (int x = 0; x < kContactMap; ++x) {
      const std::size_t at = static_cast<std::size_t>(y) * kContactMap + x;
      if (seen.face[at] < 0) continue;
      raw.data[at] = std::exp(-std::max(seen.depth[at] - distance, 0.0f) / (0.2f * size));
    }
  // The camera below has its own up and right: put the map in x, z.
  map_ = ImageF(kContactMap, kContactMap, 1);
  for (int j = 0; j < kContactMap; ++j)
    for (int i = 0; i < kContactMap; ++i) {
      const Vec3 p = project(below, Vec3(x_ + half_side_ * ((i + 0.5f) * 2 / kContactMap - 1), ground_y,
                                         z_ + half_side_ * ((j + 0.5f) * 2 / kContactMap - 1)));
      const int x = std::clamp(static_cast<int>(p.x()), 0, kContactMap - 1);
      const int y = std::clamp(static_cast<int>(p.y()), 0, kContactMap - 1);
      map_.at(i, j) = raw.at(x, y);
    }
  ImageF wide = map_;
  for (int i = 0; i < 2; ++i) box_blur(map_, 2), box_blur(wide, 10);
  for (std::size_t i = 0; i < map_.data.size(); ++i) map_.data[i] = 0.5f * (map_.data[i] + wide.data[i]);
}

float ContactShadow::occlusion(float x, float z) const {
  if (map_.empty()) return 0;
  const float u = ((x - x_) / half_side_ + 1) * 0.5f * kContactMap - 0.5f;
  const float v = ((z - z_) / half_side_ + 1) * 0.5f * kContactMap - 0.5f;
  if (!(u >= 0 && v >= 0 && u < kContactMap - 1 && v < kContactMap - 1)) return 0;
  const int i = static_cast<int>(u), j = static_cast<int>(v);
  const float a = u - i, b = v - j;
  return (1 - b) * ((1 - a) * map_.at(i, j) + a * map_.at(i + 1, j)) +
         b * ((1 - a) * map_.at(i, j + 1) + a * map_.at(i + 1, j + 1));
}

std::vector<float> ambient_visibility(const Camera& camera, const GBuffer& buffer, const Points& verts,
                                      const Faces& faces, float radius) {
  std::vector<float> open(buffer.face.size(), 1.0f);
#pragma omp parallel for schedule(dynamic, 8)
  for (int y = 0; y < buffer.height; ++y)
    for (int x = 0; x < buffer.width; ++x) {
      const std::size_t at = static_cast<std::size_t>(y) * buffer.width + x;
      if (buffer.face[at] < 0) continue;
      const auto corner = [&](int k) -> Vec3 {
        return camera.camera_from_world * verts.row(faces(buffer.face[at], k)).transpose();
      };
      const Vec3 a = corner(0), p = unproject(camera, x + 0.5f, y + 0.5f, buffer.depth[at]);
      Vec3 normal = (corner(1) - a).cross(corner(2) - a).normalized();
      if (normal.dot(p) > 0) normal = -normal;
      const float reach = std::min(camera.fx * radius / p.z(), 0.25f * buffer.width);
      if (reach < 1) continue;
      const Eigen::Matrix2f turn = turned(reach, pixel_noise(x, y));
      const float bias = 0.02f * radius;
      float sum = 0;
      for (const Vec2& sample : kAmbientSamples.points) {
        const Vec2 offset = turn * sample;
        const int sx = x + static_cast<int>(std::lround(offset.x())), sy = y + static_cast<int>(std::lround(offset.y()));
        if (sx < 0 || sy < 0 || sx >= buffer.width || sy >= buffer.height) continue;
        const std::size_t other = static_cast<std::size_t>(sy) * buffer.width + sx;
        if (buffer.face[other] < 0) continue;
        const Vec3 v = unproject(camera, sx + 0.5f, sy + 0.5f, buffer.depth[other]) - p;
        const float d2 = v.squaredNorm(), fall_off = std::max(0.0f, 1 - d2 / (radius * radius));
        sum += fall_off * std::max(0.0f, (v.dot(normal) - bias) / std::sqrt(d2 + 1e-12f));
      }
      open[at] = std::max(0.0f, 1 - 1.8f * sum / kAmbientSamples.points.size());
    }
  return open;
}

}  // namespace mp4d
