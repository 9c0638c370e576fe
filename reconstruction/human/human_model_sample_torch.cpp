#include "core/rng.h"
#include "reconstruction/human/device_torch.h"
#include "reconstruction/human/human_frame.h"
#include "reconstruction/human/human_model.h"
#include "reconstruction/human/human_model_torch.h"

namespace mp4d::human {

using torch::Tensor;

struct HumanModel::State {
  HumanModelFile file;
  torch::Device device;
  Denoiser denoiser;
};

Result<HumanModel> HumanModel::load(const std::filesystem::path& path, const std::string& device_name) {
  MP4D_TRY(device, chosen_device(device_name));
  MP4D_TRY(file, HumanModelFile::load(path));
  Denoiser denoiser = file.denoiser(device);
  HumanModel model;
  model.state_ = std::make_shared<State>(State{std::move(file), device, denoiser});
  return model;
}

const Wardrobe& HumanModel::wardrobe() const { return state_->file.wardrobe; }
const std::string& HumanModel::facts() const { return state_->file.facts; }
Joints HumanModel::rest_joints(const Attributes& attributes) const { return state_->file.rest_joints.joints(attributes); }

Result<std::vector<HumanField>> HumanModel::sample(const std::vector<HumanRequest>& requests, const HumanSampling& options,
                                                   JobContext* job, const std::vector<HumanField>* bases) const {
  const torch::NoGradGuard no_grad;
  const DenoiserConfig& config = state_->file.config;
  const int64_t count = int64_t(requests.size()), grid = config.grid();
  Tensor joints = torch::empty({count, kJointCount, 3}), codes = torch::empty({count, config.code_size});
  Tensor noise = torch::empty({count, config.field_channels(), grid, grid});
  for (int64_t i = 0; i < count; ++i) {
    const HumanRequest& request = requests[std::size_t(i)];
    const Joints in_cube = frame_of(request.joints).to_cube(request.joints);
    std::copy_n(in_cube.data(), in_cube.size(), joints[i].data_ptr<float>());
    const std::vector<float> code = attribute_code(request.attributes, request.known, wardrobe());
    std::copy(code.begin(), code.end(), codes[i].data_ptr<float>());
    float* values = noise[i].data_ptr<float>();
    for (int64_t k = 0; k < noise[i].numel(); ++k)
      values[k] = float(rng::normal(std::uint64_t(options.seed), std::uint64_t(i), std::uint64_t(k)));
  }
  const FieldScaling scaling{state_->file.scaling.rms.to(state_->device)};
  Tensor base;
  if (bases) {
    const int64_t channels = config.bands + config.part_channels, side = config.resolution;
    base = torch::empty({count, channels, side, side});
    for (int64_t i = 0; i < count; ++i) {
      const HumanField& field = (*bases)[std::size_t(i)];
      float* values = base[i].data_ptr<float>();
      std::copy(field.parts.begin(), field.parts.end(),
                std::copy(field.occupancy.coefficients.begin(), field.occupancy.coefficients.end(), values));
    }
    base = scaling.fold(base.to(state_->device), config.patch);
  }
  const int steps = bases ? std::max(2, int(std::lround(options.steps * options.renoise))) : options.steps;
  torch::manual_seed(options.seed);  // for what ddpm draws at each step
  begin_phase(job, "sample", steps);
  const Tensor folded = human::sample(
      state_->denoiser, noise.to(state_->device), state_->denoiser->pose_fields(joints.to(state_->device)),
      codes.to(state_->device), {steps, options.guidance, options.sampler == "ddpm"}, [&](int done) {
        step(job, done);
        return !cancelled(job);
      },
      bases ? options.renoise : 1.0, base);
  if (!folded.defined()) return tl::unexpected(check(job).error());
  step(job, steps);

  const Tensor fields = scaling.unfold(folded, config.patch).to(torch::kCPU).contiguous();
  std::vector<HumanField> result;
  const std::size_t pixels = std::size_t(config.resolution) * config.resolution;
  for (int64_t i = 0; i < count; ++i) {
    const float* values = fields[i].data_ptr<float>();
    const float* parts = values + pixels * std::size_t(config.bands);
    result.push_back({{config.resolution, config.bands, {values, parts}},
                      {parts, parts + pixels * std::size_t(config.part_channels)}});
  }
  return result;
}

}  // namespace mp4d::human
