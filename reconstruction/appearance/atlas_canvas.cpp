#include "reconstruction/appearance/atlas_canvas.h"
#include <cmath>

namespace mp4d {

// The atlas as a camera draws it that sees one texel a pixel.
GBuffer draw_atlas(const Atlas& atlas, int size) {
  Camera camera;
  camera.width = camera.height = size;
  camera.fx = camera.fy = 1;
  Points flat(atlas.uvs.rows(), 3);
  flat << size * atlas.uvs, Eigen::VectorXf::Ones(atlas.uvs.rows());
  return rasterise(camera, flat, atlas.faces);
}

void AtlasCanvas::widen(int rounds) {
  const int n = size;
  std::vector<int> rim;
  for (int i = 0; i < n * n; ++i)
    if (!covered[i]) rim.push_back(i);
  for (int round = 0; round < rounds; ++round) {
    std::vector<int> grown, left;
    for (const int i : rim) {
      Eigen::RowVector3f sum = Eigen::RowVector3f::Zero();
      float trust = 0;
      int count = 0;
      for (int y = std::max(0, i / n - 1); y <= std::min(n - 1, i / n + 1); ++y) {
        for (int x = std::max(0, i % n - 1); x <= std::min(n - 1, i % n + 1); ++x) {
          if (!covered[y * n + x]) continue;
          sum += colours.row(y * n + x);
          trust += seen[y * n + x];
          ++count;
        }
      }
      if (count == 0) {
        left.push_back(i);
        continue;
      }
      colours.row(i) = sum / count;
      seen[i] = trust / count;
      grown.push_back(i);
    }
    for (const int i : grown) covered[i] = 1;
    rim = std::move(left);
  }
}

Image AtlasCanvas::image() const {
  Eigen::RowVector3f mean = Eigen::RowVector3f::Zero();
  const auto count = std::count(covered.begin(), covered.end(), 1);
  for (int i = 0; i < size * size; ++i)
    if (covered[i]) mean += colours.row(i) / count;
  Image out(size, size, 3);
  for (int i = 0; i < size * size; ++i) {
    const Eigen::RowVector3f c = covered[i] ? colours.row(i).eval() : mean;
    for (int k = 0; k < 3; ++k) out.data[3 * i + k] = static_cast<std::uint8_t>(std::lround(255 * std::clamp(c[k], 0.0f, 1.0f)));
  }
  return out;
}

}  // namespace mp4d
