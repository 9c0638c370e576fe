#pragma once
#include "core/camera.h"
#include "core/image.h"
#include "io/frames.h"
#include "motion/rig.h"
#include <vector>

namespace mp4d {

enum class CameraPath {
  kStaticSide,          ///< still camera from the subject's left, wide enough for the whole walk
  kStaticThreeQuarter,  ///< still camera from ahead and to the left
  kOrbit                ///< circles and follows the subject
};

struct SceneOptions {
  int width = 256, height = 256;
  int frames = 40;
  double fps = 24;
  CameraPath path = CameraPath::kOrbit;
  float orbit_start_deg = 40;   ///< azimuth of the first frame, 0 = ahead of the subject, 90 = its left
  float orbit_sweep_deg = 70;   ///< turned evenly over the clip
  float elevation_deg = 14;
  float vertical_fov_deg = 35;
  int supersample = 2;
  unsigned seed = 1;            ///< of the background
};

/// A clip of which everything is known. `truth` and `cameras` share one world: y up, ground at y = 0, metres.
struct SyntheticClip {
  Frames frames;
  std::vector<Mask> masks;      ///< 255 = subject, at pixel centres
  std::vector<Camera> cameras;
  MeshSequence truth;
};

/// Films `clip` of `model` over a textured ground and wall that stay put in the world while the camera moves; the
/// subject casts a shadow. Deterministic.
SyntheticClip film(const RiggedModel& model, const Clip& clip, const SceneOptions& options = {});

}  // namespace mp4d
