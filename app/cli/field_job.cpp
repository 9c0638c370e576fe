#include "app/cli/field_job.h"
#include "app/cli/render_options.h"
#include "io/camera_set.h"
#include "io/frames.h"
#include "io/listing.h"
#include "reconstruction/field/field_view.h"
#include <algorithm>
#include <cmath>

namespace mp4d {
namespace {

using nlohmann::json;

Image picture_of(const FieldView& view, bool depth) {
  if (!depth) return to_8_bit(view.colour);
  float nearest = 1e30f;
  for (const float d : view.depth.data)
    if (d > 0) nearest = std::min(nearest, d);
  Image out(view.depth.width, view.depth.height, 3);
  for (std::size_t i = 0; i < out.data.size(); ++i) {
    const float d = view.depth.data[i / 3];
    out.data[i] = static_cast<std::uint8_t>(d > 0 ? std::lround(255 * nearest / d) : 0);
  }
  return out;
}

}  // namespace

MarchOptions march_of(const json& about) {
  MarchOptions march;
  march.near = about["near"].get<float>();
  return march;
}

Vec3 background_of(const json& about) {
  const json& b = about["background"];
  return {b[0].get<float>(), b[1].get<float>(), b[2].get<float>()};
}

Result<void> write_field_view(const FieldCheckpoint& saved, const FieldRenderOptions& options, const std::filesystem::path& out,
                              JobContext* job) {
  const std::string ending = lower_extension(out);
  const bool video = ending == ".mp4" || ending == ".gif";
  const int count = video ? std::max(1, static_cast<int>(std::lround(options.fps * options.seconds))) : 1;
  MP4D_TRY(cameras, field_path(saved.about, options, count));
  if (!video) cameras.resize(1);
  MP4D_CHECK(check_video_memory(cameras.size(), {cameras[0].width, cameras[0].height}));
  begin_phase(job, "draw", static_cast<int>(cameras.size()));
  std::vector<Image> pictures;
  for (const Camera& camera : cameras) {
    MP4D_CHECK(check(job));
    const double time = options.time >= 0 || cameras.size() < 2 ? std::max(0.0, options.time)
                                                                : static_cast<double>(pictures.size()) / static_cast<double>(cameras.size() - 1);
    pictures.push_back(picture_of(render_field(saved.field, camera, {}, march_of(saved.about), background_of(saved.about), static_cast<float>(time)),
                                  options.what == "depth"));
    step(job, static_cast<int>(pictures.size()));
  }
  return video ? write_video(out, pictures, options.fps) : write_image(out, pictures[0]);
}

Result<Mesh> mesh_of_field(const FieldCheckpoint& saved, const FieldMeshOptions& options, JobContext* job) {
  MP4D_TRY(set, cameras_from_json(saved.about["cameras"], "cameras of the field"));
  return field_mesh(saved.field, set.cameras, saved.about["near"].get<float>(), background_of(saved.about), options, job);
}

}  // namespace mp4d
