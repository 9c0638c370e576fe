#include "reconstruction/field/ray_gradient.h"

namespace mp4d {
namespace {

/// d(loss) / d(place in the grid, in cells), from a sample's gradients of its values.
Vec3 place_gradient(const GridField& field, const Splat& splat, const float* features, const float* basis) {
  const int coefficients = field.coefficients();
  const GridField::Steps steps = field.steps(splat.base);
  const Vec3 high = splat.place, low = Vec3::Ones() - splat.place;
  Vec3 out = Vec3::Zero();
  for (std::size_t k = 0; k < 8; ++k) {
    const float* voxel = field.in_slot(splat.base + (k & 1 ? steps.x : 0) + (k & 2 ? steps.y : 0) + (k & 4 ? steps.z : 0));
    float sum = splat.density * voxel[0];
    if (features) {
      for (int i = 0; i < kGridFeatures; ++i) sum += features[i] * voxel[1 + i];
    } else {
      for (int c = 0; c < 3; ++c)
        for (int m = 0; m < coefficients; ++m) sum += splat.colour[c] * basis[m] * voxel[1 + c * coefficients + m];
    }
    const float x = k & 1 ? high.x() : low.x(), y = k & 2 ? high.y() : low.y(), z = k & 4 ? high.z() : low.z();
    out += sum * Vec3((k & 1 ? 1 : -1) * y * z, (k & 2 ? 1 : -1) * x * z, (k & 4 ? 1 : -1) * x * y);
  }
  return out;
}

}  // namespace

std::vector<RayGradient> ray_gradients(const GridField& field, std::span<const Ray> rays, const GridMarch& march) {
  const std::vector<Splat>& splats = march.splats();
  std::vector<RayGradient> of_splat(splats.size()), out(rays.size());
#pragma omp parallel for schedule(static)
  for (std::size_t i = 0; i < splats.size(); ++i) {
    const Splat& splat = splats[i];
    const Ray& ray = rays[splat.ray];
    float basis[9];
    direction_basis(field.degree, ray.direction, basis);
    const float* features = field.network.empty() ? nullptr : march.feature_gradient().data() + i * kGridFeatures;
    Vec3 gradient = place_gradient(field, splat, features, basis) / field.cell;
    const GridPlace place = field.place(splat.base, splat.plane, splat.place, 0);
    Vec3 point = field.origin + field.cell * (place.cell.cast<float>() + place.place);
    if (field.contraction.on()) {
      point = field.contraction.out_of(point);
      gradient = field.contraction.slope(point).transpose() * gradient;
    }
    of_splat[i] = {gradient, (point - ray.origin).dot(ray.direction) * gradient};
  }
  for (std::size_t i = 0; i < splats.size(); ++i) {
    out[splats[i].ray].origin += of_splat[i].origin;
    out[splats[i].ray].direction += of_splat[i].direction;
  }
  return out;
}

}  // namespace mp4d
