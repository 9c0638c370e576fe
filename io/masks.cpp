#include "io/masks.h"
#include "io/internal/opencv.h"
#include "io/listing.h"
#include <algorithm>
#include <map>
#include <opencv2/imgproc.hpp>

namespace mp4d {
namespace {

namespace fs = std::filesystem;

constexpr double kKeptShare = 0.1;  // components smaller than this share of the largest are dropped

/// One channel, 0 or 255: a varying alpha channel wins, otherwise brightness above the middle.
Mask binarise(const Image& image) {
  const auto white = [&](std::size_t i) {
    const std::uint8_t* p = &image.data[i * image.channels];
    return image.channels == 1 ? p[0] > 127 : p[0] + p[1] + p[2] > 3 * 127;
  };
  bool alpha_varies = false;
  if (image.channels == 4)
    for (std::size_t i = 1; i < image.pixels() && !alpha_varies; ++i)
      alpha_varies = (image.data[4 * i + 3] > 127) != (image.data[3] > 127);
  Mask mask(image.width, image.height, 1);
  for (std::size_t i = 0; i < image.pixels(); ++i)
    mask.data[i] = (alpha_varies ? image.data[4 * i + 3] > 127 : white(i)) ? 255 : 0;
  return mask;
}

std::size_t count_white(const Mask& mask) {
  return static_cast<std::size_t>(std::count(mask.data.begin(), mask.data.end(), 255));
}

/// Pixels of the outermost row and column that are white.
std::size_t count_white_border(const Mask& mask) {
  std::size_t count = 0;
  for (int x = 0; x < mask.width; ++x) count += (mask.at(x, 0) > 0) + (mask.at(x, mask.height - 1) > 0);
  for (int y = 1; y + 1 < mask.height; ++y) count += (mask.at(0, y) > 0) + (mask.at(mask.width - 1, y) > 0);
  return count;
}

Result<void> check_folder(const fs::path& folder, const Frames& frames) {
  std::error_code error;
  if (!fs::is_directory(folder, error))
    return fail(ErrorCode::kInput, "{}: no such folder of masks; check the path", folder.string());
  if (frames.images.empty()) return fail(ErrorCode::kInput, "{}: there are no frames to mask", folder.string());
  return {};
}

/// Mask file of every frame: by stem, else in natural order where the counts agree.
Result<std::vector<fs::path>> pair_files(const fs::path& folder, const Frames& frames, bool& by_order) {
  const std::vector<fs::path> files = list_files(folder, internal::image_extensions());
  if (files.empty())
    return fail(ErrorCode::kInput, "{}: no mask images in this folder; put one PNG a frame into it, named as the frame",
                folder.string());
  std::map<std::string, fs::path> by_stem;
  for (const fs::path& file : files) by_stem.emplace(file.stem().string(), file);
  std::vector<fs::path> paired;
  const std::string* missing = nullptr;
  for (const std::string& name : frames.names) {
    const auto found = by_stem.find(name);
    if (found != by_stem.end())
      paired.push_back(found->second);
    else if (!missing)
      missing = &name;
  }
  by_order = false;
  if (!missing) return paired;
  if (files.size() == frames.names.size() && paired.empty()) {
    by_order = true;
    return files;
  }
  return fail(ErrorCode::kInput,
              "{}: mask of frame {} is missing ({} of {} frames have one); add {}.png, give exactly one "
              "mask a frame, or have the others carried from these (--carry-masks)",
              folder.string(), *missing, paired.size(), frames.names.size(), *missing);
}

/// Masks from `files`, each of `frame`'s size. `name` and `note` are for messages.
Result<Masks> masks_from_files(const std::vector<fs::path>& files, const Image& frame, const std::string& name,
                               const std::string& note) {
  Masks out;
  std::size_t white = 0, white_border = 0;
  for (const fs::path& file : files) {
    MP4D_TRY(image, read_image(file));
    if (image.width != frame.width || image.height != frame.height)
      return fail(ErrorCode::kInput,
                  "{}: mask of {} x {} pixels, but the frames are {} x {}; make masks at the frames' size",
                  file.string(), image.width, image.height, frame.width, frame.height);
    out.masks.push_back(binarise(image));
    white += count_white(out.masks.back());
    white_border += count_white_border(out.masks.back());
  }
  const std::size_t total = frame.pixels() * out.masks.size();
  if (white == 0 || white == total)
    return fail(ErrorCode::kInput, "{}: every mask is all {}; the subject must be one colour and the rest the other",
                name, white == 0 ? "black" : "white");
  // Share of each class that lies on the border, over all frames.
  const std::size_t border = out.masks.size() * (2 * static_cast<std::size_t>(frame.width) + 2 * frame.height - 4);
  const bool white_is_subject = 2 * white_border < border || (2 * white_border == border && 2 * white <= total);
  if (!white_is_subject)
    for (Mask& mask : out.masks)
      for (std::uint8_t& value : mask.data) value = static_cast<std::uint8_t>(255 - value);
  out.source = fmt::format("{} ({} = subject{})", name, white_is_subject ? "white" : "black", note);
  return out;
}

}  // namespace

Result<Masks> read_masks(const fs::path& folder, const Frames& frames) {
  MP4D_CHECK(check_folder(folder, frames));
  bool by_order = false;
  MP4D_TRY(files, pair_files(folder, frames, by_order));
  auto masks = masks_from_files(files, frames.images[0], folder.string(),
                                by_order ? ", paired with the frames in natural order: names differ" : "");
  if (masks) masks->source = "folder " + masks->source;
  return masks;
}

Result<Masks> read_some_masks(const fs::path& folder, const Frames& frames) {
  MP4D_CHECK(check_folder(folder, frames));
  std::map<std::string, fs::path> by_stem;
  for (const fs::path& file : list_files(folder, internal::image_extensions())) by_stem.emplace(file.stem().string(), file);
  std::vector<fs::path> files;
  std::vector<std::size_t> of_frame;
  for (std::size_t t = 0; t < frames.names.size(); ++t)
    if (const auto found = by_stem.find(frames.names[t]); found != by_stem.end()) {
      files.push_back(found->second);
      of_frame.push_back(t);
    }
  if (files.empty())
    return fail(ErrorCode::kInput, "{}: no mask is named like a frame; the first would be {}.png", folder.string(),
                frames.names.front());
  MP4D_TRY(read, masks_from_files(files, frames.images[0], folder.string(), ""));
  Masks out;
  out.source = "folder " + read.source;
  out.masks.resize(frames.names.size());
  for (std::size_t k = 0; k < files.size(); ++k) out.masks[of_frame[k]] = std::move(read.masks[k]);
  return out;
}

Result<Masks> read_mask(const fs::path& file, const Image& picture) {
  auto masks = masks_from_files({file}, picture, file.string(), "");
  if (masks) masks->source = "file " + masks->source;
  return masks;
}

Result<Masks> masks_from_alpha(const Frames& frames) {
  if (frames.images.empty() || frames.images[0].channels != 4)
    return fail(ErrorCode::kInput, "the frames have no alpha channel; give RGBA images, or masks");
  Masks out;
  std::size_t white = 0;
  for (const Image& image : frames.images) {
    Mask mask(image.width, image.height, 1);
    for (std::size_t i = 0; i < image.pixels(); ++i) mask.data[i] = image.data[4 * i + 3] > 127 ? 255 : 0;
    white += count_white(mask);
    out.masks.push_back(std::move(mask));
  }
  if (white == 0 || white == frames.images[0].pixels() * out.masks.size())
    return fail(ErrorCode::kInput,
                "the frames' alpha channel is all {}; give masks, or images cut out from their background",
                white == 0 ? "transparent" : "opaque");
  out.source = "alpha";
  return out;
}

Mask clean_mask(const Mask& mask, double max_hole) {
  if (mask.empty()) return mask;
  cv::Mat labels, stats, centroids;
  cv::Mat subject = internal::as_mat(mask) > 127;
  int largest = 0;
  int count = cv::connectedComponentsWithStats(subject, labels, stats, centroids, 8, CV_32S);
  for (int i = 1; i < count; ++i) largest = std::max(largest, stats.at<int>(i, cv::CC_STAT_AREA));
  double area = 0;
  for (int y = 0; y < labels.rows; ++y)
    for (int x = 0; x < labels.cols; ++x) {
      const int label = labels.at<int>(y, x);
      const bool kept = label > 0 && stats.at<int>(label, cv::CC_STAT_AREA) >= kKeptShare * largest;
      subject.at<std::uint8_t>(y, x) = kept ? 255 : 0;
      area += kept;
    }
  count = cv::connectedComponentsWithStats(subject == 0, labels, stats, centroids, 4, CV_32S);
  for (int y = 0; y < labels.rows; ++y)
    for (int x = 0; x < labels.cols; ++x) {
      const int label = labels.at<int>(y, x);
      if (label == 0) continue;
      const cv::Rect box(stats.at<int>(label, cv::CC_STAT_LEFT), stats.at<int>(label, cv::CC_STAT_TOP),
                         stats.at<int>(label, cv::CC_STAT_WIDTH), stats.at<int>(label, cv::CC_STAT_HEIGHT));
      const bool inside = box.x > 0 && box.y > 0 && box.br().x < labels.cols && box.br().y < labels.rows;
      if (inside && stats.at<int>(label, cv::CC_STAT_AREA) <= max_hole * area) subject.at<std::uint8_t>(y, x) = 255;
    }
  cv::Mat smooth;
  cv::medianBlur(subject, smooth, 3);
  return internal::from_mat<std::uint8_t>(smooth);
}

double mask_iou(const Mask& a, const Mask& b) {
  std::size_t both = 0, any = 0;
  for (std::size_t i = 0; i < a.data.size() && i < b.data.size(); ++i) {
    both += a.data[i] > 127 && b.data[i] > 127;
    any += a.data[i] > 127 || b.data[i] > 127;
  }
  return any == 0 ? 1 : static_cast<double>(both) / static_cast<double>(any);
}

}  // namespace mp4d
