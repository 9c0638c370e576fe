#include "app/studio/character.h"

namespace mp4d {

Character to_character(RiggedModel model) {
  Character character;
  character.name = std::move(model.name);
  character.mesh = std::make_shared<const Mesh>(std::move(model.mesh));
  character.skeleton = std::make_shared<const Skeleton>(std::move(model.skeleton));
  character.skin = std::make_shared<const Skin>(std::move(model.skin));
  for (Clip& clip : model.clips) character.clips.push_back(std::make_shared<const Clip>(std::move(clip)));
  return character;
}

RiggedModel to_model(const Character& character) {
  RiggedModel model;
  if (!character) return model;
  model.name = character.name;
  model.mesh = *character.mesh;
  model.skeleton = *character.skeleton;
  model.skin = *character.skin;
  for (const auto& clip : character.clips) model.clips.push_back(*clip);
  return model;
}

}  // namespace mp4d
