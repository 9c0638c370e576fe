#include "reconstruction/articulated/limb_landmarks.h"
#include "io/person_landmarks.h"
#include "reconstruction/articulated/distance_field2d.h"
#include <algorithm>
#include <cmath>

namespace mp4d {
namespace {

constexpr std::size_t kLooks = 24;      // pictures of a clip
constexpr float kLeastScore = 0.5f;     // of a person
constexpr float kLeastInside = 0.6f;    // share of the landmarks in the mask
constexpr float kBesideMask = 0.06f;    // of the root of its area, that a landmark may lie outside
constexpr Landmark kNetworks[] = {Landmark::kLeftShoulder, Landmark::kRightShoulder, Landmark::kLeftElbow, Landmark::kRightElbow,
                                  Landmark::kLeftWrist,    Landmark::kRightWrist,    Landmark::kLeftHip,   Landmark::kRightHip,
                                  Landmark::kLeftKnee,     Landmark::kRightKnee,     Landmark::kLeftAnkle, Landmark::kRightAnkle};

/// Trust 0 for what lies beside the mask; all of it for a person who is somebody else.
LimbLandmarks of_subject(const PersonLandmarks& person, const ImageF& distance, float beside) {
  LimbLandmarks out;
  int inside = 0;
  for (std::size_t i = 0; i < kLimbLandmarks.size(); ++i) {
    out.pixel[i] = person.pixel(kNetworks[i]);
    const int x = static_cast<int>(std::floor(out.pixel[i].x())), y = static_cast<int>(std::floor(out.pixel[i].y()));
    if (x < 0 || y < 0 || x >= distance.width || y >= distance.height || distance.at(x, y) > beside) continue;
    ++inside;
    out.trust[i] = person.score * person.visibility[static_cast<int>(kNetworks[i])];
  }
  if (static_cast<float>(inside) < kLeastInside * kLimbLandmarks.size()) out.trust.fill(0);
  return out;
}

bool found(const LimbLandmarks& frame) {
  return std::any_of(frame.trust.begin(), frame.trust.end(), [](float trust) { return trust > 0; });
}

/// How far the limbs are from one frame to another one whose sides are exchanged or not.
float motion(const LimbLandmarks& a, const LimbLandmarks& b, bool exchanged) {
  float sum = 0;
  for (std::size_t i = 0; i < kLimbLandmarks.size(); ++i) {
    const std::size_t other = exchanged ? i ^ 1 : i;
    sum += std::min(a.trust[i], b.trust[other]) * (a.pixel[i] - b.pixel[other]).norm();
  }
  return sum;
}

}  // namespace

void untangle_sides(std::vector<LimbLandmarks>& frames) {
  std::vector<std::size_t> seen;
  for (std::size_t t = 0; t < frames.size(); ++t)
    if (found(frames[t])) seen.push_back(t);
  // Only whether a frame differs from the one before matters, so that each step is decided on its own.
  std::vector<bool> exchanged(seen.size(), false);
  for (std::size_t k = 1; k < seen.size(); ++k) {
    const LimbLandmarks &before = frames[seen[k - 1]], &now = frames[seen[k]];
    const bool crossed = motion(before, now, true) < motion(before, now, false);
    exchanged[k] = exchanged[k - 1] != crossed;
  }
  const auto count = static_cast<std::size_t>(std::count(exchanged.begin(), exchanged.end(), true));
  if (2 * count > seen.size()) exchanged.flip();
  for (std::size_t k = 0; k < seen.size(); ++k) {
    if (!exchanged[k]) continue;
    LimbLandmarks& frame = frames[seen[k]];
    for (std::size_t i = 0; i < kLimbLandmarks.size(); i += 2) {
      std::swap(frame.pixel[i], frame.pixel[i + 1]);
      std::swap(frame.trust[i], frame.trust[i + 1]);
    }
  }
}

Result<std::vector<LimbLandmarks>> find_limb_landmarks(const std::vector<Image>& images, const std::vector<Mask>& masks, JobContext* job) {
  MP4D_TRY(network, PersonNetwork::open());
  std::vector<LimbLandmarks> out(images.size());
  const std::size_t step = std::max<std::size_t>(1, images.size() / kLooks);
  std::size_t looks = 0, hits = 0;
  for (std::size_t t = 0; t < images.size(); t += step) {
    MP4D_CHECK(check(job));
    const auto area = static_cast<float>(std::count_if(masks[t].data.begin(), masks[t].data.end(), [](auto value) { return value != 0; }));
    if (area < 64) continue;
    ++looks;
    const ImageF distance = signed_distance(masks[t]);
    MP4D_TRY(people, network.detect(images[t], job));
    for (const PersonBox& box : people) {
      MP4D_TRY(person, network.landmarks(images[t], box, job));
      if (person.score < kLeastScore) continue;
      const LimbLandmarks limbs = of_subject(person, distance, kBesideMask * std::sqrt(area));
      if (!found(limbs)) continue;
      out[t] = limbs;
      ++hits;
      break;
    }
  }
  if (2 * hits < looks || hits == 0) return std::vector<LimbLandmarks>{};
  untangle_sides(out);
  return out;
}

}  // namespace mp4d
