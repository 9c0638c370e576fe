#include "reconstruction/field/grid_field.h"
#include "reconstruction/field/grid_fit.h"
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

Vec3 sample_position(const GridField& field, std::size_t i) { return field.origin + field.cell * field.sample(i).cast<float>(); }

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

void place_samples(GridField& field, const GridLayout& layout, int level) {
  field.cell = layout.finest_cell() * static_cast<float>(1 << level);
  for (int axis = 0; axis < 3; ++axis)
    field.size[axis] = std::max(2, static_cast<int>(std::ceil(layout.box.sizes()[axis] / field.cell - 1e-3f)) + 1);
  field.origin = layout.box.center() - 0.5f * field.cell * (field.size.cast<float>() - Vec3::Ones());
}

/// Whether one of the eight cells that meet at a sample may hold something.
bool at_occupied(const GridField& field, const Eigen::Vector3i& at) {
  for (int k = 0; k < 8; ++k) {
    const Eigen::Vector3i cell = at - Eigen::Vector3i(k & 1, k >> 1 & 1, k >> 2);
    if (cell.minCoeff() < 0) continue;
    const std::size_t i = (static_cast<std::size_t>(cell.z()) * field.size.y() + cell.y()) * field.size.x() + cell.x();
    if (field.occupied[i / 32] >> (i % 32) & 1u) return true;
  }
  return false;
}

}  // namespace

bool leaves_empty(const GridLayout& layout) {
  constexpr float kMostOpacity = 2e-4f;  // below what the trainer keeps
  return layout.geometry == Geometry::kDensity && layout.start_opacity <= kMostOpacity;
}

GridField make_grid_field(const GridLayout& layout, int level) {
  GridField field;
  field.degree = layout.degree;
  field.geometry = layout.geometry;
  field.contraction = layout.contraction;
  field.unit = 0.5f * layout.finest_cell();
  field.shift = std::log(1 / (1 - layout.start_opacity) - 1);
  place_samples(field, layout, level);
  if (layout.factored) field.factors = make_plane_factors(field.size, layout.times_at(level), layout.seed);
  else if (layout.by_network) field.position_network = PositionNetwork(layout.seed);
  else field.voxels = SparseLines(field.brick_count(), static_cast<std::size_t>(GridField::kBrickVoxels * field.lines()));
  if (field.geometry == Geometry::kDistance) {
    const auto points = layout.surface_points.rows() > 0 ? std::make_unique<PointTree>(layout.surface_points) : nullptr;
#pragma omp parallel for schedule(static)
    for (std::size_t i = 0; i < field.count(); ++i) field.voxel(i)[0] = start_distance(layout, sample_position(field, i), points.get());
  }
  if (layout.network) field.network = ColourNetwork(layout.factored ? PlaneFactors::kInputs : layout.by_network ? PositionNetwork::kFeatures : kGridFeatures, layout.seed);
  mark_all(field);
  return field;
}

bool fits(const GridField& field, const GridLayout& layout, int level) {
  GridField like;
  place_samples(like, layout, level);
  const int inputs = !layout.network ? 0 : layout.factored ? PlaneFactors::kInputs : layout.by_network ? PositionNetwork::kFeatures : kGridFeatures;
  return field.size == like.size && field.degree == layout.degree && field.geometry == layout.geometry && field.network.inputs() == inputs &&
         field.contraction.on() == layout.contraction.on() && field.factors.empty() != layout.factored &&
         (field.factors.empty() || field.factors.times == layout.times_at(level)) && field.position_network.empty() != layout.by_network;
}

GridField resampled(const GridField& field, const GridLayout& layout, int level) {
  GridField out = make_grid_field(layout, level);
  out.sharpness = field.sharpness;
  out.network = field.network;
  out.position_network = field.position_network;
  if (!field.factors.empty())
    out.factors = resampled(field.factors, out.size, layout.times_at(level), (out.origin - field.origin) / field.cell, out.cell / field.cell);
  std::fill(out.occupied.begin(), out.occupied.end(), 0u);
  for (std::size_t i = 0; i < out.count(); ++i) {
    const Vec3 middle = sample_position(out, i) + Vec3::Constant(0.5f * out.cell);
    if (occupied_near(field, middle)) out.occupied[i / 32] |= 1u << (i % 32);
  }
  const bool all = !leaves_empty(layout);
  const std::size_t voxels = field.has_voxels() ? out.count() : 0;
#pragma omp parallel for schedule(static)
  for (std::size_t i = 0; i < voxels; ++i) {
    if (!all && !at_occupied(out, out.sample(i))) continue;
    float sample[kMostValues];
    sample_field(field, sample_position(out, i), sample);
    std::copy_n(sample, 1 + 3 * field.coefficients(), out.voxel(i));
  }
  return out;
}

std::uint64_t resampled_bytes(const GridField& field, const GridLayout& layout, int level) {
  if (!field.has_voxels()) return 0;
  GridField out;
  out.degree = field.degree;
  place_samples(out, layout, level);
  const Eigen::Vector3i bricks = out.bricks();
  // Whether an old cell is occupied that meets the brick or the cells before it.
  const auto needed = [&](const Eigen::Vector3i& brick) {
    const Vec3 low = (out.origin + out.cell * (GridField::kBrick * brick.cast<float>() - Vec3::Ones()) - field.origin) / field.cell;
    const Vec3 high = low + Vec3::Constant((GridField::kBrick + 1) * out.cell / field.cell);
    const auto cell = [&](const Vec3& at, int axis, float slack) { return std::clamp(static_cast<int>(std::floor(at[axis] + slack)), 0, field.size[axis] - 1); };
    for (int z = cell(low, 2, -1e-3f); z <= cell(high, 2, 1e-3f); ++z)
      for (int y = cell(low, 1, -1e-3f); y <= cell(high, 1, 1e-3f); ++y)
        for (int x = cell(low, 0, -1e-3f); x <= cell(high, 0, 1e-3f); ++x) {
          const std::size_t i = (static_cast<std::size_t>(z) * field.size.y() + y) * field.size.x() + x;
          if (field.occupied[i / 32] >> (i % 32) & 1u) return true;
        }
    return false;
  };
  std::uint64_t count = 0;
#pragma omp parallel for schedule(static) reduction(+ : count)
  for (int bz = 0; bz < bricks.z(); ++bz)
    for (int by = 0; by < bricks.y(); ++by)
      for (int bx = 0; bx < bricks.x(); ++bx) count += !leaves_empty(layout) || needed({bx, by, bz});
  return count * static_cast<std::uint64_t>(GridField::kBrickVoxels * out.lines()) * sizeof(GridLine);
}

float unit_opacity(const GridField& field, float density) {
  const double x = static_cast<double>(density) + field.shift;
  return static_cast<float>(-std::expm1(-(std::max(x, 0.0) + std::log1p(std::exp(-std::abs(x))))));
}

std::vector<float> first_values(const GridField& field) {
  if (!field.factors.empty()) return all_densities(field.factors);
  std::vector<float> out(field.count());
  if (!field.position_network.empty()) {
#pragma omp parallel for schedule(static)
    for (std::size_t i = 0; i < out.size(); ++i) {
      float values[PositionNetwork::kOutputs];
      field.position_network.values(field.normed({field.sample(i), Vec3::Zero()}), values);
      out[i] = values[0];
    }
    return out;
  }
#pragma omp parallel for schedule(static)
  for (std::size_t i = 0; i < out.size(); ++i) {
    const Eigen::Vector3i at = field.sample(i);
    const std::size_t slot = field.slot(at.x(), at.y(), at.z());
    if (field.voxels.stored(slot / GridField::kBrickVoxels)) out[i] = field.in_slot(slot)[0];
  }
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
  Vec3 f;
  Eigen::Vector3i cell;
  for (int axis = 0; axis < 3; ++axis) {
    const int b = std::clamp(static_cast<int>(std::floor(g[axis])), 0, field.size[axis] - 2);
    f[axis] = std::clamp(g[axis] - static_cast<float>(b), 0.0f, 1.0f);
    cell[axis] = b;
  }
  const std::uint32_t base = field.slot(cell.x(), cell.y(), cell.z());
  const GridField::Steps steps = field.steps(base);
  const int count = 1 + 3 * field.coefficients();
  std::fill_n(values, count, 0.0f);
  for (int k = 0; k < 8; ++k) {
    const float w = (k & 1 ? f.x() : 1 - f.x()) * (k & 2 ? f.y() : 1 - f.y()) * (k & 4 ? f.z() : 1 - f.z());
    const float* corner = field.in_slot(base + (k & 1 ? steps.x : 0) + (k & 2 ? steps.y : 0) + (k & 4 ? steps.z : 0));
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
