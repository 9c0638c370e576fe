#pragma once
#include "core/camera.h"
#include "core/image.h"
#include "core/job_context.h"
#include "core/mesh.h"

namespace mp4d {

/// A moving surface and the pictures it was seen in, one entry a frame.
struct FilmedSurface {
  const std::vector<Points>& frames;  ///< V x 3 each
  const Faces& faces;
  const std::vector<Camera>& cameras;
  const std::vector<Image>& images;  ///< of the cameras' proportions, any size
  const std::vector<Mask>& masks;    ///< of the cameras' size
};

/// A point of a triangle mesh: weights b1, b2 of the face's corners 1 and 2, the rest is corner 0's.
struct SurfacePoint {
  int face = 0;
  float b1 = 0, b2 = 0;
};

struct PictureColours {
  Points colours;        ///< one row a point, sRGB 0..1
  Eigen::VectorXf seen;  ///< trust in each, 0 = no frame sees it, 1 = well seen
};

/// What the pictures show at points of the surface. A frame counts for a point the more, the more directly and larger
/// it shows it, the farther from the silhouette's and from occluding edges, the sharper the picture; of the best
/// eight frames the colours near their weighted median are averaged, so that a few that lie wrong neither tint nor
/// blur (docs/texture.md). Error: cancelled.
Result<PictureColours> colours_from_pictures(const FilmedSurface& film, const std::vector<SurfacePoint>& points,
                                             JobContext* job = nullptr);

}  // namespace mp4d
