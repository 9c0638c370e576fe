#include "reconstruction/field/surface_score.h"
#include "motion/point_tree.h"
#include "render/hard_raster.h"
#include <algorithm>
#include <cmath>

namespace mp4d {
namespace {

constexpr float kBoxGrowth = 0.05f;
constexpr float kHiddenPixels = 3;  // a slanted surface's depth changes by some pixels' width within one

struct Samples {
  Points points, normals;
};

/// The faces of which a camera sees all corners and `box` holds them.
Faces seen_faces(const Mesh& mesh, const std::vector<Camera>& cameras, const Aabb& box) {
  std::vector<std::uint8_t> seen(static_cast<std::size_t>(mesh.verts.rows()), 0);
  for (const Camera& camera : cameras) {
    const GBuffer buffer = rasterise(camera, mesh.verts, mesh.faces);
#pragma omp parallel for schedule(static)
    for (std::size_t v = 0; v < seen.size(); ++v) {
      if (seen[v]) continue;
      const Vec3 at = mesh.verts.row(static_cast<Eigen::Index>(v)).transpose(), p = project(camera, at);
      if (!(p.z() > 0 && p.x() >= 0 && p.y() >= 0 && p.x() < static_cast<float>(camera.width) && p.y() < static_cast<float>(camera.height)))
        continue;
      const auto pixel = static_cast<std::size_t>(p.y()) * static_cast<std::size_t>(camera.width) + static_cast<std::size_t>(p.x());
      seen[v] = p.z() <= buffer.depth[pixel] + kHiddenPixels * p.z() / camera.fx;
    }
  }
  std::vector<Eigen::Index> kept;
  for (Eigen::Index f = 0; f < mesh.faces.rows(); ++f) {
    const auto face = mesh.faces.row(f);
    const auto good = [&](int v) { return seen[static_cast<std::size_t>(v)] && box.contains(Vec3(mesh.verts.row(v))); };
    if (std::all_of(face.begin(), face.end(), good)) kept.push_back(f);
  }
  return mesh.faces(kept, Eigen::all);
}

Samples draw(const Points& verts, const Faces& faces, int count, std::uint64_t seed) {
  std::vector<int> face_of;
  Samples out{sample_surface(verts, faces, count, seed, &face_of), {}};
  out.normals.resize(out.points.rows(), 3);
  for (Eigen::Index i = 0; i < out.points.rows(); ++i) {
    const auto f = faces.row(face_of[static_cast<std::size_t>(i)]);
    const Vec3 a = verts.row(f[0]), b = verts.row(f[1]), c = verts.row(f[2]);
    out.normals.row(i) = (b - a).cross(c - a).normalized();
  }
  return out;
}

struct OneWay {
  double distance = 0, within = 0, alignment = 0;
};

OneWay compare(const Samples& from, const Samples& to, double threshold) {
  const PointTree tree(to.points);
  const Eigen::Index n = from.points.rows();
  std::vector<float> distance(static_cast<std::size_t>(n)), alignment(static_cast<std::size_t>(n));
#pragma omp parallel for schedule(static)
  for (Eigen::Index i = 0; i < n; ++i) {
    float squared = 0;
    const int j = tree.nearest(from.points.row(i), squared);
    distance[static_cast<std::size_t>(i)] = std::sqrt(squared);
    alignment[static_cast<std::size_t>(i)] = std::abs(from.normals.row(i).dot(to.normals.row(j)));
  }
  OneWay out;
  for (std::size_t i = 0; i < distance.size(); ++i) {
    out.distance += distance[i];
    out.within += distance[i] < threshold;
    out.alignment += alignment[i];
  }
  for (double* sum : {&out.distance, &out.within, &out.alignment}) *sum /= static_cast<double>(n);
  return out;
}

}  // namespace

const OptionTable<SurfaceScoreOptions>& surface_score_options() {
  static const OptionTable<SurfaceScoreOptions> table = [] {
    OptionTable<SurfaceScoreOptions> t;
    using S = SurfaceScoreOptions;
    t.add("threshold", &S::threshold, 1e-9, 1e9, "distance within which a point counts as right, scene units");
    t.add("samples", &S::samples, 100, 10000000, "points drawn on each surface");
    return t;
  }();
  return table;
}

nlohmann::json SurfaceScore::to_json() const {
  return {{"accuracy", accuracy}, {"completion", completion}, {"chamfer", chamfer}, {"precision", precision},
          {"recall", recall}, {"f", f}, {"normal_consistency", normal_consistency}};
}

Result<SurfaceScore> score_surface(const Mesh& result, const Mesh& truth, const std::vector<Camera>& cameras,
                                   const SurfaceScoreOptions& options, JobContext* job) {
  begin_phase(job, "compare", 4);
  Aabb box = bounds(truth.verts);
  const Vec3 room = 0.5f * kBoxGrowth * box.sizes();
  box = Aabb(box.min() - room, box.max() + room);
  Samples samples[2];
  int done = 0;
  for (const Mesh* mesh : {&result, &truth}) {
    MP4D_CHECK(check(job));
    samples[done] = draw(mesh->verts, seen_faces(*mesh, cameras, box), options.samples, static_cast<std::uint64_t>(done) + 1);
    if (samples[done].points.rows() == 0)
      return fail(ErrorCode::kInput, "the {} mesh: no camera sees any of it within the truth's box; are both in the scene's coordinates?",
                  mesh == &result ? "result's" : "truth's");
    step(job, ++done);
  }
  const OneWay there = compare(samples[0], samples[1], options.threshold);
  step(job, 3);
  const OneWay back = compare(samples[1], samples[0], options.threshold);
  step(job, 4);
  SurfaceScore score;
  score.accuracy = there.distance;
  score.completion = back.distance;
  score.chamfer = 0.5 * (there.distance + back.distance);
  score.precision = there.within;
  score.recall = back.within;
  const double sum = score.precision + score.recall;
  score.f = sum > 0 ? 2 * score.precision * score.recall / sum : 0;
  score.normal_consistency = 0.5 * (there.alignment + back.alignment);
  return score;
}

}  // namespace mp4d
