#pragma once
#include "reconstruction/human/human_person.h"
#include "reconstruction/human/human_words.h"

namespace mp4d::human {

/// One person to be made.
struct HumanOrder {
  std::string text;                ///< docs/human.md says what is understood
  std::optional<Joints> joints;    ///< a pose of its own, metres; otherwise the preset of `pose`
  std::optional<Joints> like;      ///< somebody in the pose, whose limbs' directions alone are taken
  std::string pose;                ///< empty: what the text says, else "a-pose"
  bool rig = true;
  int faces = 30000;
  HumanSampling sampling;
  std::filesystem::path model;     ///< empty: the shipped one
};

struct HumanResult {
  RiggedModel model;  ///< without skeleton unless asked for a rig
  HumanDescription description;
  Joints joints;
  std::string pose;
};

/// The phases of generate_human(), with their weights.
std::vector<JobContext::Phase> human_phases();

/// Words and pose to a person: attributes, rest joints, pose, field, surface, colours, rig. `joints` keep their
/// size; their attributes are the text's. Errors: kUsage (unknown pose, joints that no body has), kInput (model file).
Result<HumanResult> generate_human(const HumanOrder& order, JobContext* job = nullptr);

/// Error (kUsage) that names what is wrong with joints: not finite, coinciding, left and right swapped, proportions that no
/// person has.
Result<void> check_joints(const Joints& joints);

}  // namespace mp4d::human
