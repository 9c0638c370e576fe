#pragma once
#include "app/studio/character.h"
#include <utility>

namespace mp4d {

/// When a foot is on the ground, seconds from the clip's first key.
struct FootContacts {
  std::string leg;  ///< as chains are named: "leg left 2"
  std::vector<std::pair<double, double>> spans;
};

/// Of every leg of the character; none for one without legs.
std::vector<FootContacts> foot_contacts(const Character& character, const Clip& clip);

}  // namespace mp4d
