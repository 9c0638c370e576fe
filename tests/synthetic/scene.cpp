#include "tests/synthetic/scene.h"
#include "motion/kinematics.h"
#include "render/hard_raster.h"
#include "tests/synthetic/capsule_body.h"
#include <algorithm>
#include <cmath>

namespace mp4d {
namespace {

constexpr float kWallRadius = 7.0f;
const Vec3 kLight = Vec3(-0.45f, -1.0f, -0.25f);  // direction of travel

float degrees(float d) { return d * float(M_PI) / 180; }

/// Colour (sRGB 0..1) of the ground or the wall where `ray` (world, from `eye`) meets it.
Vec3 background_colour(const Vec3& eye, const Vec3& ray, unsigned seed) {
  const float to_ground = ray.y() < -1e-4f ? -eye.y() / ray.y() : 1e9f;
  const float a = ray.x() * ray.x() + ray.z() * ray.z();
  const float b = eye.x() * ray.x() + eye.z() * ray.z();
  const float c = eye.x() * eye.x() + eye.z() * eye.z() - kWallRadius * kWallRadius;
  const float to_wall = (-b + std::sqrt(std::max(0.0f, b * b - a * c))) / a;
  const Vec3 hit = eye + std::min(to_ground, to_wall) * ray;
  const float coarse = value_noise(hit, 0.55f, seed), middle = value_noise(hit, 0.17f, seed + 1),
              fine = value_noise(hit, 0.06f, seed + 2);
  if (to_ground < to_wall) {
    const float tone = 0.45f + 0.20f * coarse + 0.14f * middle + 0.08f * fine;
    return tone * Vec3(0.72f, 0.86f, 0.52f);
  }
  const float tone = 0.50f + 0.26f * coarse + 0.14f * middle;
  return tone * Vec3(0.66f, 0.78f, 0.95f);
}

/// The subject's shadow on the ground, by projection along the light.
Points shadow_on_ground(const Points& verts) {
  Points shadow(verts.rows(), 3);
  for (Eigen::Index v = 0; v < verts.rows(); ++v) {
    const Vec3 p = verts.row(v);
    shadow.row(v) = (p - p.y() / kLight.y() * kLight).transpose();
  }
  return shadow;
}

/// A camera looking at `target` from `azimuth` (0 = +z, 90 degrees = +x), so far that a ball of `radius` fits.
Camera camera_around(const Vec3& target, float radius, float azimuth, const SceneOptions& options) {
  Camera camera = make_camera(options.width, options.height, degrees(options.vertical_fov_deg));
  const float half_fov = std::atan(0.5f * float(std::min(options.width, options.height)) / camera.fy);
  const float distance = radius / std::sin(half_fov), elevation = degrees(options.elevation_deg);
  const Vec3 direction(std::sin(azimuth) * std::cos(elevation), std::sin(elevation), std::cos(azimuth) * std::cos(elevation));
  camera.camera_from_world = look_at(target + distance * direction, target);
  return camera;
}

std::vector<Camera> camera_path(const MeshSequence& truth, const SceneOptions& options) {
  const std::size_t count = truth.frames.size();
  Aabb whole;
  float radius = 0;
  for (const Points& verts : truth.frames) {
    const Aabb box = bounds(verts);
    whole.extend(box);
    radius = std::max(radius, 0.44f * box.sizes().norm());  // the corners of the box are empty
  }
  std::vector<Camera> cameras(count);
  if (options.path != CameraPath::kOrbit) {
    const float azimuth = degrees(options.path == CameraPath::kStaticSide ? 90.0f : 50.0f);
    std::fill(cameras.begin(), cameras.end(), camera_around(whole.center(), 0.5f * whole.sizes().norm(), azimuth, options));
    return cameras;
  }
  // Follows evenly from the first to the last place, as a person filming would, not every bob of the subject.
  const Vec3 first = bounds(truth.frames.front()).center(), last = bounds(truth.frames.back()).center();
  for (std::size_t f = 0; f < count; ++f) {
    const float t = count > 1 ? float(f) / float(count - 1) : 0.0f;
    const float azimuth = degrees(options.orbit_start_deg + t * options.orbit_sweep_deg);
    cameras[f] = camera_around(first + t * (last - first), radius, azimuth, options);
  }
  return cameras;
}

/// The scene without the subject, each pixel the mean of a square of samples.
Image render_background(const Camera& camera, const Mask& shadow, const SceneOptions& options) {
  const int samples = options.supersample;
  const Mat3 world_from_camera = camera.camera_from_world.linear().transpose();
  const Vec3 eye = -world_from_camera * camera.camera_from_world.translation();
  Image image(camera.width, camera.height, 3);
#pragma omp parallel for schedule(dynamic)
  for (int y = 0; y < camera.height; ++y)
    for (int x = 0; x < camera.width; ++x) {
      Vec3 sum = Vec3::Zero();
      for (int sy = 0; sy < samples; ++sy)
        for (int sx = 0; sx < samples; ++sx) {
          const float u = float(x) + (float(sx) + 0.5f) / float(samples), v = float(y) + (float(sy) + 0.5f) / float(samples);
          const Vec3 ray = world_from_camera * Vec3((u - camera.cx) / camera.fx, (v - camera.cy) / camera.fy, 1);
          const bool dark = shadow.at(x * samples + sx, y * samples + sy) != 0;
          sum += (dark ? 0.62f : 1.0f) * background_colour(eye, ray, options.seed);
        }
      for (int c = 0; c < 3; ++c)
        image.at(x, y, c) = static_cast<std::uint8_t>(std::lround(255 * std::clamp(sum[c] / float(samples * samples), 0.0f, 1.0f)));
    }
  return image;
}

Camera magnified(Camera camera, int factor) {
  camera.width *= factor;
  camera.height *= factor;
  for (float* value : {&camera.fx, &camera.fy, &camera.cx, &camera.cy}) *value *= float(factor);
  return camera;
}

}  // namespace

SyntheticClip film(const RiggedModel& model, const Clip& clip, const SceneOptions& options) {
  SyntheticClip out;
  out.truth.faces = model.mesh.faces;
  for (int f = 0; f < options.frames; ++f) {
    const double time = f / options.fps;
    const Pose pose = sample_clip(clip, time);
    out.truth.frames.push_back(skin_linear(model.mesh.verts, model.skin, forward_kinematics(model.skeleton, pose)));
    out.truth.times.push_back(time);
    out.frames.times.push_back(time);
    out.frames.names.push_back(fmt::format("{:04}", f));
  }
  out.frames.fps = options.fps;
  out.cameras = camera_path(out.truth, options);

  ShadeOptions shade;
  shade.transparent = true;
  shade.supersample = options.supersample;
  Mesh mesh = model.mesh;
  for (int f = 0; f < options.frames; ++f) {
    const Camera& camera = out.cameras[f];
    mesh.verts = out.truth.frames[f];
    mesh.normals = vertex_normals(mesh.verts, mesh.faces);
    const Mask shadow = render_mask(magnified(camera, options.supersample), shadow_on_ground(mesh.verts), mesh.faces);
    Image picture = render_background(camera, shadow, options);
    const Image subject = render_shaded(camera, mesh, shade);
    for (std::size_t i = 0; i < picture.pixels(); ++i) {
      const int alpha = subject.data[4 * i + 3];
      for (int c = 0; c < 3; ++c) {
        std::uint8_t& pixel = picture.data[3 * i + c];
        pixel = static_cast<std::uint8_t>((subject.data[4 * i + c] * alpha + pixel * (255 - alpha) + 127) / 255);
      }
    }
    out.frames.images.push_back(std::move(picture));
    out.masks.push_back(render_mask(camera, mesh.verts, mesh.faces));
  }
  return out;
}

}  // namespace mp4d
