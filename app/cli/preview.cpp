#include "app/cli/preview.h"
#include "app/cli/pictures.h"
#include "app/cli/player.h"
#include "render/hard_raster.h"
#include <cmath>

namespace mp4d {
namespace {

constexpr int kHighestPanel = 540;

/// Mean of `factor` x `factor` pixels, RGB; what does not fill a block at the right and bottom is left out.
Image shrunk(const Image& picture, int factor) {
  Image small(picture.width / factor, picture.height / factor, 3);
  for (int y = 0; y < small.height; ++y)
    for (int x = 0; x < small.width; ++x)
      for (int c = 0; c < 3; ++c) {
        int sum = 0;
        for (int dy = 0; dy < factor; ++dy)
          for (int dx = 0; dx < factor; ++dx) sum += picture.at(x * factor + dx, y * factor + dy, c);
        small.at(x, y, c) = static_cast<std::uint8_t>(sum / (factor * factor));
      }
  return small;
}

Camera turned(const Camera& camera, const Vec3& centre, float angle) {
  Camera side = camera;
  side.camera_from_world = camera.camera_from_world * Eigen::Translation3f(centre) *
                           Eigen::AngleAxisf(angle, Vec3::UnitY()) * Eigen::Translation3f(-centre);
  return side;
}

}  // namespace

Result<std::vector<Image>> preview_pictures(const Frames& frames, const ReconstructResult& result, JobContext* job) {
  const Player player(result.model, 0);
  const std::size_t count = frames.images.size();
  if (result.cameras.size() != count || player.key_times().size() != count)
    return fail(ErrorCode::kFailed, "preview: {} frames for {} cameras and {} poses", count, result.cameras.size(),
                player.key_times().size());
  const int factor = (frames.images.front().height + kHighestPanel - 1) / kHighestPanel;
  std::vector<Image> pictures;
  for (std::size_t i = 0; i < count; ++i) {
    MP4D_CHECK(check(job));
    const Image input = shrunk(frames.images[i], factor);
    const Camera camera = resized(result.cameras[i], input.width, input.height);
    const Mesh mesh = player.at(player.key_times()[i]);
    const Camera side = turned(camera, bounds(mesh.verts).center(), static_cast<float>(M_PI / 2));
    pictures.push_back(side_by_side({input, overlay(camera, mesh, input), render_shaded(side, mesh)}));
    step(job, static_cast<int>(i + 1));
  }
  return pictures;
}

}  // namespace mp4d
