#include "reconstruction/field/scene_geometry.h"
#include <algorithm>
#include <charconv>
#include <cmath>

namespace mp4d {
namespace {

constexpr int kLeastPoints = 20;

Result<Aabb> parse_box(const std::string& text) {
  const auto wrong = [&text] {
    return fail(ErrorCode::kUsage, "option 'bounds': '{}' is not auto or x0,y0,z0,x1,y1,z1 with x0 < x1 and so on, such "
                "as -1,-1,-1,1,1,1", text);
  };
  float values[6];
  const char *at = text.data(), *end = at + text.size();
  for (int i = 0; i < 6; ++i) {
    const auto [next, error] = std::from_chars(at, end, values[i]);
    if (error != std::errc{} || !std::isfinite(values[i])) return wrong();
    if (i < 5 ? next == end || *next != ',' : next != end) return wrong();
    at = next + 1;
  }
  const Aabb box(Vec3(values[0], values[1], values[2]), Vec3(values[3], values[4], values[5]));
  if (!(box.sizes().minCoeff() > 0)) return wrong();
  return box;
}

Aabb box_of_points(const Points& points) {
  Aabb box;
  Vec3 low, high;
  for (int axis = 0; axis < 3; ++axis) {
    std::vector<float> values(points.col(axis).begin(), points.col(axis).end());
    std::sort(values.begin(), values.end());
    const std::size_t cut = values.size() / 100;
    low[axis] = values[cut];
    high[axis] = values[values.size() - 1 - cut];
  }
  const Vec3 room = Vec3::Constant(0.05f * (high - low).norm());
  return {low - room, high + room};
}

/// Nearest point to all optical axes.
Vec3 common_target(const PosedScene& scene) {
  Mat3 sum = 1e-6f * Mat3::Identity();
  Vec3 right = Vec3::Zero();
  for (const PosedView& view : scene.views) {
    const Vec3 axis = view.camera.camera_from_world.linear().row(2).transpose();
    const Mat3 across = Mat3::Identity() - axis * axis.transpose();
    sum += across;
    right += across * eye_of(view.camera);
  }
  return sum.inverse() * right;
}

}  // namespace

Result<SceneGeometry> scene_geometry(const PosedScene& scene, const std::string& bounds) {
  SceneGeometry out;
  const auto count = static_cast<float>(scene.views.size());
  Vec3 up = Vec3::Zero(), mean = Vec3::Zero();
  for (const PosedView& view : scene.views) {
    up -= view.camera.camera_from_world.linear().row(1).transpose();
    mean += eye_of(view.camera) / count;
  }
  if (up.norm() > 1e-3f * count) out.up = up.normalized();
  out.centre = common_target(scene);

  // Whether the cameras look at one place: nearly all axes pass it in front of them, closer than they are to it.
  float distance = 0, seen = 1e30f;
  int at_it = 0;
  for (const PosedView& view : scene.views) {
    const Vec3 p = view.camera.camera_from_world * out.centre;
    distance += p.norm() / count;
    at_it += p.z() > 0 && p.head<2>().norm() < 0.3f * p.z();
    const float half = 0.5f * static_cast<float>(std::min(view.camera.width, view.camera.height));
    seen = std::min(seen, p.norm() * half / view.camera.fx);
  }
  const bool converge = at_it >= 0.9f * count && distance > 1e-6f;

  if (bounds != "auto") {
    MP4D_TRY(box, parse_box(bounds));
    out.box = box;
    out.source = "given";
  } else if (scene.points.rows() >= kLeastPoints) {
    out.box = box_of_points(scene.points);
    out.source = fmt::format("{} sparse points", scene.points.rows());
    int among = 0;
    for (const PosedView& view : scene.views) among += out.box.contains(eye_of(view.camera));
    if (2 * among > static_cast<int>(scene.views.size()))
      for (const PosedView& view : scene.views) out.box.extend(eye_of(view.camera));
  } else if (scene.bounds) {
    out.box = *scene.bounds;
    out.source = scene.format;
  } else if (converge) {
    out.box = Aabb(out.centre - Vec3::Constant(seen), out.centre + Vec3::Constant(seen));
    out.source = "what all cameras see";
  } else {
    return fail(ErrorCode::kInput,
                "the scene has no sparse points and its cameras do not look at one place, so the size of its content "
                "cannot be told; give --bounds x0,y0,z0,x1,y1,z1 (the cameras' mean is {:.3g},{:.3g},{:.3g})",
                mean.x(), mean.y(), mean.z());
  }
  int within = 0;
  for (const PosedView& view : scene.views) within += out.box.contains(eye_of(view.camera));
  out.inside = 2 * within > static_cast<int>(scene.views.size());
  if (out.inside && !converge) out.centre = mean;
  return out;
}

}  // namespace mp4d
