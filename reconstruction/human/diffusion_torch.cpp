#include "reconstruction/human/diffusion_torch.h"
#include <cmath>
#include <numbers>

namespace mp4d::human {

using torch::Tensor;

constexpr double kGuidedAbove = 0.5;  // time, 0..1: what comes after hardly follows from pose and words any more

NoiseLevel noise_level(const Tensor& u) {
  const double last = 2 / std::numbers::pi * std::atan(std::exp(6.0));  // log SNR = -2 log tan(pi u / 2)
  const Tensor angle = (u * (2 * last - 1) + (1 - last)) * (std::numbers::pi / 2);
  return {torch::cos(angle), torch::sin(angle), -2 * torch::log(torch::tan(angle))};
}

Tensor sample(Denoiser& denoiser, const Tensor& noise, const Tensor& pose, const Tensor& code, const SamplingOptions& options,
              const std::function<bool(int)>& keep_going, double start, const Tensor& base) {
  torch::NoGradGuard no_grad;
  const int64_t batch = noise.size(0);
  const Tensor times = torch::linspace(start, 0, options.steps + 1, torch::kDouble);
  const auto level_at = [&](int i) {
    return noise_level(times[i].to(noise.device(), noise.scalar_type()).expand({batch}));
  };
  const auto wide = [](const Tensor& t) { return t.view({-1, 1, 1, 1}); };
  const Tensor both_poses = torch::cat({pose, torch::zeros_like(pose)});
  const Tensor both_codes = torch::cat({code, torch::zeros_like(code)});

  NoiseLevel now = level_at(0);
  Tensor x = base.defined() ? wide(now.signal) * base + wide(now.noise) * noise : noise;
  Tensor clean;
  for (int i = 0; i < options.steps; ++i) {
    if (keep_going && !keep_going(i)) return {};
    if (options.guidance != 1 && times[i].item<double>() > kGuidedAbove) {
      const std::vector<Tensor> parts =
          denoiser->forward(torch::cat({x, x}), now.log_snr.repeat({2}), both_poses, both_codes).chunk(2);
      clean = parts[1] + options.guidance * (parts[0] - parts[1]);
    } else {
      clean = denoiser->forward(x, now.log_snr, pose, code);
    }
    if (i + 1 == options.steps) break;
    const Tensor drawn = (x - wide(now.signal) * clean) / wide(now.noise);
    const NoiseLevel next = level_at(i + 1);
    Tensor spread = torch::zeros_like(next.noise);
    if (options.ancestral)
      spread = next.noise / now.noise * (1 - (now.signal / next.signal).square()).clamp_min(0).sqrt();
    x = wide(next.signal) * clean + wide((next.noise.square() - spread.square()).clamp_min(0).sqrt()) * drawn;
    if (options.ancestral) x = x + wide(spread) * torch::randn_like(x);
    now = next;
  }
  return clean;
}

}  // namespace mp4d::human
