#include "reconstruction/articulated/checkpoints.h"
#include "core/json_file.h"
#include "motion/check_model.h"
#include <algorithm>
#include <cmath>
#include <numeric>

namespace mp4d {
namespace {

constexpr int kMostPixelsASide = 65536;

void put_transform(BlobWriter& blob, const Transform& t) {
  blob.put(Vec3(t.translation)).put(Vec4(t.rotation.coeffs())).put(Vec3(t.scale));
}

void get_transform(BlobReader& blob, Transform& t) {
  Vec4 q = Vec4::UnitW();
  blob.get(t.translation).get(q).get(t.scale);
  t.rotation.coeffs() = q;
}

void put_camera(BlobWriter& blob, const Camera& c) {
  blob.put(c.width).put(c.height).put(c.fx).put(c.fy).put(c.cx).put(c.cy).put(Mat4(c.camera_from_world.matrix()));
}

Camera get_camera(BlobReader& blob) {
  Camera c;
  Mat4 m = Mat4::Identity();
  blob.get(c.width).get(c.height).get(c.fx).get(c.fy).get(c.cx).get(c.cy).get(m);
  c.camera_from_world.matrix() = m;
  return c;
}

// Counts are checked against what can follow before anything is allocated.
bool get_count(BlobReader& blob, std::uint64_t& n) {
  blob.get(n);
  return blob.ok() && n < (1u << 24);
}

void put_skeleton(BlobWriter& blob, const Skeleton& skeleton) {
  blob.put(std::uint64_t(skeleton.joints.size()));
  for (const Joint& joint : skeleton.joints) {
    blob.put(joint.name).put(joint.parent);
    put_transform(blob, joint.rest);
  }
}

bool is_sound(const Transform& t) {
  return t.translation.allFinite() && t.scale.allFinite() && t.rotation.coeffs().allFinite() && t.rotation.norm() > 1e-6f;
}

bool is_sound(const Mesh& mesh) {
  return mesh.verts.rows() > 0 && mesh.verts.allFinite() && mesh.faces.rows() > 0 && mesh.faces.minCoeff() >= 0 &&
         mesh.faces.maxCoeff() < mesh.verts.rows();
}

bool is_sound(const Skeleton& skeleton) {
  for (int j = 0; j < skeleton.size(); ++j)
    if (const Joint& joint = skeleton.joints[std::size_t(j)]; joint.parent < -1 || joint.parent >= j || !is_sound(joint.rest)) return false;
  return true;
}

bool is_sound(const Camera& camera, const Mask& mask) {
  return camera.width == mask.width && camera.height == mask.height && std::isfinite(camera.fx) && std::isfinite(camera.fy) &&
         std::isfinite(camera.cx) && std::isfinite(camera.cy) && camera.camera_from_world.matrix().allFinite();
}

bool are_sound(const std::vector<Camera>& cameras, const std::vector<Mask>& masks) {
  return std::equal(cameras.begin(), cameras.end(), masks.begin(), masks.end(), [](const Camera& c, const Mask& m) { return is_sound(c, m); });
}

bool is_sound(const JointLimit& limit, const Skeleton& skeleton) {
  return limit.joint >= 0 && limit.joint < skeleton.size() && limit.swing_max >= 0 && limit.twist_min <= limit.twist_max && limit.axis.allFinite();
}

/// What the later stages index without looking.
bool is_sound(const CoarseGuess& guess, const std::vector<Mask>& masks) {
  const std::size_t frames = masks.size();
  const auto parts = static_cast<std::size_t>(guess.weights.cols());
  const auto limit = [&](const JointLimit& one) { return is_sound(one, guess.skeleton); };
  const auto matrices = [&](const std::vector<Mat4>& one) {
    return one.size() == parts && std::all_of(one.begin(), one.end(), [](const Mat4& m) { return m.allFinite(); });
  };
  const auto pose = [](const Pose& one) { return std::all_of(one.begin(), one.end(), [](const Transform& t) { return is_sound(t); }); };
  return frames > 0 && is_sound(guess.canonical) && is_sound(guess.skeleton) && guess.weights.rows() == guess.canonical.verts.rows() &&
         guess.weights.allFinite() && (guess.skeleton.size() == 0 || parts == guess.skeleton.joints.size()) &&
         (guess.poses.size() == frames || guess.skeleton.size() == 0) && std::all_of(guess.poses.begin(), guess.poses.end(), pose) &&
         guess.body_from_canonical.size() == frames &&
         std::all_of(guess.body_from_canonical.begin(), guess.body_from_canonical.end(), matrices) &&
         are_sound(guess.cameras, masks) && std::all_of(guess.limits.begin(), guess.limits.end(), limit);
}

bool get_skeleton(BlobReader& blob, Skeleton& skeleton) {
  std::uint64_t n = 0;
  if (!get_count(blob, n)) return false;
  for (std::uint64_t i = 0; i < n && blob.ok(); ++i) {
    Joint joint;
    blob.get(joint.name).get(joint.parent);
    get_transform(blob, joint.rest);
    skeleton.joints.push_back(joint);
  }
  return blob.ok();
}

void put_image(BlobWriter& blob, const Image& image) {
  blob.put(image.width).put(image.height).put(image.channels).put(image.data);
}

bool get_image(BlobReader& blob, Image& image) {
  blob.get(image.width).get(image.height).get(image.channels).get(image.data);
  const auto within = [](int n, int most) { return n >= 0 && n <= most; };
  return blob.ok() && within(image.width, kMostPixelsASide) && within(image.height, kMostPixelsASide) && within(image.channels, 4) &&
         image.data.size() == image.pixels() * static_cast<std::size_t>(image.channels);
}

}  // namespace

BlobWriter to_blob(const Masks& masks) {
  BlobWriter blob;
  blob.put(masks.source).put(std::uint64_t(masks.masks.size()));
  for (const Mask& mask : masks.masks) {
    // Run lengths, starting with background.
    std::vector<std::uint32_t> runs;
    std::uint8_t value = 0;
    std::uint32_t length = 0;
    for (std::uint8_t m : mask.data) {
      if ((m != 0) != (value != 0)) {
        runs.push_back(length);
        length = 0;
        value = value ? 0 : 255;
      }
      ++length;
    }
    runs.push_back(length);
    blob.put(mask.width).put(mask.height).put(runs);
  }
  return blob;
}

std::optional<Masks> masks_from_blob(BlobReader& blob, const std::vector<Image>& images) {
  Masks masks;
  std::uint64_t n = 0;
  blob.get(masks.source);
  if (!get_count(blob, n) || n != images.size()) return std::nullopt;
  for (std::uint64_t i = 0; i < n; ++i) {
    int width = 0, height = 0;
    std::vector<std::uint32_t> runs;
    blob.get(width).get(height).get(runs);
    if (!blob.ok() || width != images[i].width || height != images[i].height) return std::nullopt;
    if (std::accumulate(runs.begin(), runs.end(), std::uint64_t(0)) != images[i].pixels()) return std::nullopt;
    Mask mask(width, height, 1);
    std::size_t at = 0;
    std::uint8_t value = 0;
    for (std::uint32_t run : runs) {
      std::fill_n(mask.data.begin() + at, run, value);
      at += run;
      value = value ? 0 : 255;
    }
    masks.masks.push_back(std::move(mask));
  }
  return masks;
}

BlobWriter to_blob(const CoarseGuess& guess) {
  BlobWriter blob;
  blob.put(guess.category).put(guess.score).put(guess.mask_iou);
  blob.put(guess.canonical.verts).put(guess.canonical.faces).put(guess.weights);
  put_skeleton(blob, guess.skeleton);
  blob.put(std::uint64_t(guess.poses.size()));
  for (const Pose& pose : guess.poses) {
    for (const Transform& t : pose) put_transform(blob, t);
  }
  blob.put(std::uint64_t(guess.cameras.size()));
  for (std::size_t t = 0; t < guess.cameras.size(); ++t) {
    put_camera(blob, guess.cameras[t]);
    blob.put(std::uint64_t(guess.body_from_canonical[t].size()));
    for (const Mat4& m : guess.body_from_canonical[t]) blob.put(m);
  }
  blob.put(std::uint64_t(guess.limits.size()));
  for (const JointLimit& l : guess.limits)
    blob.put(l.joint).put(l.swing_max).put(l.twist_min).put(l.twist_max).put(l.axis);
  return blob;
}

std::optional<CoarseGuess> guess_from_blob(BlobReader& blob, const std::vector<Mask>& masks) {
  CoarseGuess guess;
  blob.get(guess.category).get(guess.score).get(guess.mask_iou);
  blob.get(guess.canonical.verts).get(guess.canonical.faces).get(guess.weights);
  std::uint64_t n = 0;
  if (!get_skeleton(blob, guess.skeleton)) return std::nullopt;
  if (!get_count(blob, n)) return std::nullopt;
  for (std::uint64_t i = 0; i < n && blob.ok(); ++i) {
    Pose pose(guess.skeleton.joints.size());
    for (Transform& t : pose) get_transform(blob, t);
    guess.poses.push_back(std::move(pose));
  }
  if (!get_count(blob, n)) return std::nullopt;
  for (std::uint64_t t = 0; t < n && blob.ok(); ++t) {
    guess.cameras.push_back(get_camera(blob));
    std::uint64_t parts = 0;
    if (!get_count(blob, parts)) return std::nullopt;
    std::vector<Mat4> matrices;
    for (std::uint64_t i = 0; i < parts && blob.ok(); ++i) {
      Mat4 m = Mat4::Identity();
      blob.get(m);
      matrices.push_back(m);
    }
    guess.body_from_canonical.push_back(std::move(matrices));
  }
  if (!get_count(blob, n)) return std::nullopt;
  for (std::uint64_t i = 0; i < n && blob.ok(); ++i) {
    JointLimit l;
    blob.get(l.joint).get(l.swing_max).get(l.twist_min).get(l.twist_max).get(l.axis);
    guess.limits.push_back(l);
  }
  if (!blob.ok() || !is_sound(guess, masks)) return std::nullopt;
  return guess;
}

BlobWriter to_blob(const Phase1Result& result) {
  BlobWriter blob;
  blob.put(result.freedom).put(result.silhouette_before).put(result.silhouette_after);
  blob.put(result.canonical.verts).put(result.canonical.faces).put(std::uint64_t(result.frames.size()));
  for (std::size_t t = 0; t < result.frames.size(); ++t) {
    blob.put(result.frames[t]);
    put_camera(blob, result.cameras[t]);
  }
  return blob;
}

std::optional<Phase1Result> phase1_from_blob(BlobReader& blob, const std::vector<Mask>& masks) {
  Phase1Result result;
  std::uint64_t n = 0;
  blob.get(result.freedom).get(result.silhouette_before).get(result.silhouette_after);
  blob.get(result.canonical.verts).get(result.canonical.faces);
  if (!get_count(blob, n)) return std::nullopt;
  for (std::uint64_t t = 0; t < n && blob.ok(); ++t) {
    Points frame;
    blob.get(frame);
    result.frames.push_back(std::move(frame));
    result.cameras.push_back(get_camera(blob));
    if (!blob.ok() || result.frames.back().rows() != result.canonical.verts.rows() || !result.frames.back().allFinite())
      return std::nullopt;
  }
  if (!blob.ok() || !is_sound(result.canonical) || !are_sound(result.cameras, masks)) return std::nullopt;
  return result;
}

BlobWriter to_blob(const RiggedModel& model, const nlohmann::json& report) {
  BlobWriter blob;
  const Mesh& mesh = model.mesh;
  blob.put(json_text(report)).put(mesh.verts).put(mesh.faces).put(mesh.normals).put(mesh.colors).put(mesh.uvs);
  blob.put(mesh.face_material).put(std::uint64_t(mesh.materials.size()));
  for (const Material& material : mesh.materials) {
    blob.put(material.name).put(material.base_color).put(material.double_sided);
    put_image(blob, material.texture);
  }
  put_skeleton(blob, model.skeleton);
  blob.put(model.skin.joints).put(model.skin.weights);
  for (const Mat4& matrix : model.skin.joint_from_mesh) blob.put(matrix);
  blob.put(std::uint64_t(model.clips.size()));
  for (const Clip& clip : model.clips) {
    blob.put(clip.times);
    for (const Pose& pose : clip.poses)
      for (const Transform& t : pose) put_transform(blob, t);
  }
  return blob;
}

std::optional<RiggedModel> model_from_blob(BlobReader& blob, std::size_t frames, nlohmann::json& report) {
  RiggedModel model;
  Mesh& mesh = model.mesh;
  std::string noted;
  std::uint64_t n = 0;
  blob.get(noted).get(mesh.verts).get(mesh.faces).get(mesh.normals).get(mesh.colors).get(mesh.uvs).get(mesh.face_material);
  if (!get_count(blob, n)) return std::nullopt;
  for (std::uint64_t i = 0; i < n && blob.ok(); ++i) {
    Material material;
    blob.get(material.name).get(material.base_color).get(material.double_sided);
    if (!get_image(blob, material.texture)) return std::nullopt;
    mesh.materials.push_back(std::move(material));
  }
  if (!get_skeleton(blob, model.skeleton)) return std::nullopt;
  blob.get(model.skin.joints).get(model.skin.weights);
  model.skin.joint_from_mesh.resize(model.skeleton.joints.size());
  for (Mat4& matrix : model.skin.joint_from_mesh) blob.get(matrix);
  if (!get_count(blob, n)) return std::nullopt;
  for (std::uint64_t i = 0; i < n && blob.ok(); ++i) {
    Clip clip;
    blob.get(clip.times);
    for (std::size_t t = 0; t < clip.times.size() && blob.ok(); ++t) {
      Pose& pose = clip.poses.emplace_back(model.skeleton.joints.size());
      for (Transform& transform : pose) get_transform(blob, transform);
    }
    model.clips.push_back(std::move(clip));
  }
  report = nlohmann::json::parse(noted, nullptr, false);
  if (!blob.ok() || !report.is_object() || !check_model(model)) return std::nullopt;
  if (mesh.verts.rows() == 0 || model.skeleton.size() == 0 || model.clips.size() != 1 || model.clips[0].times.size() != frames) return std::nullopt;
  return model;
}

}  // namespace mp4d
