#include "tests/synthetic/field_scenes.h"
#include "core/rng.h"
#include "motion/voxels.h"
#include <algorithm>
#include <cmath>
#include <functional>

namespace mp4d {
namespace {

struct Hit {
  float distance = 1e9f;
  int material = -1;
};

void join(Hit& hit, float distance, int material) {
  if (distance < hit.distance) hit = {distance, material};
}

float box(const Vec3& p, const Vec3& centre, const Vec3& half, float round = 0) {
  const Vec3 q = (p - centre).cwiseAbs() - (half - Vec3::Constant(round));
  return q.cwiseMax(0).norm() + std::min(q.maxCoeff(), 0.0f) - round;
}

float sphere(const Vec3& p, const Vec3& centre, float radius) { return (p - centre).norm() - radius; }

float torus(const Vec3& p, const Vec3& centre, float large, float small) {
  const Vec3 q = p - centre;
  const float ring = std::hypot(q.x(), q.z()) - large;
  return std::hypot(ring, q.y()) - small;
}

enum Material { kGround, kHouse, kFloor, kWall, kCeiling, kPicture, kWood, kBall, kTorus, kSofa, kCabinet };

const Vec3 kLamp(0.2f, 2.2f, 0.3f);  // of the room

Hit room(const Vec3& p, const Vec3& ball_shift = Vec3::Zero()) {
  Hit hit;
  join(hit, p.y(), kFloor);
  join(hit, 2.4f - p.y(), kCeiling);
  join(hit, std::min({2 - p.x(), p.x() + 2, 1.6f - p.z(), p.z() + 1.6f}), kWall);
  join(hit, box(p, {0.3f, 1.45f, -1.6f}, {0.55f, 0.38f, 0.03f}), kPicture);
  join(hit, box(p, {0.5f, 0.70f, 0.1f}, {0.55f, 0.03f, 0.35f}), kWood);
  for (const float x : {0.0f, 1.0f})
    for (const float z : {-0.2f, 0.4f}) join(hit, box(p, {x, 0.34f, z}, {0.03f, 0.34f, 0.03f}), kWood);
  join(hit, sphere(p - ball_shift, {0.3f, 0.89f, 0.15f}, 0.16f), kBall);
  join(hit, torus(p, {0.75f, 0.79f, 0.0f}, 0.15f, 0.06f), kTorus);
  join(hit, box(p, {-1.55f, 0.22f, 0.3f}, {0.38f, 0.22f, 0.8f}, 0.06f), kSofa);
  join(hit, box(p, {-1.82f, 0.55f, 0.3f}, {0.12f, 0.4f, 0.8f}, 0.06f), kSofa);
  join(hit, box(p, {1.72f, 0.6f, -1.0f}, {0.27f, 0.6f, 0.4f}), kCabinet);
  return hit;
}

Hit object(const Vec3& p) {
  Hit hit;
  join(hit, box(p, {0, -0.75f, 0}, {0.7f, 0.12f, 0.7f}, 0.03f), kWood);
  join(hit, sphere(p, {0, 0.0f, 0}, 0.55f), kBall);
  join(hit, torus(p, {0, 0.0f, 0}, 0.85f, 0.12f), kTorus);
  join(hit, box(p, {0, -0.6f, 0}, {0.15f, 0.2f, 0.15f}), kCabinet);
  join(hit, box(p, {0, 0.75f, 0}, {0.12f, 0.25f, 0.12f}), kCabinet);
  return hit;
}

/// Smooth noise in 0..1 of three axes.
float noise(const Vec3& p, unsigned stream) {
  const Eigen::Vector3i base(int(std::floor(p.x())), int(std::floor(p.y())), int(std::floor(p.z())));
  const Vec3 f = p - base.cast<float>();
  const Vec3 s = f.array().square() * (3 - 2 * f.array());
  float sum = 0;
  for (int k = 0; k < 8; ++k) {
    const Eigen::Vector3i c = base + Eigen::Vector3i(k & 1, k >> 1 & 1, k >> 2);
    const auto key = static_cast<std::uint64_t>(std::uint32_t(c.x()) * 73856093u ^ std::uint32_t(c.y()) * 19349663u ^
                                                std::uint32_t(c.z()) * 83492791u);
    const float weight = (k & 1 ? s.x() : 1 - s.x()) * (k & 2 ? s.y() : 1 - s.y()) * (k & 4 ? s.z() : 1 - s.z());
    sum += weight * static_cast<float>(rng::uniform(7, stream, key));
  }
  return sum;
}

bool checker(float a, float b) { return ((int(std::floor(a)) + int(std::floor(b))) & 1) != 0; }

Vec3 albedo(const Vec3& p, int material) {
  switch (material) {
    case kGround: {
      const float near = std::exp(-0.02f * std::hypot(p.x(), p.z()));  // far off the pattern is finer than pixels
      return (0.6f + near * (0.5f * noise(p * 1.5f, 8) + (checker(p.x() / 2 + 1000, p.z() / 2 + 1000) ? 0.2f : -0.2f) - 0.25f)) * Vec3(0.6f, 0.62f, 0.45f);
    }
    case kHouse: {
      const float rows = 0.5f + 0.5f * std::sin(1.5f * p.y()), columns = 0.5f + 0.5f * std::sin(0.9f * (p.x() + p.z()));
      return (0.6f + 0.4f * noise(p * 0.7f, 9)) * (rows * columns > 0.45f ? Vec3(0.25f, 0.3f, 0.4f) : Vec3(0.85f, 0.6f, 0.45f));
    }
    case kFloor: {
      const float plank = noise({std::floor(p.x() * 6), 0, std::floor(p.z() * 1.2f + 0.5f * std::floor(p.x() * 6))}, 1);
      return (0.55f + 0.35f * plank + 0.15f * noise({p.x() * 12, 0, p.z() * 3}, 2)) * Vec3(0.75f, 0.52f, 0.33f);
    }
    case kWall: {
      const float stripe = std::pow(0.5f + 0.5f * std::sin(12 * (p.x() + p.z())), 4.0f);
      return (0.85f + 0.15f * noise(p * 5, 3)) * (Vec3(0.85f, 0.82f, 0.74f) - stripe * Vec3(0.5f, 0.32f, 0.09f));
    }
    case kCeiling: return (0.8f + 0.2f * noise(p * 4, 4)) * Vec3(0.92f, 0.92f, 0.9f);
    case kPicture: {
      const float r = std::hypot(p.x() - 0.3f, p.y() - 1.45f);
      return Vec3(0.5f + 0.45f * std::sin(25 * r), 0.4f + 0.4f * std::sin(9 * p.x()), 0.5f + 0.4f * std::cos(11 * p.y()));
    }
    case kWood: return (0.5f + 0.4f * noise({p.x() * 3, p.y() * 8, p.z() * 10}, 5)) * Vec3(0.8f, 0.5f, 0.25f);
    case kBall: return checker(p.x() * 9 + 100, p.y() * 9 + p.z() * 9) ? Vec3(0.9f, 0.2f, 0.15f) : Vec3(0.95f, 0.9f, 0.85f);
    case kTorus: return (0.6f + 0.4f * noise(p * 9, 6)) * Vec3(0.2f, 0.75f, 0.45f);
    case kSofa: return (0.6f + 0.4f * noise(p * 9, 7)) * Vec3(0.35f, 0.3f, 0.7f);
    default: return checker(p.y() * 5, (p.z() + p.x()) * 5) ? Vec3(0.75f, 0.7f, 0.3f) : Vec3(0.3f, 0.35f, 0.4f);
  }
}

using Scene = std::function<Hit(const Vec3&)>;

bool trace(const Scene& scene, const Vec3& from, const Vec3& direction, float most, Vec3& at, int& material) {
  for (float t = 2e-3f; t < most;) {
    const Hit hit = scene(from + t * direction);
    if (hit.distance < std::max(5e-4f, 1e-4f * t)) {
      at = from + t * direction;
      material = hit.material;
      return true;
    }
    t += hit.distance;
  }
  return false;
}

Vec3 normal(const Scene& scene, const Vec3& p) {
  constexpr float h = 1e-3f;
  Vec3 n;
  for (int axis = 0; axis < 3; ++axis)
    n[axis] = scene(p + h * Vec3::Unit(axis)).distance - scene(p - h * Vec3::Unit(axis)).distance;
  return n.normalized();
}

Vec3 shade(const Scene& scene, const Vec3& p, int material, const Vec3& lamp) {
  const Vec3 n = normal(scene, p), to_lamp = lamp - p;
  const float distance = to_lamp.norm();
  Vec3 blocker;
  int unused;
  const bool shadow = trace(scene, p + 4e-3f * n, to_lamp / distance, distance - 0.02f, blocker, unused);
  const float lit = shadow ? 0 : std::max(0.0f, n.dot(to_lamp) / distance);
  return (albedo(p, material) * (0.45f + 0.65f * lit)).cwiseMin(1).cwiseMax(0);
}

/// RGBA, alpha the share of the pixel's rays that hit.
/// Rays that miss count as hits of `sky`, if there is one, in their direction.
Image draw(const Scene& scene, const Camera& camera, const Vec3& lamp, float far, int supersample, Vec3 (*sky)(const Vec3&) = nullptr) {
  Image image(camera.width, camera.height, 4);
  const Vec3 eye = camera.camera_from_world.inverse().translation();
#pragma omp parallel for schedule(dynamic)
  for (int y = 0; y < camera.height; ++y)
    for (int x = 0; x < camera.width; ++x) {
      Vec3 sum = Vec3::Zero();
      int hits = 0;
      for (int s = 0; s < supersample * supersample; ++s) {
        const double u = x + (s % supersample + 0.5) / supersample, v = y + (s / supersample + 0.5) / supersample;
        Vec3 at;
        int material;
        const Vec3 direction = ray_direction(camera, {}, u, v);
        const bool hit = trace(scene, eye, direction, far, at, material);
        if (!hit && !sky) continue;
        sum += hit ? shade(scene, at, material, lamp) : sky(direction);
        ++hits;
      }
      if (hits > 0) sum /= static_cast<float>(hits);
      for (int c = 0; c < 3; ++c) image.at(x, y, c) = static_cast<std::uint8_t>(std::lround(255 * sum[c]));
      image.at(x, y, 3) = static_cast<std::uint8_t>(255 * hits / (supersample * supersample));
    }
  return image;
}

Image without_alpha(const Image& image) {
  Image rgb(image.width, image.height, 3);
  for (std::size_t i = 0; i < image.pixels(); ++i) std::copy_n(&image.data[4 * i], 3, &rgb.data[3 * i]);
  return rgb;
}

/// The room at a time of 0..1: the ball goes round on the table, a box along a wall.
Scene room_at(float time) {
  const float turn = 6.2831853f * time;
  const Vec3 ball_shift(0.25f * std::sin(turn), 0, 0.15f * std::cos(turn));
  return [=](const Vec3& p) {
    Hit hit = room(p, ball_shift);
    join(hit, box(p, {-0.9f + 2 * time, 0.3f, 1.25f}, {0.25f, 0.3f, 0.25f}), kCabinet);
    return hit;
  };
}

/// A square with a few things on it, houses all round it 15 to 90 m off, and a plain.
Hit square(const Vec3& p) {
  Hit hit;
  join(hit, p.y(), kGround);
  join(hit, sphere(p, {0.6f, 0.5f, 0.4f}, 0.5f), kBall);
  join(hit, box(p, {-0.9f, 0.6f, 0.2f}, {0.3f, 0.6f, 0.3f}, 0.03f), kCabinet);
  join(hit, torus(p, {0, 0.35f, -0.9f}, 0.45f, 0.15f), kTorus);
  constexpr int kHouses = 14;
  for (int i = 0; i < kHouses; ++i) {
    const float turn = 6.2831853f * static_cast<float>(i) / kHouses, far = 15 + 75 * static_cast<float>(i * 5 % kHouses) / kHouses;
    const float size = 0.15f * far;
    join(hit, box(p, {far * std::sin(turn), size, far * std::cos(turn)}, {size, size, size}), kHouse);
  }
  return hit;
}

Vec3 sky(const Vec3& direction) {
  const float cloud = std::max(0.0f, noise(direction * 4, 10) - 0.45f) * 1.6f, height = std::max(0.0f, direction.y());
  return (1 - cloud) * Vec3(0.55f - 0.35f * height, 0.7f - 0.25f * height, 0.95f) + cloud * Vec3(0.95f, 0.95f, 0.95f);
}

enum class Damage { kNoise, kBlur, kCover };

/// Noise of 0.2, a blur of 9 x 9 pixels, or three grey bars over a third of the picture.
Image damaged(const Image& image, Damage damage, unsigned seed) {
  Image out = image;
  for (int y = 0; y < image.height; ++y)
    for (int x = 0; x < image.width; ++x)
      for (int c = 0; c < 3; ++c) {
        float value = image.at(x, y, c);
        const auto index = static_cast<std::uint64_t>((y * image.width + x) * 3 + c);
        if (damage == Damage::kNoise) value += 51 * static_cast<float>(rng::normal(seed, 1, index));
        if (damage == Damage::kCover && x * 9 / image.width % 3 == 1) value = 90;
        if (damage == Damage::kBlur) {
          value = 0;
          for (int dy = -4; dy <= 4; ++dy)
            for (int dx = -4; dx <= 4; ++dx)
              value += image.at(std::clamp(x + dx, 0, image.width - 1), std::clamp(y + dy, 0, image.height - 1), c) / 81.0f;
        }
        out.at(x, y, c) = static_cast<std::uint8_t>(std::lround(std::clamp(value, 0.0f, 255.0f)));
      }
  return out;
}

PosedView view_at(int index, Camera camera, const Vec3& eye, const Vec3& target) {
  PosedView view;
  view.name = fmt::format("images/v_{:03}.png", index);
  view.held_out = index % 8 == 0;
  camera.camera_from_world = look_at(eye, target);
  view.camera = camera;
  return view;
}

}  // namespace

float room_distance(const Vec3& point) { return room(point).distance; }
float object_distance(const Vec3& point) { return object(point).distance; }

Mesh scene_surface(float (*distance)(const Vec3&), const Aabb& box, float cell) {
  VoxelGrid grid = make_grid(box, static_cast<int>(std::lround(box.sizes().maxCoeff() / cell)), 2 * cell);
#pragma omp parallel for schedule(dynamic)
  for (int z = 0; z < grid.nz; ++z)
    for (int y = 0; y < grid.ny; ++y)
      for (int x = 0; x < grid.nx; ++x) grid.at(x, y, z) = distance(grid.position(x, y, z));
  return extract_surface(grid);
}

void redraw_room(PosedScene& scene) {
  for (PosedView& view : scene.views)
    view.image = without_alpha(draw([](const Vec3& p) { return room(p); }, view.camera, kLamp, 20, 2));
}

PosedScene make_room(const FieldSceneOptions& options) {
  PosedScene scene;
  scene.format = "synthetic";
  const Camera camera = make_camera(options.width, options.height, 1.05f);
  std::uint64_t draw_index = 0;
  const auto random = [&](float low, float high) {
    return low + (high - low) * static_cast<float>(rng::uniform(options.seed, 0, draw_index++));
  };
  std::vector<Vec3> points;
  int training = 0, damages = 0;
  for (int i = 0; i < options.views; ++i) {
    Vec3 eye, target;
    do {
      eye = {random(-1.4f, 1.6f), random(0.9f, 1.8f), random(-1.2f, 1.2f)};
    } while (room_distance(eye) < 0.3f);
    do {
      target = {random(-2, 2), random(0.1f, 2.2f), random(-1.6f, 1.6f)};
    } while ((target - eye).norm() < 1);
    PosedView view = view_at(i, camera, eye, target);
    if (!view.held_out && options.training_views > 0 && training >= options.training_views) continue;
    training += !view.held_out;
    if (options.moving) view.time = static_cast<float>(i) / static_cast<float>(options.views);
    const Scene shown = options.moving ? room_at(view.time)
                                       : Scene([](const Vec3& p) { return room(p); });
    view.image = without_alpha(draw(shown, view.camera, kLamp, 20, options.supersample));
    if (!view.held_out && damages < options.corrupted * training)
      view.image = damaged(view.image, static_cast<Damage>(damages++ % 3), options.seed + static_cast<unsigned>(i));
    for (int k = 0; k < std::max(1, 400 / options.views); ++k) {
      Vec3 at;
      int material;
      const Vec3 direction =
          ray_direction(view.camera, {}, random(0, float(options.width)), random(0, float(options.height)));
      if (trace(shown, eye, direction, 20, at, material)) points.push_back(at);
    }
    scene.views.push_back(std::move(view));
  }
  scene.points.resize(static_cast<Eigen::Index>(points.size()), 3);
  for (std::size_t i = 0; i < points.size(); ++i) scene.points.row(static_cast<Eigen::Index>(i)) = points[i].transpose();
  return scene;
}

PosedScene make_object(const FieldSceneOptions& options) {
  PosedScene scene;
  scene.format = "synthetic";
  const Camera camera = make_camera(options.width, options.height, 0.69f);
  for (int i = 0; i < options.views; ++i) {
    const float golden = 2.39996323f * static_cast<float>(i), height = 0.05f + 0.9f * (float(i) + 0.5f) / float(options.views);
    const float turn = golden + static_cast<float>(options.seed), level = std::sqrt(1 - height * height);
    const Vec3 eye = 4 * Vec3(level * std::sin(turn), height, level * std::cos(turn));
    PosedView view = view_at(i, camera, eye, Vec3::Zero());
    view.image = draw(object, view.camera, {3, 4, 2}, 12, options.supersample);
    scene.views.push_back(std::move(view));
  }
  return scene;
}

PosedScene make_square(const FieldSceneOptions& options) {
  PosedScene scene;
  scene.format = "synthetic";
  const Camera camera = make_camera(options.width, options.height, 1.05f);
  std::uint64_t index = 0;
  const auto random = [&](float low, float high) {
    return low + (high - low) * static_cast<float>(rng::uniform(options.seed, 11, index++));
  };
  std::vector<Vec3> points;
  for (int i = 0; i < options.views; ++i) {
    const float turn = 2.39996323f * static_cast<float>(i), radius = random(2.2f, 3.2f);
    const Vec3 eye(radius * std::sin(turn), random(0.7f, 1.8f), radius * std::cos(turn));
    PosedView view = view_at(i, camera, eye, {random(-0.6f, 0.6f), random(0.5f, 1.3f), random(-0.6f, 0.6f)});
    view.image = without_alpha(draw(square, view.camera, {300, 500, 200}, 400, options.supersample, sky));
    for (int k = 0; k < std::max(1, 600 / options.views); ++k) {
      Vec3 at;
      int material;
      const Vec3 direction = ray_direction(view.camera, {}, random(0, float(options.width)), random(0, float(options.height)));
      if (trace(square, eye, direction, 200, at, material)) points.push_back(at);
    }
    scene.views.push_back(std::move(view));
  }
  scene.points.resize(static_cast<Eigen::Index>(points.size()), 3);
  for (std::size_t i = 0; i < points.size(); ++i) scene.points.row(static_cast<Eigen::Index>(i)) = points[i].transpose();
  return scene;
}

}  // namespace mp4d
