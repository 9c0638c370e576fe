#include "app/cli/stage.h"
#include "core/rng.h"
#include <algorithm>
#include <cmath>

namespace mp4d {
namespace {

constexpr int kTextureSide = 1024;
constexpr int kCoarsestCells = 8;
constexpr int kOctaves = 7;
constexpr int kWallSides = 96;

/// Fractal value noise in 0..1 that repeats at the texture's edges.
std::vector<float> value_noise(unsigned seed, unsigned stream) {
  std::vector<float> sum(static_cast<std::size_t>(kTextureSide) * kTextureSide, 0.0f);
  float weight = 0.5f;
  for (int octave = 0; octave < kOctaves; ++octave, weight *= 0.65f) {
    const int cells = kCoarsestCells << octave;
    std::vector<float> lattice(static_cast<std::size_t>(cells) * cells);
    for (std::size_t i = 0; i < lattice.size(); ++i)
      lattice[i] = static_cast<float>(rng::uniform(seed, stream * kOctaves + octave, i)) - 0.5f;
    for (int y = 0; y < kTextureSide; ++y) {
      const float v = static_cast<float>(y) * cells / kTextureSide;
      const int y0 = static_cast<int>(v), y1 = (y0 + 1) % cells;
      for (int x = 0; x < kTextureSide; ++x) {
        const float u = static_cast<float>(x) * cells / kTextureSide;
        const int x0 = static_cast<int>(u), x1 = (x0 + 1) % cells;
        const float top = std::lerp(lattice[y0 * cells + x0], lattice[y0 * cells + x1], u - x0);
        const float bottom = std::lerp(lattice[y1 * cells + x0], lattice[y1 * cells + x1], u - x0);
        sum[static_cast<std::size_t>(y) * kTextureSide + x] += weight * std::lerp(top, bottom, v - y0);
      }
    }
  }
  for (float& value : sum) value = std::clamp(0.5f + value, 0.0f, 1.0f);
  return sum;
}

Material noise_material(unsigned seed, unsigned stream, const Vec3& dark, const Vec3& light) {
  Material material;
  material.base_color = Vec4::Ones();
  material.texture = Image(kTextureSide, kTextureSide, 3);
  const std::vector<float> noise = value_noise(seed, stream);
  for (std::size_t i = 0; i < noise.size(); ++i)
    for (int c = 0; c < 3; ++c)
      material.texture.data[3 * i + c] = static_cast<std::uint8_t>(255 * std::lerp(dark[c], light[c], noise[i]));
  return material;
}

}  // namespace

Mesh make_stage(const Aabb& box, float radius, unsigned seed) {
  Mesh stage;
  const Vec3 centre = box.center();
  const float ground = box.min().y() - 1e-3f * box.diagonal().norm();
  const float wall_top = ground + 0.8f * radius;
  // Ring vertices are doubled: the ground and the wall have their own texture coordinates and normals.
  const int ring = kWallSides + 1;
  stage.verts.resize(1 + 3 * ring, 3);
  stage.normals.resize(stage.verts.rows(), 3);
  stage.uvs.resize(stage.verts.rows(), 2);
  stage.verts.row(0) << centre.x(), ground, centre.z();
  stage.normals.row(0) = Vec3::UnitY().transpose();
  stage.uvs.row(0) << 0.5f, 0.5f;
  for (int i = 0; i < ring; ++i) {
    const float part = static_cast<float>(i) / kWallSides;
    const float angle = 2 * static_cast<float>(M_PI) * part;
    const Vec3 out(std::sin(angle), 0, std::cos(angle));
    for (int level = 0; level < 3; ++level) {
      const int v = 1 + level * ring + i;
      stage.verts.row(v) = (Vec3(centre.x(), level == 2 ? wall_top : ground, centre.z()) + radius * out).transpose();
      stage.normals.row(v) = (level == 0 ? Vec3(Vec3::UnitY()) : Vec3(-out)).transpose();
      if (level == 0) stage.uvs.row(v) << 0.5f + 0.5f * out.x(), 0.5f + 0.5f * out.z();
      else stage.uvs.row(v) << part, level == 1 ? 1.0f : 0.0f;
    }
  }
  stage.faces.resize(3 * kWallSides, 3);
  for (int i = 0; i < kWallSides; ++i) {
    const int inner = 1 + i, low = 1 + ring + i, high = 1 + 2 * ring + i;
    stage.faces.row(3 * i) << 0, inner, inner + 1;
    stage.faces.row(3 * i + 1) << low, high, low + 1;
    stage.faces.row(3 * i + 2) << low + 1, high, high + 1;
    stage.face_material.insert(stage.face_material.end(), {0, 1, 1});
  }
  stage.materials.push_back(noise_material(seed, 0, Vec3(0.25f, 0.22f, 0.15f), Vec3(0.75f, 0.72f, 0.55f)));
  stage.materials.push_back(noise_material(seed, 1, Vec3(0.30f, 0.38f, 0.48f), Vec3(0.85f, 0.88f, 0.92f)));
  return stage;
}

}  // namespace mp4d
