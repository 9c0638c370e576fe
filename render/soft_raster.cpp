#include "render/soft_raster.h"

#include "render/simd.h"
#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <limits>
#include <stdexcept>

// Every step works on eight neighbouring pixels of one triangle ("fragments"); nothing is kept a fragment. The forward
// pass blends with an online softmax, the backward pass computes the geometry again, which is cheaper than storing it.
//
// Positions are in "soft units", pixels * 2 / shorter side / sqrt(sigma), so that the sigmoid's argument is +-d^2.

namespace mp4d {
namespace {

using simd::F8;
using simd::I8;
using simd::kLanes;
using simd::keep;
using simd::splat;

constexpr int kBandRows = 32;         // fixed, so that results do not depend on the number of threads
constexpr float kMaxArgument = 16;    // sigmoid(16) = 1 - 1e-7
constexpr float kMinTransparency = 1e-30f;
constexpr float kMinExponent = -30;   // blend weights under e^-30 of the front-most fragment's are dropped
constexpr float kMaxCoordinate = 1e5f;  // pixels beyond the image
constexpr float kFar = 1e30f;
constexpr float kFlat = 1e-6f;        // smallest height of a triangle in its longest edges: float rounding hides less
constexpr float kMinArea = 1e-10f;    // soft units
constexpr int kParallelPairs = 200;   // with fewer (band, triangle) pairs threads cost more than they save

struct Triangle {
  int corner[3];
  float x[3], y[3];                  // soft units
  float edge_x[3], edge_y[3];        // edge m goes from corner m to corner m + 1
  float inverse_length2[3];
  float along_x[3], along_y[3];      // edge / length^2: position along the edge, 0..1
  float across_x[3], across_y[3];    // gradient of the barycentric of corner m + 2
  float inverse_depth[3];
  float row_slope[3];                // dx / dy of the edges
  float y_min, y_max;                // of the footprint, pixels
};

constexpr int next(int m) { return m == 2 ? 0 : m + 1; }

struct Footprint {
  float argument_min;  // sigmoid(argument_min) = cutoff
  float radius;        // pixels around the triangle where the coverage reaches the cutoff
  float scale;         // soft units a pixel
  float pixels;        // pixels a soft unit
};

// First and one-past-last pixel of row `row` that the footprint may touch.
bool row_span(const Triangle& t, const Footprint& f, int row, int width, int& begin, int& end) {
  const float low = (row + 0.5f - f.radius) * f.scale, high = (row + 0.5f + f.radius) * f.scale;
  float left = kFar, right = -kFar;
  for (int m = 0; m < 3; ++m) {
    const int n = next(m);
    const float bottom = std::min(t.y[m], t.y[n]), top = std::max(t.y[m], t.y[n]);
    if (top < low || bottom > high) continue;
    float xa = t.x[m], xb = t.x[n];
    if (bottom < low || top > high) {
      xa += (std::clamp(t.y[m], low, high) - t.y[m]) * t.row_slope[m];
      xb += (std::clamp(t.y[n], low, high) - t.y[n]) * t.row_slope[m];
    }
    left = std::min({left, xa, xb});
    right = std::max({right, xa, xb});
  }
  if (left > right) return false;
  // Pixel centres within the radius; truncation rounds down as the numbers are clamped to be positive.
  begin = static_cast<int>(std::clamp(left * f.pixels - f.radius - 0.5f, 0.0f, float(width)));
  end = static_cast<int>(std::clamp(right * f.pixels + f.radius + 0.5f, 0.0f, float(width - 1))) + 1;
  return begin < end;
}

struct Fragments {
  I8 covered, inside;
  F8 cover, transparency;      // D and 1 - D; 0 and 1 where not covered
  F8 boundary[3];              // barycentrics of the closest point of the outline
  F8 to_pixel_x, to_pixel_y;   // pixel - that point
  F8 weight[3];                // screen barycentrics of the closest point of the triangle
  I8 on_edge[3];               // the closest outline point is on edge m
  I8 between;                  // and not at one of its ends
};

// Coverage of the pixels whose centres are at (px, py); false if no lane is covered.
inline bool cover(const Triangle& t, const Footprint& f, F8 px, float py, Fragments& out) {
  F8 along[3], rx[3], ry[3], d2[3], inner[3];
  for (int m = 0; m < 3; ++m) {
    const F8 vx = px - splat(t.x[m]);
    const float vy = py - t.y[m];
    const F8 free = vx * splat(t.along_x[m]) + splat(vy * t.along_y[m]);
    along[m] = simd::max(simd::min(free, splat(1.0f)), splat(0.0f));
    rx[m] = vx - along[m] * splat(t.edge_x[m]);
    ry[m] = splat(vy) - along[m] * splat(t.edge_y[m]);
    d2[m] = rx[m] * rx[m] + ry[m] * ry[m];
    inner[m] = vx * splat(t.across_x[m]) + splat(vy * t.across_y[m]);  // weight of corner m + 2
  }
  out.inside = (inner[0] >= 0) & (inner[1] >= 0) & (inner[2] >= 0);
  const I8 first = d2[1] < d2[0];
  const F8 d2_01 = simd::min(d2[0], d2[1]);
  const I8 last = d2[2] < d2_01;
  const F8 d2_min = simd::min(d2[2], d2_01);
  const F8 argument = out.inside ? d2_min : -d2_min;
  out.covered = argument >= splat(f.argument_min);
  if (!simd::any(out.covered)) return false;

  const F8 e = simd::exp(-simd::max(simd::min(argument, splat(kMaxArgument)), splat(f.argument_min)));
  const F8 sigmoid = splat(1.0f) / (splat(1.0f) + e);
  out.cover = keep(out.covered, sigmoid);
  out.transparency = out.covered ? e * sigmoid : splat(1.0f);

  out.on_edge[2] = last;
  out.on_edge[1] = first & ~last;
  out.on_edge[0] = ~(first | last);
  const F8 s = last ? along[2] : (first ? along[1] : along[0]);
  const F8 r = splat(1.0f) - s;
  out.between = (s > 0) & (s < 1);
  out.boundary[0] = last ? s : keep(out.on_edge[0], r);
  out.boundary[1] = last ? splat(0.0f) : (first ? r : s);
  out.boundary[2] = last ? r : keep(out.on_edge[1], s);
  out.to_pixel_x = last ? rx[2] : (first ? rx[1] : rx[0]);
  out.to_pixel_y = last ? ry[2] : (first ? ry[1] : ry[0]);
  for (int k = 0; k < 3; ++k) out.weight[k] = out.inside ? inner[next(k)] : out.boundary[k];
  return true;
}

// Pixel planes of a picture with rows padded so that eight lanes starting anywhere in a row stay inside it.
struct Planes {
  std::size_t stride = 0, size = 0;
  std::vector<float> transparency, front_depth, blend_sum;
  std::vector<int> front_triangle;
  std::vector<std::vector<float>> blend;  // one a channel
};

}  // namespace

struct SoftRasteriser::State {
  SoftRasterOptions options;
  int channels = 0;
  Eigen::Index vertex_count = 0;
  Footprint footprint{};
  float sharpness = 0;  // 1 / (gamma * depth range)
  std::vector<Triangle> triangles;
  std::vector<float> attributes;  // 3 * channels a triangle
  std::vector<int> band_begin, band_triangles;
  Planes planes;
  // Backward only.
  std::vector<float> seed_silhouette, seed_dot;
  std::vector<std::vector<float>> seed;
  std::vector<float> pair_gradients;  // a band and triangle: x, y, z of the corners, then their attributes

  int bands() const { return (options.height + kBandRows - 1) / kBandRows; }
  void set_up(const Points& verts, const Faces& faces, const float* attribute_values);
  void bin();
  template <int kChannels>
  void forward_band(int band, SoftRasterOutput& output);
  template <int kChannels>
  void backward_band(int band, const float* grad_silhouette, const float* grad_attributes);
  void seed_rows(int band, const float* grad_silhouette, const float* grad_attributes);
  template <class Body>
  void for_each_band(const Body& body);
};

void SoftRasteriser::State::set_up(const Points& verts, const Faces& faces, const float* attribute_values) {
  const float cutoff = std::clamp(options.cutoff, 1e-6f, 0.49f);
  footprint.argument_min = std::log(cutoff / (1 - cutoff));
  footprint.scale = 2.0f / (std::min(options.width, options.height) * std::sqrt(options.sigma));
  footprint.pixels = 1 / footprint.scale;
  footprint.radius = std::sqrt(-footprint.argument_min) * footprint.pixels;

  triangles.clear();
  attributes.clear();
  float nearest = std::numeric_limits<float>::max(), farthest = 0;
  for (Eigen::Index i = 0; i < faces.rows(); ++i) {
    Triangle t;
    bool usable = true;
    float x_min = kFar, x_max = -kFar;
    t.y_min = kFar, t.y_max = -kFar;
    for (int k = 0; k < 3 && usable; ++k) {
      const int v = t.corner[k] = faces(i, k);
      const float x = verts(v, 0), y = verts(v, 1), z = verts(v, 2);
      usable = z > 0 && z < kFar && std::abs(x) < kMaxCoordinate && std::abs(y) < kMaxCoordinate;
      for (int c = 0; c < channels; ++c) usable = usable && std::isfinite(attribute_values[std::size_t(v) * channels + c]);
      t.x[k] = x * footprint.scale;
      t.y[k] = y * footprint.scale;
      t.inverse_depth[k] = 1 / z;
      x_min = std::min(x_min, x), x_max = std::max(x_max, x);
      t.y_min = std::min(t.y_min, y), t.y_max = std::max(t.y_max, y);
    }
    if (!usable) continue;
    t.y_min -= footprint.radius, t.y_max += footprint.radius;
    float longest2 = 0;
    for (int m = 0; m < 3; ++m) {
      t.edge_x[m] = t.x[next(m)] - t.x[m];
      t.edge_y[m] = t.y[next(m)] - t.y[m];
      const float length2 = t.edge_x[m] * t.edge_x[m] + t.edge_y[m] * t.edge_y[m];
      t.inverse_length2[m] = 1 / length2;
      t.along_x[m] = t.edge_x[m] * t.inverse_length2[m];
      t.along_y[m] = t.edge_y[m] * t.inverse_length2[m];
      t.row_slope[m] = t.edge_x[m] / t.edge_y[m];
      longest2 = std::max(longest2, length2);
    }
    const float area2 = t.edge_y[0] * t.edge_x[2] - t.edge_x[0] * t.edge_y[2];
    if (!(std::abs(area2) > kFlat * longest2) || !(std::abs(area2) > kMinArea)) continue;
    for (int m = 0; m < 3; ++m) {
      t.across_x[m] = -t.edge_y[m] / area2;
      t.across_y[m] = t.edge_x[m] / area2;
    }
    for (int k = 0; k < 3; ++k) {
      nearest = std::min(nearest, 1 / t.inverse_depth[k]);
      farthest = std::max(farthest, 1 / t.inverse_depth[k]);
    }
    if (t.y_max < 0 || t.y_min > options.height || x_max + footprint.radius < 0 ||
        x_min - footprint.radius > options.width)
      continue;
    triangles.push_back(t);
    for (int k = 0; k < 3; ++k) {
      const float* values = attribute_values + std::size_t(t.corner[k]) * channels;
      attributes.insert(attributes.end(), values, values + channels);
    }
  }
  sharpness = 1 / (options.gamma * std::max(farthest - nearest, 1e-3f * farthest));
  if (triangles.empty()) sharpness = 0;
}

void SoftRasteriser::State::bin() {
  const auto range = [&](const Triangle& t, int& first, int& last) {
    first = static_cast<int>(std::max(t.y_min, 0.0f)) / kBandRows;
    last = static_cast<int>(std::min(t.y_max, options.height - 1.0f)) / kBandRows;
  };
  band_begin.assign(bands() + 1, 0);
  for (const Triangle& t : triangles) {
    int first, last;
    range(t, first, last);
    for (int b = first; b <= last; ++b) ++band_begin[b + 1];
  }
  for (int b = 0; b < bands(); ++b) band_begin[b + 1] += band_begin[b];
  band_triangles.resize(band_begin.back());
  std::vector<int> cursor(band_begin.begin(), band_begin.end() - 1);
  for (std::size_t i = 0; i < triangles.size(); ++i) {
    int first, last;
    range(triangles[i], first, last);
    for (int b = first; b <= last; ++b) band_triangles[cursor[b]++] = static_cast<int>(i);
  }
}

template <class Body>
void SoftRasteriser::State::for_each_band(const Body& body) {
  const int count = bands();
#pragma omp parallel for schedule(dynamic, 1) if (band_triangles.size() > kParallelPairs)
  for (int band = 0; band < count; ++band) {
    if (channels == 0) body.template operator()<0>(band);
    else if (channels == 1) body.template operator()<1>(band);
    else if (channels == 3) body.template operator()<3>(band);
    else body.template operator()<-1>(band);
  }
}

template <int kChannels>
void SoftRasteriser::State::forward_band(int band, SoftRasterOutput& output) {
  const int count = kChannels >= 0 ? kChannels : channels;
  const int row_begin = band * kBandRows, row_end = std::min(row_begin + kBandRows, options.height);
  const std::size_t begin = row_begin * planes.stride, end = row_end * planes.stride;
  std::fill(planes.transparency.begin() + begin, planes.transparency.begin() + end, 1.0f);
  if (count > 0) {
    std::fill(planes.front_depth.begin() + begin, planes.front_depth.begin() + end, kFar);
    std::fill(planes.blend_sum.begin() + begin, planes.blend_sum.begin() + end, 0.0f);
    for (int c = 0; c < count; ++c) std::fill(planes.blend[c].begin() + begin, planes.blend[c].begin() + end, 0.0f);
  }

  for (int slot = band_begin[band]; slot < band_begin[band + 1]; ++slot) {
    const int index = band_triangles[slot];
    const Triangle& t = triangles[index];
    const float* values = attributes.data() + std::size_t(index) * 3 * count;
    const int first = std::max(row_begin, static_cast<int>(std::floor(t.y_min - 0.5f)));
    const int last = std::min(row_end - 1, static_cast<int>(std::ceil(t.y_max)));
    for (int row = first; row <= last; ++row) {
      int left, right;
      if (!row_span(t, footprint, row, options.width, left, right)) continue;
      const float py = (row + 0.5f) * footprint.scale;
      for (int column = left; column < right; column += kLanes) {
        const F8 px = (splat(column + 0.5f) + simd::ramp()) * splat(footprint.scale);
        Fragments f;
        if (!cover(t, footprint, px, py, f)) continue;
        const std::size_t at = row * planes.stride + column;
        float* transparency = &planes.transparency[at];
        simd::store(transparency, simd::max(simd::load<F8>(transparency) * f.transparency, splat(kMinTransparency)));
        if (count == 0) continue;

        F8 q[3];
        for (int k = 0; k < 3; ++k) q[k] = f.weight[k] * splat(t.inverse_depth[k]);
        const F8 depth = splat(1.0f) / (q[0] + q[1] + q[2]);
        const F8 front = simd::load<F8>(&planes.front_depth[at]);
        const I8 nearer = f.covered & (depth < front);
        const F8 step = front - depth;
        const F8 exponent = simd::min(step, -step) * splat(sharpness);
        const F8 attenuation = keep(exponent >= splat(kMinExponent), simd::exp(simd::max(exponent, splat(kMinExponent))));
        const F8 old_factor = nearer ? attenuation : splat(1.0f);
        const F8 weight = f.cover * (nearer ? splat(1.0f) : attenuation);
        simd::store(&planes.front_depth[at], nearer ? depth : front);
        int* front_triangle = &planes.front_triangle[at];
        simd::store(front_triangle, nearer ? splat(index) : simd::load<I8>(front_triangle));
        float* sum = &planes.blend_sum[at];
        simd::store(sum, simd::load<F8>(sum) * old_factor + weight);
        const F8 scaled = weight * depth;
        for (int k = 0; k < 3; ++k) q[k] = q[k] * scaled;
        for (int c = 0; c < count; ++c) {
          float* blend = &planes.blend[c][at];
          simd::store(blend, simd::load<F8>(blend) * old_factor + q[0] * splat(values[c]) +
                                 q[1] * splat(values[count + c]) + q[2] * splat(values[2 * count + c]));
        }
      }
    }
  }

  for (int row = row_begin; row < row_end; ++row)
    for (int column = 0; column < options.width; ++column) {
      const std::size_t at = row * planes.stride + column, pixel = std::size_t(row) * options.width + column;
      output.silhouette.data[pixel] = 1 - planes.transparency[at];
      if (count == 0) continue;
      const float scale = 1 / (planes.blend_sum[at] + options.background_eps);
      for (int c = 0; c < count; ++c) output.attributes.data[pixel * count + c] = planes.blend[c][at] * scale;
    }
}

// What every fragment of a pixel shares in the backward pass, with g = grad_attributes / (blend sum + eps):
// grad_silhouette * product of (1 - D), g, and g . blended attributes.
void SoftRasteriser::State::seed_rows(int band, const float* grad_silhouette, const float* grad_attributes) {
  const int row_begin = band * kBandRows, row_end = std::min(row_begin + kBandRows, options.height);
  for (int row = row_begin; row < row_end; ++row)
    for (int column = 0; column < options.width; ++column) {
      const std::size_t at = row * planes.stride + column, pixel = std::size_t(row) * options.width + column;
      seed_silhouette[at] = grad_silhouette ? grad_silhouette[pixel] * planes.transparency[at] : 0;
      if (!grad_attributes) continue;
      const float scale = 1 / (planes.blend_sum[at] + options.background_eps);
      float dot = 0;
      for (int c = 0; c < channels; ++c) {
        const float g = grad_attributes[pixel * channels + c] * scale;
        seed[c][at] = g;
        dot += g * planes.blend[c][at] * scale;
      }
      seed_dot[at] = dot;
    }
  // Lanes beyond the right border read these.
  for (int row = row_begin; row < row_end; ++row) {
    const auto clear = [&](std::vector<float>& plane) {
      std::fill_n(plane.begin() + row * planes.stride + options.width, kLanes, 0.0f);
    };
    clear(seed_silhouette);
    if (!grad_attributes) continue;
    clear(seed_dot);
    for (auto& plane : seed) clear(plane);
  }
}

template <int kChannels>
void SoftRasteriser::State::backward_band(int band, const float* grad_silhouette, const float* grad_attributes) {
  seed_rows(band, grad_silhouette, grad_attributes);
  const int count = kChannels >= 0 ? kChannels : channels;
  const bool blended = count > 0 && grad_attributes;
  const std::size_t slot_size = 9 + 3 * std::size_t(count);
  const int row_begin = band * kBandRows, row_end = std::min(row_begin + kBandRows, options.height);
  F8 grad_values[3 * (kChannels >= 0 ? kChannels : kMaxChannels) + 1];

  for (int slot = band_begin[band]; slot < band_begin[band + 1]; ++slot) {
    const int index = band_triangles[slot];
    const Triangle& t = triangles[index];
    const float* values = attributes.data() + std::size_t(index) * 3 * count;
    F8 grad_x[3] = {}, grad_y[3] = {}, grad_z[3] = {};
    for (int i = 0; i < 3 * count; ++i) grad_values[i] = splat(0.0f);
    const int first = std::max(row_begin, static_cast<int>(std::floor(t.y_min - 0.5f)));
    const int last = std::min(row_end - 1, static_cast<int>(std::ceil(t.y_max)));
    for (int row = first; row <= last; ++row) {
      int left, right;
      if (!row_span(t, footprint, row, options.width, left, right)) continue;
      const float py = (row + 0.5f) * footprint.scale;
      for (int column = left; column < right; column += kLanes) {
        const F8 px = (splat(column + 0.5f) + simd::ramp()) * splat(footprint.scale);
        Fragments f;
        if (!cover(t, footprint, px, py, f)) continue;
        const std::size_t at = row * planes.stride + column;
        F8 grad_argument = simd::load<F8>(&seed_silhouette[at]) * f.cover;
        F8 edge_pull[3] = {}, shift_x = {}, shift_y = {};

        if (blended) {
          F8 q[3];
          for (int k = 0; k < 3; ++k) q[k] = f.weight[k] * splat(t.inverse_depth[k]);
          const F8 depth = splat(1.0f) / (q[0] + q[1] + q[2]);
          const F8 exponent = simd::min((simd::load<F8>(&planes.front_depth[at]) - depth) * splat(sharpness), splat(0.0f));
          const F8 weight = keep(exponent >= splat(kMinExponent),
                                 f.cover * simd::exp(simd::max(exponent, splat(kMinExponent))));
          const F8 dot = simd::load<F8>(&seed_dot[at]);
          const F8 scaled = weight * depth;
          F8 share[3], corner_dot[3] = {};
          for (int k = 0; k < 3; ++k) share[k] = q[k] * scaled;
          for (int c = 0; c < count; ++c) {
            const F8 g = simd::load<F8>(&seed[c][at]);
            for (int k = 0; k < 3; ++k) {
              corner_dot[k] = corner_dot[k] + g * splat(values[k * count + c]);
              grad_values[k * count + c] = grad_values[k * count + c] + share[k] * g;
            }
          }
          const F8 own_dot = depth * (q[0] * corner_dot[0] + q[1] * corner_dot[1] + q[2] * corner_dot[2]);
          const F8 grad_weight = weight * (own_dot - dot);  // times weight: gradient of its logarithm
          grad_argument = grad_argument + grad_weight * f.transparency;
          const I8 is_front = f.covered & (simd::load<I8>(&planes.front_triangle[at]) == splat(index));
          const F8 grad_depth =
              splat(sharpness) * (keep(is_front, dot * splat(options.background_eps)) - grad_weight);
          F8 grad_bary[3];
          for (int k = 0; k < 3; ++k) {
            const F8 pull = depth * (weight * (corner_dot[k] - own_dot) - grad_depth * depth);
            const F8 inverse = splat(t.inverse_depth[k]);
            grad_bary[k] = keep(f.covered, inverse * pull);
            grad_z[k] = grad_z[k] - keep(f.covered, inverse * inverse * f.weight[k] * pull);
          }
          for (int m = 0; m < 3; ++m) {
            const F8 inner = keep(f.inside, grad_bary[next(next(m))]);
            const F8 slide = keep(f.on_edge[m] & f.between & ~f.inside, grad_bary[next(m)] - grad_bary[m]);
            edge_pull[m] = slide * splat(t.inverse_length2[m]);
            shift_x = shift_x + slide * splat(t.along_x[m]) + inner * splat(t.across_x[m]);
            shift_y = shift_y + slide * splat(t.along_y[m]) + inner * splat(t.across_y[m]);
          }
        }

        const F8 pull = (f.inside ? splat(-2.0f) : splat(2.0f)) * grad_argument;
        for (int k = 0; k < 3; ++k) {
          const F8 along = pull * f.boundary[k] + edge_pull[next(next(k))] - edge_pull[k];
          grad_x[k] = grad_x[k] + along * f.to_pixel_x - f.weight[k] * shift_x;
          grad_y[k] = grad_y[k] + along * f.to_pixel_y - f.weight[k] * shift_y;
        }
      }
    }

    float* out = pair_gradients.data() + slot * slot_size;
    for (int k = 0; k < 3; ++k) {
      out[3 * k] = simd::sum(grad_x[k]) * footprint.scale;
      out[3 * k + 1] = simd::sum(grad_y[k]) * footprint.scale;
      out[3 * k + 2] = simd::sum(grad_z[k]);
    }
    for (int i = 0; i < 3 * count; ++i) out[9 + i] = simd::sum(grad_values[i]);
  }
}

SoftRasteriser::SoftRasteriser() : state_(std::make_unique<State>()) {}
SoftRasteriser::~SoftRasteriser() = default;
SoftRasteriser::SoftRasteriser(SoftRasteriser&&) noexcept = default;
SoftRasteriser& SoftRasteriser::operator=(SoftRasteriser&&) noexcept = default;

SoftRasterOutput SoftRasteriser::forward(const SoftRasterOptions& options, const Points& screen_verts,
                                         const Faces& faces, const float* attributes, int channels) {
  if (options.width <= 0 || options.height <= 0 || !(options.sigma > 0) || !(options.gamma > 0))
    throw std::invalid_argument("SoftRasteriser: width, height, sigma and gamma must be positive");
  if (channels < 0 || channels > kMaxChannels || (channels > 0 && !attributes))
    throw std::invalid_argument(fmt::format("SoftRasteriser: {} channels, allowed are 0 to {}", channels, kMaxChannels));
  State& s = *state_;
  s.options = options;
  s.channels = channels;
  s.vertex_count = screen_verts.rows();
  s.set_up(screen_verts, faces, attributes);
  s.bin();

  Planes& planes = s.planes;
  planes.stride = options.width + kLanes;
  planes.size = planes.stride * options.height;
  planes.transparency.resize(planes.size);
  if (channels > 0) {
    for (auto* plane : {&planes.front_depth, &planes.blend_sum}) plane->resize(planes.size);
    planes.front_triangle.resize(planes.size);
    planes.blend.resize(channels);
    for (auto& plane : planes.blend) plane.resize(planes.size);
  }
  SoftRasterOutput output;
  output.silhouette = ImageF(options.width, options.height, 1);
  output.attributes = ImageF(options.width, options.height, channels);
  s.for_each_band([&]<int kChannels>(int band) { s.forward_band<kChannels>(band, output); });
  return output;
}

void SoftRasteriser::backward(const float* grad_silhouette, const float* grad_attributes, Points* grad_screen_verts,
                              float* grad_attribute_values) {
  State& s = *state_;
  const std::size_t channels = s.channels;
  if (channels == 0) grad_attributes = nullptr;
  if (grad_screen_verts) grad_screen_verts->setZero(s.vertex_count, 3);
  if (grad_attribute_values) std::fill_n(grad_attribute_values, s.vertex_count * channels, 0.0f);
  if (s.triangles.empty() || (!grad_silhouette && !grad_attributes)) return;

  s.seed_silhouette.resize(s.planes.size);
  if (grad_attributes) {
    s.seed_dot.resize(s.planes.size);
    s.seed.resize(channels);
    for (auto& plane : s.seed) plane.resize(s.planes.size);
  }
  const std::size_t slot_size = 9 + 3 * channels;
  s.pair_gradients.resize(s.band_triangles.size() * slot_size);
  s.for_each_band(
      [&]<int kChannels>(int band) { s.backward_band<kChannels>(band, grad_silhouette, grad_attributes); });

  for (std::size_t slot = 0; slot < s.band_triangles.size(); ++slot) {
    const Triangle& t = s.triangles[s.band_triangles[slot]];
    const float* gradient = s.pair_gradients.data() + slot * slot_size;
    for (int k = 0; k < 3; ++k) {
      if (grad_screen_verts)
        grad_screen_verts->row(t.corner[k]) += Eigen::Map<const Eigen::RowVector3f>(gradient + 3 * k);
      if (grad_attribute_values)
        for (std::size_t c = 0; c < channels; ++c)
          grad_attribute_values[t.corner[k] * channels + c] += gradient[9 + k * channels + c];
    }
  }
}

}  // namespace mp4d
