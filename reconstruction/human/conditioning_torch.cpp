#include "reconstruction/human/conditioning_torch.h"
#include "reconstruction/human/body_skeleton.h"
#include <numbers>

namespace mp4d::human {
namespace {

using torch::Tensor;
using torch::indexing::Slice;

// x of the columns and y of the rows, each R.
std::pair<Tensor, Tensor> pixel_axes(int resolution, const Tensor& like) {
  const Tensor i = torch::arange(resolution, like.options());
  return {(2 * i + 1) / resolution - 1, 1 - (2 * i + 1) / resolution};
}

// Chords of squared half length h2 (negative: none) about t0, N x ... -> N x coefficients x ..., over the radius.
Tensor chord_coefficients(const Tensor& h2, const Tensor& t0, int coefficients, double radius) {
  const Tensor h = h2.clamp_min(0).sqrt();
  std::vector<Tensor> bands = {2 * h};
  for (int k = 1; k < coefficients; ++k) {
    const double w = k * std::numbers::pi / 2;
    bands.push_back(2 / w * torch::cos(w * t0) * torch::sin(w * h));
  }
  return torch::stack(bands, 2) / radius;
}

int part_of_bone(int child) {
  switch (child) {
    case 3: case 6: case 9: return 0;
    case 12: case 15: return 1;
    case 13: case 16: case 18: case 20: case 22: return 2;
    case 14: case 17: case 19: case 21: case 23: return 3;
    case 1: case 4: case 7: case 10: return 4;
    default: return 5;
  }
}

}  // namespace

Tensor joint_embedding(const Tensor& joints, int resolution, int coefficients, double radius) {
  const auto [x, y] = pixel_axes(resolution, joints);
  const auto coordinate = [&](int axis) { return joints.index({Slice(), Slice(), axis}).unsqueeze(-1); };  // B x 24 x 1
  const Tensor dx2 = (x - coordinate(0)).square().unsqueeze(-2);  // B x 24 x 1 x R
  const Tensor dy2 = (y - coordinate(1)).square().unsqueeze(-1);  // B x 24 x R x 1
  const Tensor t0 = (coordinate(2) + 1).unsqueeze(-1);
  return chord_coefficients(radius * radius - dx2 - dy2, t0, coefficients, radius).flatten(1, 2);
}

Tensor limb_embedding(const Tensor& joints, int resolution, int coefficients, double radius) {
  constexpr int kParts = 6;
  const auto [x, y] = pixel_axes(resolution, joints);
  std::vector<Tensor> parts(kParts);
  for (int child = 1; child < kJointCount; ++child) {
    const auto end = [&](int joint, int axis) { return joints.index({Slice(), joint, axis}).view({-1, 1, 1, 1}); };
    const int parent = kJointParents[std::size_t(child)];
    const Tensor ax = end(parent, 0), ay = end(parent, 1), az = end(parent, 2);
    const Tensor bx = end(child, 0) - ax, by = end(child, 1) - ay, bz = end(child, 2) - az;
    const Tensor px = x.view({1, 1, 1, -1}) - ax, py = y.view({1, 1, -1, 1}) - ay;
    const Tensor along = ((px * bx + py * by) / (bx.square() + by.square() + 1e-8)).clamp(0, 1);
    const Tensor h2 = radius * radius - (px - along * bx).square() - (py - along * by).square();
    const Tensor chord = chord_coefficients(h2, az + along * bz + 1, coefficients, radius).squeeze(1);  // B x K x R x R
    Tensor& part = parts[std::size_t(part_of_bone(child))];
    part = part.defined() ? part + chord : chord;
  }
  return torch::cat(parts, 1);
}

}  // namespace mp4d::human
