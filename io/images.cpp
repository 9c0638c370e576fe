#include "core/files.h"
#include "io/frames.h"
#include "io/internal/opencv.h"
#include "io/internal/picture_format.h"
#include "io/internal/stored_image.h"
#include "io/listing.h"
#include <algorithm>
#include <fstream>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <system_error>

namespace mp4d {
namespace {

cv::Mat to_8_bit(const cv::Mat& mat) {
  double scale = 1;
  if (mat.depth() == CV_16U) scale = 1.0 / 257;
  if (mat.depth() == CV_32F || mat.depth() == CV_64F) scale = 255;
  cv::Mat out;
  mat.convertTo(out, CV_8U, scale);
  return out;
}

Result<void> check_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  const auto checked = internal::check_picture([&file](std::uint64_t offset, std::size_t size) {
    std::string bytes(size, '\0');
    file.clear();
    file.seekg(static_cast<std::streamoff>(offset));
    file.read(bytes.data(), static_cast<std::streamsize>(size));
    bytes.resize(static_cast<std::size_t>(std::max<std::streamsize>(file.gcount(), 0)));
    return bytes;
  });
  if (!checked) return fail(checked.error().code, "{}: {}", path.string(), checked.error().message);
  return {};
}

// OpenCV ignores the EXIF orientation when asked for the alpha channel, hence at most two decodings.
cv::Mat decode(const std::string& path, bool upright) {
  const std::string extension = lower_extension(path);
  if (extension != ".jpg" && extension != ".jpeg" && extension != ".bmp") {
    cv::Mat raw = cv::imread(path, cv::IMREAD_UNCHANGED);
    if (raw.channels() == 4) return raw;
  }
  return cv::imread(path, cv::IMREAD_ANYCOLOR | cv::IMREAD_ANYDEPTH | (upright ? 0 : cv::IMREAD_IGNORE_ORIENTATION));
}

Result<Image> read(const std::filesystem::path& path, bool upright) {
  internal::silence_opencv();
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error))
    return fail(ErrorCode::kInput, "{}: no such file; check the path", path.string());
  if (std::filesystem::file_size(path, error) == 0)
    return fail(ErrorCode::kInput, "{}: the file is empty; export the image again", path.string());
  MP4D_CHECK(check_file(path));
  cv::Mat mat;
  try {
    mat = decode(path.string(), upright);
  } catch (const cv::Exception& e) {
    return fail(ErrorCode::kInput, "{}: cannot be decoded ({}); convert it to PNG", path.string(), e.err);
  }
  if (mat.empty())
    return fail(ErrorCode::kInput, "{}: not a readable PNG, JPEG, WebP, TIFF or BMP image; convert it to PNG",
                path.string());
  mat = to_8_bit(mat);
  if (mat.channels() == 3) cv::cvtColor(mat, mat, cv::COLOR_BGR2RGB);
  if (mat.channels() == 4) cv::cvtColor(mat, mat, cv::COLOR_BGRA2RGBA);
  return internal::from_mat<std::uint8_t>(mat);
}

}  // namespace

Result<Image> read_image(const std::filesystem::path& path) { return read(path, true); }

Result<Image> internal::read_stored_image(const std::filesystem::path& path) { return read(path, false); }

Result<void> write_image(const std::filesystem::path& path, const Image& image) {
  internal::silence_opencv();
  const std::string extension = lower_extension(path);
  const bool jpeg = extension == ".jpg" || extension == ".jpeg";
  if (!jpeg && extension != ".png")
    return fail(ErrorCode::kUsage, "{}: images are written as .png, .jpg or .jpeg; change the ending", path.string());
  if (image.empty() || (image.channels != 1 && image.channels != 3 && image.channels != 4))
    return fail(ErrorCode::kUsage, "{}: an image of {} x {} with {} channels cannot be written (1, 3 or 4 channels)",
                path.string(), image.width, image.height, image.channels);
  const cv::Mat given = internal::as_mat(image);  // shares the picture's memory
  cv::Mat mat;
  if (image.channels == 1) mat = given;
  if (image.channels == 3) cv::cvtColor(given, mat, cv::COLOR_RGB2BGR);
  if (image.channels == 4) cv::cvtColor(given, mat, jpeg ? cv::COLOR_RGBA2BGR : cv::COLOR_RGBA2BGRA);
  std::vector<std::uint8_t> bytes;
  const std::vector<int> options = jpeg ? std::vector<int>{cv::IMWRITE_JPEG_QUALITY, 92} : std::vector<int>{};
  const auto encoded = [&] {
    try {
      return cv::imencode(extension, mat, bytes, options);
    } catch (const cv::Exception&) {  // too large for the format
      return false;
    }
  };
  if (!encoded())
    return fail(ErrorCode::kFailed, "{}: the image of {} x {} could not be encoded", path.string(), image.width,
                image.height);
  return write_atomically(path, std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
}

}  // namespace mp4d
