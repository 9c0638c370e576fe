#include "reconstruction/field/field_view.h"
#include "reconstruction/field/scene_geometry.h"
#include <algorithm>
#include <cmath>

namespace mp4d {

FieldView render_field(const GridField& field, const Camera& camera, const Lens& lens, const MarchOptions& options,
                       const Vec3& background, float time) {
  const auto width = static_cast<std::size_t>(camera.width), height = static_cast<std::size_t>(camera.height);
  std::vector<Ray> rays(width * height);
  const Vec3 eye = eye_of(camera);
#pragma omp parallel for schedule(static)
  for (std::size_t i = 0; i < rays.size(); ++i)
    rays[i] = {eye, ray_direction(camera, lens, static_cast<double>(i % width) + 0.5, static_cast<double>(i / width) + 0.5), time};
  std::vector<RayResult> results(rays.size());
  GridMarch().forward(field, rays, {}, options, results, false);
  FieldView view{ImageF(camera.width, camera.height, 3), ImageF(camera.width, camera.height, 1),
                 ImageF(camera.width, camera.height, 1)};
  for (std::size_t i = 0; i < rays.size(); ++i) {
    const RayResult& r = results[i];
    for (int c = 0; c < 3; ++c) view.colour.data[3 * i + c] = r.colour[c] + r.transmittance * background[c];
    view.opacity.data[i] = 1 - r.transmittance;
    view.depth.data[i] = r.depth;
  }
  return view;
}

Image to_8_bit(const ImageF& image) {
  Image out(image.width, image.height, image.channels);
  for (std::size_t i = 0; i < out.data.size(); ++i)
    out.data[i] = static_cast<std::uint8_t>(std::lround(255 * std::clamp(image.data[i], 0.0f, 1.0f)));
  return out;
}

ImageF on_background(const Image& image, const Vec3& background) {
  ImageF out(image.width, image.height, 3);
  const auto channels = static_cast<std::size_t>(image.channels);
  for (std::size_t i = 0; i < image.pixels(); ++i) {
    const float alpha = channels == 4 ? static_cast<float>(image.data[channels * i + 3]) / 255 : 1;
    for (std::size_t c = 0; c < 3; ++c)
      out.data[3 * i + c] = alpha * static_cast<float>(image.data[channels * i + std::min(c, channels - 1)]) / 255 + (1 - alpha) * background[Eigen::Index(c)];
  }
  return out;
}

}  // namespace mp4d
