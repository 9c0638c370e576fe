#include "app/studio/field_path_keys.h"
#include "app/cli/field_path.h"
#include "core/files.h"
#include "core/json_file.h"
#include "io/camera_set.h"

namespace mp4d {
namespace {

constexpr int kWidth = 640, kHeight = 480;  // of the film

Camera of_film(const Camera& camera) {
  const float focal = camera.fy * kHeight / static_cast<float>(camera.height);
  Camera out = camera;
  out.width = kWidth;
  out.height = kHeight;
  out.fx = out.fy = focal;
  out.cx = 0.5f * kWidth;
  out.cy = 0.5f * kHeight;
  return out;
}

}  // namespace

void FieldPathKeys::select(int key) {
  if (key == selected_ || key >= static_cast<int>(keys_.size())) return;
  selected_ = key;
  Q_EMIT changed();
}

void FieldPathKeys::add(const Camera& camera) {
  const int at = selected_ < 0 ? static_cast<int>(keys_.size()) : selected_ + 1;
  keys_.insert(keys_.begin() + at, of_film(camera));
  selected_ = at;
  Q_EMIT changed();
}

void FieldPathKeys::replace(int key, const Camera& camera) {
  if (key < 0 || key >= static_cast<int>(keys_.size())) return;
  keys_[static_cast<std::size_t>(key)] = of_film(camera);
  Q_EMIT changed();
}

void FieldPathKeys::remove(int key) {
  if (key < 0 || key >= static_cast<int>(keys_.size())) return;
  keys_.erase(keys_.begin() + key);
  selected_ = std::min(selected_, static_cast<int>(keys_.size()) - 1);
  Q_EMIT changed();
}

void FieldPathKeys::move(int key, int by) {
  const int to = key + by, count = static_cast<int>(keys_.size());
  if (key < 0 || key >= count || to < 0 || to >= count) return;
  std::swap(keys_[static_cast<std::size_t>(key)], keys_[static_cast<std::size_t>(to)]);
  selected_ = to;
  Q_EMIT changed();
}

void FieldPathKeys::clear() {
  keys_.clear();
  selected_ = -1;
  Q_EMIT changed();
}

std::vector<Camera> FieldPathKeys::way(int count) const { return keys_.size() < 2 ? std::vector<Camera>() : along_spline(keys_, count); }

Result<void> FieldPathKeys::save(const std::filesystem::path& file, const Quat& upright) const {
  CameraSet set;
  for (Camera camera : keys_) {
    camera.camera_from_world = camera.camera_from_world * upright;
    set.cameras.push_back(camera);
  }
  return write_atomically(file, json_text(cameras_to_json(set), 1) + "\n");
}

Result<void> FieldPathKeys::open(const std::filesystem::path& file, const Quat& upright) {
  MP4D_TRY(json, read_json(file));
  MP4D_TRY(set, cameras_from_json(json, file.string()));
  if (set.cameras.empty()) return fail(ErrorCode::kInput, "{}: has no frames", file.string());
  keys_.clear();
  for (const Camera& camera : set.cameras) {
    keys_.push_back(of_film(camera));
    keys_.back().camera_from_world = camera.camera_from_world * upright.inverse();
  }
  selected_ = static_cast<int>(keys_.size()) - 1;
  Q_EMIT changed();
  return {};
}

}  // namespace mp4d
