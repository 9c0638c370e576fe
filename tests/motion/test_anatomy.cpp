// Chains of a skeleton, their pairs, and maps in files.
#include "core/files.h"
#include "motion/auto_rig.h"
#include "motion/chain_map.h"
#include "walkers.h"
#include <array>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>

namespace mp4d {
namespace {

using namespace mp4d::testing;
using Part = JointName::Part;

TEST(JointNames, SayPartAndSideInManyConventions) {
  struct Case {
    const char* name;
    Part part;
    Side side;
  };
  const Case cases[] = {{"mixamorig:LeftForeArm", Part::kArm, Side::kLeft},
                        {"DEF-thigh.R.001", Part::kLeg, Side::kRight},
                        {"upperarm_l", Part::kArm, Side::kLeft},
                        {"b_RightHand_08", Part::kArm, Side::kRight},
                        {"front_foot_r", Part::kLeg, Side::kRight},
                        {"Tail3", Part::kTail, Side::kMiddle},
                        {"LeftHandThumb1", Part::kFinger, Side::kLeft},
                        {"Wing2.L", Part::kWing, Side::kLeft},
                        {"spine_03", Part::kTrunk, Side::kMiddle},
                        {"hip_l", Part::kLeg, Side::kLeft},
                        {"Hips", Part::kTrunk, Side::kMiddle},
                        {"handslot.l", Part::kProp, Side::kLeft},
                        {"HeadTop_End", Part::kHead, Side::kMiddle},
                        {"Armature", Part::kUnknown, Side::kMiddle},
                        {"upperarm_twist_01_r", Part::kProp, Side::kRight},
                        {"Shoulders", Part::kTrunk, Side::kMiddle}};
  for (const Case& c : cases) {
    EXPECT_EQ(parse_joint_name(c.name).part, c.part) << c.name;
    EXPECT_EQ(parse_joint_name(c.name).side, c.side) << c.name;
  }
  EXPECT_TRUE(parse_joint_name("FrontLeg.L").front);
  EXPECT_FALSE(parse_joint_name("b_RightForeArm_07").front);
  EXPECT_TRUE(parse_joint_name("IK-foot.l").helper);
  EXPECT_EQ(plain_joint_name("mixamorig:LeftUpLeg"), plain_joint_name("Character1_LeftUpLeg"));
}

std::vector<std::string> joints_of(const RiggedModel& model, const Anatomy& body, ChainRole role, Side side,
                                   int order = 0) {
  std::vector<std::string> names;
  if (const int c = body.find(role, side, order); c >= 0)
    for (const int j : body.chains[c].joints) names.push_back(model.skeleton.joints[j].name);
  return names;
}

using Names = std::vector<std::string>;

TEST(Anatomy, OfAPerson) {
  const RiggedModel person = skinned(make_person());
  const Anatomy body = find_anatomy(person).value();
  EXPECT_EQ(joints_of(person, body, ChainRole::kTrunk, Side::kMiddle), (Names{"hips", "spine", "chest"}));
  EXPECT_EQ(joints_of(person, body, ChainRole::kNeck, Side::kMiddle), (Names{"neck", "head"}));
  EXPECT_EQ(joints_of(person, body, ChainRole::kArm, Side::kLeft), (Names{"shoulder_l", "elbow_l", "wrist_l"}));
  EXPECT_EQ(joints_of(person, body, ChainRole::kLeg, Side::kRight), (Names{"hip_r", "knee_r", "ankle_r"}));
  EXPECT_EQ(body.chains[body.find(ChainRole::kLeg, Side::kLeft)].foot, 2);
  EXPECT_NEAR(body.leg_length, 0.85, 0.1);
  EXPECT_NEAR(body.world_from_body.col(2).z(), 1, 1e-5);
}

TEST(Anatomy, AnAnkleAboveAJointCalledFootIsAHock) {
  const auto rig = auto_rig(make_animal().mesh(100), {.body_plan = "quadruped"});
  ASSERT_TRUE(rig) << rig.error().message;
  const Anatomy body = find_anatomy(rig->model).value();
  for (const auto& [order, foot] : {std::pair(0, "front_foot_l"), std::pair(1, "hind_foot_l")}) {
    const Chain& leg = body.chains[body.find(ChainRole::kLeg, Side::kLeft, order)];
    ASSERT_LT(leg.foot, static_cast<int>(leg.joints.size()));
    EXPECT_EQ(rig->model.skeleton.joints[leg.joints[leg.foot]].name, foot);
  }
}

TEST(Anatomy, OfAnAnimalWithAndWithoutNames) {
  RiggedModel animal = skinned(make_animal());
  const Anatomy named = find_anatomy(animal).value();
  EXPECT_EQ(named.all(ChainRole::kLeg, Side::kLeft).size(), 2u);
  EXPECT_EQ(joints_of(animal, named, ChainRole::kLeg, Side::kLeft, 0).front(), "shoulder_l");
  EXPECT_EQ(joints_of(animal, named, ChainRole::kLeg, Side::kLeft, 1).front(), "hip_l");
  EXPECT_EQ(joints_of(animal, named, ChainRole::kTail, Side::kMiddle).front(), "tail_1");
  for (int j = 0; j < animal.skeleton.size(); ++j) animal.skeleton.joints[j].name = fmt::format("joint {}", j);
  const Anatomy shape = find_anatomy(animal).value();
  ASSERT_EQ(shape.chains.size(), named.chains.size());
  for (std::size_t c = 0; c < shape.chains.size(); ++c) {
    EXPECT_EQ(shape.chains[c].role, named.chains[c].role);
    EXPECT_EQ(shape.chains[c].side, named.chains[c].side);
    EXPECT_LT(shape.chains[c].evidence, 1);
  }
}

TEST(Anatomy, LimbsThatShareAStemAreLimbsEach) {
  // As curve skeletons of spiders come: three legs a side, two of them off one stem, nothing named.
  RiggedModel spider;
  Skeleton& skeleton = spider.skeleton;
  std::vector<Vec3> places;
  const auto add = [&](int parent, const Vec3& place) {
    const Vec3 from = parent < 0 ? Vec3::Zero() : places[parent];
    skeleton.joints.push_back({fmt::format("joint {}", skeleton.size()), parent, {place - from}});
    places.push_back(place);
    return skeleton.size() - 1;
  };
  const int root = add(-1, {0, 0.6f, -0.4f}), front = add(root, {0, 0.6f, 0.4f});
  const auto leg = [&](int parent, float side, float z) {
    int j = parent;
    for (const Vec3& p : {Vec3(0.9f * side, 1.0f, z), Vec3(1.5f * side, 0.5f, z), Vec3(1.8f * side, 0, z)}) j = add(j, p);
  };
  for (const float side : {1.0f, -1.0f}) {
    const int stem = add(front, {0.3f * side, 0.6f, 0.4f});
    leg(stem, side, 1);
    leg(stem, side, 0.2f);
    leg(root, side, -1);
  }
  const auto body = find_anatomy(spider);
  ASSERT_TRUE(body) << body.error().message;
  for (const Side side : {Side::kLeft, Side::kRight}) {
    EXPECT_EQ(body->all(ChainRole::kLeg, side).size(), 3u);
    for (int order = 0; order < 3; ++order) {
      const int c = body->find(ChainRole::kLeg, side, order);
      ASSERT_GE(c, 0);
      EXPECT_EQ(body->chains[c].tip.x() > 0, side == Side::kLeft);
      EXPECT_NEAR(body->chains[c].tip.z(), (std::array{1.0f, 0.2f, -1.0f}[static_cast<std::size_t>(order)]), 1e-5);
    }
  }
}

/// As rigs that were animated by inverse kinematics come: the feet's joints are children of the root.
RiggedModel animal_with_loose_feet() {
  RiggedModel animal = skinned(make_animal());
  Joint root{"root", -1, {}};
  Skeleton& skeleton = animal.skeleton;
  const auto world = forward_kinematics(skeleton, rest_pose(skeleton));
  skeleton.joints.insert(skeleton.joints.begin(), root);
  for (Joint& joint : skeleton.joints)
    if (joint.name != "root") ++joint.parent;
  skeleton.joints[1].parent = 0;
  for (int j = 1; j < skeleton.size(); ++j)
    if (skeleton.joints[j].name.starts_with("wrist") || skeleton.joints[j].name.starts_with("ankle")) {
      skeleton.joints[j].parent = 0;
      skeleton.joints[j].rest.translation = world[j - 1].topRightCorner<3, 1>();
    }
  animal.skin.joints.array() += 1;
  animal.skin.joint_from_mesh = inverse_bind(skeleton);
  return animal;
}

void expect_feet_on_legs(const RiggedModel& animal) {
  const Anatomy body = find_anatomy(animal).value();
  const Skeleton& skeleton = animal.skeleton;
  for (const char* name : {"wrist_l", "ankle_r"}) {
    const int j = skeleton.find(name);
    const std::string carrier = skeleton.joints[body.carrier[j]].name;
    EXPECT_EQ(carrier, name[0] == 'w' ? "elbow_l" : "knee_r");
    EXPECT_GE(body.chain_of[j], 0);
  }
  EXPECT_EQ(body.all(ChainRole::kLeg, Side::kLeft).size(), 2u);
}

TEST(Anatomy, FeetThatHangOnTheRootBelongToTheirLegs) { expect_feet_on_legs(animal_with_loose_feet()); }

TEST(Anatomy, ToesBesideEachOtherAreNoLooseFeet) {
  RiggedModel bones = skinned(make_animal());
  Skeleton& skeleton = bones.skeleton;
  for (const char* side : {"_l", "_r"}) {
    const int foot = skeleton.find(std::string("ankle") + side);
    ASSERT_GE(foot, 0);
    for (const char* toe : {"toe1", "toe2", "toe3"}) {  // as MakeHuman's BVH: a bone, a bone and an end
      Joint bone{std::string(toe) + side, foot, {}};
      bone.rest.translation = Vec3(0.01f * float(toe[3] - '2'), -0.01f, 0.03f);
      skeleton.joints.push_back(bone);
      Joint tip{std::string(toe) + "_tip" + side, skeleton.size() - 1, {}};
      tip.rest.translation = Vec3(0, 0, 0.02f);
      skeleton.joints.push_back(tip);
      Joint end{std::string(toe) + "_tip_end" + side, skeleton.size() - 1, {}};
      end.rest.translation = Vec3(0, 0, 0.02f);
      skeleton.joints.push_back(end);
    }
  }
  bones.mesh = {};
  bones.skin = {};
  const auto body = find_anatomy(bones);
  ASSERT_TRUE(body) << body.error().message;
  EXPECT_EQ(body->carrier[skeleton.find("toe2_l")], skeleton.find("ankle_l"));
}

TEST(Anatomy, FeetThatHangOnTheRootAreFoundWithoutASkinToo) {
  // As a BVH of that rig comes: bones alone, end sites where the shins end, handles of the solver beside them.
  RiggedModel bones = animal_with_loose_feet();
  Skeleton& skeleton = bones.skeleton;
  const auto world = forward_kinematics(skeleton, rest_pose(skeleton));
  for (const auto& [shin, foot] : {std::pair("elbow", "wrist"), std::pair("knee", "ankle")})
    for (const char* side : {"_l", "_r"}) {
      const int top = skeleton.find(std::string(shin) + side);
      Joint end{skeleton.joints[top].name + "_end", top, {}};
      end.rest.translation =
          (world[skeleton.find(std::string(foot) + side)] - world[top]).topRightCorner<3, 1>() + Vec3(0, 0.01f, 0);
      skeleton.joints.push_back(end);
      Joint handle{std::string(shin) + "_ik" + side, 0, {}};
      handle.rest.translation = Vec3(0, 0.1f, 1);
      skeleton.joints.push_back(handle);
    }
  bones.mesh = {};
  bones.skin = {};
  expect_feet_on_legs(bones);
  const Anatomy body = find_anatomy(bones).value();
  EXPECT_EQ(skeleton.joints[body.pelvis].name, "hips");
  EXPECT_FALSE(body.body[skeleton.find("knee_ik_l")]);
}

TEST(ChainMap, PairsBodiesOfDifferentKinds) {
  const RiggedModel person = skinned(make_person()), animal = skinned(make_animal());
  const Anatomy a = find_anatomy(person).value(), b = find_anatomy(animal).value();
  const auto partner = [](const ChainMap& map, const Anatomy& from, const Anatomy& to,
                          const std::string& target) -> std::string {
    for (const ChainPair& pair : map.pairs)
      if (to.chains[pair.target].name() == target)
        return from.chains[pair.source].name() + (pair.mirror ? " mirrored" : "");
    return "";
  };
  const ChainMap arms = map_chains(a, b, false, ForelegSource::kAuto),
                 walk = map_chains(a, b, true, ForelegSource::kAuto);
  EXPECT_EQ(partner(arms, a, b, "leg left"), "arm left");
  EXPECT_EQ(partner(arms, a, b, "leg left 2"), "leg left");
  EXPECT_EQ(partner(walk, a, b, "leg left"), "leg right mirrored");
  EXPECT_EQ(arms.unmatched.size(), 1u);  // the tail
  const ChainMap back = map_chains(b, a, false, ForelegSource::kAuto);
  EXPECT_EQ(partner(back, b, a, "arm right"), "leg right");
  EXPECT_EQ(partner(back, b, a, "leg right"), "leg right 2");
  for (const ChainPair& pair : back.pairs) {
    EXPECT_GT(pair.confidence, 0);
    EXPECT_LE(pair.confidence, 1);
  }
}

class MapFiles : public ::testing::Test {
 protected:
  void SetUp() override { folder_ = TempFolder::create().value(); }
  std::filesystem::path write(const std::string& text) {
    const auto path = folder_->path() / "map.json";
    std::ofstream(path) << text;
    return path;
  }
  std::optional<TempFolder> folder_;
};

TEST_F(MapFiles, ComeBackAsTheyWereWritten) {
  const RiggedModel person = skinned(make_person()), animal = skinned(make_animal());
  const Anatomy a = find_anatomy(person).value(), b = find_anatomy(animal).value();
  const ChainMap map = map_chains(a, b, true, ForelegSource::kAuto);
  const auto path = folder_->path() / "map.json";
  ASSERT_TRUE(write_map(path, to_file(map, person, a, animal, b)));
  const MapFile file = read_map(path).value();
  const Anatomy again = find_anatomy(animal, &file.target).value();
  ASSERT_EQ(again.chains.size(), b.chains.size());
  const ChainMap read = to_map(file, find_anatomy(person, &file.source).value(), again).value();
  ASSERT_EQ(read.pairs.size(), map.pairs.size());
  for (std::size_t i = 0; i < map.pairs.size(); ++i) {
    EXPECT_EQ(again.chains[read.pairs[i].target].name(), b.chains[map.pairs[i].target].name());
    EXPECT_EQ(read.pairs[i].mirror, map.pairs[i].mirror);
  }
}

TEST_F(MapFiles, ErrorsNameTheEntry) {
  const auto message = [&](const std::string& text) {
    const auto map = read_map(write(text));
    return map ? std::string() : map.error().message;
  };
  EXPECT_NE(message("{\"pears\": []}").find("unknown key 'pears'"), std::string::npos);
  EXPECT_NE(message("{\"source\": {\"third arm\": [\"a\"]}}").find("'third arm' is no chain"), std::string::npos);
  EXPECT_NE(message("{\"pairs\": [{\"target\": \"neck\"}]}").find("pairs"), std::string::npos);
  EXPECT_NE(message("{").find("map.json: not valid JSON: parse error at line 1, column 2, where the file ends"),
            std::string::npos);
  EXPECT_NE(message("{}").find("map.json: says nothing"), std::string::npos);
  EXPECT_NE(message("{\"name\": 3}").find("\"name\": 3 is not a text"), std::string::npos);
  EXPECT_NE(message("{\"source\": 3}").find("3 is not an object"), std::string::npos);
  const std::string pair = "{\"pairs\": [{\"target\": \"neck\", \"source\": \"neck\", ";
  EXPECT_NE(message(pair + "\"mirror\": \"no\"}]}").find("entry 1: \"mirror\": \"no\" is not true or false"),
            std::string::npos);
  EXPECT_NE(message(pair + "\"confidence\": \"high\"}]}").find("\"high\" is not a number"), std::string::npos);
  EXPECT_NE(message(pair + "\"mirrored\": true}]}").find("unknown key 'mirrored'"), std::string::npos);
  const RiggedModel person = skinned(make_person());
  const Anatomy body = find_anatomy(person).value();
  const MapFile unknown = read_map(write("{\"pairs\": [{\"target\": \"tail\", \"source\": \"neck\"}]}")).value();
  EXPECT_NE(to_map(unknown, body, body).error().message.find("no chain 'tail'"), std::string::npos);
  const std::vector<NamedChain> absent{{ChainRole::kTrunk, Side::kMiddle, 0, {"hips", "belly"}}};
  EXPECT_NE(find_anatomy(person, &absent).error().message.find("'belly'"), std::string::npos);
}

TEST(Presets, AreFoundByTheirJoints) {
  Skeleton mixamo;
  for (const char* name : {"mixamorig:Hips", "mixamorig:Spine", "mixamorig:Spine1", "mixamorig:Spine2",
                           "mixamorig:Neck", "mixamorig:Head", "mixamorig:HeadTop_End", "mixamorig:LeftShoulder",
                           "mixamorig:LeftArm", "mixamorig:LeftForeArm", "mixamorig:LeftHand", "mixamorig:LeftUpLeg",
                           "mixamorig:LeftLeg", "mixamorig:LeftFoot", "mixamorig:LeftToeBase"})
    mixamo.joints.push_back({name, mixamo.size() - 1, {}});
  const Preset preset = find_preset(mixamo).value();
  EXPECT_EQ(preset.name, "mixamo");
  EXPECT_EQ(preset.chains.front().joints.size() + preset.chains.back().joints.size() > 1, true);
  EXPECT_EQ(find_preset(make_animal().skeleton).value().name, "");
  Skeleton unreal;
  for (const char* name : {"root", "pelvis", "spine_01", "neck_01", "head", "clavicle_l", "upperarm_l", "lowerarm_l",
                           "hand_l", "thigh_l", "calf_l", "foot_l"})
    unreal.joints.push_back({name, unreal.size() - 1, {}});
  EXPECT_EQ(find_preset(unreal).value().name, "unreal");
}

}  // namespace
}  // namespace mp4d
