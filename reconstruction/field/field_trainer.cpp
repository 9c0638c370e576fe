#include "reconstruction/field/field_trainer.h"
#include "core/runtime.h"
#include "reconstruction/field/grid_fit.h"
#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>

namespace mp4d {
namespace {

constexpr int kLevels = 3;
constexpr double kLevelFrom[kLevels] = {0.4, 0.1, 0};  // progress from which a level is used
constexpr int kLeastResolution = 16, kDefaultResolution = 128, kMostResolution = 512;
constexpr double kCells = 1e6;                           // of a grid whose resolution is not given
constexpr float kExposureRate = 0.01f;                   // step length of the logarithms of the gains
constexpr float kTurnRate = 2e-3f, kShiftRate = 5e-4f;   // of poses: radians, and of the box's diagonal
constexpr std::uint64_t kPosesFromStep = 100;            // when the field tells where its cameras stand
constexpr double kWarmUpSteps = 500;                     // of S3IM for surfaces; for pictures it grows to the end
constexpr std::uint64_t kUpdateEvery = 32;              // steps between updates of the occupied cells
constexpr double kClearFrom = 0.03;                      // progress from which cells without content are dropped,
constexpr std::uint64_t kClearFromStep = 300;            // and steps: densities must have had time to grow
constexpr float kClearOpacity[2] = {1e-2f, 5e-3f};       // of half a finest cell, at the finest level and before
constexpr float kFaint = 0.1f;  // of these in contracted space, where the sky is spread over many cells

// Sharpness of distances, from the longest side of the box at the start to the finest cell at the end.
constexpr float kFirstSharpness = 40, kLastSharpness = 8;

float sharpness_at(const GridLayout& layout, double progress) {
  const float first = kFirstSharpness / layout.box.sizes().maxCoeff(), last = kLastSharpness / layout.finest_cell();
  return first * std::pow(last / first, static_cast<float>(progress));
}

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

Result<double> parse_weight(const std::string& text, bool inside, bool distances) {
  if (text == "auto") return !inside ? 0.1 : distances ? 3.0 : 1.0;
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || !(value >= 0 && value <= 1000))
    return fail(ErrorCode::kUsage, "option 's3im-weight': '{}' is not auto or a number from 0 to 1000", text);
  return value;
}

bool has_alpha(const PosedScene& scene) {
  return std::any_of(scene.views.begin(), scene.views.end(), [](const PosedView& view) { return view.image.channels == 4; });
}

/// `ends`: every ray ends at something in the box. For distances and under a sky a random background takes more than it gives, and
/// the network of places stays empty (BENCHMARKS.md).
Background background_of(const std::string& name, const PosedScene& scene, bool ends) {
  if (name == "white") return Background::kWhite;
  if (name == "random") return Background::kRandom;
  if (name == "black") return Background::kBlack;
  return has_alpha(scene) ? Background::kWhite : ends ? Background::kRandom : Background::kBlack;
}

bool of_densities(const FieldTrainOptions& options) { return options.field != "sdf" && options.field != "nerf"; }

/// As options say, or as each field is best (BENCHMARKS.md): planes and lines share what they learn among all places and have to be
/// pulled out of the fog; distances and the network of places have surfaces of their own kind; colours that every picture pulls to
/// itself hide from a gain what it has to learn.
SamplePulls pulls_of(const FieldTrainOptions& options) {
  const bool voxels = options.field == "grid" || options.field == "dvgo";
  const double strong = voxels ? 1 : 0.3;
  const double colour = options.colour_pull >= 0 ? options.colour_pull : of_densities(options) && !options.exposure ? strong : 0.05;
  const double weight = options.weight_pull >= 0 ? options.weight_pull : voxels ? 0.003 : 0.02;
  return {static_cast<float>(0.5 * colour), static_cast<float>(weight), static_cast<float>(1.5 * options.distortion)};
}

Result<void> check_memory(const GridLayout& layout, double bytes) {
  const double most = 0.9 * static_cast<double>(available_memory());
  if (bytes <= most) return {};
  return fail(ErrorCode::kResource, "a grid of {} voxels a side needs {:.1f} GB, {:.1f} GB are free; lower --resolution "
              "or --degree", layout.resolution, bytes / 1e9, most / 1e9);
}

constexpr double kWithGradient = 2.15;  // field and gradient, and the marks

/// What is sure to be needed: of voxels' densities, the level of detail before the finest, which is full at first; of planes, lines
/// and networks the finest.
double least_bytes(const GridLayout& layout) {
  const Vec3 sides = layout.box.sizes() / layout.box.sizes().maxCoeff() * static_cast<float>(layout.resolution);
  const double densities = static_cast<double>(sides.prod()) * sizeof(float);  // of which the occupied cells are told
  if (layout.by_network) return densities;
  if (layout.factored) {
    const double planes = sides.x() * sides.y() + sides.x() * sides.z() + sides.y() * sides.z(), lines = sides.sum() * static_cast<float>(layout.times);
    return densities + (planes + lines) * PlaneFactors::kComponents * 4 * sizeof(float);  // with gradient and Adam's two moments
  }
  return static_cast<double>(sides.prod()) * 64 * layout.degree * kWithGradient / (leaves_empty(layout) ? 8 : 1);
}

/// Cells along the longest side: as asked for, else 128, and for long boxes as many as make the same number of cells in all
/// as a room's.
Result<int> resolution_of(int asked, const Aabb& box) {
  if (asked >= kLeastResolution) return asked;
  if (asked > 0)
    return fail(ErrorCode::kUsage, "option 'resolution': {} must be 0 (by the box's shape) or at least {}", asked, kLeastResolution);
  const double cell = std::cbrt(static_cast<double>(box.sizes().prod()) / kCells);
  const double along = static_cast<double>(box.sizes().maxCoeff()) / cell;  // of a flat box infinitely many
  return static_cast<int>(std::lround(std::clamp<double>(along, kDefaultResolution, kMostResolution)));
}

std::span<float> floats(std::vector<Vec3>& v) { return {v.data()->data(), 3 * v.size()}; }

}  // namespace

FieldTrainer::FieldTrainer(const PosedScene& scene, const FieldTrainOptions& options, S3im s3im, TrainingRays rays)
    : scene_(&scene), options_(options), s3im_(std::move(s3im)), rays_(std::move(rays)) {}

Result<FieldTrainer> FieldTrainer::create(const PosedScene& scene, const FieldTrainOptions& given,
                                          const S3imOptions& s3im_given) {
  FieldTrainOptions options;
  for (const OptionSpec& spec : field_train_options().specs())
    MP4D_CHECK(field_train_options().set(&options, spec.name, spec.get(&given)));
  const bool moving = options.field == "hexplane", factored = options.field == "tensorf" || moving;
  const bool by_network = options.field == "nerf", network = options.field == "dvgo" || factored || by_network;
  if (moving && std::all_of(scene.views.begin(), scene.views.end(), [&](const PosedView& v) { return v.time == scene.views[0].time; }))
    return fail(ErrorCode::kInput, "hexplane: the pictures have no times; give every frame of transforms.json its \"time\", or train another field");
  if ((factored || by_network) && options.refine_poses)
    return fail(ErrorCode::kUsage, "--refine-poses: is for fields of voxels; leave it out for {}, or train grid, dvgo or sdf", options.field);
  if (network && options.degree != 1)
    return fail(ErrorCode::kUsage, "--degree: a network takes the place of the harmonics; leave it out for {}", options.field);
  MP4D_TRY(s3im, S3im::create(s3im_given));
  MP4D_TRY(geometry, scene_geometry(scene, options.bounds, options.contract));
  if (geometry.contraction.on() && options.field == "sdf") {
    if (options.contract == "on")
      return fail(ErrorCode::kUsage, "--contract: distances have no meaning in contracted space; leave it out for sdf, or train another field");
    MP4D_TRY(bounded, scene_geometry(scene, options.bounds));
    geometry = bounded;
  }
  MP4D_TRY(weight, parse_weight(options.s3im_weight, geometry.inside, options.field == "sdf"));
  const Background background = background_of(options.background, scene, geometry.inside && !geometry.contraction.on() && of_densities(options));
  MP4D_TRY(rays, TrainingRays::create(scene, background));
  FieldTrainer trainer(scene, options, std::move(s3im), std::move(rays));
  trainer.geometry_ = geometry;
  trainer.s3im_weight_ = weight;
  trainer.background_ = background;
  trainer.opaque_ = !has_alpha(scene);
  const Aabb box = geometry.contraction.on() ? geometry.contraction.image() : geometry.box;
  MP4D_TRY(resolution, resolution_of(options.resolution, box));
  trainer.layout_ = {box, resolution, options.degree, static_cast<float>(options.start_opacity),
                     options.field == "sdf" ? Geometry::kDistance : Geometry::kDensity, geometry.inside,
                     network, factored, by_network, moving ? options.times : 1, static_cast<std::uint64_t>(options.seed)};
  trainer.layout_.contraction = geometry.contraction;
  if (options.field == "sdf") trainer.layout_.surface_points = scene.points;
  MP4D_CHECK(check_memory(trainer.layout_, least_bytes(trainer.layout_)));
  trainer.march_options_.near = options.near >= 0 ? static_cast<float>(options.near) : geometry.near;
  trainer.state_.level = kLevels - 1;
  trainer.state_.next_update = kUpdateEvery;
  if (options.exposure) trainer.state_.exposures = {std::vector<Vec3>(trainer.rays_.views(), Vec3::Zero()), std::vector<Vec3>(trainer.rays_.views(), Vec3::Zero())};
  if (options.refine_poses) trainer.state_.poses = PoseRefinement(trainer.rays_.views());
  trainer.field_ = make_grid_field(trainer.layout_, trainer.state_.level);
  trainer.field_.sharpness = sharpness_at(trainer.layout_, 0);
  return trainer;
}

bool FieldTrainer::restore(GridField field, TrainerState state) {
  const auto sound = [](const std::vector<Vec3>& list, std::size_t size) {
    return list.size() == size && std::all_of(list.begin(), list.end(), [](const Vec3& v) { return v.allFinite(); });
  };
  const std::size_t exposures = state_.exposures.logs.size();
  if (state.level < 0 || state.level >= kLevels || !fits(field, layout_, state.level) || !sound(state.exposures.logs, exposures) ||
      !sound(state.exposures.squares, exposures))
    return false;
  field_ = std::move(field);
  state_ = std::move(state);
  optimiser_ = {};
  return true;
}

Vec3 FieldTrainer::view_background() const {
  if (background_ == Background::kBlack) return Vec3::Zero();
  return Vec3::Constant(background_ == Background::kRandom && opaque_ ? 0.5f : 1.0f);
}

Result<void> FieldTrainer::set_level(double progress) {
  int level = 0;
  while (progress < kLevelFrom[level]) ++level;
  if (level >= state_.level) return {};
  optimiser_ = {};
  MP4D_CHECK(check_memory(layout_, kWithGradient * static_cast<double>(resampled_bytes(field_, layout_, level))));
  state_.level = level;
  field_ = resampled(field_, layout_, level);
  return {};
}

Result<void> FieldTrainer::loss(double progress, StepReport& report) {
  const std::size_t n = batch_.rays.size();
  predicted_.resize(n);
  gradient_.resize(n);
  double sum = 0;
  for (std::size_t i = 0; i < n; ++i) {
    predicted_[i] = results_[i].colour;
    if (options_.exposure) predicted_[i].array() *= state_.exposures.logs[batch_.views[i]].array().exp();
    predicted_[i] += results_[i].transmittance * batch_.background[i];  // which no camera exposed
    gradient_[i] = predicted_[i] - batch_.truth[i];  // of half the summed squared error
    sum += static_cast<double>(gradient_[i].squaredNorm());
  }
  report.mse = sum / (3.0 * static_cast<double>(n));
  report.skipped = !std::isfinite(report.mse);
  const bool surface = field_.geometry == Geometry::kDistance;
  report.s3im_weight = s3im_weight_ * std::clamp(surface ? static_cast<double>(state_.step) / kWarmUpSteps : progress, 0.0, 1.0);
  if (report.s3im_weight <= 0 || report.skipped) return {};
  const auto start = std::chrono::steady_clock::now();
  s3im_gradient_.resize(n);
  const std::span<float> truth = floats(batch_.truth);
  MP4D_TRY(value, s3im_.evaluate<float>(floats(predicted_), truth, static_cast<std::uint64_t>(options_.seed), state_.step,
                                        floats(s3im_gradient_)));
  report.s3im = value.loss;
  report.skipped = value.skipped;
  const float scale = static_cast<float>(report.s3im_weight * 1.5 * static_cast<double>(n));  // as the squared error's
  for (std::size_t i = 0; i < n; ++i) gradient_[i] += scale * s3im_gradient_[i];
  report.s3im_seconds = seconds_since(start);
  return {};
}

/// From gradients of the exposed colours to those of the field's, and the pictures' colours as the field should have them, and
/// the background as it would have to be were it exposed, too.
void FieldTrainer::expose() {
  exposure_gradient_.assign(rays_.views(), Vec3::Zero());
  for (std::size_t i = 0; i < gradient_.size(); ++i) {
    const Eigen::Array3f gain = state_.exposures.logs[batch_.views[i]].array().exp();
    exposure_gradient_[batch_.views[i]].array() += gradient_[i].array() * results_[i].colour.array() * gain;
    gradient_[i].array() *= gain;
    batch_.truth[i].array() /= gain;
    batch_.background[i].array() /= gain;
  }
}

void FieldTrainer::refine_poses(float rate) {
  const std::vector<RayGradient> gradients = ray_gradients(field_, batch_.rays, march_);
  state_.poses.step(batch_.rays, gradients, batch_.views, rate * kTurnRate, rate * kShiftRate * geometry_.box.diagonal().norm());
}

std::vector<Camera> FieldTrainer::cameras() const {
  std::vector<Camera> out;
  std::size_t number = 0;
  for (const PosedView& view : scene_->views) {
    const bool trained = number < rays_.views() && &rays_.view(number) == &view;
    out.push_back(trained && !state_.poses.empty() ? state_.poses.moved(view.camera, number) : view.camera);
    number += trained;
  }
  return out;
}

void FieldTrainer::learn_exposures(float rate) {
  constexpr float kDecay = 0.99f, kEpsilon = 1e-6f;
  Exposures& e = state_.exposures;
  Vec3 mean = Vec3::Zero();
  for (std::size_t v = 0; v < e.logs.size(); ++v) {
    const Eigen::Array3f g = exposure_gradient_[v].array();
    e.squares[v] = kDecay * e.squares[v].array() + (1 - kDecay) * g * g;
    e.logs[v].array() -= rate * g / (e.squares[v].array().sqrt() + kEpsilon);
    mean += e.logs[v] / static_cast<float>(e.logs.size());
  }
  for (Vec3& log : e.logs) log -= mean;
}

Result<StepReport> FieldTrainer::step(double progress) {
  const auto start = std::chrono::steady_clock::now();
  StepReport report;
  MP4D_CHECK(set_level(progress));
  field_.sharpness = sharpness_at(layout_, progress);
  if (state_.step >= state_.next_update) {
    const bool clear = progress >= kClearFrom && state_.step >= kClearFromStep;
    const float least = kClearOpacity[state_.level > 0] * (field_.contraction.on() ? kFaint : 1);
    update_occupancy(field_, clear ? least : 0.5f * layout_.start_opacity);
    state_.next_update = state_.step + kUpdateEvery;
  }
  rays_.draw(options_.batch, static_cast<std::uint64_t>(options_.seed), state_.step, batch_);
  // Noise makes rays end in the field while it is coarse, and blurs it later.
  if (background_ == Background::kRandom && opaque_ && state_.level == 0)
    std::fill(batch_.background.begin(), batch_.background.end(), view_background());
  if (!state_.poses.empty()) state_.poses.move(batch_.rays, batch_.views);
  results_.resize(batch_.rays.size());
  march_.forward(field_, batch_.rays, batch_.offsets, march_options_, results_, true);
  MP4D_CHECK(loss(progress, report));
  report.visited = march_.visited();
  report.shaded = march_.shaded();
  if (report.skipped) {
    ++skipped_;
  } else {
    if (options_.exposure) expose();
    SamplePulls pulls = pulls_of(options_);
    // At the finest level a wall is several samples thick, none of which is opaque alone: they would all be pulled to be clear.
    if (state_.level == 0 && of_densities(options_)) pulls.weight = 0;
    march_.backward(field_, batch_.rays, gradient_, batch_.background, batch_.truth, pulls);
    const auto fall = static_cast<float>(std::pow(options_.final_rate, progress));
    if (options_.exposure) learn_exposures(fall * kExposureRate);
    if (!state_.poses.empty() && state_.step >= kPosesFromStep) refine_poses(fall);
    GridRates rates{fall * static_cast<float>(options_.density_rate), fall * static_cast<float>(options_.colour_rate),
                    fall * static_cast<float>(options_.network_rate), fall * static_cast<float>(options_.factor_rate),
                    static_cast<float>(options_.tv_density), static_cast<float>(options_.tv_colour), static_cast<float>(options_.tv_time)};
    if (field_.geometry == Geometry::kDistance) {
      rates.density *= layout_.finest_cell();
      rates.tv_density = 0;
      rates.eikonal = static_cast<float>(options_.eikonal);
      rates.smooth = static_cast<float>(options_.smooth);
    }
    optimiser_.step(field_, march_, batch_.rays, rates);
    report.touched = optimiser_.touched();
  }
  ++state_.step;
  report.seconds = seconds_since(start);
  return report;
}

}  // namespace mp4d
