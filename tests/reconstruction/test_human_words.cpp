#include "core/files.h"
#include "io/networks.h"
#include "reconstruction/human/garment_names.h"
#include "reconstruction/human/human_generate.h"
#include "reconstruction/human/mannequin.h"
#include "reconstruction/human/pose_library.h"
#include <cstdlib>
#include <gtest/gtest.h>
#include <optional>

namespace mp4d::human {
namespace {

HumanDescription read(const std::string& text, std::uint64_t seed = 1) {
  auto description = describe_human(text, seed);
  EXPECT_TRUE(description) << (description ? "" : description.error().message);
  return description ? *description : HumanDescription{};
}

TEST(HumanWords, ReadsWhoAndHow) {
  const HumanDescription d = read("A tall, very thin OLD woman in a formal dress; waving!");
  EXPECT_EQ(d.attributes.sex, 0);
  EXPECT_GT(d.attributes.age, 0.8f);
  EXPECT_GT(d.attributes.height, 0.7f);
  EXPECT_LT(d.attributes.weight, read("a thin woman").attributes.weight);
  EXPECT_EQ(kSuitNames[std::size_t(d.attributes.suit)], "female_elegantsuit01");
  EXPECT_EQ(d.pose, "wave");
  EXPECT_TRUE(d.unknown.empty());
}

TEST(HumanWords, ColoursGoToThePartNamedNext) {
  const HumanDescription d = read("a man with long red hair, a blue shirt and black shoes");
  const auto at = [&](BodyPart part) { return d.colors[std::size_t(part)]; };
  ASSERT_TRUE(at(BodyPart::kHair) && at(BodyPart::kTop) && at(BodyPart::kShoes));
  EXPECT_FALSE(at(BodyPart::kTrousers) || at(BodyPart::kSkin) || at(BodyPart::kHat));
  EXPECT_GT(at(BodyPart::kHair)->x(), at(BodyPart::kHair)->z());
  EXPECT_GT(at(BodyPart::kTop)->z(), at(BodyPart::kTop)->x());
  EXPECT_EQ(kHairNames[std::size_t(d.attributes.hair)], "long01");
}

TEST(HumanWords, GarmentsComeOffAndSuitTheSexWhateverTheOrder) {
  const HumanDescription d = read("suit, bald, barefoot, man");
  EXPECT_EQ(kSuitNames[std::size_t(d.attributes.suit)], "male_elegantsuit01");
  EXPECT_EQ(d.attributes.hair, -1);
  EXPECT_EQ(d.attributes.shoes, -1);
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    EXPECT_EQ(kSuitNames[std::size_t(read("woman in jeans", seed).attributes.suit)], "female_casualsuit01");
    EXPECT_TRUE(kSuitNames[std::size_t(read("a man in a shirt", seed).attributes.suit)].starts_with("male_casualsuit0"));
    const HumanDescription woman = read("woman", seed);
    ASSERT_GE(woman.attributes.suit, 0);
    EXPECT_TRUE(kSuitNames[std::size_t(woman.attributes.suit)].starts_with("female_"));
  }
}

TEST(HumanWords, YearsAreAges) {
  EXPECT_NEAR(read("a 10 years old boy").attributes.age, 0.1875f, 1e-4f);
  EXPECT_NEAR(read("man, 25").attributes.age, 0.5f, 1e-4f);
  EXPECT_EQ(read("a 999 year old woman").attributes.age, 1);
}

TEST(HumanWords, EveryPresetIsUnderstoodAndEveryPoseWordIsAPreset) {
  for (const std::string& name : pose_names()) EXPECT_EQ(read("a man, " + name).pose, name);
  for (const char* word : {"running", "sitting", "kneeling", "dancing", "lying", "fighting"})
    EXPECT_TRUE(named_pose(read(word).pose)) << word;
}

TEST(HumanWords, SaysWhatItDoesNotKnow) {
  EXPECT_EQ(read("a zebra man with green").unknown, (std::vector<std::string>{"zebra", "green"}));
}

/// While it lives, the word vectors that are installed are these.
class InstalledVectors {
 public:
  explicit InstalledVectors(const std::string& content) : folder_(std::move(*TempFolder::create())) {
    if (const char* value = std::getenv("XDG_DATA_HOME")) before_ = value;
    setenv("XDG_DATA_HOME", folder_.path().c_str(), 1);
    const auto path = network_path(find_network("words").value(), network_folder());
    EXPECT_TRUE(make_folder(path.parent_path()));
    EXPECT_TRUE(write_atomically(path, content));
  }
  ~InstalledVectors() {
    if (before_)
      setenv("XDG_DATA_HOME", before_->c_str(), 1);
    else
      unsetenv("XDG_DATA_HOME");
  }

 private:
  TempFolder folder_;
  std::optional<std::string> before_;
};

std::string vector_text(float x, float y, float z) {
  std::string numbers = fmt::format("{},{},{}", x, y, z);
  for (int i = 3; i < 100; ++i) numbers += ",0";
  return "[" + numbers + ",7.5,12]";  // length and number of the word, as in the package
}

TEST(HumanWords, UnknownWordsAreTakenForKnownOnesThatAreUsedLikeThem) {
  const InstalledVectors vectors(R"({"precision":8,"words":["small","minute"],"vectors":{"small":)" + vector_text(2, 0, 0) + R"(,"minute":)" +
                                 vector_text(3, 1, 0) + R"(,"chubby":)" + vector_text(0, 1, 0.1f) + R"(,"skinny":)" + vector_text(0, 1, -0.1f) +
                                 R"(,"spindly":)" + vector_text(0, 5, 0) + R"(,"zebra":)" + vector_text(0.5f, 0.5f, 5) + R"(,"red":)" +
                                 vector_text(1, 0, 9) + R"(,"ruddy":)" + vector_text(1, 0, 9) + "}}");
  const HumanDescription d = read("a minute, spindly, ruddy zebra man");
  EXPECT_EQ(d.taken_for, std::vector<std::string>{"minute -> small (0.95)"});
  EXPECT_EQ(d.attributes.height, read("a small man").attributes.height);
  EXPECT_EQ(d.understood, (std::vector<std::string>{"small", "man"}));
  EXPECT_EQ(d.unknown, (std::vector<std::string>{"spindly", "ruddy", "zebra"}));  // torn both ways, a colour's neighbour, far from all
  EXPECT_TRUE(read("a small man").taken_for.empty());
}

TEST(HumanWords, DamagedWordVectorsAreNamed) {
  for (const char* content : {"no vectors at all", R"({"vectors":{"minute":[1,2,x]}})"}) {
    const InstalledVectors vectors(content);
    const auto refused = describe_human("a minute man", 1);
    ASSERT_FALSE(refused) << content;
    EXPECT_EQ(refused.error().code, ErrorCode::kInput);
    EXPECT_NE(refused.error().message.find("models remove words"), std::string::npos) << refused.error().message;
    EXPECT_TRUE(describe_human("a small man", 1));  // which asks nobody
  }
}

TEST(HumanWords, TheSeedDrawsWhatIsOpenAndNothingElse) {
  EXPECT_EQ(read("tall man", 3).attributes.weight, read("tall man", 3).attributes.weight);
  EXPECT_NE(read("tall man", 3).attributes.weight, read("tall man", 4).attributes.weight);
  EXPECT_EQ(read("tall man", 3).attributes.height, read("tall man", 4).attributes.height);
}

TEST(CheckJoints, NamesWhatIsWrong) {
  const Joints good = average_joints({});
  EXPECT_TRUE(check_joints(good));
  const auto message = [](const Joints& joints) {
    const auto checked = check_joints(joints);
    return checked ? std::string() : checked.error().message;
  };
  Joints joints = good;
  joints.col(0) *= -1;
  EXPECT_NE(message(joints).find("swapped"), std::string::npos) << message(joints);
  joints = good;
  joints.row(7) = joints.row(4);
  EXPECT_NE(message(joints).find("left_ankle"), std::string::npos) << message(joints);
  joints = good * 100;
  EXPECT_NE(message(joints).find("metres"), std::string::npos) << message(joints);
  joints = good;
  joints(3, 1) = std::numeric_limits<float>::quiet_NaN();
  EXPECT_NE(message(joints).find("finite"), std::string::npos) << message(joints);
  joints = good;
  joints.row(22) += Eigen::RowVector3f(1.5f, 0, 0);
  EXPECT_NE(message(joints).find("left_hand"), std::string::npos) << message(joints);
}

// The poses of the library are people's, whichever way they face.
TEST(CheckJoints, AcceptsEveryPreset) {
  for (const std::string& name : pose_names()) {
    const auto checked = check_joints(posed_joints(average_joints({}), *named_pose(name)));
    EXPECT_TRUE(checked) << name << ": " << checked.error().message;
  }
}

}  // namespace
}  // namespace mp4d::human
