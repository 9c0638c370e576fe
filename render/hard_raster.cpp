#include "render/hard_raster.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

// Homogeneous rasterisation (Olano and Greer 1997): with corners p0, p1, p2 in camera space and the ray d through a
// pixel, w_k = d . (p_{k+1} x p_{k+2}) are, up to their sum, the perspective-correct barycentrics of the hit, and
// depth = det(p0, p1, p2) / sum w. A triangle through the eye plane needs no clipping; the near plane is a depth test.
// Neighbours evaluate the same edge function (computed from the sorted corners, exactly negated for one of
// them), so an edge leaves no gap and no pixel twice.

namespace mp4d {
namespace {

constexpr double kNear = 1e-4;  // metres
constexpr int kBandRows = 16;   // fixed, so that results do not depend on the number of threads

using Vec3d = Eigen::Vector3d;

struct EdgeFunction {
  double x, y, constant;  // value at (px, py) is x * px + (y * py + constant)
  bool owns_zero;         // a pixel exactly on the edge belongs to this side
};

struct Triangle {
  EdgeFunction edge[3];  // >= 0 inside; edge k is opposite of corner k and its value is w_k
  double volume = 0;     // |det|; 0 = not drawn
  int x_begin = 0, x_end = 0, y_begin = 0, y_end = 0;
};

bool comes_before(const Vec3d& a, const Vec3d& b) {
  return std::lexicographical_compare(a.data(), a.data() + 3, b.data(), b.data() + 3);
}

EdgeFunction edge_function(const Camera& camera, const Vec3d& from, const Vec3d& to, double orientation) {
  const bool swapped = comes_before(to, from);
  const Vec3d n = swapped ? to.cross(from) : from.cross(to);
  const double fx = camera.fx, fy = camera.fy;
  const double sign = swapped ? -orientation : orientation;
  EdgeFunction e;
  e.x = sign * (n.x() / fx);
  e.y = sign * (n.y() / fy);
  e.constant = sign * (n.z() - n.x() / fx * camera.cx - n.y() / fy * camera.cy);
  e.owns_zero = e.x > 0 || (e.x == 0 && e.y > 0);
  return e;
}

Triangle set_up(const Camera& camera, const std::array<Vec3d, 3>& corner) {
  Triangle t;
  double u_min = std::numeric_limits<double>::max(), v_min = u_min, u_max = -u_min, v_max = -u_min;
  const auto extend = [&](const Vec3d& p) {
    const double u = camera.fx * p.x() / p.z() + camera.cx, v = camera.fy * p.y() / p.z() + camera.cy;
    u_min = std::min(u_min, u), u_max = std::max(u_max, u);
    v_min = std::min(v_min, v), v_max = std::max(v_max, v);
  };
  for (int k = 0; k < 3; ++k) {
    const Vec3d &a = corner[k], &b = corner[(k + 1) % 3];
    if (!a.allFinite()) return t;
    if (a.z() >= kNear) extend(a);
    if ((a.z() < kNear) != (b.z() < kNear)) {
      Vec3d crossing = a + (b - a) * ((kNear - a.z()) / (b.z() - a.z()));
      crossing.z() = kNear;
      extend(crossing);
    }
  }
  // A pixel of margin: the edge functions decide.
  const auto pixel = [](double value, int limit) { return static_cast<int>(std::clamp(value, 0.0, double(limit))); };
  t.x_begin = pixel(std::floor(u_min - 1), camera.width), t.x_end = pixel(std::ceil(u_max + 1), camera.width);
  t.y_begin = pixel(std::floor(v_min - 1), camera.height), t.y_end = pixel(std::ceil(v_max + 1), camera.height);
  if (t.x_begin >= t.x_end || t.y_begin >= t.y_end) return t;

  const double det = corner[0].dot(corner[1].cross(corner[2]));
  for (int k = 0; k < 3; ++k)
    t.edge[k] = edge_function(camera, corner[(k + 1) % 3], corner[(k + 2) % 3], det < 0 ? -1 : 1);
  t.volume = std::abs(det);
  return t;
}

// Narrows [begin, end) to where x * px + row >= 0, with a pixel of margin.
void narrow(double x, double row, double& begin, double& end) {
  if (x > 0) begin = std::max(begin, std::floor(-row / x - 0.5) - 1);
  if (x < 0) end = std::min(end, std::ceil(-row / x - 0.5) + 2);
  if (x == 0 && row < 0) end = begin;
}

void draw_row(const Triangle& t, int index, int y, GBuffer& out) {
  double row[3], begin = t.x_begin, end = t.x_end;
  for (int k = 0; k < 3; ++k) {
    row[k] = t.edge[k].y * (y + 0.5) + t.edge[k].constant;
    narrow(t.edge[k].x, row[k], begin, end);
  }
  if (!(begin < end)) return;  // also keeps the bounds in int
  const std::size_t first = static_cast<std::size_t>(y) * out.width;
  for (int x = static_cast<int>(begin); x < end; ++x) {
    double sum = 0;
    bool inside = true;
    for (int k = 0; k < 3; ++k) {
      const double w = t.edge[k].x * (x + 0.5) + row[k];
      inside = inside && (w > 0 || (w == 0 && t.edge[k].owns_zero));
      sum += w;
    }
    if (!inside) continue;
    const float depth = static_cast<float>(t.volume / sum);
    if (!(depth >= float(kNear)) || depth >= out.depth[first + x]) continue;
    out.depth[first + x] = depth;
    out.face[first + x] = index;
  }
}

}  // namespace

GBuffer rasterise(const Camera& camera, const Points& verts_in_world, const Faces& faces) {
  GBuffer out;
  out.width = camera.width;
  out.height = camera.height;
  const std::size_t pixels = static_cast<std::size_t>(out.width) * out.height;
  out.face.assign(pixels, -1);
  out.depth.assign(pixels, std::numeric_limits<float>::infinity());
  out.barycentric.assign(pixels, Vec2::Zero());

  const Eigen::Isometry3d camera_from_world = camera.camera_from_world.cast<double>();
  const int face_count = static_cast<int>(faces.rows());
  std::vector<Triangle> triangles(face_count);
  const bool large = pixels + 64 * static_cast<std::size_t>(face_count) > 20000;  // worth waking threads for
#pragma omp parallel for schedule(static) if (large)
  for (int i = 0; i < face_count; ++i) {
    std::array<Vec3d, 3> corner;
    for (int k = 0; k < 3; ++k)
      corner[k] = camera_from_world * verts_in_world.row(faces(i, k)).transpose().cast<double>();
    triangles[i] = set_up(camera, corner);
  }

  const int bands = (out.height + kBandRows - 1) / kBandRows;
  std::vector<std::vector<int>> in_band(bands);
  for (int i = 0; i < face_count; ++i)
    if (triangles[i].volume > 0)
      for (int b = triangles[i].y_begin / kBandRows; b <= (triangles[i].y_end - 1) / kBandRows; ++b)
        in_band[b].push_back(i);

#pragma omp parallel for schedule(dynamic, 1) if (large)
  for (int band = 0; band < bands; ++band) {
    const int y_begin = band * kBandRows, y_end = std::min(y_begin + kBandRows, out.height);
    for (int i : in_band[band])
      for (int y = std::max(y_begin, triangles[i].y_begin); y < std::min(y_end, triangles[i].y_end); ++y)
        draw_row(triangles[i], i, y, out);
    for (int y = y_begin; y < y_end; ++y)
      for (int x = 0; x < out.width; ++x) {
        const std::size_t at = static_cast<std::size_t>(y) * out.width + x;
        if (out.face[at] < 0) continue;
        double w[3];
        for (int k = 0; k < 3; ++k) {
          const EdgeFunction& e = triangles[out.face[at]].edge[k];
          w[k] = e.x * (x + 0.5) + (e.y * (y + 0.5) + e.constant);
        }
        const double scale = 1 / (w[0] + w[1] + w[2]);
        out.barycentric[at] = Vec2(static_cast<float>(w[1] * scale), static_cast<float>(w[2] * scale));
      }
  }
  return out;
}

Mask render_mask(const Camera& camera, const Points& verts_in_world, const Faces& faces) {
  const GBuffer buffer = rasterise(camera, verts_in_world, faces);
  Mask mask(camera.width, camera.height, 1);
  for (std::size_t i = 0; i < buffer.face.size(); ++i) mask.data[i] = buffer.face[i] >= 0 ? 255 : 0;
  return mask;
}

}  // namespace mp4d
