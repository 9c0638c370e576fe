#include "reconstruction/field/grid_field.h"
#include "motion/point_tree.h"
#include <algorithm>
#include <cmath>
#include <memory>

namespace mp4d {
namespace {

constexpr float kDim = 7;            // sharpness times distance at which 0.1 % of the light is lost
constexpr float kWallMargin = 0.05f;  // of the box's shortest side

constexpr float kPointBall = 0.02f;   // of the box's longest side

float start_distance(const GridLayout& layout, const Vec3& point, const PointTree* points) {
  const Vec3 from_centre = point - layout.box.center();
  const float shortest = layout.box.sizes().minCoeff();
  const float start = layout.inside ? (0.5f * layout.box.sizes() - from_centre.cwiseAbs()).minCoeff() - kWallMargin * shortest
                                    : from_centre.norm() - 0.25f * shortest;
  if (!points) return start;
  float squared = 0;
  points->nearest(point, squared);
  return std::min(start, std::sqrt(squared) - kPointBall * layout.box.sizes().maxCoeff());
}

Vec3 sample_position(const GridField& field, std::size_t i) {
  const auto nx = static_cast<std::size_t>(field.size.x()), ny = static_cast<std::size_t>(field.size.y());
  return field.origin + field.cell * Vec3(float(i % nx), float(i / nx % ny), float(i / (nx * ny)));
}

void mark_all(GridField& field) { field.occupied.assign((field.count() + 31) / 32, ~0u); }

bool occupied_near(const GridField& field, const Vec3& point) {
  const Vec3 g = (point - field.origin) / field.cell;
  Eigen::Vector3i low, high;
  for (int axis = 0; axis < 3; ++axis) {
    const int base = std::clamp(static_cast<int>(std::floor(g[axis])), 0, field.size[axis] - 2);
    low[axis] = std::max(0, base - (g[axis] - static_cast<float>(base) < 1e-3f));
    high[axis] = base;
  }
  for (int z = low.z(); z <= high.z(); ++z)
    for (int y = low.y(); y <= high.y(); ++y)
      for (int x = low.x(); x <= high.x(); ++x) {
        const std::size_t i = (static_cast<std::size_t>(z) * field.size.y() + y) * field.size.x() + x;
        if (field.occupied[i / 32] >> (i % 32) & 1u) return true;
      }
  return false;
}

}  // namespace

GridField make_grid_field(const GridLayout& layout, int level) {
  GridField field;
  field.degree = layout.degree;
  field.geometry = layout.geometry;
  field.contraction = layout.contraction;
  const Vec3 extent = layout.box.sizes();
  const float finest = layout.finest_cell();
  field.unit = 0.5f * finest;
  field.shift = std::log(1 / (1 - layout.start_opacity) - 1);
  field.cell = finest * static_cast<float>(1 << level);
  for (int axis = 0; axis < 3; ++axis)
    field.size[axis] = std::max(2, static_cast<int>(std::ceil(extent[axis] / field.cell - 1e-3f)) + 1);
  field.origin = layout.box.center() - 0.5f * field.cell * (field.size.cast<float>() - Vec3::Ones());
  if (layout.factored) field.factors = make_plane_factors(field.size, layout.times, layout.seed);
  else if (layout.by_network) field.position_network = PositionNetwork(layout.seed);
  else field.voxels.assign(field.count() * static_cast<std::size_t>(field.lines()), GridLine{});
  if (field.geometry == Geometry::kDistance) {
    const auto points = layout.surface_points.rows() > 0 ? std::make_unique<PointTree>(layout.surface_points) : nullptr;
#pragma omp parallel for schedule(static)
    for (std::size_t i = 0; i < field.count(); ++i) field.voxel(i)[0] = start_distance(layout, sample_position(field, i), points.get());
  }
  if (layout.network) field.network = ColourNetwork(layout.factored ? PlaneFactors::kInputs : layout.by_network ? PositionNetwork::kFeatures : kGridFeatures, layout.seed);
  mark_all(field);
  return field;
}

GridField resampled(const GridField& field, const GridLayout& layout, int level) {
  GridField out = make_grid_field(layout, level);
  out.sharpness = field.sharpness;
  out.network = field.network;
  out.position_network = field.position_network;
  if (!field.factors.empty())
    out.factors = resampled(field.factors, out.size, (out.origin - field.origin) / field.cell, out.cell / field.cell);
  const std::size_t voxels = field.has_voxels() ? out.count() : 0;
#pragma omp parallel for schedule(static)
  for (std::size_t i = 0; i < voxels; ++i) {
    float sample[kMostValues];
    sample_field(field, sample_position(out, i), sample);
    std::copy_n(sample, 1 + 3 * field.coefficients(), out.voxel(i));
  }
  std::fill(out.occupied.begin(), out.occupied.end(), 0u);
  for (std::size_t i = 0; i < out.count(); ++i) {
    const Vec3 middle = sample_position(out, i) + Vec3::Constant(0.5f * out.cell);
    if (occupied_near(field, middle)) out.occupied[i / 32] |= 1u << (i % 32);
  }
  return out;
}

float unit_opacity(const GridField& field, float density) {
  const double x = static_cast<double>(density) + field.shift;
  return static_cast<float>(-std::expm1(-(std::max(x, 0.0) + std::log1p(std::exp(-std::abs(x))))));
}

std::vector<float> first_values(const GridField& field) {
  if (!field.factors.empty()) return all_densities(field.factors);
  std::vector<float> out(field.count());
  if (!field.position_network.empty()) {
    const auto nx = static_cast<std::size_t>(field.size.x()), ny = static_cast<std::size_t>(field.size.y());
#pragma omp parallel for schedule(static)
    for (std::size_t i = 0; i < out.size(); ++i) {
      float values[PositionNetwork::kOutputs];
      field.position_network.values(field.normed({{int(i % nx), int(i / nx % ny), int(i / (nx * ny))}, Vec3::Zero()}), values);
      out[i] = values[0];
    }
    return out;
  }
#pragma omp parallel for schedule(static)
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = field.voxel(i)[0];
  return out;
}

double update_occupancy(GridField& field, float threshold) {
  // Opacity grows with density, so one density stands for the threshold.
  const double t = std::clamp(static_cast<double>(threshold), 1e-12, 1 - 1e-6);
  const float least = static_cast<float>(std::log(1 / (1 - t) - 1) - field.shift);
  const float reach = kDim / field.sharpness + field.cell;
  const Eigen::Vector3i n = field.size;
  const std::size_t sy = n.x(), sz = sy * n.y();
  const std::vector<float> values = first_values(field);
  std::vector<std::uint8_t> above(field.count());
#pragma omp parallel for schedule(static)
  for (std::size_t i = 0; i < above.size(); ++i) {
    const float value = values[i];
    above[i] = field.geometry == Geometry::kDistance ? std::abs(value) < reach : value > least;
  }
  std::size_t kept = 0;
  const std::size_t words = field.occupied.size();
#pragma omp parallel for schedule(static) reduction(+ : kept)
  for (std::size_t w = 0; w < words; ++w) {
    std::uint32_t bits = 0;
    for (std::size_t i = 32 * w; i < std::min(32 * w + 32, field.count()); ++i) {
      const std::size_t x = i % sy, y = i / sy % n.y(), z = i / sz;
      const std::size_t dx = x + 1 < sy, dy = y + 1 < std::size_t(n.y()) ? sy : 0, dz = z + 1 < std::size_t(n.z()) ? sz : 0;
      const bool any = above[i] | above[i + dx] | above[i + dy] | above[i + dx + dy] | above[i + dz] |
                       above[i + dx + dz] | above[i + dy + dz] | above[i + dx + dy + dz];
      if (any) bits |= 1u << (i % 32), ++kept;
    }
    field.occupied[w] = bits;
  }
  return static_cast<double>(kept) / static_cast<double>(field.count());
}

void sample_field(const GridField& field, const Vec3& point, float* values) {
  const Vec3 g = (point - field.origin) / field.cell;
  std::size_t base = 0;
  const std::size_t stride[3] = {1, std::size_t(field.size.x()), std::size_t(field.size.x()) * field.size.y()};
  Vec3 f;
  Eigen::Vector3i cell;
  for (int axis = 0; axis < 3; ++axis) {
    const int b = std::clamp(static_cast<int>(std::floor(g[axis])), 0, field.size[axis] - 2);
    f[axis] = std::clamp(g[axis] - static_cast<float>(b), 0.0f, 1.0f);
    cell[axis] = b;
    base += static_cast<std::size_t>(b) * stride[axis];
  }
  const int count = 1 + 3 * field.coefficients();
  std::fill_n(values, count, 0.0f);
  for (int k = 0; k < 8; ++k) {
    const float w = (k & 1 ? f.x() : 1 - f.x()) * (k & 2 ? f.y() : 1 - f.y()) * (k & 4 ? f.z() : 1 - f.z());
    const float* corner = field.voxel(base + (k & 1) * stride[0] + (k >> 1 & 1) * stride[1] + (k >> 2) * stride[2]);
    for (int i = 0; i < count; ++i) values[i] += w * corner[i];
  }
}

void direction_basis(int degree, const Vec3& d, float* basis) {
  basis[0] = 1;
  basis[1] = d.y();
  basis[2] = d.z();
  basis[3] = d.x();
  if (degree < 2) return;
  basis[4] = d.x() * d.y();
  basis[5] = d.y() * d.z();
  basis[6] = 0.5f * (3 * d.z() * d.z() - 1);
  basis[7] = d.x() * d.z();
  basis[8] = 0.5f * (d.x() * d.x() - d.y() * d.y());
}

}  // namespace mp4d
