#include "reconstruction/field/plane_factors.h"
#include "core/rng.h"
#include "render/simd.h"
#include <algorithm>
#include <cmath>
#include <utility>

namespace mp4d {
namespace {

using simd::F8;
using simd::splat;

constexpr int kBlocks = PlaneFactors::kBlocks;
constexpr int kSlabRows = 8;

F8 get(const FactorLine& line) { return simd::load<F8>(line.v); }

/// A coordinate among `count` samples as a cell and the share of its upper end.
std::pair<int, float> along(float at, int count) {
  const int cell = std::clamp(static_cast<int>(at), 0, count - 2);
  return {cell, std::clamp(at - static_cast<float>(cell), 0.0f, 1.0f)};
}

/// Where a mode's interpolation of a place reads: four texels of its plane, two of its line, at two times if there are.
struct Corners {
  std::size_t plane[4], line[4], lines = 2;
  float plane_weight[4], line_weight[4];
  Corners(const PlaneFactors& factors, const GridPlace& at, int mode) {
    const int* axis = PlaneFactors::kAxis[mode];
    const auto width = static_cast<std::size_t>(factors.size[axis[0]]);
    const std::size_t first = static_cast<std::size_t>(at.cell[axis[1]]) * width + static_cast<std::size_t>(at.cell[axis[0]]);
    const float fa = at.place[axis[0]], fb = at.place[axis[1]], fc = at.place[axis[2]];
    for (std::size_t k = 0; k < 4; ++k) {
      plane[k] = (first + (k & 1) + (k >> 1) * width) * kBlocks;
      plane_weight[k] = (k & 1 ? fa : 1 - fa) * (k >> 1 ? fb : 1 - fb);
    }
    for (std::size_t k = 0; k < 2; ++k) {
      line[k] = (static_cast<std::size_t>(at.cell[axis[2]]) + k) * kBlocks;
      line_weight[k] = k ? fc : 1 - fc;
    }
    if (factors.times == 1) return;
    const auto [time, share] = along(at.time * static_cast<float>(factors.times - 1), factors.times);
    const std::size_t a_time = static_cast<std::size_t>(factors.size[axis[2]]) * kBlocks;
    lines = 4;
    for (std::size_t k = 0; k < 2; ++k) {
      line[k] += static_cast<std::size_t>(time) * a_time;
      line[k + 2] = line[k] + a_time;
      line_weight[k + 2] = share * line_weight[k];
      line_weight[k] *= 1 - share;
    }
  }
  F8 on_plane(const PlaneFactors& factors, int mode, std::size_t block) const {
    F8 sum = splat(0.0f);
    for (std::size_t k = 0; k < 4; ++k) sum += splat(plane_weight[k]) * get(factors.parts[static_cast<std::size_t>(mode)][plane[k] + block]);
    return sum;
  }
  F8 on_line(const PlaneFactors& factors, int mode, std::size_t block) const {
    const auto& values = factors.parts[static_cast<std::size_t>(mode) + 3];
    F8 sum = splat(line_weight[0]) * get(values[line[0] + block]) + splat(line_weight[1]) * get(values[line[1] + block]);
    for (std::size_t k = 2; k < lines; ++k) sum += splat(line_weight[k]) * get(values[line[k] + block]);
    return sum;
  }
};

void add(FactorLine& to, F8 v) { simd::store(to.v, get(to) + v); }

void clear_moments(PlaneFactors& f) {
  for (std::size_t part = 0; part < 6; ++part) {
    f.first[part].assign(f.parts[part].size(), FactorLine{});
    f.second[part].assign(f.parts[part].size(), FactorLine{});
  }
  f.steps = 0;
}

}  // namespace

PlaneFactors make_plane_factors(const Eigen::Vector3i& size, int times, std::uint64_t seed) {
  constexpr double kScale = 0.1;  // as TensoRF's
  PlaneFactors f;
  f.size = size;
  f.times = times;
  for (std::size_t part = 0; part < 6; ++part) {
    f.parts[part].resize(f.texels(static_cast<int>(part)) * kBlocks);
    const std::size_t once = f.parts[part].size() / (part < 3 ? 1 : static_cast<std::size_t>(times));
    for (std::size_t i = once; i < f.parts[part].size(); ++i) f.parts[part][i] = FactorLine{};
    for (std::size_t i = 0; i < once; ++i)
      for (std::size_t j = 0; j < 8; ++j)
        f.parts[part][i].v[j] = static_cast<float>(kScale * rng::normal(seed, 0x706c616eULL + part, 8 * i + j));
    for (std::size_t i = once; i < f.parts[part].size(); ++i) f.parts[part][i] = f.parts[part][i - once];
  }
  clear_moments(f);
  return f;
}

PlaneFactors resampled(const PlaneFactors& factors, const Eigen::Vector3i& size, int times, const Vec3& first, float step) {
  const auto place = [&](int i, int axis) { return along(first[axis] + step * static_cast<float>(i), factors.size[axis]); };
  PlaneFactors out;
  out.size = size;
  out.times = times;
  for (std::size_t mode = 0; mode < 3; ++mode) {
    const int* axis = PlaneFactors::kAxis[mode];
    const int width = size[axis[0]], height = size[axis[1]], length = size[axis[2]];
    const int old_width = factors.size[axis[0]];
    const auto texel = [](int x, int y, int across) { return (static_cast<std::size_t>(y) * static_cast<std::size_t>(across) + static_cast<std::size_t>(x)) * kBlocks; };
    out.parts[mode].resize(out.texels(static_cast<int>(mode)) * kBlocks);
    for (int y = 0; y < height; ++y)
      for (int x = 0; x < width; ++x) {
        const std::pair<int, float> in_x = place(x, axis[0]), in_y = place(y, axis[1]);
        const float fx = in_x.second, fy = in_y.second;
        for (std::size_t b = 0; b < kBlocks; ++b) {
          const auto at = [&](int dx, int dy) { return get(factors.parts[mode][texel(in_x.first + dx, in_y.first + dy, old_width) + b]); };
          const F8 low = at(0, 0) + splat(fx) * (at(1, 0) - at(0, 0)), high = at(0, 1) + splat(fx) * (at(1, 1) - at(0, 1));
          simd::store(out.parts[mode][texel(x, y, width) + b].v, low + splat(fy) * (high - low));
        }
      }
    out.parts[mode + 3].resize(out.texels(static_cast<int>(mode) + 3) * kBlocks);
    const int old_length = factors.size[axis[2]];
    for (int t = 0; t < times; ++t) {
      std::pair<int, float> in_time{0, 0.0f};
      if (factors.times > 1 && times > 1)
        in_time = along(static_cast<float>(t * (factors.times - 1)) / static_cast<float>(times - 1), factors.times);
      const int later = std::min(in_time.first + 1, factors.times - 1);
      for (int z = 0; z < length; ++z) {
        const auto [c, f] = place(z, axis[2]);
        for (std::size_t b = 0; b < kBlocks; ++b) {
          const auto at = [&](int time) {
            const F8 low = get(factors.parts[mode + 3][texel(c, time, old_length) + b]), high = get(factors.parts[mode + 3][texel(c + 1, time, old_length) + b]);
            return low + splat(f) * (high - low);
          };
          const F8 before = at(in_time.first);
          simd::store(out.parts[mode + 3][texel(z, t, length) + b].v, before + splat(in_time.second) * (at(later) - before));
        }
      }
    }
  }
  clear_moments(out);
  return out;
}

std::size_t factor_state_size(const Eigen::Vector3i& size, int times) {
  PlaneFactors f;
  f.size = size;
  f.times = times;
  std::size_t texels = 0;
  for (int part = 0; part < 6; ++part) texels += f.texels(part);
  return 3 * PlaneFactors::kComponents * texels + 1;
}

std::vector<float> state_of(const PlaneFactors& factors) {
  std::vector<float> out;
  if (factors.empty()) return out;
  out.reserve(factor_state_size(factors.size, factors.times));
  for (const auto* arrays : {&factors.parts, &factors.first, &factors.second})
    for (const auto& lines : *arrays)
      for (const FactorLine& line : lines) out.insert(out.end(), line.v, line.v + 8);
  out.push_back(factors.steps);
  return out;
}

bool restore(PlaneFactors& factors, const Eigen::Vector3i& size, int times, std::span<const float> state) {
  if (state.size() != factor_state_size(size, times)) return false;
  factors.size = size;
  factors.times = times;
  const float* from = state.data();
  for (auto* arrays : {&factors.parts, &factors.first, &factors.second})
    for (std::size_t part = 0; part < 6; ++part) {
      (*arrays)[part].resize(factors.texels(static_cast<int>(part)) * kBlocks);
      for (FactorLine& line : (*arrays)[part]) std::copy_n(std::exchange(from, from + 8), 8, line.v);
    }
  factors.steps = *from;
  return true;
}

float density_at(const PlaneFactors& factors, const GridPlace& at) {
  F8 sum = splat(0.0f);
  for (int mode = 0; mode < 3; ++mode) {
    const Corners corners(factors, at, mode);
    sum += corners.on_plane(factors, mode, 0) * corners.on_line(factors, mode, 0);
  }
  return simd::sum(sum);
}

void features_at(const PlaneFactors& factors, const GridPlace& at, float* out) {
  for (int mode = 0; mode < 3; ++mode) {
    const Corners corners(factors, at, mode);
    for (std::size_t b = 1; b < kBlocks; ++b, out += 8)
      simd::store(out, corners.on_plane(factors, mode, b) * corners.on_line(factors, mode, b));
  }
}

std::vector<float> all_densities(const PlaneFactors& factors) {
  const Eigen::Vector3i n = factors.size;
  const auto nx = static_cast<std::size_t>(n.x()), ny = static_cast<std::size_t>(n.y()), nz = static_cast<std::size_t>(n.z());
  std::vector<float> out(nx * ny * nz, -1e30f);
  const auto& p = factors.parts;
  const auto times = static_cast<std::size_t>(factors.times);
#pragma omp parallel for schedule(static)
  for (std::size_t z = 0; z < nz; ++z)
    for (std::size_t t = 0; t < times; ++t)
      for (std::size_t y = 0; y < ny; ++y)
        for (std::size_t x = 0; x < nx; ++x) {
          float& most = out[(z * ny + y) * nx + x];
          most = std::max(most, simd::sum(get(p[0][(y * nx + x) * kBlocks]) * get(p[3][(t * nz + z) * kBlocks]) +
                                          get(p[1][(z * nx + x) * kBlocks]) * get(p[4][(t * ny + y) * kBlocks]) +
                                          get(p[2][(z * ny + y) * kBlocks]) * get(p[5][(t * nx + x) * kBlocks])));
        }
  return out;
}

void FactorOptimiser::step(PlaneFactors& factors, const std::vector<FactorSplat>& splats, const FactorRates& rates) {
  for (std::size_t part = 0; part < 6; ++part)
    if (gradient_[part].size() != factors.parts[part].size()) gradient_[part].assign(factors.parts[part].size(), FactorLine{});

  // Each mode's splats by their row, in their order within it.
  std::array<std::vector<std::uint32_t>, 3> order, begin;
  struct Task {
    int mode, first, last;
  };
  std::vector<Task> tasks;
  for (int mode = 0; mode < 3; ++mode) {
    const int rows = factors.size[PlaneFactors::kAxis[mode][1]];
    for (int first = 0; first < rows; first += kSlabRows) tasks.push_back({mode, first, std::min(first + kSlabRows, rows) - 1});
  }
#pragma omp parallel for schedule(dynamic, 1)
  for (std::size_t mode = 0; mode < 3; ++mode) {
    const int axis = PlaneFactors::kAxis[mode][1];
    begin[mode].assign(static_cast<std::size_t>(factors.size[axis]) + 1, 0);
    for (const FactorSplat& s : splats) ++begin[mode][static_cast<std::size_t>(s.at.cell[axis]) + 1];
    for (std::size_t r = 1; r < begin[mode].size(); ++r) begin[mode][r] += begin[mode][r - 1];
    std::vector<std::uint32_t> next(begin[mode].begin(), begin[mode].end() - 1);
    order[mode].resize(splats.size());
    for (std::size_t i = 0; i < splats.size(); ++i)
      order[mode][next[static_cast<std::size_t>(splats[i].at.cell[axis])]++] = static_cast<std::uint32_t>(i);
  }

  line_parts_.resize(tasks.size());
#pragma omp parallel for schedule(dynamic, 1)
  for (std::size_t t = 0; t < tasks.size(); ++t) {
    const Task& task = tasks[t];
    const auto mode = static_cast<std::size_t>(task.mode);
    auto& lines = line_parts_[t];
    lines.assign(factors.parts[mode + 3].size(), FactorLine{});
    auto& planes = gradient_[mode];
    for (int row = std::max(0, task.first - 1); row <= task.last; ++row) {
      const bool lower = row >= task.first, upper = row < task.last;  // which of the two rows this slab owns
      for (std::uint32_t i = begin[mode][static_cast<std::size_t>(row)]; i < begin[mode][static_cast<std::size_t>(row) + 1]; ++i) {
        const FactorSplat& s = splats[order[mode][i]];
        const Corners corners(factors, s.at, task.mode);
        for (std::size_t b = 0; b < kBlocks; ++b) {
          const F8 g = b == 0 ? splat(s.density) : simd::load<F8>(s.features + PlaneFactors::kFeatures * mode + 8 * (b - 1));
          const F8 to_plane = g * corners.on_line(factors, task.mode, b);
          for (std::size_t k = 0; k < 4; ++k)
            if (k < 2 ? lower : upper) add(planes[corners.plane[k] + b], splat(corners.plane_weight[k]) * to_plane);
          if (!lower) continue;
          const F8 to_line = g * corners.on_plane(factors, task.mode, b);
          for (std::size_t k = 0; k < corners.lines; ++k) add(lines[corners.line[k] + b], splat(corners.line_weight[k]) * to_line);
        }
      }
    }
  }
  for (std::size_t t = 0; t < tasks.size(); ++t) {
    auto& lines = gradient_[static_cast<std::size_t>(tasks[t].mode) + 3];
    for (std::size_t i = 0; i < lines.size(); ++i) add(lines[i], get(line_parts_[t][i]));
  }

  constexpr float kFirst = 0.9f, kSecond = 0.99f, kEpsilon = 1e-8f;
  ++factors.steps;
  const float scale = rates.step / (1 - std::pow(kFirst, factors.steps)), correction = 1 / (1 - std::pow(kSecond, factors.steps));
  for (std::size_t part = 0; part < 6; ++part) {
    auto& values = factors.parts[part];
    auto& gradient = gradient_[part];
    const int* axis = PlaneFactors::kAxis[part % 3];
    const auto width = static_cast<std::size_t>(part < 3 ? factors.size[axis[0]] : factors.size[axis[2]]);
    const std::size_t rows = factors.texels(static_cast<int>(part)) / width;
    if (rates.tv_density > 0 || rates.tv_features > 0 || rates.tv_time > 0) {
#pragma omp parallel for schedule(static)
      for (std::size_t y = 0; y < rows; ++y)
        for (std::size_t x = 0; x < width; ++x)
          for (std::size_t b = 0; b < kBlocks; ++b) {
            const std::size_t at = (y * width + x) * kBlocks + b;
            F8 sum = splat(0.0f);
            const auto towards = [&](bool there, std::size_t other) {
              if (there) sum += get(values[at]) - get(values[other]);
            };
            towards(x > 0, at - kBlocks);
            towards(x + 1 < width, at + kBlocks);
            const float weight = b == 0 ? rates.tv_density : rates.tv_features, across = part < 3 ? weight : rates.tv_time;
            F8 whole = splat(weight) * sum;
            sum = splat(0.0f);
            towards(y > 0, at - width * kBlocks);
            towards(y + 1 < rows, at + width * kBlocks);
            whole += splat(across) * sum;
            add(gradient[at], whole);
          }
    }
#pragma omp parallel for schedule(static)
    for (std::size_t i = 0; i < values.size(); ++i) {
      const F8 g = get(gradient[i]);
      const F8 m = splat(kFirst) * get(factors.first[part][i]) + splat(1 - kFirst) * g;
      const F8 v = splat(kSecond) * get(factors.second[part][i]) + splat(1 - kSecond) * g * g;
      simd::store(factors.first[part][i].v, m);
      simd::store(factors.second[part][i].v, v);
      F8 root;
      for (int j = 0; j < simd::kLanes; ++j) root[j] = std::sqrt(correction * v[j]) + kEpsilon;
      simd::store(values[i].v, get(values[i]) - splat(scale) * m / root);
      simd::store(gradient[i].v, splat(0.0f));
    }
  }
}

}  // namespace mp4d
