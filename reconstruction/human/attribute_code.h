#pragma once
#include "reconstruction/human/body_generator.h"

namespace mp4d::human {

/// Names of what the model was trained with; a code's slots are laid out by them.
struct Wardrobe {
  std::vector<std::string> suits, shoes, hair, hats;

  int code_size() const;
};

Wardrobe wardrobe_of(const BodyGenerator& generator);

/// Which of a person's attributes are told; the others are left to the model.
struct KnownAttributes {
  bool sex = false, age = false, muscle = false, weight = false, height = false, proportions = false, ancestry = false;
  bool suit = false, shoes = false, hair = false, hat = false;

  static KnownAttributes all();
};

/// The numbers the network reads: for each scalar (value scaled to -1..1, 1) if known and (0, 0) if not; ancestry as three
/// values and a flag; garments one-hot with a slot of their own for "none".
std::vector<float> attribute_code(const Attributes& attributes, const KnownAttributes& known, const Wardrobe& wardrobe);

/// For each slot of a code, the attribute (0 sex .. 10 hat) it belongs to: hiding an attribute zeroes its slots.
std::vector<int> attribute_of_slot(const Wardrobe& wardrobe);
constexpr int kAttributeCount = 11;

}  // namespace mp4d::human
