// Independent programs that read what was written: Blender, FBX2glTF (Autodesk's SDK).
#pragma once
#include "core/files.h"
#include "io/model_io.h"
#include "motion/kinematics.h"
#include "tests/tools/paths.h"
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <map>
#include <nlohmann/json.hpp>
#include <numeric>
#include <set>

namespace mp4d::test {

inline bool installed(const std::string& program) {
  return std::system(("command -v " + program + " >/dev/null 2>&1").c_str()) == 0;
}

/// `present`; where a judge is not, that is said, and the test fails if the environment has CI set.
inline bool judge(bool present, const char* name) {
  if (present) return true;
  const std::string text = fmt::format("{} is not installed ('./dev test' does it): not judged by it", name);
  if (std::getenv("CI")) ADD_FAILURE() << text;
  std::puts(text.c_str());
  return false;
}

inline std::string shell_quoted(const std::filesystem::path& path) { return fmt::format("'{}'", path.string()); }

/// The executable of fbx2gltf, or an empty path where './dev test' has not put it.
inline std::filesystem::path fbx2gltf() {
  const auto path = source_folder() / "build/tools/node_modules/fbx2gltf/bin/Linux/FBX2glTF";
  return std::filesystem::exists(path) ? path : std::filesystem::path();
}

inline Points posed(const RiggedModel& model, const Pose& pose) {
  return skin_linear(model.mesh.verts, model.skin, forward_kinematics(model.skeleton, pose));
}

inline float model_size(const RiggedModel& model) {
  return std::max(1e-6f, bounds(posed(model, rest_pose(model.skeleton))).sizes().maxCoeff());
}

/// For every vertex of `got` that a triangle uses, those of `model` at the same place at rest. Readers sort and join
/// vertices as they like; where several are at one place, the one that moves alike is meant.
inline std::vector<std::pair<int, std::vector<int>>> same_place(const RiggedModel& model, const RiggedModel& got) {
  const Points a = posed(model, rest_pose(model.skeleton)), b = posed(got, rest_pose(got.skeleton));
  const float near = 2e-4f * model_size(model);
  std::vector<int> by_x(a.rows());
  std::iota(by_x.begin(), by_x.end(), 0);
  std::sort(by_x.begin(), by_x.end(), [&](int i, int j) { return a(i, 0) < a(j, 0); });
  std::vector<std::pair<int, std::vector<int>>> pairs;
  for (const int v : std::set<int>(got.mesh.faces.data(), got.mesh.faces.data() + got.mesh.faces.size())) {
    pairs.push_back({v, {}});
    const auto first =
        std::lower_bound(by_x.begin(), by_x.end(), b(v, 0) - near, [&](int i, float x) { return a(i, 0) < x; });
    for (auto i = first; i != by_x.end() && a(*i, 0) <= b(v, 0) + near; ++i)
      if ((a.row(*i) - b.row(v)).norm() <= near) pairs.back().second.push_back(*i);
  }
  return pairs;
}

inline bool stands_still(const Clip& clip) {
  for (const Pose& pose : clip.poses)
    for (std::size_t j = 0; j < pose.size(); ++j)
      if (!pose[j].matrix().isApprox(clip.poses[0][j].matrix(), 1e-6f)) return false;
  return true;
}

/// Largest distance of a vertex of `got` from where `model` has it, at the key times of `got`, over all clips, as a
/// share of the size; infinite if triangles, clips or vertices are missing.
inline float largest_pose_error(const RiggedModel& model, const RiggedModel& got) {
  if (got.mesh.faces.rows() != model.mesh.faces.rows()) return INFINITY;
  const auto pairs = same_place(model, got);
  std::vector<std::vector<float>> largest;
  std::set<int> covered;
  for (const auto& [v, others] : pairs) {
    largest.emplace_back(others.size(), 0.0f);
    covered.insert(others.begin(), others.end());
  }
  for (Eigen::Index i = 0; i < model.mesh.faces.size(); ++i)
    if (!covered.count(model.mesh.faces.data()[i])) return INFINITY;
  for (const Clip& clip : model.clips) {
    const auto other =
        std::find_if(got.clips.begin(), got.clips.end(), [&](const Clip& c) { return c.name == clip.name; });
    if (other == got.clips.end()) {
      if (stands_still(clip)) continue;  // FBX2glTF leaves such clips out
      return INFINITY;
    }
    for (std::size_t i = 0; i < other->times.size(); ++i) {
      const Points p = posed(model, sample_clip(clip, other->times[i])), q = posed(got, other->poses[i]);
      for (std::size_t k = 0; k < pairs.size(); ++k)
        for (std::size_t c = 0; c < largest[k].size(); ++c)
          largest[k][c] = std::max(largest[k][c], (p.row(pairs[k].second[c]) - q.row(pairs[k].first)).norm());
    }
  }
  float worst = 0;
  for (const auto& distances : largest)
    worst = std::max(worst, distances.empty() ? INFINITY : *std::min_element(distances.begin(), distances.end()));
  return worst / model_size(model);
}

/// What Autodesk's SDK makes of an FBX file, at 60 frames a second. An empty model if it refuses the file.
inline RiggedModel through_fbx2gltf(const std::filesystem::path& fbx) {
  const std::filesystem::path out = fbx.parent_path() / (fbx.stem().string() + "_sdk");
  const std::string command =
      fmt::format("{} -b -i {} -o {} --anim-framerate bake60 >{} 2>&1", shell_quoted(fbx2gltf()), shell_quoted(fbx),
                  shell_quoted(out), shell_quoted(out.string() + ".log"));
  EXPECT_EQ(std::system(command.c_str()), 0) << read_file(out.string() + ".log").value_or("");
  const auto model = read_model(out.string() + ".glb");
  EXPECT_TRUE(model) << model.error().message;
  return model ? *model : RiggedModel{};
}

struct BlenderView {
  std::vector<float> positions;           ///< x, y, z of what was asked for, clip by clip, time by time
  std::map<std::string, double> lengths;  ///< seconds, by clip
  int bones = 0;
};

/// What blender_check.py says of `file`. `request` as described there.
inline BlenderView through_blender(const std::filesystem::path& file, const nlohmann::json& request) {
  const std::filesystem::path folder = file.parent_path(),
                              tools = source_folder() / "tests/tools";
  EXPECT_TRUE(write_atomically(folder / "request.json", request.dump()));
  const std::string command =
      fmt::format("blender -b --factory-startup -noaudio --python-exit-code 1 -P {} -- {} {} {} >{} 2>&1",
                  shell_quoted(tools / "blender_check.py"), shell_quoted(file), shell_quoted(folder / "request.json"),
                  shell_quoted(folder / "out.bin"), shell_quoted(folder / "log.txt"));
  const int status = std::system(command.c_str());
  const std::string log = read_file(folder / "log.txt").value_or("");
  EXPECT_EQ(status, 0) << log;
  BlenderView view;
  const std::size_t at = log.find("blender_check {");
  if (status != 0 || at == std::string::npos) return view;
  const auto answer = nlohmann::json::parse(log.substr(at + 14, log.find('\n', at) - at - 14));
  view.bones = answer["bones"];
  view.lengths = answer["lengths"].get<std::map<std::string, double>>();
  const std::string bytes = read_file(folder / "out.bin").value_or("");
  view.positions.resize(bytes.size() / 4);
  std::memcpy(view.positions.data(), bytes.data(), view.positions.size() * 4);
  return view;
}

/// Whether three.js can be run.
inline bool have_three() {
  return installed("node") &&
         std::filesystem::exists(source_folder() / "build/tools/node_modules/three");
}

/// What three_check.mjs says of `file`: positions as it describes. Empty if three.js refuses the file.
inline std::vector<float> through_three(const std::filesystem::path& file, const nlohmann::json& request) {
  const std::filesystem::path folder = file.parent_path(), source = source_folder();
  EXPECT_TRUE(write_atomically(folder / "request.json", request.dump()));
  const std::string command = fmt::format(
      "node {} {} {} {} {} >{} 2>&1", shell_quoted(source / "tests/tools/three_check.mjs"),
      shell_quoted(source / "build/tools/node_modules"), shell_quoted(file), shell_quoted(folder / "request.json"),
      shell_quoted(folder / "out.bin"), shell_quoted(folder / "log.txt"));
  EXPECT_EQ(std::system(command.c_str()), 0) << read_file(folder / "log.txt").value_or("");
  const std::string bytes = read_file(folder / "out.bin").value_or("");
  std::vector<float> positions(bytes.size() / 4);
  std::memcpy(positions.data(), bytes.data(), positions.size() * 4);
  return positions;
}

inline Points joints_at(const RiggedModel& model, const Pose& pose) {
  const std::vector<Mat4> world = forward_kinematics(model.skeleton, pose);
  Points points(static_cast<Eigen::Index>(world.size()), 3);
  for (std::size_t j = 0; j < world.size(); ++j)
    points.row(static_cast<Eigen::Index>(j)) = world[j].topRightCorner<3, 1>().transpose();
  return points;
}

/// Largest distance between a reader's positions and ours over all keys, as a share of the size: for every key first
/// all joints, then, if `corners`, all corners of all triangles, material by material.
inline float largest_distance_from(const RiggedModel& model, const std::vector<float>& got, bool corners) {
  std::vector<int> order;
  const int materials = std::max<int>(1, static_cast<int>(model.mesh.materials.size()));
  for (int m = 0; corners && m < materials; ++m)
    for (Eigen::Index f = 0; f < model.mesh.faces.rows(); ++f)
      if ((model.mesh.face_material.empty() ? 0 : model.mesh.face_material[f]) == m)
        for (int k = 0; k < 3; ++k) order.push_back(model.mesh.faces(f, k));
  std::size_t at = 0;
  float worst = 0;
  const auto compare = [&](const Eigen::RowVector3f& ours) {
    if (at + 3 > got.size())
      worst = INFINITY;
    else
      worst = std::max(worst, (ours - Eigen::Map<const Eigen::RowVector3f>(&got[at])).norm());
    at += 3;
  };
  for (const Clip& clip : model.clips)
    for (const Pose& pose : clip.poses) {
      const Points joints = joints_at(model, pose);
      for (Eigen::Index j = 0; j < joints.rows(); ++j) compare(joints.row(j));
      if (!corners) continue;
      const Points surface = posed(model, pose);
      for (const int v : order) compare(surface.row(v));
    }
  const float size =
      corners ? model_size(model) : bounds(joints_at(model, rest_pose(model.skeleton))).sizes().maxCoeff();
  return at == got.size() ? worst / size : INFINITY;
}

inline nlohmann::json clip_request(const RiggedModel& model) {
  nlohmann::json clips = nlohmann::json::array();
  for (const Clip& clip : model.clips) clips.push_back({{"name", clip.name}, {"times", clip.times}});
  return {{"clips", clips}};
}

inline nlohmann::json joint_request(const RiggedModel& model) {
  nlohmann::json request = clip_request(model);
  for (const Joint& joint : model.skeleton.joints) request["bones"].push_back(joint.name);
  return request;
}

/// Largest distance between Blender's polygon corners and ours over all keys, as a share of the size. The file's
/// triangles are ours sorted by material.
inline float largest_blender_error(const RiggedModel& model, const BlenderView& view) {
  std::vector<int> corners;
  const int materials = std::max<int>(1, static_cast<int>(model.mesh.materials.size()));
  for (int m = 0; m < materials; ++m)
    for (Eigen::Index f = 0; f < model.mesh.faces.rows(); ++f)
      if ((model.mesh.face_material.empty() ? 0 : model.mesh.face_material[f]) == m)
        for (int k = 0; k < 3; ++k) corners.push_back(model.mesh.faces(f, k));
  std::size_t at = 0;
  float worst = 0;
  for (const Clip& clip : model.clips)
    for (const Pose& pose : clip.poses) {
      const Points p = posed(model, pose);
      for (const int v : corners) {
        if (at + 3 > view.positions.size()) return INFINITY;
        worst = std::max(worst, (p.row(v) - Eigen::Map<const Eigen::RowVector3f>(&view.positions[at])).norm());
        at += 3;
      }
    }
  return at == view.positions.size() ? worst / model_size(model) : INFINITY;
}

}  // namespace mp4d::test
