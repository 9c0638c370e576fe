#pragma once
// Internal to io's sources: the only place where our images and OpenCV's meet.
#include "core/image.h"
#include <opencv2/core.hpp>

namespace mp4d::internal {

/// Header over `image`'s own pixels (no copy, same channel order).
template <class T>
cv::Mat as_mat(const ImageOf<T>& image) {
  return cv::Mat(image.height, image.width, CV_MAKETYPE(cv::DataType<T>::depth, image.channels),
                 const_cast<T*>(image.data.data()));
}

/// Copy of `mat`, whose depth must be T.
template <class T>
ImageOf<T> from_mat(const cv::Mat& mat) {
  CV_Assert(mat.depth() == cv::DataType<T>::depth);
  ImageOf<T> image(mat.cols, mat.rows, mat.channels());
  mat.copyTo(as_mat(image));
  return image;
}

/// Keeps OpenCV and FFmpeg from writing to stderr. Called before their first use; thread-safe.
void silence_opencv();

/// While it lives, OpenCV uses one thread: parallelism is ours, over frames, and results (DIS splits its work by
/// thread count) do not depend on the machine. Nested scopes are fine.
class SingleThreadedOpenCv {
 public:
  SingleThreadedOpenCv();
  ~SingleThreadedOpenCv();
  SingleThreadedOpenCv(const SingleThreadedOpenCv&) = delete;
  SingleThreadedOpenCv& operator=(const SingleThreadedOpenCv&) = delete;
};

/// Image endings that can be read.
const std::vector<std::string>& image_extensions();

}  // namespace mp4d::internal
