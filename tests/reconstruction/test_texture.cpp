#include "reconstruction/articulated/texture.h"
#include "reconstruction/articulated/vertex_colours.h"
#include "render/hard_raster.h"
#include "tests/motion/bodies.h"
#include <functional>
#include <gtest/gtest.h>
#include <numbers>

namespace mp4d {
namespace {

using Paint = std::function<Vec3(const Vec3&)>;

/// Broad bands along the body and up it, alike on the left and on the right.
Vec3 symmetric_paint(const Vec3& p) {
  return {0.5f + 0.35f * std::sin(9 * p.z()), 0.5f + 0.35f * std::sin(10 * p.y()), 0.3f + 1.5f * std::abs(p.x())};
}

/// An animal that bends sideways, of known paint and cameras, without light or shade.
struct Scene {
  Mesh rest;
  std::vector<Points> frames;
  std::vector<Camera> cameras;
  std::vector<Image> images;
  std::vector<Mask> masks;

  FilmedSurface film() const { return {frames, rest.faces, cameras, images, masks}; }
};

Vec3 at(const Points& verts, const Faces& faces, const SurfacePoint& p) {
  return ((1 - p.b1 - p.b2) * verts.row(faces(p.face, 0)) + p.b1 * verts.row(faces(p.face, 1)) +
          p.b2 * verts.row(faces(p.face, 2)))
      .transpose();
}

/// `azimuths` degrees about +y, 0 = from ahead; pictures `enlarged` times the cameras' size.
Scene film(const std::vector<float>& azimuths, const Paint& paint, int enlarged = 1) {
  constexpr int kSide = 192;
  Scene scene;
  scene.rest = testing::make_animal().mesh(56);
  for (std::size_t t = 0; t < azimuths.size(); ++t) {
    Points verts = scene.rest.verts;
    verts.col(0) += 0.08f * (3 * verts.col(2).array() + 0.7f * t).sin().matrix();
    const float radians = azimuths[t] * std::numbers::pi_v<float> / 180;
    const Camera camera = orbit_camera(bounds(scene.rest.verts), radians, t % 2 ? 0.5f : -0.2f, kSide, kSide);
    const Camera large = resized(camera, kSide * enlarged, kSide * enlarged);
    const GBuffer buffer = rasterise(large, verts, scene.rest.faces);
    Image image(large.width, large.height, 3, 40);
    for (std::size_t i = 0; i < image.pixels(); ++i) {
      if (buffer.face[i] < 0) continue;
      const Vec3 colour =
          paint(at(scene.rest.verts, scene.rest.faces, {buffer.face[i], buffer.barycentric[i].x(), buffer.barycentric[i].y()}));
      for (int c = 0; c < 3; ++c) image.data[3 * i + c] = static_cast<std::uint8_t>(std::lround(255 * colour[c]));
    }
    scene.masks.push_back(render_mask(camera, verts, scene.rest.faces));
    scene.frames.push_back(std::move(verts));
    scene.cameras.push_back(camera);
    scene.images.push_back(std::move(image));
  }
  return scene;
}

std::vector<float> all_round(int count) {
  std::vector<float> azimuths;
  for (int i = 0; i < count; ++i) azimuths.push_back(360.0f * i / count);
  return azimuths;
}

struct Baked {
  Atlas atlas;
  Image texture;
};

Baked bake(const Scene& scene, const Symmetry& symmetry, int size = 512) {
  auto atlas = unwrap(scene.rest.verts, scene.rest.faces, size, texture_padding(size));
  EXPECT_TRUE(atlas);
  auto texture = bake_texture(scene.film(), *atlas, scene.rest.verts, symmetry, size);
  EXPECT_TRUE(texture);
  return {std::move(*atlas), std::move(*texture)};
}

Symmetry mirrored(const Scene& scene) { return {mirror_map(scene.rest.verts, 0), 0}; }
Symmetry none(const Scene& scene) { return {std::vector<int>(scene.rest.verts.rows(), -1), 0}; }

/// Bilinear, as a viewer looks it up.
Vec3 look_up(const Image& texture, const Vec2& uv) {
  const float x = uv.x() * texture.width - 0.5f, y = uv.y() * texture.height - 0.5f;
  const int x0 = static_cast<int>(std::floor(x)), y0 = static_cast<int>(std::floor(y));
  Vec3 sum = Vec3::Zero();
  for (int j = 0; j < 2; ++j)
    for (int i = 0; i < 2; ++i)
      for (int c = 0; c < 3; ++c)
        sum[c] += (i ? x - x0 : 1 - x + x0) * (j ? y - y0 : 1 - y + y0) * texture.at(x0 + i, y0 + j, c) / 255.0f;
  return sum;
}

/// Errors (largest channel) at three points of every face for which `counts` holds, ascending.
std::vector<float> errors(const Scene& scene, const Baked& baked, const Paint& paint,
                          const std::function<bool(const Vec3&)>& counts = [](const Vec3&) { return true; }) {
  std::vector<float> found;
  for (int f = 0; f < static_cast<int>(scene.rest.faces.rows()); ++f) {
    for (const SurfacePoint& p : {SurfacePoint{f, 0.3f, 0.3f}, {f, 0.05f, 0.05f}, {f, 0.5f, 0.5f}}) {
      const Vec3 place = at(scene.rest.verts, scene.rest.faces, p);
      if (!counts(place)) continue;
      const Points2& uvs = baked.atlas.uvs;
      const Faces& faces = baked.atlas.faces;
      const Vec2 uv = (1 - p.b1 - p.b2) * uvs.row(faces(f, 0)) + p.b1 * uvs.row(faces(f, 1)) + p.b2 * uvs.row(faces(f, 2));
      found.push_back((look_up(baked.texture, uv) - paint(place)).cwiseAbs().maxCoeff());
    }
  }
  std::sort(found.begin(), found.end());
  return found;
}

float share(const std::vector<float>& sorted, double part) { return sorted.at(static_cast<std::size_t>(part * (sorted.size() - 1))); }

TEST(Texture, KnownCamerasGiveThePaintBack) {
  const Scene scene = film(all_round(12), symmetric_paint);
  const std::vector<float> error = errors(scene, bake(scene, none(scene)), symmetric_paint);
  EXPECT_LT(share(error, 0.5), 0.015);
  EXPECT_LT(share(error, 0.9), 0.05);
}

TEST(Texture, AFewWrongPicturesLeaveNoTrace) {
  Scene scene = film(all_round(24), symmetric_paint);
  for (const int t : {3, 9, 16}) {
    for (std::size_t i = 0; i < scene.images[t].pixels(); ++i) {
      scene.images[t].data[3 * i] = scene.images[t].data[3 * i + 2] = 255;
      scene.images[t].data[3 * i + 1] = 0;
    }
  }
  const std::vector<float> error = errors(scene, bake(scene, none(scene)), symmetric_paint);
  EXPECT_LT(share(error, 0.5), 0.02);
  EXPECT_LT(share(error, 0.9), 0.07);
}

TEST(Texture, HiddenSideShowsTheMirrorImage) {
  // From the animal's left (+x) only.
  const Scene scene = film({60, 75, 90, 105, 120}, symmetric_paint);
  const auto far_flank = [](const Vec3& p) { return p.x() < -0.06f && p.y() > 0.45f; };
  const std::vector<float> with = errors(scene, bake(scene, mirrored(scene)), symmetric_paint, far_flank);
  const std::vector<float> without = errors(scene, bake(scene, none(scene)), symmetric_paint, far_flank);
  ASSERT_GT(with.size(), 500u);
  EXPECT_LT(share(with, 0.5), 0.03);
  EXPECT_LT(share(with, 0.8), 0.08);
  EXPECT_GT(share(without, 0.5), 2 * share(with, 0.5));
}

TEST(Texture, LargerPicturesGiveFinerDetail) {
  const Paint fine = [](const Vec3& p) { return Vec3::Constant(0.5f + 0.4f * std::sin(250 * p.z())); };
  const auto flank = [](const Vec3& p) { return std::abs(p.x()) > 0.08f && p.y() > 0.5f && std::abs(p.z()) < 0.2f; };
  const Scene small = film({80, 90, 100}, fine), large = film({80, 90, 100}, fine, 4);
  const auto left = [&](const Vec3& p) { return p.x() > 0 && flank(p); };
  const std::vector<float> coarse = errors(small, bake(small, none(small), 1024), fine, left);
  const std::vector<float> sharp = errors(large, bake(large, none(large), 1024), fine, left);
  EXPECT_LT(share(sharp, 0.5), 0.6 * share(coarse, 0.5));
}

TEST(Texture, NothingSeenIsGrey) {
  Scene scene = film({90}, symmetric_paint);
  scene.masks.front() = Mask(scene.masks.front().width, scene.masks.front().height, 1);
  const Baked baked = bake(scene, none(scene), 256);
  for (const std::uint8_t value : baked.texture.data) ASSERT_NEAR(value, 127.5, 1);
}

TEST(VertexColours, UnseenVerticesContinueTheirSurroundings) {
  const auto two_tone = [](const Vec3& p) { return p.z() > 0 ? Vec3(0.8f, 0.2f, 0.2f) : Vec3(0.2f, 0.2f, 0.8f); };
  const Scene scene = film({70, 90, 110}, two_tone);
  auto colours = bake_vertex_colours(scene.film(), scene.rest.verts, {});
  ASSERT_TRUE(colours);
  double ahead = 0, behind = 0;
  int ahead_count = 0, behind_count = 0;
  for (Eigen::Index v = 0; v < colours->rows(); ++v) {
    EXPECT_GE(colours->row(v).minCoeff(), 0.1f);
    EXPECT_LE(colours->row(v).maxCoeff(), 0.9f);
    if (scene.rest.verts(v, 0) > -0.05f) continue;  // the side that no camera sees
    if (scene.rest.verts(v, 2) > 0.15f) ahead += (*colours)(v, 0), ++ahead_count;
    if (scene.rest.verts(v, 2) < -0.25f) behind += (*colours)(v, 0), ++behind_count;
  }
  EXPECT_GT(ahead / ahead_count, behind / behind_count + 0.3);
}

}  // namespace
}  // namespace mp4d
