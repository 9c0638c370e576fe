#include "reconstruction/articulated/medial_energy.h"
#include "reconstruction/articulated/rotation.h"
#include <algorithm>
#include <cmath>
#include <complex>
#include <numbers>

namespace mp4d {
namespace {

constexpr int kMaxJoints = 64;
constexpr int kMaxPixels = 1024;

// exp(w + dw) = exp(J_l(w) dw) exp(w).
Mat3 left_jacobian(const Vec3& w) {
  const float angle = w.norm();
  const Mat3 k = skew(w);
  if (angle < 1e-3f) return Mat3::Identity() + 0.5f * k + k * k / 6.0f;
  const float a2 = angle * angle;
  return Mat3::Identity() + (1 - std::cos(angle)) / a2 * k + (angle - std::sin(angle)) / (a2 * angle) * k * k;
}

float sigmoid(float x) { return 1.0f / (1.0f + std::exp(-x)); }

}  // namespace

// Shape with left/right sharing resolved.
struct MedialEnergy::Effective {
  float scale = 1;
  Vec3 offset[kMaxJoints];     // scaled, parent to joint in the rest pose
  float radius[kMaxJoints];    // scaled
  float squash[kMaxJoints];    // aspect^2 - 1
};

struct MedialEnergy::Frame {
  Mat3 view;                          // camera_from_body rotation
  Mat3 yaw_rotation, pitch_rotation;  // its factors about y and x
  Vec3 origin;                        // of the root, camera space
  Mat3 outgoing[kMaxJoints];          // body frame, of the bones that leave a joint
  Mat3 jacobian[kMaxJoints];
  Vec3 position[kMaxJoints];          // body frame
  Vec3 in_camera[kMaxJoints];
  float u[kMaxJoints], v[kMaxJoints], r[kMaxJoints];  // projected
  Eigen::Vector2f lateral[kMaxJoints];  // of the bone into a joint, image plane
  // Gradients
  Vec3 force[kMaxJoints];    // d/d position, body frame
  Vec3 torque[kMaxJoints];   // d/d rotation of the bones leaving a joint, beyond that of the forces, body frame
  float g_log_radius[kMaxJoints], g_squash[kMaxJoints];
  Vec3 g_origin;
};

MedialEnergy::MedialEnergy(const MedialTemplate& body, const std::vector<PixelPool>& pools, float focal,
                           float base_depth, MedialPriors priors, std::vector<float> yaw_track)
    : body_(body),
      pools_(pools),
      focal_(focal),
      base_depth_(base_depth),
      priors_(priors),
      yaw_track_(std::move(yaw_track)),
      joints_(body.size()),
      turns_little_(!yaw_track_.empty() && std::abs(yaw_track_.back()) < kLittleTurn),
      rest_reach_(body.size(), 0.0f) {
  for (std::size_t i = 0; i < kLimbLandmarks.size(); ++i) {
    const auto named = [&](const MedialJoint& joint) { return joint.name == kLimbLandmarks[i]; };
    const auto found = std::find_if(body.joints.begin(), body.joints.end(), named);
    landmark_joint_[i] = found == body.joints.end() ? -1 : static_cast<int>(found - body.joints.begin());
  }
  for (int j = 0; j < joints_; ++j) {
    for (int i = j; body.leg_root[j] >= 0 && i != body.leg_root[j]; i = body.joints[i].parent) {
      rest_reach_[j] += body.joints[i].offset.z();
    }
  }
}

MedialEnergy::Effective MedialEnergy::effective(const float* shape) const {
  Effective e;
  const int n = joints_;
  e.scale = std::exp(shape[6 * n]);
  for (int j = 0; j < n; ++j) {
    const MedialJoint& joint = body_.joints[j];
    const int c = joint.shape_of, r = joint.radius_of;
    Vec3 delta(shape[n + 3 * c], shape[n + 3 * c + 1], shape[n + 3 * c + 2]);
    if (joint.mirror == j) delta.x() = 0;
    if (c != j) delta.x() = -delta.x();
    e.offset[j] = e.scale * std::exp(shape[c]) * (joint.offset + delta);
    e.radius[j] = e.scale * joint.radius * std::exp(shape[4 * n + r]);
    const float aspect = joint.aspect * std::exp(shape[5 * n + r]);
    e.squash[j] = aspect * aspect - 1;
  }
  return e;
}

void MedialEnergy::forward(const Effective& e, const float* pose, Frame& f) const {
  f.yaw_rotation = Eigen::AngleAxisf(pose[0], Vec3::UnitY()).toRotationMatrix();
  f.pitch_rotation = Eigen::AngleAxisf(pose[1], Vec3::UnitX()).toRotationMatrix();
  const Mat3 roll = Eigen::AngleAxisf(pose[2], Vec3::UnitZ()).toRotationMatrix();
  const Mat3 flip = Vec3(1, -1, -1).asDiagonal();
  f.view = flip * roll * f.pitch_rotation * f.yaw_rotation;
  const float depth = base_depth_ * std::exp(pose[5]);
  f.origin = depth * Vec3(pose[3] / focal_, pose[4] / focal_, 1);
  f.g_origin.setZero();
  for (int j = 0; j < joints_; ++j) {
    const int parent = body_.joints[j].parent;
    const Vec3 w(pose[6 + 3 * j], pose[7 + 3 * j], pose[8 + 3 * j]);
    const Mat3 local = rotation_exp(w);
    const Mat3 before = parent < 0 ? Mat3::Identity().eval() : f.outgoing[parent];
    f.position[j] = parent < 0 ? Vec3::Zero().eval() : (f.position[parent] + before * e.offset[j]).eval();
    f.jacobian[j] = before * left_jacobian(w);
    f.outgoing[j] = before * local;
    f.in_camera[j] = f.view * f.position[j] + f.origin;
    f.in_camera[j].z() = std::max(f.in_camera[j].z(), 0.05f * base_depth_);
    const float scale = focal_ / f.in_camera[j].z();
    f.u[j] = f.in_camera[j].x() * scale;
    f.v[j] = f.in_camera[j].y() * scale;
    f.r[j] = e.radius[j] * scale;
    f.lateral[j] = (f.view * before.col(0)).head<2>();
    f.force[j].setZero();
    f.torque[j].setZero();
    f.g_log_radius[j] = f.g_squash[j] = 0;
  }
}

namespace {

// Distance of each point to the nearest capsule and which one; the elliptic cross-section enters as the support
// radius in the direction from the axis to the point.
struct Nearest {
  float distance[kMaxPixels];
  int joint[kMaxPixels];
};

void nearest_capsule(const MedialCapsule2d* capsules, int count, const float* x, const float* y, int n, Nearest& out) {
  for (int i = 0; i < n; ++i) out.distance[i] = 1e9f;
  for (int i = 0; i < n; ++i) out.joint[i] = 0;
  for (int b = 0; b < count; ++b) {
    const MedialCapsule2d c = capsules[b];
#pragma omp simd
    for (int i = 0; i < n; ++i) {
      const float dx = x[i] - c.ax, dy = y[i] - c.ay;
      float t = (dx * c.ex + dy * c.ey) * c.inverse_length2;
      t = t < 0.0f ? 0.0f : t;
      t = t > 1.0f ? 1.0f : t;
      const float qx = dx - t * c.ex, qy = dy - t * c.ey;
      const float d2 = qx * qx + qy * qy + 1e-12f;
      const float along = qx * c.lateral_x + qy * c.lateral_y;
      const float k2 = 1.0f + (c.squash + t * c.squash_change) * along * along / d2;
      const float d = std::sqrt(d2) - (c.radius + t * c.radius_change) * std::sqrt(k2);
      const bool closer = d < out.distance[i];
      out.distance[i] = closer ? d : out.distance[i];
      out.joint[i] = closer ? b : out.joint[i];
    }
  }
}

}  // namespace

void MedialEnergy::project_capsules(const Effective& e, const Frame& f, MedialCapsule2d* capsules) const {
  for (int j = 1; j < joints_; ++j) {
    const int p = body_.joints[j].parent;
    const float ex = f.u[j] - f.u[p], ey = f.v[j] - f.v[p];
    capsules[j - 1] = {f.u[p], f.v[p], ex, ey, 1.0f / (ex * ex + ey * ey + 1e-12f), f.r[p], f.r[j] - f.r[p],
                       e.squash[p], e.squash[j] - e.squash[p], f.lateral[j].x(), f.lateral[j].y()};
  }
}

double MedialEnergy::data_term(const PixelPool& pool, const Sample& sample, const Effective& e, Frame& f,
                               float weight) const {
  const int total = static_cast<int>(pool.x.size());
  const int n = std::min({sample.pixels, total, kMaxPixels});
  if (n == 0) return 0;
  const int parts = std::max(1, total / n);
  const int begin = static_cast<int>(sample.round % parts) * n;
  const float *x = &pool.x[begin], *y = &pool.y[begin], *truth = &pool.distance[begin];

  Nearest nearest;
  MedialCapsule2d capsules[kMaxJoints];
  project_capsules(e, f, capsules);
  nearest_capsule(capsules, joints_ - 1, x, y, n, nearest);

  float gu[kMaxJoints] = {}, gv[kMaxJoints] = {}, gr[kMaxJoints] = {}, gc[kMaxJoints] = {};
  Eigen::Vector2f gl[kMaxJoints];
  for (int j = 0; j < joints_; ++j) gl[j].setZero();
  const float inv_s = 1.0f / sample.blur;
  double loss = 0;
  for (int i = 0; i < n; ++i) {
    const float value = sigmoid(-nearest.distance[i] * inv_s);
    const float residual = value - sigmoid(-truth[i] * inv_s);
    loss += residual * residual;
    const float g = -2.0f * residual * value * (1 - value) * inv_s * weight / n;
    if (std::abs(g) < 1e-12f) continue;
    const int j = nearest.joint[i] + 1, p = body_.joints[j].parent;
    const MedialCapsule2d& c = capsules[nearest.joint[i]];
    const float dx = x[i] - c.ax, dy = y[i] - c.ay;
    const float t = std::clamp((dx * c.ex + dy * c.ey) * c.inverse_length2, 0.0f, 1.0f);
    const float qx = dx - t * c.ex, qy = dy - t * c.ey;
    const float dist = std::sqrt(qx * qx + qy * qy + 1e-12f);
    const float nx = qx / dist, ny = qy / dist;
    const float along = nx * c.lateral_x + ny * c.lateral_y;
    const float squash = c.squash + t * c.squash_change, radius = c.radius + t * c.radius_change;
    const float k = std::sqrt(std::max(1.0f + squash * along * along, 1e-6f));
    gu[p] -= g * nx * (1 - t);
    gv[p] -= g * ny * (1 - t);
    gu[j] -= g * nx * t;
    gv[j] -= g * ny * t;
    gr[p] -= g * k * (1 - t);
    gr[j] -= g * k * t;
    const float g_squash = -g * radius * along * along / (2 * k);
    gc[p] += g_squash * (1 - t);
    gc[j] += g_squash * t;
    gl[j] -= g * radius * squash * along / k * Eigen::Vector2f(nx, ny);
  }

  for (int j = 0; j < joints_; ++j) {
    f.g_squash[j] = gc[j];
    const Vec3& c = f.in_camera[j];
    const float scale = focal_ / c.z();
    f.g_log_radius[j] += gr[j] * f.r[j];
    const Vec3 g_camera(gu[j] * scale, gv[j] * scale,
                        -(gu[j] * f.u[j] + gv[j] * f.v[j] + gr[j] * f.r[j]) / c.z());
    f.g_origin += g_camera;
    f.force[j] += f.view.transpose() * g_camera;
    const int p = body_.joints[j].parent;
    if (p >= 0) {
      const Vec3 g_lateral = f.view.transpose() * Vec3(gl[j].x(), gl[j].y(), 0);
      f.torque[p] += f.outgoing[p].col(0).cross(g_lateral);
    }
  }
  return weight * loss / n;
}

// Thin limbs in the background touch few sampled pixels; their axes are asked to lie inside the silhouette.
double MedialEnergy::inside_term(const PixelPool& pool, Frame& f, float weight) const {
  const ImageF& field = pool.field;
  const float scale = weight * priors_.inside / (2 * (joints_ - 1));
  const float inverse_cell = 1 / pool.field_cell;
  double loss = 0;
  for (int j = 1; j < joints_; ++j) {
    const int p = body_.joints[j].parent;
    for (float t : {0.5f, 1.0f}) {
      const float u = f.u[p] + t * (f.u[j] - f.u[p]), v = f.v[p] + t * (f.v[j] - f.v[p]);
      const float gx = u * inverse_cell + 0.5f * field.width - 0.5f, gy = v * inverse_cell + 0.5f * field.height - 0.5f;
      const int x = static_cast<int>(std::floor(gx)), y = static_cast<int>(std::floor(gy));
      if (x < 0 || y < 0 || x + 1 >= field.width || y + 1 >= field.height) continue;  // cut off by the picture's border
      const float a = gx - x, b = gy - y;
      const float d00 = field.at(x, y), d10 = field.at(x + 1, y), d01 = field.at(x, y + 1), d11 = field.at(x + 1, y + 1);
      const float d = (1 - b) * ((1 - a) * d00 + a * d10) + b * ((1 - a) * d01 + a * d11);
      if (d <= 0) continue;
      loss += d * d;
      const float g = 2 * scale * d * inverse_cell;
      const float gu = g * ((1 - b) * (d10 - d00) + b * (d11 - d01)), gv = g * ((1 - a) * (d01 - d00) + a * (d11 - d10));
      for (const auto& [joint, share] : {std::pair{p, 1 - t}, std::pair{j, t}}) {
        if (share == 0) continue;
        const float s = focal_ / f.in_camera[joint].z();
        const Vec3 g_camera(share * gu * s, share * gv * s,
                            -share * (gu * f.u[joint] + gv * f.v[joint]) / f.in_camera[joint].z());
        f.g_origin += g_camera;
        f.force[joint] += f.view.transpose() * g_camera;
      }
    }
  }
  return scale * loss;
}

double MedialEnergy::landmark_term(const PixelPool& pool, Frame& f, float weight) const {
  const float scale = weight * priors_.landmark / kLimbLandmarks.size(), unit = 1 / priors_.landmark_scale;
  double loss = 0;
  for (const PixelPool::Landmark& mark : pool.landmarks) {
    const int j = landmark_joint_[mark.limb];
    if (j < 0) continue;
    const Eigen::Vector2f error(f.u[j] - mark.x, f.v[j] - mark.y);
    const float root = std::sqrt(1 + error.squaredNorm() * unit * unit);
    loss += mark.trust * (root - 1);
    const Eigen::Vector2f g = scale * mark.trust * unit * unit / root * error;
    const float z = f.in_camera[j].z(), zoom = focal_ / z;
    const Vec3 g_camera(g.x() * zoom, g.y() * zoom, -(g.x() * f.u[j] + g.y() * f.v[j]) / z);
    f.g_origin += g_camera;
    f.force[j] += f.view.transpose() * g_camera;
  }
  return scale * loss;
}

// A pixel lies on the near side of the front-most capsule that covers it; the bone's rigid motion carries that
// point to the next frame, where its projection is compared with the flow. Which capsule covers the pixel is held fixed in
// the derivative.
double MedialEnergy::flow_term(const PixelPool& pool, const Sample& sample, const Effective& e, Frame& now, Frame& next,
                               float weight) const {
  const int total = static_cast<int>(pool.flow_x.size());
  const int n = std::min(sample.flow_pixels, total);
  if (n == 0) return 0;
  const int begin = static_cast<int>(sample.round % std::max(1, total / n)) * n;
  MedialCapsule2d capsules[kMaxJoints];
  project_capsules(e, now, capsules);
  float depth_squash[kMaxJoints];
  for (int j = 1; j < joints_; ++j) {
    const int p = body_.joints[j].parent;
    const float toward = now.view.row(2).dot(now.outgoing[p].col(0));
    depth_squash[j] = std::sqrt(std::max(0.05f, 1 + e.squash[p] * toward * toward));
  }
  const float scale = weight * priors_.flow / n, unit = 1 / priors_.flow_scale;
  double loss = 0;
  for (int i = begin; i < begin + n; ++i) {
    const float x = pool.flow_x[i], y = pool.flow_y[i];
    float front = 1e9f, along = 0, bulge = 0;  // bulge: of the surface before the axis, image units
    Eigen::Vector2f aside(0, 0);
    int bone = -1, tip = -1;
    for (int b = 0; b + 1 < joints_; ++b) {
      const MedialCapsule2d& c = capsules[b];
      const float dx = x - c.ax, dy = y - c.ay;
      const float t = std::clamp((dx * c.ex + dy * c.ey) * c.inverse_length2, 0.0f, 1.0f);
      const float qx = dx - t * c.ex, qy = dy - t * c.ey;
      const float d2 = qx * qx + qy * qy, radius = c.radius + t * c.radius_change;
      if (d2 >= radius * radius) continue;
      const int p = body_.joints[b + 1].parent;
      const float axis_depth = now.in_camera[p].z() + t * (now.in_camera[b + 1].z() - now.in_camera[p].z());
      const float round = std::sqrt(radius * radius - d2);
      const float z = axis_depth - depth_squash[b + 1] * round * axis_depth / focal_;
      if (z < front) {
        front = z;
        along = t;
        bulge = std::max(round, 0.2f * radius);
        aside = {qx, qy};
        bone = p;
        tip = b + 1;
      }
    }
    if (bone < 0) continue;
    const Vec3 point(x * front / focal_, y * front / focal_, front);
    const Mat3 from = now.view * now.outgoing[bone], to = next.view * next.outgoing[bone];
    const Vec3 lever_now = point - now.in_camera[bone];
    const Vec3 lever_next = to * (from.transpose() * lever_now);
    const Vec3 moved = next.in_camera[bone] + lever_next;
    if (moved.z() < 0.05f * base_depth_) continue;
    const float s = focal_ / moved.z();
    const Eigen::Vector2f error(moved.x() * s - x - pool.flow_u[i], moved.y() * s - y - pool.flow_v[i]);
    const float root = std::sqrt(1 + error.squaredNorm() * unit * unit);
    loss += root - 1;
    const Eigen::Vector2f g = scale * unit * unit / root * error;
    const Vec3 g_next(g.x() * s, g.y() * s, -(g.x() * moved.x() + g.y() * moved.y()) * s / moved.z());
    const Vec3 g_now = -(from * (to.transpose() * g_next));  // of the bone's origin in this frame
    next.g_origin += g_next;
    next.force[bone] += next.view.transpose() * g_next;
    next.torque[bone] += next.view.transpose() * lever_next.cross(g_next);
    now.g_origin += g_now;
    now.force[bone] += now.view.transpose() * g_now;
    now.torque[bone] += now.view.transpose() * lever_now.cross(g_now);
    const float g_front = -(g_now.x() * x + g_now.y() * y) / focal_ - g_now.z();
    const MedialCapsule2d& c = capsules[tip - 1];
    const float g_bulge = -g_front * depth_squash[tip] * front / focal_ / bulge;
    for (const auto& [joint, share] : {std::pair{bone, 1 - along}, std::pair{tip, along}}) {
      const Vec3& centre = now.in_camera[joint];
      const float g_radius = share * g_bulge * (c.radius + along * c.radius_change);
      const Eigen::Vector2f g_uv = share * g_bulge * aside;
      const float zoom = focal_ / centre.z();
      const Vec3 g_camera(g_uv.x() * zoom, g_uv.y() * zoom,
                          share * g_front - (g_uv.x() * now.u[joint] + g_uv.y() * now.v[joint] +
                                             g_radius * now.r[joint]) / centre.z());
      now.g_log_radius[joint] += g_radius * now.r[joint];
      now.g_origin += g_camera;
      now.force[joint] += now.view.transpose() * g_camera;
    }
  }
  return scale * loss;
}

// Squared difference of a frame's rotations from those (interpolated) a period later; where the sides alternate, also
// from the mirrored ones half a period later.
double MedialEnergy::cycle_term(const std::vector<int>& frames, const Sample& sample, const float* pose,
                                float* grad_pose) const {
  if (sample.cycle.period <= 0) return 0;
  const int count = static_cast<int>(frames.size()), stride = pose_size();
  const float weight = sample.cycle_weight / count;
  double energy = 0;
  for (bool half : {false, true}) {
    if (half && !sample.cycle.alternate) continue;
    const float lag = (half ? 0.5f : 1.0f) * sample.cycle.period;
    for (int k = 0, i = 0; k < count; ++k) {
      const float at = frames[k] + lag;
      while (i + 1 < count && frames[i + 1] <= at) ++i;
      if (i + 1 >= count) break;
      const float part = (at - frames[i]) / (frames[i + 1] - frames[i]);
      for (int j = 0; j < joints_; ++j) {
        if (body_.joints[j].leaf) continue;
        for (int a = 0; a < 3; ++a) {
          const float sign = half && a > 0 ? -1.0f : 1.0f;
          const int here = k * stride + 6 + 3 * j + a;
          const int there = i * stride + 6 + 3 * (half ? body_.joints[j].mirror : j) + a;
          const float d = pose[here] - sign * ((1 - part) * pose[there] + part * pose[there + stride]);
          energy += weight * d * d;
          if (!grad_pose) continue;
          grad_pose[here] += 2 * weight * d;
          grad_pose[there] -= 2 * weight * d * sign * (1 - part);
          grad_pose[there + stride] -= 2 * weight * d * sign * part;
        }
      }
    }
  }
  return energy;
}

double MedialEnergy::evaluate(const std::vector<int>& frames, const Sample& sample, const float* shape,
                              const float* pose, float* grad_shape, float* grad_pose) const {
  const int n = joints_, count = static_cast<int>(frames.size()), stride = pose_size();
  const Effective e = effective(shape);
  std::vector<Frame> states(count);
  double energy = 0;
  const float per_frame = 1.0f / count;

  for (int k = 0; k < count; ++k) {
    Frame& f = states[k];
    forward(e, pose + k * stride, f);
    const PixelPool& pool = pools_[frames[k]];
    if (!pool.usable) continue;
    energy += data_term(pool, sample, e, f, per_frame);
    energy += inside_term(pool, f, per_frame);
    energy += landmark_term(pool, f, per_frame);
  }
  for (int k = 0; sample.flow_pixels > 0 && k + 1 < count; ++k) {
    if (frames[k + 1] != frames[k] + 1) continue;
    energy += flow_term(pools_[frames[k]], sample, e, states[k], states[k + 1], per_frame);
  }

  // Feet share one ground height (soft minimum over time), legs move in planes along the body.
  {
    const float leg_plane = sample.cycle.period > 0 ? priors_.gait_leg_plane : priors_.leg_plane;
    std::vector<int> feet;
    for (int j = 0; j < n; ++j) {
      if (body_.joints[j].foot) feet.push_back(j);
    }
    constexpr float kTemperature = 0.03f;
    std::vector<float> low(feet.size());
    std::vector<std::vector<float>> share(feet.size(), std::vector<float>(count));
    float mean = 0;
    for (std::size_t i = 0; i < feet.size(); ++i) {
      float smallest = 1e9f, sum = 0, value = 0;
      for (int k = 0; k < count; ++k) smallest = std::min(smallest, states[k].position[feet[i]].y());
      for (int k = 0; k < count; ++k) {
        share[i][k] = std::exp(-(states[k].position[feet[i]].y() - smallest) / kTemperature);
        sum += share[i][k];
      }
      for (int k = 0; k < count; ++k) {
        share[i][k] /= sum;
        value += share[i][k] * states[k].position[feet[i]].y();
      }
      low[i] = value;
      mean += value / feet.size();
    }
    for (std::size_t i = 0; i < feet.size(); ++i) {
      const float d = low[i] - mean;
      energy += priors_.ground * d * d / feet.size();
      const float g = 2 * priors_.ground * d / feet.size();
      const int top = body_.leg_root[feet[i]];
      float drift = 0;
      for (int k = 0; k < count; ++k) {
        drift += (states[k].position[feet[i]].z() - states[k].position[top].z()) * per_frame;
      }
      drift -= e.scale * rest_reach_[feet[i]];
      energy += priors_.balance * drift * drift / feet.size();
      const float gb = 2 * priors_.balance * drift * per_frame / feet.size();
      for (int k = 0; k < count; ++k) {
        Frame& f = states[k];
        const float y = f.position[feet[i]].y();
        f.force[feet[i]].y() += g * share[i][k] * (1 - (y - low[i]) / kTemperature);
        const float lean = f.position[feet[i]].x() - f.position[top].x();
        energy += leg_plane * lean * lean * per_frame / feet.size();
        const float gl = 2 * leg_plane * lean * per_frame / feet.size();
        f.force[feet[i]].z() += gb;
        f.force[top].z() -= gb;
        f.force[feet[i]].x() += gl;
        f.force[top].x() -= gl;
      }
    }
  }

  if (grad_shape) std::fill(grad_shape, grad_shape + shape_size(), 0.0f);
  if (grad_pose) std::fill(grad_pose, grad_pose + count * stride, 0.0f);

  // Reverse pass: forces and torques up the tree.
  if (grad_pose && grad_shape) {
    for (int k = 0; k < count; ++k) {
      Frame& f = states[k];
      float* g = grad_pose + k * stride;
      Vec3 moment[kMaxJoints];  // about the body origin, of the subtree behind a joint
      Vec3 total = Vec3::Zero(), total_moment = Vec3::Zero();
      for (int j = 0; j < n; ++j) moment[j] = f.position[j].cross(f.force[j]) + f.torque[j];
      for (int j = 0; j < n; ++j) {
        total += f.force[j];
        total_moment += moment[j];
      }
      for (int j = n - 1; j >= 0; --j) {
        // Torque about joint j of everything its rotation moves: itself excluded by the zero lever.
        const Vec3 about = moment[j] - f.position[j].cross(f.force[j]);
        const Vec3 gw = f.jacobian[j].transpose() * about;
        for (int a = 0; a < 3; ++a) g[6 + 3 * j + a] = gw[a];
        const int parent = body_.joints[j].parent;
        if (parent >= 0) {
          const Vec3 g_offset = f.outgoing[parent].transpose() * f.force[j];
          const int c = body_.joints[j].shape_of;
          const float length = e.scale * std::exp(shape[c]);
          grad_shape[c] += g_offset.dot(e.offset[j]);
          Vec3 gd = length * g_offset;
          if (body_.joints[j].mirror == j) gd.x() = 0;
          if (c != j) gd.x() = -gd.x();
          for (int a = 0; a < 3; ++a) grad_shape[n + 3 * c + a] += gd[a];
          grad_shape[6 * n] += g_offset.dot(e.offset[j]);
          f.force[parent] += f.force[j];
          moment[parent] += moment[j];
        }
      }
      for (int j = 0; j < n; ++j) {
        const int r = body_.joints[j].radius_of;
        grad_shape[4 * n + r] += f.g_log_radius[j];
        grad_shape[5 * n + r] += f.g_squash[j] * 2 * (e.squash[j] + 1);
        grad_shape[6 * n] += f.g_log_radius[j];
      }
      g[0] = total_moment.y();
      g[1] = f.yaw_rotation.row(0).dot(total_moment);
      g[2] = (f.pitch_rotation * f.yaw_rotation).row(2).dot(total_moment);
      const float depth = f.origin.z();
      g[3] = f.g_origin.x() * depth / focal_;
      g[4] = f.g_origin.y() * depth / focal_;
      g[5] = f.g_origin.dot(f.origin);
    }
  }

  // Priors on the pose. Squares, so value and gradient together.
  auto penalise = [&](float weight, float value, int k, int index) {
    energy += weight * value * value;
    if (grad_pose) grad_pose[k * stride + index] += 2 * weight * value;
  };
  for (int k = 0; k < count; ++k) {
    const float* p = pose + k * stride;
    for (int j = 0; j < n; ++j) {
      if (body_.joints[j].leaf) continue;
      for (int a = 0; a < 3; ++a) {
        const int index = 6 + 3 * j + a;
        const MedialJoint& joint = body_.joints[j];
        penalise(priors_.rotation * joint.stiffness[a] * per_frame, p[index], k, index);
        if (p[index] < joint.limit_min[a]) penalise(priors_.limit * per_frame, p[index] - joint.limit_min[a], k, index);
        if (p[index] > joint.limit_max[a]) penalise(priors_.limit * per_frame, p[index] - joint.limit_max[a], k, index);
      }
    }
    {
      const float d = (p[1] - body_.elevation) / 0.2f;
      energy += priors_.elevation * per_frame * d * d;
      if (grad_pose) grad_pose[k * stride + 1] += 2 * priors_.elevation * per_frame * d / 0.2f;
    }
    if (turns_little_) {
      const float w = body_.broadside * per_frame, c = std::cos(p[0]);
      energy += w * c * c;
      if (grad_pose) grad_pose[k * stride] -= 2 * w * c * std::sin(p[0]);
    }
    penalise(priors_.roll * per_frame, p[2], k, 2);
    penalise(priors_.depth * per_frame, p[5], k, 5);
  }
  for (int j = 0; j < n; ++j) {
    const float weight = body_.joints[j].carriage;
    for (int a = 0; weight > 0 && a < 3; ++a) {
      const int index = 6 + 3 * j + a;
      float mean = 0;
      for (int k = 0; k < count; ++k) mean += pose[k * stride + index] * per_frame;
      energy += weight * mean * mean;
      for (int k = 0; grad_pose && k < count; ++k) grad_pose[k * stride + index] += 2 * weight * mean * per_frame;
    }
  }
  float mean_depth = 0;
  for (int k = 0; k < count; ++k) mean_depth += pose[k * stride + 5] * per_frame;
  energy += priors_.mean_depth * mean_depth * mean_depth;
  for (int k = 0; grad_pose && k < count; ++k) grad_pose[k * stride + 5] += 2 * priors_.mean_depth * mean_depth * per_frame;
  // Smoothness over time: differences are per step of the subsampled clip, so that sparse key frames stay loose.
  auto difference = [&](float weight, float value, std::initializer_list<std::pair<int, float>> terms, int index) {
    energy += weight * value * value;
    if (!grad_pose) return;
    for (const auto& [k, coefficient] : terms) grad_pose[k * stride + index] += 2 * weight * value * coefficient;
  };
  for (int index : {0, 1, 2, 5}) {
    if (count < 3) break;
    const float mean_step = (pose[(count - 1) * stride + index] - pose[index]) / (count - 1);
    for (int k = 0; k + 1 < count; ++k) {
      const float v = pose[(k + 1) * stride + index] - pose[k * stride + index];
      const float w = priors_.camera_velocity / (count - 1);
      energy += w * (v - mean_step) * (v - mean_step);
      if (grad_pose) {  // the mean's own gradient cancels: deviations sum to zero
        grad_pose[(k + 1) * stride + index] += 2 * w * (v - mean_step);
        grad_pose[k * stride + index] -= 2 * w * (v - mean_step);
      }
      if (index == 0) {
        energy += priors_.yaw_step * std::abs(v);
        if (grad_pose) {
          const float sign = v > 0 ? 1.0f : -1.0f;
          grad_pose[(k + 1) * stride] += priors_.yaw_step * sign;
          grad_pose[k * stride] -= priors_.yaw_step * sign;
        }
      }
    }
    for (int k = 1; k + 1 < count; ++k) {
      const float a = pose[(k - 1) * stride + index] - 2 * pose[k * stride + index] + pose[(k + 1) * stride + index];
      difference(priors_.camera_acceleration / (count - 2), a, {{k - 1, 1.f}, {k, -2.f}, {k + 1, 1.f}}, index);
    }
  }
  if (!yaw_track_.empty()) {
    const int lag = std::max(1, count / 2);
    for (int k = 0; k + lag < count; ++k) {
      const float measured = yaw_track_[frames[k + lag]] - yaw_track_[frames[k]];
      const float off = pose[(k + lag) * stride] - pose[k * stride] - measured;
      difference(priors_.turn / (count - lag), off, {{k, -1.f}, {k + lag, 1.f}}, 0);
    }
  }
  for (int j = 0; j < n; ++j) {
    if (body_.joints[j].leaf) continue;
    for (int a = 0; a < 3; ++a) {
      const int index = 6 + 3 * j + a;
      for (int k = 0; k + 1 < count; ++k) {
        const float v = pose[(k + 1) * stride + index] - pose[k * stride + index];
        difference(priors_.rotation_velocity / (count - 1), v, {{k, -1.f}, {k + 1, 1.f}}, index);
      }
      for (int k = 1; k + 1 < count; ++k) {
        const float acc = pose[(k - 1) * stride + index] - 2 * pose[k * stride + index] + pose[(k + 1) * stride + index];
        difference(priors_.rotation_acceleration / (count - 2), acc, {{k - 1, 1.f}, {k, -2.f}, {k + 1, 1.f}}, index);
      }
    }
  }
  energy += cycle_term(frames, sample, pose, grad_pose);
  // Priors on the shape.
  auto shape_prior = [&](float weight, int index) {
    energy += weight * shape[index] * shape[index];
    if (grad_shape) grad_shape[index] += 2 * weight * shape[index];
  };
  for (int j = 0; j < n; ++j) {
    if (body_.joints[j].shape_of == j) {
      shape_prior(priors_.log_length, j);
      for (int a = 0; a < 3; ++a) shape_prior(priors_.delta, n + 3 * j + a);
    }
    if (body_.joints[j].radius_of != j) continue;
    shape_prior(priors_.log_radius, 4 * n + j);
    shape_prior(priors_.log_aspect, 5 * n + j);
  }
  return energy;
}

void MedialEnergy::capsule_distance(const float* shape, const float* pose, const float* x, const float* y, int n,
                                    float* distance) const {
  const Effective e = effective(shape);
  Frame f;
  forward(e, pose, f);
  MedialCapsule2d capsules[kMaxJoints];
  project_capsules(e, f, capsules);
  Nearest nearest;
  for (int begin = 0; begin < n; begin += kMaxPixels) {
    const int m = std::min(kMaxPixels, n - begin);
    nearest_capsule(capsules, joints_ - 1, x + begin, y + begin, m, nearest);
    std::copy(nearest.distance, nearest.distance + m, distance + begin);
  }
}

double MedialEnergy::forward_gait(const std::vector<int>& frames, const float* shape, const float* pose) const {
  const Effective e = effective(shape);
  const int count = static_cast<int>(frames.size());
  std::vector<Frame> states(count);
  for (int k = 0; k < count; ++k) forward(e, pose + k * pose_size(), states[k]);
  double covariance = 0, height2 = 0, speed2 = 0, reach2 = 0;
  for (int j = 0; j < joints_; ++j) {
    if (!body_.joints[j].foot) continue;
    const int top = body_.leg_root[j];
    auto relative = [&](int k) { return (states[k].position[j] - states[k].position[top]).eval(); };
    Vec3 mean = Vec3::Zero();
    for (int k = 0; k < count; ++k) mean += relative(k) / count;
    for (int k = 1; k + 1 < count; ++k) {
      const float height = relative(k).y() - mean.y();
      const float speed = 0.5f * (relative(k + 1).z() - relative(k - 1).z());
      covariance += height * speed;
      height2 += height * height;
      speed2 += speed * speed;
      reach2 += std::pow(relative(k).z() - mean.z(), 2);
    }
  }
  if (count < 5 || height2 * speed2 == 0) return 0;
  int feet = 0;
  for (const MedialJoint& joint : body_.joints) feet += joint.foot;
  constexpr double kStride = 0.1;  // of the silhouette's size
  const double stride = std::sqrt(reach2 / (std::max(feet, 1) * (count - 2)));
  return covariance / std::sqrt(height2 * speed2) * std::min(1.0, stride / kStride);
}

double MedialEnergy::footfall_order(const std::vector<int>& frames, const float* shape, const float* pose,
                                    float period) const {
  if (std::none_of(body_.foreleg.begin(), body_.foreleg.end(), [](char fore) { return fore; })) return 0;
  const Effective e = effective(shape);
  std::vector<std::complex<double>> swing(joints_);  // of the feet, ahead of the tops of their legs
  std::vector<double> mean(joints_, 0.0);
  Frame state;
  for (int pass = 0; pass < 2; ++pass) {
    for (std::size_t k = 0; k < frames.size(); ++k) {
      forward(e, pose + k * pose_size(), state);
      for (int j = 0; j < joints_; ++j) {
        if (!body_.joints[j].foot) continue;
        const double ahead = state.position[j].z() - state.position[body_.leg_root[j]].z();
        if (pass == 0) mean[j] += ahead / frames.size();
        else swing[j] += (ahead - mean[j]) * std::polar(1.0, -2 * std::numbers::pi * frames[k] / period);
      }
    }
  }
  std::complex<double> delay = 0;
  double size = 0;
  for (int fore = 0; fore < joints_; ++fore) {
    if (!body_.joints[fore].foot || !body_.foreleg[fore]) continue;
    for (int hind = 0; hind < joints_; ++hind) {
      const bool same_side = (body_.joints[hind].mirror > hind) == (body_.joints[fore].mirror > fore);
      if (!body_.joints[hind].foot || body_.foreleg[hind] || !same_side) continue;
      delay += std::conj(swing[fore]) * swing[hind];
      size += std::abs(swing[fore]) * std::abs(swing[hind]);
    }
  }
  constexpr double kUsual = 3.0 / 8;
  return size > 0 ? (delay * std::polar(1.0, -2 * std::numbers::pi * kUsual)).real() / size : 0;
}

MedialShape MedialEnergy::unpack_shape(const float* shape) const {
  const int n = joints_;
  MedialShape s;
  s.log_length.resize(n);
  s.delta.resize(n, 3);
  s.log_radius.resize(n);
  s.log_aspect.resize(n);
  s.log_scale = shape[6 * n];
  for (int j = 0; j < n; ++j) {
    const int c = body_.joints[j].shape_of;
    s.log_length[j] = shape[c];
    s.delta.row(j) << shape[n + 3 * c], shape[n + 3 * c + 1], shape[n + 3 * c + 2];
    if (body_.joints[j].mirror == j) s.delta(j, 0) = 0;
    if (c != j) s.delta(j, 0) = -s.delta(j, 0);
    const int r = body_.joints[j].radius_of;
    s.log_radius[j] = shape[4 * n + r];
    s.log_aspect[j] = shape[5 * n + r];
  }
  return s;
}

MedialPose MedialEnergy::unpack_pose(const float* pose) const {
  MedialPose p;
  p.yaw = pose[0];
  p.elevation = pose[1];
  p.roll = pose[2];
  p.u = pose[3];
  p.v = pose[4];
  p.log_depth = pose[5];
  p.rotations = Eigen::Map<const Points>(pose + 6, joints_, 3);
  return p;
}

}  // namespace mp4d
