#include "app/studio/mask_tasks.h"
#include "core/files.h"
#include "io/masks.h"
#include "io/resize.h"
#include "reconstruction/articulated/evidence.h"

namespace mp4d {
namespace {

constexpr const char* kPhase = "masks";

Frames to_frames(const Footage& footage) {
  Frames frames;
  frames.times = footage.times;
  frames.names = footage.names;
  frames.fps = footage.fps;
  for (const QImage& picture : footage.pictures) frames.images.push_back(to_image(picture));
  return frames;
}

void begin(const Footage& footage, JobContext* job) { begin_phase(job, kPhase, static_cast<int>(footage.pictures.size())); }

}  // namespace

std::vector<JobContext::Phase> mask_phases() { return {{kPhase, 1}}; }

Result<std::vector<Mask>> find_masks(const Footage& footage, const ReconstructOptions& options, JobContext* job) {
  begin(footage, job);
  MP4D_TRY(chosen, mask_options(options));
  MP4D_TRY(found, compute_masks(to_frames(footage), chosen, job));
  return std::move(found.masks);
}

Result<Mask> find_mask_at(const QImage& picture, const std::vector<MaskPoint>& points, const Mask& before) {
  return mask_from_points(to_image(picture), points, before);
}

Result<std::vector<Mask>> carry_masks(const Footage& footage, const std::vector<Mask>& given, JobContext* job) {
  begin(footage, job);
  MP4D_TRY(carried, propagate_masks(to_frames(footage), given, job));
  return std::move(carried.masks);
}

Result<std::vector<Mask>> load_masks(const std::filesystem::path& folder, const std::filesystem::path& source,
                                     const Footage& footage, JobContext* job) {
  begin(footage, job);
  MP4D_TRY(info, read_clip_info(source));
  Frames frames;  // read_masks() looks at names and sizes only
  frames.names = footage.names;
  frames.images.resize(footage.pictures.size());
  for (Image& image : frames.images) image.width = info.width, image.height = info.height, image.channels = 3;
  MP4D_TRY(read, read_masks(folder, frames));
  const QSize size = footage.pictures.front().size();
  for (Mask& mask : read.masks) mask = shrink_mask(mask, std::max(size.width(), size.height()));
  return std::move(read.masks);
}

Result<void> save_masks(const std::filesystem::path& folder, const std::filesystem::path& source, const Footage& footage,
                        const std::vector<Mask>& masks, JobContext* job) {
  begin(footage, job);
  MP4D_TRY(info, read_clip_info(source));
  MP4D_CHECK(make_folder(folder));
  for (std::size_t t = 0; t < masks.size(); ++t) {
    MP4D_CHECK(check(job));
    const Mask& mask = masks[t];
    Mask large(info.width, info.height, 1);
    if (!mask.empty()) {
      const QImage small(mask.data.data(), mask.width, mask.height, mask.width, QImage::Format_Grayscale8);
      const QImage scaled = small.scaled(info.width, info.height, Qt::IgnoreAspectRatio, Qt::SmoothTransformation);
      for (int y = 0; y < info.height; ++y)
        for (int x = 0; x < info.width; ++x) large.at(x, y) = scaled.constScanLine(y)[x] > 127 ? 255 : 0;
    }
    MP4D_CHECK(write_image(folder / (footage.names[t] + ".png"), large));
    step(job, static_cast<int>(t + 1));
  }
  return {};
}

}  // namespace mp4d
