// Soft rasteriser, forward + backward, against the formulas written down plainly (every pixel, every triangle).
#include "render/soft_raster.h"
#include <benchmark/benchmark.h>
#include <array>
#include <chrono>
#include <cmath>
#include <map>
#include <omp.h>

namespace mp4d {
namespace {

struct Scene {
  SoftRasterOptions options;
  Points verts;
  Faces faces;
  std::vector<float> attributes, grad_silhouette, grad_attributes;
};
constexpr int kChannels = 3;

/// A bumpy closed body of 2,560 triangles (32 rings of 40 quads) that fills about 40 % of the picture.
Scene make_scene(int size) {
  constexpr int kRings = 32, kSegments = 40;
  Scene s;
  s.options.width = s.options.height = size;
  s.verts.resize((kRings + 1) * kSegments, 3);
  for (int i = 0; i <= kRings; ++i)
    for (int j = 0; j < kSegments; ++j) {
      const float a = float(M_PI) * (i + 0.05f) / (kRings + 0.1f), b = float(2 * M_PI) * (j + 0.37f) / kSegments;
      const float r = 1 + 0.15f * std::sin(3 * b) * std::sin(2 * a);
      const Vec3 p = r * Vec3(std::sin(a) * std::cos(b), std::cos(a), std::sin(a) * std::sin(b));
      const float z = 4 + p.z();
      s.verts.row(i * kSegments + j) << size * (0.503f + 1.35f * p.x() / z), size * (0.497f + 1.35f * p.y() / z), z;
      for (int c = 0; c < kChannels; ++c) s.attributes.push_back(0.5f + 0.5f * p[c]);
    }
  s.faces.resize(2 * kRings * kSegments, 3);
  for (int i = 0, f = 0; i < kRings; ++i)
    for (int j = 0; j < kSegments; ++j) {
      const int a = i * kSegments + j, b = i * kSegments + (j + 1) % kSegments;
      s.faces.row(f++) << a, b, a + kSegments;
      s.faces.row(f++) << b, b + kSegments, a + kSegments;
    }
  for (int i = 0; i < size * size; ++i) {
    s.grad_silhouette.push_back(std::sin(0.1f * i));
    for (int c = 0; c < kChannels; ++c) s.grad_attributes.push_back(std::cos(0.07f * i + c));
  }
  return s;
}

struct Naive {
  struct Layer {
    float cover, depth, boundary[3], bary[3], rx, ry, attributes[kChannels];
    int face, edge;
    bool inside, between;
  };

  static bool cover(const Scene& s, int face, float px, float py, float unit, float argument_min, Layer& out) {
    std::array<float, 3> x, y, z;
    for (int k = 0; k < 3; ++k) {
      x[k] = s.verts(s.faces(face, k), 0) * unit;
      y[k] = s.verts(s.faces(face, k), 1) * unit;
      z[k] = s.verts(s.faces(face, k), 2);
    }
    const float area = (x[1] - x[0]) * (y[2] - y[0]) - (y[1] - y[0]) * (x[2] - x[0]);
    float inner[3], best = 1e30f;
    for (int k = 0; k < 3; ++k) {
      const int a = (k + 1) % 3, b = (k + 2) % 3;
      inner[k] = ((x[b] - x[a]) * (py - y[a]) - (y[b] - y[a]) * (px - x[a])) / area;
      const float ex = x[a] - x[k], ey = y[a] - y[k];
      const float t = ((px - x[k]) * ex + (py - y[k]) * ey) / (ex * ex + ey * ey), c = std::clamp(t, 0.0f, 1.0f);
      const float rx = px - x[k] - c * ex, ry = py - y[k] - c * ey;
      if (rx * rx + ry * ry >= best) continue;
      best = rx * rx + ry * ry;
      out.rx = rx, out.ry = ry, out.edge = k, out.between = t > 0 && t < 1;
      out.boundary[k] = 1 - c, out.boundary[a] = c, out.boundary[b] = 0;
    }
    out.inside = inner[0] >= 0 && inner[1] >= 0 && inner[2] >= 0;
    const float argument = (out.inside ? best : -best) / s.options.sigma;
    if (argument < argument_min) return false;
    out.face = face;
    out.cover = 1 / (1 + std::exp(-argument));
    float inverse = 0;
    for (int k = 0; k < 3; ++k) inverse += (out.bary[k] = out.inside ? inner[k] : out.boundary[k]) / z[k];
    out.depth = 1 / inverse;
    for (int c = 0; c < kChannels; ++c) {
      out.attributes[c] = 0;
      for (int k = 0; k < 3; ++k)
        out.attributes[c] += out.depth * out.bary[k] / z[k] * s.attributes[s.faces(face, k) * kChannels + c];
    }
    return true;
  }

  static void run(const Scene& s, std::vector<float>& silhouette, Points& grad_verts, std::vector<float>& grad_values) {
    const int size = s.options.width;
    const float unit = 2.0f / size, sharpness =
        1 / (s.options.gamma * (s.verts.col(2).maxCoeff() - s.verts.col(2).minCoeff()));
    const float argument_min = std::log(s.options.cutoff / (1 - s.options.cutoff));
    silhouette.resize(size * size);
    grad_verts.setZero(s.verts.rows(), 3);
    grad_values.assign(s.attributes.size(), 0);
    std::vector<Layer> layers;
    for (int y = 0; y < size; ++y)
      for (int x = 0; x < size; ++x) {
        const int pixel = y * size + x;
        layers.clear();
        Layer layer;
        for (int f = 0; f < s.faces.rows(); ++f)
          if (cover(s, f, (x + 0.5f) * unit, (y + 0.5f) * unit, unit, argument_min, layer)) layers.push_back(layer);
        const Layer* nearest = nullptr;  // the first of several (neighbours share their edges' points)
        float clear = 1, front = 1e30f, sum = s.options.background_eps, blended[kChannels] = {};
        for (const Layer& l : layers) {
          clear *= 1 - l.cover;
          if (l.depth < front) front = l.depth, nearest = &l;
        }
        silhouette[pixel] = 1 - clear;
        for (const Layer& l : layers) {
          const float w = l.cover * std::exp((front - l.depth) * sharpness);
          sum += w;
          for (int c = 0; c < kChannels; ++c) blended[c] += w * l.attributes[c];
        }
        float dot = 0;
        for (int c = 0; c < kChannels; ++c) dot += s.grad_attributes[pixel * kChannels + c] / sum * blended[c] / sum;
        for (const Layer& l : layers) {
          const float w = l.cover * std::exp((front - l.depth) * sharpness);
          float own = 0;
          for (int c = 0; c < kChannels; ++c) own += s.grad_attributes[pixel * kChannels + c] / sum * l.attributes[c];
          const float grad_argument = s.grad_silhouette[pixel] * clear * l.cover + w * (own - dot) * (1 - l.cover);
          float grad_depth = -sharpness * w * (own - dot);
          if (&l == nearest) grad_depth += sharpness * s.options.background_eps * dot;
          const std::int32_t* v = &s.faces(l.face, 0);
          float grad_bary[3];
          for (int k = 0; k < 3; ++k) {
            float corner = 0;
            const float q = 1 / s.verts(v[k], 2);
            for (int c = 0; c < kChannels; ++c) {
              const float g = s.grad_attributes[pixel * kChannels + c] / sum;
              corner += g * s.attributes[v[k] * kChannels + c];
              grad_values[v[k] * kChannels + c] += w * l.depth * l.bary[k] * q * g;
            }
            const float pull = l.depth * (w * (corner - own) - grad_depth * l.depth);
            grad_bary[k] = q * pull;
            grad_verts(v[k], 2) -= q * q * l.bary[k] * pull;
          }
          std::array<float, 3> ex, ey, push{};
          for (int k = 0; k < 3; ++k) {
            ex[k] = (s.verts(v[(k + 1) % 3], 0) - s.verts(v[k], 0)) * unit;
            ey[k] = (s.verts(v[(k + 1) % 3], 1) - s.verts(v[k], 1)) * unit;
          }
          const float area = ey[0] * ex[2] - ex[0] * ey[2];
          float shift_x = 0, shift_y = 0;
          if (l.inside) {
            for (int k = 0; k < 3; ++k) {
              shift_x -= grad_bary[k] * ey[(k + 1) % 3] / area;
              shift_y += grad_bary[k] * ex[(k + 1) % 3] / area;
            }
          } else if (l.between) {
            const int a = l.edge, b = (a + 1) % 3;
            const float p = (grad_bary[b] - grad_bary[a]) / (ex[a] * ex[a] + ey[a] * ey[a]);
            push[a] = -p, push[b] = p;
            shift_x = p * ex[a], shift_y = p * ey[a];
          }
          const float pull = (l.inside ? -2 : 2) * grad_argument / s.options.sigma;
          for (int k = 0; k < 3; ++k) {
            grad_verts(v[k], 0) += unit * ((pull * l.boundary[k] + push[k]) * l.rx - l.bary[k] * shift_x);
            grad_verts(v[k], 1) += unit * ((pull * l.boundary[k] + push[k]) * l.ry - l.bary[k] * shift_y);
          }
        }
      }
  }
};

/// Seconds of one naive run at this size, measured once in this process, with its results.
struct NaiveResult {
  double seconds;
  std::vector<float> silhouette, grad_values;
  Points grad_verts;
};
const NaiveResult& naive(int size) {
  static std::map<int, NaiveResult> results;
  NaiveResult& r = results[size];
  if (r.silhouette.empty()) {
    const Scene s = make_scene(size);
    const auto start = std::chrono::steady_clock::now();
    Naive::run(s, r.silhouette, r.grad_verts, r.grad_values);
    r.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  }
  return r;
}

void BM_Naive(benchmark::State& state) {
  for (auto _ : state) state.SetIterationTime(naive(state.range(0)).seconds);
}
BENCHMARK(BM_Naive)->Arg(128)->Arg(256)->Arg(512)->Iterations(1)->UseManualTime()->Unit(benchmark::kMillisecond);

/// Arguments: image side, threads. Counters: naive time / our time, and the largest difference of the vertex
/// gradients relative to the largest gradient.
void BM_SoftRas(benchmark::State& state) {
  const Scene s = make_scene(state.range(0));
  omp_set_num_threads(static_cast<int>(state.range(1)));
  SoftRasteriser raster;
  Points grad_verts;
  std::vector<float> grad_values(s.attributes.size());
  const auto start = std::chrono::steady_clock::now();
  for (auto _ : state) {
    const SoftRasterOutput out = raster.forward(s.options, s.verts, s.faces, s.attributes.data(), kChannels);
    raster.backward(s.grad_silhouette.data(), s.grad_attributes.data(), &grad_verts, grad_values.data());
    benchmark::DoNotOptimize(out.silhouette.data.data());
  }
  const double ours = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count() / state.iterations();
  const NaiveResult& reference = naive(state.range(0));
  state.counters["ratio"] = reference.seconds / ours;
  state.counters["grad_diff"] =
      (grad_verts - reference.grad_verts).cwiseAbs().maxCoeff() / reference.grad_verts.cwiseAbs().maxCoeff();
}
BENCHMARK(BM_SoftRas)->ArgsProduct({{128, 256, 512}, {1, 2}})->UseRealTime()->MeasureProcessCPUTime()->Unit(benchmark::kMillisecond);

void BM_SoftRasForward(benchmark::State& state) {
  const Scene s = make_scene(state.range(0));
  omp_set_num_threads(1);
  SoftRasteriser raster;
  for (auto _ : state) {
    const SoftRasterOutput out = raster.forward(s.options, s.verts, s.faces, s.attributes.data(), kChannels);
    benchmark::DoNotOptimize(out.silhouette.data.data());
  }
}
BENCHMARK(BM_SoftRasForward)->Arg(256)->Unit(benchmark::kMillisecond);

void BM_SoftRasSilhouetteOnly(benchmark::State& state) {
  const Scene s = make_scene(state.range(0));
  omp_set_num_threads(1);
  SoftRasteriser raster;
  Points grad_verts;
  for (auto _ : state) {
    const SoftRasterOutput out = raster.forward(s.options, s.verts, s.faces, nullptr, 0);
    raster.backward(s.grad_silhouette.data(), nullptr, &grad_verts, nullptr);
    benchmark::DoNotOptimize(out.silhouette.data.data());
  }
}
BENCHMARK(BM_SoftRasSilhouetteOnly)->Arg(256)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace mp4d
