#include "app/cli/human_pose.h"
#include "io/model_io.h"
#include "motion/kinematics.h"
#include "reconstruction/human/body_json.h"
#include "reconstruction/human/human_frame.h"
#include "reconstruction/human/model_joints.h"
#include <filesystem>

namespace mp4d {
namespace {

// Joints of a model's first clip at the frame, or of its bind pose if it has none.
Result<human::Joints> joints_of_frame(const std::string& path, int frame) {
  MP4D_TRY(model, read_model(path));
  const int frames = model.clips.empty() ? 1 : int(model.clips[0].poses.size());
  if (frame >= frames) return fail(ErrorCode::kUsage, "--frame {}: {} has frames 0 to {}", frame, path, frames - 1);
  Result<human::Joints> joints;
  if (model.clips.empty()) {
    joints = human::joints_of_model(model);
  } else {
    const std::vector<Mat4> root_from_joint = forward_kinematics(model.skeleton, model.clips[0].poses[std::size_t(frame)]);
    joints = human::joints_of_model(model, &root_from_joint);
  }
  if (!joints) return fail(joints.error().code, "{}: {}", path, joints.error().message);
  // Motion capture comes in inches, centimetres or units of its own.
  constexpr float kUsual = 1.37f;  // metres of bones from head to ankle of an adult
  const float length = human::body_length(*joints);
  if (length < 0.3f || length > 2.5f) *joints *= kUsual / length;
  return joints;
}

}  // namespace

Result<void> set_pose(human::HumanOrder& order, const std::string& pose, int frame) {
  const bool file = std::filesystem::is_regular_file(pose);
  if (frame != 0 && (!file || pose.ends_with(".json")))
    return fail(ErrorCode::kUsage, "--frame: for an animated model as --pose alone; leave it out");
  if (!file) {
    if (pose.find('/') != std::string::npos || pose.find('.') != std::string::npos)
      return fail(ErrorCode::kInput, "{}: no such file; give --pose a file or a preset's name", pose);
    order.pose = pose;
    return {};
  }
  MP4D_TRY(joints, pose.ends_with(".json") ? human::read_joints(pose) : joints_of_frame(pose, frame));
  if (auto checked = human::check_joints(joints); !checked)
    return fail(checked.error().code, "{}: {}", pose, checked.error().message);
  order.joints = joints;
  return {};
}

}  // namespace mp4d
