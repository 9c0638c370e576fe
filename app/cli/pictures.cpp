#include "app/cli/pictures.h"
#include "render/hard_raster.h"
#include <algorithm>
#include <cmath>

namespace mp4d {
namespace {

void paste(const Image& from, int x, int y, Image& to) {
  for (int row = 0; row < from.height; ++row)
    std::copy_n(&from.at(0, row), static_cast<std::size_t>(from.width) * from.channels, &to.at(x, y + row));
}

}  // namespace

std::vector<Camera> shot_cameras(const Aabb& box, const std::vector<Shot>& shots, const RenderOptions& options,
                                 const PictureSize& size) {
  constexpr float kFarEnough = 4, kMargin = 0.9f;
  const float extent = std::max(1e-6f, box.diagonal().norm());
  const auto cameras_at = [&](float factor) {
    const float elevation = static_cast<float>(options.elevation * M_PI / 180);
    std::vector<Camera> cameras;
    for (const Shot& shot : shots)
      cameras.push_back(orbit_camera(box, shot.azimuth, elevation, size.width, size.height, factor));
    return cameras;
  };
  // From far away, how much nearer may the camera come before a corner leaves the picture?
  float nearer = kFarEnough * extent;
  for (const Camera& camera : cameras_at(kFarEnough))
    for (int corner = 0; corner < 8; ++corner) {
      const Vec3 p = camera.camera_from_world * box.corner(static_cast<Aabb::CornerType>(corner));
      const float depth_for_width = std::abs(p.x()) * camera.fx / (0.5f * kMargin * camera.width);
      const float depth_for_height = std::abs(p.y()) * camera.fy / (0.5f * kMargin * camera.height);
      nearer = std::min(nearer, p.z() - std::max(depth_for_width, depth_for_height));
    }
  return cameras_at((kFarEnough - nearer / extent) * static_cast<float>(options.distance));
}

Result<std::vector<Image>> draw_shots(const Player& player, const std::vector<Shot>& shots,
                                      const RenderOptions& options, JobContext* job) {
  MP4D_TRY(size, parse_size(options.size));
  MP4D_CHECK(check_video_memory(shots.size(), size));
  const Aabb box = player.bounds();
  ShadeOptions shade;
  shade.transparent = options.transparent;
  shade.supersample = options.supersample;
  shade.ground = options.ground && !options.transparent;
  shade.ground_y = player.ground();
  std::vector<Image> pictures;
  for (const Camera& camera : shot_cameras(box, shots, options, size)) {
    MP4D_CHECK(check(job));
    pictures.push_back(render_shaded(camera, player.at(shots[pictures.size()].time), shade));
    step(job, static_cast<int>(pictures.size()));
  }
  return pictures;
}

Image contact_sheet(const std::vector<Image>& pictures) {
  if (pictures.size() == 1) return pictures.front();
  const int count = static_cast<int>(pictures.size());
  const int columns = static_cast<int>(std::ceil(std::sqrt(count)));
  const int rows = (count + columns - 1) / columns;
  const Image& first = pictures.front();
  Image sheet(first.width * columns, first.height * rows, first.channels, 255);
  for (int i = 0; i < count; ++i)
    paste(pictures[i], i % columns * first.width, i / columns * first.height, sheet);
  return sheet;
}

Image side_by_side(const std::vector<Image>& pictures) {
  int width = 0;
  for (const Image& picture : pictures) width += picture.width;
  Image row(width, pictures.front().height, pictures.front().channels);
  int x = 0;
  for (const Image& picture : pictures) {
    paste(picture, x, 0, row);
    x += picture.width;
  }
  return row;
}

}  // namespace mp4d
