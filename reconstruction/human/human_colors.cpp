#include "reconstruction/human/human_colors.h"
#include "reconstruction/human/body_colors.h"
#include <algorithm>

namespace mp4d::human {
namespace {

constexpr float kCovered = 0.03f;  // length of the chord from which a pixel belongs to the body

using Shares = Eigen::Array<float, Eigen::Dynamic, kBodyPartCount, Eigen::RowMajor>;

// The maps of one side at (column, row), bilinear over covered pixels.
Eigen::Array<float, 1, kBodyPartCount> parts_at(const HumanField& field, int side, float column, float row) {
  const int n = field.occupancy.resolution;
  const std::size_t pixels = std::size_t(n) * n;
  Eigen::Array<float, 1, kBodyPartCount> share = Eigen::Array<float, 1, kBodyPartCount>::Zero();
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
        share[part] += weight * seen;
        skin -= seen;
      }
      share[0] += weight * std::max(0.0f, skin);
    }
  return share / sum;
}

void even_out(Shares& shares, const Faces& faces) {
  constexpr int kRounds = 10;
  const auto edges = unique_edges(faces);
  for (int round = 0; round < kRounds; ++round) {
    Shares sum = shares;
    Eigen::ArrayXf count = Eigen::ArrayXf::Ones(shares.rows());
    for (Eigen::Index e = 0; e < edges.rows(); ++e) {
      sum.row(edges(e, 0)) += shares.row(edges(e, 1));
      sum.row(edges(e, 1)) += shares.row(edges(e, 0));
      ++count[edges(e, 0)], ++count[edges(e, 1)];
    }
    shares = sum.colwise() / count;
  }
}

}  // namespace

PartColors part_colors(const Attributes& attributes, const std::array<std::optional<Vec3>, kBodyPartCount>& asked) {
  PartColors colors = {skin_color(attributes), suit_color(attributes, false), suit_color(attributes, true),
                       shoe_color(attributes), hair_color(attributes),        hat_color(attributes)};
  for (std::size_t part = 0; part < colors.size(); ++part)
    if (asked[part]) colors[part] = *asked[part];
  return colors;
}

Shares vertex_parts(const std::vector<HumanView>& views, const Mesh& mesh) {
  Shares shares = Shares::Zero(mesh.verts.rows(), kBodyPartCount);
  for (const HumanView& view : views) {
    const float n = float(view.field.occupancy.resolution);
    const Points in_cube = view.to_cube(mesh.verts);
    const Points normals = mesh.normals * view.turn().transpose();
    for (Eigen::Index v = 0; v < in_cube.rows(); ++v) {
      const float column = (in_cube(v, 0) + 1) * n / 2 - 0.5f, row = (1 - in_cube(v, 1)) * n / 2 - 0.5f;
      for (const int side : {0, 1})
        if (const float facing = std::max(0.02f, side == 0 ? normals(v, 2) : -normals(v, 2)); facing > 0.02f || views.size() == 1)
          shares.row(v) += facing * facing * facing * parts_at(view.field, side, column, row);
    }
  }
  shares.colwise() /= shares.rowwise().sum().max(1e-12f).eval();
  even_out(shares, mesh.faces);
  shares = shares.pow(6.0f).eval();
  shares.colwise() /= shares.rowwise().sum().max(1e-12f).eval();
  return shares;
}

}  // namespace mp4d::human
