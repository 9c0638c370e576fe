#include "render/viewport/view_frame.h"
#include "motion/kinematics.h"
#include "render/rig_picture.h"
#include <algorithm>
#include <array>
#include <cmath>

namespace mp4d {
namespace {

// Viridis at even steps.
constexpr std::array<std::array<float, 3>, 9> kViridis{{{0.267f, 0.005f, 0.329f},
                                                        {0.283f, 0.141f, 0.458f},
                                                        {0.254f, 0.265f, 0.530f},
                                                        {0.207f, 0.372f, 0.553f},
                                                        {0.164f, 0.471f, 0.558f},
                                                        {0.135f, 0.659f, 0.518f},
                                                        {0.267f, 0.749f, 0.441f},
                                                        {0.478f, 0.821f, 0.318f},
                                                        {0.993f, 0.906f, 0.144f}}};

Vec3 viridis(float value) {
  const float at = std::clamp(value, 0.0f, 1.0f) * (kViridis.size() - 1);
  const std::size_t i = std::min<std::size_t>(static_cast<std::size_t>(at), kViridis.size() - 2);
  const float part = at - static_cast<float>(i);
  const Vec3 low(kViridis[i].data()), high(kViridis[i + 1].data());
  return (1 - part) * low + part * high;
}

/// Unit normals of the rest carried along by the joints; right where these are not scaled unevenly.
Points skin_normals(const Points& rest_normals, const Skin& skin, const std::vector<Mat4>& root_from_joint) {
  std::vector<Mat3> turn(std::min(root_from_joint.size(), skin.joint_from_mesh.size()));
  for (std::size_t j = 0; j < turn.size(); ++j)
    turn[j] = root_from_joint[j].topLeftCorner<3, 3>() * skin.joint_from_mesh[j].topLeftCorner<3, 3>();
  Points out(rest_normals.rows(), 3);
  for (Eigen::Index v = 0; v < rest_normals.rows(); ++v) {
    Vec3 sum = Vec3::Zero();
    for (int k = 0; k < 4; ++k)
      sum += skin.weights(v, k) * (turn[skin.joints(v, k)] * rest_normals.row(v).transpose());
    sum.stableNormalize();
    out.row(v) = sum.transpose();
  }
  return out;
}

}  // namespace

Points weight_colours(const Skin& skin, int joint) {
  Points colours = Points::Zero(skin.joints.rows(), 3);
  for (Eigen::Index v = 0; v < colours.rows(); ++v) {
    float weight = 0;
    for (int k = 0; k < 4; ++k) {
      if (joint < 0) colours.row(v) += skin.weights(v, k) * joint_colour(skin.joints(v, k)).transpose();
      else if (skin.joints(v, k) == joint) weight += skin.weights(v, k);
    }
    if (joint >= 0) colours.row(v) = viridis(weight).transpose();
  }
  return colours;
}

float ground_step(float size) {
  const float fifth = std::max(size, 1e-6f) / 5;
  const float decade = std::pow(10.0f, std::floor(std::log10(fifth)));
  const float mantissa = fifth / decade;
  return decade * (mantissa < 1.5f ? 1.0f : mantissa < 3.5f ? 2.0f : mantissa < 7.5f ? 5.0f : 10.0f);
}

Mesh posed_mesh(const ViewFrame& frame) {
  Mesh mesh;
  if (!frame.mesh) return mesh;
  mesh = *frame.mesh;
  if (mesh.normals.rows() != mesh.verts.rows()) mesh.normals = vertex_normals(mesh.verts, mesh.faces);
  if (!frame.skin || frame.skin->joints.rows() != mesh.verts.rows() || frame.root_from_joint.empty()) return mesh;
  mesh.normals = skin_normals(mesh.normals, *frame.skin, frame.root_from_joint);
  mesh.verts = skin_linear(mesh.verts, *frame.skin, frame.root_from_joint);
  return mesh;
}

}  // namespace mp4d
