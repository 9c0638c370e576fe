// Every format: written, read again, the same to the eye of the reader.
#include "core/files.h"
#include "io/export.h"
#include "io/mesh_folder.h"
#include "io/model_io.h"
#include "motion/kinematics.h"
#include "tests/io/rigged_models.h"
#include <array>
#include <fstream>
#include <gtest/gtest.h>
#include <regex>
#include <set>

using namespace mp4d;
using namespace mp4d::test;

namespace {

namespace fs = std::filesystem;

class ExportTest : public testing::Test {
 protected:
  fs::path file(const std::string& name) const { return folder_.path() / name; }
  ExportReport write(const std::string& name, const RiggedModel& model, const ExportOptions& options = {}) {
    const auto report = export_model(file(name), model, options);
    EXPECT_TRUE(report) << (report ? "" : report.error().message);
    return report.value_or(ExportReport{});
  }
  RiggedModel read(const std::string& name) const {
    auto model = read_model(file(name));
    EXPECT_TRUE(model) << (model ? "" : model.error().message);
    return model ? *model : RiggedModel{};
  }
  std::vector<std::string> listing() const {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(folder_.path())) names.push_back(entry.path().filename().string());
    std::sort(names.begin(), names.end());
    return names;
  }
  TempFolder folder_ = *TempFolder::create();
};

/// The tube with one clip, for formats that hold one.
RiggedModel one_clip() {
  RiggedModel tube = make_tube();
  tube.clips.resize(1);
  return tube;
}

/// The tube's motion alone.
RiggedModel bare_motion() {
  RiggedModel tube = make_tube();
  tube.mesh = {};
  tube.skin.joints.resize(0, 4);
  tube.skin.weights.resize(0, 4);
  return tube;
}

TEST_F(ExportTest, GltfHasItsBufferBesideIt) {
  const RiggedModel tube = make_tube();
  const ExportReport report = write("tube.gltf", tube);
  ASSERT_EQ(report.files.size(), 2u);
  const std::string buffer = report.files[1].filename().string();
  EXPECT_TRUE(std::regex_match(buffer, std::regex("tube\\.[0-9a-f]{8}\\.bin"))) << buffer;
  EXPECT_EQ(report.files[1], file(buffer));
  EXPECT_EQ(listing(), (std::vector<std::string>{buffer, "tube.gltf"}));
  EXPECT_EQ(report.clips, 2);
  EXPECT_EQ(report.frames, 6);
  EXPECT_LT(report.error_share, 1e-6);
  const RiggedModel back = read("tube.gltf");
  EXPECT_EQ(back.mesh.materials.size(), 2u);
  EXPECT_EQ(back.mesh.materials[0].texture.data, tube.mesh.materials[0].texture.data);
}

TEST_F(ExportTest, AFileIsNeverPairedWithPartsOfAnother) {
  for (const char* name : {"tube.gltf", "tube.usda"}) {
    RiggedModel other = one_clip();
    for (std::uint8_t& value : other.mesh.materials[0].texture.data) value = static_cast<std::uint8_t>(255 - value);
    const ExportReport first = write(name, one_clip());
    ASSERT_GE(first.files.size(), 2u);
    const std::string file_before = read_file(file(name)).value(), part_before = read_file(first.files[1]).value();
    const ExportReport second = write(name, other);
    ASSERT_EQ(second.files.size(), first.files.size());
    EXPECT_NE(second.files[1], first.files[1]);
    EXPECT_FALSE(fs::exists(first.files[1])) << "parts that nothing names are left";
    // As it is for one who was stopped before the file itself was replaced.
    ASSERT_TRUE(write_atomically(file(name), file_before));
    ASSERT_TRUE(write_atomically(first.files[1], part_before));
    EXPECT_EQ(read(name).mesh.materials[0].texture.data, one_clip().mesh.materials[0].texture.data);
    const ExportReport again = write(name, other);
    EXPECT_EQ(again.files, second.files);
    EXPECT_EQ(read(name).mesh.materials[0].texture.data, other.mesh.materials[0].texture.data);
    EXPECT_FALSE(fs::exists(first.files[1]));
  }
  // Only parts of the very file are cleared away.
  for (const char* name : {"tube_0.usda", "tube.x.gltf", "tubes.gltf"}) write(name, one_clip());
  const std::vector<std::string> before = listing();
  write("tube.gltf", one_clip());
  write("tube.usda", one_clip());
  EXPECT_EQ(listing().size(), before.size());
  for (const char* name : {"tube_0.usda", "tube.x.gltf", "tubes.gltf", "tube.gltf", "tube.usda"}) EXPECT_TRUE(read_model(file(name))) << name;
}

TEST_F(ExportTest, MotionWithoutAMeshIsWrittenAndReadAgain) {
  const ExportReport report = write("motion.glb", bare_motion());
  EXPECT_TRUE(report.joints_only);
  EXPECT_LT(report.error_share, 1e-6);
  const RiggedModel back = read("motion.glb");
  EXPECT_EQ(back.mesh.faces.rows(), 0);
  EXPECT_EQ(back.skeleton.size(), 3);
  EXPECT_EQ(back.clips.size(), 2u);
  EXPECT_FALSE(require_surface(file("motion.glb"), back));
  const auto refused = export_model(file("motion.anime"), bare_motion());
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message.find("without one"), std::string::npos) << refused.error().message;
}

TEST_F(ExportTest, FbxBringsEverythingBack) {
  const RiggedModel tube = make_tube();
  for (const char* target : {"any", "blender", "unity", "web", "maya"}) {
    ExportOptions options;
    options.target = target;
    const ExportReport report = write("tube.fbx", tube, options);
    EXPECT_EQ(report.frames, 6) << target;
    EXPECT_LT(report.error_share, 1e-5) << target;
    const RiggedModel back = read("tube.fbx");
    EXPECT_EQ(back.mesh.faces.rows(), tube.mesh.faces.rows());
    EXPECT_EQ(back.skeleton.size(), target == std::string("maya") ? 4 : 3) << target;
    ASSERT_EQ(back.mesh.materials.size(), 2u);
    EXPECT_EQ(back.mesh.materials[0].name, "skin");
    EXPECT_EQ(back.mesh.materials[0].texture.data, tube.mesh.materials[0].texture.data);
    EXPECT_LT((back.mesh.materials[1].base_color - tube.mesh.materials[1].base_color).norm(), 1e-5f);
    for (int k = 0; k < 3; ++k) {  // the first triangle's corners
      EXPECT_LT((back.mesh.uvs.row(back.mesh.faces(0, k)) - tube.mesh.uvs.row(tube.mesh.faces(0, k))).norm(), 1e-6f);
      EXPECT_LT((back.mesh.normals.row(back.mesh.faces(0, k)) - tube.mesh.normals.row(tube.mesh.faces(0, k))).norm(),
                1e-5f);
    }
    ASSERT_EQ(back.clips.size(), 2u);
    EXPECT_EQ(back.clips[0].name, "bend");
    EXPECT_NEAR(back.clips[0].times.back(), 1, 1e-6);
  }
  const std::string first = *read_file(file("tube.fbx"));
  ExportOptions maya;
  maya.target = "maya";
  write("tube.fbx", tube, maya);
  EXPECT_EQ(*read_file(file("tube.fbx")), first);  // same model, same bytes
}

TEST_F(ExportTest, FbxHoldsMotionPlainMeshesColoursAndSeveralRoots) {
  EXPECT_TRUE(write("motion.fbx", bare_motion()).joints_only);
  EXPECT_EQ(read("motion.fbx").clips.size(), 2u);

  RiggedModel plain{"plain", make_tube().mesh, {}, {}, {}};
  plain.mesh.materials.clear();
  plain.mesh.face_material.clear();
  plain.mesh.uvs.resize(0, 2);
  plain.mesh.colors = (plain.mesh.verts.array() * 0.5f + 0.4f).matrix();
  write("plain.fbx", plain);
  const RiggedModel back = read("plain.fbx");
  EXPECT_EQ(back.skeleton.size(), 0);
  ASSERT_EQ(back.mesh.colors.rows(), back.mesh.verts.rows());
  for (int k = 0; k < 3; ++k)
    EXPECT_LT((back.mesh.colors.row(back.mesh.faces(0, k)) - plain.mesh.colors.row(plain.mesh.faces(0, k))).norm(),
              1e-6f);

  RiggedModel roots = make_tube();
  roots.skeleton.joints[2].parent = -1;
  write("roots.fbx", roots);
  ExportOptions unreal;
  unreal.target = "unreal";  // which knows one root only
  write("one_root.fbx", roots, unreal);
  EXPECT_EQ(read("one_root.fbx").skeleton.size(), 4);
}

TEST_F(ExportTest, BvhHoldsTheMotion) {
  RiggedModel tube = one_clip();
  tube.skeleton.joints[1].name = "joint with spaces";
  tube.skeleton.joints[1].rest.rotation = turn(Vec3(1, 1, 0), 70);  // BVH itself has no rotations at rest
  tube.skin.joint_from_mesh = inverse_bind(tube.skeleton);
  const ExportReport report = write("tube.bvh", tube);
  EXPECT_TRUE(report.joints_only);
  EXPECT_LT(report.error_share, 1e-5);
  const RiggedModel back = read("tube.bvh");
  EXPECT_GE(back.skeleton.find("joint_with_spaces"), 0);
  EXPECT_GE(back.skeleton.find("joint2_end"), 0);
  ASSERT_EQ(back.clips.size(), 1u);
  EXPECT_NEAR(back.clips[0].times.back(), 1, 1e-9);
  ExportOptions cm;
  cm.unit = "cm";
  write("cm.bvh", tube, cm);
  write("again.bvh", back);  // and what was read can be written
  RiggedModel tail = back;  // an end that is not called after its parent keeps its name
  tail.skeleton.joints[tail.skeleton.find("joint2_end")].name = "tail_end";
  write("tail.bvh", tail);
  EXPECT_GE(read("tail.bvh").skeleton.find("tail_end"), 0);
  RiggedModel roots = one_clip();
  roots.skeleton.joints[2].parent = -1;
  EXPECT_LT(write("roots.bvh", roots).error_share, 1e-5);
  RiggedModel still = make_tube();
  still.clips.clear();
  write("still.bvh", still);
  EXPECT_EQ(read("still.bvh").clips[0].times.size(), 1u);
}

TEST_F(ExportTest, BvhPositionsBelowTheRootReplaceTheOffsetOrAreAddedToIt) {
  const auto knee = [&](const std::string& positions) {  // of two frames, in metres
    EXPECT_TRUE(write_atomically(file("leg.bvh"),
                                 "HIERARCHY\nROOT hips\n{\n OFFSET 0 1 0\n CHANNELS 6 Xposition Yposition Zposition Xrotation Yrotation Zrotation\n"
                                 " JOINT knee\n {\n  OFFSET 0.1 -0.5 0\n  CHANNELS 5 Yposition Zposition Xrotation Yrotation Zrotation\n"
                                 "  End Site\n  {\n   OFFSET 0 -0.5 0\n  }\n }\n}\nMOTION\nFrames: 2\nFrame Time: 1\n" +
                                     positions));
    const auto model = read_model(file("leg.bvh"));
    EXPECT_TRUE(model) << model.error().message;
    EXPECT_EQ(model->clips[0].poses[0][0].translation, Vec3(0, 0.2f, 0));  // the root's place is as it is written
    const int joint = model->skeleton.find("knee");
    return std::array<Vec3, 2>{model->clips[0].poses[0][joint].translation, model->clips[0].poses[1][joint].translation};
  };
  const auto near_offset = knee("0 .2 0 0 0 0  -.5 0 0 0 0\n0 .2 0 0 0 0  -.4 .1 0 0 0\n");
  EXPECT_LT((near_offset[0] - Vec3(0.1f, -0.5f, 0)).norm(), 1e-6f);
  EXPECT_LT((near_offset[1] - Vec3(0.1f, -0.4f, 0.1f)).norm(), 1e-6f);
  const auto near_zero = knee("0 .2 0 0 0 0  0 0 0 0 0\n0 .2 0 0 0 0  .1 .1 0 0 0\n");
  EXPECT_LT((near_zero[0] - Vec3(0.1f, -0.5f, 0)).norm(), 1e-6f);
  EXPECT_LT((near_zero[1] - Vec3(0.1f, -0.4f, 0.1f)).norm(), 1e-6f);
}

TEST_F(ExportTest, BvhThatIsZUpStandsUp) {
  const auto read_standing = [&](const char* to_head, const char* to_foot) {
    EXPECT_TRUE(write_atomically(file("person.bvh"), fmt::format("HIERARCHY\nROOT hips\n{{\n OFFSET 0 0 0\n CHANNELS 6 Xposition Yposition Zposition Xrotation Yrotation "
                                                                 "Zrotation\n JOINT head\n {{\n  OFFSET {}\n  CHANNELS 1 Xrotation\n  End Site\n  {{\n   OFFSET 0 0 0\n  }}\n }}\n"
                                                                 " JOINT LeftFoot\n {{\n  OFFSET {}\n  CHANNELS 1 Xrotation\n  End Site\n  {{\n   OFFSET 0 0 0\n  }}\n }}\n}}\n"
                                                                 "MOTION\nFrames: 1\nFrame Time: 1\n0 -2 1 0 0 90 0 0\n",
                                                                 to_head, to_foot)));
    const auto model = read_model(file("person.bvh"));
    EXPECT_TRUE(model) << model.error().message;
    const auto world = forward_kinematics(model->skeleton, model->clips[0].poses[0]);
    return std::array<Vec3, 2>{Vec3(world[model->skeleton.find("hips")].topRightCorner<3, 1>()), Vec3(world[model->skeleton.find("LeftFoot")].topRightCorner<3, 1>())};
  };
  const auto lying = read_standing("0 0 0.7", "0.1 0 -0.9");  // a quarter turn about z, which is up
  EXPECT_LT((lying[0] - Vec3(0, 1, 2)).norm(), 1e-5f);
  EXPECT_LT((lying[1] - Vec3(0, 0.1f, 1.9f)).norm(), 1e-5f);
  const auto upright = read_standing("0 0.7 0.3", "0.1 -0.9 0");
  EXPECT_LT((upright[0] - Vec3(0, -2, 1)).norm(), 1e-5f);
}

TEST_F(ExportTest, BvhErrorsNameTheLine) {
  const std::string good =
      "HIERARCHY\nROOT hips\n{\n OFFSET 0 0 0\n CHANNELS 6 Xposition Yposition Zposition Zrotation Xrotation "
      "Yrotation\n"
      " End Site\n {\n  OFFSET 0 1 0\n }\n}\nMOTION\nFrames: 2\nFrame Time: .5\n1 2 3 90 0 0\n1 2 3 0 0 45\n";
  const auto reading = [&](const std::string& from, const std::string& to) {
    std::string text = good;
    if (!from.empty()) text.replace(text.find(from), from.size(), to);
    EXPECT_TRUE(write_atomically(file("x.bvh"), text));
    return read_model(file("x.bvh"));
  };
  const auto model = reading("", "");
  ASSERT_TRUE(model) << model.error().message;
  EXPECT_EQ(model->clips[0].times, (std::vector<double>{0, 0.5}));
  EXPECT_EQ(model->clips[0].poses[1][0].translation, Vec3(1, 2, 3));
  EXPECT_LT(angle_deg(model->clips[0].poses[0][0].rotation, turn(Vec3(0, 0, 1), 90)), 1e-4f);
  EXPECT_LT(angle_deg(model->clips[0].poses[1][0].rotation, turn(Vec3(0, 1, 0), 45)), 1e-4f);
  const std::vector<std::array<std::string, 3>> damages{{"HIERARCHY", "hello", "line 1"},
                                                        {"OFFSET 0 0 0", "OFFSET 0 zero 0", "line 4: 'zero'"},
                                                        {"CHANNELS 6", "CHANNELS 5", "line 5: CHANNELS 5"},
                                                        {"Yrotation", "Yturning", "unknown channel 'Yturning'"},
                                                        {"Frames: 2", "Frames: 3", "ends in frame 3 of 3"},
                                                        {"Frame Time: .5", "Frame Time: 0", "above 0"},
                                                        {"90 0 0", "90 nan 0", "line 14: 'nan'"},
                                                        {"MOTION", "NOTION", "'NOTION'"},
                                                        {"}\nMOTION", "MOTION", "where JOINT"}};
  for (const auto& [from, to, text] : damages) {
    const auto refused = reading(from, to);
    ASSERT_FALSE(refused) << to;
    EXPECT_NE(refused.error().message.find(text), std::string::npos) << refused.error().message;
  }
  EXPECT_TRUE(reading("Frames: 2", "Frames: 0")->clips.empty());
}

TEST_F(ExportTest, UsdBringsEverythingBack) {
  RiggedModel tube = make_tube();
  for (Clip& clip : tube.clips)
    for (Pose& pose : clip.poses) pose[2].scale.setOnes();  // USD's scales have three digits
  tube.skeleton.joints[1].name = "1st joint.L";
  for (const char* name : {"tube.usda", "tube.usdz"}) {
    for (const char* target : {"any", "blender", "maya"}) {
      ExportOptions options;
      options.target = target;
      const ExportReport report = write(name, tube, options);
      EXPECT_EQ(report.frames, 6);
      EXPECT_LT(report.error_share, 1e-5) << name << " " << target;
      EXPECT_EQ(report.files.size(), std::string(name) == "tube.usda" ? 2u : 1u);
    }
    const RiggedModel back = read(name);
    EXPECT_EQ(back.mesh.faces, tube.mesh.faces);
    EXPECT_EQ(back.mesh.face_material, tube.mesh.face_material);
    EXPECT_LT(largest_distance(back.mesh.normals, tube.mesh.normals), 1e-5f);
    EXPECT_LT((back.mesh.uvs - tube.mesh.uvs).cwiseAbs().maxCoeff(), 1e-6f);
    EXPECT_EQ(back.mesh.materials[0].texture.data, tube.mesh.materials[0].texture.data);
    EXPECT_LT((back.mesh.materials[1].base_color - tube.mesh.materials[1].base_color).norm(), 1e-6f);
    EXPECT_EQ(back.skeleton.joints[1].name, "_1st_joint_L");
    EXPECT_EQ(back.clips[1].name, "still");
  }
  EXPECT_LT(write("scaled.usda", make_tube()).error_share, 1e-3);
  EXPECT_TRUE(write("motion.usda", bare_motion()).joints_only);
  RiggedModel plain{"plain", make_tube().mesh, {}, {}, {}};
  plain.mesh.materials.clear();
  plain.mesh.face_material.clear();
  plain.mesh.colors = (plain.mesh.verts.array() * 0.5f + 0.4f).matrix();
  write("plain.usda", plain);
  EXPECT_LT(largest_distance(read("plain.usda").mesh.colors, plain.mesh.colors), 1e-5f);
}

TEST_F(ExportTest, ArchivesForUsdAreAlignedAndChecked) {
  write("tube.usdz", make_tube());
  const std::string bytes = *read_file(file("tube.usdz"));
  int entries = 0;
  for (std::size_t at = 0; (at = bytes.find("PK\3\4", at)) != std::string::npos; ++at, ++entries) {
    std::uint16_t name, extra;
    std::memcpy(&name, &bytes[at + 26], 2);
    std::memcpy(&extra, &bytes[at + 28], 2);
    EXPECT_EQ((at + 30 + name + extra) % 64, 0u);
  }
  EXPECT_EQ(entries, 2);
  const auto refused = [&](const std::string& name, const std::string& content, const std::string& text) {
    EXPECT_TRUE(write_atomically(file(name), content));
    const auto model = read_model(file(name));
    ASSERT_FALSE(model) << text;
    EXPECT_NE(model.error().message.find(text), std::string::npos) << model.error().message;
  };
  refused("cut.usdz", bytes.substr(0, bytes.size() / 2), "damaged");
  refused("binary.usda", "PXR-USDC\0\0", "usdc");
  refused("other.usda", "hello", "#usda 1.0");
  refused("points.usda", "#usda 1.0\ndef Mesh \"m\"\n{\n point3f[] points = [(0, 0, 0)\n", "line");
  refused("fetch.usda", "#usda 1.0\ndef \"m\" (\n references = @/etc/passwd@\n)\n{\n}\n", "references");
  refused("faces.usda",
          "#usda 1.0\ndef Mesh \"m\"\n{\n int[] faceVertexCounts = [3]\n int[] faceVertexIndices = [0, 1, 9]\n"
          " point3f[] points = [(0, 0, 0), (1, 0, 0)]\n}\n",
          "point 9 of 2");
}

TEST_F(ExportTest, BrokenModelsAreRefusedInEveryFormat) {
  const auto refused = [&](auto change, const std::string& text) {
    RiggedModel model = one_clip();
    change(model);
    for (const char* ending : {"glb", "gltf", "fbx", "usda", "usdz", "bvh", "anime"}) {
      const std::string name = std::string("broken.") + ending;
      const auto result = export_model(file(name), model);
      ASSERT_FALSE(result) << name << " " << text;
      EXPECT_NE(result.error().message.find(text), std::string::npos) << result.error().message;
    }
    EXPECT_TRUE(listing().empty());
  };
  refused([](RiggedModel& m) { m.skeleton.joints[1].parent = 2; }, "before its parent");  // a cycle cannot be in order
  refused([](RiggedModel& m) { m.mesh.verts(3, 1) = NAN; }, "not finite");
  refused([](RiggedModel& m) { m.clips[0].poses[1][2].rotation.coeffs().setZero(); }, "not finite");
  refused([](RiggedModel& m) { m.skin.weights.row(5).setZero(); }, "no skin weights");
  refused([](RiggedModel& m) { m.clips[0].times.clear(), m.clips[0].poses.clear(); }, "0 times");
  refused(
      [](RiggedModel& m) {
        m.skeleton.joints.resize(65537, m.skeleton.joints[2]);
        m.skin.joint_from_mesh.resize(65537, Mat4::Identity());
        for (Pose& pose : m.clips[0].poses) pose.resize(65537);
      },
      "at most 65536");
}

TEST_F(ExportTest, LongChainsAreWrittenAndRead) {
  RiggedModel chain = make_chain(2000, 0.002f, 1, 3);
  Pose pose = rest_pose(chain.skeleton);
  for (Transform& local : pose) local.rotation = turn(Vec3(0, 0, 1), 0.1f);
  chain.clips = {{"bend", {0, 1}, {rest_pose(chain.skeleton), pose}}};
  for (const char* name : {"chain.glb", "chain.fbx", "chain.bvh", "chain.usda"})
    EXPECT_LT(write(name, chain).error_share, 1e-3) << name;
}

// Turns of several rounds, through the poles of Euler angles, fast, mirrored and squashed.
TEST_F(ExportTest, FbxKeepsHardRotationsAndScales) {
  RiggedModel model = make_chain(3, 0.25f, 4, 8);
  model.name = "hard";
  model.skeleton.joints[1].rest.rotation = turn(Vec3(1, 2, 3), 140);
  model.skeleton.joints[1].rest.scale = Vec3(1, 2, 0.5f);
  model.skin.joint_from_mesh = inverse_bind(model.skeleton);
  Clip clip{"hard", {}, {}};
  for (int i = 0; i <= 24; ++i) {
    Pose pose = rest_pose(model.skeleton);
    pose[0].rotation = turn(Vec3(0, 1, 0.001f), 60.0f * static_cast<float>(i)) * turn(Vec3(1, 0, 0), 90);
    pose[1].rotation = turn(Vec3(0.2f, 1, 0.1f), 7.5f * static_cast<float>(i)) * pose[1].rotation;
    pose[2].rotation = turn(Vec3(0.1f * static_cast<float>(i), 1, -1), 170.0f * static_cast<float>(i % 2));
    pose[2].scale = Vec3(1, i % 2 ? -1 : 1, 1 + 0.1f * static_cast<float>(i));
    clip.times.push_back(i / 24.0);
    clip.poses.push_back(pose);
  }
  model.clips = {clip};
  EXPECT_LT(write("hard.fbx", model).error_share, 1e-4);
}

TEST_F(ExportTest, RestScalesAreFoldedIntoLengths) {
  RiggedModel model = make_tube();
  model.skeleton.joints[0].rest.scale.setConstant(100);
  model.skeleton.joints[2].rest.scale.setConstant(0.5f);
  for (const int j : {1, 2}) model.skeleton.joints[j].rest.translation /= 100;
  for (Clip& clip : model.clips)
    for (Pose& pose : clip.poses) {
      pose[0].scale *= 100;
      pose[2].scale *= 0.5f;
      for (const int j : {1, 2}) pose[j].translation /= 100;
      pose[1].translation += Vec3(0, 0.001f, 0.0005f) * static_cast<float>(&pose - clip.poses.data());
    }
  model.skin.joint_from_mesh = inverse_bind(model.skeleton);
  for (const char* name : {"scaled.fbx", "scaled.usda"}) {
    EXPECT_LT(write(name, model).error_share, 1e-3) << name;
    for (const Joint& joint : read(name).skeleton.joints)
      EXPECT_LT((joint.rest.scale - Vec3::Ones()).norm(), 1e-5f) << name;
  }
  write("scaled.glb", model);
  EXPECT_NEAR(read("scaled.glb").skeleton.joints[0].rest.scale.x(), 100, 1e-4f);
}

TEST_F(ExportTest, NamesThatClashOrAreMissingAreMadeUnique) {
  RiggedModel tube = make_tube();
  for (Joint& joint : tube.skeleton.joints) joint.name = "tube";
  tube.skeleton.joints[2].name.clear();
  tube.clips[1].name = tube.clips[0].name;
  for (const char* name : {"names.fbx", "names.glb", "names.gltf"}) {
    const ExportReport report = write(name, tube);
    EXPECT_LT(report.error_share, 1e-5) << name;
    const RiggedModel back = read(name);
    EXPECT_EQ(back.skeleton.joints[1].name, "tube_2") << name;
    EXPECT_EQ(back.clips[1].name, "bend_2") << name;
  }
}

TEST_F(ExportTest, WeldingJoinsSeamsOnly) {
  RiggedModel tube = make_tube();
  Mesh& mesh = tube.mesh;  // every triangle with its own vertices
  Mesh apart = mesh;
  const Eigen::Index corners = mesh.faces.size();
  apart.verts.resize(corners, 3);
  apart.normals.resize(corners, 3);
  apart.uvs.resize(corners, 2);
  Skin skin = tube.skin;
  skin.joints.resize(corners, 4);
  skin.weights.resize(corners, 4);
  for (Eigen::Index i = 0; i < corners; ++i) {
    const int v = mesh.faces.data()[i];
    apart.verts.row(i) = mesh.verts.row(v);
    apart.normals.row(i) = mesh.normals.row(v);
    apart.uvs.row(i) = mesh.uvs.row(v);
    skin.joints.row(i) = tube.skin.joints.row(v);
    skin.weights.row(i) = tube.skin.weights.row(v);
    apart.faces.data()[i] = static_cast<int>(i);
  }
  mesh = apart;
  tube.skin = skin;
  ExportOptions weld, keep;
  weld.weld = "on";
  keep.weld = "off";
  write("weld.fbx", tube, weld);
  write("keep.fbx", tube, keep);
  EXPECT_LT(fs::file_size(file("weld.fbx")), fs::file_size(file("keep.fbx")));
  EXPECT_LT(write("weld.fbx", tube, weld).error_share, 1e-5);
}

TEST_F(ExportTest, KeysInfluencesAndLeafBonesAreAsAskedFor) {
  ExportOptions options;
  options.key_fps = 10;
  options.influences = 1;
  options.leaf_bones = "on";
  write("tube.glb", make_tube(), options);
  const RiggedModel back = read("tube.glb");
  EXPECT_EQ(back.clips[0].times.size(), 11u);
  EXPECT_NEAR(back.clips[0].times[3], 0.3, 1e-7);
  EXPECT_EQ(back.skin.weights.col(1).maxCoeff(), 0);
  ASSERT_EQ(back.skeleton.size(), 4);
  EXPECT_EQ(back.skeleton.joints[3].name, "joint2_end");
  EXPECT_NEAR(back.skeleton.joints[3].rest.translation.y(), 0.25f, 0.02f);  // the tube ends a bone's length on
}

TEST_F(ExportTest, SequencesOfMeshesHoldEveryFrame) {
  const RiggedModel tube = one_clip();
  const MeshSequence truth = animate(tube, tube.clips[0]);
  const ExportReport report = write("walk/%03d.obj", tube);
  EXPECT_EQ(report.files.size(), 4u);
  EXPECT_EQ(report.error_m, 0);
  const auto meshes = read_mesh_folder(file("walk"));
  ASSERT_TRUE(meshes) << meshes.error().message;
  ASSERT_EQ(meshes->size(), 4u);
  for (std::size_t f = 0; f < 4; ++f) EXPECT_LT(largest_distance((*meshes)[f].verts, truth.frames[f]), 1e-6f);
  EXPECT_NE(export_model(file("walk/%03d.obj"), tube).error().message.find("already"), std::string::npos);
  EXPECT_EQ(finished_file(file("walk/%03d.obj")), file("walk/000.obj"));
  EXPECT_EQ(finished_file(file("100%.obj")), file("100%.obj"));
  std::ofstream(file("walk/0001.obj")) << "v 0 0 0";
  std::ofstream(file("walk/x.obj")) << "v 0 0 0";
  const std::vector<fs::path> found = meshes_in_folder(file("walk/%03d.obj"));
  EXPECT_EQ(std::set<fs::path>(found.begin(), found.end()), std::set<fs::path>(report.files.begin(), report.files.end()));
  fs::create_directory(file("full"));
  std::ofstream(file("full/notes.txt")) << "mine";
  EXPECT_EQ(write("full/%d.obj", tube).files.size(), 4u);
  EXPECT_TRUE(fs::exists(file("full/notes.txt")));
  EXPECT_EQ(read_mesh_folder(file("full"))->size(), 4u);
  write("tube.anime", tube);
  EXPECT_LT(largest_distance(read_anime(file("tube.anime"))->frames[3], truth.frames[3]), 1e-6f);
  ExportOptions z_up;
  z_up.up_axis = "z";
  write("turned.anime", tube, z_up);
  const auto turned = read_anime(file("turned.anime"));
  ASSERT_TRUE(turned) << turned.error().message;
  EXPECT_LT((turned->frames[3].col(2) - truth.frames[3].col(1)).cwiseAbs().maxCoeff(), 1e-6f);
  EXPECT_LT((turned->frames[3].col(1) + truth.frames[3].col(2)).cwiseAbs().maxCoeff(), 1e-6f);

  const auto refused = [&](const std::string& name, const RiggedModel& model, const std::string& text) {
    const auto result = export_model(file(name), model);
    ASSERT_FALSE(result) << name;
    EXPECT_NE(result.error().message.find(text), std::string::npos) << result.error().message;
    EXPECT_FALSE(fs::exists(file(name)));
  };
  refused("one.ply", tube, "%04d.ply");
  refused("two.anime", make_tube(), "holds one clip, and there are 2 (bend, still)");
  refused("tube.xyz", tube, ".glb or .gltf");
  refused("nowhere/tube.glb", tube, "does not exist");
  refused("x%q.obj", tube, "%04d");
}

TEST_F(ExportTest, OptionsThatSayNothingAreRefused) {
  ExportOptions options;
  options.up_axis = "z";
  const auto result = export_model(file("tube.glb"), make_tube(), options);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::kUsage);
  EXPECT_NE(result.error().message.find("up-axis"), std::string::npos) << result.error().message;
  options = {};
  options.target = "unreal";  // a preset sets only what the format can say
  write("tube.glb", make_tube(), options);
  EXPECT_EQ(read("tube.glb").clips[0].times.size(), 31u);
}

}  // namespace
