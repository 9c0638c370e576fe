#include "core/files.h"
#include "core/mesh.h"
#include "motion/point_tree.h"
#include "reconstruction/human/body_generator.h"
#include "reconstruction/human/makehuman_archive.h"
#include "reconstruction/human/makehuman_files.h"
#include "reconstruction/human/pose_library.h"
#include "tests/tools/paths.h"
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <gtest/gtest.h>

namespace mp4d::human {
namespace {

namespace fs = std::filesystem;

int joint(std::string_view name) {
  return static_cast<int>(std::find(kJointNames.begin(), kJointNames.end(), name) - kJointNames.begin());
}

Attributes adult(float sex) {
  Attributes attributes;
  attributes.sex = sex;
  return attributes;
}

float stature(const Body& body) { return bounds(body.mesh.verts).max().y(); }

/// Whether a closed mesh winds around the point: the solid angles of its faces (Van Oosterom and Strackee 1983).
bool contains(const Mesh& mesh, const Vec3& point) {
  double sum = 0;
  for (Eigen::Index f = 0; f < mesh.faces.rows(); ++f) {
    Eigen::Vector3d corner[3];
    for (int i = 0; i < 3; ++i) corner[i] = (mesh.verts.row(mesh.faces(f, i)).transpose() - point).cast<double>();
    const double a = corner[0].norm(), b = corner[1].norm(), c = corner[2].norm();
    sum += 2 * std::atan2(corner[0].dot(corner[1].cross(corner[2])), a * b * c + corner[0].dot(corner[1]) * c +
                                                                         corner[1].dot(corner[2]) * a +
                                                                         corner[2].dot(corner[0]) * b);
  }
  return std::abs(sum) > 2 * M_PI;
}

class BodyGeneratorTest : public testing::Test {
 protected:
  static const BodyGenerator* generator() {
    static const std::unique_ptr<BodyGenerator> loaded = []() -> std::unique_ptr<BodyGenerator> {
      const fs::path data = test::shared_data() / "makehuman";
      if (!fs::exists(data)) return nullptr;
      // Beside other temporary files, so that tests leave the user's cache alone and unpack once.
      setenv("XDG_CACHE_HOME", (fs::temp_directory_path() / "magicpose4d-test-cache").c_str(), 1);
      Result<BodyGenerator> generator = load_body_generator(data);
      if (!generator) {
        ADD_FAILURE() << generator.error().message;
        return nullptr;
      }
      return std::make_unique<BodyGenerator>(std::move(*generator));
    }();
    return loaded.get();
  }
  void SetUp() override {
    if (!generator()) GTEST_SKIP() << "no MakeHuman data in " << test::shared_data() << "/makehuman";
  }
};

TEST_F(BodyGeneratorTest, SkinIsClosedAndOfHumanVolume) {
  for (const float sex : {0.0f, 1.0f}) {
    const Body body = generator()->make(adult(sex), Pose());
    EXPECT_TRUE(is_watertight(body.mesh.faces));
    const double litres = 1000 * signed_volume(body.mesh.verts, body.mesh.faces);
    EXPECT_GT(litres, 45);
    EXPECT_LT(litres, 95);
    EXPECT_NEAR(bounds(body.mesh.verts).min().y(), 0, 1e-4);
  }
}

TEST_F(BodyGeneratorTest, StatureIsPlausibleAndFollowsTheAttribute) {
  const float man = stature(generator()->make(adult(1), Pose())), woman = stature(generator()->make(adult(0), Pose()));
  EXPECT_NEAR(man, 1.75, 0.08);
  EXPECT_NEAR(woman, 1.63, 0.08);
  Attributes child = adult(0.5f);
  child.age = 0.1875f;
  EXPECT_NEAR(stature(generator()->make(child, Pose())), 1.35, 0.1);
  for (const float age : {0.15f, 0.5f, 0.9f}) {
    float last = 0;
    for (const float height : {0.0f, 0.2f, 0.5f, 0.7f, 1.0f}) {
      Attributes attributes = adult(0.3f);
      attributes.age = age;
      attributes.height = height;
      const float now = stature(generator()->make(attributes, Pose()));
      EXPECT_GT(now, last + 0.02f);
      last = now;
    }
  }
}

TEST_F(BodyGeneratorTest, WeightAndMuscleAddVolume) {
  const auto volume = [](float weight, float muscle) {
    Attributes attributes = adult(1);
    attributes.weight = weight;
    attributes.muscle = muscle;
    const Body body = generator()->make(attributes, Pose());
    return signed_volume(body.mesh.verts, body.mesh.faces);
  };
  EXPECT_LT(volume(0, 0.5f), 0.95 * volume(0.5f, 0.5f));
  EXPECT_GT(volume(1, 0.5f), 1.07 * volume(0.5f, 0.5f));
  EXPECT_GT(volume(1, 1), 1.2 * volume(1, 0.5f));
  EXPECT_GT(volume(1, 0), 1.4 * volume(0.5f, 0));
}

TEST_F(BodyGeneratorTest, FacesForwardWithItsLeftAtPlusX) {
  const Joints joints = generator()->rest_joints(adult(0.5f));
  for (int j = 0; j < kJointCount; ++j) {
    if (kJointNames[j].starts_with("left_")) {
      EXPECT_GT(joints(j, 0), 0.01f) << kJointNames[j];
      EXPECT_NEAR(joints(j, 0), -joints(kMirroredJoints[j], 0), 2e-3f) << kJointNames[j];
    }
    if (kMirroredJoints[j] == j) {
      EXPECT_NEAR(joints(j, 0), 0, 2e-3f) << kJointNames[j];
    }
  }
  EXPECT_GT(joints(joint("left_foot"), 2), joints(joint("left_ankle"), 2) + 0.08f);
  EXPECT_GT(joints(joint("head"), 1), joints(joint("neck"), 1));
  EXPECT_GT(joints(joint("neck"), 1), joints(joint("spine3"), 1));
}

TEST_F(BodyGeneratorTest, JointsLieInsideTheBody) {
  int inside = 0, all = 0;
  for (int i = 0; i < 12; ++i) {
    Attributes attributes = generator()->random_attributes(5, static_cast<std::uint64_t>(i));
    attributes.suit = attributes.shoes = attributes.hair = attributes.hat = -1;
    const Pose pose = i < 4 ? Pose() : random_pose(5, static_cast<std::uint64_t>(i));
    const Body body = generator()->make(attributes, pose);
    if (i < 4) {
      EXPECT_TRUE(body.joints.isApprox(generator()->rest_joints(attributes), 1e-4f));
    }
    for (int j = 0; j < kJointCount; ++j, ++all) {
      const bool in = contains(body.mesh, body.joints.row(j).transpose());
      inside += in;
      if (i < 4) {
        EXPECT_TRUE(in) << kJointNames[j] << " of person " << i << " at rest";
      }
    }
  }
  EXPECT_GE(inside, 0.97 * all);
}

TEST_F(BodyGeneratorTest, GarmentsSitOnThePosedBody) {
  const BodyGenerator& g = *generator();
  EXPECT_EQ(g.suits().size(), 12u);
  EXPECT_EQ(g.shoes().size(), 6u);
  EXPECT_EQ(g.hair().size(), 10u);
  EXPECT_EQ(g.hats().size(), 2u);
  for (int i = 0; i < 12; ++i) {
    Attributes attributes = adult(i < 4 ? 0 : 1);
    attributes.weight = 0.3f + 0.04f * static_cast<float>(i);
    const Pose pose = named_pose(i % 2 ? "squat" : "run-1").value();
    const PointTree skin(g.make(attributes, pose).mesh.verts);
    attributes.suit = i;
    attributes.shoes = i % 6;
    attributes.hair = i % 10;
    attributes.hat = i % 2;
    const Body body = g.make(attributes, pose);
    ASSERT_EQ(static_cast<Eigen::Index>(body.parts.size()), body.mesh.verts.rows());
    ASSERT_EQ(body.mesh.colors.rows(), body.mesh.verts.rows());
    EXPECT_TRUE((body.mesh.faces.array() >= 0 && body.mesh.faces.array() < body.mesh.verts.rows()).all());
    std::array<double, kBodyPartCount> sum{}, count{};
    for (Eigen::Index v = 0; v < body.mesh.verts.rows(); ++v) {
      float distance2 = 0;
      skin.nearest(body.mesh.verts.row(v).transpose(), distance2);
      const auto part = static_cast<std::size_t>(body.parts[static_cast<std::size_t>(v)]);
      sum[part] += std::sqrt(distance2);
      ++count[part];
    }
    constexpr double kMeanLimit[kBodyPartCount] = {0.01, 0.04, 0.04, 0.03, 0.12, 0.08};
    for (std::size_t part = 0; part < kBodyPartCount; ++part) {
      if (part != static_cast<std::size_t>(BodyPart::kTrousers)) {
        ASSERT_GT(count[part], 100) << part;  // a suit in one piece has no trousers of its own
      }
      if (count[part] == 0) continue;
      EXPECT_LT(sum[part] / count[part], kMeanLimit[part]) << "part " << part << " of suit " << g.suits()[i];
    }
  }
}

TEST_F(BodyGeneratorTest, SameSeedSamePersonAndOthersDiffer) {
  const auto attributes = [](std::uint64_t seed, std::uint64_t index) {
    return generator()->random_attributes(seed, index);
  };
  const Body a = generator()->make(attributes(3, 9), random_pose(3, 9)),
             b = generator()->make(attributes(3, 9), random_pose(3, 9));
  EXPECT_EQ(a.mesh.verts, b.mesh.verts);
  EXPECT_EQ(a.mesh.colors, b.mesh.colors);
  EXPECT_NE(attributes(3, 9).weight, attributes(3, 10).weight);
  EXPECT_NE(attributes(3, 9).weight, attributes(4, 9).weight);
}

TEST_F(BodyGeneratorTest, RandomPeopleAreVariedAndDressedToFit) {
  const BodyGenerator& g = *generator();
  constexpr int kPeople = 2000;
  int dressed = 0, shod = 0, haired = 0, children = 0, men = 0;
  for (int i = 0; i < kPeople; ++i) {
    const Attributes a = g.random_attributes(1, static_cast<std::uint64_t>(i));
    EXPECT_NEAR(a.ancestry[0] + a.ancestry[1] + a.ancestry[2], 1, 1e-5);
    EXPECT_GE(a.age, 0.12f);
    const bool man = a.sex >= 0.5f, child = a.age < 0.35f;
    if (child) {
      EXPECT_GE(a.suit, 0);
    }
    if (a.suit >= 0) {
      EXPECT_TRUE(g.suits()[static_cast<std::size_t>(a.suit)].starts_with(man ? "male_" : "female_"));
    }
    EXPECT_LT(a.suit, 12);
    EXPECT_LT(a.shoes, 6);
    EXPECT_LT(a.hair, 10);
    dressed += a.suit >= 0;
    shod += a.shoes >= 0;
    haired += a.hair >= 0;
    children += child;
    men += man;
  }
  EXPECT_NEAR(dressed, 0.87 * kPeople, 0.04 * kPeople);
  EXPECT_NEAR(shod, 0.8 * kPeople, 0.04 * kPeople);
  EXPECT_NEAR(haired, 0.82 * kPeople, 0.04 * kPeople);
  EXPECT_NEAR(men, 0.5 * kPeople, 0.04 * kPeople);
  EXPECT_GT(children, 0.1 * kPeople);
  EXPECT_LT(children, 0.3 * kPeople);
}

TEST_F(BodyGeneratorTest, ErrorsNameTheMissingFile) {
  const TempFolder folder = TempFolder::create().value();
  const auto missing = BodyGenerator::load(folder.path().string());
  ASSERT_FALSE(missing);
  EXPECT_NE(missing.error().message.find("base.obj"), std::string::npos) << missing.error().message;

  const fs::path data = makehuman_folder(test::shared_data() / "makehuman").value();
  fs::create_directory_symlink(data / "makehuman", folder.path() / "makehuman");
  fs::create_directories(folder.path() / "makehuman_extra/base/hair");
  fs::create_directory_symlink(data / "makehuman_extra/rigs", folder.path() / "makehuman_extra/rigs");
  fs::create_directory_symlink(data / "makehuman_extra/base/clothes", folder.path() / "makehuman_extra/base/clothes");
  const auto bald = BodyGenerator::load(folder.path().string());
  ASSERT_FALSE(bald);
  EXPECT_NE(bald.error().message.find("afro01.mhclo"), std::string::npos) << bald.error().message;
}

TEST(MakehumanFolder, SaysWhatIsMissing) {
  const TempFolder folder = TempFolder::create().value();
  const auto found = makehuman_folder(folder.path());
  ASSERT_FALSE(found);
  for (const char* part : {"makehuman_extra", "makehuman_data_cc0.tar.xz"})
    EXPECT_NE(found.error().message.find(part), std::string::npos) << found.error().message;
}

TEST(MakehumanFiles, ErrorsNameTheLine) {
  const TempFolder folder = TempFolder::create().value();
  const fs::path path = folder.path() / "bad.target";
  ASSERT_TRUE(write_atomically(path, "# comment\n0 .1 0 0\n12 .1 0 0\n"));
  const auto beyond = read_morph_target(path, 10);
  ASSERT_FALSE(beyond);
  EXPECT_NE(beyond.error().message.find("line 3"), std::string::npos) << beyond.error().message;
  const auto good = read_morph_target(path, 13);
  ASSERT_TRUE(good);
  EXPECT_EQ(good->vertices, (std::vector<int>{0, 12}));
  EXPECT_NEAR(good->offsets(1, 0), 0.01f, 1e-6f);  // decimetres to metres

  ASSERT_TRUE(write_atomically(folder.path() / "bad.obj", "v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 4\n"));
  const auto corner = read_obj_groups(folder.path() / "bad.obj");
  ASSERT_FALSE(corner);
  EXPECT_NE(corner.error().message.find("line 4"), std::string::npos) << corner.error().message;
  ASSERT_TRUE(write_atomically(folder.path() / "no.mhclo", "name x\nverts 0\n0 1 2 .3 .3 .4 0 0 0\n"));
  const auto spans = read_clothes(folder.path() / "no.mhclo", 3);
  ASSERT_FALSE(spans);
  EXPECT_NE(spans.error().message.find("x_scale"), std::string::npos) << spans.error().message;
}

}  // namespace
}  // namespace mp4d::human
