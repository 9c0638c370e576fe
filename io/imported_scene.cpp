#include "io/internal/imported_scene.h"
#include <cstdint>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

namespace mp4d {

namespace fs = std::filesystem;

Result<fs::path> resolve_reference(const fs::path& model, const std::string& reference) {
  std::string text = reference;
  for (char& c : text) {
    if (c == '\\') c = '/';
  }
  const fs::path relative(text);
  const bool absolute = relative.is_absolute() || (text.size() > 1 && text[1] == ':');
  std::error_code error;
  const fs::path folder = fs::weakly_canonical(fs::absolute(model).parent_path(), error);
  // Absolute paths are leftovers of the machine that wrote the file: only their last part is of use.
  const fs::path file = fs::weakly_canonical(folder / (absolute ? relative.filename() : relative), error);
  const fs::path inside = file.lexically_relative(folder);
  if (error || inside.empty() || *inside.begin() == "..") {
    return fail(ErrorCode::kInput, "{}: refers to '{}' outside its own folder; copy that file beside the model",
                model.string(), reference);
  }
  return file;
}

Image decode_image(std::string_view bytes) {
  if (bytes.empty() || bytes.size() > std::size_t(INT32_MAX)) return {};
  cv::Mat picture;
  try {
    const cv::Mat encoded(1, static_cast<int>(bytes.size()), CV_8UC1, const_cast<char*>(bytes.data()));
    picture = cv::imdecode(encoded, cv::IMREAD_UNCHANGED);
    if (picture.empty()) return {};
    if (picture.depth() == CV_16U) picture.convertTo(picture, CV_8U, 1.0 / 257);
    if (picture.depth() != CV_8U) return {};
    const int channels = picture.channels();
    if (channels == 1) cv::cvtColor(picture, picture, cv::COLOR_GRAY2RGB);
    if (channels == 3) cv::cvtColor(picture, picture, cv::COLOR_BGR2RGB);
    if (channels == 4) cv::cvtColor(picture, picture, cv::COLOR_BGRA2RGBA);
  } catch (const cv::Exception&) {
    return {};
  }
  if (picture.channels() < 3) return {};
  Image image(picture.cols, picture.rows, picture.channels());
  const std::size_t row = static_cast<std::size_t>(picture.cols) * picture.channels();
  for (int y = 0; y < picture.rows; ++y) std::copy_n(picture.ptr(y), row, image.data.data() + y * row);
  return image;
}

}  // namespace mp4d
