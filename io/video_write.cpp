#include "core/files.h"
#include "io/frames.h"
#include "io/internal/gif_writer.h"
#include "io/internal/opencv.h"
#include "io/listing.h"
#include <cmath>
#include <opencv2/imgproc.hpp>
#include <opencv2/videoio.hpp>

namespace mp4d {
namespace {

namespace fs = std::filesystem;

constexpr std::uintmax_t kRoomForHeader = 1 << 20;

/// yuv420p, which every player takes, halves the colour planes: sides must be even.
cv::Mat to_encoder(const Image& image) {
  cv::Mat bgr, padded;
  cv::cvtColor(internal::as_mat(image), bgr, image.channels == 4 ? cv::COLOR_RGBA2BGR : cv::COLOR_RGB2BGR);
  if (image.width % 2 == 0 && image.height % 2 == 0) return bgr;
  cv::copyMakeBorder(bgr, padded, 0, image.height % 2, 0, image.width % 2, cv::BORDER_REPLICATE);
  return padded;
}

// FFmpeg tells nobody here that a write failed.

int frames_in(const fs::path& path) {
  try {
    return static_cast<int>(cv::VideoCapture(path.string(), cv::CAP_FFMPEG).get(cv::CAP_PROP_FRAME_COUNT));
  } catch (const cv::Exception&) {
    return 0;
  }
}

tl::unexpected<Error> cut_off(const fs::path& path) {
  return fail(ErrorCode::kResource, "{}: not all of the video could be written; free some space or choose another folder", path.string());
}

Result<void> encode_mp4(const fs::path& path, const std::vector<Image>& images, double fps) {
  internal::silence_opencv();
  const cv::Size size(images[0].width + images[0].width % 2, images[0].height + images[0].height % 2);
  cv::VideoWriter writer;
  for (const char* codec : {"avc1", "mp4v"}) {
    try {
      if (writer.open(path.string(), cv::CAP_FFMPEG, cv::VideoWriter::fourcc(codec[0], codec[1], codec[2], codec[3]),
                      fps, size))
        break;
    } catch (const cv::Exception&) {
      // Same as not opened.
    }
  }
  std::error_code error;
  if (!writer.isOpened() && fs::space(path, error).available < kRoomForHeader) return cut_off(path);
  if (!writer.isOpened())
    return fail(ErrorCode::kFailed,
                "{}: no H.264 or MPEG-4 encoder took {} x {} at {} fps; write a .gif instead, or "
                "install FFmpeg's codecs",
                path.string(), size.width, size.height, fps);
  for (const Image& image : images) writer.write(to_encoder(image));
  writer.release();
  if (frames_in(path) != static_cast<int>(images.size())) return cut_off(path);
  return {};
}

}  // namespace

Result<void> write_video(const fs::path& path, const std::vector<Image>& images, double fps) {
  if (images.empty()) return fail(ErrorCode::kUsage, "{}: no images to write", path.string());
  if (!std::isfinite(fps) || fps < 0.1 || fps > 1000)
    return fail(ErrorCode::kUsage, "{}: a rate of {} fps cannot be written (0.1 to 1000)", path.string(), fps);
  const Image& first = images[0];
  for (const Image& image : images)
    if (image.empty() || image.width != first.width || image.height != first.height || image.channels < 3 ||
        image.channels > 4)
      return fail(ErrorCode::kUsage,
                  "{}: image {} is {} x {} x {}, the first {} x {}; all must be RGB or RGBA of one size", path.string(),
                  &image - images.data(), image.width, image.height, image.channels, first.width, first.height);
  const std::string extension = lower_extension(path);
  if (extension == ".gif") {
    if (std::max(first.width, first.height) > 65535)
      return fail(ErrorCode::kUsage, "{}: GIF allows 65535 pixels a side, the images are {} x {}", path.string(),
                  first.width, first.height);
    return write_atomically(path, internal::encode_gif(images, fps));
  }
  if (extension != ".mp4" && extension != ".m4v" && extension != ".mov")
    return fail(ErrorCode::kUsage, "{}: videos are written as .mp4, .m4v, .mov or .gif; change the ending",
                path.string());
  return write_atomically(path, [&](const fs::path& temporary) { return encode_mp4(temporary, images, fps); });
}

}  // namespace mp4d
