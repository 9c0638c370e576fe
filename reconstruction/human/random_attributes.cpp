#include "reconstruction/human/random_attributes.h"
#include "core/rng.h"
#include "reconstruction/human/garment_names.h"
#include <algorithm>
#include <cmath>

namespace mp4d::human {
namespace {

/// One purpose each, so that a change of one draw leaves the others as they are.
enum Stream : std::uint64_t {
  kSex = 1,
  kAge,
  kMuscle,
  kWeight,
  kHeight,
  kProportions,
  kAncestry,
  kSuit,
  kShoes,
  kHair,
  kHat
};

bool starts_with_any(const std::string& name, std::initializer_list<std::string_view> prefixes) {
  return std::any_of(prefixes.begin(), prefixes.end(),
                     [&](std::string_view prefix) { return name.starts_with(prefix); });
}

}  // namespace

Attributes random_attributes(std::uint64_t seed, std::uint64_t index, bool dress_all) {
  const auto uniform = [&](Stream stream, int draw) {
    return static_cast<float>(rng::uniform(seed, stream, 16 * index + static_cast<std::uint64_t>(draw)));
  };
  const auto bell = [&](Stream stream, float below, float above) {
    const float z = std::clamp(static_cast<float>(rng::normal(seed, stream, index)), -2.5f, 2.5f);
    return std::clamp(0.5f + z * (z < 0 ? below : above), 0.0f, 1.0f);
  };
  const auto one_of = [&](Stream stream, const std::vector<std::string>& names, auto&& fits) {
    std::vector<int> fitting;
    for (std::size_t i = 0; i < names.size(); ++i)
      if (fits(names[i])) fitting.push_back(static_cast<int>(i));
    return fitting.empty()
               ? -1
               : fitting[rng::integer(seed, stream, 16 * index + 8, static_cast<std::uint32_t>(fitting.size()))];
  };
  const auto any = [](const std::string&) { return true; };

  Attributes a;
  const float kind_of_sex = uniform(kSex, 0), spread = uniform(kSex, 1);
  a.sex = kind_of_sex < 0.46f ? 0.1f * spread : kind_of_sex < 0.92f ? 1 - 0.1f * spread : spread;
  const float kind_of_age = uniform(kAge, 0), along = uniform(kAge, 1);
  a.age = kind_of_age < 0.12f   ? 0.12f + 0.17f * along  // 7 .. 15 years
          : kind_of_age < 0.92f ? 0.29f + 0.63f * along  // 15 .. 80
                                : 0.12f + 0.88f * along;
  a.muscle = bell(kMuscle, 0.2f, 0.2f);
  a.weight = bell(kWeight, 0.2f, 0.22f);
  // The target of the greatest height adds twice as much (2.45 m) as the one of the least takes away (1.36 m).
  a.height = bell(kHeight, 0.12f, 0.06f);
  a.proportions = bell(kProportions, 0.25f, 0.25f);
  float sum = 0;
  for (int i = 0; i < 3; ++i)
    sum += a.ancestry[i] = std::pow(uniform(kAncestry, i), 4.0f) + 1e-3f;  // one mostly prevails
  for (float& share : a.ancestry) share /= sum;

  const bool man = a.sex >= 0.5f;
  constexpr float kEighteen = 0.354f;
  if (dress_all || a.age < kEighteen || uniform(kSuit, 0) < 0.85f)  // children are always dressed
    a.suit =
        one_of(kSuit, kSuitNames, [&](const std::string& name) { return name.starts_with(man ? "male_" : "female_"); });
  if (uniform(kShoes, 0) < 0.8f) a.shoes = one_of(kShoes, kShoeNames, any);
  if (uniform(kHair, 0) < 0.85f) {
    const bool short_hair = uniform(kHair, 1) < (man ? 0.9f : 0.25f);
    a.hair = one_of(kHair, kHairNames, [&](const std::string& name) {
      return starts_with_any(name, {"short", "afro"}) == short_hair;
    });
  }
  if (uniform(kHat, 0) < 0.08f) {
    a.hat = one_of(kHat, kHatNames, any);
    if (uniform(kHat, 1) < 0.5f) a.hair = -1;
  }
  return a;
}

Attributes BodyGenerator::random_attributes(std::uint64_t seed, std::uint64_t index) const {
  return human::random_attributes(seed, index);
}

}  // namespace mp4d::human
