#include "reconstruction/field/grid_march.h"
#include "render/simd.h"
#include <algorithm>
#include <climits>
#include <cmath>
#include <omp.h>
#include <optional>

namespace mp4d {
namespace {

using simd::F8;
using simd::kLanes;
using simd::splat;

/// log(1 + y) for 0 <= y <= 1, to 1e-7: the series of artanh.
F8 log1p_unit(F8 y) {
  const F8 s = y / (y + splat(2.0f)), q = s * s;
  F8 p = splat(1.0f / 11);
  p = p * q + splat(1.0f / 9);
  p = p * q + splat(1.0f / 7);
  p = p * q + splat(1.0f / 5);
  p = p * q + splat(1.0f / 3);
  p = p * q + splat(1.0f);
  return (s + s) * p;
}

F8 clamped(F8 x, float bound) { return simd::max(simd::min(x, splat(bound)), splat(-bound)); }

float density_of(const GridField& field, const GridPlace& place) {
  if (!field.factors.empty()) return density_at(field.factors, place);
  float values[PositionNetwork::kOutputs];
  field.position_network.values(field.normed(place), values);
  return values[0];
}

struct Opacity {
  F8 opacity, slope;
};

/// Of samples with densities `x` (shift added), each `length` units long.
Opacity activate(F8 x, float length) {
  const F8 e = simd::exp(-clamped(x < 0 ? -x : x, 60));
  const F8 one = splat(1.0f), inverse = one / (one + e);
  const F8 thickness = simd::max(x, splat(0.0f)) + log1p_unit(e);
  Opacity out;
  out.opacity = one - simd::exp(-simd::min(splat(length) * thickness, splat(60.0f)));
  out.slope = splat(length) * (x < 0 ? e * inverse : inverse);
  return out;
}

// A voxel's floats as eight at a time, the view's harmonics at the coefficients' places.
template <int degree>
struct Basis {
  static constexpr int kCoefficients = (degree + 1) * (degree + 1), kBlocks = 2 * degree;
  alignas(32) float at[8 * kBlocks] = {};
  explicit Basis(const Vec3& direction) {
    float values[9];
    direction_basis(degree, direction, values);
    for (int c = 0; c < 3; ++c) std::copy_n(values, kCoefficients, at + 1 + c * kCoefficients);
  }
};

/// A step in the grid's diagonals.
float a_step(const GridField& field) { return 0.5f / (field.size.cast<float>() - Vec3::Ones()).norm(); }

struct Place {
  std::uint32_t base, plane;
  Vec3 f;
  int step;  // of the ray
  float distance, stretch;  // along the ray: of the sample, and of what it stands for
};

template <int floats>
float first_value(const float* voxels, const Place& place, const GridField::Steps& steps) {
  const float* p = voxels + std::size_t{place.base} * floats;
  const std::size_t x = std::size_t{steps.x} * floats, y = std::size_t{steps.y} * floats, z = std::size_t{steps.z} * floats;
  const float *q = p + y, *r = p + z, *s = q + z;
  const Vec3& f = place.f;
  const float a = p[0] + f.x() * (p[x] - p[0]), b = q[0] + f.x() * (q[x] - q[0]);
  const float c = r[0] + f.x() * (r[x] - r[0]), d = s[0] + f.x() * (s[x] - s[0]);
  const float ab = a + f.y() * (b - a), cd = c + f.y() * (d - c);
  return ab + f.z() * (cd - ab);
}

template <int degree>
struct Interpolated {
  static constexpr int kBlocks = 2 * degree, kFloats = 8 * kBlocks;
  F8 sum[kBlocks] = {};
  Interpolated(const float* voxels, const ShadedSample& sample, const GridField::Steps& steps);
};

template <int degree>
Interpolated<degree>::Interpolated(const float* voxels, const ShadedSample& sample, const GridField::Steps& steps) {
  const Vec3& f = sample.place;
  const float* p = voxels + std::size_t{sample.base} * kFloats;
  for (int k = 0; k < 8; ++k) {
    const float w = (k & 1 ? f.x() : 1 - f.x()) * (k & 2 ? f.y() : 1 - f.y()) * (k & 4 ? f.z() : 1 - f.z());
    const float* corner = p + (std::size_t{k & 1 ? steps.x : 0} + std::size_t{k & 2 ? steps.y : 0} + std::size_t{k & 4 ? steps.z : 0}) * kFloats;
    for (int j = 0; j < kBlocks; ++j) sum[j] += splat(w) * simd::load<F8>(corner + 8 * j);
  }
}

template <int degree>
Vec3 colour_of(const Interpolated<degree>& values, const Basis<degree>& basis) {
  constexpr int kBlocks = 2 * degree, kC = Basis<degree>::kCoefficients;
  alignas(32) float product[8 * kBlocks];
  for (int j = 0; j < kBlocks; ++j) simd::store(product + 8 * j, values.sum[j] * simd::load<F8>(basis.at + 8 * j));
  float logit[3];
  for (int c = 0; c < 3; ++c) {
    logit[c] = 0;
    for (int m = 0; m < kC; ++m) logit[c] += product[1 + c * kC + m];
  }
  const F8 e = simd::exp(-clamped(F8{logit[0], logit[1], logit[2]}, 60));
  const F8 rgb = splat(1.0f) / (splat(1.0f) + e);
  return {rgb[0], rgb[1], rgb[2]};
}

}  // namespace

template <int degree, Geometry geometry, bool in_voxels>
void GridMarch::march(const GridField& field, const Ray& ray, float offset, const MarchOptions& options,
                      RayResult& result, Tile& tile) {
  result = {};
  // In cells: position = at + t * per_metre.
  const Vec3 at = (ray.origin - field.origin) / field.cell, per_metre = ray.direction / field.cell;
  const Vec3 last = field.size.cast<float>() - Vec3::Constant(1 + 1e-3f);
  const bool contracted = field.contraction.on();
  float begin = options.near, end = 1e30f;
  for (int axis = 0; axis < 3 && !contracted; ++axis) {
    if (std::abs(per_metre[axis]) < 1e-12f) {
      if (at[axis] < 0 || at[axis] > last[axis]) return;
      continue;
    }
    const float a = -at[axis] / per_metre[axis], b = (last[axis] - at[axis]) / per_metre[axis];
    begin = std::max(begin, std::min(a, b));
    end = std::min(end, std::max(a, b));
  }
  if (!(begin < end)) return;

  const float step = 0.5f * field.cell, length = step / field.unit;
  const int count = contracted ? INT_MAX - kLanes : static_cast<int>((end - begin) / step);
  const std::uint32_t sy = static_cast<std::uint32_t>(field.size.x()), sz = sy * static_cast<std::uint32_t>(field.size.y());
  const auto brick_row = static_cast<std::uint32_t>(GridField::kBrickVoxels * field.bricks().x()), brick_layer = brick_row * static_cast<std::uint32_t>(field.bricks().y());
  const float* voxels = in_voxels ? field.voxels.data()->v : nullptr;
  const std::uint32_t* occupied = field.occupied.data();
  const float first = begin + step * offset;
  const F8 x0 = splat(at.x() + first * per_metre.x()) + splat(step * per_metre.x()) * simd::ramp();
  const F8 y0 = splat(at.y() + first * per_metre.y()) + splat(step * per_metre.y()) * simd::ramp();
  const F8 z0 = splat(at.z() + first * per_metre.z()) + splat(step * per_metre.z()) * simd::ramp();
  const F8 x_last = splat(last.x()), y_last = splat(last.y()), z_last = splat(last.z());

  Place waiting[2 * kLanes];
  int waiting_count = 0;
  float transmittance = 1, depth = 0;
  const std::size_t first_sample = tile.samples.size();
  const auto keep = [&](const Place& place, float weight) -> ShadedSample& {
    return tile.samples.emplace_back(
        ShadedSample{place.base, place.plane, place.f, weight, transmittance, 0, 0, static_cast<float>(place.step), Vec3::Zero()});
  };
  // Half of the light is gone within the stretch of `stretch` metres at whose end it has just become `transmittance`.
  const auto note_depth = [&](float weight, float from, float stretch) {
    if (transmittance > 0.5f || transmittance + weight <= 0.5f) return;
    depth = from + stretch * (transmittance + weight - 0.5f) / weight;
  };
  // The last sample before the ones that wait, for fields of distances.
  Place before{0, 0, Vec3::Zero(), -2, 0, step};
  float passed_before = 1;
  bool before_is_kept = false;

  const auto flush = [&](int n) {  // the first n of those that wait; false when the ray has ended
    alignas(32) float values[kLanes] = {};
    for (int i = 0; i < n; ++i)
      values[i] = in_voxels ? first_value<16 * degree>(voxels, waiting[i], GridField::steps(waiting[i].base, brick_row, brick_layer))
                            : density_of(field, field.place(waiting[i].base, waiting[i].plane, waiting[i].f, ray.time));
    if constexpr (geometry == Geometry::kDensity) {
      const Opacity o = activate(simd::load<F8>(values) + splat(field.shift), length);
      for (int i = 0; i < n; ++i) {
        const float weight = transmittance * o.opacity[i];
        transmittance -= weight;
        note_depth(weight, waiting[i].distance - 0.5f * waiting[i].stretch, waiting[i].stretch);
        if (weight > options.least_weight) keep(waiting[i], weight).slope = o.slope[i];
      }
    } else {
      const F8 e = simd::exp(-clamped(splat(field.sharpness) * simd::load<F8>(values), 60));
      const F8 passed = splat(1.0f) / (splat(1.0f) + e);
      for (int i = 0; i < n; ++i) {
        bool kept = false;
        if (waiting[i].step == before.step + 1 && passed[i] < passed_before) {
          const float weight = transmittance * (passed_before - passed[i]) / passed_before;
          transmittance -= weight;
          note_depth(weight, before.distance, step);
          if (weight > options.least_weight) {
            if (!before_is_kept) keep(before, 0);
            ShadedSample& sample = tile.samples.back();
            sample.weight = weight;
            sample.behind = transmittance;
            sample.slope = field.sharpness * (1 - passed_before);
            sample.next_slope = -field.sharpness * (1 - passed[i]);
            keep(waiting[i], 0);
            kept = true;
          }
        }
        before = waiting[i];
        passed_before = passed[i];
        before_is_kept = kept;
      }
    }
    std::copy(waiting + n, waiting + waiting_count, waiting);
    waiting_count -= n;
    return transmittance > options.opaque;
  };

  std::optional<ContractedSteps> steps;
  if (contracted) steps.emplace(field.contraction, ray.origin, ray.direction, begin, step, offset);
  alignas(32) float curve[3][kLanes] = {}, distances[kLanes], stretches[kLanes];
  std::fill_n(stretches, kLanes, step);
  float distance_before = begin + step * (offset - 1);
  for (int k = 0, lanes = kLanes; k < count && lanes == kLanes; k += kLanes) {
    F8 x, y, z;
    if (contracted) {
      lanes = 0;
      for (Vec3 image; lanes < kLanes && steps->next(image, distances[lanes]); ++lanes) {
        for (int axis = 0; axis < 3; ++axis) curve[axis][lanes] = (image[axis] - field.origin[axis]) / field.cell;
        stretches[lanes] = distances[lanes] - distance_before;
        distance_before = distances[lanes];
      }
      x = simd::load<F8>(curve[0]), y = simd::load<F8>(curve[1]), z = simd::load<F8>(curve[2]);
    } else {
      lanes = std::min(kLanes, count - k);
      const F8 so_far = splat(static_cast<float>(k) * step);
      x = x0 + so_far * splat(per_metre.x()), y = y0 + so_far * splat(per_metre.y()), z = z0 + so_far * splat(per_metre.z());
      simd::store(distances, splat(first) + so_far + splat(step) * simd::ramp());
    }
    const F8 zero = splat(0.0f);
    // In this order what is no number becomes the last cell: a field's own file may make the arithmetic overflow.
    x = simd::max(zero, simd::min(x, x_last)), y = simd::max(zero, simd::min(y, y_last)), z = simd::max(zero, simd::min(z, z_last));
    const simd::I8 ix = __builtin_convertvector(x, simd::I8), iy = __builtin_convertvector(y, simd::I8),
                   iz = __builtin_convertvector(z, simd::I8);
    const simd::I8 index = ix + iy * static_cast<std::int32_t>(sy) + iz * static_cast<std::int32_t>(sz);
    const simd::I8 slot = (ix >> 2) * GridField::kBrickVoxels + (iy >> 2) * static_cast<std::int32_t>(brick_row) + (iz >> 2) * static_cast<std::int32_t>(brick_layer) +
                          ((iz & 3) << 4 | (iy & 3) << 2 | (ix & 3));
    const F8 fx = x - __builtin_convertvector(ix, F8), fy = y - __builtin_convertvector(iy, F8),
             fz = z - __builtin_convertvector(iz, F8);
    for (int i = 0; i < lanes; ++i) {
      const auto cell = static_cast<std::uint32_t>(index[i]);
      if (!(occupied[cell / 32] >> (cell % 32) & 1u)) continue;
      waiting[waiting_count++] = {static_cast<std::uint32_t>(slot[i]), static_cast<std::uint32_t>(iz[i]), Vec3(fx[i], fy[i], fz[i]), k + i, distances[i], stretches[i]};
      ++tile.visited;
    }
    if (waiting_count >= kLanes && !flush(kLanes)) {
      waiting_count = 0;
      break;
    }
  }
  if (waiting_count > 0) flush(waiting_count);

  const std::span<ShadedSample> samples = std::span(tile.samples).subspan(first_sample);
  if (!field.network.empty()) {
    shade(field, ray, first_sample, tile);
  } else {
    const Basis<degree> basis(ray.direction);
    for (ShadedSample& sample : samples)
      if (sample.weight > 0) sample.colour = colour_of(Interpolated<degree>(voxels, sample, GridField::steps(sample.base, brick_row, brick_layer)), basis);
  }
  Vec3 colour = Vec3::Zero();
  for (const ShadedSample& sample : samples) colour += sample.weight * sample.colour;
  result = {colour, transmittance, depth};
}

void GridMarch::shade(const GridField& field, const Ray& ray, std::size_t first, Tile& tile) {
  const std::size_t count = tile.samples.size() - first, stride = feature_stride(field);
  tile.features.resize(stride * tile.samples.size());
  for (std::size_t i = first; i < tile.samples.size(); ++i) {
    const ShadedSample& sample = tile.samples[i];
    float* to = tile.features.data() + stride * i;
    const GridPlace place = field.place(sample.base, sample.plane, sample.place, ray.time);
    if (!field.factors.empty()) {
      features_at(field.factors, place, to);
      continue;
    }
    if (!field.position_network.empty()) {
      field.position_network.values(field.normed(place), to);
      continue;
    }
    const Interpolated<1> values(field.voxels.data()->v, sample, field.steps(sample.base));
    for (std::size_t j = 0; j < 2; ++j) simd::store(to + 8 * j, values.sum[j]);
  }
  ColourNetwork::Hidden part;
  field.network.direction_part(ray.direction, part);
  tile.colours.resize(count);
  field.network.colours(part, tile.features.data() + stride * first + first_feature(field), stride, count, tile.colours.data());
  for (std::size_t i = 0; i < count; ++i) tile.samples[first + i].colour = tile.colours[i];
}

void GridMarch::forward(const GridField& field, std::span<const Ray> rays, std::span<const float> offsets,
                        const MarchOptions& options, std::span<RayResult> results, bool keep_samples) {
  ray_count_ = keep_samples ? rays.size() : 0;
  const std::size_t tile_count = (rays.size() + kTileRays - 1) / kTileRays;
  tiles_.resize(std::max(tiles_.size(), keep_samples ? tile_count : static_cast<std::size_t>(omp_get_max_threads())));
  const bool distance = field.geometry == Geometry::kDistance;
  const auto march_ray = !field.has_voxels()  ? &march<1, Geometry::kDensity, false>
                         : field.degree == 1 ? (distance ? &march<1, Geometry::kDistance, true> : &march<1, Geometry::kDensity, true>)
                                             : (distance ? &march<2, Geometry::kDistance, true> : &march<2, Geometry::kDensity, true>);
#pragma omp parallel for schedule(dynamic, 1)
  for (std::size_t t = 0; t < tile_count; ++t) {
    Tile& tile = tiles_[keep_samples ? t : static_cast<std::size_t>(omp_get_thread_num())];
    tile.samples.clear();
    tile.begin.clear();
    tile.visited = 0;
    const std::size_t last = std::min(rays.size(), (t + 1) * kTileRays);
    for (std::size_t r = t * kTileRays; r < last; ++r) {
      tile.begin.push_back(static_cast<std::uint32_t>(tile.samples.size()));
      march_ray(field, rays[r], offsets.empty() ? 0.5f : offsets[r], options, results[r], tile);
    }
    tile.begin.push_back(static_cast<std::uint32_t>(tile.samples.size()));
  }
}

void GridMarch::backward(const GridField& field, std::span<const Ray> rays, std::span<const Vec3> colour_gradient,
                         std::span<const Vec3> background, std::span<const Vec3> truth, const SamplePulls& pulls) {
  const auto planes = static_cast<std::size_t>(field.size.z());
  const auto inputs = static_cast<std::size_t>(field.network.inputs());
  const std::size_t stride = feature_stride(field);
  const float spread = pulls.spread * a_step(field);
  const std::size_t tile_count = (ray_count_ + kTileRays - 1) / kTileRays;
#pragma omp parallel for schedule(dynamic, 1)
  for (std::size_t t = 0; t < tile_count; ++t) {
    Tile& tile = tiles_[t];
    tile.splats.resize(tile.samples.size());
    tile.in_plane.assign(planes, 0);
    if (inputs > 0) {
      tile.feature_gradient.resize(inputs * tile.samples.size());
      tile.network_gradient = field.network.no_gradient();
    }
    for (std::size_t i = 0; i + 1 < tile.begin.size(); ++i) {
      const std::size_t ray = t * kTileRays + i;
      const Vec3& g = colour_gradient[ray];
      const std::size_t begin = tile.begin[i], end = tile.begin[i + 1];
      if (begin == end) continue;
      // Of the samples before one, and of those behind it: sums of weights, and of weights times places.
      float before = 0, places_before = 0, after = 0, places_after = 0;
      if (spread > 0)
        for (std::size_t s = begin; s < end; ++s) {
          before += tile.samples[s].weight;
          places_before += tile.samples[s].weight * tile.samples[s].step;
        }
      // What the ray still gains behind a sample, so far.
      float gained = tile.samples[end - 1].behind * g.dot(background[ray]);
      for (std::size_t s = end; s-- > begin;) {
        const ShadedSample& sample = tile.samples[s];
        float along = g.dot(sample.colour);
        if (spread > 0) {
          const float w = sample.weight, at = sample.step;
          before -= w, places_before -= w * at;
          along += 2 * spread * (at * (before - after) - places_before + places_after + w / 3);
          after += w, places_after += w * at;
        }
        Splat& out = tile.splats[s];
        out.base = sample.base;
        out.plane = sample.plane;
        out.ray = static_cast<std::uint32_t>(ray);
        out.place = sample.place;
        const float settle = pulls.weight * (1 - 2 * sample.weight);
        const float thicker = sample.behind * (along + settle) - gained;  // of the optical depth
        out.density = sample.slope * thicker;
        if (sample.next_slope != 0) tile.splats[s + 1].density += sample.next_slope * thicker;
        const Vec3 pull = g + 2 * pulls.colour * (sample.colour - truth[ray]);
        out.colour = sample.weight * pull.array() * sample.colour.array() * (1 - sample.colour.array());
        gained += sample.weight * along;
        ++tile.in_plane[sample.plane];
      }
      if (inputs == 0) continue;
      tile.colours.clear();
      for (std::size_t s = begin; s < end; ++s) tile.colours.push_back(tile.splats[s].colour);
      field.network.backward(rays[ray].direction, tile.features.data() + stride * begin + first_feature(field), stride,
                             tile.colours.data(), end - begin, tile.network_gradient,
                             tile.feature_gradient.data() + inputs * begin);
    }
  }
  // Counting sort by plane; within a plane the order of the rays stays.
  plane_begin_.assign(planes + 1, 0);
  std::uint32_t total = 0;
  for (std::size_t plane = 0; plane < planes; ++plane) {
    plane_begin_[plane] = total;
    for (std::size_t t = 0; t < tile_count; ++t) {
      const std::uint32_t n = tiles_[t].in_plane[plane];
      tiles_[t].in_plane[plane] = total;
      total += n;
    }
  }
  plane_begin_[planes] = total;
  splats_.resize(total);
  feature_gradient_.resize(inputs * total);
#pragma omp parallel for schedule(dynamic, 1)
  for (std::size_t t = 0; t < tile_count; ++t) {
    Tile& tile = tiles_[t];
    for (std::size_t s = 0; s < tile.splats.size(); ++s) {
      const std::size_t to = tile.in_plane[tile.splats[s].plane]++;
      splats_[to] = tile.splats[s];
      std::copy_n(tile.feature_gradient.data() + inputs * s, inputs, feature_gradient_.data() + inputs * to);
    }
  }
  network_gradient_ = field.network.no_gradient();
  if (inputs > 0)
    for (std::size_t t = 0; t < tile_count; ++t)
      for (std::size_t i = 0; i < network_gradient_.size(); ++i) network_gradient_[i] += tiles_[t].network_gradient[i];
}

std::size_t GridMarch::visited() const {
  std::size_t sum = 0;
  for (std::size_t t = 0; t < (ray_count_ + kTileRays - 1) / kTileRays; ++t) sum += tiles_[t].visited;
  return sum;
}

std::size_t GridMarch::shaded() const {
  std::size_t sum = 0;
  for (std::size_t t = 0; t < (ray_count_ + kTileRays - 1) / kTileRays; ++t) sum += tiles_[t].samples.size();
  return sum;
}

double GridMarch::distortion(const GridField& field) const {
  double sum = 0;
  for (std::size_t t = 0; t < (ray_count_ + kTileRays - 1) / kTileRays; ++t)
    for (std::size_t i = 0; i + 1 < tiles_[t].begin.size(); ++i) {
      double before = 0, places_before = 0;
      for (std::uint32_t s = tiles_[t].begin[i]; s < tiles_[t].begin[i + 1]; ++s) {
        const auto w = static_cast<double>(tiles_[t].samples[s].weight), at = static_cast<double>(tiles_[t].samples[s].step);
        sum += 2 * w * (at * before - places_before) + w * w / 3;
        before += w;
        places_before += w * at;
      }
    }
  return sum * static_cast<double>(a_step(field));
}

}  // namespace mp4d
