#include "app/studio/foot_contacts.h"
#include "motion/source_motion.h"

namespace mp4d {

std::vector<FootContacts> foot_contacts(const Character& character, const Clip& clip) {
  if (!character || character.skeleton->size() == 0) return {};
  const RiggedModel model = to_model(character);
  const auto body = find_anatomy(model);
  if (!body) return {};
  const auto motion = read_motion(model, *body, clip);
  if (!motion) return {};
  std::vector<FootContacts> feet;
  for (std::size_t leg = 0; leg < motion->feet.size(); ++leg) {
    FootContacts foot{body->chains[motion->legs[leg]].name(), {}};
    const std::vector<char>& down = motion->feet[leg].down;
    for (std::size_t t = 0; t < down.size(); ++t) {
      if (!down[t]) continue;
      const double time = motion->times[t] - motion->times.front();
      if (t == 0 || !down[t - 1]) foot.spans.emplace_back(time, time);
      foot.spans.back().second = time;
    }
    feet.push_back(std::move(foot));
  }
  return feet;
}

}  // namespace mp4d
