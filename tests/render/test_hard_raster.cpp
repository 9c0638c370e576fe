#include "render/hard_raster.h"
#include <gtest/gtest.h>
#include <limits>
#include <omp.h>
#include <random>

namespace mp4d {
namespace {

/// Pinhole whose pixel (u, v) looks along (u / focal, v / focal, 1): world = camera axes.
Camera plain_camera(int width, int height, float focal) {
  Camera camera;
  camera.width = width, camera.height = height;
  camera.fx = camera.fy = focal;
  return camera;
}

/// Grid of `n` x `n` quads over [0, side]^2 px at depth 1, each cut into two along a random diagonal.
/// `place` moves the inner vertices.
template <class Place>
void make_grid(int n, float side, float focal, unsigned seed, const Place& place, Points& verts, Faces& faces) {
  std::mt19937 rng(seed);
  verts.resize((n + 1) * (n + 1), 3);
  for (int j = 0; j <= n; ++j)
    for (int i = 0; i <= n; ++i) {
      Vec2 p(i * side / n, j * side / n);
      if (i > 0 && j > 0 && i < n && j < n) p = place(p, rng);
      verts.row(j * (n + 1) + i) << p.x() / focal, p.y() / focal, 1;
    }
  faces.resize(2 * n * n, 3);
  for (int j = 0, f = 0; j < n; ++j)
    for (int i = 0; i < n; ++i) {
      const int a = j * (n + 1) + i, b = a + 1, c = a + n + 1, d = c + 1;
      const bool other_diagonal = rng() % 2;
      faces.row(f++) << a, b, (other_diagonal ? d : c);
      faces.row(f++) << (other_diagonal ? a : b), d, c;
    }
}

/// How many of the faces, each drawn alone, cover each pixel.
std::vector<int> coverage(const Camera& camera, const Points& verts, const Faces& faces) {
  std::vector<int> count(static_cast<std::size_t>(camera.width) * camera.height, 0);
  for (Eigen::Index f = 0; f < faces.rows(); ++f) {
    const GBuffer one = rasterise(camera, verts, faces.row(f));
    for (std::size_t p = 0; p < count.size(); ++p) count[p] += one.face[p] >= 0;
  }
  return count;
}

TEST(HardRaster, NeighboursShareEveryPixelExactlyOnce) {
  const Camera camera = plain_camera(32, 32, 64);
  for (unsigned seed = 1; seed <= 12; ++seed) {
    Points verts;
    Faces faces;
    // Inner vertices on pixel centres (many pixels exactly on edges and corners), or anywhere.
    make_grid(8, 32, 64, seed, [&](const Vec2& p, std::mt19937& rng) {
      std::uniform_real_distribution<float> jitter(-1.3f, 1.3f);
      const Vec2 moved = p + Vec2(jitter(rng), jitter(rng));
      return seed % 2 ? Vec2(std::floor(moved.x()) + 0.5f, std::floor(moved.y()) + 0.5f) : moved;
    }, verts, faces);
    for (int c : coverage(camera, verts, faces)) ASSERT_EQ(c, 1) << "seed " << seed;
  }
}

TEST(HardRaster, NeighboursShareEveryPixelExactlyOnceAcrossTheNearPlane) {
  // A tilted plane that passes below the eye and reaches behind it.
  Camera camera = plain_camera(48, 48, 40);
  camera.cx = camera.cy = 24;
  Points verts;
  Faces faces;
  make_grid(6, 6, 1, 3, [](const Vec2& p, std::mt19937& rng) {
    std::uniform_real_distribution<float> jitter(-0.4f, 0.4f);
    return Vec2(p + Vec2(jitter(rng), jitter(rng)));
  }, verts, faces);
  for (Eigen::Index i = 0; i < verts.rows(); ++i) {
    const float x = (verts(i, 0) - 3) * 20, z = (verts(i, 1) - 3) * 20;
    verts.row(i) << x, 1 + 0.05f * x, z;  // y down: below the eye
  }
  const std::vector<int> count = coverage(camera, verts, faces);
  int covered = 0;
  for (int y = 0; y < camera.height; ++y)
    for (int x = 0; x < camera.width; ++x) {
      // The ray t (dx, dy, 1) meets y = 1 + 0.05 x at t = 1 / (dy - 0.05 dx).
      const double dx = (x + 0.5 - 24) / 40, dy = (y + 0.5 - 24) / 40, t = 1 / (dy - 0.05 * dx);
      const bool hit = t > 0 && t < 59.9 && std::abs(t * dx) < 59.9;
      const bool near_border = std::abs(t - 60) < 1 || std::abs(std::abs(t * dx) - 60) < 1;
      if (near_border) continue;
      ASSERT_EQ(count[y * camera.width + x], hit ? 1 : 0) << x << ", " << y;
      covered += hit;
    }
  EXPECT_GT(covered, 500);
}

TEST(HardRaster, DepthAndBarycentricsAreThoseOfTheRay) {
  Camera camera = plain_camera(64, 48, 50);
  camera.cx = 30.5f, camera.cy = 25;
  camera.camera_from_world = look_at(Vec3(1, 2, -3), Vec3(0, 0, 0));
  std::mt19937 rng(4);
  std::uniform_real_distribution<float> u(-2.5f, 2.5f);
  Points verts(90, 3);
  Faces faces(30, 3);
  for (int i = 0; i < 90; ++i) {
    verts.row(i) << u(rng), u(rng), u(rng);
    faces.data()[i] = i;
  }
  const GBuffer out = rasterise(camera, verts, faces);
  int checked = 0;
  for (int y = 0; y < 48; ++y)
    for (int x = 0; x < 64; ++x) {
      // Brute force: the closest hit of the pixel's ray.
      const Vec3 ray((x + 0.5f - camera.cx) / camera.fx, (y + 0.5f - camera.cy) / camera.fy, 1);
      double best = std::numeric_limits<double>::infinity();
      int face = -1;
      bool unsure = false;
      for (int f = 0; f < 30; ++f) {
        Eigen::Matrix3d m;
        for (int k = 0; k < 3; ++k)
          m.col(k) = (camera.camera_from_world * Vec3(verts.row(faces(f, k)).transpose())).cast<double>();
        const Eigen::Vector3d w = m.inverse() * ray.cast<double>();
        const double t = 1 / w.sum(), smallest = w.minCoeff() * t;
        if (t <= 0) continue;
        unsure = unsure || std::abs(smallest) < 1e-4;
        if (smallest >= 0 && t < best) best = t, face = f;
      }
      if (unsure) continue;
      const std::size_t at = y * 64 + x;
      ASSERT_EQ(out.face[at], face);
      if (face < 0) continue;
      EXPECT_NEAR(out.depth[at] / best, 1, 1e-5);
      const Vec2 b = out.barycentric[at];
      const Vec3 p = (1 - b.x() - b.y()) * verts.row(faces(face, 0)) + b.x() * verts.row(faces(face, 1)) +
                     b.y() * verts.row(faces(face, 2));
      const Vec3 seen = project(camera, p);
      EXPECT_NEAR(seen.x(), x + 0.5, 2e-3);
      EXPECT_NEAR(seen.y(), y + 0.5, 2e-3);
      EXPECT_NEAR(seen.z(), best, 1e-3);
      ++checked;
    }
  EXPECT_GT(checked, 500);
}

TEST(HardRaster, BadTrianglesDrawNothing) {
  const float nan = std::numeric_limits<float>::quiet_NaN(), inf = std::numeric_limits<float>::infinity();
  Points verts(12, 3);
  verts << nan, 0, 1, 1, 0, 1, 0, 1, 1,  // not a number
      0, 0, -1, 1, 0, -1, 0, 1, -1,      // behind
      0, 0, 1, 1, 1, 1, 0.5f, 0.5f, 1,   // no area
      0, 0, 1, inf, 0, 1, 0, 1, 1;
  Faces faces(4, 3);
  faces << 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11;
  const Mask mask = render_mask(plain_camera(16, 16, 16), verts, faces);
  EXPECT_EQ(*std::max_element(mask.data.begin(), mask.data.end()), 0);
  EXPECT_EQ(rasterise(plain_camera(4, 3, 4), Points(0, 3), Faces(0, 3)).face, std::vector<int>(12, -1));
}

/// A unit ball of 2 * n * n triangles about the origin with outward faces.
Mesh ball(int n) {
  Mesh mesh;
  mesh.verts.resize((n + 1) * n, 3);
  for (int i = 0; i <= n; ++i)
    for (int j = 0; j < n; ++j) {
      const float a = float(M_PI) * i / n, b = float(2 * M_PI) * j / n;
      mesh.verts.row(i * n + j) << std::sin(a) * std::cos(b), std::cos(a), std::sin(a) * std::sin(b);
    }
  mesh.faces.resize(2 * n * n, 3);
  for (int i = 0, f = 0; i < n; ++i)
    for (int j = 0; j < n; ++j) {
      const int a = i * n + j, b = i * n + (j + 1) % n;
      mesh.faces.row(f++) << a, b, a + n;
      mesh.faces.row(f++) << b, b + n, a + n;
    }
  return mesh;
}

TEST(HardRaster, SamePictureForAnyNumberOfThreads) {
  const Mesh mesh = ball(40);
  const Camera camera = orbit_camera(bounds(mesh.verts), 0.5f, 0.3f, 200, 150);
  ShadeOptions options;
  options.ground = true;
  options.ground_y = -1;
  const int before = omp_get_max_threads();
  omp_set_num_threads(1);
  const GBuffer a = rasterise(camera, mesh.verts, mesh.faces);
  const Image shaded_a = render_shaded(camera, mesh, options);
  omp_set_num_threads(4);
  const GBuffer b = rasterise(camera, mesh.verts, mesh.faces);
  const Image shaded_b = render_shaded(camera, mesh, options);
  omp_set_num_threads(before);
  EXPECT_EQ(a.face, b.face);
  EXPECT_EQ(a.depth, b.depth);
  EXPECT_EQ(shaded_a.data, shaded_b.data);
}

TEST(HardRaster, OrbitCameraFramesTheBox) {
  Aabb box(Vec3(-1, 2, 3), Vec3(2, 3, 5));
  for (float azimuth : {0.0f, 1.0f, 2.5f, -2.0f})
    for (float elevation : {-1.2f, 0.0f, 0.6f, float(M_PI / 2)})
      for (auto [width, height] : {std::pair(200, 100), std::pair(100, 160)}) {
        const Camera camera = orbit_camera(box, azimuth, elevation, width, height);
        const Vec3 centre = project(camera, box.center());
        EXPECT_NEAR(centre.x(), 0.5f * width, 0.01f);
        EXPECT_NEAR(centre.y(), 0.5f * height, 0.01f);
        float widest = 0;
        for (int i = 0; i < 8; ++i) {
          const Vec3 p = project(camera, box.corner(static_cast<Aabb::CornerType>(i)));
          EXPECT_GT(p.z(), 0);
          EXPECT_TRUE(p.x() > 0 && p.x() < width && p.y() > 0 && p.y() < height);
          widest = std::max({widest, std::abs(p.x() / width - 0.5f), std::abs(p.y() / height - 0.5f)});
        }
        EXPECT_GT(widest, 0.2f);
      }
  // From +z, a point to the right of the centre is at the right of the picture and one above it at the top.
  const Camera front = orbit_camera(box, 0, 0, 100, 100);
  EXPECT_GT(project(front, Vec3(2, 2.5f, 4)).x(), 50);
  EXPECT_LT(project(front, Vec3(0.5f, 3, 4)).y(), 50);
  // From +x (a quarter turn), +z is to the left.
  EXPECT_LT(project(orbit_camera(box, float(M_PI / 2), 0, 100, 100), Vec3(0.5f, 2.5f, 5)).x(), 50);
}

Vec3 pixel(const Image& image, int x, int y) { return {float(image.at(x, y, 0)), float(image.at(x, y, 1)), float(image.at(x, y, 2))}; }

TEST(RenderShaded, LightsFromAboveAndKeepsColours) {
  Mesh mesh = ball(48);
  mesh.colors = Points::Constant(mesh.verts.rows(), 3, 0.2f);
  mesh.colors.col(0).setConstant(0.9f);
  const Camera camera = orbit_camera(bounds(mesh.verts), 0, 0, 128, 128);
  const Image out = render_shaded(camera, mesh);
  EXPECT_EQ(out.channels, 3);
  EXPECT_EQ(pixel(out, 2, 2), Vec3(237, 237, 240));  // background 0.93, 0.93, 0.94
  const Vec3 upper = pixel(out, 58, 48), lower = pixel(out, 70, 84);
  EXPECT_GT(upper.x(), lower.x() + 30);
  EXPECT_GT(upper.x(), 1.8f * upper.y());
  EXPECT_GT(upper.x(), 150);
}

TEST(RenderShaded, TransparentHasAlphaOfTheCoverage) {
  const Mesh mesh = ball(48);
  const Camera camera = orbit_camera(bounds(mesh.verts), 0.3f, 0.2f, 96, 96);
  ShadeOptions options;
  options.transparent = true;
  const Image out = render_shaded(camera, mesh, options);
  ASSERT_EQ(out.channels, 4);
  const Mask mask = render_mask(camera, mesh.verts, mesh.faces);
  double alpha = 0, covered = 0;
  for (std::size_t p = 0; p < out.pixels(); ++p) alpha += out.data[4 * p + 3] / 255.0, covered += mask.data[p] / 255.0;
  EXPECT_NEAR(alpha / covered, 1, 0.01);
  EXPECT_EQ(out.at(0, 0, 3), 0);
  EXPECT_EQ(out.at(48, 48, 3), 255);
}

TEST(RenderShaded, TextureIsTheRightWayUp) {
  // A quad towards +z whose texture is red, green / blue, white (top row first, as glTF).
  Mesh mesh;
  mesh.verts.resize(4, 3);
  mesh.verts << -1, 1, 0, 1, 1, 0, 1, -1, 0, -1, -1, 0;
  mesh.faces.resize(2, 3);
  mesh.faces << 0, 3, 2, 0, 2, 1;
  mesh.uvs.resize(4, 2);
  mesh.uvs << 0, 0, 1, 0, 1, 1, 0, 1;
  mesh.materials.resize(1);
  mesh.materials[0].base_color = Vec4::Ones();
  Image texture(64, 64, 3);
  for (int y = 0; y < 64; ++y)
    for (int x = 0; x < 64; ++x)
      for (int c = 0; c < 3; ++c)
        texture.at(x, y, c) = (y >= 32 && x >= 32) || c == (y < 32 ? (x < 32 ? 0 : 1) : 2) ? 255 : 0;
  mesh.materials[0].texture = texture;
  const Image out = render_shaded(orbit_camera(bounds(mesh.verts), 0, 0, 100, 100), mesh);
  const Vec3 red = pixel(out, 35, 35), green = pixel(out, 65, 35), blue = pixel(out, 35, 65), white = pixel(out, 65, 65);
  EXPECT_GT(red.x(), 2 * std::max(red.y(), red.z()));
  EXPECT_GT(green.y(), 2 * std::max(green.x(), green.z()));
  EXPECT_GT(blue.z(), 2 * std::max(blue.x(), blue.y()));
  EXPECT_GT(white.minCoeff(), 100);
}

TEST(RenderShaded, GroundIsDarkerUnderTheBodyAndFadesOut) {
  const Mesh mesh = ball(32);
  ShadeOptions options;
  options.ground = true;
  options.ground_y = -1;
  Camera camera = orbit_camera(bounds(mesh.verts), 0, 0.6f, 160, 160, 6);
  const Image out = render_shaded(camera, mesh, options);
  const Vec3 below = project(camera, Vec3(0.5f, -1, 0.55f)), away = project(camera, Vec3(-2.25f, -1, 2.25f));
  EXPECT_LT(pixel(out, below.x(), below.y()).x() + 12, pixel(out, away.x(), away.y()).x());
  EXPECT_EQ(pixel(out, 80, 1), Vec3(237, 237, 240));
}

TEST(Overlay, BlendsOnlyWhereTheMeshIs) {
  const Mesh mesh = ball(32);
  const Camera camera = orbit_camera(bounds(mesh.verts), 0, 0, 64, 64);
  const Image picture(128, 128, 3, 40);  // twice the camera's size: the mesh is drawn at the picture's
  const Image out = overlay(camera, mesh, picture, 0.5f);
  ASSERT_EQ(out.width, 128);
  EXPECT_EQ(pixel(out, 3, 3), Vec3(40, 40, 40));
  EXPECT_GT(pixel(out, 58, 50).x(), 80);
  EXPECT_EQ(overlay(camera, mesh, picture, 0).data, picture.data);
}

}  // namespace
}  // namespace mp4d
