#include "render/rig_picture.h"

#include "motion/kinematics.h"
#include "render/hard_raster.h"

#include <algorithm>
#include <cmath>

namespace mp4d {
namespace {

struct View {
  float azimuth, elevation;  // radians
};
constexpr View kViews[] = {{0.6f, 0.25f}, {1.5707963f, 0.03f}};

Vec3 hue_colour(float hue, float saturation, float value) {
  const auto channel = [&](float shift) {
    const float k = std::fmod(shift + hue * 6, 6.0f);
    return value - value * saturation * std::clamp(std::min(k, 4 - k), 0.0f, 1.0f);
  };
  return {channel(5), channel(3), channel(1)};
}

}  // namespace

// Golden-ratio steps keep neighbouring joints apart.
Vec3 joint_colour(int joint) {
  const float hue = float(joint) * 0.618034f;
  return hue_colour(hue - std::floor(hue), joint % 2 ? 0.55f : 0.8f, joint % 3 ? 0.95f : 0.75f);
}

namespace {

Vec3 bone_colour(const std::string& name, int limb) {
  if (name.ends_with("_l")) return {0.16f, 0.42f, 0.95f};
  if (name.ends_with("_r")) return {0.9f, 0.18f, 0.2f};
  if (limb > 0) return joint_colour(limb);
  return {0.98f, 0.76f, 0.1f};
}

// Curve skeletons name their joints "limb3_2".
int limb_number(const std::string& name) { return name.starts_with("limb") ? std::atoi(name.c_str() + 4) : 0; }

class Canvas {
 public:
  explicit Canvas(Image& image) : image_(image) {}

  // A rounded cone from a to b with a dark rim, antialiased by its distance to each pixel centre.
  void cone(const Vec2& a, const Vec2& b, float radius_a, float radius_b, const Vec3& colour) {
    const float reach = std::max(radius_a, radius_b) + 2;
    const Vec2 low = a.cwiseMin(b).array() - reach, high = a.cwiseMax(b).array() + reach;
    const Vec2 ab = b - a;
    const float length2 = std::max(ab.squaredNorm(), 1e-6f);
    for (int y = std::max(0, int(low.y())); y <= std::min(image_.height - 1, int(high.y())); ++y)
      for (int x = std::max(0, int(low.x())); x <= std::min(image_.width - 1, int(high.x())); ++x) {
        const Vec2 p(float(x) + 0.5f, float(y) + 0.5f);
        const float t = std::clamp((p - a).dot(ab) / length2, 0.0f, 1.0f);
        const float d = (p - a - t * ab).norm() - (radius_a + t * (radius_b - radius_a));
        blend(x, y, Vec3(0.1f, 0.1f, 0.12f), std::clamp(1.5f - d, 0.0f, 1.0f));
        blend(x, y, colour, std::clamp(0.5f - d, 0.0f, 1.0f));
      }
  }

 private:
  void blend(int x, int y, const Vec3& colour, float alpha) {
    for (int c = 0; c < 3; ++c) {
      std::uint8_t& value = image_.at(x, y, c);
      value = std::uint8_t(std::lround(float(value) + alpha * (255 * colour[c] - float(value))));
    }
  }

  Image& image_;
};

void draw_skeleton(const Skeleton& skeleton, const std::vector<Vec3>& places, const Camera& camera, Image& image) {
  Canvas canvas(image);
  const float unit = float(image.height) / 160;
  const auto screen = [&](int j) { return Vec2(project(camera, places[std::size_t(j)]).head<2>()); };
  // The far side first.
  std::vector<int> order(std::size_t(skeleton.size()));
  for (int j = 0; j < skeleton.size(); ++j) order[std::size_t(j)] = j;
  std::stable_sort(order.begin(), order.end(), [&](int a, int b) {
    return project(camera, places[std::size_t(a)]).z() > project(camera, places[std::size_t(b)]).z();
  });
  for (const int j : order) {
    const Joint& joint = skeleton.joints[std::size_t(j)];
    const Vec3 colour = bone_colour(joint.name, limb_number(joint.name));
    if (joint.parent >= 0) canvas.cone(screen(joint.parent), screen(j), unit, 0.4f * unit, colour);
    canvas.cone(screen(j), screen(j), 1.3f * unit, 1.3f * unit, 0.5f * (colour + Vec3::Ones()));
  }
}

// As near as the whole box stays in the picture.
Camera close_camera(const Aabb& box, const View& view, int panel) {
  for (float distance = 1.2f;; distance += 0.05f) {
    const Camera camera = orbit_camera(box, view.azimuth, view.elevation, panel, panel, distance);
    const float margin = 0.04f * float(panel);
    bool all = true;
    for (int k = 0; k < 8; ++k) {
      const Vec3 p = project(camera, box.corner(Aabb::CornerType(k)));
      all = all && p.z() > 0 && p.head<2>().minCoeff() > margin && p.head<2>().maxCoeff() < float(panel) - margin;
    }
    if (all || distance > 4) return camera;
  }
}

void paste(const Image& from, Image& to, int x0, int y0) {
  for (int y = 0; y < from.height; ++y) std::copy_n(&from.at(0, y), 3 * std::size_t(from.width), &to.at(x0, y0 + y));
}

}  // namespace

Image draw_rig(const RiggedModel& model, const RigPictureOptions& options) {
  const Mat3 body_from_mesh = options.mesh_from_body.transpose();
  const std::vector<Mat4> joints = forward_kinematics(model.skeleton, rest_pose(model.skeleton));
  std::vector<Vec3> places;
  for (const Mat4& joint : joints) places.push_back(body_from_mesh * joint.topRightCorner<3, 1>());

  Mesh mesh;
  mesh.verts = skin_linear(model.mesh.verts, model.skin, joints) * body_from_mesh.transpose();
  mesh.faces = model.mesh.faces;
  Points by_weight = Points::Zero(mesh.verts.rows(), 3);
  for (Eigen::Index v = 0; v < by_weight.rows(); ++v)
    for (int k = 0; k < 4; ++k)
      by_weight.row(v) += model.skin.weights(v, k) * joint_colour(model.skin.joints(v, k)).transpose();
  Aabb box = bounds(mesh.verts);
  for (const Vec3& place : places) box.extend(place);

  ShadeOptions shade;
  shade.background = Vec3::Ones();
  Image picture(2 * options.panel, 2 * options.panel, 3, 255);
  for (int view = 0; view < 2; ++view) {
    const Camera camera = close_camera(box, kViews[view], options.panel);
    mesh.colors.resize(0, 3);
    Image skeleton = render_shaded(camera, mesh, shade);
    for (std::uint8_t& value : skeleton.data) value = std::uint8_t(110 + value * 145 / 255);
    draw_skeleton(model.skeleton, places, camera, skeleton);
    paste(skeleton, picture, view * options.panel, 0);
    mesh.colors = by_weight;
    paste(render_shaded(camera, mesh, shade), picture, view * options.panel, options.panel);
  }
  return picture;
}

}  // namespace mp4d
