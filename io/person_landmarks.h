#pragma once
#include "core/geometry.h"
#include "core/image.h"
#include "core/job_context.h"
#include <memory>
#include <vector>

namespace mp4d {

/// Points of a body that the pose network finds, by their numbers there (Bazarevsky et al., "BlazePose", 2020).
enum class Landmark {
  kNose = 0,
  kLeftEar = 7,
  kRightEar = 8,
  kLeftShoulder = 11,
  kRightShoulder = 12,
  kLeftElbow = 13,
  kRightElbow = 14,
  kLeftWrist = 15,
  kRightWrist = 16,
  kLeftPinky = 17,  ///< first knuckles
  kRightPinky = 18,
  kLeftIndex = 19,
  kRightIndex = 20,
  kLeftHip = 23,
  kRightHip = 24,
  kLeftKnee = 25,
  kRightKnee = 26,
  kLeftAnkle = 27,
  kRightAnkle = 28,
  kLeftHeel = 29,
  kRightHeel = 30,
  kLeftToes = 31,
  kRightToes = 32
};
constexpr int kLandmarkCount = 33;

/// Where a person is in a picture, in pixels.
struct PersonBox {
  Vec2 low = Vec2::Zero(), high = Vec2::Zero();  ///< corners about the head and shoulders, as the network was taught
  Vec2 hips = Vec2::Zero();                      ///< middle of the hips
  Vec2 above = Vec2::Zero();  ///< up the body's axis from the hips, as far as the body reaches about them
  float score = 0;            ///< 0..1

  float reach() const { return (above - hips).norm(); }
};

/// The landmarks of a person in a picture.
struct PersonLandmarks {
  using Places = Eigen::Matrix<float, kLandmarkCount, 3, Eigen::RowMajor>;
  Places picture = Places::Zero();  ///< x and y in pixels; depth against the hips in the same unit, away from the camera
  Places world = Places::Zero();    ///< metres about the middle of the hips; x to the picture's right, y down, z away
  Eigen::Array<float, kLandmarkCount, 1> visibility{};  ///< 0..1: in the picture and not hidden
  Eigen::Array<float, kLandmarkCount, 1> presence{};    ///< 0..1: in the picture
  float score = 0;                                      ///< 0..1: that there is a person
  PersonBox box;                                        ///< from the landmarks, to begin with in the next picture

  Vec2 pixel(Landmark landmark) const { return picture.row(static_cast<int>(landmark)).head<2>().transpose(); }
  Vec3 metres(Landmark landmark) const { return world.row(static_cast<int>(landmark)).transpose(); }
};

/// The pose network (`magicpose4d models install pose`), run by ONNX Runtime.
class PersonNetwork {
 public:
  /// Errors: kUsage, not installed; kInput, damaged; kFailed, it cannot be run.
  static Result<PersonNetwork> open();

  /// The people in a picture of 3 or 4 channels, the largest first; may be none.
  Result<std::vector<PersonBox>> detect(const Image& image, const JobContext* job = nullptr) const;

  /// The landmarks of the person at `box` (found in this picture or the one before). Where nobody is there, the score is
  /// low.
  Result<PersonLandmarks> landmarks(const Image& image, const PersonBox& box, const JobContext* job = nullptr) const;

  /// Probability of the person at `box` (that of the landmarks) in every pixel of the picture, 1 channel.
  Result<ImageF> figure(const Image& image, const PersonBox& box, const JobContext* job = nullptr) const;

 private:
  struct State;
  explicit PersonNetwork(std::shared_ptr<State> state) : state_(std::move(state)) {}
  std::shared_ptr<State> state_;
};

}  // namespace mp4d
