#include "io/internal/export_formats.h"
#include "io/internal/opencv.h"
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

namespace mp4d {

Result<std::string> encode_png(const Image& image) {
  internal::silence_opencv();
  std::vector<unsigned char> png;
  try {
    const cv::Mat given = internal::as_mat(image);  // shares the picture's memory
    cv::Mat mat;
    if (image.channels == 1) mat = given;
    if (image.channels == 3) cv::cvtColor(given, mat, cv::COLOR_RGB2BGR);
    if (image.channels == 4) cv::cvtColor(given, mat, cv::COLOR_RGBA2BGRA);
    if (!cv::imencode(".png", mat, png)) png.clear();
  } catch (const cv::Exception&) {
    png.clear();
  }
  if (png.empty())
    return fail(ErrorCode::kFailed, "a texture of {}x{} pixels could not be encoded as PNG", image.width, image.height);
  return std::string(png.begin(), png.end());
}

}  // namespace mp4d
