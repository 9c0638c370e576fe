#include "app/cli/session.h"
#include "core/json_file.h"
#include "io/clip_check.h"
#include "io/frames.h"
#include "io/input_kind.h"
#include "io/listing.h"
#include "io/model_io.h"

namespace mp4d {
namespace {

using nlohmann::json;

json vector_json(const Vec3& v) { return {v.x(), v.y(), v.z()}; }

void add_bounds(const Aabb& box, json& info) {
  if (box.isEmpty()) return;
  info["bounds_min"] = vector_json(box.min());
  info["bounds_max"] = vector_json(box.max());
}

constexpr int kLookedFrames = 600;

/// What the pictures themselves tell about their use for reconstruct.
Result<json> look_json(const std::filesystem::path& path, const ClipInfo& clip) {
  FrameRange range;
  range.max_side = kLookSize;
  if (clip.frames > kLookedFrames) range.end_s = kLookedFrames / clip.fps;
  MP4D_TRY(frames, read_frames(path, range));
  MP4D_TRY(look, look_at_clip(frames, clip.width, clip.height));
  std::vector<Finding> findings = check_clip(look);
  const std::vector<Shot> shots = find_shots(look);
  if (shots.size() > 1) findings.push_back({"shots", Finding::Severity::kWarning, describe_shots(look, shots, 0)});
  if (clip.frames > kLookedFrames)
    findings.push_back({"length", Finding::Severity::kNote,
                        fmt::format("only the first {} frames were looked at", frames.images.size())});
  json list = json::array();
  for (const Finding& finding : findings)
    list.push_back({{"what", finding.what}, {"severity", to_string(finding.severity)}, {"text", finding.text}});
  return list;
}

Result<json> clip_info(const std::filesystem::path& path) {
  MP4D_TRY(clip, read_clip_info(path));
  MP4D_TRY(look, look_json(path, clip));
  return json{{"kind", "clip"},
              {"clip_check", look},
              {"width", clip.width},
              {"height", clip.height},
              {"frames", clip.frames},
              {"duration_s", clip.duration_s},
              {"fps", clip.fps},
              {"variable_rate", clip.variable_rate},
              {"rotation_deg", clip.rotation_deg}};
}

Result<json> model_info(const std::filesystem::path& path) {
  MP4D_TRY(model, read_model(path));
  const Mesh& mesh = model.mesh;
  json info{{"kind", "model"},
            {"vertices", mesh.verts.rows()},
            {"triangles", mesh.faces.rows()},
            {"colors", mesh.colors.rows() > 0},
            {"uvs", mesh.uvs.rows() > 0},
            {"watertight", is_watertight(mesh.faces)},
            {"joints", model.skeleton.size()},
            {"materials", json::array()},
            {"clips", json::array()}};
  add_bounds(bounds(mesh.verts), info);
  for (const Material& material : mesh.materials) {
    const Image& texture = material.texture;
    info["materials"].push_back(
        {{"name", material.name},
         {"texture", texture.empty() ? json() : json(fmt::format("{}x{}", texture.width, texture.height))}});
  }
  for (const Joint& joint : model.skeleton.joints) info["joint_names"].push_back(joint.name);
  for (const Clip& clip : model.clips)
    info["clips"].push_back({{"name", clip.name},
                             {"keys", clip.times.size()},
                             {"duration_s", clip.times.empty() ? 0 : clip.times.back() - clip.times.front()}});
  return info;
}

Result<json> anime_info(const std::filesystem::path& path) {
  MP4D_TRY(sequence, read_anime(path));
  json info{{"kind", "mesh sequence"},
            {"frames", sequence.frames.size()},
            {"vertices", sequence.frames.front().rows()},
            {"triangles", sequence.faces.rows()}};
  Aabb box;
  for (const Points& frame : sequence.frames) box.extend(bounds(frame));
  add_bounds(box, info);
  return info;
}

Result<json> folder_info(const std::filesystem::path& path) {
  MP4D_TRY(frames, read_mesh_folder(path));
  json info{{"kind", "mesh folder"}, {"frames", frames.size()}, {"same_topology", true}};
  Aabb box;
  for (const Mesh& mesh : frames) {
    box.extend(bounds(mesh.verts));
    if (mesh.faces.rows() != frames.front().faces.rows() || mesh.faces != frames.front().faces)
      info["same_topology"] = false;
  }
  info["vertices"] = frames.front().verts.rows();
  info["triangles"] = frames.front().faces.rows();
  add_bounds(box, info);
  return info;
}

/// Any JSON object; the long lists of a report or a camera file are shown by their length.
Result<json> json_info(const std::filesystem::path& path) {
  MP4D_TRY(content, read_json(path));
  if (!content.is_object())
    return fail(ErrorCode::kInput, "{}: holds a JSON {}, not a report, camera or job file", path.string(),
                content.type_name());
  json info = std::move(content);
  const auto shorten = [](json& owner) {
    for (auto& [key, value] : owner.items())
      if (value.is_array() && value.size() > 8) value = fmt::format("{} entries", value.size());
  };
  shorten(info);
  for (auto& [key, value] : info.items())
    if (value.is_object()) shorten(value);
  info["kind"] = "json";
  return info;
}

Result<json> file_info(const std::filesystem::path& path) {
  MP4D_TRY(kind, input_kind(path));
  switch (kind) {
    case InputKind::kModel: return model_info(path);
    case InputKind::kAnime: return anime_info(path);
    case InputKind::kMeshFolder: return folder_info(path);
    case InputKind::kJson: return json_info(path);
    case InputKind::kClip: break;
  }
  return clip_info(path);
}

std::string shown(const json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_number_float()) return fmt::format("{:.6g}", value.get<double>());
  if (!value.is_array()) return json_text(value);
  std::string list;
  for (const json& entry : value) list += (list.empty() ? "" : ", ") + shown(entry);
  return list;
}

/// Lines "name   value"; objects within lists on lines of their own.
void print_table(const json& info) {
  for (const auto& [key, value] : info.items()) {
    if (key == "clip_check") continue;
    const bool list_of_objects = value.is_array() && !value.empty() && value.front().is_object();
    fmt::print("{:<16}{}\n", key, list_of_objects ? fmt::format("{}", value.size()) : shown(value));
    if (!list_of_objects) continue;
    for (const json& entry : value) {
      std::string line;
      for (const auto& [name, field] : entry.items()) line += fmt::format("{} {}  ", name, shown(field));
      fmt::print("  {}\n", line);
    }
  }
  if (!info.contains("clip_check")) return;
  for (const json& finding : info["clip_check"])
    fmt::print("{:<16}{}: {}\n", finding["severity"].get<std::string>(), finding["what"].get<std::string>(),
               finding["text"].get<std::string>());
}

}  // namespace

void add_info(CLI::App& app, Session& session) {
  CLI::App* sub = app.add_subcommand("info", "Say what a file holds: clip, model, .anime, folder, JSON report.");
  const auto file = std::make_shared<std::string>();
  const auto as_json = std::make_shared<bool>(false);
  sub->add_option("FILE", *file, "file or folder")->required();
  sub->add_flag("--json", *as_json, "print JSON");
  sub->callback([file, as_json, &session] {
    session.command = [file, as_json]() -> Result<void> {
      MP4D_TRY(info, file_info(*file));
      if (*as_json) fmt::print("{}\n", json_text(info, 2));
      else print_table(info);
      return {};
    };
  });
}

}  // namespace mp4d
