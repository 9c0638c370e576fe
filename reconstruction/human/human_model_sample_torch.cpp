#include "core/rng.h"
#include "reconstruction/human/device_torch.h"
#include "reconstruction/human/diffusion_torch.h"
#include "reconstruction/human/human_frame.h"
#include "reconstruction/human/human_model.h"
#include "reconstruction/human/human_model_torch.h"

namespace mp4d::human {

using torch::Tensor;

struct HumanModel::State {
  HumanModelFile file;
  torch::Device device;
  Denoiser denoiser;
  FieldCodec codec;
  Enhancer enhancer;  // empty if the file has none
};

namespace {

// B x (bands + parts) x R x R.
Tensor tensor_of(const std::vector<HumanField>& fields, const DenoiserConfig& config) {
  const int64_t side = config.resolution;
  Tensor all = torch::empty({int64_t(fields.size()), config.bands + config.part_channels, side, side});
  for (std::size_t i = 0; i < fields.size(); ++i)
    std::copy(fields[i].parts.begin(), fields[i].parts.end(),
              std::copy(fields[i].occupancy.coefficients.begin(), fields[i].occupancy.coefficients.end(), all[int64_t(i)].data_ptr<float>()));
  return all;
}

Tensor tensor_of(const Joints& in_cube) {
  const Tensor joints = torch::empty({kJointCount, 3});
  std::copy_n(in_cube.data(), in_cube.size(), joints.data_ptr<float>());
  return joints;
}

}  // namespace

Result<HumanModel> HumanModel::load(const std::filesystem::path& path, const std::string& device_name) {
  MP4D_TRY(device, chosen_device(device_name));
  MP4D_TRY(file, HumanModelFile::load(path));
  Denoiser denoiser = file.denoiser(device);
  FieldCodec codec = file.codec(device);
  Enhancer enhancer = file.enhancer ? file.enhancer_network(device) : Enhancer(nullptr);
  HumanModel model;
  model.state_ = std::make_shared<State>(State{std::move(file), device, denoiser, codec, enhancer});
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
#pragma omp parallel for
  for (int64_t i = 0; i < count; ++i) {
    const HumanRequest& request = requests[std::size_t(i)];
    joints[i].copy_(tensor_of(frame_of(request.joints).to_cube(request.joints)));
    const std::vector<float> code = attribute_code(request.attributes, request.known, wardrobe());
    std::copy(code.begin(), code.end(), codes[i].data_ptr<float>());
    float* values = noise[i].data_ptr<float>();
    for (int64_t k = 0; k < noise[i].numel(); ++k) values[k] = float(rng::normal(std::uint64_t(request.seed), 0, std::uint64_t(k)));
  }
  Tensor base;
  if (bases) base = state_->codec.encode(tensor_of(*bases, config).to(state_->device));
  const int steps = bases ? std::max(2, int(std::lround(options.steps * options.renoise))) : options.steps;
  torch::manual_seed(requests.empty() ? 0 : requests[0].seed);  // for what ddpm draws at each step
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

  const Tensor fields = state_->codec.decode(folded).to(torch::kCPU).contiguous();
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

bool HumanModel::can_enhance() const { return !state_->enhancer.is_empty(); }

void HumanModel::enhance(std::vector<HumanField>& fields, const std::vector<Joints>& joints) const {
  const torch::NoGradGuard no_grad;
  const DenoiserConfig& config = state_->file.config;
  const HumanModelFile::EnhancerPart& part = *state_->file.enhancer;
  for (std::size_t i = 0; i < fields.size(); ++i) {  // one by one: a batch of large fields is a heap of memory
    const Tensor low = tensor_of(std::vector<HumanField>{fields[i]}, config).to(state_->device) / state_->codec.rms.view({1, -1, 1, 1});
    const Tensor pose = state_->denoiser->pose_fields(tensor_of(joints[i]).unsqueeze(0).to(state_->device));
    Enhancer enhancer = state_->enhancer;
    const Tensor high = torch::pixel_shuffle(enhancer->forward(torch::pixel_unshuffle(low, config.patch), pose), config.patch) *
                        part.rms.to(state_->device).view({1, -1, 1, 1});
    const Tensor host = high.to(torch::kCPU).contiguous();
    FourierOccupancy& occupancy = fields[i].occupancy;
    occupancy.coefficients.insert(occupancy.coefficients.end(), host.data_ptr<float>(), host.data_ptr<float>() + host.numel());
    occupancy.bands += part.config.bands;
  }
}

}  // namespace mp4d::human
