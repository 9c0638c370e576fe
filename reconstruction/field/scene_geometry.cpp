#include "reconstruction/field/scene_geometry.h"
#include <algorithm>
#include <charconv>
#include <cmath>

namespace mp4d {
namespace {

constexpr int kLeastPoints = 20;
// A scene is unbounded if 2 % of its points are farther than so many times their median from all cameras; its box holds
// the points that are nearer than so many times.
constexpr float kUnbounded = 4, kNearBox = 1.5f;
constexpr float kOnePlace = 1e-6f;  // of the cameras' coordinates, as exactly as those are known
constexpr float kNear = 0.02f;  // of the box's diagonal
constexpr float kShell = 0.5f;  // half sides of the box that all space beyond it takes up

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

/// Each point's distance to the camera that is nearest to it.
std::vector<float> nearest_distances(const PosedScene& scene) {
  std::vector<float> out;
  for (const auto& point : scene.points.rowwise()) {
    float nearest = 1e30f;
    for (const PosedView& view : scene.views) nearest = std::min(nearest, (point.transpose() - eye_of(view.camera)).norm());
    out.push_back(nearest);
  }
  return out;
}

float quantile(std::vector<float> values, double share) {
  std::sort(values.begin(), values.end());
  return values[static_cast<std::size_t>(share * static_cast<double>(values.size() - 1))];
}

/// Of the cameras and the points near them.
Aabb near_box(const PosedScene& scene, const std::vector<float>& distances) {
  const float most = kNearBox * quantile(distances, 0.5);
  Points near(scene.points.rows(), 3);
  Eigen::Index count = 0;
  for (Eigen::Index i = 0; i < scene.points.rows(); ++i)
    if (distances[static_cast<std::size_t>(i)] <= most) near.row(count++) = scene.points.row(i);
  Aabb box = box_of_points(near.topRows(count));
  for (const PosedView& view : scene.views) box.extend(eye_of(view.camera));
  return box;
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

/// From one place nobody can tell how far things are.
Result<void> check_places(const PosedScene& scene) {
  const Vec3 first = eye_of(scene.views.front().camera);
  float apart = 0;
  for (const PosedView& view : scene.views) apart = std::max(apart, (eye_of(view.camera) - first).norm());
  if (apart > kOnePlace * first.norm()) return {};
  return fail(ErrorCode::kInput, "all {} cameras stand at one place, {:.3g},{:.3g},{:.3g}, from which depth cannot be told; add pictures from "
              "other places", scene.views.size(), first.x(), first.y(), first.z());
}

}  // namespace

Result<SceneGeometry> scene_geometry(const PosedScene& scene, const std::string& bounds, const std::string& contract) {
  MP4D_CHECK(check_places(scene));
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

  const bool points = scene.points.rows() >= kLeastPoints;
  const std::vector<float> distances = points ? nearest_distances(scene) : std::vector<float>();
  const bool unbounded =
      contract == "on" || (contract == "auto" && points && quantile(distances, 0.98) > kUnbounded * quantile(distances, 0.5));
  if (bounds != "auto") {
    MP4D_TRY(box, parse_box(bounds));
    out.box = box;
    out.source = "given";
  } else if (points && unbounded) {
    out.box = near_box(scene, distances);
    out.source = fmt::format("the cameras and the near ones of {} sparse points, all space beyond contracted", scene.points.rows());
  } else if (points) {
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
  out.near = kNear * out.box.diagonal().norm();
  if (unbounded && points) out.near = std::min(out.near, 0.5f * quantile(distances, 0.02));
  if (unbounded) out.contraction = {out.box.center(), 0.5f * out.box.sizes(), kShell};
  int within = 0;
  for (const PosedView& view : scene.views) within += out.box.contains(eye_of(view.camera));
  out.inside = 2 * within > static_cast<int>(scene.views.size());
  if (out.inside && !converge) out.centre = mean;
  return out;
}

}  // namespace mp4d
