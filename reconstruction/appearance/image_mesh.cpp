#include "reconstruction/appearance/image_mesh.h"

#include "io/frames.h"
#include "io/listing.h"
#include "io/masks.h"
#include "io/resize.h"
#include "motion/distance_transform.h"
#include "reconstruction/appearance/inflate.h"
#include "reconstruction/appearance/silhouette.h"
#include "reconstruction/articulated/distance_field2d.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace mp4d {
namespace {

constexpr int kLongestTexture = 2048;
constexpr double kSymmetric = 0.78;  // silhouettes more symmetric than this face the viewer
constexpr double kUpright = 0.75;    // so do those this much narrower than high
constexpr float kLegSpread = 0.45f;  // legs stand this share of the trunk's half thickness off the middle

bool varying_alpha(const Image& image) {
  if (image.channels != 4) return false;
  for (std::size_t i = 1; i < image.pixels(); ++i)
    if ((image.data[4 * i + 3] > 127) != (image.data[3] > 127)) return true;
  return false;
}

Result<MaskOptions> mask_options(const ImageMeshOptions& options) {
  MaskOptions out;
  if (options.subject.empty()) return out;
  int used = 0;
  const int found = std::sscanf(options.subject.c_str(), "%lf,%lf%n", &out.subject_x, &out.subject_y, &used);
  const auto inside = [](double v) { return v >= 0 && v <= 1; };
  if (found != 2 || used != int(options.subject.size()) || !inside(out.subject_x) || !inside(out.subject_y))
    return fail(ErrorCode::kUsage,
                "--subject {}: give X,Y, both from 0 to 1 of the picture's width and height, e.g. 0.5,0.6",
                options.subject);
  return out;
}

Result<Masks> find_subject(const std::filesystem::path& path, const Image& picture, const ImageMeshOptions& options,
                           JobContext* job) {
  const auto refuse_search = [&](const std::string& who) {
    return image_mesh_options().refuse_changed(&options, {"subject", "masks-from"},
                                               who + " says what the subject is; leave it out");
  };
  if (!options.mask.empty()) {
    MP4D_CHECK(refuse_search(options.mask));
    return read_mask(options.mask, picture);
  }
  if (varying_alpha(picture)) {
    MP4D_CHECK(refuse_search(fmt::format("the alpha of {}", path.string())));
    return masks_from_alpha(Frames{{picture}, {0}, {path.stem().string()}, 0});
  }
  MP4D_TRY(how, mask_options(options));
  const bool may_do_without = options.masks_from == "auto";
  how.network = options.masks_from == "network" || (may_do_without && mask_network_installed());
  auto masks = compute_mask(picture, how, job);
  if (!masks && how.network && may_do_without && masks.error().code != ErrorCode::kCancelled) {
    warn(job, "mask by the network: " + masks.error().message + "; it is computed without it");
    how.network = false;
    masks = compute_mask(picture, how, job);
  }
  if (masks) return masks;
  Error error = masks.error();
  if (error.code == ErrorCode::kInput)
    error.message = fmt::format("{}: {} (--mask FILE)", path.string(), error.message);
  return tl::unexpected(error);
}

struct Box {
  int x = 0, y = 0, width = 0, height = 0;
};

Box box_of(const Mask& mask) {
  int left = mask.width, right = -1, top = mask.height, bottom = -1;
  for (int y = 0; y < mask.height; ++y)
    for (int x = 0; x < mask.width; ++x)
      if (mask.at(x, y) > 127)
        left = std::min(left, x), right = std::max(right, x), top = std::min(top, y), bottom = std::max(bottom, y);
  return right < 0 ? Box{} : Box{left, top, right - left + 1, bottom - top + 1};
}

// A piece of `image`, beyond whose edges it is 0.
Image crop(const Image& image, const Box& box) {
  Image out(box.width, box.height, image.channels, 0);
  for (int y = std::max(0, -box.y); y < std::min(box.height, image.height - box.y); ++y)
    for (int x = std::max(0, -box.x); x < std::min(box.width, image.width - box.x); ++x)
      std::copy_n(&image.at(box.x + x, box.y + y), image.channels, &out.at(x, y));
  return out;
}

// The subject's colours, spread over all the rest; the outermost pixels, in which the background shows, are replaced.
Image spread_colours(const Image& picture, const Mask& mask) {
  const ImageF distance = signed_distance(mask);
  const float deepest = *std::min_element(distance.data.begin(), distance.data.end());
  const float rim = std::max(-2.0f, 0.5f * deepest);
  std::vector<char> kept(mask.pixels());
  for (std::size_t i = 0; i < kept.size(); ++i) kept[i] = distance.data[i] <= rim;
  const std::vector<int> nearest = nearest_seed(kept, mask.width, mask.height, 1);
  Image out(mask.width, mask.height, 3);
  for (std::size_t i = 0; i < mask.pixels(); ++i)
    for (int c = 0; c < 3; ++c)
      out.data[3 * i + c] = picture.data[std::size_t(nearest[i]) * picture.channels + (picture.channels >= 3 ? c : 0)];
  return out;
}

// The layers of a side view: the trunk in the middle, each leg on one side or, where another hides behind it, on both.
std::vector<InflateLayer> side_layers(const SideView& view, float depth, float cell) {
  std::vector<InflateLayer> layers = {{view.trunk, 0}};
  for (const bool behind : {true, false}) {
    std::vector<const LegOutline*> group;
    for (const LegOutline& leg : view.legs)
      if ((leg.foot_x < view.middle_x) == behind) group.push_back(&leg);
    // The nearer leg's foot is lower in a picture from eye height.
    std::stable_sort(group.begin(), group.end(), [](auto* a, auto* b) { return a->foot_y > b->foot_y; });
    for (std::size_t k = 0; k < group.size(); ++k) {
      const float trunk = depth * view.radius, leg = depth * group[k]->radius;
      const float away = std::min(std::max(kLegSpread * trunk, leg + 2 * cell), std::max(0.9f * trunk, leg));
      if (group.size() == 1 || k % 2 == 0) layers.push_back({group[k]->mask, away});
      if (group.size() == 1 || k % 2 == 1) layers.push_back({group[k]->mask, -away});
    }
  }
  return layers;
}

}  // namespace

const OptionTable<ImageMeshOptions>& image_mesh_options() {
  using O = ImageMeshOptions;
  static const OptionTable<O> table =
      OptionTable<O>()
          .add("mask", &O::mask, {},
               "picture of the subject's silhouette, white or black; without it the picture's "
               "alpha is used, or a mask is computed")
          .add("masks-from", &O::masks_from, {"auto", "builtin", "network"},
               "how a mask is computed: network = the installed network isnet (magicpose4d models), builtin = contrast "
               "with the picture's rim, auto = the network if it is installed")
          .add("subject", &O::subject, {},
               "point on the subject when a mask is computed, as X,Y in 0..1 of width and height")
          .add("view", &O::view, {"auto", "front", "side"},
               "how the subject stands: front = it faces the viewer, side = it faces left or right, and its legs get a "
               "left and a right one; auto takes symmetric and narrow silhouettes for front")
          .add("depth", &O::depth, 0.1, 2, "thickness against that of a body as thick as it is wide")
          .add("size", &O::size, 1e-3, 1e4, "longest side of the mesh, metres")
          .add("detail", &O::detail, 32, 400, "triangles along the longest side");
  return table;
}

Result<void> refuse_image_mesh_options(const ImageMeshOptions& options, const std::string& why) {
  std::vector<std::string> names;
  for (const OptionSpec& spec : image_mesh_options().specs()) names.push_back(spec.name);
  return image_mesh_options().refuse_changed(&options, names, why);
}

bool is_picture(const std::filesystem::path& path) {
  const std::string ending = lower_extension(path);
  for (const char* known : {".png", ".jpg", ".jpeg", ".webp", ".bmp", ".tif", ".tiff"})
    if (ending == known) return true;
  return false;
}

std::vector<std::string> describe(const ImageMesh& image) {
  std::vector<std::string> lines = {"subject: mask from " + image.mask_source};
  if (image.guessed)
    lines.push_back(
        "subject: contrast alone rarely finds it before a lively background; look at the result, and give --mask, a "
        "picture with alpha, or install the network (magicpose4d models install isnet)");
  if (image.view == "front") {
    lines.push_back("picture: taken for a front view (--view side if it is not); its back mirrors its front");
    return lines;
  }
  lines.push_back(
      fmt::format("picture: taken for a side view (--view front if it is not) with {} legs; its far side "
                  "mirrors the near one",
                  image.legs_seen));
  if (image.legs_seen > 0)
    lines.push_back(
        image.legs_seen > 2
            ? "legs: which is left and which right a silhouette does not say; the lower foot was put in front"
            : "legs: those that hide one another were doubled");
  return lines;
}

Result<ImageMesh> mesh_from_image(const std::filesystem::path& path, const ImageMeshOptions& options, JobContext* job) {
  ImageMeshOptions checked;
  for (const OptionSpec& spec : image_mesh_options().specs())
    MP4D_CHECK(image_mesh_options().set(&checked, spec.name, spec.get(&options)));
  MP4D_TRY(picture, read_image(path));
  MP4D_TRY(found, find_subject(path, picture, options, job));
  MP4D_CHECK(check(job));
  step(job, 1);
  const Mask mask = clean_mask(found.masks[0]);
  const Box subject = box_of(mask);
  constexpr int kSmallest = 24;
  if (std::max(subject.width, subject.height) < kSmallest)
    return fail(ErrorCode::kInput, "{}: the subject is {} x {} pixels; at least {} along the longer side are needed",
                path.string(), subject.width, subject.height, kSmallest);

  const int longest = std::max(subject.width, subject.height), margin = std::max(4, longest / 24);
  const Box frame{subject.x - margin, subject.y - margin, subject.width + 2 * margin, subject.height + 2 * margin};
  const Mask cropped = crop(mask, frame);
  const Mask small = shrink_mask(cropped, 4 * options.detail);
  const float pixel = float(cropped.width) / float(small.width);  // of the picture, in one of `small`
  const float cell = float(longest) / pixel / float(options.detail);

  ImageMesh result;
  result.mask_source = found.source;
  result.guessed = found.source.find("contrast") != std::string::npos;
  result.view = options.view;
  if (options.view == "auto")
    result.view = subject.width < kUpright * subject.height || mirror_overlap(small) > kSymmetric ? "front" : "side";
  std::vector<InflateLayer> layers = {{small, 0}};
  if (result.view == "side") {
    const SideView side = split_side_view(small);
    result.legs_seen = int(side.legs.size());
    layers = side_layers(side, float(options.depth), cell);
  }
  MP4D_CHECK(check(job));
  step(job, 2);
  Mesh mesh = inflate(layers, float(options.depth), cell);
  if (mesh.faces.rows() == 0)
    return fail(ErrorCode::kInput, "{}: the subject is nowhere thicker than {:.1f} pixels; raise --detail",
                path.string(), cell * pixel);
  MP4D_CHECK(check(job));
  step(job, 3);

  mesh.uvs.resize(mesh.verts.rows(), 2);
  mesh.uvs.col(0) = mesh.verts.col(0) / float(small.width);
  mesh.uvs.col(1) = 1 - mesh.verts.col(1).array() / float(small.height);
  mesh.uvs = mesh.uvs.cwiseMax(0.0f).cwiseMin(1.0f);
  const Image colours = crop(picture, frame);
  mesh.materials = {{path.stem().string(), Vec4::Ones(), shrink(spread_colours(colours, cropped), kLongestTexture)}};
  mesh.materials[0].double_sided = false;
  const Aabb box = bounds(mesh.verts);
  const Vec3 foot(box.center().x(), box.min().y(), 0);
  mesh.verts = (mesh.verts.rowwise() - foot.transpose()) * (float(options.size) / box.sizes().maxCoeff());
  mesh.normals = vertex_normals(mesh.verts, mesh.faces);
  result.mesh = std::move(mesh);
  step(job, kImageMeshSteps);
  return result;
}

}  // namespace mp4d
