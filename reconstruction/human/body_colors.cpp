#include "reconstruction/human/body_colors.h"
#include <algorithm>
#include <array>
#include <cstdint>
#include <span>

namespace mp4d::human {
namespace {

using Rgb = std::array<std::uint8_t, 3>;

Vec3 color(const Rgb& rgb) { return Vec3(rgb[0], rgb[1], rgb[2]) / 255.0f; }

Vec3 pick(std::span<const Rgb> palette, int index) {
  return color(palette[static_cast<std::size_t>(std::max(index, 0)) % palette.size()]);
}

Vec3 mix_ancestry(const Attributes& attributes, const std::array<Vec3, 3>& colors) {
  Vec3 sum = Vec3::Zero();
  float total = 0;
  for (int i = 0; i < 3; ++i) {
    const float share = std::max(attributes.ancestry[i], 0.0f);
    sum += share * colors[i];
    total += share;
  }
  return total > 0 ? Vec3(sum / total) : Vec3((colors[0] + colors[1] + colors[2]) / 3);
}

constexpr Rgb kUpper[] = {{196, 62, 58},   {58, 104, 168}, {70, 128, 92},  {230, 226, 216},
                          {44, 50, 64},    {214, 158, 60}, {122, 82, 140}, {88, 150, 160},
                          {168, 176, 186}, {132, 44, 60},  {36, 40, 48},   {222, 130, 90}};
constexpr Rgb kLower[] = {{52, 70, 112}, {44, 46, 52},   {120, 104, 82}, {60, 84, 130}, {44, 50, 64}, {74, 68, 62},
                          {36, 52, 84},  {98, 100, 104}, {54, 74, 60},   {40, 42, 50},  {36, 40, 48}, {66, 84, 118}};
constexpr Rgb kShoes[] = {{64, 42, 30}, {30, 30, 34}, {214, 212, 206}, {110, 72, 44}, {56, 60, 92}, {140, 38, 40}};
constexpr Rgb kHats[] = {{70, 58, 48}, {40, 42, 48}};
constexpr Rgb kFairHair[] = {{92, 62, 38}, {176, 132, 74}, {58, 40, 28}, {134, 72, 38}, {44, 32, 26}, {204, 170, 112}};
constexpr Rgb kDarkHair[] = {{30, 24, 22}, {22, 20, 22}, {44, 32, 26}};

}  // namespace

Vec3 skin_color(const Attributes& attributes) {
  return mix_ancestry(attributes, {color({106, 70, 50}), color({226, 182, 144}), color({236, 190, 164})});
}

Vec3 eye_color(const Attributes& attributes, EyeZone zone) {
  switch (zone) {
    case EyeZone::kPupil: return color({16, 14, 14});
    case EyeZone::kIris:
      return mix_ancestry(attributes, {color({58, 38, 26}), color({62, 40, 28}), color({96, 118, 122})});
    case EyeZone::kWhite: break;
  }
  return color({236, 232, 226});
}

Vec3 hair_color(const Attributes& attributes) {
  const Vec3 dark = pick(kDarkHair, attributes.hair);
  const Vec3 young = mix_ancestry(attributes, {dark, dark, pick(kFairHair, attributes.hair)});
  const float grey = std::clamp((attributes.age - 0.69f) / 0.2f, 0.0f, 1.0f);  // 50 .. 76 years
  return young + grey * (color({196, 194, 190}) - young);
}

Vec3 suit_color(const Attributes& attributes, bool lower) {
  return lower ? pick(kLower, attributes.suit) : pick(kUpper, attributes.suit);
}
Vec3 shoe_color(const Attributes& attributes) { return pick(kShoes, attributes.shoes); }
Vec3 hat_color(const Attributes& attributes) { return pick(kHats, attributes.hat); }

}  // namespace mp4d::human
