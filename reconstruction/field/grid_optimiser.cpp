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

constexpr int kSlabPlanes = 4;
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
    gradient_.assign(field.voxels.size(), GridLine{});
    words_a_plane_ = (static_cast<std::size_t>(field.size.x()) * field.size.y() + 63) / 64;
    marks_.assign(words_a_plane_ * static_cast<std::size_t>(field.size.z()), 0);
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
  const int planes = field.size.z(), slabs = (planes + kSlabPlanes - 1) / kSlabPlanes;
  const std::size_t sy = static_cast<std::size_t>(field.size.x()), plane_size = sy * static_cast<std::size_t>(field.size.y());
  float* gradient = gradient_.data()->v;
  float* voxels = field.voxels.data()->v;
  const std::vector<Splat>& splats = march.splats();
  const float* features = field.network.empty() ? nullptr : march.feature_gradient().data();
  const std::vector<std::uint32_t>& begin = march.plane_begin();

  const auto mark = [&](std::size_t plane, std::size_t in_plane) {
    marks_[plane * words_a_plane_ + in_plane / 64] |= std::uint64_t{1} << (in_plane % 64);
  };
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
    const std::size_t base = s.base + (upper ? plane_size : 0), plane = s.plane + (upper ? 1 : 0);
    for (int k = 0; k < 4; ++k) {
      const float w = fz * (k & 1 ? s.place.x() : 1 - s.place.x()) * (k & 2 ? s.place.y() : 1 - s.place.y());
      const std::size_t at = base + (k & 1) + (k & 2 ? sy : 0);
      float* to = gradient + at * L::kFloats;
      for (int j = 0; j < L::kBlocks; ++j)
        simd::store(to + 8 * j, simd::load<F8>(to + 8 * j) + splat(w) * g[j]);
      mark(plane, at - plane * plane_size);
    }
  };
#pragma omp parallel for schedule(dynamic, 1)
  for (int slab = 0; slab < slabs; ++slab) {
    const int first = slab * kSlabPlanes, last = std::min(planes, first + kSlabPlanes) - 1;
    if (first > 0)
      for (std::uint32_t i = begin[first - 1]; i < begin[first]; ++i) add(splats[i], true);
    for (int plane = first; plane <= last; ++plane)
      for (std::uint32_t i = begin[plane]; i < begin[plane + 1]; ++i) {
        add(splats[i], false);
        if (plane < last) add(splats[i], true);
      }
  }

  const auto each_touched = [&](int plane, auto visit) {
    const std::uint64_t* words = marks_.data() + static_cast<std::size_t>(plane) * words_a_plane_;
    for (std::size_t w = 0; w < words_a_plane_; ++w)
      for (std::uint64_t bits = words[w]; bits; bits &= bits - 1)
        visit(64 * w + static_cast<std::size_t>(std::countr_zero(bits)));
  };
  if (rates.tv_density > 0 || rates.tv_colour > 0) {
    alignas(32) float weight[L::kFloats] = {};
    std::fill_n(weight, L::kState, rates.tv_colour);
    weight[0] = rates.tv_density;
#pragma omp parallel for schedule(dynamic, 1)
    for (int plane = 0; plane < planes; ++plane)
      each_touched(plane, [&](std::size_t i) {
        const std::size_t x = i % sy, y = i / sy, at = static_cast<std::size_t>(plane) * plane_size + i;
        F8 sum[L::kBlocks] = {};
        const auto towards = [&](bool there, std::size_t other) {
          if (!there) return;
          for (int j = 0; j < L::kBlocks; ++j) {
            const F8 d = simd::load<F8>(voxels + at * L::kFloats + 8 * j) - simd::load<F8>(voxels + other * L::kFloats + 8 * j);
            sum[j] += simd::max(simd::min(d, splat(1.0f)), splat(-1.0f));
          }
        };
        towards(x > 0, at - 1);
        towards(x + 1 < sy, at + 1);
        towards(y > 0, at - sy);
        towards(at % plane_size + sy < plane_size, at + sy);
        towards(plane > 0, at - plane_size);
        towards(plane + 1 < planes, at + plane_size);
        float* to = gradient + at * L::kFloats;
        for (int j = 0; j < L::kBlocks; ++j)
          simd::store(to + 8 * j, simd::load<F8>(to + 8 * j) + simd::load<F8>(weight + 8 * j) * sum[j]);
      });
  }

  if (rates.eikonal > 0 || rates.smooth > 0) {
    const int nx = field.size.x(), ny = field.size.y();
    const auto value = [&](std::size_t i) { return voxels[i * L::kFloats]; };
    // (1 - 1 / |gradient|) gradient at a voxel; 0 at the upper faces, where it has no neighbour.
    const auto excess = [&](std::size_t at, int x, int y, int z) -> Vec3 {
      if (x + 1 >= nx || y + 1 >= ny || z + 1 >= planes) return Vec3::Zero();
      const Vec3 g = (Vec3(value(at + 1), value(at + sy), value(at + plane_size)) - Vec3::Constant(value(at))) / field.cell;
      return g - g / std::max(g.norm(), 1e-3f);
    };
#pragma omp parallel for schedule(dynamic, 1)
    for (int z = 0; z < planes; ++z)
      each_touched(z, [&](std::size_t i) {
        const int x = static_cast<int>(i % sy), y = static_cast<int>(i / sy);
        const std::size_t at = static_cast<std::size_t>(z) * plane_size + i;
        float push = -excess(at, x, y, z).sum(), bend = 0;
        const auto neighbour = [&](bool there, std::size_t other) {
          if (there) bend += value(at) - value(other);
        };
        if (x > 0) push += excess(at - 1, x - 1, y, z).x();
        if (y > 0) push += excess(at - sy, x, y - 1, z).y();
        if (z > 0) push += excess(at - plane_size, x, y, z - 1).z();
        const bool inner = x > 0 && x + 1 < nx && y > 0 && y + 1 < ny && z > 0 && z + 1 < planes;
        neighbour(inner, at - 1);
        neighbour(inner, at + 1);
        neighbour(inner, at - sy);
        neighbour(inner, at + sy);
        neighbour(inner, at - plane_size);
        neighbour(inner, at + plane_size);
        gradient[at * L::kFloats] += (rates.eikonal * push + rates.smooth * bend / field.cell) * 2 / field.cell;
      });
  }

  std::size_t touched = 0;
#pragma omp parallel for schedule(dynamic, 1) reduction(+ : touched)
  for (int plane = 0; plane < planes; ++plane) {
    each_touched(plane, [&](std::size_t i) {
      const std::size_t at = static_cast<std::size_t>(plane) * plane_size + i;
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
    std::fill_n(marks_.begin() + static_cast<std::ptrdiff_t>(static_cast<std::size_t>(plane) * words_a_plane_),
                words_a_plane_, 0);
  }
  touched_ = touched;
}

}  // namespace mp4d
