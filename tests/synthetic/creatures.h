#pragma once
#include "motion/rig.h"

namespace mp4d {

/// A friendly fox-like quadruped, about 1.4 m from nose to tail tip: 22 joints, one closed 2-manifold with vertex
/// colours, smooth weights, facing +z on the ground y = 0. `resolution` = voxels along its length (72 gives some 4,600
/// vertices). Its clip "walk" is two seconds at 24 fps of a lateral-sequence walk along +z: feet do not slide.
RiggedModel make_quadruped(int resolution = 72);

/// A person-like biped, about 1.7 m tall, arms lowered 40 degrees in the rest pose, 19 joints; as above, with a "walk".
RiggedModel make_biped(int resolution = 72);

}  // namespace mp4d
