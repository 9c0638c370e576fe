#include "app/cli/human_pose.h"
#include "core/file_checks.h"
#include "io/frames.h"
#include "io/input_kind.h"
#include "io/listing.h"
#include "io/model_io.h"
#include "motion/kinematics.h"
#include "reconstruction/human/body_json.h"
#include "reconstruction/human/human_frame.h"
#include "reconstruction/human/landmark_joints.h"
#include "reconstruction/human/model_joints.h"
#include <algorithm>
#include <filesystem>
#include <fmt/ranges.h>

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

// The picture itself, or a frame of a video.
Result<Image> picture_of(const std::string& path, int frame) {
  const std::string ending = lower_extension(path);
  if (ending == ".png" || ending == ".jpg" || ending == ".jpeg") {
    if (frame != 0) return fail(ErrorCode::kUsage, "--frame {}: {} is one picture; leave it out", frame, path);
    return read_image(path);
  }
  MP4D_TRY(info, read_clip_info(path));
  if (frame >= info.frames) return fail(ErrorCode::kUsage, "--frame {}: {} has frames 0 to {}", frame, path, info.frames - 1);
  FrameRange range;
  range.start_s = std::max(0.0, (frame - 0.25) / info.fps);
  range.end_s = (frame + 0.5) / info.fps;
  MP4D_TRY(frames, read_frames(path, range));
  return std::move(frames.images.front());
}

Result<std::vector<std::string>> pose_of_picture(human::HumanOrder& order, const std::string& path, int frame) {
  MP4D_TRY(image, picture_of(path, frame));
  if (image.channels < 3) return fail(ErrorCode::kInput, "{}: people are found in pictures in colour only", path);
  const auto network = PersonNetwork::open();
  if (!network) return fail(network.error().code, "{}: {}", path, network.error().message);
  MP4D_TRY(people, network->detect(image));
  if (people.empty())
    return fail(ErrorCode::kInput, "{}: no person is found in it; give a picture in which a whole person is larger or sharper", path);
  MP4D_TRY(person, network->landmarks(image, people[0]));
  std::vector<std::string> notes, hidden;
  const auto joints = human::joints_of_landmarks(person, image.width, image.height, &hidden);
  if (!joints) return fail(joints.error().code, "{}: {}", path, joints.error().message);
  order.like = *joints;
  if (people.size() > 1)
    notes.push_back(fmt::format("{} people are in {}: the largest is taken, at {:.0f}, {:.0f}", people.size(), path, person.box.hips.x(), person.box.hips.y()));
  if (!hidden.empty()) notes.push_back(fmt::format("hidden in the picture, so guessed: {}", fmt::join(hidden, ", ")));
  return notes;
}

bool shows_pictures(const std::string& path) {
  const auto kind = input_kind(path);
  std::error_code error;
  return kind && *kind == InputKind::kClip && std::filesystem::is_regular_file(path, error);
}

}  // namespace

Result<std::vector<std::string>> set_pose(human::HumanOrder& order, const std::string& pose, int frame) {
  if (shows_pictures(pose)) return pose_of_picture(order, pose, frame);
  MP4D_TRY(there, is_there(pose));
  std::error_code error;
  const bool file = there && std::filesystem::is_regular_file(pose, error);
  if (frame != 0 && (!file || pose.ends_with(".json")))
    return fail(ErrorCode::kUsage, "--frame: for an animated model or a video as --pose alone; leave it out");
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
