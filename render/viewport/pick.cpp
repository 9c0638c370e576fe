#include "render/viewport/pick.h"
#include "render/hard_raster.h"
#include <cmath>

namespace mp4d {

std::optional<Pick> pick_surface(const ViewFrame& frame, float x, float y) {
  const Mesh mesh = posed_mesh(frame);
  if (mesh.faces.rows() == 0) return {};
  Camera one_pixel = frame.camera;  // whose centre is (x, y)
  one_pixel.width = one_pixel.height = 1;
  one_pixel.cx += 0.5f - x;
  one_pixel.cy += 0.5f - y;
  const GBuffer buffer = rasterise(one_pixel, mesh.verts, mesh.faces);
  if (buffer.face[0] < 0) return {};
  Pick pick;
  pick.face = buffer.face[0];
  const Vec2 b = buffer.barycentric[0];
  const float w[3] = {1 - b.x() - b.y(), b.x(), b.y()};
  int heaviest = 0;
  for (int c = 0; c < 3; ++c) {
    pick.point += w[c] * mesh.verts.row(mesh.faces(pick.face, c)).transpose();
    if (w[c] > w[heaviest]) heaviest = c;
  }
  if (frame.skin && frame.skin->joints.rows() == mesh.verts.rows())
    pick.joint = frame.skin->joints(mesh.faces(pick.face, heaviest), 0);
  return pick;
}

int pick_joint(const ViewFrame& frame, float x, float y, float reach) {
  int best = -1;
  for (std::size_t j = 0; j < frame.root_from_joint.size(); ++j) {
    const Vec3 at = project(frame.camera, frame.root_from_joint[j].topRightCorner<3, 1>());
    const float away = std::hypot(at.x() - x, at.y() - y);
    if (at.z() > 0 && away <= reach) best = static_cast<int>(j), reach = away;
  }
  return best;
}

}  // namespace mp4d
