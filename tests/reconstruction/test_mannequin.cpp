#include "core/files.h"
#include "core/mesh.h"
#include "reconstruction/human/body_json.h"
#include "reconstruction/human/mannequin.h"
#include "reconstruction/human/pose_library.h"
#include "reconstruction/human/random_attributes.h"
#include <algorithm>
#include <gtest/gtest.h>

namespace mp4d::human {
namespace {

TEST(Mannequin, PartsAreClosedAndHoldTheJoints) {
  for (std::uint64_t i = 0; i < 20; ++i) {
    const Attributes attributes = random_attributes(8, i);
    const Joints joints = posed_joints(average_joints(attributes), random_pose(8, i));
    const Body body = mannequin(attributes, joints);
    EXPECT_EQ(body.joints, joints);
    ASSERT_EQ(static_cast<Eigen::Index>(body.parts.size()), body.mesh.verts.rows());
    ASSERT_EQ(body.mesh.colors.rows(), body.mesh.verts.rows());
    EXPECT_TRUE(body.mesh.verts.allFinite());
    EXPECT_TRUE(is_watertight(body.mesh.faces));

    std::vector<int> part_of_vertex;
    const int parts = connected_components(body.mesh.faces, static_cast<int>(body.mesh.verts.rows()), part_of_vertex);
    EXPECT_GT(parts, 20);
    std::vector<Aabb> boxes(static_cast<std::size_t>(parts));
    std::vector<double> volumes(static_cast<std::size_t>(parts), 0);
    for (Eigen::Index v = 0; v < body.mesh.verts.rows(); ++v)
      boxes[static_cast<std::size_t>(part_of_vertex[static_cast<std::size_t>(v)])].extend(
          body.mesh.verts.row(v).transpose());
    for (Eigen::Index f = 0; f < body.mesh.faces.rows(); ++f) {
      const auto corner = [&](int c) { return Vec3(body.mesh.verts.row(body.mesh.faces(f, c)).transpose()); };
      volumes[static_cast<std::size_t>(part_of_vertex[static_cast<std::size_t>(body.mesh.faces(f, 0))])] +=
          corner(0).dot(corner(1).cross(corner(2))) / 6;
    }
    for (const double volume : volumes) EXPECT_GT(volume, 0);  // faces outward
    for (int j = 0; j < kJointCount; ++j)
      EXPECT_TRUE(std::any_of(boxes.begin(), boxes.end(), [&](const Aabb& box) {
        return box.contains(Vec3(joints.row(j).transpose()));
      })) << kJointNames[j];
  }
}

TEST(Mannequin, StandsAsTallAsItsStature) {
  for (const float age : {0.12f, 0.1875f, 0.5f, 1.0f})
    for (const float height : {0.2f, 0.5f, 0.6f}) {
      Attributes attributes;
      attributes.age = age;
      attributes.height = height;
      const Body body = mannequin(attributes, average_joints(attributes));
      const Aabb box = bounds(body.mesh.verts);
      EXPECT_NEAR(box.max().y(), average_stature(attributes), 0.05f);
      EXPECT_NEAR(box.min().y(), 0, 0.02f);
    }
}

TEST(Mannequin, WearsWhatTheAttributesSay) {
  Attributes attributes;
  const auto has = [](const Body& body, BodyPart part) {
    return std::find(body.parts.begin(), body.parts.end(), part) != body.parts.end();
  };
  const Body bare = mannequin(attributes, average_joints(attributes));
  EXPECT_FALSE(has(bare, BodyPart::kTop) || has(bare, BodyPart::kTrousers) || has(bare, BodyPart::kShoes) ||
               has(bare, BodyPart::kHair));
  attributes.suit = attributes.shoes = attributes.hair = 0;
  const Body dressed = mannequin(attributes, average_joints(attributes));
  EXPECT_TRUE(has(dressed, BodyPart::kTop) && has(dressed, BodyPart::kTrousers) && has(dressed, BodyPart::kShoes) &&
              has(dressed, BodyPart::kHair));
  attributes.weight = 1;
  const Body heavy = mannequin(attributes, average_joints(attributes));
  EXPECT_GT(signed_volume(heavy.mesh.verts, heavy.mesh.faces),
            1.2 * signed_volume(dressed.mesh.verts, dressed.mesh.faces));
}

TEST(BodyJson, JointsRoundTrip) {
  const TempFolder folder = TempFolder::create().value();
  const std::filesystem::path path = folder.path() / "joints.json";
  const Joints joints = average_joints(Attributes());
  nlohmann::json file = {{"joints", joints_to_json(joints)}};
  ASSERT_TRUE(write_atomically(path, file.dump()));
  EXPECT_TRUE(read_joints(path).value().isApprox(joints, 1e-6f));
  nlohmann::json list = nlohmann::json::array();
  for (int j = 0; j < kJointCount; ++j) list.push_back({joints(j, 0), joints(j, 1), joints(j, 2)});
  ASSERT_TRUE(write_atomically(path, list.dump()));
  EXPECT_TRUE(read_joints(path).value().isApprox(joints, 1e-6f));
}

TEST(BodyJson, WrongJointsAreRefusedByName) {
  const TempFolder folder = TempFolder::create().value();
  const std::filesystem::path path = folder.path() / "joints.json";
  const auto message = [&](const nlohmann::json& file) {
    EXPECT_TRUE(write_atomically(path, file.dump()));
    const auto joints = read_joints(path);
    EXPECT_FALSE(joints);
    return joints ? std::string() : joints.error().message;
  };
  nlohmann::json good = joints_to_json(average_joints(Attributes()));
  nlohmann::json missing = good, short_one = good, unknown = good;
  missing.erase("left_knee");
  short_one["head"] = {1, 2};
  unknown["tail"] = {0, 0, 0};
  EXPECT_NE(message(missing).find("left_knee"), std::string::npos);
  EXPECT_NE(message(short_one).find("head"), std::string::npos);
  EXPECT_NE(message(unknown).find("tail"), std::string::npos);
  EXPECT_NE(message(nlohmann::json::array({1, 2})).find("24"), std::string::npos);
}

}  // namespace
}  // namespace mp4d::human
