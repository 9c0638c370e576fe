#pragma once
#include "core/mesh.h"
#include "core/result.h"
#include "reconstruction/human/body_skeleton.h"
#include <memory>
#include <string>
#include <vector>

namespace mp4d::human {

/// What is known of a person. Every number is 0..1 with the middle as the average; the defaults are an average adult.
struct Attributes {
  float sex = 0.5f;         ///< 0 woman .. 1 man
  float age = 0.5f;         ///< 0 baby (1 year), 0.1875 child (10), 0.5 young adult (25), 1 old (90); linear between
  float muscle = 0.5f;
  float weight = 0.5f;
  float height = 0.5f;
  float proportions = 0.5f;
  std::array<float, 3> ancestry = {1.0f / 3, 1.0f / 3, 1.0f / 3};  ///< African, Asian, Caucasian features; sum 1
  int suit = -1, shoes = -1, hair = -1, hat = -1;                   ///< index into the wardrobe's names, -1 none
};

/// What a vertex of a body belongs to.
enum class BodyPart : std::uint8_t { kSkin, kTop, kTrousers, kShoes, kHair, kHat };
constexpr int kBodyPartCount = 6;

/// One generated person.
struct Body {
  Mesh mesh;                    ///< metres, y up; skin, then garments; colours by part; may be several closed or open shells
  std::vector<BodyPart> parts;  ///< one a vertex
  Joints joints;                ///< of the posed body
};

/// Makes clothed people from MakeHuman's data (CC0): morph, dress, pose. Immutable after loading: safe from many threads.
class BodyGenerator {
 public:
  /// `folder` holds the two unpacked archives side by side (makehuman/data/..., makehuman_extra/...).
  static Result<BodyGenerator> load(const std::string& folder);

  const std::vector<std::string>& suits() const;
  const std::vector<std::string>& shoes() const;
  const std::vector<std::string>& hair() const;
  const std::vector<std::string>& hats() const;

  /// Joints of the person at rest.
  Joints rest_joints(const Attributes& attributes) const;

  /// The person in the pose.
  Body make(const Attributes& attributes, const Pose& pose) const;

  /// A random person; index i of a seed is always the same.
  Attributes random_attributes(std::uint64_t seed, std::uint64_t index) const;

 private:
  struct Data;
  std::shared_ptr<const Data> data_;
};

/// A random pose, from quiet standing to acrobatics, yaw included; index i of a seed is always the same. Mixes the named
/// poses, their in-betweens and mirrored twins, and joint angles drawn within the joints' limits.
Pose random_pose(std::uint64_t seed, std::uint64_t index);

}  // namespace mp4d::human
