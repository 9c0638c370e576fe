#include "motion/unwrap.h"
#include "motion/laplacian.h"
#include "motion/pack_outlines.h"
#include "tests/core/shapes.h"
#include "tests/motion/bodies.h"
#include "tests/motion/make_rig.h"
#include <gtest/gtest.h>

namespace mp4d {
namespace {

using Vec2d = Eigen::Vector2d;

Vec2d uv(const Atlas& atlas, Eigen::Index face, int k) { return atlas.uvs.row(atlas.faces(face, k)).transpose().cast<double>(); }

/// Twice the area, positive for faces that are counter-clockwise with v upwards.
double doubled_area(const Atlas& atlas, Eigen::Index face) {
  const Vec2d s = uv(atlas, face, 1) - uv(atlas, face, 0), t = uv(atlas, face, 2) - uv(atlas, face, 0);
  return s.y() * t.x() - s.x() * t.y();
}

/// Charts at the texel centres of a grid, -1 = none; a centre strictly inside two faces is counted in `twice`.
std::vector<int> draw(const Atlas& atlas, int side, int& twice) {
  std::vector<int> chart(side * side, -1);
  twice = 0;
  for (Eigen::Index f = 0; f < atlas.faces.rows(); ++f) {
    Eigen::AlignedBox2d box;
    for (int k = 0; k < 3; ++k) box.extend(uv(atlas, f, k) * side);
    for (int y = static_cast<int>(box.min().y()); y <= box.max().y() && y < side; ++y) {
      for (int x = static_cast<int>(box.min().x()); x <= box.max().x() && x < side; ++x) {
        const Vec2d p(x + 0.5, y + 0.5);
        bool inside = true;
        for (int k = 0; k < 3; ++k) {
          const Vec2d a = uv(atlas, f, k) * side, b = uv(atlas, f, (k + 1) % 3) * side;
          inside &= (b - a).y() * (p - a).x() - (b - a).x() * (p - a).y() > 1e-3;
        }
        if (!inside) continue;
        twice += chart[y * side + x] >= 0;
        chart[y * side + x] = atlas.chart_of_face[f];
      }
    }
  }
  return chart;
}

void expect_sound(const Points& verts, const Faces& faces, const Atlas& atlas, int size, int padding) {
  ASSERT_EQ(atlas.faces.rows(), faces.rows());
  ASSERT_EQ(atlas.uvs.rows(), static_cast<Eigen::Index>(atlas.vertex_of.size()));
  EXPECT_GE(atlas.uvs.minCoeff(), 0);
  EXPECT_LE(atlas.uvs.maxCoeff(), 1);
  double total = 0;
  for (Eigen::Index f = 0; f < faces.rows(); ++f) {
    for (int k = 0; k < 3; ++k) ASSERT_EQ(atlas.vertex_of[atlas.faces(f, k)], faces(f, k));
    ASSERT_GT(doubled_area(atlas, f), 0) << "face " << f << " is turned over";
    total += 0.5 * doubled_area(atlas, f);
  }
  EXPECT_GT(total, 0.25) << "much of the square is wasted";

  int twice = 0;
  const int fine = 2 * size;
  const std::vector<int> chart = draw(atlas, fine, twice);
  EXPECT_EQ(twice, 0) << "charts overlap";
  const auto covered = fine * fine - std::count(chart.begin(), chart.end(), -1);
  EXPECT_NEAR(static_cast<double>(covered) / (fine * fine), total, 0.01);
  const int apart = 2 * padding - 3;  // fine texels, less rounding
  int touching = 0;
  for (int y = apart; y < fine; ++y) {
    for (int x = apart; x < fine; ++x) {
      const int own = chart[y * fine + x], left = chart[y * fine + x - apart], above = chart[(y - apart) * fine + x];
      touching += own >= 0 && ((left >= 0 && left != own && chart[y * fine + x - apart / 2] < 0) ||
                               (above >= 0 && above != own && chart[(y - apart / 2) * fine + x] < 0));
    }
  }
  EXPECT_EQ(touching, 0) << "charts nearer than the padding";

  // One scale: no face is drawn more than 1.01 or less than 0.3 times as large as the atlas says.
  double largest = 0, smallest = 1e9;
  for (Eigen::Index f = 0; f < faces.rows(); ++f) {
    const Vec3 s = verts.row(faces(f, 1)) - verts.row(faces(f, 0)), t = verts.row(faces(f, 2)) - verts.row(faces(f, 0));
    const double area = s.cross(t).norm();
    if (area < 1e-9) continue;
    largest = std::max(largest, doubled_area(atlas, f) / area);
    smallest = std::min(smallest, doubled_area(atlas, f) / area);
  }
  EXPECT_LT(largest / smallest, 1 / 0.28);
}

TEST(Unwrap, SphereHasFewChartsWithoutOverlap) {
  const Mesh sphere = test::sphere(24);
  auto atlas = unwrap(sphere.verts, sphere.faces, 512, 8);
  ASSERT_TRUE(atlas) << atlas.error().message;
  expect_sound(sphere.verts, sphere.faces, *atlas, 512, 8);
  EXPECT_LE(atlas->charts, 12);
}

TEST(Unwrap, CubeKeepsItsSixSidesWhole) {
  const Mesh cube = test::cube(2);
  auto atlas = unwrap(cube.verts, cube.faces, 256, 4);
  ASSERT_TRUE(atlas);
  expect_sound(cube.verts, cube.faces, *atlas, 256, 4);
}

// A tightly wound ramp: its normals all point up, yet flat projection puts its turns on top of each other.
TEST(Unwrap, LayersOfARampAreParted) {
  constexpr int kSteps = 120;
  Points verts(2 * kSteps, 3);
  Faces faces(2 * (kSteps - 1), 3);
  for (int i = 0; i < kSteps; ++i) {
    const float angle = 0.15f * i;
    verts.row(2 * i) << 0.4f * std::cos(angle), 0.01f * i, -0.4f * std::sin(angle);
    verts.row(2 * i + 1) << std::cos(angle), 0.01f * i, -std::sin(angle);
    if (i == 0) continue;
    faces.row(2 * i - 2) << 2 * i - 2, 2 * i - 1, 2 * i + 1;
    faces.row(2 * i - 1) << 2 * i - 2, 2 * i + 1, 2 * i;
  }
  auto atlas = unwrap(verts, faces, 512, 4);
  ASSERT_TRUE(atlas);
  EXPECT_GE(atlas->charts, 3);
  expect_sound(verts, faces, *atlas, 512, 4);
}

TEST(Unwrap, BodiesWithLimbs) {
  for (const testing::Body& body : {testing::make_person(), testing::make_animal()}) {
    const Mesh mesh = body.mesh(80);
    auto atlas = unwrap(mesh.verts, mesh.faces, 1024, 8);
    ASSERT_TRUE(atlas) << atlas.error().message;
    expect_sound(mesh.verts, mesh.faces, *atlas, 1024, 8);
    EXPECT_LT(atlas->charts, 120);
    EXPECT_LT(atlas->uvs.rows(), 1.6 * mesh.verts.rows());
  }
}

TEST(Unwrap, SeamsKeepShapeSkinAndMotion) {
  RiggedModel model = test::make_chain(4);
  model.clips = {{"bend", {0}, {rest_pose(model.skeleton)}}};
  for (int j = 1; j < 4; ++j) model.clips[0].poses[0][j].rotation = test::turn({1, 0, 0}, 30);
  const RiggedModel before = model;
  auto atlas = unwrap(model.mesh.verts, model.mesh.faces, 512, 4);
  ASSERT_TRUE(atlas);
  expect_sound(model.mesh.verts, model.mesh.faces, *atlas, 512, 4);
  split_at_seams(model, *atlas);

  ASSERT_GT(model.mesh.verts.rows(), before.mesh.verts.rows());
  ASSERT_EQ(model.mesh.uvs.rows(), model.mesh.verts.rows());
  const Points normals = vertex_normals(before.mesh.verts, before.mesh.faces);
  const Points moved = animate(model, model.clips[0]).frames[0], expected = animate(before, before.clips[0]).frames[0];
  for (Eigen::Index v = 0; v < model.mesh.verts.rows(); ++v) {
    const int from = atlas->vertex_of[v];
    ASSERT_EQ(model.mesh.verts.row(v), before.mesh.verts.row(from));
    ASSERT_EQ(model.mesh.normals.row(v), normals.row(from));
    ASSERT_EQ(model.skin.joints.row(v), before.skin.joints.row(from));
    ASSERT_EQ(model.skin.weights.row(v), before.skin.weights.row(from));
    ASSERT_EQ(moved.row(v), expected.row(from));
  }
  const Welded welded = weld(model.mesh.verts, model.mesh.faces);
  EXPECT_EQ(welded.verts.rows(), before.mesh.verts.rows());
  EXPECT_EQ(welded.faces.rows(), before.mesh.faces.rows());
}

TEST(Unwrap, TooSmallASquareIsRefused) {
  const Mesh sphere = test::sphere(16);
  auto atlas = unwrap(sphere.verts, sphere.faces, 8, 4);
  ASSERT_FALSE(atlas);
  EXPECT_NE(atlas.error().message.find("8 x 8"), std::string::npos) << atlas.error().message;
}

Outline rectangle(float width, float height) {
  const Vec2 a(0, 0), b(width, 0), c(width, height), d(0, height);
  return {{a, b}, {b, c}, {c, d}, {d, a}};
}

TEST(PackOutlines, RectanglesFillTheSquareWithoutOverlap) {
  std::vector<Outline> shapes;
  for (int i = 0; i < 60; ++i) shapes.push_back(rectangle(1 + (i * 7) % 11, 1 + (i * 5) % 6));
  const int side = 300, gap = 4;
  const auto packing = pack_outlines(shapes, side, gap);
  ASSERT_TRUE(packing);
  std::vector<int> owner(side * side, -1);
  double filled = 0;
  for (std::size_t i = 0; i < shapes.size(); ++i) {
    const Vec2 low = packing->corner[i].array() - gap / 2, high = packing->corner[i] + packing->scale * shapes[i][1][1];
    ASSERT_GE(low.minCoeff(), 0);
    ASSERT_LE(high.maxCoeff() + gap / 2, side);
    for (int y = static_cast<int>(low.y()); y < high.y() + gap / 2; ++y) {
      for (int x = static_cast<int>(low.x()); x < high.x() + gap / 2; ++x) {
        ASSERT_EQ(owner[y * side + x], -1) << "shapes " << i << " and " << owner[y * side + x];
        owner[y * side + x] = static_cast<int>(i);
        ++filled;
      }
    }
  }
  EXPECT_GT(filled / (side * side), 0.8);
}

// Two right triangles make a rectangle, so that pairs fill more than the half that boxes would.
TEST(PackOutlines, ShapesSlideIntoEachOthersHollows) {
  std::vector<Outline> shapes;
  for (int i = 0; i < 8; ++i) {
    const Vec2 a(0, 0), b(4, 0), c(0, 4), d(4, 4);
    shapes.push_back({{a, b}, {b, c}, {c, a}});
    shapes.push_back({{b, d}, {d, c}, {c, b}});
  }
  const auto packing = pack_outlines(shapes, 200, 0);
  ASSERT_TRUE(packing);
  EXPECT_GT(16 * 8 * packing->scale * packing->scale, 0.6 * 200 * 200);
}

}  // namespace
}  // namespace mp4d
