#include "motion/retarget.h"
#include "motion/filters.h"
#include "motion/kinematics.h"
#include "motion/retarget_feet.h"
#include "motion/retarget_root.h"
#include "motion/retarget_surface.h"

namespace mp4d {
namespace {

using namespace retargeting;

/// Another path for a skeleton's own clip: its roots move as root_shift says.
void shift_roots(const RiggedModel& model, const Anatomy& body, const SourceMotion& motion,
                 const RetargetOptions& options, Clip& clip) {
  std::vector<float> heights;
  for (const int leg : motion.legs) heights.push_back(to_body(body, body.chains[leg].sole).y());
  const std::vector<Vec3> shift = root_shift(options.root, motion.times, motion.pelvis, motion.feet, heights);
  if (clip.times.size() != motion.times.size()) {  // sparse keys were sampled
    Clip dense{clip.name, motion.times, {}};
    for (const double time : motion.times) dense.poses.push_back(sample_clip(clip, time));
    clip = std::move(dense);
  }
  for (std::size_t t = 0; t < clip.poses.size(); ++t)
    for (std::size_t j = 0; j < clip.poses[t].size(); ++j)
      if (model.skeleton.joints[j].parent < 0) clip.poses[t][j].translation += body.world_from_body * shift[t];
}

}  // namespace

Result<RetargetResult> retarget(const RiggedModel& source, const Anatomy& source_body, const Clip& clip,
                                const RiggedModel& target, const Anatomy& target_body, const ChainMap& map,
                                const RetargetOptions& options, JobContext* job) {
  Clip smoothed;
  const Clip* used = &clip;
  if (options.smooth > 0 && clip.poses.size() > 1) {
    MP4D_TRY(filtered, smooth_clip(clip, options.smooth));
    smoothed = std::move(filtered);
    used = &smoothed;
  }
  MP4D_TRY(motion, read_motion(source, source_body, *used));
  if (same_skeleton(source.skeleton, target.skeleton)) {
    RetargetResult result{*used, {}};
    result.report.same_skeleton = true;
    if (options.root != "as-filmed") shift_roots(source, source_body, motion, options, result.clip);
    return result;
  }
  RetargetResult result;
  const TargetBody body(source, source_body, motion, target, target_body, map);
  BodyMotion moved{{}, body.chain_rotations()};
  MP4D_CHECK(check(job));
  if (options.rigidity) result.report.strained = spare_surface(body, options.max_strain, moved.turns);
  MP4D_CHECK(FeetPlacer(body, options, result.report).run(moved, job));
  result.clip = {clip.name, motion.times, {}};
  for (std::size_t t = 0; t < motion.times.size(); ++t) result.clip.poses.push_back(body.pose(moved, t));
  keep_rotations_close(result.clip);
  return result;
}

}  // namespace mp4d
