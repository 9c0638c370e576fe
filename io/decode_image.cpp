#include "io/internal/imported_scene.h"
#include "io/internal/picture_format.h"
#include <cstdint>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

namespace mp4d {

Result<Image> decode_image(std::string_view bytes) {
  const auto damaged = [] { return fail(ErrorCode::kInput, "damaged or in an unknown format; use PNG, JPEG or WebP"); };
  if (!internal::is_known_picture(bytes) || bytes.size() > std::size_t(INT32_MAX)) return damaged();
  MP4D_CHECK(internal::check_picture(bytes));
  cv::Mat picture;
  try {
    const cv::Mat encoded(1, static_cast<int>(bytes.size()), CV_8UC1, const_cast<char*>(bytes.data()));
    picture = cv::imdecode(encoded, cv::IMREAD_UNCHANGED);
    if (picture.empty()) return damaged();
    if (picture.depth() == CV_16U) picture.convertTo(picture, CV_8U, 1.0 / 257);
    if (picture.depth() != CV_8U) return damaged();
    const int channels = picture.channels();
    if (channels == 1) cv::cvtColor(picture, picture, cv::COLOR_GRAY2RGB);
    if (channels == 3) cv::cvtColor(picture, picture, cv::COLOR_BGR2RGB);
    if (channels == 4) cv::cvtColor(picture, picture, cv::COLOR_BGRA2RGBA);
  } catch (const cv::Exception&) {
    return damaged();
  }
  if (picture.channels() < 3) return damaged();
  Image image(picture.cols, picture.rows, picture.channels());
  const std::size_t row = static_cast<std::size_t>(picture.cols) * picture.channels();
  for (int y = 0; y < picture.rows; ++y) std::copy_n(picture.ptr(y), row, image.data.data() + y * row);
  return image;
}

}  // namespace mp4d
