#include "reconstruction/human/fof.h"
#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <numbers>
#include <tuple>
#include <utility>

namespace mp4d::human {
namespace {

struct Hit {
  float t;
  std::int8_t step;  // +1 entering, -1 leaving
  bool closed;
  std::uint8_t label;
};

// Vertices as (column, row, t).
std::vector<Eigen::Vector3d> project(const Points& verts, int resolution) {
  std::vector<Eigen::Vector3d> projected(static_cast<std::size_t>(verts.rows()));
  for (Eigen::Index v = 0; v < verts.rows(); ++v) {
    const Eigen::Vector3d p = verts.row(v).transpose().cast<double>();
    projected[std::size_t(v)] = {(p.x() + 1) * resolution / 2 - 0.5, (1 - p.y()) * resolution / 2 - 0.5, p.z() + 1};
  }
  return projected;
}

// Hits of the rays of rows [row_begin, row_end), sorted into pixels.
struct StripHits {
  std::vector<std::uint32_t> first;
  std::vector<Hit> hits;
};

StripHits strip_hits(const std::vector<Eigen::Vector3d>& verts, const Faces& faces, int resolution,
                     const std::vector<std::uint8_t>& closed, const std::vector<std::uint8_t>& labels, int row_begin,
                     int row_end) {
  struct PixelHit {
    std::uint32_t pixel;
    Hit hit;
  };
  std::vector<PixelHit> found;
  for (Eigen::Index f = 0; f < faces.rows(); ++f) {
    const Eigen::Vector3d* p[3];
    for (int c = 0; c < 3; ++c) p[c] = &verts[std::size_t(faces(f, c))];
    const double low = std::min({p[0]->y(), p[1]->y(), p[2]->y()}), high = std::max({p[0]->y(), p[1]->y(), p[2]->y()});
    if (high < row_begin || low > row_end - 1) continue;
    if (!(high - low < 1e9)) continue;  // NaN or absurd
    const double area =
        (p[1]->x() - p[0]->x()) * (p[2]->y() - p[0]->y()) - (p[2]->x() - p[0]->x()) * (p[1]->y() - p[0]->y());
    if (area == 0) continue;
    // Rows point down, so a face that is counter-clockwise seen from +z has a negative area here; it is where a ray
    // along +z leaves.
    const std::int8_t step = area < 0 ? -1 : 1;
    const int first_row = std::max(row_begin, int(std::ceil(std::max(low, -1.0))));
    const int last_row = std::min(row_end - 1, int(std::floor(std::min(high, double(resolution)))));
    for (int row = first_row; row <= last_row; ++row) {
      // A row is crossed by the edges that have one end at or above it and the other below: shared edges give both
      // neighbours the same crossing, so that each ray on it belongs to exactly one of them.
      double from = 0, to = 0;
      int crossings = 0;
      for (int e = 0; e < 3; ++e) {
        const Eigen::Vector3d* a = p[e];
        const Eigen::Vector3d* b = p[(e + 1) % 3];
        if ((a->y() <= row) == (b->y() <= row)) continue;
        if (a->y() > b->y()) std::swap(a, b);
        const double x = a->x() + (row - a->y()) / (b->y() - a->y()) * (b->x() - a->x());
        (crossings++ == 0 ? from : to) = x;
      }
      if (crossings != 2) continue;
      if (from > to) std::swap(from, to);
      const int first_column = std::max(0, int(std::ceil(std::max(from, -1.0))));
      for (int column = first_column; column < resolution && column < to; ++column) {
        const double w1 = ((column - p[0]->x()) * (p[2]->y() - p[0]->y()) - (p[2]->x() - p[0]->x()) * (row - p[0]->y())) / area;
        const double w2 = ((p[1]->x() - p[0]->x()) * (row - p[0]->y()) - (column - p[0]->x()) * (p[1]->y() - p[0]->y())) / area;
        const double t = p[0]->z() + w1 * (p[1]->z() - p[0]->z()) + w2 * (p[2]->z() - p[0]->z());
        found.push_back({std::uint32_t((row - row_begin) * resolution + column),
                         {float(std::clamp(t, 0.0, 2.0)), step, closed[std::size_t(f)] != 0, labels.empty() ? std::uint8_t(0) : labels[std::size_t(f)]}});
      }
    }
  }

  StripHits strip;
  strip.first.assign(std::size_t(row_end - row_begin) * resolution + 1, 0);
  for (const PixelHit& h : found) ++strip.first[h.pixel + 1];
  for (std::size_t i = 1; i < strip.first.size(); ++i) strip.first[i] += strip.first[i - 1];
  strip.hits.resize(found.size());
  std::vector<std::uint32_t> at(strip.first.begin(), strip.first.end() - 1);
  for (const PixelHit& h : found) strip.hits[at[h.pixel]++] = h.hit;
  for (std::size_t i = 0; i + 1 < strip.first.size(); ++i)
    std::sort(strip.hits.begin() + strip.first[i], strip.hits.begin() + strip.first[i + 1], [](const Hit& a, const Hit& b) {
      return std::tuple(a.t, -a.step, a.closed) < std::tuple(b.t, -b.step, b.closed);
    });
  return strip;
}

using Interval = RayIntervals::Interval;

void closed_intervals(const Hit* begin, const Hit* end, std::vector<Interval>& out) {
  int depth = 0;
  const Hit* start = nullptr;
  for (const Hit* h = begin; h != end; ++h) {
    if (!h->closed) continue;
    if (depth == 0 && h->step > 0) start = h;
    if (depth == 1 && h->step < 0) out.push_back({start->t, h->t, start->label, h->label});
    depth = std::max(0, depth + h->step);  // an exit without an entry is an inverted shell: nothing
  }
}

void open_intervals(const Hit* begin, const Hit* end, std::vector<Interval>& out) {
  enum { kOutside, kEntered, kLeft } state = kOutside;
  const Hit *start = nullptr, *stop = nullptr;
  const auto emit = [&] { out.push_back({start->t, stop->t, start->label, stop->label}); };
  for (const Hit* h = begin; h != end; ++h) {
    if (h->closed) continue;
    if (h->step > 0) {
      if (state == kLeft) emit();
      if (state != kEntered) start = h;
      state = kEntered;
    } else if (state != kOutside) {
      stop = h;
      state = kLeft;
    }
  }
  if (state == kLeft) emit();
}

void unite(std::vector<Interval>& intervals) {
  std::sort(intervals.begin(), intervals.end(), [](const Interval& a, const Interval& b) { return a.in < b.in; });
  std::size_t kept = 0;
  for (const Interval& next : intervals) {
    if (next.out <= next.in) continue;
    if (kept == 0 || next.in > intervals[kept - 1].out) {
      intervals[kept++] = next;
    } else if (next.out > intervals[kept - 1].out) {
      intervals[kept - 1].out = next.out;
      intervals[kept - 1].out_label = next.out_label;
    }
  }
  intervals.resize(kept);
}

}  // namespace

std::vector<std::uint8_t> closed_shell_faces(const Faces& faces, Eigen::Index vertex_count) {
  std::vector<int> component_of_vertex;
  const int components = connected_components(faces, int(vertex_count), component_of_vertex);
  std::vector<std::uint8_t> closed(std::size_t(components), 1);
  std::vector<std::pair<std::uint64_t, std::int32_t>> edges;  // both directions of an edge under one key, +1 and -1
  edges.reserve(std::size_t(faces.size()));
  for (Eigen::Index f = 0; f < faces.rows(); ++f)
    for (int c = 0; c < 3; ++c) {
      const std::uint32_t a = std::uint32_t(faces(f, c)), b = std::uint32_t(faces(f, (c + 1) % 3));
      edges.push_back({std::uint64_t(std::min(a, b)) << 32 | std::max(a, b), a < b ? 1 : -1});
    }
  std::sort(edges.begin(), edges.end());
  for (std::size_t i = 0; i < edges.size();) {
    std::int32_t balance = 0;
    std::size_t j = i;
    for (; j < edges.size() && edges[j].first == edges[i].first; ++j) balance += edges[j].second;
    if (balance != 0) closed[std::size_t(component_of_vertex[edges[i].first >> 32])] = 0;
    i = j;
  }
  std::vector<std::uint8_t> flags(std::size_t(faces.rows()));
  for (Eigen::Index f = 0; f < faces.rows(); ++f) flags[std::size_t(f)] = closed[std::size_t(component_of_vertex[faces(f, 0)])];
  return flags;
}

RayIntervals ray_intervals(const Mesh& mesh, int resolution, const std::vector<std::uint8_t>& closed_faces,
                           const std::vector<std::uint8_t>& face_labels) {
  const std::vector<std::uint8_t> closed =
      closed_faces.empty() ? closed_shell_faces(mesh.faces, mesh.verts.rows()) : closed_faces;
  const std::vector<Eigen::Vector3d> projected = project(mesh.verts, resolution);
  constexpr int kRowsPerStrip = 32;
  const int strips = (resolution + kRowsPerStrip - 1) / kRowsPerStrip;
  struct StripIntervals {
    std::vector<std::uint32_t> counts;
    std::vector<Interval> intervals;
  };
  std::vector<StripIntervals> done(static_cast<std::size_t>(strips));
#pragma omp parallel for schedule(dynamic)
  for (int s = 0; s < strips; ++s) {
    const int row_begin = s * kRowsPerStrip, row_end = std::min(resolution, row_begin + kRowsPerStrip);
    const StripHits strip = strip_hits(projected, mesh.faces, resolution, closed, face_labels, row_begin, row_end);
    StripIntervals& out = done[std::size_t(s)];
    std::vector<Interval> ray;
    for (std::size_t i = 0; i + 1 < strip.first.size(); ++i) {
      const Hit* begin = strip.hits.data() + strip.first[i];
      const Hit* end = strip.hits.data() + strip.first[i + 1];
      ray.clear();
      closed_intervals(begin, end, ray);
      open_intervals(begin, end, ray);
      unite(ray);
      out.counts.push_back(std::uint32_t(ray.size()));
      out.intervals.insert(out.intervals.end(), ray.begin(), ray.end());
    }
  }
  RayIntervals rays;
  rays.resolution = resolution;
  rays.first = {0};
  rays.first.reserve(std::size_t(resolution) * resolution + 1);
  for (const StripIntervals& strip : done) {
    for (std::uint32_t count : strip.counts) rays.first.push_back(rays.first.back() + count);
    rays.intervals.insert(rays.intervals.end(), strip.intervals.begin(), strip.intervals.end());
  }
  return rays;
}

FourierOccupancy fourier_occupancy(const RayIntervals& rays, int bands) {
  FourierOccupancy field{rays.resolution, bands, {}};
  const int pixels = rays.resolution * rays.resolution;
  field.coefficients.assign(std::size_t(bands) * pixels, 0.0f);
#pragma omp parallel for schedule(dynamic, 1024)
  for (int p = 0; p < pixels; ++p)
    for (std::uint32_t i = rays.first[std::size_t(p)]; i < rays.first[std::size_t(p) + 1]; ++i) {
      // sin(k a) by Chebyshev's recurrence, in double so that the last band is as good as the first
      const Interval ray = rays.intervals[i];
      const double a = ray.in * std::numbers::pi / 2, b = ray.out * std::numbers::pi / 2;
      const double turn_a = 2 * std::cos(a), turn_b = 2 * std::cos(b);
      double sin_a = std::sin(a), sin_b = std::sin(b), before_a = 0, before_b = 0;
      if (bands > 0) field.coefficients[std::size_t(p)] += ray.out - ray.in;
      for (int k = 1; k < bands; ++k) {
        field.coefficients[std::size_t(k) * pixels + p] += float((sin_b - sin_a) / (k * std::numbers::pi / 2));
        before_a = std::exchange(sin_a, turn_a * sin_a - before_a);
        before_b = std::exchange(sin_b, turn_b * sin_b - before_b);
      }
    }
  return field;
}

FourierOccupancy upsampled(const FourierOccupancy& field, int factor) {
  const int from = field.resolution, to = from * factor;
  FourierOccupancy large{to, field.bands, std::vector<float>(std::size_t(field.bands) * to * to)};
  std::vector<int> low(static_cast<std::size_t>(to)), high(low.size());
  std::vector<float> part(low.size());
  for (int i = 0; i < to; ++i) {
    const float at = std::clamp((i + 0.5f) / float(factor) - 0.5f, 0.0f, float(from - 1));
    low[std::size_t(i)] = std::min(int(at), std::max(0, from - 2));
    high[std::size_t(i)] = std::min(low[std::size_t(i)] + 1, from - 1);
    part[std::size_t(i)] = at - float(low[std::size_t(i)]);
  }
#pragma omp parallel for
  for (int k = 0; k < field.bands; ++k) {
    const float* source = &field.coefficients[std::size_t(k) * from * from];
    float* target = &large.coefficients[std::size_t(k) * to * to];
    for (int row = 0; row < to; ++row)
      for (int column = 0; column < to; ++column) {
        const std::size_t r = std::size_t(row), c = std::size_t(column);
        const auto blend = [&](int y) {
          return source[y * from + low[c]] * (1 - part[c]) + source[y * from + high[c]] * part[c];
        };
        target[row * to + column] = blend(low[r]) * (1 - part[r]) + blend(high[r]) * part[r];
      }
  }
  return large;
}

std::vector<float> occupancy_volume(const FourierOccupancy& field, int depths) {
  const Eigen::Index pixels = Eigen::Index(field.resolution) * field.resolution;
  using RowMajor = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  const Eigen::Map<const RowMajor> coefficients(field.coefficients.data(), field.bands, pixels);
  RowMajor series(depths, field.bands);
  for (int d = 0; d < depths; ++d)
    for (int k = 0; k < field.bands; ++k)
      series(d, k) = k == 0 ? 0.5f : float(std::cos(k * std::numbers::pi * (d + 0.5) / depths));

  std::vector<int> covered;
  for (Eigen::Index p = 0; p < pixels; ++p)
    if ((coefficients.col(p).array() != 0).any()) covered.push_back(int(p));
  std::vector<float> volume(std::size_t(depths) * pixels, 0.0f);
  constexpr std::size_t kBlock = 512;
#pragma omp parallel for schedule(dynamic)
  for (std::size_t start = 0; start < covered.size(); start += kBlock) {
    const Eigen::Index count = Eigen::Index(std::min(kBlock, covered.size() - start));
    RowMajor block(field.bands, count);
    for (Eigen::Index i = 0; i < count; ++i) block.col(i) = coefficients.col(covered[start + std::size_t(i)]);
    const RowMajor occupancy = series * block;
    for (int d = 0; d < depths; ++d)
      for (Eigen::Index i = 0; i < count; ++i)
        volume[std::size_t(d) * pixels + covered[start + std::size_t(i)]] = occupancy(d, i);
  }
  return volume;
}

Mesh field_surface(const FourierOccupancy& field, int depths, float level, bool smooth, bool largest_only) {
  return volume_surface(occupancy_volume(field, depths), field.resolution, depths, level, smooth, largest_only);
}

}  // namespace mp4d::human
