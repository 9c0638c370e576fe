#include "samples.h"
#include "io/frames.h"
#include "motion/kinematics.h"
#include "tests/synthetic/creatures.h"
#include "tests/synthetic/scene.h"
#include <algorithm>
#include <cmath>
#include <fstream>
#include <stdexcept>
#include <unistd.h>

namespace mp4d::test {

Folder::Folder() {
  std::string name = (std::filesystem::temp_directory_path() / "mp4d_test_XXXXXX").string();
  if (!mkdtemp(name.data())) throw std::runtime_error("no temporary folder");
  path_ = name;
}

Folder::~Folder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string Folder::listing() const {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(path_))
    names.push_back(std::filesystem::relative(entry.path(), path_).string());
  std::sort(names.begin(), names.end());
  std::string all;
  for (const std::string& name : names) all += (all.empty() ? "" : ",") + name;
  return all;
}

RiggedModel bending_beam(int frames, double fps) {
  constexpr int kSlices = 12;
  RiggedModel model;
  model.name = "beam";
  Mesh& mesh = model.mesh;
  mesh.verts.resize(4 * (kSlices + 1), 3);
  for (int s = 0; s <= kSlices; ++s)
    for (int c = 0; c < 4; ++c)
      mesh.verts.row(4 * s + c) << (c == 0 || c == 3 ? -0.2f : 0.2f), (c < 2 ? -0.2f : 0.2f), 2.0f * s / kSlices - 1;
  std::vector<Eigen::RowVector3i> faces;
  for (int s = 0; s < kSlices; ++s)
    for (int c = 0; c < 4; ++c) {
      const int a = 4 * s + c, b = 4 * s + (c + 1) % 4;
      faces.push_back({a, b, a + 4});
      faces.push_back({b, b + 4, a + 4});
    }
  const int e = 4 * kSlices;
  for (const Eigen::RowVector3i& cap : {Eigen::RowVector3i(0, 2, 1), Eigen::RowVector3i(0, 3, 2),
                                        Eigen::RowVector3i(e, e + 1, e + 2), Eigen::RowVector3i(e, e + 2, e + 3)})
    faces.push_back(cap);
  mesh.faces.resize(static_cast<Eigen::Index>(faces.size()), 3);
  for (std::size_t i = 0; i < faces.size(); ++i) mesh.faces.row(static_cast<Eigen::Index>(i)) = faces[i];
  mesh.colors = Points::Zero(mesh.verts.rows(), 3);
  mesh.colors.col(0).setConstant(0.9f);
  mesh.materials.push_back({});
  mesh.materials.back().base_color = Vec4::Ones();

  Transform middle;
  model.skeleton.joints = {{"root", -1, {}}, {"front", 0, middle}};
  model.skin.joint_from_mesh = inverse_bind(model.skeleton);
  Eigen::MatrixXf weights = Eigen::MatrixXf::Zero(mesh.verts.rows(), 2);
  for (Eigen::Index v = 0; v < mesh.verts.rows(); ++v) weights(v, mesh.verts(v, 2) > 0.05f ? 1 : 0) = 1;
  set_weights(model.skin, weights);

  Clip clip;
  clip.name = "bend";
  for (int i = 0; i < frames; ++i) {
    Pose pose = rest_pose(model.skeleton);
    const float angle = frames > 1 ? -0.8f * static_cast<float>(i) / static_cast<float>(frames - 1) : 0;
    pose[1].rotation = Quat(Eigen::AngleAxisf(angle, Vec3::UnitX()));
    clip.times.push_back(i / fps);
    clip.poses.push_back(pose);
  }
  model.clips.push_back(clip);
  return model;
}

void write_walk(const Folder& folder, int count, int size, int cut) {
  SceneOptions scene;
  scene.width = scene.height = size;
  scene.frames = count;
  scene.fps = 12;
  scene.orbit_sweep_deg = 10;  // at 70 the camera whirls, which hides cuts (docs/clip_check.md)
  const RiggedModel model = make_quadruped(24);
  const SyntheticClip clip = film(model, model.clips.front(), scene);
  const auto written = [&](const char* kind, int t, const Image& image) {
    Image shown = image;
    for (int y = 0; t >= cut && y < image.height; ++y)
      for (int x = 0; x < image.width; ++x)
        for (int c = 0; c < image.channels; ++c) shown.at(x, y, c) = image.at(image.width - 1 - x, y, c);
    std::filesystem::create_directories(folder / kind);
    if (!write_image(folder / (std::string(kind) + fmt::format("/{:04}.png", t)), shown)) throw std::runtime_error("no picture written");
  };
  for (int t = 0; t < count; ++t) {
    written("frames", t, clip.frames.images[static_cast<std::size_t>(t)]);
    written("masks", t, clip.masks[static_cast<std::size_t>(t)]);
  }
}

void write_text(const std::filesystem::path& path, const std::string& text) {
  std::ofstream(path, std::ios::binary) << text;
}

}  // namespace mp4d::test
