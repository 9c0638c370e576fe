#include "reconstruction/human/mannequin.h"
#include "reconstruction/human/body_colors.h"
#include "reconstruction/human/pose_frame.h"
#include <algorithm>
#include <cmath>

namespace mp4d::human {
namespace {

int joint(std::string_view name) {
  return static_cast<int>(std::find(kJointNames.begin(), kJointNames.end(), name) - kJointNames.begin());
}

Vec3 at(const Joints& joints, std::string_view name) { return joints.row(joint(name)).transpose(); }

/// Linear between values at increasing positions.
template <std::size_t N>
float interpolate(const std::array<float, N>& positions, const std::array<float, N>& values, float x) {
  x = std::clamp(x, positions.front(), positions.back());
  std::size_t above = 1;
  while (above + 1 < N && x > positions[above]) ++above;
  const float t = (x - positions[above - 1]) / (positions[above] - positions[above - 1]);
  return values[above - 1] + t * (values[above] - values[above - 1]);
}

constexpr std::array<float, 4> kAges = {0, 0.1875f, 0.5f, 1};

/// Part of the adult's proportions that a child of the age has not yet: 1 at 1 year, 0 from 25 on.
float childhood(float age) { return interpolate(kAges, {1, 0.45f, 0, 0}, age); }

/// The convex hull of two spheres, revolved about the line between them: a closed surface that faces outward.
Mesh round_cone(const Vec3& from, const Vec3& to, float from_radius, float to_radius) {
  constexpr int kAround = 20, kCap = 6;
  const float length = (to - from).norm();
  const Vec3 axis = length > 1e-6f ? Vec3((to - from) / length) : Vec3::UnitY();
  const Mat3 frame = Quat::FromTwoVectors(Vec3::UnitY(), axis).toRotationMatrix();
  // Both spheres touch the cone at the same latitude; where one holds the other, the whole of it is that sphere.
  const float slope = length > 1e-6f ? std::clamp((from_radius - to_radius) / length, -1.0f, 1.0f) : 1.0f;
  const float latitude = std::asin(slope);
  std::vector<Vec2> profile;  // along the axis from `from`, away from the axis; without the poles
  for (int i = 1; i <= kCap; ++i) {
    const float a = static_cast<float>(-M_PI / 2) + (latitude + static_cast<float>(M_PI / 2)) * i / kCap;
    profile.emplace_back(from_radius * std::sin(a), from_radius * std::cos(a));
  }
  for (int i = 0; i < kCap; ++i) {
    const float a = latitude + (static_cast<float>(M_PI / 2) - latitude) * i / kCap;
    profile.emplace_back(length + to_radius * std::sin(a), to_radius * std::cos(a));
  }
  const int rings = static_cast<int>(profile.size());
  Mesh mesh;
  mesh.verts.resize(rings * kAround + 2, 3);
  mesh.faces.resize(2 * rings * kAround, 3);
  for (int ring = 0; ring < rings; ++ring)
    for (int i = 0; i < kAround; ++i) {
      const float angle = static_cast<float>(2 * M_PI) * i / kAround;
      const Vec2 p = profile[ring];
      mesh.verts.row(ring * kAround + i) =
          (from + frame * Vec3(p.y() * std::cos(angle), p.x(), p.y() * std::sin(angle))).transpose();
    }
  const int start = rings * kAround, end = start + 1;
  mesh.verts.row(start) = (from - from_radius * axis).transpose();
  mesh.verts.row(end) = (from + (length + to_radius) * axis).transpose();
  int face = 0;
  for (int i = 0; i < kAround; ++i) {
    const int next = (i + 1) % kAround, last = (rings - 1) * kAround;
    mesh.faces.row(face++) << start, i, next;
    mesh.faces.row(face++) << end, last + next, last + i;
    for (int ring = 0; ring + 1 < rings; ++ring) {
      const int a = ring * kAround + i, b = ring * kAround + next;
      mesh.faces.row(face++) << a, a + kAround, b;
      mesh.faces.row(face++) << b, a + kAround, b + kAround;
    }
  }
  return mesh;
}

/// Appends parts to a body.
class Builder {
 public:
  Builder(Body& body, const Attributes& attributes) : body_(body), attributes_(attributes) {}

  void add(const Mesh& part, BodyPart kind) {
    const Eigen::Index verts = body_.mesh.verts.rows(), faces = body_.mesh.faces.rows();
    body_.mesh.verts.conservativeResize(verts + part.verts.rows(), 3);
    body_.mesh.colors.conservativeResize(verts + part.verts.rows(), 3);
    body_.mesh.faces.conservativeResize(faces + part.faces.rows(), 3);
    body_.mesh.verts.bottomRows(part.verts.rows()) = part.verts;
    body_.mesh.colors.bottomRows(part.verts.rows()).rowwise() = color(kind).transpose();
    body_.mesh.faces.bottomRows(part.faces.rows()) = part.faces.array() + static_cast<int>(verts);
    body_.parts.insert(body_.parts.end(), static_cast<std::size_t>(part.verts.rows()), kind);
  }

 private:
  Vec3 color(BodyPart kind) const {
    switch (kind) {
      case BodyPart::kTop: return suit_color(attributes_, false);
      case BodyPart::kTrousers: return suit_color(attributes_, true);
      case BodyPart::kShoes: return shoe_color(attributes_);
      case BodyPart::kHair: return hair_color(attributes_);
      case BodyPart::kHat: return hat_color(attributes_);
      case BodyPart::kSkin: break;
    }
    return skin_color(attributes_);
  }

  Body& body_;
  const Attributes& attributes_;
};

}  // namespace

float average_stature(const Attributes& attributes) {
  struct Sex {
    std::array<float, 4> middle, below, above;  // at the four ages; what the least height takes off, the greatest adds
  };
  static const Sex kWoman = {{0.55f, 1.26f, 1.59f, 1.58f}, {0.16f, 0.37f, 0.37f, 0.37f}, {0.29f, 0.29f, 0.72f, 0.72f}};
  static const Sex kMan = {{0.60f, 1.36f, 1.73f, 1.70f}, {0.16f, 0.37f, 0.37f, 0.37f}, {0.29f, 0.29f, 0.72f, 0.72f}};
  const auto stature = [&](const Sex& sex) {
    const float tall = 2 * std::clamp(attributes.height, 0.0f, 1.0f) - 1;
    return interpolate(kAges, sex.middle, attributes.age) +
           tall * interpolate(kAges, tall < 0 ? sex.below : sex.above, attributes.age);
  };
  const float man = std::clamp(attributes.sex, 0.0f, 1.0f);
  return (1 - man) * stature(kWoman) + man * stature(kMan);
}

Joints average_joints(const Attributes& attributes) {
  constexpr float kAverageStature = 1.66f;  // of average_rest_joints()
  const float scale = average_stature(attributes) / kAverageStature;
  const float child = childhood(attributes.age);
  const float man = std::clamp(attributes.sex, 0.0f, 1.0f) * (1 - child);
  const float legs = 1 - 0.16f * child, trunk = 1 + 0.12f * child;
  const float shoulders = 0.95f + 0.1f * man, hips = 1.04f - 0.08f * man;
  Joints joints = average_rest_joints();
  std::array<Vec3, kJointCount> bones;
  for (int j = 1; j < kJointCount; ++j) bones[j] = (joints.row(j) - joints.row(kJointParents[j])).transpose();
  for (int j = 1; j < kJointCount; ++j) {
    const std::string_view name = kJointNames[j];
    Vec3 bone = bones[j];
    if (name.ends_with("knee") || name.ends_with("ankle") || name.ends_with("foot")) bone *= legs;
    if (name.ends_with("hip")) bone.x() *= hips;
    if (name.ends_with("shoulder")) bone.x() *= shoulders;
    if (name.starts_with("spine") || name == "neck" || name == "head") bone *= trunk;
    joints.row(j) = joints.row(kJointParents[j]) + bone.transpose();
  }
  // The sole is at 0, whatever the legs measure.
  joints.col(1).array() += average_rest_joints()(joint("left_ankle"), 1) - joints(joint("left_ankle"), 1);
  return joints * scale;
}

Body mannequin(const Attributes& attributes, const Joints& posed) {
  Body body;
  body.joints = posed;
  Builder builder(body, attributes);
  const float size = average_stature(attributes) / 1.66f;
  const float girth = size * (0.82f + 0.36f * attributes.weight) * (0.94f + 0.12f * attributes.muscle);
  const float child = childhood(attributes.age);
  const BodyPart top = attributes.suit >= 0 ? BodyPart::kTop : BodyPart::kSkin;
  const BodyPart trousers = attributes.suit >= 0 ? BodyPart::kTrousers : BodyPart::kSkin;
  const BodyPart feet = attributes.shoes >= 0 ? BodyPart::kShoes : BodyPart::kSkin;
  const auto bone = [&](std::string_view from, std::string_view to, float from_radius, float to_radius, BodyPart part) {
    builder.add(round_cone(at(posed, from), at(posed, to), girth * from_radius, girth * to_radius), part);
  };

  bone("left_hip", "right_hip", 0.085f, 0.085f, trousers);
  bone("pelvis", "spine1", 0.125f, 0.12f, trousers);
  bone("spine1", "spine2", 0.12f, 0.12f, top);
  bone("spine2", "spine3", 0.125f, 0.125f, top);
  bone("spine3", "neck", 0.125f, 0.052f, top);
  for (const std::string side : {"left_", "right_"}) {
    bone("spine3", side + "shoulder", 0.1f, 0.06f, top);
    bone("spine2", side + "shoulder", 0.115f, 0.055f, top);
    bone(side + "shoulder", side + "elbow", 0.055f, 0.042f, top);
    bone(side + "elbow", side + "wrist", 0.042f, 0.03f, BodyPart::kSkin);
    const Vec3 wrist = at(posed, side + "wrist"), knuckle = at(posed, side + "hand");
    builder.add(round_cone(wrist, knuckle, size * 0.032f, size * 0.036f), BodyPart::kSkin);
    builder.add(round_cone(knuckle, knuckle + 0.7f * (knuckle - wrist), size * 0.034f, size * 0.018f), BodyPart::kSkin);
    bone(side + "hip", side + "knee", 0.085f, 0.058f, trousers);
    bone(side + "knee", side + "ankle", 0.058f, 0.04f, trousers);
    const Vec3 ankle = at(posed, side + "ankle"), ball = at(posed, side + "foot"), toe = ball + 0.35f * (ball - ankle);
    const Vec3 shin = (ankle - at(posed, side + "knee")).normalized(), sole = (ball - ankle).normalized();
    const Vec3 heel = ankle + 0.03f * size * shin - 0.035f * size * sole;
    builder.add(round_cone(ankle, ball, size * 0.042f, size * 0.026f), feet);
    builder.add(round_cone(heel, ball, size * 0.036f, size * 0.026f), feet);
    builder.add(round_cone(ball, toe, size * 0.026f, size * 0.022f), feet);
  }
  const float head = size * (1 + 0.55f * child);
  const Vec3 neck = at(posed, "neck"), jaw = at(posed, "head");
  const Vec3 up = (jaw - neck).normalized();
  builder.add(round_cone(neck, jaw, girth * 0.06f, girth * 0.055f), BodyPart::kSkin);
  builder.add(round_cone(jaw + 0.02f * head * up, jaw + 0.075f * head * up, head * 0.07f, head * 0.085f),
              BodyPart::kSkin);
  if (attributes.hair >= 0) {
    const Vec3 across = (at(posed, "left_shoulder") - at(posed, "right_shoulder")).normalized();
    const Vec3 back = -across.cross(up).normalized();
    builder.add(round_cone(jaw + head * (0.05f * up + 0.03f * back), jaw + head * (0.085f * up + 0.015f * back),
                           head * 0.075f, head * 0.085f),
                BodyPart::kHair);
  }
  return body;
}

}  // namespace mp4d::human
