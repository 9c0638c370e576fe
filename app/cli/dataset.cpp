#include "app/cli/dataset.h"
#include "app/cli/pictures.h"
#include "app/cli/stage.h"
#include "core/files.h"
#include "core/json_file.h"
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

}  // namespace

Result<void> write_dataset(const std::filesystem::path& folder, const Player& player, const RenderOptions& options,
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
    MP4D_CHECK(write_image(folder / "masks" / fmt::format("{:04}.png", frame),
                           render_mask(camera, mesh.verts, mesh.faces)));
    truth.frames.push_back(mesh.verts);
    truth.times.push_back(static_cast<double>(frame) / options.fps);
    step(job, static_cast<int>(frame + 1));
  }
  MP4D_CHECK(write_json(folder / "cameras.json", cameras_to_json(set)));
  MP4D_CHECK(write_anime(folder / "gt.anime", truth));
  return write_video(folder / "video.mp4", pictures, options.fps);
}

}  // namespace mp4d
