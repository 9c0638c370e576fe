#include "io/colmap_run.h"
#include "core/file_checks.h"
#include "core/files.h"
#include "core/hash.h"
#include "core/json_file.h"
#include "core/process.h"
#include "core/staging_folder.h"
#include "io/frames.h"
#include "io/internal/exif.h"
#include "io/internal/opencv.h"
#include "io/internal/stored_image.h"
#include "io/listing.h"
#include "io/posed_scene.h"
#include <algorithm>
#include <cstdio>
#include <fstream>
#include <set>

namespace mp4d {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr const char *kImages = "images", *kDatabase = "database.db", *kSparse = "sparse", *kNote = "photos.json";
constexpr const char *kPictures = "pictures", *kFeatures = "features", *kMatches = "matches", *kCameras = "cameras";
constexpr int kMostFeatures = 4096;  // a picture; matching takes the square of it

/// What all pictures have in common, and which there are.
struct Gathered {
  Eigen::Vector2i size = Eigen::Vector2i(-1, -1);  ///< that all share, or 0 x 0
  json names = json::array();

  void note(const Image& image, const std::string& name) {
    if (size.x() < 0) size = {image.width, image.height};
    if (size != Eigen::Vector2i(image.width, image.height)) size.setZero();
    names.push_back(name);
  }
};

/// Puts the picture `from` into the folder `images` and returns its name there. COLMAP looks at pixels as they are stored, whereas
/// all else here reads pictures upright: those that state another orientation are turned, and keep what else their camera noted, which
/// tells COLMAP the focal length.
Result<std::string> put_upright(const fs::path& from, const fs::path& images, const Image& upright) {
  MP4D_TRY(stored, internal::read_stored_image(from));
  MP4D_TRY(original, read_file(from));
  if (stored.width == upright.width && stored.height == upright.height && stored.data == upright.data) {
    MP4D_CHECK(write_atomically(images / from.filename(), original));
    return from.filename().string();
  }
  const std::string ending = lower_extension(from);
  const bool jpeg = ending == ".jpg" || ending == ".jpeg";
  const std::string name = from.filename().string() + (jpeg || ending == ".png" ? "" : ".png");
  MP4D_CHECK(write_image(images / name, upright));
  if (!jpeg) return name;
  const std::string exif = internal::upright_exif(original);
  if (exif.empty()) return name;
  MP4D_TRY(turned, read_file(images / name));
  MP4D_CHECK(write_atomically(images / name, internal::with_segment(turned, exif)));
  return name;
}

Result<Gathered> gather_photos(const fs::path& input, const fs::path& images, JobContext* job) {
  const std::vector<fs::path> files = list_files(input, internal::image_extensions());
  if (files.empty()) return fail(ErrorCode::kInput, "{}: no pictures there (.jpg, .png, .tif, .bmp, .webp)", input.string());
  begin_phase(job, kPictures, static_cast<int>(files.size()));
  Gathered out;
  for (const fs::path& file : files) {
    MP4D_CHECK(check(job));
    MP4D_TRY(image, read_image(file));
    MP4D_TRY(name, put_upright(file, images, image));
    out.note(image, name);
    step(job, static_cast<int>(out.names.size()));
  }
  return out;
}

/// As many frames as are asked for, evenly over the video, or all of them.
Result<Gathered> gather_frames(const fs::path& input, const fs::path& images, const ColmapOptions& options, JobContext* job) {
  begin_phase(job, kPictures, 1);
  MP4D_TRY(clip, read_clip_info(input));
  FrameRange range;
  range.step = std::max(1, clip.frames / options.frames);
  MP4D_TRY(frames, read_frames(input, range, job));
  const std::size_t read = frames.images.size(), count = std::min(read, static_cast<std::size_t>(options.frames));
  begin_phase(job, kPictures, static_cast<int>(count));
  Gathered out;
  for (std::size_t i = 0; i < count; ++i) {
    MP4D_CHECK(check(job));
    const Image& image = frames.images[count < 2 ? 0 : (i * (read - 1) + (count - 1) / 2) / (count - 1)];
    const std::string name = fmt::format("{:05}.png", i);
    MP4D_CHECK(write_image(images / name, image));
    out.note(image, name);
    step(job, static_cast<int>(i) + 1);
  }
  return out;
}

/// Follows COLMAP's own words: "... [i/n]" and "Registering image #k (i)".
struct ColmapProgress {
  JobContext* job;
  int pictures;
  void read(const std::string& line) const {
    int i = 0, n = 0, j = 0, m = 0;
    if (const auto at = line.find('['); at != std::string::npos) {
      if (std::sscanf(line.c_str() + at, "[%d/%d, %d/%d]", &i, &n, &j, &m) == 4 && n > 0 && m > 0)
        return step(job, std::min(pictures, pictures * ((i - 1) * m + j) / (n * m)));
      if (std::sscanf(line.c_str() + at, "[%d/%d]", &i, &n) == 2 && n > 0) return step(job, std::min(pictures, pictures * i / n));
    }
    if (std::sscanf(line.c_str(), "Registering image #%d (%d)", &n, &i) == 2) step(job, std::min(i, pictures));
  }
};

/// How many pictures a model has placed: the number at the head of images.bin.
std::uint64_t placed_pictures(const fs::path& model) {
  std::ifstream in(model / "images.bin", std::ios::binary);
  std::uint64_t count = 0;
  in.read(reinterpret_cast<char*>(&count), sizeof count);
  return in ? count : 0;
}

/// The model of `sparse` with the most pictures.
Result<fs::path> largest_model(const fs::path& input, const fs::path& sparse) {
  std::error_code error;
  std::vector<fs::path> models;
  for (fs::directory_iterator it(sparse, error), end; !error && it != end; it.increment(error)) models.push_back(it->path());
  std::sort(models.begin(), models.end());
  const auto best = std::max_element(models.begin(), models.end(), [](const fs::path& a, const fs::path& b) { return placed_pictures(a) < placed_pictures(b); });
  if (best == models.end() || placed_pictures(*best) < 2)
    return fail(ErrorCode::kInput, "{}: COLMAP could place no two of the pictures; they must overlap by half or more, be sharp, "
                "and be taken from different places rather than by turning on the spot", input.string());
  return *best;
}

/// Photos and options that a model is of: names and sizes of the files, and what COLMAP was told.
json asked_for(const fs::path& input, const ColmapOptions& options) {
  std::error_code error;
  const bool folder = fs::is_directory(input, error);
  json files = json::array();
  for (const fs::path& file : folder ? list_files(input, internal::image_extensions()) : std::vector<fs::path>{input})
    files.push_back({file.filename().string(), static_cast<std::uint64_t>(fs::file_size(file, error))});
  return {{"files", files}, {"options", colmap_options().to_json(&options)}};
}

/// Lets COLMAP find the cameras into a folder of its own, whose model is moved to `folder`/sparse/0 when all else is in its place.
Result<void> find_cameras(const fs::path& input, const fs::path& folder, const ColmapOptions& options, json note, JobContext* job) {
  const fs::path program = find_program("colmap");
  if (program.empty())
    return fail(ErrorCode::kFailed, "COLMAP is not installed: it finds the cameras of photos. On Debian: apt install colmap");
  std::error_code error;
  const bool video = !fs::is_directory(input, error);
  if (!video && fs::equivalent(input, folder / kImages, error))
    return fail(ErrorCode::kUsage, "{}: copies of the pictures would go there; give another folder to write", input.string());
  MP4D_CHECK(make_folder(folder));
  MP4D_TRY(staging, StagingFolder::beside(folder / kSparse));
  const fs::path images = staging.path() / kImages, database = staging.path() / kDatabase, sparse = staging.path() / kSparse;
  MP4D_CHECK(make_folder(images));
  MP4D_TRY(gathered, video ? gather_frames(input, images, options, job) : gather_photos(input, images, job));
  const auto count = static_cast<int>(gathered.names.size());
  const ColmapProgress progress{job, count};
  const auto run = [&](const char* phase, const std::vector<std::string>& arguments) {
    begin_phase(job, phase, count);
    return run_program(program, arguments, {"QT_QPA_PLATFORM=offscreen"}, [&](const std::string& line) { progress.read(line); }, job);
  };
  MP4D_CHECK(run(kFeatures, {"feature_extractor", "--database_path", database.string(), "--image_path", images.string(),
                             "--ImageReader.single_camera", gathered.size.x() > 0 ? "1" : "0", "--ImageReader.camera_model", "SIMPLE_RADIAL",
                             "--SiftExtraction.use_gpu", "0", "--SiftExtraction.max_image_size", std::to_string(options.max_side),
                             "--SiftExtraction.max_num_features", std::to_string(kMostFeatures)}));
  const bool sequential = options.matching == "sequential" || (options.matching == "auto" && video);
  MP4D_CHECK(run(kMatches, {sequential ? "sequential_matcher" : "exhaustive_matcher", "--database_path", database.string(),
                            "--SiftMatching.use_gpu", "0"}));
  // COLMAP starts from a pair seen from the side; pictures along a street have none.
  std::vector<std::string> mapper{"mapper", "--database_path", database.string(), "--image_path", images.string(), "--output_path", sparse.string()};
  MP4D_CHECK(make_folder(sparse));
  if (const auto done = run(kCameras, mapper); !done) {
    if (done.error().code == ErrorCode::kCancelled) return tl::unexpected(done.error());
    fs::remove_all(sparse, error);
    MP4D_CHECK(make_folder(sparse));
    mapper.insert(mapper.end(), {"--Mapper.init_max_forward_motion", "1", "--Mapper.init_min_tri_angle", "4"});
    MP4D_CHECK(run(kCameras, mapper));
  }
  MP4D_TRY(model, largest_model(input, sparse));
  note["pictures"] = gathered.names;
  MP4D_CHECK(write_json(model / kNote, note));
  MP4D_CHECK(make_folder(folder / kImages));
  for (const json& name : gathered.names) MP4D_CHECK(move_file(images / name.get<std::string>(), folder / kImages / name.get<std::string>()));
  if (fs::exists(database, error)) MP4D_CHECK(move_file(database, folder / kDatabase));
  sync_folder(folder / kImages);
  MP4D_CHECK(make_folder(folder / kSparse));
  MP4D_CHECK(move_file(model, folder / kSparse / "0"));
  sync_folder(folder / kSparse);
  return {};
}

}  // namespace

const OptionTable<ColmapOptions>& colmap_options() {
  static const OptionTable<ColmapOptions> table = [] {
    OptionTable<ColmapOptions> t;
    using C = ColmapOptions;
    t.add("sift-side", &C::max_side, 100, 10000, "pictures are looked at in at most this longer side; less is faster and finds fewer points");
    t.add("frames", &C::frames, 3, 10000, "of a video, spread over its length");
    t.add("matching", &C::matching, {"auto", "exhaustive", "sequential"},
          "all pictures with all, or each with those after it; auto = sequential for videos");
    return t;
  }();
  return table;
}

std::string photos_key(const fs::path& input, const ColmapOptions& options) { return ContentHash().text(json_text(asked_for(input, options))).hex(); }

std::vector<JobContext::Phase> colmap_phases() { return {{kPictures, 1}, {kFeatures, 3}, {kMatches, 5}, {kCameras, 5}}; }

Result<PosedPictures> pose_pictures(const fs::path& input, const fs::path& folder, const ColmapOptions& options, JobContext* job) {
  std::error_code error;
  if (!fs::exists(input, error)) return fail(ErrorCode::kInput, "{}: not found", input.string());
  const fs::path model = folder / kSparse / "0";
  const json asked = asked_for(input, options);
  if (!fs::exists(model, error)) MP4D_CHECK(find_cameras(input, folder, options, asked, job));
  std::vector<std::string> pictures;
  if (fs::exists(model / kNote, error)) {
    MP4D_TRY(note, read_json(model / kNote));
    if (!note.is_object() || note.value("files", json()) != asked["files"] || note.value("options", json()) != asked["options"])
      return fail(ErrorCode::kUsage, "{}: holds the cameras of other photos, or found with other options; give a new folder, or remove {} to find them anew",
                  folder.string(), model.string());
    for (const json& name : note.value("pictures", json::array()))
      if (name.is_string()) pictures.push_back(name.get<std::string>());
  } else {
    for (const fs::path& file : list_files(folder / kImages, internal::image_extensions())) pictures.push_back(file.filename().string());
  }
  MP4D_TRY(scene, read_posed_scene(folder));
  std::set<std::string> placed;
  for (const PosedView& view : scene.views) placed.insert(fs::path(view.name).filename().string());
  PosedPictures out;
  out.pictures = static_cast<int>(pictures.size());
  for (const std::string& name : pictures)
    if (!placed.contains(name)) out.lost.push_back(name);
  return out;
}

}  // namespace mp4d
