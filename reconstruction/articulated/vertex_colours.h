#pragma once
#include "core/camera.h"
#include "core/image.h"
#include "core/mesh.h"

namespace mp4d {

/// Colours of a moving surface from the pictures it was seen in: for each vertex the blend of the frames that see it
/// best (visible, facing the camera, away from the silhouette's edge), V x 3 sRGB in 0..1. Vertices that no frame sees
/// take their mirror twin's colour (`mirror` = V indices or empty), then their neighbours' by diffusion; grey if
/// nothing was seen at all.
Points bake_vertex_colours(const std::vector<Points>& frames, const Faces& faces, const std::vector<Camera>& cameras,
                           const std::vector<Image>& images, const std::vector<Mask>& masks,
                           const std::vector<int>& mirror);

/// For every vertex the one nearest to its reflection in x = 0, V indices; -1 where none is within 3 % of the size.
std::vector<int> mirror_map(const Points& verts);

}  // namespace mp4d
