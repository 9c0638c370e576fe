#include "io/colmap_run.h"
#include "core/files.h"
#include "core/process.h"
#include "io/frames.h"
#include "io/internal/opencv.h"
#include "io/listing.h"
#include "io/posed_scene.h"
#include <algorithm>
#include <cstdio>
#include <fstream>
#include <set>

namespace mp4d {
namespace {

namespace fs = std::filesystem;

constexpr const char *kPictures = "pictures", *kFeatures = "features", *kMatches = "matches", *kCameras = "cameras";
constexpr int kMostFeatures = 4096;  // a picture; matching takes the square of it

/// Fills `images` and returns the size all pictures share, or 0 x 0.
Result<Eigen::Vector2i> gather(const fs::path& input, const fs::path& images, const ColmapOptions& options, JobContext* job) {
  Eigen::Vector2i size(-1, -1);
  const auto note = [&size](int width, int height) {
    if (size.x() < 0) size = {width, height};
    if (size != Eigen::Vector2i(width, height)) size.setZero();
  };
  std::error_code error;
  if (fs::is_directory(input, error)) {
    const std::vector<fs::path> files = list_files(input, internal::image_extensions());
    if (files.empty()) return fail(ErrorCode::kInput, "{}: no pictures there (.jpg, .png, .tif, .bmp, .webp)", input.string());
    begin_phase(job, kPictures, static_cast<int>(files.size()));
    int done = 0;
    for (const fs::path& file : files) {
      MP4D_CHECK(check(job));
      MP4D_TRY(image, read_image(file));
      note(image.width, image.height);
      fs::copy_file(file, images / file.filename(), fs::copy_options::overwrite_existing, error);
      if (error) return fail(ErrorCode::kResource, "{}: cannot be copied to {}: {}", file.string(), images.string(), error.message());
      fs::permissions(images / file.filename(), fs::perms::owner_write, fs::perm_options::add, error);
      step(job, ++done);
    }
    return size;
  }
  begin_phase(job, kPictures, 1);
  MP4D_TRY(clip, read_clip_info(input));
  FrameRange range;
  range.step = std::max(1, clip.frames / options.frames);
  MP4D_TRY(frames, read_frames(input, range, job));
  begin_phase(job, kPictures, static_cast<int>(frames.images.size()));
  for (std::size_t i = 0; i < frames.images.size(); ++i) {
    MP4D_CHECK(check(job));
    note(frames.images[i].width, frames.images[i].height);
    MP4D_CHECK(write_image(images / fmt::format("{:05}.png", i), frames.images[i]));
    step(job, static_cast<int>(i) + 1);
  }
  return size;
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

/// The model of `sparse` with the most pictures becomes number 0.
Result<void> keep_largest(const fs::path& folder, const fs::path& sparse) {
  std::error_code error;
  std::vector<fs::path> models;
  for (const auto& entry : fs::directory_iterator(sparse, error)) models.push_back(entry.path());
  std::sort(models.begin(), models.end());
  const auto best = std::max_element(models.begin(), models.end(), [](const fs::path& a, const fs::path& b) { return placed_pictures(a) < placed_pictures(b); });
  if (best == models.end() || placed_pictures(*best) < 2)
    return fail(ErrorCode::kInput, "{}: COLMAP could place no two of the pictures; they must overlap by half or more, be sharp, "
                "and be taken from different places rather than by turning on the spot", folder.string());
  if (best->filename() == "0") return {};
  fs::rename(sparse / "0", sparse / "smaller", error);
  fs::rename(*best, sparse / "0", error);
  if (error) return fail(ErrorCode::kResource, "{}: cannot be renamed: {}", best->string(), error.message());
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

std::vector<JobContext::Phase> colmap_phases() { return {{kPictures, 1}, {kFeatures, 3}, {kMatches, 5}, {kCameras, 5}}; }

Result<PosedPictures> pose_pictures(const fs::path& input, const fs::path& folder, const ColmapOptions& options, JobContext* job) {
  std::error_code error;
  if (!fs::exists(input, error)) return fail(ErrorCode::kInput, "{}: not found", input.string());
  const bool video = !fs::is_directory(input, error);
  const fs::path images = folder / "images", database = folder / "database.db", sparse = folder / "sparse";
  if (!fs::exists(sparse / "0", error)) {
    const fs::path colmap = find_program("colmap");
    if (colmap.empty())
      return fail(ErrorCode::kFailed, "COLMAP is not installed: it finds the cameras of photos. On Debian: apt install colmap");
    MP4D_CHECK(make_folder(images));
    MP4D_CHECK(make_folder(sparse));
    MP4D_TRY(size, gather(input, images, options, job));
    const auto count = static_cast<int>(list_files(images, internal::image_extensions()).size());
    const ColmapProgress progress{job, count};
    const auto run = [&](const char* phase, const std::vector<std::string>& arguments) {
      begin_phase(job, phase, count);
      return run_program(colmap, arguments, {"QT_QPA_PLATFORM=offscreen"}, [&](const std::string& line) { progress.read(line); }, job);
    };
    fs::remove(database, error);
    MP4D_CHECK(run(kFeatures, {"feature_extractor", "--database_path", database.string(), "--image_path", images.string(),
                               "--ImageReader.single_camera", size.x() > 0 ? "1" : "0", "--ImageReader.camera_model", "SIMPLE_RADIAL",
                               "--SiftExtraction.use_gpu", "0", "--SiftExtraction.max_image_size", std::to_string(options.max_side),
                               "--SiftExtraction.max_num_features", std::to_string(kMostFeatures)}));
    const bool sequential = options.matching == "sequential" || (options.matching == "auto" && video);
    MP4D_CHECK(run(kMatches, {sequential ? "sequential_matcher" : "exhaustive_matcher", "--database_path", database.string(),
                              "--SiftMatching.use_gpu", "0"}));
    // COLMAP starts from a pair seen from the side; pictures along a street have none.
    std::vector<std::string> mapper{"mapper", "--database_path", database.string(), "--image_path", images.string(), "--output_path", sparse.string()};
    if (const auto done = run(kCameras, mapper); !done) {
      if (done.error().code == ErrorCode::kCancelled) return tl::unexpected(done.error());
      mapper.insert(mapper.end(), {"--Mapper.init_max_forward_motion", "1", "--Mapper.init_min_tri_angle", "4"});
      MP4D_CHECK(run(kCameras, mapper));
    }
    MP4D_CHECK(keep_largest(folder, sparse));
  }
  MP4D_TRY(scene, read_posed_scene(folder));
  std::set<std::string> placed;
  for (const PosedView& view : scene.views) placed.insert(fs::path(view.name).filename().string());
  PosedPictures out;
  for (const fs::path& file : list_files(images, internal::image_extensions())) {
    ++out.pictures;
    if (!placed.contains(file.filename().string())) out.lost.push_back(file.filename().string());
  }
  return out;
}

}  // namespace mp4d
