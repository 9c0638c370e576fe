#include "render/viewport/cpu_view.h"
#include "core/srgb.h"
#include "render/hard_raster.h"
#include "render/occlusion.h"
#include <algorithm>
#include <cmath>

namespace mp4d {
namespace {

// The formulas are those of the shaders in gl_shaders.h: both must look alike.

/// Linear light of a surface with unit normal `n` in camera axes (y down, z away).
float light(const Vec3& n) {
  static const Vec3 key = Vec3(-0.4f, -0.7f, -0.6f).normalized(), fill = Vec3(0.8f, -0.2f, -0.5f).normalized();
  return 0.28f + 0.62f * std::max(0.0f, n.dot(key)) + 0.22f * std::max(0.0f, n.dot(fill));
}

Vec3 texel(const Image& texture, float u, float v) {
  const int x = std::min(texture.width - 1, static_cast<int>((u - std::floor(u)) * texture.width));
  const int y = std::min(texture.height - 1, static_cast<int>((v - std::floor(v)) * texture.height));
  const int last = texture.channels >= 3 ? 2 : 0;
  return {linear_from_srgb8(texture.at(x, y, 0)), linear_from_srgb8(texture.at(x, y, std::min(1, last))),
          linear_from_srgb8(texture.at(x, y, last))};
}

class Painter {
 public:
  explicit Painter(const ViewFrame& frame) : frame_(frame), mesh_(posed_mesh(frame)) {
    const bool weighted = frame.look == SurfaceLook::kWeights && frame.skin && frame.skin->joints.rows() == mesh_.verts.rows();
    if (weighted) mesh_.colors = weight_colours(*frame.skin, frame.weights_of);
    textured_ = frame.look == SurfaceLook::kTextured;
    coloured_ = mesh_.colors.rows() == mesh_.verts.rows() && (weighted || textured_);
    buffer_ = rasterise(frame.camera, mesh_.verts, mesh_.faces);
    world_from_camera_ = frame.camera.camera_from_world.inverse();
    step_ = ground_step(frame.size);
    has_uvs_ = mesh_.uvs.rows() == mesh_.verts.rows();
  }

  void paint(int x, int y, std::uint8_t* rgba) const {
    const std::size_t at = static_cast<std::size_t>(y) * buffer_.width + x;
    const float line = frame_.ground ? ground_line(x, y, buffer_.depth[at]) : 0;
    const bool solid = buffer_.face[at] >= 0;
    const Vec3 colour = solid ? surface(at) : Vec3::Zero();
    for (int k = 0; k < 3; ++k) {
      const float behind = solid ? srgb_from_linear(std::min(colour[k], 1.0f)) : frame_.ground_colour[k];
      const float value = behind + line * (frame_.ground_colour[k] - behind);
      rgba[k] = static_cast<std::uint8_t>(std::lround(255 * std::clamp(value, 0.0f, 1.0f)));
    }
    rgba[3] = solid ? 255 : static_cast<std::uint8_t>(std::lround(255 * line));
  }

 private:
  /// Opacity of the ground's lines at a pixel where the nearest surface is `depth` away.
  float ground_line(int x, int y, float depth) const {
    const Vec3 ray = world_from_camera_.rotation() * unproject(frame_.camera, x + 0.5f, y + 0.5f, 1);
    if (std::abs(ray.y()) < 1e-6f) return 0;
    const float d = (frame_.ground_y - world_from_camera_.translation().y()) / ray.y();
    if (d <= 0 || d > depth) return 0;
    const Vec3 p = world_from_camera_.translation() + d * ray;
    const float pixel = d / frame_.camera.fx / std::max(std::abs(ray.normalized().y()), 0.05f);
    const auto line = [&](float v) {
      const float away = std::abs(v / step_ - std::round(v / step_)) * step_;
      return std::clamp(1 - away / std::max(pixel, 1e-9f), 0.0f, 1.0f);
    };
    const float fade = std::clamp(1.2f - Vec2(p.x(), p.z()).norm() / (5 * frame_.size), 0.0f, 1.0f);
    return 0.3f * fade * std::max(line(p.x()), line(p.z()));
  }

  Vec3 surface(std::size_t at) const {
    const int face = buffer_.face[at];
    const Vec2 b = buffer_.barycentric[at];
    const int v[3] = {mesh_.faces(face, 0), mesh_.faces(face, 1), mesh_.faces(face, 2)};
    const float w[3] = {1 - b.x() - b.y(), b.x(), b.y()};
    const auto blend = [&](const auto& rows) {
      return (w[0] * rows.row(v[0]) + w[1] * rows.row(v[1]) + w[2] * rows.row(v[2])).transpose().eval();
    };
    Vec3 n = frame_.camera.camera_from_world.rotation() * Vec3(blend(mesh_.normals));
    n = n.squaredNorm() > 1e-12f ? n.normalized() : Vec3(0, 0, -1);
    if (n.z() > 0) n = -n;
    Vec3 albedo = Vec3::Constant(0.55f);
    if (textured_) {
      albedo.setOnes();
      if (!mesh_.materials.empty()) {
        const Material& material = mesh_.materials[mesh_.face_material.empty() ? 0 : mesh_.face_material[face]];
        albedo = material.base_color.head<3>();
        if (has_uvs_ && !material.texture.empty()) {
          const Vec2 uv = blend(mesh_.uvs);
          albedo = albedo.cwiseProduct(texel(material.texture, uv.x(), uv.y()));
        }
      } else if (!coloured_) {
        albedo.setConstant(0.6f);
      }
    }
    if (coloured_) {
      const Vec3 colour = linear_from_srgb(Vec3(blend(mesh_.colors)));
      albedo = textured_ ? Vec3(albedo.cwiseProduct(colour)) : colour;
    }
    Vec3 shown = albedo * light(n);
    if (frame_.wireframe && std::min({w[0], w[1], w[2]}) < edge_width(v)) shown = 0.25f * shown;
    return shown;
  }

  /// Barycentric width of about a pixel.
  float edge_width(const int* v) const {
    Vec2 p[3];
    for (int c = 0; c < 3; ++c) p[c] = project(frame_.camera, mesh_.verts.row(v[c]).transpose()).head<2>();
    const float area2 = std::abs((p[1] - p[0]).x() * (p[2] - p[0]).y() - (p[1] - p[0]).y() * (p[2] - p[0]).x());
    const float longest = std::max({(p[1] - p[0]).norm(), (p[2] - p[1]).norm(), (p[0] - p[2]).norm()});
    return std::min(0.33f, longest / std::max(area2, 1e-3f));
  }

  const ViewFrame& frame_;
  Mesh mesh_;
  GBuffer buffer_;
  Iso3 world_from_camera_;
  float step_ = 1;
  bool textured_ = true, coloured_ = false, has_uvs_ = false;
};

}  // namespace

Image draw_on_cpu(const ViewFrame& frame) {
  Image picture(frame.camera.width, frame.camera.height, 4);
  const Painter painter(frame);
#pragma omp parallel for schedule(dynamic, 8)
  for (int y = 0; y < picture.height; ++y)
    for (int x = 0; x < picture.width; ++x) painter.paint(x, y, &picture.at(x, y));
  return picture;
}

}  // namespace mp4d
