#include "reconstruction/human/attribute_code.h"
#include <functional>

namespace mp4d::human {
namespace {

// Calls add(attribute, known, values) for each attribute in the order of the slots.
void for_each_attribute(const Attributes& a, const KnownAttributes& k, const Wardrobe& w,
                        const std::function<void(int, bool, std::vector<float>)>& add) {
  const auto scalar = [](float v) { return std::vector<float>{2 * v - 1, 1}; };
  const auto one_hot = [](int index, std::size_t count) {
    std::vector<float> values(count + 1, 0.0f);  // the last slot: none
    values[index >= 0 && index < int(count) ? std::size_t(index) : count] = 1;
    return values;
  };
  add(0, k.sex, scalar(a.sex));
  add(1, k.age, scalar(a.age));
  add(2, k.muscle, scalar(a.muscle));
  add(3, k.weight, scalar(a.weight));
  add(4, k.height, scalar(a.height));
  add(5, k.proportions, scalar(a.proportions));
  add(6, k.ancestry, {a.ancestry[0], a.ancestry[1], a.ancestry[2], 1});
  add(7, k.suit, one_hot(a.suit, w.suits.size()));
  add(8, k.shoes, one_hot(a.shoes, w.shoes.size()));
  add(9, k.hair, one_hot(a.hair, w.hair.size()));
  add(10, k.hat, one_hot(a.hat, w.hats.size()));
}

}  // namespace

KnownAttributes KnownAttributes::all() { return {true, true, true, true, true, true, true, true, true, true, true}; }

Wardrobe wardrobe_of(const BodyGenerator& generator) {
  return {generator.suits(), generator.shoes(), generator.hair(), generator.hats()};
}

int Wardrobe::code_size() const { return int(attribute_of_slot(*this).size()); }

std::vector<float> attribute_code(const Attributes& attributes, const KnownAttributes& known, const Wardrobe& wardrobe) {
  std::vector<float> code;
  for_each_attribute(attributes, known, wardrobe, [&](int, bool told, const std::vector<float>& values) {
    for (float v : values) code.push_back(told ? v : 0.0f);
  });
  return code;
}

std::vector<int> attribute_of_slot(const Wardrobe& wardrobe) {
  std::vector<int> slots;
  for_each_attribute({}, {}, wardrobe, [&](int attribute, bool, const std::vector<float>& values) {
    slots.insert(slots.end(), values.size(), attribute);
  });
  return slots;
}

}  // namespace mp4d::human
