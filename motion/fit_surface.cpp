#include "motion/fit_surface.h"
#include "core/rng.h"
#include <algorithm>
#include <cmath>
#include <nanoflann.hpp>
#include <numeric>

namespace mp4d::fitting {
namespace {

struct Cloud {
  const std::vector<V3>& points;
  std::size_t kdtree_get_point_count() const { return points.size(); }
  double kdtree_get_pt(std::size_t i, std::size_t d) const { return points[i][static_cast<Eigen::Index>(d)]; }
  template <class Box>
  bool kdtree_get_bbox(Box&) const {
    return false;
  }
};
using Index = nanoflann::KDTreeSingleIndexAdaptor<nanoflann::L2_Simple_Adaptor<double, Cloud>, Cloud, 3, std::uint32_t>;

struct CloudTree {
  Cloud cloud;
  Index index;
  explicit CloudTree(const std::vector<V3>& points) : cloud{points}, index(3, cloud, {16}) { index.buildIndex(); }
  int nearest(const V3& x, int k, std::uint32_t* found) const {
    double squared[8];
    return static_cast<int>(index.knnSearch(x.data(), static_cast<std::size_t>(k), found, squared));
  }
};

V3 face_normal(const V3& a, const V3& b, const V3& c) { return (b - a).cross(c - a).normalized(); }

double squared_distance(const V3& p, const V3& a, const V3& b, const V3& c) {
  const auto to_segment = [&p](const V3& s, const V3& e) {
    const V3 d = e - s;
    const double length2 = d.squaredNorm();
    const double t = length2 > 0 ? std::clamp((p - s).dot(d) / length2, 0.0, 1.0) : 0.0;
    return (s + t * d - p).squaredNorm();
  };
  const V3 n = (b - a).cross(c - a);
  const bool inside = n.dot((b - a).cross(p - a)) >= 0 && n.dot((c - b).cross(p - b)) >= 0 &&
                      n.dot((a - c).cross(p - c)) >= 0 && n.squaredNorm() > 0;
  if (inside) return std::pow(n.dot(p - a), 2) / n.squaredNorm();
  return std::min({to_segment(a, b), to_segment(b, c), to_segment(c, a)});
}

struct Match {
  int model, target;
  double weight;
};

// Nearest member of `candidates` (by distance to x) whose normal agrees, or -1.
template <class Point, class Normal>
int nearest_agreeing(const V3& x, const V3& normal, const std::vector<int>& candidates, const Point& point,
                     const Normal& normal_of) {
  int best = -1;
  double best_distance = std::numeric_limits<double>::infinity();
  for (int i : candidates) {
    const double distance = (point(i) - x).squaredNorm();
    if (distance < best_distance && normal_of(i).dot(normal) > 0) best = i, best_distance = distance;
  }
  return best;
}

struct PosedModel {
  std::vector<V3> points, normals;
  PosedModel(const SurfaceModel& model, const Posed& posed) : points(model.points.size()), normals(points.size()) {
    for (int i = 0; i < model.points.size(); ++i) {
      points[i] = model.points.position(i, posed.skin);
      M3 blend = M3::Zero();
      for (int k = model.points.start[i]; k < model.points.start[i + 1]; ++k) {
        const Influence& f = model.points.influences[k];
        blend += f.u[3] * posed.rotation[f.bone];
      }
      normals[i] = (blend * model.normals[i]).normalized();
    }
  }
};

class TriangleSearch {
 public:
  TriangleSearch(const Eigen::MatrixX3d& verts, const Faces& faces)
      : faces_(faces), faces_of_(static_cast<std::size_t>(verts.rows())) {
    for (Eigen::Index v = 0; v < verts.rows(); ++v) verts_.push_back(verts.row(v));
    for (Eigen::Index f = 0; f < faces.rows(); ++f)
      for (int k = 0; k < 3; ++k) faces_of_[faces(f, k)].push_back(static_cast<int>(f));
  }

  double mean_squared_distance(const std::vector<V3>& points) const {
    const CloudTree tree(verts_);
    std::uint32_t found[8];
    double sum = 0;
    for (const V3& x : points) {
      double best = std::numeric_limits<double>::infinity();
      const int count = tree.nearest(x, 8, found);
      for (int k = 0; k < count; ++k) {
        best = std::min(best, (verts_[found[k]] - x).squaredNorm());
        for (int f : faces_of_[found[k]])
          best = std::min(best, squared_distance(x, verts_[faces_(f, 0)], verts_[faces_(f, 1)], verts_[faces_(f, 2)]));
      }
      sum += best;
    }
    return sum / static_cast<double>(std::max<std::size_t>(points.size(), 1));
  }

 private:
  std::vector<V3> verts_;
  const Faces& faces_;
  std::vector<std::vector<int>> faces_of_;
};

}  // namespace

struct SurfaceTarget::Tree : CloudTree {
  using CloudTree::CloudTree;
};

double percentile(std::vector<double> values, double percent) {
  if (values.empty()) return std::numeric_limits<double>::infinity();
  const auto at = values.begin() + static_cast<std::ptrdiff_t>((values.size() - 1) * percent / 100);
  std::nth_element(values.begin(), at, values.end());
  return *at;
}

std::vector<FacePoint> sample_faces(const Eigen::MatrixX3d& verts, const Faces& faces, int count, int seed) {
  std::vector<double> area_up_to(static_cast<std::size_t>(faces.rows()));
  double total = 0;
  for (Eigen::Index f = 0; f < faces.rows(); ++f) {
    const V3 a = verts.row(faces(f, 0)), b = verts.row(faces(f, 1)), c = verts.row(faces(f, 2));
    total += 0.5 * (b - a).cross(c - a).norm();
    area_up_to[f] = total;
  }
  std::vector<FacePoint> samples;
  if (!(total > 0)) return samples;
  samples.reserve(count);
  for (int i = 0; i < count; ++i) {
    const double at = total * (i + rng::uniform(seed, 0, i)) / count;
    const auto f = std::lower_bound(area_up_to.begin(), area_up_to.end(), at);
    const double root = std::sqrt(rng::uniform(seed, 1, i)), v = rng::uniform(seed, 2, i);
    samples.push_back({static_cast<int>(std::min(f, area_up_to.end() - 1) - area_up_to.begin()), 1 - root,
                       root * (1 - v), root * v});
  }
  return samples;
}

int heaviest_bone(const PointSet& points, int point) {
  const auto first = points.influences.begin() + points.start[point], last = points.influences.begin() + points.start[point + 1];
  return std::max_element(first, last, [](const Influence& x, const Influence& y) { return x.u[3] < y.u[3]; })->bone;
}

std::vector<V3> sample_points(const SurfaceModel& model, const Posed& posed) {
  std::vector<V3> x(model.points.size());
  for (int i = 0; i < model.points.size(); ++i) x[i] = model.points.position(i, posed.skin);
  return x;
}

SurfaceModel sample_model(const Eigen::MatrixX3d& verts, const Faces& faces, const Skin& skin, int count, int seed) {
  SurfaceModel model;
  for (const FacePoint& s : sample_faces(verts, faces, count, seed)) {
    const int a = faces(s.face, 0), b = faces(s.face, 1), c = faces(s.face, 2);
    model.points.add({{a, s.a}, {b, s.b}, {c, s.c}}, verts, skin);
    model.normals.push_back(face_normal(verts.row(a), verts.row(b), verts.row(c)));
    model.part.push_back(heaviest_bone(model.points, model.points.size() - 1));
  }
  return model;
}

SurfaceTarget::SurfaceTarget(const Eigen::MatrixX3d& verts, const Faces& faces, int count, int seed) {
  for (const FacePoint& s : sample_faces(verts, faces, count, seed)) {
    const V3 a = verts.row(faces(s.face, 0)), b = verts.row(faces(s.face, 1)), c = verts.row(faces(s.face, 2));
    points_.push_back(s.a * a + s.b * b + s.c * c);
    normals_.push_back(face_normal(a, b, c));
  }
  tree_ = std::make_unique<Tree>(points_);
}
SurfaceTarget::~SurfaceTarget() = default;
// The tree refers to points_ by address, so a moved target builds its own.
SurfaceTarget::SurfaceTarget(SurfaceTarget&& other) noexcept
    : points_(std::move(other.points_)), normals_(std::move(other.normals_)), tree_(std::make_unique<Tree>(points_)) {}

V3 SurfaceTarget::centroid() const {
  return std::accumulate(points_.begin(), points_.end(), V3(V3::Zero())) / std::max(size(), 1);
}

int SurfaceTarget::nearest(const V3& x, int k, std::uint32_t* index) const { return tree_->nearest(x, k, index); }

FrameData match_surfaces(const SurfaceModel& model, const PairTable& table, const Posed& posed,
                         const SurfaceTarget& target, const MatchOptions& options) {
  const PosedModel now(model, posed);
  const int nx = model.points.size(), ny = target.size();
  const int bones = table.joints;
  const CloudTree tree(now.points);
  constexpr int kNeighbours = 4;

  std::vector<int> target_of(nx, -1), model_of(ny, -1), label(ny, -1);
#pragma omp parallel for schedule(static)
  for (int i = 0; i < nx; ++i) {
    std::uint32_t found[kNeighbours];
    const int count = target.nearest(now.points[i], kNeighbours, found);
    for (int k = 0; k < count && target_of[i] < 0; ++k)
      if (target.normal(found[k]).dot(now.normals[i]) > 0) target_of[i] = static_cast<int>(found[k]);
  }
#pragma omp parallel for schedule(static)
  for (int i = 0; i < ny; ++i) {
    std::uint32_t found[kNeighbours];
    const int count = tree.nearest(target.point(i), kNeighbours, found);
    int vote[3], votes = 0;
    for (int k = 0; k < count; ++k) {
      if (now.normals[found[k]].dot(target.normal(i)) <= 0) continue;
      if (model_of[i] < 0) model_of[i] = static_cast<int>(found[k]);
      if (votes < 3) vote[votes++] = model.part[found[k]];
    }
    if (votes > 0) label[i] = votes == 3 && vote[1] == vote[2] ? vote[1] : vote[0];
  }

  std::vector<std::vector<int>> model_part(bones), target_part(bones);
  for (int i = 0; i < nx; ++i) model_part[model.part[i]].push_back(i);
  for (int i = 0; i < ny; ++i)
    if (label[i] >= 0) target_part[label[i]].push_back(i);
  const auto is_part = [&](int b) {
    return b >= 0 && model_part[b].size() >= kSmallestPart && target_part[b].size() >= kSmallestPart;
  };
  int parts = 0;
  for (int b = 0; b < bones; ++b) parts += is_part(b);

  std::vector<Match> matches;
  matches.reserve(2 * static_cast<std::size_t>(nx + ny));
  for (int i = 0; i < nx; ++i) {
    const int b = model.part[i];
    if (target_of[i] >= 0) matches.push_back({i, target_of[i], 1.0 / nx});
    if (!is_part(b) || options.local_weight <= 0) continue;
    const double weight = options.local_weight / (parts * static_cast<double>(model_part[b].size()));
    // The global match is the local one when it lies in the same part.
    const int local = target_of[i] >= 0 && label[target_of[i]] == b
                          ? target_of[i]
                          : nearest_agreeing(now.points[i], now.normals[i], target_part[b],
                                             [&](int k) -> const V3& { return target.point(k); },
                                             [&](int k) -> const V3& { return target.normal(k); });
    if (local >= 0 && local == target_of[i]) matches.back().weight += weight;
    else if (local >= 0) matches.push_back({i, local, weight});
  }
  for (int i = 0; i < ny; ++i) {
    const int b = label[i];
    if (model_of[i] >= 0) matches.push_back({model_of[i], i, 1.0 / ny});
    if (!is_part(b) || options.local_weight <= 0) continue;
    const double weight = options.local_weight / (parts * static_cast<double>(target_part[b].size()));
    const int local = model.part[model_of[i]] == b
                          ? model_of[i]
                          : nearest_agreeing(target.point(i), target.normal(i), model_part[b],
                                             [&](int k) -> const V3& { return now.points[k]; },
                                             [&](int k) -> const V3& { return now.normals[k]; });
    if (local >= 0 && local == model_of[i]) matches.back().weight += weight;
    else if (local >= 0) matches.push_back({local, i, weight});
  }

  std::vector<double> distance(matches.size());
  for (std::size_t i = 0; i < matches.size(); ++i)
    distance[i] = (now.points[matches[i].model] - target.point(matches[i].target)).norm();
  const double cap = percentile(distance, options.outlier_percentile);

  FrameData data;
  auto moments = std::make_shared<Moments>();
  moments->k.assign(table.pairs.size(), Eigen::Matrix4d::Zero());
  data.d.assign(bones, M34::Zero());
  data.rows.emplace_back(&model.points, std::vector<PlaneRow>{});
  auto& rows = data.rows.back().second;
  rows.reserve(matches.size());
  for (std::size_t i = 0; i < matches.size(); ++i) {
    const V3& y = target.point(matches[i].target);
    // The mean of both normals: no error between samples of one circular arc (symmetric ICP, Rusinkiewicz 2019).
    const V3 n = (target.normal(matches[i].target) + now.normals[matches[i].model]).normalized();
    const double weight = 0.5 * matches[i].weight * (distance[i] > cap ? cap / distance[i] : 1.0);
    rows.push_back({matches[i].model, n, n.dot(y), weight * (1 - options.point_share)});
    const double w = weight * options.point_share;
    if (w <= 0) continue;
    data.y2 += w * y.squaredNorm();
    const int first = model.points.start[matches[i].model], last = model.points.start[matches[i].model + 1];
    for (int a = first; a < last; ++a) {
      const Influence& fa = model.points.influences[a];
      data.d[fa.bone] += (w * y) * fa.u.transpose();
      for (int b = a; b < last; ++b) {
        const Influence& fb = model.points.influences[b];
        moments->k[table.find(fa.bone, fb.bone)] += (w * fa.u) * fb.u.transpose();
      }
    }
  }
  data.moments = std::move(moments);
  return data;
}

double mean_squared_distance(const Eigen::MatrixX3d& verts_a, const Faces& faces_a, const std::vector<V3>& samples_a,
                             const Eigen::MatrixX3d& verts_b, const Faces& faces_b, const std::vector<V3>& samples_b) {
  return 0.5 * (TriangleSearch(verts_b, faces_b).mean_squared_distance(samples_a) +
                TriangleSearch(verts_a, faces_a).mean_squared_distance(samples_b));
}

double chamfer(const std::vector<V3>& points, const SurfaceTarget& target) {
  const CloudTree tree(points);
  std::uint32_t found;
  double to_target = 0, to_points = 0;
  for (const V3& x : points) {
    target.nearest(x, 1, &found);
    to_target += (target.point(found) - x).norm();
  }
  for (int i = 0; i < target.size(); ++i) {
    tree.nearest(target.point(i), 1, &found);
    to_points += (points[found] - target.point(i)).norm();
  }
  return to_target / static_cast<double>(points.size()) + to_points / target.size();
}

std::pair<M3, V3> align_rigidly(const std::vector<V3>& points, const SurfaceTarget& target, M3 rotation, V3 translation,
                                int iterations) {
  const double count = static_cast<double>(points.size());
  const V3 centre = std::accumulate(points.begin(), points.end(), V3(V3::Zero())) / count;
  for (int i = 0; i < iterations; ++i) {
    M3 covariance = M3::Zero();
    V3 mean = V3::Zero();
    std::uint32_t found;
    for (const V3& x : points) {
      target.nearest(rotation * x + translation, 1, &found);
      covariance += target.point(found) * (x - centre).transpose();
      mean += target.point(found);
    }
    mean /= count;
    rotation = nearest_rotation(covariance);
    translation = mean - rotation * centre;
  }
  return {rotation, translation};
}

}  // namespace mp4d::fitting
