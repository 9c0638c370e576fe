#pragma once
#include "core/camera.h"
#include "core/image.h"
#include "core/job_context.h"
#include "motion/voxels.h"
#include "reconstruction/field/grid_march.h"

namespace mp4d {

/// A field's surface, as a camera sees it.
struct DepthMap {
  Camera camera;
  Vec3 eye;
  ImageF colour;
  ImageF depth;   ///< along each pixel's ray, scene units; 0 where the ray meets nothing
  ImageF facing;  ///< squared cosine between the pixel's ray and the surface's normal, from the depths of its neighbours
};

/// What all cameras see of a field before `background` at a time, in pictures of at most 400 pixels. Phase of `job`: "look", a step a camera. Error: kCancelled.
Result<std::vector<DepthMap>> look_at_field(const GridField& field, const std::vector<Camera>& cameras, float near, const Vec3& background,
                                            float time, JobContext* job);

/// The memory of the map of such a camera.
double depth_map_bytes(const Camera& camera);

/// A point in a map.
struct InMap {
  int x = -1, y = -1;  ///< its pixel; -1 if the camera does not see that way
  float before = 0;    ///< how far it lies before the surface, scene units, below 0 behind it; very far where there is none
  explicit operator bool() const { return x >= 0; }
};
InMap place_in(const DepthMap& map, const Vec3& point);

/// A point of the surface, as the maps show it.
struct Sight {
  int views = 0;                       ///< how many see it
  Vec3 colour = Vec3::Constant(0.5f);  ///< as they see it, those more that are near and before it
};
Sight sight_of(const GridField& field, const std::vector<DepthMap>& maps, const Vec3& point, const Vec3& normal);

/// A cell's side at a point of the world.
float cell_at(const GridField& field, const Vec3& point);

/// Mean, weighted by how much they face it, of the maps' distances to the surface at the field's samples, in truncations of three cells, below 0 behind the
/// surface (Curless and Levoy 1996); -1 where no camera sees. Of a contracted field on the image's samples. Multi-threaded,
/// the same for any number of threads.
VoxelGrid fused_surface(const GridField& field, const std::vector<DepthMap>& maps);

}  // namespace mp4d
