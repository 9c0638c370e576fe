#include "motion/unwrap.h"
#include "motion/pack_outlines.h"
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <map>
#include <numbers>
#include <queue>
#include <tuple>

namespace mp4d {
namespace {

using Vec2d = Eigen::Vector2d;
using Vec3d = Eigen::Vector3d;
using Triangle2 = std::array<Vec2d, 3>;

constexpr double kMostTilt = 0.57;     // cosine of 55 degrees
constexpr double kLeastArea = 0.3;     // of a face, that projection may leave
constexpr int kMostRounds = 64;
constexpr int kRefits = 3;
constexpr int kTurns = 48;             // directions tried for the smallest bounding rectangle

struct Surface {
  const Points& verts;
  const Faces& faces;
  std::vector<Vec3d> normal;                   // of each face, smoothed over its neighbours
  std::vector<double> area;
  std::vector<std::vector<int>> neighbours;    // faces across the edges

  Surface(const Points& v, const Faces& f) : verts(v), faces(f), normal(f.rows()), area(f.rows()), neighbours(f.rows()) {
    const Points smooth = vertex_normals(v, f);
    std::map<std::pair<int, int>, int> open;  // edge -> a face that waits for its other side
    for (int i = 0; i < static_cast<int>(f.rows()); ++i) {
      area[i] = 0.5 * (corner(i, 1) - corner(i, 0)).cross(corner(i, 2) - corner(i, 0)).norm();
      Vec3d sum = Vec3d::Zero();
      for (int k = 0; k < 3; ++k) {
        sum += smooth.row(f(i, k)).transpose().cast<double>();
        const std::pair<int, int> edge = std::minmax(f(i, k), f(i, (k + 1) % 3));
        const auto [other, first] = open.try_emplace(edge, i);
        if (first) continue;
        neighbours[i].push_back(other->second);
        neighbours[other->second].push_back(i);
        open.erase(other);
      }
      normal[i] = sum.normalized();
    }
  }
  Vec3d corner(int face, int k) const { return verts.row(faces(face, k)).transpose().cast<double>(); }
  int size() const { return static_cast<int>(faces.rows()); }
};

/// Grows all charts at once, the best fitting face first.
std::vector<int> grow(const Surface& surface, const std::vector<int>& seeds, const std::vector<Vec3d>& axes) {
  struct Entry {
    double misfit;
    int face, chart;
    bool operator<(const Entry& o) const { return std::tie(misfit, face, chart) > std::tie(o.misfit, o.face, o.chart); }
  };
  std::vector<int> chart_of(surface.size(), -1);
  std::priority_queue<Entry> queue;
  for (std::size_t c = 0; c < seeds.size(); ++c) queue.push({-1, seeds[c], static_cast<int>(c)});
  while (!queue.empty()) {
    const Entry e = queue.top();
    queue.pop();
    if (chart_of[e.face] >= 0) continue;
    chart_of[e.face] = e.chart;
    for (const int n : surface.neighbours[e.face])
      if (chart_of[n] < 0) queue.push({1 - surface.normal[n].dot(axes[e.chart]), n, e.chart});
  }
  return chart_of;
}

/// A first division: charts are added where the surface turns too far away from its chart's mean normal.
std::vector<int> divide(const Surface& surface) {
  std::vector<int> seeds, component;
  const int count = connected_components(surface.faces, static_cast<int>(surface.verts.rows()), component);
  std::vector<bool> begun(count, false);
  std::vector<Vec3d> axes;
  const auto add = [&](int face) {
    seeds.push_back(face);
    axes.push_back(surface.normal[face]);
  };
  for (int f = 0; f < surface.size(); ++f) {
    if (begun[component[surface.faces(f, 0)]]) continue;
    begun[component[surface.faces(f, 0)]] = true;
    add(f);
  }
  std::vector<int> chart_of;
  for (int round = 0; round < kMostRounds; ++round) {
    std::vector<int> worst;
    for (int refit = 0; refit < kRefits; ++refit) {
      chart_of = grow(surface, seeds, axes);
      for (Vec3d& axis : axes) axis.setZero();
      for (int f = 0; f < surface.size(); ++f)
        if (chart_of[f] >= 0) axes[chart_of[f]] += surface.area[f] * surface.normal[f];
      std::vector<double> best(seeds.size(), -2), least(seeds.size(), kMostTilt);
      worst.assign(seeds.size(), -1);
      for (std::size_t c = 0; c < axes.size(); ++c)
        axes[c] = axes[c].norm() > 0 ? axes[c].normalized() : surface.normal[seeds[c]];
      for (int f = 0; f < surface.size(); ++f) {
        const int c = chart_of[f];
        if (c < 0) continue;
        const double fit = surface.normal[f].dot(axes[c]);
        if (fit > best[c]) best[c] = fit, seeds[c] = f;
        if (fit < least[c]) least[c] = fit, worst[c] = f;
      }
    }
    const std::size_t before = seeds.size();
    for (const int f : worst)
      if (f >= 0) add(f);
    if (seeds.size() == before) break;
  }
  return chart_of;
}

double cross(const Vec2d& a, const Vec2d& b) { return a.x() * b.y() - a.y() * b.x(); }

/// Whether two counter-clockwise triangles share more than a border: no side of either parts them.
bool overlap(const Triangle2& a, const Triangle2& b) {
  const auto parts = [](const Triangle2& t, const Triangle2& other) {
    for (int k = 0; k < 3; ++k) {
      const Vec2d from = t[k], side = t[(k + 1) % 3] - from;
      const double noise = 1e-12 * side.squaredNorm();
      if (std::all_of(other.begin(), other.end(), [&](const Vec2d& p) { return cross(side, p - from) <= noise; })) return true;
    }
    return false;
  };
  return !parts(a, b) && !parts(b, a);
}

/// Faces laid flat along one direction, none over another.
class Chart {
 public:
  Chart(const Surface& surface, const Vec3d& axis) : surface_(surface) {
    across_ = axis.unitOrthogonal();
    along_ = axis.cross(across_);
  }

  /// Takes the face if it lies face up and over none of the others.
  bool take(int face) {
    Triangle2 flat;
    for (int k = 0; k < 3; ++k) flat[k] = flatten(surface_.corner(face, k));
    if (0.5 * cross(flat[1] - flat[0], flat[2] - flat[0]) < kLeastArea * surface_.area[face] && !faces_.empty()) return false;
    Eigen::AlignedBox2d box;
    for (const Vec2d& p : flat) box.extend(p);
    for (std::size_t i = 0; i < faces_.size(); ++i)
      if (boxes_[i].intersects(box) && overlap(flats_[i], flat)) return false;
    faces_.push_back(face);
    flats_.push_back(flat);
    boxes_.push_back(box);
    return true;
  }

  const std::vector<int>& faces() const { return faces_; }

  /// A point in the chart's box, seen from outside the surface; like texels, rows count downwards.
  Vec2 place(const Vec3d& p, const Eigen::AlignedBox2d& box) const {
    const Vec2d flat = flatten(p);
    return Vec2d(flat.x() - box.min().x(), box.max().y() - flat.y()).cast<float>();
  }

  Outline outline(const Eigen::AlignedBox2d& box) const {
    Outline sides;
    for (const int f : faces_)
      for (int k = 0; k < 3; ++k)
        sides.push_back({place(surface_.corner(f, k), box), place(surface_.corner(f, (k + 1) % 3), box)});
    return sides;
  }

  /// Turns the chart to where its bounding box is smallest, longer side along x. The box.
  Eigen::AlignedBox2d settle() {
    double best = std::numeric_limits<double>::max(), turn = 0;
    const Vec3d x = across_, y = along_;
    Eigen::AlignedBox2d box;
    const auto turned = [&](double angle) {
      across_ = std::cos(angle) * x + std::sin(angle) * y;
      along_ = std::cos(angle) * y - std::sin(angle) * x;
      Eigen::AlignedBox2d b;
      for (const int f : faces_)
        for (int k = 0; k < 3; ++k) b.extend(flatten(surface_.corner(f, k)));
      return b;
    };
    for (int i = 0; i < kTurns; ++i) {
      const double angle = 0.5 * std::numbers::pi * i / kTurns;
      box = turned(angle);
      if (box.volume() < best) best = box.volume(), turn = angle;
    }
    box = turned(turn);
    if (box.sizes().y() > box.sizes().x()) box = turned(turn + 0.5 * std::numbers::pi);
    return box;
  }

 private:
  Vec2d flatten(const Vec3d& p) const { return {p.dot(across_), p.dot(along_)}; }

  const Surface& surface_;
  Vec3d across_, along_;
  std::vector<int> faces_;
  std::vector<Triangle2> flats_;
  std::vector<Eigen::AlignedBox2d> boxes_;
};

/// Charts that can be laid flat, from a first division: each keeps what it can, in the order of a walk from its best
/// face, and what is left makes charts of its own.
std::vector<Chart> lay_flat(const Surface& surface, const std::vector<int>& first) {
  std::vector<Chart> charts;
  std::vector<bool> laid(surface.size(), false);
  const auto walk = [&](int seed, const Vec3d& axis, const auto& belongs) {
    Chart chart(surface, axis);
    std::vector<bool> refused(surface.size(), false);
    std::queue<int> queue({seed});
    while (!queue.empty()) {
      const int f = queue.front();
      queue.pop();
      if (laid[f] || refused[f]) continue;
      refused[f] = !chart.take(f);
      if (refused[f]) continue;
      laid[f] = true;
      for (const int n : surface.neighbours[f])
        if (!laid[n] && !refused[n] && belongs(n)) queue.push(n);
    }
    charts.push_back(std::move(chart));
  };

  const int count = 1 + *std::max_element(first.begin(), first.end());
  std::vector<Vec3d> axes(count, Vec3d::Zero());
  std::vector<int> seeds(count, -1);
  for (int f = 0; f < surface.size(); ++f)
    if (first[f] >= 0) axes[first[f]] += surface.area[f] * surface.normal[f];
  for (int f = 0; f < surface.size(); ++f) {
    const int c = first[f];
    if (c >= 0 && (seeds[c] < 0 || surface.normal[f].dot(axes[c]) > surface.normal[seeds[c]].dot(axes[c]))) seeds[c] = f;
  }
  for (int c = 0; c < count; ++c)
    if (seeds[c] >= 0 && axes[c].norm() > 0) walk(seeds[c], axes[c].normalized(), [&](int f) { return first[f] == c; });
  for (int f = 0; f < surface.size(); ++f) {
    if (laid[f]) continue;
    const Vec3d axis = (surface.corner(f, 1) - surface.corner(f, 0)).cross(surface.corner(f, 2) - surface.corner(f, 0));
    const Vec3d unit = axis.norm() > 0 ? axis.normalized() : surface.normal[f];
    walk(f, unit, [&](int n) { return surface.normal[n].dot(unit) > kMostTilt; });
  }
  return charts;
}

}  // namespace

Result<Atlas> unwrap(const Points& verts, const Faces& faces, int size, int padding) {
  const Surface surface(verts, faces);
  std::vector<Chart> charts = lay_flat(surface, divide(surface));
  std::vector<Eigen::AlignedBox2d> boxes;
  std::vector<Outline> outlines;
  for (Chart& chart : charts) {
    boxes.push_back(chart.settle());
    outlines.push_back(chart.outline(boxes.back()));
  }
  // Charts are laid out on cells of half a padding.
  const double cell = std::max(1, padding / 2);
  const auto packing = pack_outlines(outlines, static_cast<int>(size / cell), static_cast<int>(std::ceil(padding / cell)));
  if (!packing)
    return fail(ErrorCode::kUsage, "a texture of {} x {} pixels has no room for the surface's {} charts; make it larger",
                size, size, charts.size());

  Atlas atlas;
  atlas.charts = static_cast<int>(charts.size());
  atlas.faces.resize(faces.rows(), 3);
  atlas.chart_of_face.resize(faces.rows());
  std::vector<Vec2> uvs;
  std::vector<int> in_chart(verts.rows(), -1), index(verts.rows());
  for (int c = 0; c < atlas.charts; ++c) {
    for (const int f : charts[c].faces()) {
      atlas.chart_of_face[f] = c;
      for (int k = 0; k < 3; ++k) {
        const int v = faces(f, k);
        if (in_chart[v] != c) {
          in_chart[v] = c;
          index[v] = static_cast<int>(uvs.size());
          const Vec2 flat = charts[c].place(surface.corner(f, k), boxes[c]);
          uvs.push_back((packing->corner[c] + packing->scale * flat) * static_cast<float>(cell / size));
          atlas.vertex_of.push_back(v);
        }
        atlas.faces(f, k) = index[v];
      }
    }
  }
  atlas.uvs.resize(static_cast<Eigen::Index>(uvs.size()), 2);
  for (std::size_t i = 0; i < uvs.size(); ++i) atlas.uvs.row(static_cast<Eigen::Index>(i)) = uvs[i].transpose();
  return atlas;
}

void split_at_seams(RiggedModel& model, const Atlas& atlas) {
  Mesh& mesh = model.mesh;
  mesh.normals = vertex_normals(mesh.verts, mesh.faces);
  const auto split = [&](auto& rows) {
    if (rows.rows() > 0) rows = rows(atlas.vertex_of, Eigen::all).eval();
  };
  split(mesh.verts);
  split(mesh.normals);
  split(mesh.colors);
  split(model.skin.joints);
  split(model.skin.weights);
  mesh.faces = atlas.faces;
  mesh.uvs = atlas.uvs;
}

}  // namespace mp4d
