#pragma once
#include "motion/rig.h"
#include "motion/voxels.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace mp4d::testing {

/// A rounded cone from `a` to `b`.
struct Capsule {
  Vec3 a, b;
  float radius_a, radius_b;
};

inline float distance_to(const Capsule& c, const Vec3& p) {
  const Vec3 ab = c.b - c.a;
  const float t = std::clamp((p - c.a).dot(ab) / std::max(ab.squaredNorm(), 1e-12f), 0.0f, 1.0f);
  return (p - c.a - t * ab).norm() - (c.radius_a + t * (c.radius_b - c.radius_a));
}

/// Distance (negative inside) to the union of capsules, blended over `blend` metres.
inline float smooth_union(const std::vector<Capsule>& capsules, const Vec3& p, float blend) {
  float d = 1e9f;
  for (const Capsule& c : capsules) {
    const float e = distance_to(c, p);
    const float h = std::max(blend - std::abs(d - e), 0.0f) / blend;
    d = std::min(d, e) - 0.25f * blend * h * h;
  }
  return d;
}

inline VoxelGrid sample_function(const Aabb& box, int resolution, const std::function<float(const Vec3&)>& f) {
  VoxelGrid grid = make_grid(box, resolution, 0.0f);
  for (int z = 0; z < grid.nz; ++z)
    for (int y = 0; y < grid.ny; ++y)
      for (int x = 0; x < grid.nx; ++x) grid.at(x, y, z) = f(grid.position(x, y, z));
  return grid;
}

/// Surface of a smooth union of capsules.
inline Mesh capsule_mesh(const std::vector<Capsule>& capsules, float blend, int resolution) {
  Aabb box;
  for (const Capsule& c : capsules) {
    box.extend(c.a - Vec3::Constant(c.radius_a)).extend(c.a + Vec3::Constant(c.radius_a));
    box.extend(c.b - Vec3::Constant(c.radius_b)).extend(c.b + Vec3::Constant(c.radius_b));
  }
  const float margin = 0.03f * box.sizes().maxCoeff() + blend;
  box.min().array() -= margin;
  box.max().array() += margin;
  return extract_surface(
      sample_function(box, resolution, [&](const Vec3& p) { return smooth_union(capsules, p, blend); }));
}

/// A body made of capsules along a known skeleton (joint names as in the templates).
struct Body {
  Skeleton skeleton;
  std::vector<Capsule> capsules;
  float blend = 0.03f;

  Vec3 at(const std::string& name) const { return places.at(name); }
  std::map<std::string, Vec3> places;
  std::map<std::string, float> radii;

  void add(const std::string& name, const std::string& parent, const Vec3& place, float radius) {
    Joint joint{name, parent.empty() ? -1 : skeleton.find(parent), {}};
    joint.rest.translation = parent.empty() ? place : Vec3(place - places.at(parent));
    skeleton.joints.push_back(joint);
    places[name] = place;
    radii[name] = radius;
    if (!parent.empty())
      capsules.push_back({places.at(parent), place, std::min(radii.at(parent), 1.3f * radius), radius});
  }
  void add_pair(const std::string& name, const std::string& parent, const Vec3& place, float radius) {
    const auto parent_of = [&](const char* side) { return skeleton.find(parent) >= 0 ? parent : parent + side; };
    add(name + "_l", parent_of("_l"), place, radius);
    add(name + "_r", parent_of("_r"), Vec3(-place.x(), place.y(), place.z()), radius);
  }
  Mesh mesh(int resolution) const { return capsule_mesh(capsules, blend, resolution); }
};

/// A person of 1.75 m, facing +z. `arms` = angle of the arms below the horizontal, radians.
inline Body make_person(float arms = 0.6f) {
  Body b;
  b.add("hips", "", {0, 0.95f, 0}, 0.14f);
  b.add("spine", "hips", {0, 1.1f, 0}, 0.13f);
  b.add("chest", "spine", {0, 1.3f, 0}, 0.15f);
  b.add("neck", "chest", {0, 1.48f, 0}, 0.06f);
  b.add("head", "neck", {0, 1.58f, 0.01f}, 0.1f);
  b.add("head_end", "head", {0, 1.66f, 0.01f}, 0.09f);
  const Vec3 out(std::cos(arms), -std::sin(arms), 0), shoulder(0.19f, 1.4f, 0);
  b.add_pair("shoulder", "chest", shoulder, 0.065f);
  b.add_pair("elbow", "shoulder", shoulder + 0.27f * out, 0.045f);
  b.add_pair("wrist", "elbow", shoulder + 0.51f * out, 0.035f);
  b.add_pair("hand_end", "wrist", shoulder + 0.66f * out, 0.035f);
  b.add_pair("hip", "hips", {0.1f, 0.88f, 0}, 0.1f);
  b.add_pair("knee", "hip", {0.11f, 0.49f, 0.01f}, 0.06f);
  b.add_pair("ankle", "knee", {0.12f, 0.09f, -0.02f}, 0.045f);
  b.add_pair("toe", "ankle", {0.13f, 0.04f, 0.14f}, 0.035f);
  return b;
}

/// A dog-like animal 1 m long, facing +z.
inline Body make_animal() {
  Body b;
  b.add("hips", "", {0, 0.55f, -0.32f}, 0.11f);
  b.add("spine", "hips", {0, 0.56f, -0.05f}, 0.12f);
  b.add("chest", "spine", {0, 0.55f, 0.2f}, 0.12f);
  b.add("neck", "chest", {0, 0.68f, 0.34f}, 0.075f);
  b.add("head", "neck", {0, 0.8f, 0.42f}, 0.07f);
  b.add("head_end", "head", {0, 0.76f, 0.58f}, 0.04f);
  b.add("tail_1", "hips", {0, 0.58f, -0.45f}, 0.035f);
  b.add("tail_2", "tail_1", {0, 0.5f, -0.55f}, 0.03f);
  b.add("tail_end", "tail_2", {0, 0.4f, -0.62f}, 0.025f);
  b.add_pair("shoulder", "chest", {0.09f, 0.47f, 0.22f}, 0.06f);
  b.add_pair("elbow", "shoulder", {0.1f, 0.32f, 0.18f}, 0.04f);
  b.add_pair("wrist", "elbow", {0.1f, 0.15f, 0.2f}, 0.03f);
  b.add_pair("front_foot", "wrist", {0.1f, 0.04f, 0.24f}, 0.03f);
  b.add_pair("hip", "hips", {0.09f, 0.47f, -0.33f}, 0.07f);
  b.add_pair("knee", "hip", {0.1f, 0.32f, -0.26f}, 0.045f);
  b.add_pair("ankle", "knee", {0.1f, 0.17f, -0.36f}, 0.03f);
  b.add_pair("hind_foot", "ankle", {0.1f, 0.04f, -0.3f}, 0.03f);
  return b;
}

/// An animal without a body plan: `legs` limbs in a ring round a ball.
inline std::vector<Capsule> make_star(int legs) {
  std::vector<Capsule> capsules = {{Vec3(0, 0, 0), Vec3(0, 0.05f, 0), 0.2f, 0.2f}};
  for (int k = 0; k < legs; ++k) {
    const float angle = 6.2831853f * float(k) / float(legs);
    const Vec3 out(std::cos(angle), 0, std::sin(angle));
    capsules.push_back({Vec3(0.1f * out), Vec3(0.9f * out), 0.07f, 0.05f});
  }
  return capsules;
}

}  // namespace mp4d::testing
