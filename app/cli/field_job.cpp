#include "app/cli/field_job.h"
#include "app/cli/render_options.h"
#include "io/camera_set.h"
#include "io/frames.h"
#include "io/listing.h"
#include "io/model_io.h"
#include "io/numpy.h"
#include "reconstruction/field/field_maps.h"
#include <algorithm>
#include <cmath>
#include <span>

namespace mp4d {
namespace {

using nlohmann::json;

Image depth_picture(const ImageF& depth) {
  float nearest = 1e30f;
  for (const float d : depth.data)
    if (d > 0) nearest = std::min(nearest, d);
  Image out(depth.width, depth.height, 3);
  for (std::size_t i = 0; i < out.data.size(); ++i) {
    const float d = depth.data[i / 3];
    out.data[i] = static_cast<std::uint8_t>(d > 0 ? std::lround(255 * nearest / d) : 0);
  }
  return out;
}

Image normal_picture(ImageF normals) {
  for (std::size_t i = 0; i < normals.data.size(); i += 3) {
    const std::span<float> n = std::span(normals.data).subspan(i, 3);
    if (n[0] == 0 && n[1] == 0 && n[2] == 0) continue;
    for (float& v : n) v = 0.5f * (v + 1);
  }
  return to_8_bit(normals);
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
  const bool video = ending == ".mp4" || ending == ".gif", numbers = ending == ".npy";
  const int count = video ? std::max(1, static_cast<int>(std::lround(options.fps * options.seconds))) : 1;
  MP4D_TRY(cameras, field_path(saved.about, options, count));
  if (!video) cameras.resize(1);
  MP4D_CHECK(check_video_memory(cameras.size(), {cameras[0].width, cameras[0].height}));
  begin_phase(job, "draw", static_cast<int>(cameras.size()));
  std::vector<Image> pictures;
  for (const Camera& camera : cameras) {
    MP4D_CHECK(check(job));
    const auto time = static_cast<float>(options.time >= 0 || cameras.size() < 2
                                             ? std::max(0.0, options.time)
                                             : static_cast<double>(pictures.size()) / static_cast<double>(cameras.size() - 1));
    const FieldView view = render_field(saved.field, camera, {}, march_of(saved.about), background_of(saved.about), time);
    const ImageF normals = options.what == "normal" ? normals_of(view, saved.field, camera, {}, time) : ImageF();
    if (numbers) {
      const ImageF values = options.what == "depth" ? axial_depth(view, camera, {}) : options.what == "normal" ? normals : view.colour;
      std::vector<std::size_t> shape{static_cast<std::size_t>(values.height), static_cast<std::size_t>(values.width)};
      if (values.channels > 1) shape.push_back(static_cast<std::size_t>(values.channels));
      return write_npy(out, shape, values.data);
    }
    pictures.push_back(options.what == "depth" ? depth_picture(view.depth) : options.what == "normal" ? normal_picture(normals) : to_8_bit(view.colour));
    step(job, static_cast<int>(pictures.size()));
  }
  return video ? write_video(out, pictures, options.fps) : write_image(out, pictures[0]);
}

Result<Mesh> mesh_of_field(const FieldCheckpoint& saved, const FieldMeshOptions& options, JobContext* job) {
  MP4D_TRY(set, cameras_from_json(saved.about["cameras"], "cameras of the field"));
  return field_mesh(saved.field, set.cameras, saved.about["near"].get<float>(), background_of(saved.about), options, job);
}

Result<Mesh> write_field_mesh(const FieldCheckpoint& saved, const FieldMeshOptions& options, const std::filesystem::path& out,
                              JobContext* job) {
  MP4D_TRY(mesh, mesh_of_field(saved, options, job));
  if (lower_extension(out) == ".glb") {
    RiggedModel model;
    model.mesh = mesh;
    MP4D_CHECK(write_glb(out, model));
  } else {
    MP4D_CHECK(write_mesh(out, mesh));
  }
  return std::move(mesh);
}

}  // namespace mp4d
