#pragma once
#include "motion/rig.h"
#include <memory>
#include <vector>

namespace mp4d {

/// A rigged model in parts that never change once made. Copies share them, so that every step of the undo history may
/// hold a whole character, and a view sees by the pointers what is new.
struct Character {
  std::string name;
  std::shared_ptr<const Mesh> mesh;
  std::shared_ptr<const Skeleton> skeleton;
  std::shared_ptr<const Skin> skin;
  std::vector<std::shared_ptr<const Clip>> clips;

  explicit operator bool() const { return mesh != nullptr; }
  bool operator==(const Character&) const = default;
};

Character to_character(RiggedModel model);
RiggedModel to_model(const Character& character);

}  // namespace mp4d
