#include "reconstruction/human/human_colors.h"
#include "reconstruction/human/body_colors.h"
#include <algorithm>

namespace mp4d::human {
namespace {

constexpr float kCovered = 0.03f;  // length of the chord from which a pixel belongs to the body

// The maps of one side at (column, row), bilinear over covered pixels, then sharpened: between parts there are edges.
std::array<float, kBodyPartCount> parts_at(const HumanField& field, int side, float column, float row) {
  const int n = field.occupancy.resolution;
  const std::size_t pixels = std::size_t(n) * n;
  std::array<float, kBodyPartCount> share{};
  float sum = 1e-6f;
  for (int dy = 0; dy < 2; ++dy)
    for (int dx = 0; dx < 2; ++dx) {
      const int x = std::clamp(int(std::floor(column)) + dx, 0, n - 1), y = std::clamp(int(std::floor(row)) + dy, 0, n - 1);
      const std::size_t p = std::size_t(y) * n + x;
      const float weight = std::max(0.0f, 1 - std::abs(column - float(x))) * std::max(0.0f, 1 - std::abs(row - float(y))) *
                           (field.occupancy.coefficients[p] > kCovered ? 1.0f : 1e-3f);
      sum += weight;
      float skin = 1;
      for (int part = 1; part < kBodyPartCount; ++part) {
        const float seen = std::clamp(field.parts[(std::size_t(side) * (kBodyPartCount - 1) + part - 1) * pixels + p], 0.0f, 1.0f);
        share[std::size_t(part)] += weight * seen;
        skin -= seen;
      }
      share[0] += weight * std::max(0.0f, skin);
    }
  float total = 0;
  for (float& s : share) {
    s = std::pow(s / sum, 4.0f);
    total += s;
  }
  for (float& s : share) s /= std::max(total, 1e-9f);
  return share;
}

}  // namespace

PartColors part_colors(const Attributes& attributes, const std::array<std::optional<Vec3>, kBodyPartCount>& asked) {
  PartColors colors = {skin_color(attributes), suit_color(attributes, false), suit_color(attributes, true),
                       shoe_color(attributes), hair_color(attributes),        hat_color(attributes)};
  for (std::size_t part = 0; part < colors.size(); ++part)
    if (asked[part]) colors[part] = *asked[part];
  return colors;
}

Points vertex_colors(const HumanField& field, const Points& verts, const Points& normals, const PartColors& colors) {
  const float n = float(field.occupancy.resolution);
  Points result(verts.rows(), 3);
  for (Eigen::Index v = 0; v < verts.rows(); ++v) {
    const float column = (verts(v, 0) + 1) * n / 2 - 0.5f, row = (1 - verts(v, 1)) * n / 2 - 0.5f;
    const float front = std::clamp(0.5f + 4 * normals(v, 2), 0.0f, 1.0f);
    const auto seen_front = parts_at(field, 0, column, row), seen_back = parts_at(field, 1, column, row);
    Vec3 color = Vec3::Zero();
    for (std::size_t part = 0; part < colors.size(); ++part)
      color += (front * seen_front[part] + (1 - front) * seen_back[part]) * colors[part];
    result.row(v) = color.transpose();
  }
  return result;
}

}  // namespace mp4d::human
