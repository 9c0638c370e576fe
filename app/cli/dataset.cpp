#include "app/cli/dataset.h"
#include "app/cli/pictures.h"
#include "app/cli/stage.h"
#include "core/files.h"
#include "core/json_file.h"
#include "core/staging_folder.h"
#include "io/camera_set.h"
#include "io/frames.h"
#include "io/model_io.h"
#include "render/hard_raster.h"

namespace mp4d {
namespace {

/// `top` (RGBA, straight alpha) over `bottom` (RGB), of one size.
Image over(const Image& top, const Image& bottom) {
  Image sum = bottom;
  for (std::size_t i = 0; i < top.pixels(); ++i) {
    const int alpha = top.data[4 * i + 3];
    for (int c = 0; c < 3; ++c)
      sum.data[3 * i + c] =
          static_cast<std::uint8_t>((alpha * top.data[4 * i + c] + (255 - alpha) * bottom.data[3 * i + c] + 127) / 255);
  }
  return sum;
}

constexpr const char *kCameras = "cameras.json", *kTruth = "gt.anime", *kVideo = "video.mp4";

std::filesystem::path mask_name(std::size_t frame) { return std::filesystem::path("masks") / fmt::format("{:04}.png", frame); }

/// The masks that only the data set which lies in `folder` has, none of it if that is none of ours.
std::vector<std::filesystem::path> masks_from(std::size_t frame, const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> masks;
  std::error_code error;
  const auto json = read_json(folder / kCameras);
  if (!json || !std::filesystem::exists(folder / kTruth, error)) return masks;
  const auto set = cameras_from_json(*json, kCameras);
  for (; set && frame < set->cameras.size(); ++frame) masks.push_back(mask_name(frame));
  return masks;
}

/// Everything, into a folder of its own. Returns the number of frames.
Result<std::size_t> write_parts(const std::filesystem::path& folder, const Player& player, const RenderOptions& options,
                           JobContext* job) {
  const std::vector<Shot> shots = video_shots(player, options);
  MP4D_TRY(size, parse_size(options.size));
  MP4D_CHECK(check_video_memory(shots.size(), size));
  MP4D_CHECK(make_folder(folder / "masks"));
  const Aabb box = player.bounds();
  const CameraSet set{shot_cameras(box, shots, options, size), options.fps};
  const float distance = (set.cameras.front().camera_from_world * box.center()).norm();
  const Mesh stage = make_stage(box, 1.5f * distance, static_cast<unsigned>(options.seed));
  ShadeOptions shade;
  shade.supersample = options.supersample;
  ShadeOptions shade_subject = shade;
  shade_subject.transparent = true;
  shade_subject.ground = options.ground;
  shade_subject.ground_y = box.min().y();

  MeshSequence truth;
  Image background;
  std::vector<Image> pictures;
  for (std::size_t frame = 0; frame < shots.size(); ++frame) {
    MP4D_CHECK(check(job));
    const Camera& camera = set.cameras[frame];
    const Mesh mesh = player.at(shots[frame].time);
    if (frame == 0) truth.faces = mesh.faces;
    if (mesh.faces.rows() != truth.faces.rows() || mesh.faces != truth.faces)
      return fail(ErrorCode::kInput, "frame {}: its triangles differ from the first frame's, and a data set needs the "
                  "same in all; give a rigged model or an .anime file", frame);
    if (frame == 0 || shots[frame].azimuth != shots[frame - 1].azimuth) background = render_shaded(camera, stage, shade);
    pictures.push_back(over(render_shaded(camera, mesh, shade_subject), background));
    MP4D_CHECK(write_image(folder / mask_name(frame),
                           render_mask(camera, mesh.verts, mesh.faces)));
    truth.frames.push_back(mesh.verts);
    truth.times.push_back(static_cast<double>(frame) / options.fps);
    step(job, static_cast<int>(frame + 1));
  }
  MP4D_CHECK(write_json(folder / kCameras, cameras_to_json(set)));
  MP4D_CHECK(write_anime(folder / kTruth, truth));
  MP4D_CHECK(write_video(folder / kVideo, pictures, options.fps));
  return shots.size();
}

}  // namespace

Result<void> write_dataset(const std::filesystem::path& folder, const Player& player, const RenderOptions& options,
                           JobContext* job) {
  MP4D_TRY(staging, StagingFolder::of(folder));
  std::size_t frames = 0;
  const auto write = [&]() -> Result<void> {
    MP4D_TRY(written, write_parts(staging.path(), player, options, job));
    frames = written;
    return {};
  };
  MP4D_CHECK(shown_as(folder, staging.path(), write()));
  return replace_files(staging.path(), folder, masks_from(frames, folder), kVideo);
}

}  // namespace mp4d
