#include "core/runtime.h"
#include "io/internal/imported_scene.h"

namespace mp4d {

Result<void> Textures::check_room(std::uint64_t bytes, std::uint64_t more) const {
  constexpr std::uint64_t kNoMatter = std::uint64_t{1} << 26;  // bytes that are not worth asking what memory there is
  const std::uint64_t free = more > kNoMatter ? available_memory() : most_bytes_;
  if (bytes <= most_bytes_ && more <= free) return {};
  return fail(ErrorCode::kResource,
              "{}: the textures of its materials take {:.1f} GB of memory, {:.1f} GB can be had; scale them down, or join materials "
              "that show the same one",
              where_, static_cast<double>(bytes) / 1e9, static_cast<double>(std::min(free, most_bytes_)) / 1e9);
}

Result<int> Textures::find(const std::string& key, const std::function<Result<Image>()>& decode) {
  if (const auto known = known_.find(key); known != known_.end()) return known->second;
  const auto add = [&]() -> Result<int> {
    MP4D_TRY(picture, decode());
    decoded_bytes_ += picture.data.size();
    MP4D_CHECK(check_room(decoded_bytes_, 0));
    pictures_.push_back(std::move(picture));
    return static_cast<int>(pictures_.size()) - 1;
  };
  return known_.emplace(key, add()).first->second;
}

Result<void> Textures::hand_out(const std::vector<int>& picture_of, std::vector<Material>& materials) const {
  std::uint64_t bytes = 0;
  for (const int picture : picture_of)
    if (picture >= 0) bytes += (*this)[picture].data.size();
  MP4D_CHECK(check_room(bytes, bytes));
  for (std::size_t m = 0; m < materials.size(); ++m)
    if (picture_of[m] >= 0) materials[m].texture = (*this)[picture_of[m]];
  return {};
}

}  // namespace mp4d
