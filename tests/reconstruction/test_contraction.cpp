#include "reconstruction/field/contraction.h"
#include "core/rng.h"
#include "reconstruction/field/field_run.h"
#include "reconstruction/field/field_view.h"
#include "tests/synthetic/field_scenes.h"
#include <gtest/gtest.h>

namespace mp4d {
namespace {

const Contraction kBox{Vec3(1, -0.5f, 0.2f), Vec3(2, 1, 0.5f), 0.5f};

float normal(std::uint64_t stream, std::size_t i) { return static_cast<float>(rng::normal(4, stream, i)); }
Vec3 somewhere(std::size_t i) { return std::exp(normal(3, i)) * Vec3(normal(0, i), normal(1, i), normal(2, i)); }

TEST(Contraction, KeepsTheBoxAndBringsAllSpaceIntoItsImage) {
  int beyond = 0;
  for (std::size_t i = 0; i < 300; ++i) {
    const Vec3 point = somewhere(i), image = kBox.into(point);
    if (kBox.inner().contains(point)) EXPECT_EQ(image, point);
    else ++beyond;
    EXPECT_TRUE(kBox.image().contains(image));
    EXPECT_LT((kBox.out_of(image) - point).norm(), 1e-3f * (1 + point.norm()));
  }
  EXPECT_GT(beyond, 100);
  EXPECT_TRUE(kBox.out_of(kBox.image().max()).allFinite());
}

TEST(Contraction, SlopeAgreesWithDifferences) {
  constexpr float h = 1e-3f;
  for (std::size_t i = 0; i < 50; ++i) {
    const Vec3 point = somewhere(i);
    const Mat3 slope = kBox.slope(point);
    for (int axis = 0; axis < 3; ++axis) {
      const Vec3 numeric = (kBox.into(point + h * Vec3::Unit(axis)) - kBox.into(point - h * Vec3::Unit(axis))) / (2 * h);
      // The slope jumps at the box and where another coordinate becomes the largest.
      if ((kBox.slope(point + 2 * h * Vec3::Unit(axis)) - kBox.slope(point - 2 * h * Vec3::Unit(axis))).norm() > 0.02f) continue;
      EXPECT_LT((slope.col(axis) - numeric).norm(), 5e-3f) << point.transpose();
    }
  }
}

TEST(Contraction, StepsAreEvenInTheImageAndGoToItsEdge) {
  for (std::size_t i = 0; i < 20; ++i) {
    const Vec3 origin = 0.4f * somewhere(i), direction = somewhere(i + 100).normalized();
    constexpr float step = 0.02f;
    ContractedSteps steps(kBox, origin, direction, 0.1f, step, 0.5f);
    Vec3 image, before = Vec3::Zero();
    float distance = 0, distance_before = 0;
    int count = 0, short_ones = 0;
    for (; steps.next(image, distance); ++count, before = image, distance_before = distance) {
      EXPECT_LT((kBox.into(origin + distance * direction) - image).norm(), 1e-4f);
      if (count == 0) continue;
      EXPECT_GT(distance, distance_before);
      EXPECT_LT((image - before).norm(), 2 * step);  // the slope jumps at the box
      short_ones += (image - before).norm() < 0.5f * step;
    }
    EXPECT_GT(count, 10);
    EXPECT_LT(short_ones, 0.1 * count + 3);
    EXPECT_LT(kBox.image().exteriorDistance(image), 1e-4f);
    EXPECT_GT(kBox.reach(origin + distance * direction), 5);
  }
}

GridField field_of(const Contraction& contraction, int resolution) {
  GridLayout layout{contraction.image(), resolution, 1, 0.05f};
  layout.contraction = contraction;
  return make_grid_field(layout, 0);
}

TEST(Contraction, AFarWallIsSeenWhereItIs) {
  GridField field = field_of({Vec3::Zero(), Vec3::Ones(), 1}, 160);
  const auto nx = static_cast<std::size_t>(field.size.x()), ny = static_cast<std::size_t>(field.size.y());
  for (std::size_t i = 0; i < field.count(); ++i) {
    const Vec3 image = field.origin + field.cell * Vec3(float(i % nx), float(i / nx % ny), float(i / (nx * ny)));
    field.voxel(i)[0] = field.contraction.out_of(image).z() > 3.9f ? 60 : -60;
  }
  const std::vector<Ray> rays{{Vec3::Zero(), Vec3::UnitZ()}, {Vec3(0.3f, 0, 0), Vec3(0.6f, 0, 0.8f)}, {Vec3::Zero(), -Vec3::UnitZ()}};
  std::vector<RayResult> seen(3);
  GridMarch().forward(field, rays, {}, {}, seen, false);
  EXPECT_NEAR(seen[0].depth, 3.9f, 0.4f);
  EXPECT_NEAR(seen[1].depth, 3.9f / 0.8f, 0.5f);
  EXPECT_EQ(seen[2].transmittance, 1);
}

// Of a field that dims evenly, with steps from thin to thick: never only where samples lie.
TEST(Contraction, DepthIsWhereHalfOfTheLightIsGone) {
  for (const bool contracted : {false, true}) {
    GridField field = field_of({Vec3::Zero(), Vec3::Ones(), 1}, 32);
    if (!contracted) field.contraction = {};
    const Ray ray{Vec3(0.03f, 0.02f, 0.01f), Vec3::UnitZ()};
    std::vector<RayResult> seen(1);
    float before = 1e9f;
    for (int k = 0; k < 60; ++k) {
      const float density = 0.45f + 0.0025f * static_cast<float>(k);  // of the light, a metre of the image
      const float value = std::log(std::expm1(density * field.unit)) - field.shift;
      for (std::size_t i = 0; i < field.count(); ++i) field.voxel(i)[0] = value;
      GridMarch().forward(field, {&ray, 1}, {}, {}, seen, false);
      EXPECT_LT(seen[0].depth, before - 1e-4f) << k;
      before = seen[0].depth;
      if (!contracted) {
        EXPECT_NEAR(seen[0].depth, std::log(2.0f) / density, 0.1f * 0.5f * field.cell) << k;
      }
    }
  }
}

TEST(Contraction, GradientWithDistortionAgreesWithDifferences) {
  GridField field = field_of({Vec3::Zero(), Vec3::Ones(), 0.5f}, 24);
  for (std::size_t i = 0; i < field.count(); ++i)
    for (int j = 0; j < 13; ++j) field.voxel(i)[j] = normal(static_cast<std::uint64_t>(j), i);
  std::vector<Ray> rays;
  std::vector<Vec3> gradient, background, truth;
  for (std::size_t i = 0; i < 40; ++i) {
    rays.push_back({0.5f * somewhere(i), somewhere(i + 60).normalized()});
    gradient.push_back(0.1f * somewhere(i + 120));
    background.push_back(Vec3(0.2f, 0.5f, 0.9f));
    truth.push_back(Vec3::Zero());
  }
  MarchOptions everything;
  everything.least_weight = everything.opaque = 0;
  constexpr float kSpread = 0.7f;
  GridMarch march;
  std::vector<RayResult> results(rays.size());
  const auto loss = [&] {
    march.forward(field, rays, {}, everything, results, true);
    double sum = 0;
    for (std::size_t i = 0; i < rays.size(); ++i)
      sum += static_cast<double>(gradient[i].dot(results[i].colour + results[i].transmittance * background[i]));
    return sum + static_cast<double>(march.distortion(field)) * kSpread;
  };
  loss();
  march.backward(field, rays, gradient, background, truth, {0, 0, kSpread});
  std::vector<double> of_density(field.count());
  for (const Splat& s : march.splats())
    for (int k = 0; k < 8; ++k) {
      const float w = (k & 1 ? s.place.x() : 1 - s.place.x()) * (k & 2 ? s.place.y() : 1 - s.place.y()) * (k & 4 ? s.place.z() : 1 - s.place.z());
      const Eigen::Vector3i at = field.place(s.base, s.plane, s.place, 0).cell + Eigen::Vector3i(k & 1, k >> 1 & 1, k >> 2);
      of_density[static_cast<std::size_t>((at.z() * field.size.y() + at.y()) * field.size.x() + at.x())] += w * s.density;
    }
  double off = 0, size = 0;
  for (std::size_t i = 0; i < field.count(); i += 97) {
    float& x = field.voxel(i)[0];
    const float keep = x, h = 0.02f;
    x = keep + h;
    const double above = loss();
    x = keep - h;
    const double below = loss();
    x = keep;
    const double numeric = (above - below) / (2 * static_cast<double>(h));
    off += std::pow(numeric - of_density[i], 2);
    size += numeric * numeric;
  }
  EXPECT_GT(size, 1e-5);
  EXPECT_LT(std::sqrt(off / size), 5e-3);
}

TEST(Contraction, AnUnboundedSceneIsSeenToBeOneAndLearntBetterWithIt) {
  FieldSceneOptions options;
  options.width = 48;
  options.height = 36;
  options.views = 48;
  options.supersample = 1;
  const PosedScene square = make_square(options), room = make_room(options);
  EXPECT_TRUE(scene_geometry(square, "auto", "auto")->contraction.on());
  EXPECT_FALSE(scene_geometry(room, "auto", "auto")->contraction.on());
  FieldTrainOptions training;
  training.batch = 1024;
  training.resolution = 64;
  double psnr[2];
  for (const bool contracted : {false, true}) {
    training.contract = contracted ? "auto" : "off";
    FieldTrainer trainer = FieldTrainer::create(square, training).value();
    EXPECT_EQ(trainer.field().contraction.on(), contracted);
    for (int i = 0; i < 400; ++i) ASSERT_TRUE(trainer.step(i / 400.0));
    MarchOptions march;
    march.near = trainer.near();
    psnr[contracted] = score_field(trainer.field(), square, march, trainer.view_background())->psnr;
  }
  EXPECT_GT(psnr[1], psnr[0] + 1);
  training.field = "sdf";
  training.contract = "on";
  EXPECT_FALSE(FieldTrainer::create(square, training));
}

}  // namespace
}  // namespace mp4d
