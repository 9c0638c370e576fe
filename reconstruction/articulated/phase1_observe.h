#pragma once
#include "core/camera.h"
#include "core/mesh.h"
#include "io/flow.h"
#include <vector>

namespace mp4d {

/// Points on a moving surface: frame, corners and weights of each of N points.
struct SurfacePoints {
  std::vector<int> frame;      ///< N, index into the observed frames
  std::vector<int> corner;     ///< N x 3 vertices
  std::vector<float> weight;   ///< N x 3, rows sum to 1
  std::size_t size() const { return frame.size(); }
};

/// A pixel's signed distance to the surface's silhouette, made linear about the present state: the distance is
/// offset - normal . (image position of the contour point), in mask units; `target` is that to the mask's contour.
struct SilhouetteMatches : SurfacePoints {
  std::vector<float> normal;          ///< N x 2
  std::vector<float> offset, target;  ///< N
};

/// Visible surface points with trusted flow: their motion to the next frame in mask units.
struct FlowMatches : SurfacePoints {
  std::vector<float> motion;  ///< N x 2
};

struct Observation {
  SilhouetteMatches silhouette;
  FlowMatches flow;
  std::vector<std::vector<std::uint8_t>> visible;  ///< frames x V
};

/// Square picture about the subject, for colours.
struct SubjectCrop {
  ImageF colours;                     ///< 3 channels, 0..1, averaged over the pixels under each
  float x0 = 0, y0 = 0, scale = 1;    ///< crop position = (picture position - (x0, y0)) * scale
};
constexpr int kCropSide = 128;

/// What a clip's pictures ask of a moving surface.
class Phase1Observer {
 public:
  /// `images`, `masks`: T of one size; `flow`: T - 1 or none. Keeps references.
  Phase1Observer(const std::vector<Image>& images, const std::vector<Mask>& masks, const std::vector<FlowPair>& flow,
                 const Faces& faces, unsigned seed);

  /// Pixels in a mask unit: the root of the median mask area. 0 if no mask shows the subject.
  float unit() const { return unit_; }
  bool usable(int frame) const { return !pools_[frame].empty(); }
  const SubjectCrop& crop(int frame) const { return crops_[frame]; }

  /// Compares the surfaces `verts` (posed, one a frame of `frames`) with the pictures: `pixels` of each mask and
  /// `flow_pixels` of each pair of neighbours in `frames`. `round` chooses which. Parallel, deterministic.
  Observation observe(const std::vector<int>& frames, const std::vector<Points>& verts,
                      const std::vector<Camera>& cameras, int pixels, int flow_pixels, unsigned round) const;

 private:
  struct Pixel {
    float x, y, distance;  ///< picture position, px; signed distance to the mask's contour, px
  };
  const std::vector<FlowPair>& flow_;
  const Faces& faces_;
  unsigned seed_;
  float unit_ = 0;
  std::vector<std::vector<Pixel>> pools_;
  std::vector<Aabb> boxes_;  ///< of the masks, px
  std::vector<SubjectCrop> crops_;
};

}  // namespace mp4d
