#include "motion/joint_names.h"
#include <algorithm>
#include <array>
#include <cctype>
#include <vector>

namespace mp4d {
namespace {

using Part = JointName::Part;

/// Words in lower case, parted at separators, digits and between a small and a capital letter.
std::vector<std::string> words_of(std::string_view name) {
  std::vector<std::string> words;
  bool open = false, small = false;
  for (const char c : name) {
    const auto u = static_cast<unsigned char>(c);
    if (!std::isalpha(u)) {
      open = false;
      continue;
    }
    if (!open || (small && std::isupper(u))) words.emplace_back();
    words.back() += static_cast<char>(std::tolower(u));
    small = std::islower(u);
    open = true;
  }
  return words;
}

bool contains(const std::string& word, std::string_view part) { return word.find(part) != std::string::npos; }

struct Keyword {
  std::string_view text;
  Part part;
  bool whole = false;  ///< the whole word, not a part of it
};

// Earlier entries win within a word; a later word of a name wins over an earlier one of lesser rank (see parse).
constexpr std::array kKeywords = {
    Keyword{"slot", Part::kProp},         Keyword{"twist", Part::kProp},      Keyword{"weapon", Part::kProp},
    Keyword{"half", Part::kProp, true},   Keyword{"prop", Part::kProp, true}, Keyword{"cape", Part::kProp},
    Keyword{"finger", Part::kFinger},     Keyword{"thumb", Part::kFinger},    Keyword{"index", Part::kFinger},
    Keyword{"pinky", Part::kFinger},      Keyword{"middle", Part::kFinger},   Keyword{"ring", Part::kFinger, true},
    Keyword{"metacarpal", Part::kFinger}, Keyword{"palm", Part::kArm},        Keyword{"wing", Part::kWing},
    Keyword{"feather", Part::kWing},      Keyword{"tail", Part::kTail},       Keyword{"forearm", Part::kArm},
    Keyword{"clavicle", Part::kArm},      Keyword{"collar", Part::kArm},      Keyword{"shoulder", Part::kArm},
    Keyword{"elbow", Part::kArm},         Keyword{"wrist", Part::kArm},       Keyword{"hand", Part::kArm},
    Keyword{"humerus", Part::kArm},       Keyword{"thigh", Part::kLeg},       Keyword{"calf", Part::kLeg},
    Keyword{"shin", Part::kLeg},          Keyword{"knee", Part::kLeg},        Keyword{"foot", Part::kLeg},
    Keyword{"ankle", Part::kLeg},         Keyword{"toe", Part::kLeg},         Keyword{"paw", Part::kLeg},
    Keyword{"hoof", Part::kLeg},          Keyword{"hock", Part::kLeg},        Keyword{"ball", Part::kLeg, true},
    Keyword{"femur", Part::kLeg},         Keyword{"tibia", Part::kLeg},       Keyword{"neck", Part::kNeck},
    Keyword{"head", Part::kHead},         Keyword{"skull", Part::kHead},      Keyword{"ear", Part::kFace, true},
    Keyword{"eye", Part::kFace},          Keyword{"jaw", Part::kFace},        Keyword{"tongue", Part::kFace},
    Keyword{"brow", Part::kFace},         Keyword{"lip", Part::kFace, true},  Keyword{"hair", Part::kFace},
    Keyword{"spine", Part::kTrunk},       Keyword{"chest", Part::kTrunk},     Keyword{"torso", Part::kTrunk},
    Keyword{"thorax", Part::kTrunk},      Keyword{"abdomen", Part::kTrunk},   Keyword{"pelvis", Part::kTrunk},
    Keyword{"waist", Part::kTrunk},       Keyword{"hips", Part::kTrunk},      Keyword{"body", Part::kTrunk},
    Keyword{"rib", Part::kTrunk},         Keyword{"leg", Part::kLeg},         Keyword{"hip", Part::kTrunk, true}};

Part part_of_word(const std::string& word) {
  for (const Keyword& keyword : kKeywords)
    if (keyword.whole ? word == keyword.text : contains(word, keyword.text)) return keyword.part;
  if (word != "armature" && (word == "arm" || word == "arms" || word.ends_with("arm"))) return Part::kArm;
  return Part::kUnknown;
}

bool any_of(const std::vector<std::string>& words, std::initializer_list<std::string_view> list) {
  return std::any_of(words.begin(), words.end(),
                     [&](const std::string& w) { return std::find(list.begin(), list.end(), w) != list.end(); });
}

int rank(Part part) {  // how much a word decides: "LeftHandThumb1" is a finger, "HeadEar" part of the face
  switch (part) {
    case Part::kUnknown: return 0;
    case Part::kTrunk: return 1;
    case Part::kProp: return 9;
    case Part::kFinger: return 8;
    case Part::kFace: return 7;
    case Part::kWing: return 6;
    case Part::kTail: return 5;
    default: return 4;
  }
}

}  // namespace

JointName parse_joint_name(std::string_view name) {
  JointName result;
  const std::vector<std::string> words = words_of(name);
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string& word = words[i];
    const Part part = part_of_word(word);
    if (rank(part) > rank(result.part)) result.part = part;
    if (word == "l" || word.starts_with("left")) result.side = Side::kLeft;
    if (word == "r" || word.starts_with("right")) result.side = Side::kRight;
    const bool forearm = word == "fore" && i + 1 < words.size() && words[i + 1].starts_with("arm");
    if (!forearm && (word == "front" || word == "fore" || word == "foreleg" || word == "frontleg")) result.front = true;
    if (word == "hind" || word == "rear" || word == "back" || word == "hindleg") result.hind = true;
    if (contains(word, "clavicle") || contains(word, "collar") || contains(word, "shoulder")) result.girdle = true;
    if (contains(word, "foot") || contains(word, "ankle") || contains(word, "paw") || contains(word, "hoof"))
      result.foot = true;
  }
  if (result.side != Side::kMiddle && any_of(words, {"hip"}) && result.part == Part::kTrunk) result.part = Part::kLeg;
  if (result.side == Side::kMiddle && result.part == Part::kArm && any_of(words, {"shoulders"}))
    result.part = Part::kTrunk;
  result.end = any_of(words, {"end", "nub", "tip", "leaf"});
  result.helper =
      any_of(words, {"ik", "pole", "control", "ctrl", "target", "mch", "org", "vis"}) ||
      std::any_of(words.begin(), words.end(), [](const std::string& w) { return w.starts_with("poletarget"); });
  return result;
}

std::string plain_joint_name(std::string_view name) {
  if (const auto colon = name.rfind(':'); colon != std::string_view::npos) name.remove_prefix(colon + 1);
  for (const std::string_view prefix : {"DEF-", "Character1_", "Bip01 ", "Bip001 ", "mixamorig_", "mixamorig"})
    if (name.starts_with(prefix)) name.remove_prefix(prefix.size());
  std::string plain;
  for (const char c : name)
    if (std::isalnum(static_cast<unsigned char>(c)))
      plain += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return plain;
}

}  // namespace mp4d
