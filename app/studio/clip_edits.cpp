// What the workspace does to clips and joints.
#include "app/studio/rig_edit.h"
#include "app/studio/workspace.h"
#include "motion/clip_edit.h"
#include "motion/filters.h"
#include "motion/joint_keys.h"
#include "motion/joint_limits.h"
#include "motion/kinematics.h"
#include "motion/pose_nudge.h"
#include "motion/retarget.h"
#include "motion/source_motion.h"
#include <algorithm>
#include <cmath>

namespace mp4d {
namespace {

/// Where a new joint below `parent` is of use: half way to its only child, or as far on as the parent is from its own.
Vec3 place_of_new_joint(const Skeleton& skeleton, int parent) {
  const std::vector<Mat4> world = forward_kinematics(skeleton, rest_pose(skeleton));
  const auto place = [&](int joint) -> Vec3 { return world[joint].topRightCorner<3, 1>(); };
  int child = -1, count = 0;
  for (int j = 0; j < skeleton.size(); ++j)
    if (skeleton.joints[j].parent == parent) child = j, ++count;
  if (count == 1) return 0.5f * (place(parent) + place(child));
  const int above = skeleton.joints[parent].parent;
  if (above >= 0 && (place(parent) - place(above)).norm() > 1e-6f) return 1.5f * place(parent) - 0.5f * place(above);
  return place(parent) + Vec3(0, 0.1f, 0);
}

std::string free_name(const Skeleton& skeleton, const std::string& wanted) {
  std::string name = wanted;
  for (int n = 2; skeleton.find(name) >= 0; ++n) name = wanted + "_" + std::to_string(n);
  return name;
}

}  // namespace

void Workspace::add_joint(int parent) {
  const Character& character = state().character;
  if (!character || parent < 0 || parent >= character.skeleton->size()) return;
  const Vec3 place = place_of_new_joint(*character.skeleton, parent);
  const std::string name = free_name(*character.skeleton, character.skeleton->joints[parent].name + "_new");
  document.edit(tr("Add joint"), [&](DocumentState& s) { s.character = with_joint_added(s.character, parent, name, place); });
  select_joint(state().character.skeleton->size() - 1);
}

void Workspace::remove_joint(int joint) {
  if (!state().character) return;
  const Skeleton& skeleton = *state().character.skeleton;
  if (!can_remove_joint(skeleton, joint)) {
    issues.add(Issues::Severity::kError, tr("Remove joint: a root can only be left out if one joint hangs on it, which then becomes the root"));
    return;
  }
  const int parent = skeleton.joints[joint].parent;
  document.edit(tr("Remove joint"), [&](DocumentState& s) { s.character = with_joint_removed(s.character, joint); });
  select_joint(parent);
}

void Workspace::mirror_joint(int joint) {
  if (!state().character || joint < 0) return;
  if (twin_joint(*state().character.skeleton, joint) < 0) {
    issues.add(Issues::Severity::kError, tr("Mirror joint: there is no joint of that name on the other side (as hand.L and hand.R)"));
    return;
  }
  document.edit(tr("Mirror joint"), [&](DocumentState& s) { s.character = with_twin_mirrored(s.character, joint); });
}

void Workspace::paint_weights(BrushMode mode, const std::vector<Dab>& dabs) {
  const Character& character = state().character;
  if (!character || dabs.empty() || (joint_ < 0 && mode != BrushMode::kSmooth)) return;
  auto skin = std::make_shared<const Skin>(brushed(*character.skin, *character.mesh, *character.skeleton, joint_, mode, dabs));
  document.edit(tr("Paint weights"), [&](DocumentState& s) { s.character.skin = skin; }, QStringLiteral("paint"));
}

void Workspace::mirror_weights() {
  const Character& character = state().character;
  if (!character || joint_ < 0) return;
  if (twin_joint(*character.skeleton, joint_) < 0) {
    issues.add(Issues::Severity::kError, tr("Mirror weights: choose a joint of the half that is right; this one has none of its name on the other side"));
    return;
  }
  auto skin = std::make_shared<const Skin>(mirrored_weights(*character.skin, *character.mesh, *character.skeleton, joint_));
  document.edit(tr("Mirror weights"), [&](DocumentState& s) { s.character.skin = skin; });
}

const JointLimit* Workspace::limit_of(int joint) const {
  if (!state().character || joint < 0 || joint >= state().character.skeleton->size()) return nullptr;
  const auto found = state().limits.find(state().character.skeleton->joints[joint].name);
  return found == state().limits.end() ? nullptr : &found->second;
}

void Workspace::set_limit(int joint, const std::optional<JointLimit>& limit) {
  if (!state().character || joint < 0) return;
  const std::string name = state().character.skeleton->joints.at(joint).name;
  document.edit(tr("Limit joint"), [&](DocumentState& s) {
    s.limits.erase(name);
    if (limit) s.limits[name] = *limit;
  }, QStringLiteral("limit joint %1").arg(joint));
}

void Workspace::keep_limits() {
  if (!clip()) return;
  int changed = 0;
  Clip kept = limit_clip(*state().character.skeleton, *clip(), limits_of(state()), &changed);
  if (changed > 0) put_clip(tr("Keep the limits"), std::move(kept));
  issues.add(Issues::Severity::kInfo, tr("Keep the limits: %1 of %2 keys were beyond them").arg(changed).arg(clip()->times.size()));
}

std::shared_ptr<const Clip> Workspace::put_clip(const QString& text, Result<Clip> clip, const QString& merge) {
  if (!clip) {
    issues.add(Issues::Severity::kError, text + QStringLiteral(": ") + QString::fromStdString(clip.error().message));
    return {};
  }
  const int index = clip_;
  const double time = playback.time();
  const bool same_length = this->clip() && std::abs((clip->times.back() - clip->times.front()) -
                                                     (this->clip()->times.back() - this->clip()->times.front())) < 1e-9;
  document.edit(text, [&](DocumentState& s) { s.character = with_clip(s.character, index, std::move(*clip)); }, merge);
  if (!same_length) show_clip(index), playback.seek(time);
  return state().character.clips[index];
}

void Workspace::cut_clip() {
  if (clip()) put_clip(tr("Cut clip"), trim_clip(*clip(), playback.first(), playback.last()));
}

void Workspace::work_on_clip(const QString& text, ClipWork work) {
  if (!clip()) return;
  if (job.running()) {
    issues.add(Issues::Severity::kWarning, tr("%1 is running; stop it first").arg(job.name()));
    return;
  }
  running_.clear();
  job.start(text, {{"clip", 1}}, [this, text, work = std::move(work), character = state().character, clip = state().character.clips[clip_]](JobContext&) -> Result<Job::Commit> {
    auto made = std::make_shared<Result<Clip>>(work(character, *clip));
    return [this, text, clip, made] {
      if (this->clip() == clip.get()) put_clip(text, std::move(*made));  // else it was edited meanwhile, which counts more
    };
  });
}

void Workspace::loop_clip() {
  work_on_clip(tr("Make a loop"), [](const Character& character, const Clip& clip) { return mp4d::loop_clip(*character.skeleton, clip, {}); });
}

void Workspace::set_clip_root(const std::string& mode) {
  work_on_clip(tr("Change the way"), [mode](const Character& character, const Clip& clip) -> Result<Clip> {
    const RiggedModel model = to_model(character);
    MP4D_TRY(body, find_anatomy(model));
    RetargetOptions options;
    options.root = mode;
    MP4D_TRY(moved, retarget(model, body, clip, model, body, {}, options));
    return std::move(moved.clip);
  });
}

void Workspace::hold_feet() {
  work_on_clip(tr("Hold feet"), [](const Character& character, const Clip& clip) -> Result<Clip> {
    const RiggedModel model = to_model(character);
    MP4D_TRY(body, find_anatomy(model));
    MP4D_TRY(motion, read_motion(model, body, clip));
    if (motion.feet.empty()) return fail(ErrorCode::kInput, "the character has no legs that stand on the ground");
    // Onto itself under other names: a skeleton's own clip is otherwise taken over as it is.
    RiggedModel other = model;
    for (Joint& joint : other.skeleton.joints) joint.name += "'";
    const ChainMap map = map_chains(body, body, false, ForelegSource::kAuto);
    MP4D_TRY(moved, retarget(model, body, clip, other, body, map, {}));
    return std::move(moved.clip);
  });
}

void Workspace::resample_clip(double fps) {
  if (clip()) put_clip(tr("Set keys anew"), mp4d::resample_clip(*clip(), fps));
}

std::shared_ptr<const Clip> Workspace::smooth_clip(const Clip& base, double cutoff_hz) {
  return put_clip(tr("Smooth clip"), cutoff_hz > 0 ? mp4d::smooth_clip(base, cutoff_hz) : Result<Clip>(base),
                  QStringLiteral("smooth clip"));
}

std::shared_ptr<const Clip> Workspace::turn_joint(const Clip& base, int joint, const Quat& turn, double reach) {
  const double time = base.times.front() + playback.time();
  Clip turned = nudge_joint(base, joint, time, turn, reach);
  if (const JointLimit* found = limit_of(joint)) {
    JointLimit limit = *found;
    limit.joint = joint;
    const Clip within = limit_clip(*state().character.skeleton, turned, {limit});
    for (std::size_t k = 0; k < turned.times.size(); ++k)  // what is not turned here stays, also beyond the limit
      if (std::abs(turned.times[k] - time) <= reach) turned.poses[k][joint] = within.poses[k][joint];
  }
  return put_clip(tr("Turn joint"), std::move(turned), QStringLiteral("turn joint %1").arg(joint));
}

Workspace::Keys& Workspace::keys_now() const {
  const std::shared_ptr<const Clip> shown = clip() ? state().character.clips[clip_] : nullptr;
  if (shown != keys_.clip || joint_ != keys_.joint) keys_ = {shown, joint_, shown ? joint_keys(*shown, joint_) : std::vector<int>(), {}};
  return keys_;
}

const std::vector<int>& Workspace::keys() const { return keys_now().all; }
const std::vector<int>& Workspace::chosen_keys() const { return keys_now().chosen; }

void Workspace::choose_keys(std::vector<int> keys) {
  std::sort(keys.begin(), keys.end());
  keys_now().chosen = std::move(keys);
  Q_EMIT selection_changed();
}

void Workspace::delete_keys() {
  const Keys now = keys_now();
  if (!now.clip || now.chosen.empty()) return;
  put_clip(tr("Delete keys"), without_joint_keys(*now.clip, now.joint, now.all, now.chosen));
}

void Workspace::move_keys(int by) {
  const Keys now = keys_now();
  if (!now.clip || now.chosen.empty() || by == 0) return;
  int moved = 0;
  put_clip(tr("Move keys"), with_joint_keys_moved(*now.clip, now.joint, now.all, now.chosen, by, &moved));
  std::vector<int> chosen;
  for (const int key : now.chosen)
    chosen.push_back(key == now.all.front() || key == now.all.back() ? key : key + moved);
  // What moved is a key of the new clip, also where it no longer bends much.
  std::vector<int> all = keys();
  all.insert(all.end(), chosen.begin(), chosen.end());
  std::sort(all.begin(), all.end());
  all.erase(std::unique(all.begin(), all.end()), all.end());
  keys_now().all = std::move(all);
  choose_keys(std::move(chosen));
}

int Workspace::nearest_time() const {
  const double time = clip()->times.front() + playback.time();
  const auto after = std::lower_bound(clip()->times.begin(), clip()->times.end(), time);
  const auto at = static_cast<int>(after - clip()->times.begin()), last = static_cast<int>(clip()->times.size()) - 1;
  if (at > last) return last;
  return at > 0 && time - clip()->times[at - 1] < clip()->times[at] - time ? at - 1 : at;
}

void Workspace::copy_pose() {
  if (clip()) copied_ = pose();
  Q_EMIT selection_changed();
}

void Workspace::paste_pose() {
  if (!clip()) return;
  if (copied_.size() != static_cast<std::size_t>(state().character.skeleton->size())) {
    issues.add(Issues::Severity::kError, tr("Paste pose: what was copied is of another skeleton"));
    return;
  }
  put_clip(tr("Paste pose"), with_joint_key(*clip(), joint_, keys(), nearest_time(), copied_));
}

}  // namespace mp4d
