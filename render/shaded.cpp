#include "render/hard_raster.h"
#include "render/occlusion.h"
#include "core/srgb.h"

#include <algorithm>
#include <cmath>
#include <optional>

namespace mp4d {
namespace {

struct Lights {
  Vec3 key, fill, rim;  // unit, towards the light
};

// The lights turn with the camera about +y, so that a turntable is lit alike from every side.
Lights lights_of(const Camera& camera) {
  const Mat3 r = camera.camera_from_world.rotation();
  const Vec3 right = r.row(0).transpose();
  Vec3 back = -r.row(2).transpose();
  if (Vec2(back.x(), back.z()).norm() < 1e-3f) back = r.row(1).transpose();
  back = Vec3(back.x(), 0, back.z()).normalized();
  const Vec3 up = Vec3::UnitY();
  return {(0.7f * back - 0.6f * right + 0.95f * up).normalized(), (0.6f * back + 0.9f * right + 0.2f * up).normalized(),
          (-1.0f * back + 0.4f * right + 0.6f * up).normalized()};
}

Vec3 sample_texture(const Image& texture, float u, float v) {
  const auto wrap = [](int i, int n) { return ((i % n) + n) % n; };
  const float x = (u - std::floor(u)) * texture.width - 0.5f, y = (v - std::floor(v)) * texture.height - 0.5f;
  const int x0 = static_cast<int>(std::floor(x)), y0 = static_cast<int>(std::floor(y));
  const float a = x - x0, b = y - y0;
  Vec3 sum = Vec3::Zero();
  for (int j = 0; j < 2; ++j)
    for (int i = 0; i < 2; ++i) {
      const std::uint8_t* texel = &texture.at(wrap(x0 + i, texture.width), wrap(y0 + j, texture.height));
      const float weight = (i ? a : 1 - a) * (j ? b : 1 - b);
      for (int c = 0; c < 3; ++c) sum[c] += weight * linear_from_srgb8(texel[texture.channels >= 3 ? c : 0]);
    }
  return sum;
}

/// Linear colour and opacity of one sample.
struct Sample {
  Vec3 color = Vec3::Zero();
  float alpha = 0;
};

class Shader {
 public:
  Shader(const Camera& camera, const Mesh& mesh, const ShadeOptions& options)
      : camera_(camera),
        mesh_(mesh),
        options_(options),
        lights_(lights_of(camera)),
        normals_(mesh.normals.rows() == mesh.verts.rows() ? mesh.normals : vertex_normals(mesh.verts, mesh.faces)),
        buffer_(rasterise(camera, mesh.verts, mesh.faces)),
        shadow_(mesh.verts, mesh.faces, lights_.key),
        world_from_camera_(camera.camera_from_world.inverse()) {
    const Aabb box = bounds(mesh.verts);
    size_ = box.isEmpty() ? 1 : std::max(0.5f * box.diagonal().norm(), 1e-6f);
    centre_ = box.isEmpty() ? Vec3::Zero() : Vec3(box.center());
    if (mesh.colors.rows() == mesh.verts.rows()) {
      colors_ = mesh.colors;
      for (Eigen::Index i = 0; i < colors_.rows(); ++i)
        colors_.row(i) = linear_from_srgb(Vec3(colors_.row(i).transpose())).transpose();
    }
    open_ = ambient_visibility(camera, buffer_, mesh.verts, mesh.faces, 0.3f * size_);
    if (options.ground) {
      contact_.emplace(mesh.verts, mesh.faces, options.ground_y);
      grid_step_ = std::pow(10.0f, std::floor(std::log10(size_)));
      if (size_ / grid_step_ > 5) grid_step_ *= 5;
      else if (size_ / grid_step_ > 2) grid_step_ *= 2;
      grid_step_ *= 0.5f;
    }
  }

  Sample sample(int x, int y) const {
    const std::size_t at = static_cast<std::size_t>(y) * buffer_.width + x;
    const Vec3 eye = world_from_camera_.translation();
    const Vec3 ray = world_from_camera_.rotation() * unproject(camera_, x + 0.5f, y + 0.5f, 1);
    const float noise = pixel_noise(x, y);
    const float ground_depth = options_.ground && ray.y() < 0 ? (options_.ground_y - eye.y()) / ray.y() : 0;
    if (ground_depth > 0 && ground_depth < buffer_.depth[at]) return ground(eye + ground_depth * ray, ray, noise);
    if (buffer_.face[at] < 0) return {};
    return {surface(at, eye + buffer_.depth[at] * ray, -ray.normalized(), noise), 1};
  }

 private:
  Vec3 surface(std::size_t at, const Vec3& point, const Vec3& to_eye, float noise) const {
    const int face = buffer_.face[at];
    const Vec2 b = buffer_.barycentric[at];
    const int v[3] = {mesh_.faces(face, 0), mesh_.faces(face, 1), mesh_.faces(face, 2)};
    const float w[3] = {1 - b.x() - b.y(), b.x(), b.y()};
    const auto blend = [&](const auto& rows) {
      return (w[0] * rows.row(v[0]) + w[1] * rows.row(v[1]) + w[2] * rows.row(v[2])).transpose().eval();
    };
    const Vec3 corner = mesh_.verts.row(v[0]).transpose();
    const Vec3 face_normal = (Vec3(mesh_.verts.row(v[1]).transpose()) - corner)
                                 .cross(Vec3(mesh_.verts.row(v[2]).transpose()) - corner);
    Vec3 n = blend(normals_);
    n = n.squaredNorm() > 1e-12f ? n.normalized() : face_normal.normalized();
    if (face_normal.dot(to_eye) < 0) n = n.dot(face_normal) > 0 ? Vec3(-n) : n;  // seen from behind
    else if (n.dot(face_normal) < 0) n = -n;

    Vec3 albedo = Vec3::Constant(0.8f);
    if (!mesh_.materials.empty()) {
      const std::size_t index = mesh_.face_material.empty() ? 0 : mesh_.face_material[face];
      const Material& material = mesh_.materials[index];
      albedo = material.base_color.head<3>();
      if (!material.texture.empty() && mesh_.uvs.rows() == mesh_.verts.rows()) {
        const Vec2 uv = blend(mesh_.uvs);
        albedo = albedo.cwiseProduct(sample_texture(material.texture, uv.x(), uv.y()));
      }
    } else if (colors_.rows() > 0) {
      albedo.setOnes();
    }
    if (colors_.rows() > 0) albedo = albedo.cwiseProduct(Vec3(blend(colors_)));

    const float facing = n.dot(lights_.key);
    const float lit = facing > 0 ? shadow_.visibility(point + 0.02f * size_ * n, noise) : 0;
    const float open = open_[at];
    const float sky = 0.5f + 0.5f * n.y();
    const Vec3 ambient = open * (sky * Vec3(0.38f, 0.41f, 0.46f) + (1 - sky) * Vec3(0.23f, 0.21f, 0.19f));
    const Vec3 key = Vec3(0.92f, 0.88f, 0.82f) * std::max(facing, 0.0f) * lit;
    const Vec3 fill = Vec3(0.16f, 0.18f, 0.21f) * std::max(n.dot(lights_.fill), 0.0f) * (0.4f + 0.6f * open);
    const float grazing = 1 - std::max(n.dot(to_eye), 0.0f);
    const Vec3 rim = Vec3(0.30f, 0.31f, 0.33f) * std::max(n.dot(lights_.rim), 0.0f) * grazing * grazing * open;
    const float highlight = std::pow(std::max(n.dot((lights_.key + to_eye).normalized()), 0.0f), 28.0f);
    return albedo.cwiseProduct(key + fill + ambient + rim) + Vec3::Constant(0.07f * highlight * lit);
  }

  // The ground only darkens what is behind: black with an opacity.
  Sample ground(const Vec3& point, const Vec3& ray, float noise) const {
    const float distance = Vec2(point.x() - centre_.x(), point.z() - centre_.z()).norm() / size_;
    const float fade = std::clamp((4.5f - distance) / 3, 0.0f, 1.0f);
    if (fade <= 0) return {};
    const float shadow = 1 - shadow_.visibility(point, noise);
    const float contact = contact_->occlusion(point.x(), point.z());
    const float footprint = ray.norm() / camera_.fx * (point - world_from_camera_.translation()).norm();
    const float line_width = std::max(0.004f * size_, footprint);
    const auto on_line = [&](float v) {
      const float away = std::abs(v / grid_step_ - std::round(v / grid_step_)) * grid_step_;
      return std::clamp(1.5f - away / line_width, 0.0f, 1.0f);
    };
    const float grid = std::max(on_line(point.x()), on_line(point.z())) * std::min(1.0f, 0.004f * size_ / footprint);
    const float open = (1 - 0.42f * shadow) * (1 - 0.6f * contact) * (1 - 0.13f * grid);
    return {Vec3::Zero(), fade * (1 - open)};
  }

  const Camera camera_;
  const Mesh& mesh_;
  const ShadeOptions& options_;
  Lights lights_;
  Points normals_, colors_;
  GBuffer buffer_;
  SunShadow shadow_;
  std::optional<ContactShadow> contact_;
  std::vector<float> open_;
  Iso3 world_from_camera_;
  Vec3 centre_;
  float size_ = 1, grid_step_ = 1;
};

Camera scaled(const Camera& camera, float factor_x, float factor_y, int width, int height) {
  Camera out = camera;
  out.width = width, out.height = height;
  out.fx *= factor_x, out.cx *= factor_x;
  out.fy *= factor_y, out.cy *= factor_y;
  return out;
}

}  // namespace

Image render_shaded(const Camera& camera, const Mesh& mesh, const ShadeOptions& options) {
  const int n = std::clamp(options.supersample, 1, 8);
  const Shader shader(scaled(camera, n, n, camera.width * n, camera.height * n), mesh, options);
  const Vec3 background = linear_from_srgb(options.background);
  Image out(camera.width, camera.height, options.transparent ? 4 : 3);
#pragma omp parallel for schedule(dynamic, 4)
  for (int y = 0; y < camera.height; ++y)
    for (int x = 0; x < camera.width; ++x) {
      Vec3 color = Vec3::Zero();  // premultiplied
      float alpha = 0;
      for (int j = 0; j < n; ++j)
        for (int i = 0; i < n; ++i) {
          const Sample s = shader.sample(x * n + i, y * n + j);
          color += s.alpha * s.color.cwiseMin(1.0f);
          alpha += s.alpha;
        }
      color /= n * n;
      alpha /= n * n;
      if (options.transparent) {
        out.at(x, y, 3) = static_cast<std::uint8_t>(std::lround(255 * alpha));
        if (alpha > 0) color /= alpha;
      } else {
        color += (1 - alpha) * background;
      }
      for (int c = 0; c < 3; ++c) out.at(x, y, c) = srgb8_from_linear(color[c]);
    }
  return out;
}

Image overlay(const Camera& camera, const Mesh& mesh, const Image& picture, float alpha) {
  Image out = picture;
  if (picture.empty()) return out;
  const Camera fitted = scaled(camera, float(picture.width) / camera.width, float(picture.height) / camera.height,
                               picture.width, picture.height);
  ShadeOptions options;
  options.transparent = true;
  const Image drawn = render_shaded(fitted, mesh, options);
  for (std::size_t p = 0; p < picture.pixels(); ++p) {
    const float a = alpha * drawn.data[p * 4 + 3] / 255.0f;
    for (int c = 0; c < std::min(picture.channels, 3); ++c) {
      std::uint8_t& value = out.data[p * picture.channels + c];
      value = static_cast<std::uint8_t>(std::lround((1 - a) * value + a * drawn.data[p * 4 + c]));
    }
  }
  return out;
}

Camera orbit_camera(const Aabb& box, float azimuth, float elevation, int width, int height, float distance_factor) {
  constexpr float kFov = 0.5f;  // of the shorter side: a ball of the box's diagonal just fits at 2.2
  const float vertical = width < height ? 2 * std::atan(std::tan(0.5f * kFov) * height / width) : kFov;
  Camera camera = make_camera(width, height, vertical);
  const Vec3 centre = box.isEmpty() ? Vec3::Zero() : Vec3(box.center());
  const float size = box.isEmpty() ? 1 : std::max(box.diagonal().norm(), 1e-6f);
  const Vec3 direction(std::sin(azimuth) * std::cos(elevation), std::sin(elevation), std::cos(azimuth) * std::cos(elevation));
  const Vec3 up = std::abs(std::cos(elevation)) < 1e-3f ? Vec3(-std::sin(azimuth), 0, -std::cos(azimuth)) : Vec3::UnitY();
  camera.camera_from_world = look_at(centre + distance_factor * size * direction, centre, up);
  return camera;
}

}  // namespace mp4d
