#include "tests/synthetic/capsule_body.h"
#include "core/rng.h"
#include "motion/kinematics.h"
#include "motion/voxels.h"
#include <algorithm>
#include <cmath>
#include <limits>

namespace mp4d {

int CapsuleBody::joint(const std::string& name, int parent, const Vec3& position) {
  Joint joint{name, parent, {}};
  joint.rest.translation = parent < 0 ? position : Vec3(position - positions_[parent]);
  model_.skeleton.joints.push_back(joint);
  positions_.push_back(position);
  return model_.skeleton.size() - 1;
}

void CapsuleBody::capsule(int joint, const Vec3& a, const Vec3& b, float radius_a, float radius_b) {
  capsules_.push_back({joint, a, b, radius_a, radius_b});
}

float CapsuleBody::Capsule::distance(const Vec3& p) const {
  const Vec3 axis = b - a;
  const float t = std::clamp((p - a).dot(axis) / axis.squaredNorm(), 0.0f, 1.0f);
  return (p - a - t * axis).norm() - (radius_a + t * (radius_b - radius_a));
}

RiggedModel CapsuleBody::build(int resolution, float blend, const Paint& paint) const {
  RiggedModel model = model_;
  Aabb box;
  for (const Capsule& c : capsules_) {
    box.extend(Aabb(c.a.array() - c.radius_a, c.a.array() + c.radius_a));
    box.extend(Aabb(c.b.array() - c.radius_b, c.b.array() + c.radius_b));
  }
  VoxelGrid grid = make_grid(box, resolution, 2 * box.sizes().maxCoeff() / float(resolution));
  for (int z = 0; z < grid.nz; ++z)
    for (int y = 0; y < grid.ny; ++y)
      for (int x = 0; x < grid.nx; ++x) {
        const Vec3 p = grid.position(x, y, z);
        float d = std::numeric_limits<float>::infinity();
        for (const Capsule& c : capsules_) {
          const float other = c.distance(p);
          const float overlap = std::max(0.0f, 1 - std::abs(d - other) / blend);
          d = std::min(d, other) - 0.25f * blend * overlap * overlap;
        }
        grid.at(x, y, z) = d;
      }
  model.mesh = extract_surface(grid);
  model.mesh.normals = vertex_normals(model.mesh.verts, model.mesh.faces);

  const Eigen::Index count = model.mesh.verts.rows();
  const int joints = model.skeleton.size();
  Eigen::MatrixXf weights = Eigen::MatrixXf::Zero(count, joints);
  model.mesh.colors.resize(count, 3);
  std::vector<float> distance(static_cast<std::size_t>(joints)), softness(static_cast<std::size_t>(joints));
  for (Eigen::Index v = 0; v < count; ++v) {
    const Vec3 p = model.mesh.verts.row(v);
    std::fill(distance.begin(), distance.end(), std::numeric_limits<float>::infinity());
    for (const Capsule& c : capsules_) {
      const float d = c.distance(p);
      if (d < distance[c.joint]) {
        distance[c.joint] = d;
        softness[c.joint] = 0.35f * std::min(c.radius_a, c.radius_b);
      }
    }
    const auto nearest = std::min_element(distance.begin(), distance.end()) - distance.begin();
    for (int j = 0; j < joints; ++j) {
      const float w = std::exp(-(distance[j] - distance[nearest]) / std::max(softness[j], softness[nearest]));
      weights(v, j) = w < 0.02f ? 0.0f : w;
    }
    model.mesh.colors.row(v) = paint(p, model.mesh.normals.row(v), static_cast<int>(nearest)).transpose();
  }
  model.skin.joint_from_mesh = inverse_bind(model.skeleton);
  set_weights(model.skin, weights);
  return model;
}

float value_noise(const Vec3& position, float size, unsigned seed) {
  const Vec3 q = position / size;
  const Vec3 base = q.array().floor();
  const Vec3 f = q - base;
  const Vec3 s = f.array().square() * (3 - 2 * f.array());
  float value = 0;
  for (int corner = 0; corner < 8; ++corner) {
    float weight = 1;
    std::uint64_t cell = 0;
    for (int k = 0; k < 3; ++k) {
      const int bit = (corner >> k) & 1;
      weight *= bit ? s[k] : 1 - s[k];
      cell = (cell << 21) | (static_cast<std::uint64_t>(static_cast<std::int64_t>(base[k]) + bit + (1 << 20)) & 0x1fffff);
    }
    value += weight * float(rng::uniform(seed, 0, cell));
  }
  return value;
}

}  // namespace mp4d
