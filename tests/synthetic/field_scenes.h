#pragma once
#include "core/mesh.h"
#include "io/posed_scene.h"

namespace mp4d {

struct FieldSceneOptions {
  int width = 200, height = 150;
  int views = 64;  ///< every 8th is held out
  int supersample = 3;
  unsigned seed = 1;  ///< of the cameras
  int training_views = 0;  ///< the room: keep only so many views that are not held out; 0 = all
  double corrupted = 0;    ///< the room: share of the training views that are noisy, blurred or covered, in turn
  bool moving = false;     ///< the room: the ball, and a box of 0.5 m, are elsewhere in every view
};

/// Pictures from inside a furnished room of 4 x 2.4 x 3.2 m (y up, floor at y = 0): table, ball, torus, sofa, cabinet,
/// picture; procedural textures, one lamp with shadows. Ray traced, so the cameras are exact. With 400 surface points.
PosedScene make_room(const FieldSceneOptions& options = {});

/// Draws the room anew into all views, for cameras that were moved.
void redraw_room(PosedScene& scene);

/// Signed distance to the room's surfaces, metres, above 0 in the free space.
float room_distance(const Vec3& point);

/// The surface of a scene from its signed distance, which is above 0 in the free space, on a grid of `cell` metres
/// within `box`.
Mesh scene_surface(float (*distance)(const Vec3&), const Aabb& box, float cell);

/// Pictures with alpha of a textured object of about 2 m, from a dome of cameras 4 m off, which look at it.
PosedScene make_object(const FieldSceneOptions& options = {});

/// Pictures of a square under a clouded sky, with houses up to 90 m off, from a ring of cameras 3 m round its middle: an
/// unbounded scene. With 600 surface points as far as 200 m.
PosedScene make_square(const FieldSceneOptions& options = {});

float object_distance(const Vec3& point);

}  // namespace mp4d
