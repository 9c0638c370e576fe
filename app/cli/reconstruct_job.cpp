#include "app/cli/reconstruct_job.h"
#include "core/json_file.h"
#include "io/mesh_folder.h"

namespace mp4d {

const OptionTable<ReconstructFiles>& reconstruct_files() {
  static const OptionTable<ReconstructFiles> table = [] {
    OptionTable<ReconstructFiles> t;
    using F = ReconstructFiles;
    t.add("clip", &F::clip, {}, "the input: a video, a GIF, a folder of images, a folder of meshes, or an .anime file");
    t.add("out", &F::out, {},
          "the model to write, in the format of its ending (docs/formats.md); a report of the same name ending in "
          ".json is written beside it");
    t.add("masks", &F::masks, {}, "folder of masks of the same stems as the frames; without it they are computed");
    t.add("guess", &F::guess, {}, "a mesh, or a folder with a mesh a frame, of any image-to-3D tool, as the start");
    t.add("work", &F::work, {}, "folder for checkpoints; give the same one again to continue a stopped run");
    t.add("preview", &F::preview, {},
          "MP4 or GIF to write: input, overlay and a view from the side, next to each other");
    t.add("turntable", &F::turntable, {}, "MP4 or GIF to write: the result playing while the camera goes round it");
    return t;
  }();
  return table;
}

std::filesystem::path report_path(const std::filesystem::path& out) {
  return is_mesh_folder(out) ? std::filesystem::path(out.parent_path().string() + ".json") : std::filesystem::path(out).replace_extension(".json");
}

Result<void> job_from_json(const nlohmann::json& object, ReconstructJob& job) {
  for (const auto& [key, value] : object.items()) {
    const nlohmann::json row{{key, value}};
    const bool is_file = reconstruct_files().find(key) != nullptr, is_format = export_options().find(key) != nullptr;
    MP4D_CHECK(is_file     ? reconstruct_files().from_json(&job.files, row)
               : is_format ? export_options().from_json(&job.format, row)
                           : reconstruct_options().from_json(&job.options, row));
  }
  return {};
}

Result<void> read_job(const std::filesystem::path& path, ReconstructJob& job) {
  MP4D_TRY(json, read_json(path));
  if (!json.is_object())
    return fail(ErrorCode::kUsage, "{}: must hold a JSON object such as {{\"clip\": \"walk.mp4\"}}, not {}",
                path.string(), json.type_name());
  if (const Result<void> done = job_from_json(json, job); !done)
    return fail(ErrorCode::kUsage, "{}: {}", path.string(), done.error().message);
  return {};
}

nlohmann::json to_json(const ReconstructJob& job) {
  nlohmann::json json = reconstruct_options().to_json(&job.options);
  json.update(reconstruct_files().to_json(&job.files));
  json.update(export_options().to_json(&job.format));
  return json;
}

}  // namespace mp4d
