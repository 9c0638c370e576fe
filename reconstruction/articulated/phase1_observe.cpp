#include "reconstruction/articulated/phase1_observe.h"
#include "core/rng.h"
#include "motion/point_tree.h"
#include "reconstruction/articulated/distance_field2d.h"
#include "render/hard_raster.h"
#include <algorithm>
#include <cmath>

namespace mp4d {
namespace {

constexpr int kPool = 4096;
constexpr int kRasterSide = 256;

Aabb mask_box(const Mask& mask) {
  Aabb box;
  for (int y = 0; y < mask.height; ++y) {
    for (int x = 0; x < mask.width; ++x) {
      if (!mask.at(x, y)) continue;
      box.extend(Vec3(x, y, 0));
      box.extend(Vec3(x + 1, y + 1, 0));
    }
  }
  return box;
}

// A camera that sees the square about `box` at kRasterSide pixels. x0, y0, scale: raster = (picture - x0) * scale.
struct Window {
  Camera camera;
  float x0, y0, scale;
};

Window crop_camera(const Camera& camera, const Aabb& box) {
  const float side = 1.1f * std::max(box.sizes().x(), box.sizes().y()) + 4;
  Window w;
  w.x0 = box.center().x() - 0.5f * side;
  w.y0 = box.center().y() - 0.5f * side;
  w.scale = kRasterSide / side;
  w.camera = camera;
  w.camera.width = w.camera.height = kRasterSide;
  w.camera.fx *= w.scale;
  w.camera.fy *= w.scale;
  w.camera.cx = (camera.cx - w.x0) * w.scale;
  w.camera.cy = (camera.cy - w.y0) * w.scale;
  return w;
}

// Value and gradient of a distance field at a position in pixels, bilinear.
float sample(const ImageF& field, float x, float y, Vec2& gradient) {
  const float gx = std::clamp(x - 0.5f, 0.0f, field.width - 1.001f), gy = std::clamp(y - 0.5f, 0.0f, field.height - 1.001f);
  const int ix = static_cast<int>(gx), iy = static_cast<int>(gy);
  const float a = gx - ix, b = gy - iy;
  const float d00 = field.at(ix, iy), d10 = field.at(ix + 1, iy), d01 = field.at(ix, iy + 1), d11 = field.at(ix + 1, iy + 1);
  gradient = Vec2((1 - b) * (d10 - d00) + b * (d11 - d01), (1 - a) * (d01 - d00) + a * (d11 - d10));
  return (1 - b) * ((1 - a) * d00 + a * d10) + b * ((1 - a) * d01 + a * d11);
}

SubjectCrop cut_out(const Image& image, const Aabb& box) {
  SubjectCrop crop;
  const float side = 1.15f * std::max(box.sizes().x(), box.sizes().y()) + 4;
  crop.x0 = box.center().x() - 0.5f * side;
  crop.y0 = box.center().y() - 0.5f * side;
  crop.scale = kCropSide / side;
  crop.colours = ImageF(kCropSide, kCropSide, 3);
  const int reach = std::max(1, static_cast<int>(std::lround(1 / crop.scale)));  // averages about two pixels
  for (int y = 0; y < kCropSide; ++y) {
    for (int x = 0; x < kCropSide; ++x) {
      const int px = static_cast<int>(crop.x0 + (x + 0.5f) / crop.scale), py = static_cast<int>(crop.y0 + (y + 0.5f) / crop.scale);
      float sum[3] = {};
      int count = 0;
      for (int v = py - reach; v <= py + reach; ++v) {
        for (int u = px - reach; u <= px + reach; ++u) {
          const int cu = std::clamp(u, 0, image.width - 1), cv = std::clamp(v, 0, image.height - 1);
          for (int c = 0; c < 3; ++c) sum[c] += image.at(cu, cv, c);
          ++count;
        }
      }
      for (int c = 0; c < 3; ++c) crop.colours.at(x, y, c) = sum[c] / (255.0f * count);
    }
  }
  return crop;
}

// Vertices in front of everything and turned to the camera.
std::vector<std::uint8_t> visible_vertices(const Window& window, const GBuffer& buffer, const Points& verts, const Points& normals,
                                           float tolerance) {
  std::vector<std::uint8_t> visible(verts.rows(), 0);
  const Mat3 r = window.camera.camera_from_world.linear();
  for (Eigen::Index v = 0; v < verts.rows(); ++v) {
    const Vec3 in_camera = window.camera.camera_from_world * Vec3(verts.row(v).transpose());
    const Vec3 p = project(window.camera, verts.row(v).transpose());
    const int x = static_cast<int>(p.x()), y = static_cast<int>(p.y());
    if (p.z() <= 0 || p.x() < 1 || p.y() < 1 || x + 1 >= buffer.width || y + 1 >= buffer.height) continue;
    const Vec3 normal = r * normals.row(v).transpose();
    if (normal.dot(in_camera.normalized()) > -0.3f) continue;  // grazing views tell little of colour
    visible[v] = p.z() <= buffer.depth[y * buffer.width + x] + tolerance;
  }
  return visible;
}

template <class T>
void append(std::vector<T>& to, const std::vector<T>& from) {
  to.insert(to.end(), from.begin(), from.end());
}

void append(SurfacePoints& to, const SurfacePoints& from) {
  append(to.frame, from.frame);
  append(to.corner, from.corner);
  append(to.weight, from.weight);
}

void add_point(SurfacePoints& points, int frame, const Faces& faces, const GBuffer& buffer, int pixel) {
  const int face = buffer.face[pixel];
  const Vec2& b = buffer.barycentric[pixel];
  points.frame.push_back(frame);
  for (int c = 0; c < 3; ++c) points.corner.push_back(faces(face, c));
  points.weight.push_back(1 - b.x() - b.y());
  points.weight.push_back(b.x());
  points.weight.push_back(b.y());
}

Vec3 place(const SurfacePoints& points, const Points& verts) {
  const std::size_t i = points.size() - 1;
  Vec3 p = Vec3::Zero();
  for (int c = 0; c < 3; ++c) p += points.weight[3 * i + c] * verts.row(points.corner[3 * i + c]).transpose();
  return p;
}

}  // namespace

Phase1Observer::Phase1Observer(const std::vector<Image>& images, const std::vector<Mask>& masks,
                               const std::vector<FlowPair>& flow, const Faces& faces, unsigned seed)
    : flow_(flow), faces_(faces), seed_(seed), pools_(masks.size()), boxes_(masks.size()), crops_(masks.size()) {
  std::vector<double> areas;
  for (const Mask& mask : masks) {
    const double area = std::count_if(mask.data.begin(), mask.data.end(), [](auto v) { return v != 0; });
    if (area >= 64) areas.push_back(area);
  }
  if (areas.empty()) return;
  std::nth_element(areas.begin(), areas.begin() + areas.size() / 2, areas.end());
  unit_ = std::sqrt(static_cast<float>(areas[areas.size() / 2]));
#pragma omp parallel for schedule(dynamic)
  for (int t = 0; t < static_cast<int>(masks.size()); ++t) {
    const Mask& mask = masks[t];
    boxes_[t] = mask_box(mask);
    if (std::count_if(mask.data.begin(), mask.data.end(), [](auto v) { return v != 0; }) < 64) continue;
    crops_[t] = cut_out(images[t], boxes_[t]);
    const ImageF distance = signed_distance(mask);
    const int margin = static_cast<int>(0.2f * unit_) + 1;
    const int x0 = std::max(0, int(boxes_[t].min().x()) - margin), x1 = std::min(mask.width, int(boxes_[t].max().x()) + margin);
    const int y0 = std::max(0, int(boxes_[t].min().y()) - margin), y1 = std::min(mask.height, int(boxes_[t].max().y()) + margin);
    std::vector<int> contour, inside, box;
    for (int y = y0; y < y1; ++y) {
      for (int x = x0; x < x1; ++x) {
        const int i = y * mask.width + x;
        if (std::abs(distance.data[i]) < 0.1f * unit_) contour.push_back(i);
        if (distance.data[i] < 0) inside.push_back(i);
        box.push_back(i);
      }
    }
    for (int k = 0; k < kPool; ++k) {  // in a random order: half near the contour, a quarter inside, a quarter about
      const std::vector<int>& from = k % 4 < 2 ? contour : k % 4 == 2 ? inside : box;
      if (from.empty()) continue;
      const int i = from[rng::integer(seed_, t, k, static_cast<std::uint32_t>(from.size()))];
      pools_[t].push_back({i % mask.width + 0.5f, i / mask.width + 0.5f, distance.data[i]});
    }
  }
}

Observation Phase1Observer::observe(const std::vector<int>& frames, const std::vector<Points>& verts,
                                    const std::vector<Camera>& cameras, int pixels, int flow_pixels,
                                    unsigned round) const {
  const int count = static_cast<int>(frames.size());
  std::vector<Observation> parts(count);
#pragma omp parallel for schedule(dynamic)
  for (int k = 0; k < count; ++k) {
    const int t = frames[k];
    Observation& part = parts[k];
    part.visible.emplace_back();
    if (!usable(t)) continue;
    Aabb box = boxes_[t];
    for (Eigen::Index v = 0; v < verts[k].rows(); ++v) {
      const Vec3 p = project(cameras[k], verts[k].row(v).transpose());
      if (p.z() <= 0) continue;
      // What lies far outside the picture is not compared and must not coarsen the raster.
      box.extend(Vec3(std::clamp(p.x(), -0.5f * cameras[k].width, 1.5f * cameras[k].width),
                      std::clamp(p.y(), -0.5f * cameras[k].height, 1.5f * cameras[k].height), 0));
    }
    const Window window = crop_camera(cameras[k], box);
    const GBuffer buffer = rasterise(window.camera, verts[k], faces_);
    const float size = bounds(verts[k]).sizes().maxCoeff();
    part.visible.back() = visible_vertices(window, buffer, verts[k], vertex_normals(verts[k], faces_), 0.01f * size);

    Mask coverage(kRasterSide, kRasterSide, 1);
    std::vector<int> contour;
    for (int i = 0; i < kRasterSide * kRasterSide; ++i) coverage.data[i] = buffer.face[i] >= 0 ? 255 : 0;
    for (int y = 1; y + 1 < kRasterSide; ++y) {
      for (int x = 1; x + 1 < kRasterSide; ++x) {
        const int i = y * kRasterSide + x;
        if (!coverage.data[i]) continue;
        if (!coverage.data[i - 1] || !coverage.data[i + 1] || !coverage.data[i - kRasterSide] || !coverage.data[i + kRasterSide])
          contour.push_back(i);
      }
    }
    if (contour.empty()) continue;
    const ImageF field = signed_distance(coverage);
    Points places(contour.size(), 3);
    for (std::size_t i = 0; i < contour.size(); ++i)
      places.row(i) << contour[i] % kRasterSide + 0.5f, contour[i] / kRasterSide + 0.5f, 0;
    const PointTree tree(places);

    const float to_units = 1 / (window.scale * unit_);  // raster pixels to mask units
    const auto& pool = pools_[t];
    for (int n = 0; n < std::min(pixels, int(pool.size())); ++n) {
      const auto& pixel = pool[(std::size_t(round) * pixels + n) % pool.size()];
      const float x = (pixel.x - window.x0) * window.scale, y = (pixel.y - window.y0) * window.scale;
      Vec2 normal;
      const float d = sample(field, x, y, normal);
      float d2 = 0;
      const int i = contour[tree.nearest(Vec3(x, y, 0), d2)];
      if (normal.norm() < 0.3f) continue;  // on the medial axis
      normal.normalize();
      add_point(part.silhouette, k, faces_, buffer, i);
      const Vec3 q = project(cameras[k], place(part.silhouette, verts[k]));
      append(part.silhouette.normal, {normal.x(), normal.y()});
      part.silhouette.offset.push_back(d * to_units + normal.dot(q.head<2>()) / unit_);
      part.silhouette.target.push_back(pixel.distance / unit_);
    }

    const bool pair = k + 1 < count && frames[k + 1] == t + 1 && t < static_cast<int>(flow_.size()) && usable(t + 1);
    if (!pair) continue;
    const FlowPair& flow = flow_[t];
    for (int n = 0, taken = 0; n < 4 * flow_pixels && taken < flow_pixels; ++n) {
      const auto& pixel = pool[(std::size_t(round) * pixels + n) % pool.size()];
      if (pixel.distance > -1.5f) continue;  // the flow of a contour pixel may be the background's
      const int source = static_cast<int>(pixel.y) * flow.forward.width + static_cast<int>(pixel.x);
      if (!flow.forward_valid.data[source]) continue;
      const int x = static_cast<int>((pixel.x - window.x0) * window.scale), y = static_cast<int>((pixel.y - window.y0) * window.scale);
      if (x < 0 || y < 0 || x >= kRasterSide || y >= kRasterSide || buffer.face[y * kRasterSide + x] < 0) continue;
      add_point(part.flow, k, faces_, buffer, y * kRasterSide + x);
      part.flow.motion.push_back(flow.forward.data[2 * source] / unit_);
      part.flow.motion.push_back(flow.forward.data[2 * source + 1] / unit_);
      ++taken;
    }
  }
  Observation all;
  for (Observation& part : parts) {
    append(all.silhouette, part.silhouette);
    append(all.silhouette.normal, part.silhouette.normal);
    append(all.silhouette.offset, part.silhouette.offset);
    append(all.silhouette.target, part.silhouette.target);
    append(all.flow, part.flow);
    append(all.flow.motion, part.flow.motion);
    all.visible.push_back(std::move(part.visible.front()));
    all.visible.back().resize(verts.front().rows(), 0);
  }
  return all;
}

}  // namespace mp4d
