#pragma once
#include "render/soft_raster.h"
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <vector>

namespace mp4d::test {

/// Every pixel against every triangle in double precision, straight from the formulas of soft_raster.h.
struct SoftReference {
  SoftRasterOptions options;
  Faces faces;
  int channels = 0;
  double depth_range = 0;        ///< from the first run, then held, as the gradients do
  std::vector<char> footprint;   ///< pixel x triangle, from the first run, then held: differences stay smooth

  using Vec2d = Eigen::Vector2d;

  /// verts V*3, attributes V*C. Silhouette H*W and attributes H*W*C.
  void run(const std::vector<double>& verts, const std::vector<double>& attributes, std::vector<double>& silhouette,
           std::vector<double>& blended) {
    const int width = options.width, height = options.height;
    const double unit = 2.0 / std::min(width, height);
    const bool first_run = footprint.empty();
    if (first_run) {
      footprint.assign(std::size_t(width) * height * faces.rows(), 0);
      double nearest = std::numeric_limits<double>::max(), farthest = 0;
      for (Eigen::Index i = 0; i < faces.size(); ++i) {
        nearest = std::min(nearest, verts[faces.data()[i] * 3 + 2]);
        farthest = std::max(farthest, verts[faces.data()[i] * 3 + 2]);
      }
      depth_range = std::max(farthest - nearest, 1e-3 * farthest);
    }
    silhouette.assign(std::size_t(width) * height, 0);
    blended.assign(std::size_t(width) * height * channels, 0);
    struct Layer {
      double cover, depth;
      std::vector<double> attributes;
    };
    for (int y = 0; y < height; ++y)
      for (int x = 0; x < width; ++x) {
        const std::size_t pixel = std::size_t(y) * width + x;
        const Vec2d p((x + 0.5) * unit, (y + 0.5) * unit);
        double transparency = 1, front = std::numeric_limits<double>::max();
        std::vector<Layer> layers;
        for (Eigen::Index f = 0; f < faces.rows(); ++f) {
          std::array<Vec2d, 3> v;
          std::array<double, 3> z;
          for (int k = 0; k < 3; ++k) {
            const double* corner = &verts[faces(f, k) * 3];
            v[k] = Vec2d(corner[0], corner[1]) * unit;
            z[k] = corner[2];
          }
          std::array<double, 3> bary{};
          const double argument = signed_square_distance(p, v, bary) / options.sigma;
          const double cover = 1 / (1 + std::exp(-argument));
          char& member = footprint[pixel * faces.rows() + f];
          if (first_run) member = cover >= options.cutoff;
          if (!member) continue;
          transparency *= 1 - cover;
          const double depth = 1 / (bary[0] / z[0] + bary[1] / z[1] + bary[2] / z[2]);
          Layer layer{cover, depth, std::vector<double>(channels, 0)};
          for (int c = 0; c < channels; ++c)
            for (int k = 0; k < 3; ++k)
              layer.attributes[c] += depth * bary[k] / z[k] * attributes[std::size_t(faces(f, k)) * channels + c];
          front = std::min(front, depth);
          layers.push_back(std::move(layer));
        }
        silhouette[pixel] = 1 - transparency;
        double sum = options.background_eps;
        for (const Layer& layer : layers) {
          const double w = layer.cover * std::exp((front - layer.depth) / (options.gamma * depth_range));
          sum += w;
          for (int c = 0; c < channels; ++c) blended[pixel * channels + c] += w * layer.attributes[c];
        }
        for (int c = 0; c < channels; ++c) blended[pixel * channels + c] /= sum;
      }
  }

 private:
  static double cross(const Vec2d& a, const Vec2d& b) { return a.x() * b.y() - a.y() * b.x(); }

  static double signed_square_distance(const Vec2d& p, const std::array<Vec2d, 3>& v, std::array<double, 3>& bary) {
    const double area = cross(v[1] - v[0], v[2] - v[0]);
    bool inside = true;
    std::array<double, 3> inner;
    for (int k = 0; k < 3; ++k) {
      inner[k] = cross(v[(k + 2) % 3] - v[(k + 1) % 3], p - v[(k + 1) % 3]) / area;
      inside = inside && inner[k] >= 0;
    }
    double best = std::numeric_limits<double>::max();
    for (int k = 0; k < 3; ++k) {
      const Vec2d edge = v[(k + 1) % 3] - v[k];
      const double s = std::clamp((p - v[k]).dot(edge) / edge.squaredNorm(), 0.0, 1.0);
      const double d2 = (p - v[k] - s * edge).squaredNorm();
      if (d2 >= best) continue;
      best = d2;
      bary = {0, 0, 0};
      bary[k] = 1 - s;
      bary[(k + 1) % 3] = s;
    }
    if (inside) bary = inner;
    return inside ? best : -best;
  }
};

}  // namespace mp4d::test
