#pragma once
#include <string>
#include <vector>

// MakeHuman's clothes, shoes, hair and hats that the generator wears, by the names of their .mhclo files. Attributes
// index these lists.
namespace mp4d::human {

inline const std::vector<std::string> kSuitNames = {
    "female_casualsuit01", "female_casualsuit02", "female_elegantsuit01", "female_sportsuit01",
    "male_casualsuit01",   "male_casualsuit02",   "male_casualsuit03",    "male_casualsuit04",
    "male_casualsuit05",   "male_casualsuit06",   "male_elegantsuit01",   "male_worksuit01"};
inline const std::vector<std::string> kShoeNames = {"shoes01", "shoes02", "shoes03", "shoes04", "shoes05", "shoes06"};
inline const std::vector<std::string> kHairNames = {"afro01",     "bob01",   "bob02",   "braid01", "long01",
                                                    "ponytail01", "short01", "short02", "short03", "short04"};
inline const std::vector<std::string> kHatNames = {"fedora", "fedora_cocked"};

}  // namespace mp4d::human
