#include "reconstruction/field/training_rays.h"
#include "core/rng.h"
#include "reconstruction/field/scene_geometry.h"
#include <algorithm>

namespace mp4d {
namespace {

constexpr std::uint64_t kPixelStream = 0x7069786cULL, kOffsetStream = 0x6f666673ULL, kBackgroundStream = 0x6261636bULL;
constexpr std::size_t kDrawStride = 64;  // between the numbers of the draws of a batch
constexpr std::size_t kBlock = 64;       // pixels of a mask that are counted together

/// How many pixels are not masked before each block, and in all.
std::vector<std::uint32_t> count_usable(const Mask& mask) {
  std::vector<std::uint32_t> out;
  std::uint32_t count = 0;
  for (std::size_t i = 0; i < mask.data.size(); ++i) {
    if (i % kBlock == 0) out.push_back(count);
    count += mask.data[i] != 0;
  }
  out.push_back(count);
  return out;
}

}  // namespace

Result<TrainingRays> TrainingRays::create(const PosedScene& scene, Background background) {
  TrainingRays rays;
  rays.background_ = background;
  rays.first_pixel_.push_back(0);
  for (const PosedView& view : scene.views) {
    if (view.held_out) continue;
    std::vector<std::uint32_t> usable;
    if (!view.mask.empty()) {
      usable = count_usable(view.mask);
      if (usable.back() == 0) continue;
    }
    rays.views_.push_back(&view);
    rays.first_pixel_.push_back(rays.first_pixel_.back() + (view.mask.empty() ? view.image.pixels() : usable.back()));
    rays.usable_before_.push_back(std::move(usable));
  }
  if (rays.views_.empty())
    return fail(ErrorCode::kInput, "no pixel is left to train on: every picture is held out or masked; check the masks "
                "(white = use)");
  return rays;
}

std::size_t TrainingRays::usable_pixel(std::size_t view, std::uint64_t n) const {
  const std::vector<std::uint32_t>& before = usable_before_[view];
  if (before.empty()) return static_cast<std::size_t>(n);
  const auto block = static_cast<std::size_t>(std::upper_bound(before.begin(), before.end(), n) - before.begin()) - 1;
  const std::vector<std::uint8_t>& mask = views_[view]->mask.data;
  std::size_t pixel = kBlock * block;
  for (std::uint64_t left = n - before[block]; !mask[pixel] || left > 0; ++pixel) left -= mask[pixel] != 0;
  return pixel;
}

void TrainingRays::draw(int count, std::uint64_t seed, std::uint64_t step, RayBatch& batch) const {
  const auto n = static_cast<std::size_t>(count);
  batch.rays.resize(n);
  batch.truth.resize(n);
  batch.background.resize(n);
  batch.offsets.resize(n);
  batch.views.resize(n);
  const std::uint64_t total = pixels();
#pragma omp parallel for schedule(static)
  for (std::size_t i = 0; i < n; ++i) {
    const double at = rng::uniform(seed, kPixelStream + step, i * kDrawStride);
    const auto global = std::min(static_cast<std::uint64_t>(at * static_cast<double>(total)), total - 1);
    const auto next = std::upper_bound(first_pixel_.begin(), first_pixel_.end(), global);
    const auto index = static_cast<std::size_t>(next - first_pixel_.begin()) - 1;
    const PosedView* view = views_[index];
    batch.views[i] = static_cast<std::uint32_t>(index);
    const std::size_t pixel = usable_pixel(index, global - first_pixel_[index]);
    const auto width = static_cast<std::size_t>(view->image.width), channels = static_cast<std::size_t>(view->image.channels);
    const std::uint8_t* colour = view->image.data.data() + pixel * channels;
    batch.rays[i].origin = eye_of(view->camera);
    batch.rays[i].time = view->time;
    batch.rays[i].direction = ray_direction(view->camera, view->lens, static_cast<double>(pixel % width) + 0.5,
                                            static_cast<double>(pixel / width) + 0.5);
    batch.offsets[i] = static_cast<float>(rng::uniform(seed, kOffsetStream + step, i));
    Vec3& background = batch.background[i];
    background = Vec3::Constant(background_ == Background::kWhite ? 1.0f : 0.0f);
    if (background_ == Background::kRandom)
      for (int c = 0; c < 3; ++c)
        background[c] = static_cast<float>(rng::uniform(seed, kBackgroundStream + step, 3 * i + static_cast<std::size_t>(c)));
    const float alpha = channels == 4 ? static_cast<float>(colour[3]) / 255 : 1;
    for (int c = 0; c < 3; ++c)
      batch.truth[i][c] = alpha * static_cast<float>(colour[c]) / 255 + (1 - alpha) * background[c];
  }
}

}  // namespace mp4d
