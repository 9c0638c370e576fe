#include "reconstruction/field/grid_optimiser.h"
#include "render/simd.h"
#include <algorithm>
#include <bit>
#include <cmath>
#include <utility>

namespace mp4d {
namespace {

using simd::F8;
using simd::splat;

constexpr float kDecay = 0.99f;
constexpr float kEpsilon = 1e-6f;  // of gradients that are sums over the rays of a batch

template <int degree>
struct Layout {
  static constexpr int kC = (degree + 1) * (degree + 1), kBlocks = 2 * degree, kFloats = 8 * kBlocks;
  static constexpr int kState = 1 + 3 * kC;  // second moments of density and colour, and their share of history
};

/// Density's gradient at the density's place, each colour's at its coefficients', 0 at the state's.
template <int degree>
void spread(const Splat& s, float* out) {
  constexpr int kC = Layout<degree>::kC;
  out[0] = s.density;
  for (int c = 0; c < 3; ++c)
    for (int m = 0; m < kC; ++m) out[1 + c * kC + m] = s.colour[c];
}

}  // namespace

void GridOptimiser::step(GridField& field, const GridMarch& march, std::span<const Ray> rays, const GridRates& rates) {
  if (!field.factors.empty()) return run_factors(field, march, rays, rates);
  if (!field.position_network.empty()) return run_network(field, march, rates);
  const auto lines = static_cast<std::size_t>(field.lines());
  if (gradient_.size() != field.voxels.size()) {
    gradient_ = SparseLines(field.voxels.blocks(), field.voxels.lines_a_block());
    marks_.assign(field.voxels.blocks(), 0);
  }
  basis_.resize(rays.size() * lines);
  const int coefficients = field.coefficients();
#pragma omp parallel for schedule(static)
  for (std::size_t r = 0; r < rays.size(); ++r) {
    float values[9], *out = basis_[r * lines].v;
    std::fill_n(out, 16 * lines, 0.0f);
    out[0] = 1;
    direction_basis(field.degree, rays[r].direction, values);
    for (int c = 0; c < 3; ++c) std::copy_n(values, coefficients, out + 1 + c * coefficients);
  }
  if (field.degree == 1) run<1>(field, march, rates);
  else run<2>(field, march, rates);
  if (!field.network.empty()) field.network.step(march.network_gradient(), rates.network);
}

void GridOptimiser::run_factors(GridField& field, const GridMarch& march, std::span<const Ray> rays, const GridRates& rates) {
  const std::vector<Splat>& splats = march.splats();
  factor_splats_.resize(splats.size());
#pragma omp parallel for schedule(static)
  for (std::size_t i = 0; i < splats.size(); ++i)
    factor_splats_[i] = {field.place(splats[i].base, splats[i].plane, splats[i].place, rays[splats[i].ray].time), splats[i].density,
                         march.feature_gradient().data() + PlaneFactors::kInputs * i};
  factors_.step(field.factors, factor_splats_, {rates.factors, rates.tv_density, rates.tv_colour, rates.tv_time});
  field.network.step(march.network_gradient(), rates.network);
  touched_ = splats.size();
}

void GridOptimiser::run_network(GridField& field, const GridMarch& march, const GridRates& rates) {
  constexpr std::size_t kGroup = 2048;
  const std::vector<Splat>& splats = march.splats();
  std::vector<PositionNetwork::Gradient> parts((splats.size() + kGroup - 1) / kGroup);
#pragma omp parallel for schedule(dynamic, 1)
  for (std::size_t p = 0; p < parts.size(); ++p) {
    parts[p] = field.position_network.no_gradient();
    for (std::size_t i = p * kGroup; i < std::min(splats.size(), (p + 1) * kGroup); ++i)
      field.position_network.backward(field.normed(field.place(splats[i].base, splats[i].plane, splats[i].place, 0)), splats[i].density,
                                      march.feature_gradient().data() + PositionNetwork::kFeatures * i, parts[p]);
  }
  PositionNetwork::Gradient sum = field.position_network.no_gradient();
  for (const PositionNetwork::Gradient& part : parts)
    for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += part[i];
  field.position_network.step(sum, rates.network);
  field.network.step(march.network_gradient(), rates.network);
  touched_ = splats.size();
}

template <int degree>
void GridOptimiser::run(GridField& field, const GridMarch& march, const GridRates& rates) {
  using L = Layout<degree>;
  constexpr int kBrick = GridField::kBrick;
  constexpr std::size_t kVoxels = GridField::kBrickVoxels;
  const Eigen::Vector3i size = field.size, bricks = field.bricks();
  const int planes = size.z(), layers = bricks.z();
  const std::size_t row = kVoxels * static_cast<std::size_t>(bricks.x()), layer_voxels = row * static_cast<std::size_t>(bricks.y());
  float* gradient = gradient_.data()->v;
  float* voxels = field.voxels.data()->v;
  const std::vector<Splat>& splats = march.splats();
  const float* features = field.network.empty() ? nullptr : march.feature_gradient().data();
  const std::vector<std::uint32_t>& begin = march.plane_begin();

  // The lower or upper four corners of a sample.
  const auto add = [&](const Splat& s, bool upper) {
    alignas(32) float spreaded[L::kFloats] = {};
    F8 g[L::kBlocks];
    if (features) {
      spreaded[0] = s.density;
      std::copy_n(features + static_cast<std::size_t>(&s - splats.data()) * kGridFeatures, kGridFeatures, spreaded + 1);
      for (int j = 0; j < L::kBlocks; ++j) g[j] = simd::load<F8>(spreaded + 8 * j);
    } else {
      spread<degree>(s, spreaded);
      const float* basis = basis_[std::size_t{s.ray} * field.lines()].v;
      for (int j = 0; j < L::kBlocks; ++j) g[j] = simd::load<F8>(spreaded + 8 * j) * simd::load<F8>(basis + 8 * j);
    }
    const float fz = upper ? s.place.z() : 1 - s.place.z();
    const GridField::Steps steps = field.steps(s.base);
    const std::size_t base = s.base + (upper ? steps.z : 0);
    for (int k = 0; k < 4; ++k) {
      const float w = fz * (k & 1 ? s.place.x() : 1 - s.place.x()) * (k & 2 ? s.place.y() : 1 - s.place.y());
      const std::size_t at = base + (k & 1 ? steps.x : 0) + (k & 2 ? steps.y : 0);
      float* to = gradient + at * L::kFloats;
      for (int j = 0; j < L::kBlocks; ++j)
        simd::store(to + 8 * j, simd::load<F8>(to + 8 * j) + splat(w) * g[j]);
      marks_[at / kVoxels] |= std::uint64_t{1} << (at % kVoxels);
    }
  };
#pragma omp parallel for schedule(dynamic, 1)
  for (int layer = 0; layer < layers; ++layer) {
    const int first = layer * kBrick, last = std::min(planes, first + kBrick) - 1;
    if (first > 0)
      for (std::uint32_t i = begin[first - 1]; i < begin[first]; ++i) add(splats[i], true);
    for (int plane = first; plane <= last; ++plane)
      for (std::uint32_t i = begin[plane]; i < begin[plane + 1]; ++i) {
        add(splats[i], false);
        if (plane < last) add(splats[i], true);
      }
  }

  // Calls visit(slot, x, y, z).
  const auto each_touched = [&](int layer, auto visit) {
    const std::size_t first = static_cast<std::size_t>(layer) * layer_voxels / kVoxels;
    for (int by = 0; by < bricks.y(); ++by)
      for (int bx = 0; bx < bricks.x(); ++bx) {
        const std::size_t brick = first + static_cast<std::size_t>(by) * static_cast<std::size_t>(bricks.x()) + static_cast<std::size_t>(bx);
        for (std::uint64_t bits = marks_[brick]; bits; bits &= bits - 1) {
          const int i = std::countr_zero(bits);
          visit(brick * kVoxels + static_cast<std::size_t>(i), bx * kBrick + (i & 3), by * kBrick + (i >> 2 & 3), layer * kBrick + (i >> 4));
        }
      }
  };
  // Slots of the six neighbours; only those that exist may be used.
  struct Around {
    std::size_t left, right, below, above, behind, before;
  };
  const auto around = [&](std::size_t at) -> Around {
    const auto slot = static_cast<std::uint32_t>(at);
    const GridField::Steps up = GridField::steps(slot, static_cast<std::uint32_t>(row), static_cast<std::uint32_t>(layer_voxels));
    return {at - ((slot & 3) == 0 ? kVoxels - 3 : 1), at + up.x, at - ((slot & 12) == 0 ? row - 12 : 4), at + up.y, at - ((slot & 48) == 0 ? layer_voxels - 48 : 16), at + up.z};
  };
  if (rates.tv_density > 0 || rates.tv_colour > 0) {
    alignas(32) float weight[L::kFloats] = {};
    std::fill_n(weight, L::kState, rates.tv_colour);
    weight[0] = rates.tv_density;
#pragma omp parallel for schedule(dynamic, 1)
    for (int layer = 0; layer < layers; ++layer)
      each_touched(layer, [&](std::size_t at, int x, int y, int z) {
        F8 sum[L::kBlocks] = {};
        const auto towards = [&](bool there, std::size_t other) {
          if (!there) return;
          for (int j = 0; j < L::kBlocks; ++j) {
            const F8 d = simd::load<F8>(voxels + at * L::kFloats + 8 * j) - simd::load<F8>(voxels + other * L::kFloats + 8 * j);
            sum[j] += simd::max(simd::min(d, splat(1.0f)), splat(-1.0f));
          }
        };
        const Around beside = around(at);
        towards(x > 0, beside.left);
        towards(x + 1 < size.x(), beside.right);
        towards(y > 0, beside.below);
        towards(y + 1 < size.y(), beside.above);
        towards(z > 0, beside.behind);
        towards(z + 1 < planes, beside.before);
        float* to = gradient + at * L::kFloats;
        for (int j = 0; j < L::kBlocks; ++j)
          simd::store(to + 8 * j, simd::load<F8>(to + 8 * j) + simd::load<F8>(weight + 8 * j) * sum[j]);
      });
  }

  if (rates.eikonal > 0 || rates.smooth > 0) {
    const auto value = [&](std::size_t i) { return voxels[i * L::kFloats]; };
    // (1 - 1 / |gradient|) gradient at a voxel; 0 at the upper faces, where it has no neighbour.
    const auto excess = [&](std::size_t at, int x, int y, int z) -> Vec3 {
      if (x + 1 >= size.x() || y + 1 >= size.y() || z + 1 >= planes) return Vec3::Zero();
      const Around beside = around(at);
      const Vec3 g = (Vec3(value(beside.right), value(beside.above), value(beside.before)) - Vec3::Constant(value(at))) / field.cell;
      return g - g / std::max(g.norm(), 1e-3f);
    };
#pragma omp parallel for schedule(dynamic, 1)
    for (int layer = 0; layer < layers; ++layer)
      each_touched(layer, [&](std::size_t at, int x, int y, int z) {
        const Around beside = around(at);
        float push = -excess(at, x, y, z).sum(), bend = 0;
        if (x > 0) push += excess(beside.left, x - 1, y, z).x();
        if (y > 0) push += excess(beside.below, x, y - 1, z).y();
        if (z > 0) push += excess(beside.behind, x, y, z - 1).z();
        if (x > 0 && x + 1 < size.x() && y > 0 && y + 1 < size.y() && z > 0 && z + 1 < planes)
          for (const std::size_t other : {beside.left, beside.right, beside.below, beside.above, beside.behind, beside.before}) bend += value(at) - value(other);
        gradient[at * L::kFloats] += (rates.eikonal * push + rates.smooth * bend / field.cell) * 2 / field.cell;
      });
  }

  std::size_t touched = 0;
#pragma omp parallel for schedule(dynamic, 1) reduction(+ : touched)
  for (int layer = 0; layer < layers; ++layer) {
    each_touched(layer, [&](std::size_t at, int, int, int) {
      float *g = gradient + at * L::kFloats, *p = voxels + at * L::kFloats, *state = p + L::kState;
      const float gd = std::exchange(g[0], 0.0f);
      F8 squares = splat(0.0f);
      for (int j = 0; j < L::kBlocks; ++j) {
        const F8 v = simd::load<F8>(g + 8 * j);
        squares += v * v;
      }
      const float gc2 = simd::sum(squares) / (3 * L::kC);
      state[0] = kDecay * state[0] + (1 - kDecay) * gd * gd;
      state[1] = kDecay * state[1] + (1 - kDecay) * gc2;
      state[2] = kDecay * state[2] + (1 - kDecay);
      const float density = rates.density / (std::sqrt(state[0] / state[2]) + kEpsilon);
      const float colour = rates.colour / (std::sqrt(state[1] / state[2]) + kEpsilon);
      for (int j = 0; j < L::kBlocks; ++j) {
        simd::store(p + 8 * j, simd::load<F8>(p + 8 * j) - splat(colour) * simd::load<F8>(g + 8 * j));
        simd::store(g + 8 * j, splat(0.0f));
      }
      p[0] -= density * gd;
      ++touched;
    });
    for (std::size_t brick = static_cast<std::size_t>(layer) * layer_voxels / kVoxels; brick < static_cast<std::size_t>(layer + 1) * layer_voxels / kVoxels; ++brick)
      if (std::exchange(marks_[brick], 0)) field.voxels.store(brick);
  }
  touched_ = touched;
}

}  // namespace mp4d
