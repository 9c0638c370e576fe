#include "io/resize.h"
#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>

namespace mp4d {

Image shrink(const Image& image, int longest) {
  const int side = std::max(image.width, image.height);
  if (side <= longest) return image;
  const double scale = static_cast<double>(longest) / side;
  Image small(std::max(1, static_cast<int>(std::lround(image.width * scale))),
              std::max(1, static_cast<int>(std::lround(image.height * scale))), image.channels);
  const cv::Mat from(image.height, image.width, CV_8UC(image.channels), const_cast<std::uint8_t*>(image.data.data()));
  cv::Mat to(small.height, small.width, CV_8UC(image.channels), small.data.data());
  cv::resize(from, to, to.size(), 0, 0, cv::INTER_AREA);
  return small;
}

Mask shrink_mask(const Mask& mask, int longest) {
  Mask small = shrink(mask, longest);
  for (std::uint8_t& value : small.data) value = value > 127 ? 255 : 0;
  return small;
}

}  // namespace mp4d
