#include "reconstruction/articulated/picture_colours.h"
#include "reconstruction/articulated/distance_field2d.h"
#include "render/hard_raster.h"
#include <algorithm>
#include <array>
#include <cmath>

namespace mp4d {
namespace {

constexpr int kBest = 8;               // frames kept a point
constexpr float kLeastFacing = 0.17f;  // cosine of 80 degrees
constexpr float kDepthTolerance = 0.02f;  // of the surface's size
constexpr float kMargin = 0.03f;       // of the root of the mask's area: full trust from this far inside
constexpr float kWellSeen = 0.25f;     // sum of weights
constexpr float kAgree = 0.06f;        // difference from the median at which a colour counts a quarter

struct Candidate {
  float weight = 0;
  std::array<std::uint8_t, 3> colour{};
};
/// Heaviest first. The last one is only the bar that the others must pass.
using Candidates = std::array<Candidate, kBest + 1>;

void insert(Candidates& best, const Candidate& c) {
  if (c.weight <= best.back().weight) return;
  auto at = std::prev(best.end());
  for (; at != best.begin() && std::prev(at)->weight < c.weight; --at) *at = *std::prev(at);
  *at = c;
}

/// What a frame shows of the surface.
struct View {
  const Camera& camera;
  const Image& image;
  const Points& verts;
  Points normals;
  std::vector<bool> front;  // faces that may look at the camera
  GBuffer buffer;
  ImageF depth_inside;      // pixels to the nearest edge, of the mask or of what hides something behind it
  float tolerance, margin;
  Vec3 eye;
  float resolution;         // pixels a metre at the subject
};

float luma(const Image& image, int x, int y) {
  if (image.channels < 3) return image.at(x, y);
  return 0.3f * image.at(x, y, 0) + 0.59f * image.at(x, y, 1) + 0.11f * image.at(x, y, 2);
}

/// Mean size of the Laplacian inside the mask: falls with motion blur and defocus.
float sharpness(const Image& image, const Mask& mask) {
  double sum = 0;
  int count = 0;
  for (int y = 1; y + 1 < image.height; ++y) {
    for (int x = 1; x + 1 < image.width; ++x) {
      if (!mask.at(x * mask.width / image.width, y * mask.height / image.height)) continue;
      sum += std::abs(4 * luma(image, x, y) - luma(image, x - 1, y) - luma(image, x + 1, y) - luma(image, x, y - 1) -
                      luma(image, x, y + 1));
      ++count;
    }
  }
  return count ? static_cast<float>(sum / count) : 0;
}

/// Of each frame relative to the median frame, at most 1.
std::vector<float> relative_sharpness(const FilmedSurface& film) {
  const int count = static_cast<int>(film.frames.size());
  std::vector<float> value(count);
#pragma omp parallel for schedule(dynamic)
  for (int t = 0; t < count; ++t) value[t] = sharpness(film.images[t], film.masks[t]);
  std::vector<float> sorted = value;
  std::nth_element(sorted.begin(), sorted.begin() + count / 2, sorted.end());
  const float median = sorted[count / 2];
  for (float& v : value) v = median > 0 ? std::min(1.0f, v / median) : 1;
  return value;
}

float resolution_of(const Camera& camera, const Points& verts) {
  return camera.fx / std::max(1e-6f, (camera.camera_from_world * Vec3(bounds(verts).center())).z());
}

/// Pixels from which the surface behind is hidden: the depth jumps next to them.
bool at_jump(const GBuffer& buffer, int x, int y, float tolerance) {
  const auto depth = [&](int i, int j) { return buffer.depth[static_cast<std::size_t>(j) * buffer.width + i]; };
  const float own = depth(x, y);
  if (std::isinf(own)) return false;
  const auto jumps = [&](int i, int j) {
    if (i < 0 || j < 0 || i >= buffer.width || j >= buffer.height || std::isinf(depth(i, j))) return false;
    return std::abs(depth(i, j) - own) > 2 * tolerance;
  };
  return jumps(x - 1, y) || jumps(x + 1, y) || jumps(x, y - 1) || jumps(x, y + 1);
}

View view_of(const FilmedSurface& film, std::size_t t) {
  const Points& verts = film.frames[t];
  View view{film.cameras[t], film.images[t], verts, vertex_normals(verts, film.faces), {}, {}, {}, 0, 0, {}, 0};
  view.eye = view.camera.camera_from_world.inverse().translation();
  std::vector<float> facing(verts.rows());
  for (Eigen::Index v = 0; v < verts.rows(); ++v)
    facing[v] = view.normals.row(v).dot((view.eye.transpose() - verts.row(v)).normalized());
  view.front.resize(film.faces.rows());
  for (Eigen::Index f = 0; f < film.faces.rows(); ++f)
    view.front[f] = std::max({facing[film.faces(f, 0)], facing[film.faces(f, 1)], facing[film.faces(f, 2)]}) > kLeastFacing;
  view.buffer = rasterise(view.camera, verts, film.faces);
  view.tolerance = kDepthTolerance * bounds(verts).sizes().maxCoeff();
  Mask clear = film.masks[t];
  const auto area = std::count_if(clear.data.begin(), clear.data.end(), [](auto m) { return m != 0; });
  for (int y = 0; y < clear.height; ++y)
    for (int x = 0; x < clear.width; ++x)
      if (at_jump(view.buffer, x, y, view.tolerance)) clear.at(x, y) = 0;
  view.depth_inside = signed_distance(clear);
  for (float& d : view.depth_inside.data) d = -d;
  view.margin = std::max(2.0f, kMargin * std::sqrt(static_cast<float>(area)));
  view.resolution = resolution_of(view.camera, verts);
  return view;
}

/// Bilinear at picture coordinates (u, v), pixel centres at integer + 0.5.
std::array<std::uint8_t, 3> colour_at(const Image& image, float u, float v) {
  const float x = std::clamp(u - 0.5f, 0.0f, image.width - 1.001f), y = std::clamp(v - 0.5f, 0.0f, image.height - 1.001f);
  const int x0 = static_cast<int>(x), y0 = static_cast<int>(y);
  const float a = x - x0, b = y - y0;
  std::array<std::uint8_t, 3> out;
  for (int c = 0; c < 3; ++c) {
    const int channel = image.channels >= 3 ? c : 0;
    const float top = (1 - a) * image.at(x0, y0, channel) + a * image.at(x0 + 1, y0, channel);
    const float low = (1 - a) * image.at(x0, y0 + 1, channel) + a * image.at(x0 + 1, y0 + 1, channel);
    out[c] = static_cast<std::uint8_t>((1 - b) * top + b * low + 0.5f);
  }
  return out;
}

/// Weight 0 where the view does not show the point.
Candidate look(const View& view, const Faces& faces, const SurfacePoint& point, float frame_weight) {
  if (!view.front[point.face]) return {};
  const auto blend = [&](const Points& rows) -> Vec3 {
    return ((1 - point.b1 - point.b2) * rows.row(faces(point.face, 0)) + point.b1 * rows.row(faces(point.face, 1)) +
            point.b2 * rows.row(faces(point.face, 2)))
        .transpose();
  };
  const Vec3 p = blend(view.verts), normal = blend(view.normals), to_eye = view.eye - p;
  const float facing = normal.dot(to_eye) / (normal.norm() * to_eye.norm());
  if (!(facing > kLeastFacing)) return {};
  const Vec3 q = project(view.camera, p);
  const int x = static_cast<int>(std::floor(q.x())), y = static_cast<int>(std::floor(q.y()));
  if (!(q.z() > 0) || x < 0 || y < 0 || x >= view.buffer.width || y >= view.buffer.height) return {};
  if (q.z() > view.buffer.depth[static_cast<std::size_t>(y) * view.buffer.width + x] + view.tolerance) return {};
  // Pixels next to an edge mix both sides.
  const float inside = std::clamp((view.depth_inside.at(x, y) - 1) / view.margin, 0.0f, 1.0f);
  if (inside <= 0) return {};
  const float direct = (facing - kLeastFacing) / (1 - kLeastFacing);
  const float ratio = static_cast<float>(view.image.width) / view.camera.width;
  return {frame_weight * direct * direct * inside, colour_at(view.image, ratio * q.x(), ratio * q.y())};
}

float weighted_median(const Candidates& best, int channel) {
  std::array<std::pair<std::uint8_t, float>, kBest> values;
  float half = 0;
  for (int i = 0; i < kBest; ++i) {
    values[i] = {best[i].colour[channel], best[i].weight};
    half += 0.5f * best[i].weight;
  }
  std::sort(values.begin(), values.end());
  for (const auto& [value, weight] : values)
    if ((half -= weight) <= 0) return value;
  return values.back().first;
}

}  // namespace

Result<PictureColours> colours_from_pictures(const FilmedSurface& film, const std::vector<SurfacePoint>& points,
                                             JobContext* job) {
  const std::vector<float> sharp = relative_sharpness(film);
  float finest = 0;
  for (std::size_t t = 0; t < film.frames.size(); ++t)
    finest = std::max(finest, resolution_of(film.cameras[t], film.frames[t]));

  const int count = static_cast<int>(points.size());
  std::vector<Candidates> best(points.size());
  for (std::size_t t = 0; t < film.frames.size(); ++t) {
    MP4D_CHECK(check(job));
    const View view = view_of(film, t);
    const float scale = view.resolution / finest;
    const float frame_weight = scale * scale * sharp[t] * sharp[t];
#pragma omp parallel for schedule(static)
    for (int i = 0; i < count; ++i) insert(best[i], look(view, film.faces, points[i], frame_weight));
  }

  PictureColours out{Points::Zero(count, 3), Eigen::VectorXf::Zero(count)};
#pragma omp parallel for schedule(static)
  for (int i = 0; i < count; ++i) {
    Candidates& list = best[i];
    float total = 0;
    for (const Candidate& c : list) total += c.weight;
    out.seen[i] = std::min(1.0f, total / kWellSeen);
    // Less the bar's weight: a frame that takes another's place from point to point does so without a jump.
    if (list.back().weight < 0.99f * list.front().weight)
      for (int k = 0; k < kBest; ++k) list[k].weight -= list.back().weight;
    const Vec3 median(weighted_median(list, 0), weighted_median(list, 1), weighted_median(list, 2));
    Vec3 sum = Vec3::Zero();
    float weights = 0;
    for (int k = 0; k < kBest && list[k].weight > 0; ++k) {
      const Vec3 colour(list[k].colour[0], list[k].colour[1], list[k].colour[2]);
      const float off = (colour - median).squaredNorm() / (255 * 255 * kAgree * kAgree);
      const float weight = list[k].weight / ((1 + off) * (1 + off));
      sum += weight * colour;
      weights += weight;
    }
    if (weights > 0) out.colours.row(i) = (sum / (255 * weights)).transpose();
  }
  return out;
}

}  // namespace mp4d
