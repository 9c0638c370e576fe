#include "core/files.h"
#include "io/numpy.h"
#include "io/frames.h"
#include "io/posed_scene.h"
#include "tests/errors/expect_error.h"
#include "tests/synthetic/field_scenes.h"
#include <archive.h>
#include <archive_entry.h>
#include <cstring>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace mp4d {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using test::expect_error;

std::string npy(const std::vector<double>& values, const std::string& shape) {
  std::string header = "{'descr': '<f8', 'fortran_order': False, 'shape': " + shape + ", }";
  while ((10 + header.size() + 1) % 64 != 0) header += ' ';
  header += '\n';
  std::string out("\x93NUMPY\x01\x00", 8);
  out += static_cast<char>(header.size() & 255);
  out += static_cast<char>(header.size() >> 8);
  out += header;
  out.append(reinterpret_cast<const char*>(values.data()), 8 * values.size());
  return out;
}

void write_npz(const fs::path& path, const std::vector<std::pair<std::string, std::string>>& entries) {
  archive* zip = archive_write_new();
  archive_write_set_format_zip(zip);
  ASSERT_EQ(archive_write_open_filename(zip, path.c_str()), ARCHIVE_OK);
  for (const auto& [name, content] : entries) {
    archive_entry* entry = archive_entry_new();
    archive_entry_set_pathname(entry, (name + ".npy").c_str());
    archive_entry_set_size(entry, static_cast<la_int64_t>(content.size()));
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_write_header(zip, entry);
    archive_write_data(zip, content.data(), content.size());
    archive_entry_free(entry);
  }
  archive_write_close(zip);
  archive_write_free(zip);
}

using RowMajor = Eigen::Matrix<double, 4, 4, Eigen::RowMajor>;

RowMajor world_from_camera(const PosedView& view) { return view.camera.camera_from_world.inverse().matrix().cast<double>(); }

RowMajor intrinsics(const PosedView& view) {
  RowMajor k = RowMajor::Identity();
  k(0, 0) = view.camera.fx, k(1, 1) = view.camera.fy, k(0, 2) = view.camera.cx, k(1, 2) = view.camera.cy;
  return k;
}

std::string text_of(const RowMajor& m) {
  std::string out;
  for (int i = 0; i < 16; ++i) out += fmt::format("{:.9g}{}", m.data()[i], i % 4 == 3 ? '\n' : ' ');
  return out;
}

json rows_of(const RowMajor& m) {
  json rows = json::array();
  for (int r = 0; r < 4; ++r) rows.push_back({m(r, 0), m(r, 1), m(r, 2), m(r, 3)});
  return rows;
}

std::vector<double> list_of(const RowMajor& m) { return {m.data(), m.data() + 16}; }

class SceneFormats : public testing::Test {
 protected:
  void SetUp() override {
    FieldSceneOptions options;
    options.width = 24;
    options.height = 18;
    options.views = 9;
    options.supersample = 1;
    scene_ = make_room(options);
  }
  fs::path root() const { return folder_.path(); }
  void write(const fs::path& file, const std::string& text) {
    fs::create_directories((root() / file).parent_path());
    ASSERT_TRUE(write_atomically(root() / file, text));
  }
  void picture(const fs::path& file, std::size_t v) {
    fs::create_directories((root() / file).parent_path());
    ASSERT_TRUE(write_image(root() / file, scene_.views[v].image));
  }
  /// `order`: the truth's number of each view that was read.
  void expect_same_rays(const std::string& format, const std::vector<std::size_t>& order) {
    const auto read = read_posed_scene(root());
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_EQ(read->format, format);
    ASSERT_EQ(read->views.size(), order.size());
    for (std::size_t i = 0; i < order.size(); ++i) {
      const PosedView &a = scene_.views[order[i]], &b = read->views[i];
      EXPECT_EQ(a.image.data, b.image.data) << b.name;
      EXPECT_LT((a.camera.camera_from_world.inverse().translation() - b.camera.camera_from_world.inverse().translation()).norm(), 2e-5f);
      for (const double u : {0.5, 12.0, 23.5})
        for (const double v : {0.5, 9.0, 17.5})
          EXPECT_LT((ray_direction(a.camera, a.lens, u, v) - ray_direction(b.camera, b.lens, u, v)).norm(), 2e-6f) << b.name;
    }
  }
  std::vector<std::size_t> in_order() const {
    std::vector<std::size_t> order(scene_.views.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    return order;
  }
  PosedScene scene_;
  TempFolder folder_ = TempFolder::create().value();
};

TEST_F(SceneFormats, Llff) {
  std::vector<double> rows;
  for (std::size_t v = 0; v < scene_.views.size(); ++v) {
    const RowMajor m = world_from_camera(scene_.views[v]);
    const double size[3] = {18, 24, scene_.views[v].camera.fx};
    for (int r = 0; r < 3; ++r)
      for (const double value : {m(r, 1), m(r, 0), -m(r, 2), m(r, 3), size[r]}) rows.push_back(value);
    rows.insert(rows.end(), {0.5, 4.0});
    picture(fmt::format("images/{}.png", v), v);
  }
  write("poses_bounds.npy", npy(rows, fmt::format("({}, 17)", scene_.views.size())));
  expect_same_rays("llff", in_order());
  const auto read = read_posed_scene(root());
  ASSERT_TRUE(read && read->bounds);
  EXPECT_TRUE(read->bounds->contains(Vec3(0, 1, 0)));
  fs::remove(root() / "images/3.png");
  const auto missing = read_posed_scene(root());
  ASSERT_FALSE(missing);
  EXPECT_NE(missing.error().message.find("9 poses, but 8 pictures"), std::string::npos) << missing.error().message;
  picture("images/3.png", 3);
  std::vector<double> far = rows;
  far[16] = 1e300;
  write("poses_bounds.npy", npy(far, fmt::format("({}, 17)", scene_.views.size())));
  expect_error(read_posed_scene(root()), "poses_bounds.npy: what the nearest and farthest distances enclose: ");
  for (std::size_t v = 0; v < scene_.views.size(); ++v) far[17 * v + 15] = far[17 * v + 16] = INFINITY;
  write("poses_bounds.npy", npy(far, fmt::format("({}, 17)", scene_.views.size())));
  EXPECT_FALSE(read_posed_scene(root()).value().bounds);  // as if it had none
  rows[14] = 0;  // the first focal length
  write("poses_bounds.npy", npy(rows, fmt::format("({}, 17)", scene_.views.size())));
  expect_error(read_posed_scene(root()), "with a focal length of 0 are no camera");
  rows.resize(16 * scene_.views.size());
  write("poses_bounds.npy", npy(rows, fmt::format("({}, 16)", scene_.views.size())));
  expect_error(read_posed_scene(root()), "must have 17 numbers a picture");
}

TEST_F(SceneFormats, Nsvf) {
  for (std::size_t v = 0; v < scene_.views.size(); ++v) {
    const std::string name = fmt::format("{}_{:04}", v < 5 ? 0 : v < 7 ? 1 : 2, v);
    picture("rgb/" + name + ".png", v);
    write("pose/" + name + ".txt", text_of(world_from_camera(scene_.views[v])));
  }
  const Camera& c = scene_.views[0].camera;
  write("intrinsics.txt", fmt::format("{} {} {} 0.\n0. 0. 0.\n0.\n1.\n24 18\n", c.fx, c.cx, c.cy));
  write("bbox.txt", "-2 0 -1.6 2 2.4 1.6 0.1\n");
  expect_same_rays("nsvf", {0, 1, 2, 3, 4, 7, 8});
  const auto read = read_posed_scene(root());
  ASSERT_TRUE(read && read->bounds);
  EXPECT_FLOAT_EQ(read->bounds->max().y(), 2.4f);
  EXPECT_FALSE(read->views[4].held_out);
  EXPECT_TRUE(read->views[5].held_out);
  write("bbox.txt", "2 0 1.6 -2 2.4 -1.6 0.1\n");
  expect_error(read_posed_scene(root()), "must be xmin ymin zmin xmax ymax zmax");
  write("bbox.txt", "-2 0 -1.6 1e39 2.4 1.6 0.1\n");
  expect_error(read_posed_scene(root()), "bbox.txt: must be xmin ymin zmin xmax ymax zmax");
}

TEST_F(SceneFormats, NerfPlusPlus) {
  for (std::size_t v = 0; v < scene_.views.size(); ++v) {
    const std::string part = v < 6 ? "train" : "test", name = fmt::format("{:05}", v);
    picture(part + "/rgb/" + name + ".png", v);
    write(part + "/pose/" + name + ".txt", text_of(world_from_camera(scene_.views[v])));
    write(part + "/intrinsics/" + name + ".txt", text_of(intrinsics(scene_.views[v])));
  }
  expect_same_rays("nerf++", {6, 7, 8, 0, 1, 2, 3, 4, 5});
  EXPECT_TRUE(read_posed_scene(root())->views[0].held_out);
  write("train/pose/00002.txt", "1 0 0");
  const auto wrong = read_posed_scene(root());
  ASSERT_FALSE(wrong);
  EXPECT_NE(wrong.error().message.find("00002.txt"), std::string::npos) << wrong.error().message;
}

TEST_F(SceneFormats, Sdfstudio) {
  json meta{{"camera_model", "OPENCV"}, {"width", 24}, {"height", 18}, {"frames", json::array()},
            {"scene_box", {{"aabb", {{-1, -1, -1}, {1, 1, 1}}}, {"near", 0.05}, {"far", 2.5}}}};
  for (std::size_t v = 0; v < scene_.views.size(); ++v) {
    picture(fmt::format("{:06}_rgb.png", v), v);
    meta["frames"].push_back({{"rgb_path", fmt::format("{:06}_rgb.png", v)}, {"camtoworld", rows_of(world_from_camera(scene_.views[v]))},
                              {"intrinsics", rows_of(intrinsics(scene_.views[v]))}});
  }
  write("meta_data.json", meta.dump());
  expect_same_rays("sdfstudio", in_order());
  EXPECT_EQ(read_posed_scene(root())->bounds->max(), Vec3(1, 1, 1));
  for (const json& box : {json{{1, -1, -1}, {-1, 1, 1}}, json{{-1, -1, -1}, {1, 1, -1}}, json{{-1, -1, -1}, {1, 1, 1e39}}}) {
    meta["scene_box"]["aabb"] = box;
    write("meta_data.json", meta.dump());
    expect_error(read_posed_scene(root()), "meta_data.json: scene_box.aabb: ");
  }
  meta["scene_box"]["aabb"] = {{-1, -1, -1}, {1, 1, 1}};
  write("meta_data.json", meta.dump());
  const auto split = read_posed_scene(root());
  ASSERT_TRUE(split) << split.error().message;
  for (std::size_t v = 0; v < split->views.size(); ++v) EXPECT_EQ(split->views[v].held_out, v % 10 == 0);

  // The same cameras as a normalised scene whose ground truth is the room.
  RowMajor truth = RowMajor::Identity();
  truth.topLeftCorner<3, 3>() = 2.5 * Eigen::AngleAxisd(0.5 * M_PI, Eigen::Vector3d::UnitY()).toRotationMatrix();
  truth.topRightCorner<3, 1>() = Eigen::Vector3d(0.3, -1, 2);
  json normalised = meta;
  normalised["worldtogt"] = rows_of(truth);
  for (std::size_t v = 0; v < scene_.views.size(); ++v) {
    RowMajor pose = truth.inverse() * world_from_camera(scene_.views[v]);
    pose.topLeftCorner<3, 3>() *= 2.5;
    normalised["frames"][v]["camtoworld"] = rows_of(pose);
  }
  normalised["scene_box"]["aabb"] = {{-1, -1, -1}, {1, 0, 1}};
  write("meta_data.json", normalised.dump());
  expect_same_rays("sdfstudio", in_order());
  const auto placed = read_posed_scene(root());
  ASSERT_TRUE(placed && placed->bounds);
  const Aabb box = *placed->bounds;
  EXPECT_LT((box.min() - Vec3(-2.2f, -3.5f, -0.5f)).norm() + (box.max() - Vec3(2.8f, -1, 4.5f)).norm(), 1e-5f);
  truth(0, 0) += 0.4;
  normalised["worldtogt"] = rows_of(truth);
  write("meta_data.json", normalised.dump());
  expect_error(read_posed_scene(root()), "'worldtogt' is no turn, scale and shift");

  meta["frames"][2].erase("camtoworld");
  write("meta_data.json", meta.dump());
  const auto wrong = read_posed_scene(root());
  ASSERT_FALSE(wrong);
  EXPECT_NE(wrong.error().message.find("frame 2: 'camtoworld'"), std::string::npos) << wrong.error().message;
  meta["frames"][2]["camtoworld"] = rows_of(2 * world_from_camera(scene_.views[2]));
  write("meta_data.json", meta.dump());
  expect_error(read_posed_scene(root()), "frame 2: its pose is not a rotation and a finite shift");
}

TEST_F(SceneFormats, Idr) {
  std::vector<std::pair<std::string, std::string>> arrays;
  RowMajor ball = RowMajor::Identity();
  ball.topLeftCorner<3, 3>() *= 2.5;
  ball(1, 3) = 1.2;
  for (std::size_t v = 0; v < scene_.views.size(); ++v) {
    picture(fmt::format("image/{:06}.png", v), v);
    const RowMajor world = intrinsics(scene_.views[v]) * world_from_camera(scene_.views[v]).inverse();
    arrays.emplace_back(fmt::format("world_mat_{}", v), npy(list_of((v % 2 ? -1 : 1) * 0.7 * world), "(4, 4)"));  // any scale and sign
    arrays.emplace_back(fmt::format("scale_mat_{}", v), npy(list_of(ball), "(4, 4)"));
  }
  write_npz(root() / "cameras.npz", arrays);
  expect_same_rays("idr", in_order());
  EXPECT_LT((read_posed_scene(root())->bounds->max() - Vec3(2.5f, 3.7f, 2.5f)).norm(), 1e-5f);
  std::vector<std::pair<std::string, std::string>> spoilt = arrays;
  ball(0, 3) = 1e300;
  spoilt.back().second = npy(list_of(ball), "(4, 4)");
  write_npz(root() / "cameras.npz", spoilt);
  expect_error(read_posed_scene(root()), "cameras.npz: scale_mat: ");
  ball(0, 3) = NAN;
  spoilt.back().second = npy(list_of(ball), "(4, 4)");
  write_npz(root() / "cameras.npz", spoilt);
  expect_error(read_posed_scene(root()), "'scale_mat_8' has a number that is not finite");
  arrays.pop_back();
  arrays.pop_back();
  write_npz(root() / "cameras.npz", arrays);
  const auto missing = read_posed_scene(root());
  ASSERT_FALSE(missing);
  EXPECT_NE(missing.error().message.find("world_mat_8"), std::string::npos) << missing.error().message;
}

TEST_F(SceneFormats, IdrCamerasThatAreNone) {
  const RowMajor k = intrinsics(scene_.views[0]), pose = world_from_camera(scene_.views[0]).inverse();
  const auto error = [&](const RowMajor& first, const std::string& text) {
    write_npz(root() / "cameras.npz", {{"world_mat_0", npy(list_of(first), "(4, 4)")}, {"world_mat_1", npy(list_of(k * pose), "(4, 4)")}});
    expect_error(read_posed_scene(root()), text);
  };
  for (std::size_t v = 0; v < 2; ++v) picture(fmt::format("image/{:06}.png", v), v);
  error(RowMajor::Zero(), "world_mat_0: is no projection of a camera");
  RowMajor skewed = k, far_away = pose;
  skewed(0, 1) = 0.2 * k(0, 0);
  far_away(0, 3) = 1e300;
  error(skewed * pose, "its pixels are skewed by");
  error(k * far_away, "world_mat_0: its pose is not a rotation and a finite shift");
  picture("mask/000000.png", 0);
  error(k * pose, "2 pictures, but 1 masks");
}

TEST(Numpy, WhatIsWrittenIsRead) {
  const TempFolder folder = TempFolder::create().value();
  for (const std::vector<std::size_t>& shape : {std::vector<std::size_t>{6}, {2, 3}, {1, 2, 3}}) {
    const std::vector<float> values{0, -1.5f, 3e-20f, 1e20f, 0.1f, 7};
    ASSERT_TRUE(write_npy(folder.path() / "a.npy", shape, values));
    const auto read = read_npy(folder.path() / "a.npy");
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_EQ(read->shape, shape);
    EXPECT_EQ(read->values, std::vector<double>(values.begin(), values.end()));
    const std::string bytes = read_file(folder.path() / "a.npy").value();
    EXPECT_EQ((bytes.size() - 24) % 64, 0u);  // NumPy maps them into memory
  }
}

TEST(Numpy, OrdersTypesAndDamage) {
  const TempFolder folder = TempFolder::create().value();
  const fs::path file = folder.path() / "a.npy";
  std::string bytes = npy({1, 2, 3, 4, 5, 6}, "(2, 3)");
  ASSERT_TRUE(write_atomically(file, bytes));
  EXPECT_EQ(read_npy(file)->values, (std::vector<double>{1, 2, 3, 4, 5, 6}));
  const auto at = bytes.find("False");
  bytes.replace(at, 5, "True ");
  ASSERT_TRUE(write_atomically(file, bytes));
  EXPECT_EQ(read_npy(file)->values, (std::vector<double>{1, 3, 5, 2, 4, 6}));
  for (const std::string& bad : {bytes.substr(0, bytes.size() - 3), std::string("nothing"), std::string()}) {
    ASSERT_TRUE(write_atomically(file, bad));
    const auto read = read_npy(file);
    ASSERT_FALSE(read);
    EXPECT_NE(read.error().message.find("a.npy"), std::string::npos);
  }
  EXPECT_FALSE(read_npz(file));
}

}  // namespace
}  // namespace mp4d
