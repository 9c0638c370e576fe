#include "core/mesh.h"
#include "core/rng.h"
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>

namespace mp4d {
namespace {

using Index = Eigen::Index;

/// Cross product of two sides: the face's normal, as long as twice its area.
Vec3 double_area_normal(const Points& verts, const Faces& faces, Index f) {
  const Vec3 a = verts.row(faces(f, 0)), b = verts.row(faces(f, 1)), c = verts.row(faces(f, 2));
  return (b - a).cross(c - a);
}

std::uint64_t directed_edge(std::int32_t from, std::int32_t to) {
  return static_cast<std::uint64_t>(static_cast<std::uint32_t>(from)) << 32 | static_cast<std::uint32_t>(to);
}

std::vector<std::uint64_t> sorted_directed_edges(const Faces& faces) {
  std::vector<std::uint64_t> edges;
  edges.reserve(static_cast<std::size_t>(faces.rows()) * 3);
  for (Index f = 0; f < faces.rows(); ++f)
    for (int k = 0; k < 3; ++k) edges.push_back(directed_edge(faces(f, k), faces(f, (k + 1) % 3)));
  std::sort(edges.begin(), edges.end());
  return edges;
}

}  // namespace

Points vertex_normals(const Points& verts, const Faces& faces) {
  Points normals = Points::Zero(verts.rows(), 3);
  for (Index f = 0; f < faces.rows(); ++f) {
    const Vec3 n = double_area_normal(verts, faces, f);
    for (int k = 0; k < 3; ++k) normals.row(faces(f, k)) += n.transpose();
  }
  for (Index v = 0; v < normals.rows(); ++v) {
    // Through double: the squared length of a tiny triangle's normal underflows in float.
    const Eigen::Vector3d n = normals.row(v).transpose().cast<double>();
    const double length = n.norm();
    normals.row(v) = length > 0 ? (n / length).cast<float>().transpose().eval() : Eigen::RowVector3f(0, 1, 0);
  }
  return normals;
}

Eigen::Matrix<int, Eigen::Dynamic, 2, Eigen::RowMajor> unique_edges(const Faces& faces) {
  std::vector<std::uint64_t> keys;
  keys.reserve(static_cast<std::size_t>(faces.rows()) * 3);
  for (Index f = 0; f < faces.rows(); ++f) {
    for (int k = 0; k < 3; ++k) {
      const auto [low, high] = std::minmax({faces(f, k), faces(f, (k + 1) % 3)});
      keys.push_back(directed_edge(low, high));
    }
  }
  std::sort(keys.begin(), keys.end());
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
  Eigen::Matrix<int, Eigen::Dynamic, 2, Eigen::RowMajor> edges(static_cast<Index>(keys.size()), 2);
  for (std::size_t e = 0; e < keys.size(); ++e) {
    edges(static_cast<Index>(e), 0) = static_cast<int>(keys[e] >> 32);
    edges(static_cast<Index>(e), 1) = static_cast<int>(keys[e] & 0xffffffffU);
  }
  return edges;
}

int connected_components(const Faces& faces, int vertex_count, std::vector<int>& component_of_vertex) {
  std::vector<int> parent(static_cast<std::size_t>(vertex_count));
  std::iota(parent.begin(), parent.end(), 0);
  const auto root = [&parent](int v) {
    while (parent[v] != v) v = parent[v] = parent[parent[v]];
    return v;
  };
  // The lower index wins, so that every root precedes its members.
  for (Index f = 0; f < faces.rows(); ++f) {
    for (int k = 1; k < 3; ++k) {
      const auto [low, high] = std::minmax({root(faces(f, 0)), root(faces(f, k))});
      parent[high] = low;
    }
  }
  component_of_vertex.assign(static_cast<std::size_t>(vertex_count), 0);
  int count = 0;
  for (int v = 0; v < vertex_count; ++v) {
    const int r = root(v);
    component_of_vertex[v] = r == v ? count++ : component_of_vertex[r];
  }
  return count;
}

double surface_area(const Points& verts, const Faces& faces) {
  double area = 0;
  for (Index f = 0; f < faces.rows(); ++f) area += 0.5 * double_area_normal(verts, faces, f).cast<double>().norm();
  return area;
}

double signed_volume(const Points& verts, const Faces& faces) {
  double volume = 0;
  for (Index f = 0; f < faces.rows(); ++f) {
    const Eigen::Vector3d a = verts.row(faces(f, 0)).transpose().cast<double>();
    const Eigen::Vector3d b = verts.row(faces(f, 1)).transpose().cast<double>();
    const Eigen::Vector3d c = verts.row(faces(f, 2)).transpose().cast<double>();
    volume += a.dot(b.cross(c)) / 6.0;
  }
  return volume;
}

bool is_watertight(const Faces& faces) {
  const std::vector<std::uint64_t> edges = sorted_directed_edges(faces);
  if (edges.empty() || std::adjacent_find(edges.begin(), edges.end()) != edges.end()) return false;
  return std::all_of(edges.begin(), edges.end(), [&edges](std::uint64_t edge) {
    return std::binary_search(edges.begin(), edges.end(), edge << 32 | edge >> 32);
  });
}

Points sample_surface(const Points& verts, const Faces& faces, int count, std::uint64_t seed,
                      std::vector<int>* face_of_sample) {
  enum Stream : std::uint64_t { kFace, kAlong, kAcross };
  std::vector<double> area_up_to(static_cast<std::size_t>(faces.rows()));
  double total = 0;
  for (Index f = 0; f < faces.rows(); ++f)
    area_up_to[f] = total += 0.5 * double_area_normal(verts, faces, f).cast<double>().norm();
  if (face_of_sample) face_of_sample->clear();
  if (!(total > 0)) return Points(0, 3);

  Points points(count, 3);
  if (face_of_sample) face_of_sample->resize(static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i) {
    const auto at = std::upper_bound(area_up_to.begin(), area_up_to.end(), rng::uniform(seed, kFace, i) * total);
    const Index f = std::min<Index>(at - area_up_to.begin(), faces.rows() - 1);
    const auto s = static_cast<float>(std::sqrt(rng::uniform(seed, kAlong, i)));
    const auto t = static_cast<float>(rng::uniform(seed, kAcross, i));
    points.row(i) =
        (1 - s) * verts.row(faces(f, 0)) + s * (1 - t) * verts.row(faces(f, 1)) + s * t * verts.row(faces(f, 2));
    if (face_of_sample) (*face_of_sample)[i] = static_cast<int>(f);
  }
  return points;
}

}  // namespace mp4d
