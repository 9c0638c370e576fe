#pragma once
#include "core/geometry.h"

namespace mp4d {

/// Brings all space into a box: points of the inner box stay, those beyond it are drawn in ever more closely
/// (mip-NeRF 360: Barron et al. 2022, eq. 10, with the largest coordinate over the half side as the norm, so that the image of
/// the space is a box, as DVGO has it). With n = (p - centre) / half and m = max |n| > 1 the image is n (1 + shell - shell / m) / m.
struct Contraction {
  Vec3 centre = Vec3::Zero();
  Vec3 half = Vec3::Zero();  ///< sides of the inner box over 2; 0 = no contraction
  float shell = 1;           ///< thickness of what lies beyond it, in half sides

  bool on() const { return half.x() > 0; }
  Aabb inner() const { return {centre - half, centre + half}; }
  Aabb image() const { return {centre - (1 + shell) * half, centre + (1 + shell) * half}; }

  Vec3 into(const Vec3& point) const;
  /// Inverse; points on the edge of the image or beyond it, which are infinitely far, come out far away, but finite.
  Vec3 out_of(const Vec3& image_point) const;
  /// How many times a point lies farther from the centre than the inner box's edge; 1 or less within.
  float reach(const Vec3& point) const { return ((point - centre).cwiseAbs().cwiseQuotient(half)).maxCoeff(); }
  /// d(image) / d(point).
  Mat3 slope(const Vec3& point) const;
};

/// The steps of a ray that are equally long in the image.
class ContractedSteps {
 public:
  /// From `begin` metres on, `step` metres of the image each; the first is at `offset` steps.
  ContractedSteps(const Contraction& contraction, const Vec3& origin, const Vec3& direction, float begin, float step, float offset);

  /// The next sample's place in the image and its distance along the ray; false at the end, where less than a step is left.
  bool next(Vec3& image_point, float& distance);

 private:
  float speed(const Vec3& normed, Vec3& image_point) const;

  const Contraction& contraction_;
  Vec3 origin_, velocity_;  // in half sides
  float distance_, step_;
  Vec3 last_;  // coordinates, in half sides, beyond which less than a step is left
};

}  // namespace mp4d
