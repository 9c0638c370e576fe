#include "reconstruction/articulated/medial_fit.h"
#include "reconstruction/articulated/rotation.h"
#include <algorithm>
#include <cmath>

namespace mp4d {
namespace {

struct Capsule {
  Vec3 a, axis, lateral;
  float inverse_length2, radius, radius_change, squash, squash_change;

  float distance(const Vec3& p) const {
    const Vec3 d = p - a;
    const float t = std::clamp(d.dot(axis) * inverse_length2, 0.0f, 1.0f);
    const Vec3 q = d - t * axis;
    const float length = q.norm() + 1e-9f;
    const float along = q.dot(lateral) / length;
    const float k = std::sqrt(std::max(1 + (squash + t * squash_change) * along * along, 1e-6f));
    return length - (radius + t * radius_change) * k;
  }
};

float radius_of(const MedialTemplate& body, const MedialShape& shape, int j) {
  return body.joints[j].radius * std::exp(shape.log_radius[j] + shape.log_scale);
}

float squash_of(const MedialTemplate& body, const MedialShape& shape, int j) {
  const float aspect = body.joints[j].aspect * std::exp(shape.log_aspect[j]);
  return aspect * aspect - 1;
}

// Entry j - 1 is the bone from joint j's parent to joint j.
std::vector<Capsule> capsules_of(const MedialTemplate& body, const MedialShape& shape, const MedialFrame& frame) {
  std::vector<Capsule> capsules;
  for (int j = 1; j < body.size(); ++j) {
    const int p = body.joints[j].parent;
    Capsule c;
    c.a = frame.positions.row(p).transpose();
    c.axis = frame.positions.row(j).transpose() - c.a;
    c.lateral = frame.rotations[p].col(0);
    c.inverse_length2 = 1.0f / (c.axis.squaredNorm() + 1e-12f);
    c.radius = radius_of(body, shape, p);
    c.radius_change = radius_of(body, shape, j) - c.radius;
    c.squash = squash_of(body, shape, p);
    c.squash_change = squash_of(body, shape, j) - c.squash;
    capsules.push_back(c);
  }
  return capsules;
}

}  // namespace

MedialFrame pose_body(const MedialTemplate& body, const MedialShape& shape, const Points& rotations) {
  MedialFrame frame;
  frame.positions.resize(body.size(), 3);
  frame.rotations.resize(body.size());
  const float scale = std::exp(shape.log_scale);
  for (int j = 0; j < body.size(); ++j) {
    const int p = body.joints[j].parent;
    const Mat3 local = rotation_exp(rotations.row(j).transpose());
    if (p < 0) {
      frame.positions.row(j).setZero();
      frame.rotations[j] = local;
      continue;
    }
    const Vec3 offset =
        scale * std::exp(shape.log_length[j]) * (body.joints[j].offset + shape.delta.row(j).transpose());
    frame.positions.row(j) = frame.positions.row(p) + (frame.rotations[p] * offset).transpose();
    frame.rotations[j] = frame.rotations[p] * local;
  }
  return frame;
}

Points bind_rotations(const MedialTemplate& body) {
  Points rotations(body.size(), 3);
  for (int j = 0; j < body.size(); ++j) rotations.row(j) = body.joints[j].bind.transpose();
  return rotations;
}

VoxelGrid medial_volume(const MedialTemplate& body, const MedialShape& shape, const MedialFrame& frame, int cells) {
  const std::vector<Capsule> capsules = capsules_of(body, shape, frame);
  Aabb box;
  for (int j = 0; j < body.size(); ++j) {
    const float r = radius_of(body, shape, j) * std::sqrt(1 + std::max(0.0f, squash_of(body, shape, j)));
    box.extend((frame.positions.row(j).array() + r).matrix().transpose());
    box.extend((frame.positions.row(j).array() - r).matrix().transpose());
  }
  const float size = box.sizes().maxCoeff();
  VoxelGrid grid = make_grid(box, cells, 2.0f * size / cells);
  // Just enough blending to round the creases: more would thicken thin limbs.
  const float blend = 0.004f * size;
#pragma omp parallel for schedule(dynamic)
  for (int z = 0; z < grid.nz; ++z) {
    for (int y = 0; y < grid.ny; ++y) {
      for (int x = 0; x < grid.nx; ++x) {
        const Vec3 p = grid.position(x, y, z);
        float nearest = 1e9f, sum = 0;
        float distance[64];
        for (std::size_t b = 0; b < capsules.size(); ++b) {
          distance[b] = capsules[b].distance(p);
          nearest = std::min(nearest, distance[b]);
        }
        for (std::size_t b = 0; b < capsules.size(); ++b) sum += std::exp(-(distance[b] - nearest) / blend);
        grid.at(x, y, z) = nearest - blend * std::log(sum);
      }
    }
  }
  return grid;
}

Eigen::MatrixXf medial_weights(const MedialTemplate& body, const MedialShape& shape, const MedialFrame& frame,
                               const Points& verts) {
  const std::vector<Capsule> capsules = capsules_of(body, shape, frame);
  float size = bounds(verts).sizes().maxCoeff();
  const float softness = 0.01f * size;
  Eigen::MatrixXf weights = Eigen::MatrixXf::Zero(verts.rows(), body.size());
  for (Eigen::Index v = 0; v < verts.rows(); ++v) {
    std::vector<float> distance(capsules.size());
    float nearest = 1e9f;
    for (std::size_t b = 0; b < capsules.size(); ++b) {
      distance[b] = capsules[b].distance(verts.row(v).transpose());
      nearest = std::min(nearest, distance[b]);
    }
    for (std::size_t b = 0; b < capsules.size(); ++b) {
      weights(v, body.joints[b + 1].parent) += std::exp(-(distance[b] - nearest) / softness);
    }
    weights.row(v) /= weights.row(v).sum();
  }
  return weights;
}

Camera medial_camera(const MedialFit& fit, const MedialPose& pose, int width, int height) {
  Camera camera;
  camera.width = width;
  camera.height = height;
  camera.fx = camera.fy = fit.focal * fit.unit_px;
  camera.cx = 0.5f * width;
  camera.cy = 0.5f * height;
  const Mat3 flip = Vec3(1, -1, -1).asDiagonal();
  const Mat3 view = flip * (Eigen::AngleAxisf(pose.roll, Vec3::UnitZ()) * Eigen::AngleAxisf(pose.elevation, Vec3::UnitX()) *
                            Eigen::AngleAxisf(pose.yaw, Vec3::UnitY()))
                               .toRotationMatrix();
  const float depth = fit.base_depth * std::exp(pose.log_depth);
  camera.camera_from_world = Iso3::Identity();
  camera.camera_from_world.linear() = view;
  camera.camera_from_world.translation() = depth * Vec3(pose.u / fit.focal, pose.v / fit.focal, 1);
  return camera;
}

}  // namespace mp4d
