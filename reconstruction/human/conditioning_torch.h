#pragma once
#include <torch/torch.h>

namespace mp4d::human {

/// Compact spherical embedding of joints (Joint2Human, sec. 3.2): each joint is a ball of `radius` in the cube [-1, 1]^3,
/// drawn as a Fourier occupancy field of `coefficients` bands, divided by the radius. In closed form: a ray at distance
/// d < r sees the chord of half length h = sqrt(r^2 - d^2) about t0 = z + 1, so e_0 = 2 h and
/// e_k = 2 cos(k pi t0 / 2) sin(k pi h / 2) / (k pi / 2).
/// joints: B x 24 x 3. Returns B x (24 * coefficients) x resolution x resolution, channel = joint * coefficients + k.
torch::Tensor joint_embedding(const torch::Tensor& joints, int resolution, int coefficients, double radius);

/// The bones between the joints as tubes in the same form, added up over the parts of the body (trunk, head, left and right
/// arm, left and right leg): the chord's depth is that of the nearest point of the bone in the image, its half length that
/// of a ball there. Not in the paper; it tells the network which joints belong together, and limbs come out attached.
/// Returns B x (6 * coefficients) x resolution x resolution.
torch::Tensor limb_embedding(const torch::Tensor& joints, int resolution, int coefficients, double radius);

}  // namespace mp4d::human
