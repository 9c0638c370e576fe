#include "motion/distance_transform.h"
#include "motion/laplacian.h"
#include "motion/voxels.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

namespace mp4d {
namespace {

constexpr float kFarthest = 1e9f;  // m: squares of distances and their sums stay finite

// Ericson 2005, "Real-Time Collision Detection", 5.1.5: Voronoi regions of the triangle.
Vec3 closest_on_triangle(const Vec3& p, const Vec3& a, const Vec3& b, const Vec3& c) {
  const Vec3 ab = b - a, ac = c - a, ap = p - a;
  const float d1 = ab.dot(ap), d2 = ac.dot(ap);
  if (d1 <= 0 && d2 <= 0) return a;
  const Vec3 bp = p - b;
  const float d3 = ab.dot(bp), d4 = ac.dot(bp);
  if (d3 >= 0 && d4 <= d3) return b;
  const float vc = d1 * d4 - d3 * d2;
  if (vc <= 0 && d1 >= 0 && d3 <= 0) return d1 - d3 > 0 ? Vec3(a + d1 / (d1 - d3) * ab) : a;
  const Vec3 cp = p - c;
  const float d5 = ab.dot(cp), d6 = ac.dot(cp);
  if (d6 >= 0 && d5 <= d6) return c;
  const float vb = d5 * d2 - d1 * d6;
  if (vb <= 0 && d2 >= 0 && d6 <= 0) return d2 - d6 > 0 ? Vec3(a + d2 / (d2 - d6) * ac) : a;
  const float va = d3 * d6 - d5 * d4;
  if (va <= 0 && d4 - d3 >= 0 && d5 - d6 >= 0) {
    const float length = (d4 - d3) + (d5 - d6);
    return length > 0 ? Vec3(b + (d4 - d3) / length * (c - b)) : b;
  }
  const float sum = va + vb + vc;
  return sum > 0 ? Vec3(a + (vb / sum) * ab + (vc / sum) * ac) : a;
}

// Nearest point of the surface for samples within `reach` metres; distance infinity elsewhere.
struct NearSurface {
  std::vector<float> distance;
  std::vector<Vec3> point;
};

NearSurface near_surface(const VoxelGrid& grid, const Welded& mesh, float reach) {
  NearSurface near;
  near.distance.assign(grid.size(), std::numeric_limits<float>::infinity());
  near.point.resize(grid.size());
  const int n[3] = {grid.nx, grid.ny, grid.nz};
  // Slabs of z, one a task: no two threads write the same sample.
  constexpr int kSlab = 8;
#pragma omp parallel for schedule(dynamic)
  for (int slab = 0; slab < grid.nz; slab += kSlab) {
    for (Eigen::Index f = 0; f < mesh.faces.rows(); ++f) {
      const Vec3 a = mesh.verts.row(mesh.faces(f, 0)), b = mesh.verts.row(mesh.faces(f, 1)),
                 c = mesh.verts.row(mesh.faces(f, 2));
      int low[3], high[3];
      for (int k = 0; k < 3; ++k) {
        const float least = std::min({a[k], b[k], c[k]}) - reach, most = std::max({a[k], b[k], c[k]}) + reach;
        low[k] = std::max(0, int(std::ceil((least - grid.origin[k]) / grid.cell)));
        high[k] = std::min(n[k] - 1, int(std::floor((most - grid.origin[k]) / grid.cell)));
      }
      low[2] = std::max(low[2], slab);
      high[2] = std::min(high[2], slab + kSlab - 1);
      if (low[2] > high[2]) continue;
      const Vec3 normal = (b - a).cross(c - a).normalized();
      for (int z = low[2]; z <= high[2]; ++z)
        for (int y = low[1]; y <= high[1]; ++y)
          for (int x = low[0]; x <= high[0]; ++x) {
            const Vec3 p = grid.position(x, y, z);
            if (std::abs(normal.dot(p - a)) > reach) continue;
            const Vec3 q = closest_on_triangle(p, a, b, c);
            const float d = (p - q).norm();
            const std::size_t i = grid.index(x, y, z);
            if (d <= reach && d < near.distance[i]) near.distance[i] = d, near.point[i] = q;
          }
    }
  }
  return near;
}

// Turns the pieces of the mesh outward; returns +1 or -1 a face.
std::vector<int> outward_signs(const Welded& mesh, const std::vector<int>& component, int components) {
  std::vector<Eigen::Vector3d> centre(components, Eigen::Vector3d::Zero());
  std::vector<double> area(components, 0), volume(components, 0);
  const auto at = [&](Eigen::Index f, int k) -> Eigen::Vector3d {
    return mesh.verts.row(mesh.faces(f, k)).transpose().cast<double>();
  };
  for (int pass = 0; pass < 2; ++pass) {
    for (Eigen::Index f = 0; f < mesh.faces.rows(); ++f) {
      const int id = component[mesh.faces(f, 0)];
      const Eigen::Vector3d a = at(f, 0), b = at(f, 1), c = at(f, 2);
      if (pass == 0) {
        const double twice = (b - a).cross(c - a).norm();
        centre[id] += twice * (a + b + c) / 3;
        area[id] += twice;
      } else {
        volume[id] += (a - centre[id]).dot((b - centre[id]).cross(c - centre[id]));
      }
    }
    if (pass == 0)
      for (int id = 0; id < components; ++id) centre[id] /= std::max(area[id], 1e-300);
  }
  std::vector<int> signs(mesh.faces.rows());
  for (Eigen::Index f = 0; f < mesh.faces.rows(); ++f) signs[f] = volume[component[mesh.faces(f, 0)]] < 0 ? -1 : 1;
  return signs;
}

// How many of the six axis rays from each sample see a positive winding number.
std::vector<char> ray_votes(const VoxelGrid& grid, const Welded& mesh, const std::vector<int>& signs) {
  std::vector<char> votes(grid.size(), 0);
  const int n[3] = {grid.nx, grid.ny, grid.nz};
  const std::size_t stride[3] = {1, std::size_t(grid.nx), std::size_t(grid.nx) * grid.ny};
  for (int axis = 0; axis < 3; ++axis) {
    const int u = (axis + 1) % 3, w = (axis + 2) % 3;
    // Winding steps between neighbouring samples: entry i is crossed just before sample i.
    std::vector<std::int16_t> step(grid.size(), 0);
    std::vector<std::int16_t> past_end(static_cast<std::size_t>(n[u]) * n[w], 0);
    for (Eigen::Index f = 0; f < mesh.faces.rows(); ++f) {
      // Cell units; columns are moved off the samples by odd fractions, so that none meets an edge or a vertex.
      std::array<Eigen::Vector3d, 3> p;
      for (int k = 0; k < 3; ++k) {
        const Eigen::Vector3d q =
            ((mesh.verts.row(mesh.faces(f, k)).transpose() - grid.origin) / grid.cell).cast<double>();
        p[k] = {q[u] - 3.1731e-4, q[w] + 2.7183e-4, q[axis]};
      }
      const double area = (p[1].x() - p[0].x()) * (p[2].y() - p[0].y()) - (p[2].x() - p[0].x()) * (p[1].y() - p[0].y());
      if (area == 0) continue;
      // Normal towards +axis (area > 0): leaving the solid.
      const int sign = (area > 0 ? -1 : 1) * signs[f];
      const int u0 = std::max(0, int(std::ceil(std::min({p[0].x(), p[1].x(), p[2].x()}))));
      const int u1 = std::min(n[u] - 1, int(std::floor(std::max({p[0].x(), p[1].x(), p[2].x()}))));
      const int w0 = std::max(0, int(std::ceil(std::min({p[0].y(), p[1].y(), p[2].y()}))));
      const int w1 = std::min(n[w] - 1, int(std::floor(std::max({p[0].y(), p[1].y(), p[2].y()}))));
      for (int iw = w0; iw <= w1; ++iw)
        for (int iu = u0; iu <= u1; ++iu) {
          double b[3];
          for (int k = 0; k < 3; ++k) {
            const auto &q = p[(k + 1) % 3], &r = p[(k + 2) % 3];
            b[k] = ((q.x() - iu) * (r.y() - iw) - (r.x() - iu) * (q.y() - iw)) / area;
          }
          if (b[0] < 0 || b[1] < 0 || b[2] < 0) continue;
          const int i = std::max(0, int(std::ceil(b[0] * p[0].z() + b[1] * p[1].z() + b[2] * p[2].z())));
          if (i < n[axis])
            step[iu * stride[u] + iw * stride[w] + i * stride[axis]] += std::int16_t(sign);
          else
            past_end[std::size_t(iw) * n[u] + iu] += std::int16_t(sign);
        }
    }
#pragma omp parallel for
    for (int iw = 0; iw < n[w]; ++iw)
      for (int iu = 0; iu < n[u]; ++iu) {
        const std::size_t base = iu * stride[u] + iw * stride[w];
        int total = past_end[std::size_t(iw) * n[u] + iu];
        for (int i = 0; i < n[axis]; ++i) total += step[base + i * stride[axis]];
        int below = 0;
        for (int i = 0; i < n[axis]; ++i) {
          below += step[base + i * stride[axis]];
          votes[base + i * stride[axis]] += char((below >= 1) + (below - total >= 1));
        }
      }
  }
  return votes;
}

// Samples that the surface cuts off from the border of the grid. Two neighbours with the surface between them are
// not both farther than half a cell from it, so walls of samples nearer than that let no path of unit steps through.
std::vector<char> reached_from_border(const VoxelGrid& grid, const std::vector<float>& surface_distance) {
  std::vector<char> reached(grid.size(), 0);
  std::vector<std::array<int, 3>> open = {{0, 0, 0}};
  reached[0] = 1;
  const float wall = 0.501f * grid.cell;
  while (!open.empty()) {
    const auto [x, y, z] = open.back();
    open.pop_back();
    constexpr int kSteps[6][3] = {{1, 0, 0}, {-1, 0, 0}, {0, 1, 0}, {0, -1, 0}, {0, 0, 1}, {0, 0, -1}};
    for (const auto& s : kSteps) {
      const int a = x + s[0], b = y + s[1], c = z + s[2];
      if (a < 0 || b < 0 || c < 0 || a >= grid.nx || b >= grid.ny || c >= grid.nz) continue;
      const std::size_t i = grid.index(a, b, c);
      if (reached[i] || surface_distance[i] < wall) continue;
      reached[i] = 1;
      open.push_back({a, b, c});
    }
  }
  return reached;
}

int count_open_edges(const Faces& faces) {
  std::map<std::pair<int, int>, int> balance;  // +1 for one direction, +1000 for the other
  for (Eigen::Index f = 0; f < faces.rows(); ++f)
    for (int k = 0; k < 3; ++k) {
      const int a = faces(f, k), b = faces(f, (k + 1) % 3);
      balance[{std::min(a, b), std::max(a, b)}] += a < b ? 1 : 1000;
    }
  return int(std::count_if(balance.begin(), balance.end(), [](const auto& edge) { return edge.second != 1001; }));
}

}  // namespace

Result<Solid> voxelise(const Mesh& mesh, const SolidOptions& options, JobContext* job) {
  if (mesh.faces.rows() == 0)
    return fail(ErrorCode::kInput, "mesh: no faces ({} vertices); give a triangle mesh, not a point cloud",
                mesh.verts.rows());
  if (!mesh.verts.allFinite()) return fail(ErrorCode::kInput, "mesh: vertex positions are not finite; repair the file");
  if (const float far = mesh.verts.cwiseAbs().maxCoeff(); far > kFarthest)
    return fail(ErrorCode::kInput, "mesh: vertices up to {:.3g} m from the origin, at most {:.0e} can be used; scale it",
                far, kFarthest);
  if (mesh.faces.minCoeff() < 0 || mesh.faces.maxCoeff() >= mesh.verts.rows())
    return fail(ErrorCode::kInput, "mesh: a face names a vertex outside 0..{}; repair the file", mesh.verts.rows() - 1);
  const Welded welded = weld(mesh.verts, mesh.faces);
  Aabb box;
  for (Eigen::Index f = 0; f < welded.faces.rows(); ++f)
    for (int k = 0; k < 3; ++k) box.extend(welded.verts.row(welded.faces(f, k)).transpose());
  const float longest = box.isEmpty() ? 0 : box.sizes().maxCoeff();
  if (!(longest > 0)) return fail(ErrorCode::kInput, "mesh: all faces lie in one point; check its scale");

  const int resolution = std::clamp(options.resolution, 8, 512);
  const float cell = longest / float(resolution);
  const float thicken = std::max(0.0f, options.thicken) * cell;
  Solid solid;
  solid.distance = make_grid(box, resolution + 6, 3 * cell + thicken);
  VoxelGrid& grid = solid.distance;

  std::vector<int> component;
  solid.components = connected_components(welded.faces, int(welded.verts.rows()), component);
  std::vector<char> used(solid.components, 0);
  for (Eigen::Index f = 0; f < welded.faces.rows(); ++f) used[component[welded.faces(f, 0)]] = 1;
  const std::vector<int> signs = outward_signs(welded, component, solid.components);
  solid.components = int(std::count(used.begin(), used.end(), 1));
  solid.open_edges = count_open_edges(welded.faces);

  const NearSurface near = near_surface(grid, welded, 1.5f * grid.cell);
  MP4D_CHECK(check(job));
  const std::vector<char> votes = ray_votes(grid, welded, signs);
  const std::vector<char> reached = reached_from_border(grid, near.distance);
  MP4D_CHECK(check(job));

  std::vector<char> inside(grid.size());
  std::size_t count = 0;
  for (std::size_t i = 0; i < inside.size(); ++i) {
    const bool wall = near.distance[i] < 0.501f * grid.cell;
    inside[i] = votes[i] >= 4 || (!wall && !reached[i]);
    count += std::size_t(inside[i]);
  }
  if (count == 0 && thicken == 0)
    return fail(
        ErrorCode::kInput,
        "mesh: encloses no volume at {} cells along its longest side; close it, give it thickness, or raise the "
        "resolution",
        resolution);

  // Seeds: samples beside a change of sign, with the point of the surface (or of the cap over a hole) between.
  std::vector<char> seed(grid.size(), 0);
  std::vector<Vec3> seed_point(grid.size());
#pragma omp parallel for
  for (int z = 0; z < grid.nz; ++z)
    for (int y = 0; y < grid.ny; ++y)
      for (int x = 0; x < grid.nx; ++x) {
        const std::size_t i = grid.index(x, y, z);
        const auto differs = [&](int a, int b, int c) {
          return a >= 0 && b >= 0 && c >= 0 && a < grid.nx && b < grid.ny && c < grid.nz &&
                 inside[grid.index(a, b, c)] != inside[i];
        };
        bool beside = false;          // any of 26 neighbours on the other side
        Vec3 towards = Vec3::Zero();  // those of the 6 nearest
        for (int c = -1; c <= 1; ++c)
          for (int b = -1; b <= 1; ++b)
            for (int a = -1; a <= 1; ++a)
              if (differs(x + a, y + b, z + c)) {
                beside = true;
                if (std::abs(a) + std::abs(b) + std::abs(c) == 1) towards += Vec3(float(a), float(b), float(c));
              }
        if (!beside) continue;
        if (std::isfinite(near.distance[i])) {
          seed[i] = 1;
          seed_point[i] = near.point[i];
        } else if (towards.squaredNorm() > 0) {
          seed[i] = 1;
          seed_point[i] = grid.position(x, y, z) + 0.5f * grid.cell * towards.normalized();
        }
      }
  const auto distances = [&](const std::vector<char>& seeds, const std::vector<Vec3>& points) {
    const std::vector<int> nearest = nearest_seed(seeds, grid.nx, grid.ny, grid.nz);
    std::vector<float> result(grid.size(), std::numeric_limits<float>::infinity());
    // The seed whose sample is nearest need not be the one whose point is: its neighbours' are tried as well.
#pragma omp parallel for
    for (int z = 0; z < grid.nz; ++z)
      for (int y = 0; y < grid.ny; ++y)
        for (int x = 0; x < grid.nx; ++x) {
          const std::size_t i = grid.index(x, y, z);
          if (nearest[i] < 0) continue;
          const Vec3 p = grid.position(x, y, z);
          const int sx = nearest[i] % grid.nx, sy = nearest[i] / grid.nx % grid.ny,
                    sz = nearest[i] / (grid.nx * grid.ny);
          for (int c = std::max(0, sz - 1); c <= std::min(grid.nz - 1, sz + 1); ++c)
            for (int b = std::max(0, sy - 1); b <= std::min(grid.ny - 1, sy + 1); ++b)
              for (int a = std::max(0, sx - 1); a <= std::min(grid.nx - 1, sx + 1); ++a)
                if (const std::size_t s = grid.index(a, b, c); seeds[s])
                  result[i] = std::min(result[i], (p - points[s]).squaredNorm());
        }
    for (float& d : result) d = std::sqrt(d);
    return result;
  };
  const std::vector<float> to_boundary = distances(seed, seed_point);
  MP4D_CHECK(check(job));

  std::vector<float> to_surface;
  if (thicken > 0) {
    std::vector<char> on_surface(grid.size());
    for (std::size_t i = 0; i < on_surface.size(); ++i) on_surface[i] = near.distance[i] <= grid.cell;
    to_surface = distances(on_surface, near.point);
  }
  std::size_t inside_count = 0;
  for (std::size_t i = 0; i < grid.size(); ++i) {
    float d = inside[i] ? -to_boundary[i] : to_boundary[i];
    if (thicken > 0) d = (inside[i] ? d : std::min(d, to_surface[i])) - thicken;
    grid.values[i] = d;
    inside_count += d < 0;
  }
  solid.inside_share = double(inside_count) / double(grid.size());
  return solid;
}

Result<Mesh> make_watertight(const Mesh& mesh, const SolidOptions& options, JobContext* job) {
  MP4D_TRY(solid, voxelise(mesh, options, job));
  return extract_surface(solid.distance);
}

}  // namespace mp4d
