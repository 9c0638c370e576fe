#pragma once
#include "core/camera.h"
#include "motion/rig.h"
#include <memory>

namespace mp4d {

enum class SurfaceLook {
  kTextured,  ///< textures and colours of the mesh
  kPlain,     ///< one grey, to judge the shape
  kWeights    ///< which joints hold each vertex
};

/// Everything one picture of the viewport shows. Mesh and skin are shared and never change: what draws them keeps its
/// copy as long as the pointers stay the same.
struct ViewFrame {
  std::shared_ptr<const Mesh> mesh;   ///< null = none
  std::shared_ptr<const Skin> skin;   ///< null or 0 rows = the mesh stands still
  std::vector<Mat4> root_from_joint;  ///< the pose
  Camera camera;                      ///< of the picture, device pixels
  SurfaceLook look = SurfaceLook::kTextured;
  int weights_of = -1;  ///< with kWeights: the joint whose weights are shown, -1 = every joint in its hue
  bool wireframe = false;
  bool ground = true;
  float ground_y = 0;              ///< metres
  float size = 1;                  ///< of what is shown, metres: sets the spacing of the ground's lines
  Vec3 ground_colour = Vec3::Zero();  ///< of its lines, sRGB 0..1
};

/// Colours of the weights, V x 3 sRGB: viridis from 0 to 1 of one joint, or for joint -1 hues mixed by weight. Viridis
/// (Smith and van der Walt 2015) is told apart by all kinds of colour vision.
Points weight_colours(const Skin& skin, int joint);

/// Spacing of the ground's lines, metres: 1, 2 or 5 times a power of ten, about a fifth of `size`.
float ground_step(float size);

/// The mesh as the frame poses it, with normals.
Mesh posed_mesh(const ViewFrame& frame);

}  // namespace mp4d
