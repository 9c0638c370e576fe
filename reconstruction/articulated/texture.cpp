#include "reconstruction/articulated/texture.h"
#include "reconstruction/articulated/vertex_colours.h"
#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

namespace mp4d {
namespace {

/// Finds the mirror image of surface points near the twins of their faces' corners.
class MirrorFinder {
 public:
  MirrorFinder(const Points& rest, const Faces& faces, const Symmetry& symmetry)
      : rest_(rest), faces_(faces), symmetry_(symmetry), around_(rest.rows()) {
    for (int f = 0; f < static_cast<int>(faces.rows()); ++f)
      for (int k = 0; k < 3; ++k) around_[faces(f, k)].push_back(f);
  }

  std::optional<SurfacePoint> twin(const SurfacePoint& point) const {
    Vec3 p = (1 - point.b1 - point.b2) * corner(point.face, 0) + point.b1 * corner(point.face, 1) +
             point.b2 * corner(point.face, 2);
    p[symmetry_.axis] *= -1;
    std::optional<SurfacePoint> best;
    float nearest = std::numeric_limits<float>::max();
    for (int k = 0; k < 3; ++k) {
      const int v = symmetry_.twin[faces_(point.face, k)];
      if (v < 0) continue;
      for (const int f : around_[v]) {
        const SurfacePoint candidate = near_point(f, p);
        const Vec3 q = (1 - candidate.b1 - candidate.b2) * corner(f, 0) + candidate.b1 * corner(f, 1) +
                       candidate.b2 * corner(f, 2);
        if ((q - p).squaredNorm() >= nearest) continue;
        nearest = (q - p).squaredNorm();
        best = candidate;
      }
    }
    return best;
  }

 private:
  Vec3 corner(int face, int k) const { return rest_.row(faces_(face, k)).transpose(); }

  /// Projection onto the face's plane, pushed back into the face.
  SurfacePoint near_point(int face, const Vec3& p) const {
    const Vec3 a = corner(face, 0), s = corner(face, 1) - a, t = corner(face, 2) - a, d = p - a;
    const float ss = s.dot(s), st = s.dot(t), tt = t.dot(t), det = ss * tt - st * st;
    if (!(det > 0)) return {face, 0, 0};
    float b1 = std::max(0.0f, (tt * s.dot(d) - st * t.dot(d)) / det), b2 = std::max(0.0f, (ss * t.dot(d) - st * s.dot(d)) / det);
    const float sum = std::max(1.0f, b1 + b2);
    return {face, b1 / sum, b2 / sum};
  }

  const Points& rest_;
  const Faces& faces_;
  const Symmetry& symmetry_;
  std::vector<std::vector<int>> around_;
};

int texel_of(const Atlas& atlas, const SurfacePoint& p, int size) {
  const Eigen::RowVector2f uv = (1 - p.b1 - p.b2) * atlas.uvs.row(atlas.faces(p.face, 0)) +
                                p.b1 * atlas.uvs.row(atlas.faces(p.face, 1)) + p.b2 * atlas.uvs.row(atlas.faces(p.face, 2));
  const auto cell = [&](float c) { return std::clamp(static_cast<int>(c * size), 0, size - 1); };
  return cell(uv.y()) * size + cell(uv.x());
}

}  // namespace

Result<Image> bake_texture(const FilmedSurface& film, const Atlas& atlas, const Points& rest, const Symmetry& symmetry,
                           int size, JobContext* job) {
  MP4D_TRY(base, bake_vertex_colours(film, rest, symmetry.twin, job));
  const GBuffer texels = draw_atlas(atlas, size);
  std::vector<SurfacePoint> points;
  std::vector<int> texel;
  for (int i = 0; i < size * size; ++i) {
    if (texels.face[i] < 0) continue;
    points.push_back({texels.face[i], texels.barycentric[i].x(), texels.barycentric[i].y()});
    texel.push_back(i);
  }
  MP4D_TRY(pictures, colours_from_pictures(film, points, job));

  const int count = static_cast<int>(points.size());
  AtlasCanvas seen(size);
  for (int i = 0; i < count; ++i) {
    seen.colours.row(texel[i]) = pictures.colours.row(i);
    seen.seen[texel[i]] = pictures.seen[i];
    seen.covered[texel[i]] = 1;
  }
  seen.widen(2);  // a mirror image may fall next to its chart's outermost texel

  const MirrorFinder mirror(rest, film.faces, symmetry);
  AtlasCanvas out(size);
#pragma omp parallel for schedule(dynamic, 1024)
  for (int i = 0; i < count; ++i) {
    const SurfacePoint& p = points[i];
    Eigen::RowVector3f colour = (1 - p.b1 - p.b2) * base.row(film.faces(p.face, 0)) +
                                p.b1 * base.row(film.faces(p.face, 1)) + p.b2 * base.row(film.faces(p.face, 2));
    if (const auto twin = pictures.seen[i] < 1 ? mirror.twin(p) : std::nullopt) {
      const int at = texel_of(atlas, *twin, size);
      if (seen.covered[at]) colour += seen.seen[at] * (seen.colours.row(at) - colour);
    }
    colour += pictures.seen[i] * (pictures.colours.row(i) - colour);
    out.colours.row(texel[i]) = colour;
    out.covered[texel[i]] = 1;
  }
  out.widen(texture_padding(size) / 2 + 1);
  return out.image();
}

}  // namespace mp4d
