#include "tests/fuzz/targets.h"
#include "core/blob.h"
#include "core/files.h"
#include "core/json_file.h"
#include "io/camera_set.h"
#include "io/export.h"
#include "io/frames.h"
#include "io/internal/export_formats.h"
#include "io/internal/foreign_scene.h"
#include "io/internal/imported_scene.h"
#include "io/internal/scene_readers.h"
#include "io/internal/tflite.h"
#include "io/internal/usd_text.h"
#include "io/model_io.h"
#include "io/numpy.h"
#include "io/point_cloud.h"
#include "motion/auto_rig.h"
#include "motion/chain_map.h"
#include "motion/check_model.h"
#include "motion/retarget.h"
#include <fstream>
#include <stdexcept>

namespace mp4d::fuzz {
namespace {

namespace fs = std::filesystem;

/// Holds the inputs, and a picture for what refers to one.
const fs::path& folder() {
  static const TempFolder kept = [] {
    TempFolder made = TempFolder::create().value();
    fs::create_directory(made.path() / "images");
    for (const char* name : {"a.png", "b.png", "images/a.png", "images/b.png"})
      if (!write_image(made.path() / name, Image(4, 3, 3))) throw std::runtime_error("no picture could be written");
    return made;
  }();
  return kept.path();
}

}  // namespace

fs::path file_of(const std::string& name, std::string_view bytes) {
  const fs::path path = folder() / name;
  std::ofstream(path, std::ios::binary | std::ios::trunc).write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  return path;
}

void must_hold(bool holds, const std::string& what) {
  if (!holds) throw std::logic_error(what);
}

namespace {

std::vector<std::string_view> parts_of(std::string_view bytes, std::size_t count) {
  std::vector<std::string_view> parts;
  while (parts.size() + 1 < count) {
    const std::size_t end = std::min(bytes.find(kNextFile), bytes.size());
    parts.push_back(bytes.substr(0, end));
    bytes.remove_prefix(std::min(end + kNextFile.size(), bytes.size()));
  }
  parts.push_back(bytes);
  return parts;
}

template <class Import>
void read_scene(const std::string& name, std::string_view bytes, const Import& import) {
  const fs::path path = file_of(name, bytes);
  auto scene = import(path);
  if (refused(scene)) return;
  const auto model = assemble_model(path, std::move(*scene), nullptr);
  if (refused(model)) return;
  const auto sound = check_writable(name, *model);
  must_hold(sound.has_value(), sound ? "" : "read, but " + sound.error().message);
}

void glb(std::string_view bytes) {
  read_scene("in.glb", bytes, [](const fs::path& path) { return import_gltf(path, nullptr); });
}
void gltf(std::string_view bytes) {
  read_scene("in.gltf", bytes, [](const fs::path& path) { return import_gltf(path, nullptr); });
}
void obj(std::string_view bytes) {
  const auto parts = parts_of(bytes, 2);
  file_of("in.mtl", parts[1]);
  read_scene("in.obj", parts[0], [](const fs::path& path) { return import_obj(path, nullptr); });
}
void bvh(std::string_view bytes) {
  read_scene("in.bvh", bytes, [](const fs::path& path) { return import_bvh(path, nullptr); });
}
void usda(std::string_view bytes) {
  read_scene("in.usda", bytes, [](const fs::path& path) { return import_usd(path, nullptr); });
}
void usdz(std::string_view bytes) {
  read_scene("in.usdz", bytes, [](const fs::path& path) { return import_usd(path, nullptr); });
}

/// What the reader program of FBX, DAE, PLY and STL hands back, as if its checksum were right.
void foreign_scene(std::string_view bytes) {
  BlobWriter blob;
  for (const char byte : bytes) blob.put(byte);
  auto foreign = internal::foreign_scene_from(blob.bytes(), "in.fbx");
  if (refused(foreign)) return;
  const auto model = assemble_model("in.fbx", std::move(foreign->scene), nullptr);
  if (!refused(model)) must_hold(check_model(*model).has_value(), "no sound model");
}

void anime(std::string_view bytes) {
  const auto sequence = read_anime(file_of("in.anime", bytes));
  if (refused(sequence)) return;
  must_hold(sequence->frames.size() == sequence->times.size() && !sequence->frames.empty(), "frames without times");
  for (const Points& points : sequence->frames) {
    must_hold(points.allFinite(), "a vertex that is not finite");
    must_hold(sequence->faces.maxCoeff() < points.rows() && sequence->faces.minCoeff() >= 0, "a face without vertex");
  }
}

void ply_points(std::string_view bytes) {
  const auto points = read_ply_points(file_of("in.ply", bytes));
  if (!refused(points)) must_hold(points->allFinite(), "a point that is not finite");
}

void npy(std::string_view bytes) {
  const auto array = read_npy(file_of("in.npy", bytes));
  if (refused(array)) return;
  std::size_t count = 1;
  for (const std::size_t side : array->shape) count *= side;
  must_hold(count == array->values.size(), "values that do not fill the shape");
}

void npz(std::string_view bytes) { refused(read_npz(file_of("in.npz", bytes))); }

void sdfstudio(std::string_view bytes) {
  fs::create_directories(folder() / "s");
  file_of("s/meta_data.json", bytes);
  const auto source = internal::read_sdfstudio(folder() / "s");
  if (refused(source)) return;
  for (const internal::ViewSource& view : source->views)
    must_hold(view.view.camera.camera_from_world.matrix().allFinite(), "a pose that is not finite");
}

void check_views(const Result<internal::SceneSource>& source) {
  if (refused(source)) return;
  for (const internal::ViewSource& view : source->views) {
    must_hold(fs::is_regular_file(view.image), "a view without picture");
    const auto inside = fs::weakly_canonical(view.image).lexically_relative(fs::canonical(folder()));
    must_hold(!inside.empty() && *inside.begin() != "..", "a picture outside of the scene");
  }
  must_hold(source->scene.points.allFinite(), "a point that is not finite");
}

void colmap(const char* ending, std::string_view bytes) {
  const auto parts = parts_of(bytes, 3);
  const fs::path model = folder() / (std::string("colmap") + ending);
  fs::create_directories(model);
  const char* names[] = {"cameras", "images", "points3D"};
  for (std::size_t i = 0; i < 3; ++i) file_of((model.filename() / (names[i] + std::string(ending))).string(), parts[i]);
  check_views(internal::read_colmap(model, folder() / "images"));
}
void colmap_binary(std::string_view bytes) { colmap(".bin", bytes); }
void colmap_text(std::string_view bytes) { colmap(".txt", bytes); }

void transforms(std::string_view bytes) { check_views(internal::read_transforms(file_of("transforms.json", bytes))); }

/// A folder with a picture and texts beside it; the parts are what stands in `texts`.
fs::path scene_folder(const std::string& name, const std::string& picture, const std::vector<std::string>& texts, std::string_view bytes) {
  const auto parts = parts_of(bytes, texts.size());
  fs::create_directories((folder() / name / picture).parent_path());
  fs::copy_file(folder() / "a.png", folder() / name / picture, fs::copy_options::skip_existing);
  for (std::size_t i = 0; i < texts.size(); ++i) {
    fs::create_directories((folder() / name / texts[i]).parent_path());
    file_of(name + "/" + texts[i], i < parts.size() ? parts[i] : std::string_view());
  }
  return folder() / name;
}
void nsvf(std::string_view bytes) {
  check_views(internal::read_nsvf(scene_folder("nsvf", "rgb/0_a.png", {"intrinsics.txt", "pose/0_a.txt", "bbox.txt"}, bytes)));
}
void nerfpp(std::string_view bytes) {
  check_views(internal::read_nerfpp(scene_folder("nerfpp", "train/rgb/a.png", {"train/pose/a.txt", "train/intrinsics/a.txt"}, bytes)));
}
void llff(std::string_view bytes) { check_views(internal::read_llff(scene_folder("llff", "images/a.png", {"poses_bounds.npy"}, bytes))); }

void idr(std::string_view bytes) {
  const auto parts = parts_of(bytes, 2);  // packed here: a reader of archives looks at their checksums
  scene_folder("idr", "image/a.png", {}, {});
  check_views(internal::read_idr(file_of("idr/cameras.npz", pack_usdz({{"world_mat_0.npy", std::string(parts[0])}, {"scale_mat_0.npy", std::string(parts[1])}}))));
}
void synthetic(std::string_view bytes) {
  check_views(internal::read_synthetic(scene_folder("synthetic", "train/a.png", {"transforms_train.json", "transforms_test.json"}, bytes)));
}

void cameras(std::string_view bytes) {
  const auto json = parse_json(bytes, "cameras.json");
  if (refused(json)) return;
  const auto set = cameras_from_json(*json, "cameras.json");
  if (refused(set)) return;
  for (const Camera& camera : set->cameras)
    must_hold(camera.camera_from_world.matrix().allFinite() && camera.width > 0 && camera.height > 0, "no camera");
}

void chain_map(std::string_view bytes) { refused(read_map(file_of("map.json", bytes))); }

void options(std::string_view bytes) {
  const auto json = parse_json(bytes, "options.json");
  if (refused(json)) return;
  AutoRigOptions rig;
  RetargetOptions transfer;
  ExportOptions format;
  refused(auto_rig_options().from_json(&rig, *json));
  refused(retarget_options().from_json(&transfer, *json));
  refused(export_options().from_json(&format, *json));
}

void checkpoint(std::string_view bytes) {
  refused(BlobReader::parse(std::string(bytes), "in.bin"));
  auto blob = BlobReader::of_content(std::string(bytes));  // as if the checksum were right
  std::string text;
  std::vector<float> numbers;
  Points points;
  Mat4 matrix;
  while (blob.ok()) blob.get(text).get(numbers).get(points).get(matrix);
}

void image(std::string_view bytes) {
  if (const auto decoded = decode_image(bytes); !refused(decoded))
    must_hold(!decoded->empty() && decoded->data.size() == decoded->pixels() * static_cast<std::size_t>(decoded->channels), "no whole picture");
  const auto read = read_image(file_of("in.png", bytes));
  if (!refused(read)) must_hold(!read->empty(), "an empty picture");
}

void video(std::string_view bytes) {
  const fs::path path = file_of("in.mp4", bytes);
  const auto info = read_clip_info(path);
  if (refused(info)) return;
  must_hold(info->frames > 0 && info->fps > 0 && std::isfinite(info->duration_s), "a clip without length");
  FrameRange range;
  range.max_side = 64;
  range.end_s = 0.2;
  refused(read_frames(path, range));
}

void tflite(std::string_view bytes) {
  const auto onnx = internal::tflite_to_onnx(bytes);
  if (!refused(onnx)) must_hold(!onnx->empty(), "an empty network");
}

}  // namespace

const std::vector<Target>& targets() {
  static const std::vector<Target> all{{"glb", glb},           {"gltf", gltf},
                                       {"obj", obj},           {"bvh", bvh},
                                       {"usda", usda},         {"usdz", usdz},
                                       {"anime", anime},       {"ply_points", ply_points},
                                       {"colmap_binary", colmap_binary}, {"colmap_text", colmap_text},
                                       {"transforms", transforms},       {"cameras", cameras},
                                       {"chain_map", chain_map},         {"options", options},
                                       {"foreign_scene", foreign_scene},
                                       {"npy", npy},
                                       {"npz", npz},
                                       {"sdfstudio", sdfstudio},
                                       {"nsvf", nsvf},
                                       {"nerfpp", nerfpp},
                                       {"llff", llff},
                                       {"idr", idr},
                                       {"synthetic", synthetic},
                                       {"checkpoint", checkpoint},       {"image", image},
                                       {"video", video},
                                       {"tflite", tflite}};
  return all;
}

}  // namespace mp4d::fuzz
