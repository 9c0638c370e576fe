#include "core/isosurface.h"
#include <algorithm>
#include <array>
#include <cmath>
#include <stdexcept>

namespace mp4d {
namespace {

// Corner c of a cell lies at (c & 1, c >> 1 & 1, c >> 2 & 1). Edge e runs along axis e / 4 from its lower corner.
struct CellEdge {
  int axis;
  int from, to;  // corners
};

constexpr std::array<CellEdge, 12> kEdges = [] {
  std::array<CellEdge, 12> edges{};
  for (int axis = 0, e = 0; axis < 3; ++axis)
    for (int corner = 0; corner < 8; ++corner)
      if (!(corner >> axis & 1)) edges[e++] = {axis, corner, corner | 1 << axis};
  return edges;
}();

int edge_between(int a, int b) {
  for (int e = 0; e < 12; ++e)
    if ((kEdges[e].from == a && kEdges[e].to == b) || (kEdges[e].from == b && kEdges[e].to == a)) return e;
  return -1;
}

// Triangles of a case as triples of edges. The table is derived rather than listed: each face of the cell joins its
// crossed edges by directed segments with the inside on the right as seen from outside the cell; the segments of all six
// faces form closed loops, and each loop is cut into triangles.
using Table = std::array<std::vector<std::array<std::uint8_t, 3>>, 256>;

// Edges of a common face: a diagonal between them could also be one of the neighbouring cell's.
bool share_face(int e, int f) {
  for (int axis = 0; axis < 3; ++axis)
    for (int side = 0; side < 2; ++side) {
      const auto on = [&](int edge) {
        return kEdges[edge].axis != axis && (kEdges[edge].from >> axis & 1) == side;
      };
      if (on(e) && on(f)) return true;
    }
  return false;
}

// Cuts ears off the loop by diagonals through the inside of the cell. False if there is no such way.
bool cut_ears(std::vector<int> loop, std::vector<std::array<std::uint8_t, 3>>& triangles) {
  const std::size_t n = loop.size(), before = triangles.size();
  if (n < 3) return true;
  for (std::size_t i = 0; i < n; ++i) {
    const int a = loop[(i + n - 1) % n], b = loop[i], c = loop[(i + 1) % n];
    if (n > 3 && share_face(a, c)) continue;
    triangles.push_back({std::uint8_t(a), std::uint8_t(b), std::uint8_t(c)});
    std::vector<int> rest = loop;
    rest.erase(rest.begin() + std::ptrdiff_t(i));
    if (n == 3 || cut_ears(rest, triangles)) return true;
    triangles.resize(before);
  }
  return false;
}

Table make_table() {
  std::array<std::array<int, 4>, 6> rings{};  // corners of each face, counter-clockwise seen from outside
  for (int axis = 0; axis < 3; ++axis) {
    const int u = 1 << (axis + 1) % 3, v = 1 << (axis + 2) % 3, w = 1 << axis;
    rings[2 * axis] = {0, v, u | v, u};
    rings[2 * axis + 1] = {w, w | u, w | u | v, w | v};
  }
  Table table;
  for (int inside = 0; inside < 256; ++inside) {
    std::array<int, 12> next;
    next.fill(-1);
    for (const auto& ring : rings) {
      // Walking round the face, a segment leads from where the walk came inside to where it leaves next, so that every
      // run of inside corners is cut off by itself.
      for (int i = 0; i < 4; ++i) {
        const bool leaves = (inside >> ring[i] & 1) && !(inside >> ring[(i + 1) % 4] & 1);
        if (!leaves) continue;
        int first = i;
        while (inside >> ring[(first + 3) % 4] & 1) first = (first + 3) % 4;
        next[edge_between(ring[(first + 3) % 4], ring[first])] = edge_between(ring[i], ring[(i + 1) % 4]);
      }
    }
    for (int start = 0; start < 12; ++start) {
      std::vector<int> loop;
      for (int e = start; next[e] >= 0;) {
        loop.push_back(e);
        const int following = next[e];
        next[e] = -1;
        e = following;
      }
      if (!cut_ears(loop, table[inside])) throw std::logic_error("marching cubes: a loop has no triangulation inside its cell");
    }
  }
  return table;
}

}  // namespace

Isosurface marching_cubes(const Volume& volume, float level) {
  static const Table table = make_table();
  const int nx = volume.size.x(), ny = volume.size.y(), nz = volume.size.z();
  Isosurface surface;
  if (nx < 1 || ny < 1 || nz < 1) return surface;

  // The grid is looked at with a border of one sample below the level; sample (0, 0, 0) of the volume is (1, 1, 1) here.
  const int px = nx + 2, py = ny + 2;
  const auto value = [&](int x, int y, int z) {
    return volume.values[(std::size_t(z - 1) * ny + (y - 1)) * nx + (x - 1)];
  };
  const auto layer_of = [&](int z) {
    std::vector<std::uint8_t> layer(std::size_t(px) * py, 0);
    if (z < 1 || z > nz) return layer;
    for (int y = 1; y <= ny; ++y)
      for (int x = 1; x <= nx; ++x) layer[std::size_t(y) * px + x] = value(x, y, z) > level;
    return layer;
  };

  std::vector<Eigen::Vector3f> verts;
  std::vector<std::array<std::int32_t, 3>> faces;
  // Vertices on the edges that start in a layer of samples, by axis; x and y edges of the layer above are shared with
  // the next slab of cells.
  using LayerEdges = std::array<std::vector<std::int32_t>, 3>;
  const auto no_edges = [&] {
    LayerEdges edges;
    for (auto& axis : edges) axis.assign(std::size_t(px) * py, -1);
    return edges;
  };
  std::vector<std::uint8_t> below = layer_of(0);
  LayerEdges edges_below = no_edges();
  for (int z = 0; z <= nz; ++z) {
    const std::vector<std::uint8_t> above = layer_of(z + 1);
    LayerEdges edges_above = no_edges();
    for (int y = 0; y <= ny; ++y) {
      const std::uint8_t* rows[4] = {&below[std::size_t(y) * px], &below[std::size_t(y + 1) * px],
                                     &above[std::size_t(y) * px], &above[std::size_t(y + 1) * px]};
      for (int x = 0; x <= nx; ++x) {
        int inside = 0;
        for (int r = 0; r < 4; ++r) inside |= (rows[r][x] | rows[r][x + 1] << 1) << 2 * r;
        if (inside == 0 || inside == 255) continue;
        const auto vertex = [&](int e) {
          const CellEdge& edge = kEdges[e];
          const int cx = x + (edge.from & 1), cy = y + (edge.from >> 1 & 1), cz = z + (edge.from >> 2 & 1);
          std::int32_t& id = (cz == z ? edges_below : edges_above)[edge.axis][std::size_t(cy) * px + cx];
          if (id >= 0) return id;
          Eigen::Vector3i from(cx, cy, cz), to = from + Eigen::Vector3i::Unit(edge.axis);
          const auto sample = [&](const Eigen::Vector3i& p, float& v) {
            if ((p.array() < 1).any() || p.x() > nx || p.y() > ny || p.z() > nz) return false;
            v = value(p.x(), p.y(), p.z());
            return std::isfinite(v);
          };
          float a = 0, b = 0;
          const bool known = sample(from, a) && sample(to, b);
          const float t = known ? std::clamp((level - a) / (b - a), 0.0f, 1.0f) : 0.5f;
          Eigen::Vector3f at = from.cast<float>() - Eigen::Vector3f::Ones();
          at[edge.axis] += t;
          id = std::int32_t(verts.size());
          verts.push_back(at);
          surface.axis_of_vertex.push_back(std::uint8_t(edge.axis));
          return id;
        };
        for (const auto& triangle : table[inside])
          faces.push_back({vertex(triangle[0]), vertex(triangle[1]), vertex(triangle[2])});
      }
    }
    below = above;
    edges_below = std::move(edges_above);
  }

  surface.verts.resize(Eigen::Index(verts.size()), 3);
  for (std::size_t i = 0; i < verts.size(); ++i) surface.verts.row(Eigen::Index(i)) = verts[i].transpose();
  surface.faces.resize(Eigen::Index(faces.size()), 3);
  for (std::size_t i = 0; i < faces.size(); ++i)
    surface.faces.row(Eigen::Index(i)) << faces[i][0], faces[i][1], faces[i][2];
  return surface;
}

}  // namespace mp4d
