#include "reconstruction/field/view_scores.h"
#include "core/path_below.h"
#include "io/frames.h"
#include "reconstruction/field/field_view.h"
#include "reconstruction/field/image_metrics.h"
#include <algorithm>
#include <functional>

namespace mp4d {
namespace {

namespace fs = std::filesystem;

using Draw = std::function<Result<ImageF>(const PosedView&)>;

Result<void> check_views(const PosedScene& scene) {
  if (std::any_of(scene.views.begin(), scene.views.end(), can_be_scored)) return {};
  if (std::any_of(scene.views.begin(), scene.views.end(), [](const PosedView& view) { return view.held_out; }))
    return fail(ErrorCode::kInput, "every pixel of the held-out views is masked; check the masks (white = use)");
  return fail(ErrorCode::kInput, "no view of the scene is held out, so there is nothing to score; train with --hold-out 8");
}

Result<FieldScores> score_views(const PosedScene& scene, const Draw& draw, const Vec3& background, JobContext* job,
                                const PerceptualMetric* metric) {
  MP4D_CHECK(check_views(scene));
  FieldScores out;
  for (const PosedView& view : scene.views) {
    if (!can_be_scored(view)) continue;
    MP4D_CHECK(check(job));
    MP4D_TRY(seen, draw(view));
    const ImageF truth = on_background(view.image, background);
    MP4D_TRY(score, score_image(seen, truth, view.mask));
    out.views.push_back({{"name", view.name}, {"psnr", score.psnr}, {"psnr_u8", score.psnr_u8},
                         {"ssim", score.ssim_mip_nerf}, {"ssim_torchmetrics", score.ssim_torchmetrics}});
    if (metric) {
      MP4D_TRY(distance, metric->distance(with_truth_outside(seen, truth, view.mask), truth, job));
      out.views.back()["lpips"] = distance;
      out.lpips += distance;
    }
    out.psnr += score.psnr;
    out.psnr_u8 += score.psnr_u8;
    out.ssim_mip_nerf += score.ssim_mip_nerf;
    out.ssim_torchmetrics += score.ssim_torchmetrics;
    step(job, static_cast<int>(out.views.size()));
  }
  const auto n = static_cast<double>(out.views.size());
  for (double* sum : {&out.psnr, &out.psnr_u8, &out.ssim_mip_nerf, &out.ssim_torchmetrics, &out.lpips}) *sum /= n;
  return out;
}

/// Its name, and that without the ending.
std::vector<std::string> names_of(const fs::path& name) {
  std::vector<std::string> out{name.string()};
  if (name.has_extension()) out.push_back(fs::path(name).replace_extension().string());
  return out;
}

/// Whether another held-out view's picture might have the name that `view`'s has without its folder.
bool shares_its_name(const PosedView& view, const PosedScene& scene) {
  const fs::path stem = fs::path(view.name).stem();
  return std::any_of(scene.views.begin(), scene.views.end(), [&](const PosedView& other) {
    return &other != &view && other.held_out && fs::path(other.name).stem() == stem;
  });
}

Result<fs::path> picture_of(const fs::path& folder, const PosedView& view, const PosedScene& scene) {
  std::vector<std::string> names = names_of(view.name);
  const bool shared = shares_its_name(view, scene);
  if (!shared)
    for (const std::string& name : names_of(fs::path(view.name).filename())) names.push_back(name);
  std::error_code error;
  for (const std::string& name : names)
    for (const char* ending : {"", ".png", ".jpg", ".jpeg", ".webp", ".PNG", ".JPG"}) {
      MP4D_TRY(candidate, path_below(folder, name + ending, folder.string()));
      if (fs::is_regular_file(candidate, error)) return candidate;
    }
  return fail(ErrorCode::kInput, "{}: no picture of the held-out view {}; render that view and name it {}.png", folder.string(),
              view.name, names[shared ? names_of(view.name).size() - 1 : names.size() - 1]);
}

}  // namespace

bool can_be_scored(const PosedView& view) {
  const auto used = [](std::uint8_t v) { return v != 0; };
  return view.held_out && (view.mask.empty() || std::any_of(view.mask.data.begin(), view.mask.data.end(), used));
}

Result<double> held_out_psnr(const GridField& field, const PosedScene& scene, const MarchOptions& options, const Vec3& background) {
  MP4D_CHECK(check_views(scene));
  double sum = 0, count = 0;
  for (const PosedView& view : scene.views) {
    if (!can_be_scored(view)) continue;
    const FieldView seen = render_field(field, view.camera, view.lens, options, background, view.time);
    MP4D_TRY(value, psnr(seen.colour, on_background(view.image, background), view.mask));
    sum += value;
    ++count;
  }
  return sum / count;
}

Result<FieldScores> score_field(const GridField& field, const PosedScene& scene, const MarchOptions& options,
                                const Vec3& background, JobContext* job, const PerceptualMetric* metric) {
  const Draw draw = [&](const PosedView& view) -> Result<ImageF> {
    return render_field(field, view.camera, view.lens, options, background, view.time).colour;
  };
  return score_views(scene, draw, background, job, metric);
}

Result<FieldScores> score_pictures(const fs::path& folder, const PosedScene& scene, const Vec3& background, JobContext* job,
                                   const PerceptualMetric* metric) {
  std::error_code error;
  if (!fs::is_directory(folder, error))
    return fail(ErrorCode::kInput, "{}: no such folder; give the one with the pictures of the held-out views", folder.string());
  const Draw draw = [&](const PosedView& view) -> Result<ImageF> {
    MP4D_TRY(file, picture_of(folder, view, scene));
    MP4D_TRY(image, read_image(file));
    if (image.width != view.image.width || image.height != view.image.height)
      return fail(ErrorCode::kInput, "{}: {} x {} pixels, but the view {} has {} x {}; render it at that size", file.string(),
                  image.width, image.height, view.name, view.image.width, view.image.height);
    return on_background(image, background);
  };
  return score_views(scene, draw, background, job, metric);
}

}  // namespace mp4d
