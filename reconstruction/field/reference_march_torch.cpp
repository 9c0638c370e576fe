#include "reconstruction/field/reference_march.h"
#include <algorithm>
#include <torch/torch.h>

namespace mp4d {
namespace {

torch::Tensor floats_of(std::span<const Vec3> v) {
  return torch::from_blob(const_cast<float*>(v.data()->data()), {static_cast<std::int64_t>(v.size()), 3}).clone();
}

}  // namespace

ReferenceMarch reference_march(const GridField& field, std::span<const Ray> rays, std::span<const float> offsets, float near,
                               int steps, std::span<const Vec3> colour_gradient, std::span<const Vec3> background) {
  const auto count = static_cast<std::int64_t>(rays.size());
  const std::int64_t coefficients = field.coefficients(), values = 1 + 3 * coefficients, row = 16 * field.lines();
  const Eigen::Vector3i n = field.size;
  torch::Tensor rows = torch::empty({n.z(), n.y(), n.x(), row});
  for (std::size_t i = 0; i < field.count(); ++i) std::copy_n(field.voxel(i), row, rows.data_ptr<float>() + static_cast<std::int64_t>(i) * row);
  const torch::Tensor grid = rows.slice(3, 0, values).permute({3, 0, 1, 2}).unsqueeze(0).clone().set_requires_grad(true);

  torch::Tensor places = torch::zeros({1, count, steps, 1, 3}), inside = torch::zeros({count, steps}), basis = torch::zeros({count, coefficients});
  const Vec3 last = n.cast<float>() - Vec3::Constant(1 + 1e-3f);
  const float step = 0.5f * field.cell;
  for (std::int64_t r = 0; r < count; ++r) {
    const Ray& ray = rays[static_cast<std::size_t>(r)];
    const Vec3 at = (ray.origin - field.origin) / field.cell, per_metre = ray.direction / field.cell;
    const Eigen::Array3f a = -at.array() / per_metre.array(), b = (last - at).array() / per_metre.array();
    const float begin = std::max(near, a.min(b).maxCoeff()), end = a.max(b).minCoeff();
    const int there = std::min(steps, static_cast<int>((end - begin) / step));
    for (int i = 0; i < there; ++i) {
      const Vec3 g = at + (begin + step * (offsets[static_cast<std::size_t>(r)] + static_cast<float>(i))) * per_metre;
      float* to = places.data_ptr<float>() + (r * steps + i) * 3;
      for (int axis = 0; axis < 3; ++axis) to[axis] = 2 * g[axis] / static_cast<float>(n[axis] - 1) - 1;
      inside.data_ptr<float>()[r * steps + i] = 1;
    }
    direction_basis(field.degree, ray.direction, basis.data_ptr<float>() + r * coefficients);
  }

  namespace F = torch::nn::functional;
  const torch::Tensor sampled = F::grid_sample(grid, places, F::GridSampleFuncOptions().mode(torch::kBilinear).padding_mode(torch::kBorder).align_corners(true))
                                    .reshape({values, count, steps});
  const torch::Tensor clear = torch::exp(-step / field.unit * F::softplus(sampled[0] + field.shift) * inside);
  const torch::Tensor behind = torch::cumprod(clear, 1);
  const torch::Tensor before = torch::cat({torch::ones({count, 1}), behind.slice(1, 0, steps - 1)}, 1);
  const torch::Tensor weights = before - behind;
  const torch::Tensor logits = (sampled.slice(0, 1).reshape({3, coefficients, count, steps}) * basis.t().reshape({1, coefficients, count, 1})).sum(1);
  const torch::Tensor colours = (torch::sigmoid(logits) * weights).sum(2).t();
  const torch::Tensor left = behind.select(1, steps - 1).unsqueeze(1);
  (floats_of(colour_gradient) * (colours + left * floats_of(background))).sum().backward();

  ReferenceMarch out;
  const torch::Tensor seen = colours.detach().contiguous(), rest = left.detach().contiguous();
  for (std::int64_t r = 0; r < count; ++r) {
    const float* c = seen.data_ptr<float>() + 3 * r;
    out.results.push_back({Vec3(c[0], c[1], c[2]), rest.data_ptr<float>()[r], 0});
  }
  const torch::Tensor gradient = grid.grad().squeeze(0).permute({1, 2, 3, 0}).contiguous();
  out.gradient.assign(gradient.data_ptr<float>(), gradient.data_ptr<float>() + gradient.numel());
  return out;
}

}  // namespace mp4d
