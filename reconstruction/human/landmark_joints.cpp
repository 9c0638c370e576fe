#include "reconstruction/human/landmark_joints.h"
#include "reconstruction/human/pose_frame.h"
#include <algorithm>
#include <fmt/ranges.h>

namespace mp4d::human {
namespace {

constexpr float kLeastScore = 0.5f;     // of a person, and of a point that is seen
constexpr float kBesidePicture = 0.03f;  // of its longer side: as exact as the network is there
const Vec3 kEarsOverNeck(0, 0.82f, 0.57f);  // direction in the chest's axes where the head is upright (measured)

/// What the network sees of the generator's joints; left and right differ by one in both lists.
struct Pair {
  int left_joint;
  Landmark left;
};
constexpr Pair kLimbs[] = {{1, Landmark::kLeftHip},       {4, Landmark::kLeftKnee},   {7, Landmark::kLeftAnkle},
                           {16, Landmark::kLeftShoulder}, {18, Landmark::kLeftElbow}, {20, Landmark::kLeftWrist}};

Landmark on_side(Landmark left, int side) { return static_cast<Landmark>(static_cast<int>(left) + side); }

/// Columns: to the body's left, up, forward.
Mat3 frame_of(const Vec3& left, const Vec3& up) {
  Mat3 frame;
  frame.col(0) = left.normalized();
  frame.col(1) = (up - up.dot(frame.col(0)) * frame.col(0)).normalized();
  frame.col(2) = frame.col(0).cross(frame.col(1));
  return frame;
}

/// Hips and shoulders carry what is between and above them.
struct Trunk {
  Vec3 hips, shoulders;
  Mat3 pelvis, chest;

  explicit Trunk(const Joints& joints) {
    const auto at = [&](int j) { return Vec3(joints.row(j).transpose()); };
    hips = 0.5f * (at(1) + at(2));
    shoulders = 0.5f * (at(16) + at(17));
    pelvis = frame_of(at(1) - at(2), shoulders - hips);
    chest = frame_of(at(16) - at(17), shoulders - hips);
  }
  float length() const { return (shoulders - hips).norm(); }
};

/// Sets pelvis, spine, neck, head and collars by hips and shoulders; `ears`: the middle between them.
void set_trunk(Joints& joints, const Vec3& ears) {
  const Joints& rest = average_rest_joints();
  const Trunk from(rest), to(joints);
  const float scale = to.length() / from.length();
  for (const int j : {0, 3, 6, 9, 12, 13, 14, 15}) {
    const Vec3 place = rest.row(j).transpose();
    const float share = std::clamp((place - from.hips).dot(from.shoulders - from.hips) / (from.length() * from.length()), 0.0f, 1.0f);
    const Vec3 by_hips = to.hips + scale * (to.pelvis * from.pelvis.transpose() * (place - from.hips));
    const Vec3 by_shoulders = to.shoulders + scale * (to.chest * from.chest.transpose() * (place - from.shoulders));
    joints.row(j) = ((1 - share) * by_hips + share * by_shoulders).transpose();
  }
  // The head nods and tilts with the ears: half as much, as the network is no surer of them than that heads are upright.
  const Vec3 neck = joints.row(12).transpose(), head = joints.row(15).transpose();
  const Quat nod = Quat::FromTwoVectors(to.chest * Vec3(kEarsOverNeck), ears - neck);
  joints.row(15) = (neck + Quat::Identity().slerp(0.5f, nod) * (head - neck)).transpose();
}

/// About the hips; x to the picture's right, y up, z to the camera: the first two as in the picture, scaled to fit the network's metres.
Points scaled_picture(const PersonLandmarks& person) {
  const auto centred = [](const Eigen::Ref<const PersonLandmarks::Places>& places) {
    constexpr int kBody = static_cast<int>(Landmark::kLeftShoulder);
    Eigen::Matrix<float, kLandmarkCount - kBody, 2> out = places.bottomRows<kLandmarkCount - kBody>().leftCols<2>();
    return (out.rowwise() - out.colwise().mean()).eval();
  };
  const auto pixels = centred(person.picture), metres = centred(person.world);
  const float scale = pixels.cwiseProduct(metres).sum() / std::max(pixels.squaredNorm(), 1e-6f);
  const Vec2 hips = 0.5f * (person.pixel(Landmark::kLeftHip) + person.pixel(Landmark::kRightHip));
  Points out(kLandmarkCount, 3);
  out << scale * (person.picture.col(0).array() - hips.x()), -scale * (person.picture.col(1).array() - hips.y()), -person.world.col(2);
  return out;
}

Result<void> check_seen(const PersonLandmarks& person, int width, int height, std::vector<std::string>* hidden) {
  if (person.score < kLeastScore)
    return fail(ErrorCode::kInput, "whether there is a person is not certain enough (score {:.2f}, at least {:.2f}); "
                "give a picture in which the whole person is larger, sharper or less covered", person.score, kLeastScore);
  const float margin = kBesidePicture * static_cast<float>(std::max(width, height));
  std::vector<std::string> outside;
  for (const Pair& limb : kLimbs)
    for (const int side : {0, 1}) {
      const Landmark landmark = on_side(limb.left, side);
      const Vec2 pixel = person.pixel(landmark);
      const std::string name(kJointNames[static_cast<std::size_t>(limb.left_joint + side)]);
      if (pixel.x() < -margin || pixel.y() < -margin || pixel.x() > static_cast<float>(width) + margin ||
          pixel.y() > static_cast<float>(height) + margin || person.presence[static_cast<int>(landmark)] < kLeastScore)
        outside.push_back(name);
      else if (hidden && person.visibility[static_cast<int>(landmark)] < kLeastScore)
        hidden->push_back(name);
    }
  if (outside.empty()) return {};
  return fail(ErrorCode::kInput, "outside the picture: {}; give one that shows the whole person", fmt::join(outside, ", "));
}

}  // namespace

Result<Joints> joints_of_landmarks(const PersonLandmarks& person, int width, int height, std::vector<std::string>* hidden) {
  MP4D_CHECK(check_seen(person, width, height, hidden));
  const Points places = scaled_picture(person);
  const auto at = [&](Landmark landmark) { return Vec3(places.row(static_cast<int>(landmark)).transpose()); };
  Joints joints = Joints::Zero();
  for (const int side : {0, 1}) {
    for (const Pair& limb : kLimbs) joints.row(limb.left_joint + side) = at(on_side(limb.left, side)).transpose();
    joints.row(10 + side) = at(on_side(Landmark::kLeftToes, side)).transpose();
    joints.row(22 + side) = 0.5f * (at(on_side(Landmark::kLeftIndex, side)) + at(on_side(Landmark::kLeftPinky, side))).transpose();
  }
  set_trunk(joints, 0.5f * (at(Landmark::kLeftEar) + at(Landmark::kRightEar)));
  return joints;
}

}  // namespace mp4d::human
