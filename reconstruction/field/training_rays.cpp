#include "reconstruction/field/training_rays.h"
#include "core/rng.h"
#include "reconstruction/field/scene_geometry.h"
#include <algorithm>

namespace mp4d {
namespace {

constexpr std::uint64_t kPixelStream = 0x7069786cULL, kOffsetStream = 0x6f666673ULL, kBackgroundStream = 0x6261636bULL;
constexpr int kTries = 64;  // draws until an unmasked pixel is found

}  // namespace

Result<TrainingRays> TrainingRays::create(const PosedScene& scene, Background background) {
  TrainingRays rays;
  rays.background_ = background;
  rays.first_pixel_.push_back(0);
  for (const PosedView& view : scene.views) {
    if (view.held_out) continue;
    if (!view.mask.empty() && std::find(view.mask.data.begin(), view.mask.data.end(), 255) == view.mask.data.end())
      continue;
    rays.views_.push_back(&view);
    rays.first_pixel_.push_back(rays.first_pixel_.back() + view.image.pixels());
  }
  if (rays.views_.empty())
    return fail(ErrorCode::kInput, "no pixel is left to train on: every picture is held out or masked; check the masks "
                "(white = use)");
  return rays;
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
    const PosedView* view = nullptr;
    std::size_t pixel = 0;
    for (int tries = 0; tries < kTries; ++tries) {
      const double at = rng::uniform(seed, kPixelStream + step, i * kTries + static_cast<std::size_t>(tries));
      const auto global = std::min(static_cast<std::uint64_t>(at * static_cast<double>(total)), total - 1);
      const auto next = std::upper_bound(first_pixel_.begin(), first_pixel_.end(), global);
      const auto index = static_cast<std::size_t>(next - first_pixel_.begin()) - 1;
      view = views_[index];
      batch.views[i] = static_cast<std::uint32_t>(index);
      pixel = static_cast<std::size_t>(global - first_pixel_[index]);
      if (view->mask.empty() || view->mask.data[pixel]) break;
    }
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
