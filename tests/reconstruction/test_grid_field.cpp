#include "core/files.h"
#include "core/hash.h"
#include "core/rng.h"
#include "reconstruction/field/field_maps.h"
#include "reconstruction/field/field_mesh.h"
#include "reconstruction/field/field_run.h"
#include "reconstruction/field/field_view.h"
#include "reconstruction/field/reference_march.h"
#include "reconstruction/field/surface_score.h"
#include "tests/synthetic/field_scenes.h"
#include <cstring>
#include <gtest/gtest.h>
#include <numeric>
#include <omp.h>

namespace mp4d {
namespace {

namespace fs = std::filesystem;

float normal(std::uint64_t stream, std::size_t i) { return static_cast<float>(rng::normal(1, stream, i)); }

GridField random_field(int degree) {
  GridField field = make_grid_field({Aabb(Vec3(-1, -1, -1), Vec3(1, 0.8f, 1.2f)), 8, degree, 0.1f}, 0);
  for (std::size_t i = 0; i < field.count(); ++i)
    for (int j = 0; j < 1 + 3 * field.coefficients(); ++j)
      field.voxel(i)[j] = (j ? 1.0f : 2.0f) * normal(static_cast<std::uint64_t>(j), i);
  return field;
}

Vec3 position(const GridField& field, std::size_t i) {
  const auto nx = static_cast<std::size_t>(field.size.x()), ny = static_cast<std::size_t>(field.size.y());
  return field.origin + field.cell * Vec3(float(i % nx), float(i / nx % ny), float(i / (nx * ny)));
}

struct Rays {
  std::vector<Ray> rays;
  std::vector<Vec3> gradient, background, truth;
  std::vector<float> offsets;
  explicit Rays(std::size_t count, float from = -0.5f) {
    for (std::size_t i = 0; i < count; ++i) {
      const Vec3 d = Vec3(normal(50, i), normal(51, i), normal(52, i)).normalized();
      rays.push_back({Vec3(0.1f, 0.2f, -0.1f) + from * d, d});
      gradient.push_back({normal(53, i), normal(54, i), normal(55, i)});
      background.push_back({0.2f, 0.5f, 0.9f});
      truth.push_back({0.1f, 0.6f, 0.3f});
      offsets.push_back(static_cast<float>(rng::uniform(1, 56, i)));
    }
  }
};

MarchOptions everything() {
  MarchOptions march;
  march.least_weight = march.opaque = 0;
  return march;
}

/// Gradient of every value of every sample of the grid from the march's splats.
std::vector<double> gathered(const GridField& field, const std::vector<Ray>& rays, const GridMarch& march) {
  const int values = 1 + 3 * field.coefficients();
  std::vector<double> gradient(field.count() * static_cast<std::size_t>(values));
  for (const Splat& s : march.splats()) {
    float basis[9];
    direction_basis(field.degree, rays[s.ray].direction, basis);
    for (int k = 0; k < 8; ++k) {
      const float w = (k & 1 ? s.place.x() : 1 - s.place.x()) * (k & 2 ? s.place.y() : 1 - s.place.y()) *
                      (k & 4 ? s.place.z() : 1 - s.place.z());
      const Eigen::Vector3i at = field.place(s.base, s.plane, s.place, 0).cell + Eigen::Vector3i(k & 1, k >> 1 & 1, k >> 2);
      const auto voxel = static_cast<std::size_t>((at.z() * field.size.y() + at.y()) * field.size.x() + at.x());
      double* g = &gradient[voxel * static_cast<std::size_t>(values)];
      g[0] += w * s.density;
      for (int c = 0; c < 3; ++c)
        for (int m = 0; m < field.coefficients(); ++m) g[1 + c * field.coefficients() + m] += w * s.colour[c] * basis[m];
    }
  }
  return gradient;
}

TEST(GridField, GradientAgreesWithCentralDifferences) {
  for (const auto& [degree, geometry] : {std::pair(1, Geometry::kDensity), {2, Geometry::kDensity},
                                         {1, Geometry::kDistance}, {2, Geometry::kDistance}}) {
    GridField field = random_field(degree);
    if (geometry == Geometry::kDistance) {  // falls along all rays: opacity has a kink where it rises
      field.geometry = geometry;
      field.sharpness = 2;
      for (std::size_t i = 0; i < field.count(); ++i)
        field.voxel(i)[0] = 1 - 2 * (position(field, i) - Vec3(0.1f, 0.2f, -0.1f)).norm() + 0.03f * field.voxel(i)[0];
    }
    const Rays r(150, geometry == Geometry::kDistance ? 0.0f : -0.5f);
    GridMarch march;
    std::vector<RayResult> results(r.rays.size());
    const auto loss = [&] {
      march.forward(field, r.rays, r.offsets, everything(), results, true);
      double sum = 0;
      for (std::size_t i = 0; i < results.size(); ++i)
        sum += static_cast<double>(r.gradient[i].dot(results[i].colour + results[i].transmittance * r.background[i]));
      return sum;
    };
    loss();
    march.backward(field, r.rays, r.gradient, r.background, r.truth, {});
    const int values = 1 + 3 * field.coefficients();
    const std::vector<double> gradient = gathered(field, r.rays, march);
    double off = 0, size = 0;
    for (std::size_t t = 0; t < 60; ++t) {
      const auto voxel = rng::integer(9, 0, t, static_cast<std::uint32_t>(field.count()));
      const auto value = t % 2 ? 0 : rng::integer(9, 1, t, static_cast<std::uint32_t>(values));
      float& x = field.voxel(voxel)[value];
      const float keep = x, h = geometry == Geometry::kDensity ? 0.02f : 0.005f;
      x = keep + h;
      const double above = loss();
      x = keep - h;
      const double below = loss();
      x = keep;
      const double numeric = (above - below) / (2 * static_cast<double>(h));
      off += std::pow(numeric - gradient[voxel * static_cast<std::size_t>(values) + value], 2);
      size += numeric * numeric;
    }
    EXPECT_LT(std::sqrt(off / size), 2e-3);
    EXPECT_GT(size, 1e-4);
  }
}

TEST(GridField, AgreesWithPlainTensorOperations) {
  for (const int degree : {1, 2}) {
    const GridField field = random_field(degree);
    const Rays r(120);
    GridMarch march;
    std::vector<RayResult> results(r.rays.size());
    march.forward(field, r.rays, r.offsets, everything(), results, true);
    march.backward(field, r.rays, r.gradient, r.background, r.truth, {});
    const ReferenceMarch reference = reference_march(field, r.rays, r.offsets, 0, 60, r.gradient, r.background);
    for (std::size_t i = 0; i < results.size(); ++i) {
      EXPECT_LT((results[i].colour - reference.results[i].colour).norm(), 1e-4f);
      EXPECT_NEAR(results[i].transmittance, reference.results[i].transmittance, 1e-4f);
    }
    const std::vector<double> gradient = gathered(field, r.rays, march);
    double off = 0, size = 0;
    for (std::size_t i = 0; i < gradient.size(); ++i) {
      off += std::pow(gradient[i] - static_cast<double>(reference.gradient[i]), 2);
      size += gradient[i] * gradient[i];
    }
    EXPECT_LT(std::sqrt(off / size), 1e-4);
  }
}

TEST(GridField, OpaqueAndEmptyFieldsAreSeenAsSuch) {
  const GridLayout layout{Aabb(Vec3::Constant(-1), Vec3::Constant(1)), 16, 1, 1e-6f};
  GridField field = make_grid_field(layout, 0);
  const Ray ray{Vec3(-3, 0.1f, 0.05f), Vec3::UnitX()};
  std::vector<RayResult> result(1);
  GridMarch().forward(field, {&ray, 1}, {}, everything(), result, false);
  EXPECT_NEAR(result[0].transmittance, 1, 1e-3);
  for (std::size_t i = 0; i < field.count(); ++i) {
    field.voxel(i)[0] = 30;
    field.voxel(i)[1] = 2;  // red
  }
  GridMarch().forward(field, {&ray, 1}, {}, everything(), result, false);
  EXPECT_NEAR(result[0].transmittance, 0, 1e-3);
  EXPECT_NEAR(result[0].depth, 2, 0.1);
  EXPECT_NEAR(result[0].colour.x(), 1 / (1 + std::exp(-2.0)), 1e-3);
  EXPECT_NEAR(result[0].colour.y(), 0.5, 1e-3);
  update_occupancy(field, 0.5f);
  EXPECT_EQ(field.occupied[0], ~0u);
  for (std::size_t i = 0; i < field.count(); ++i) field.voxel(i)[0] = 0;
  EXPECT_EQ(update_occupancy(field, 0.5f), 0);
  GridMarch().forward(field, {&ray, 1}, {}, everything(), result, false);
  EXPECT_EQ(result[0].transmittance, 1);
}

TEST(GridField, FinerLevelsHoldTheSameField) {
  const GridLayout layout{Aabb(Vec3::Constant(-1), Vec3::Constant(1)), 32, 1, 1e-3f};
  GridField coarse = make_grid_field(layout, 1);
  for (std::size_t i = 0; i < coarse.count(); ++i) coarse.voxel(i)[0] = normal(3, i);
  const GridField fine = resampled(coarse, layout, 0);
  for (int i = 0; i < 50; ++i) {
    const auto at = [&](std::uint64_t axis) { return static_cast<float>(2 * rng::uniform(2, axis, static_cast<std::uint64_t>(i)) - 1); };
    const Vec3 grid_point = (Vec3(at(0), at(1), at(2)).array() * 8).round() / 8;  // samples of both
    float a[28], b[28];
    sample_field(coarse, grid_point, a);
    sample_field(fine, grid_point, b);
    EXPECT_NEAR(a[0], b[0], 1e-4);
  }
}

TEST(GridField, BricksWithoutContentStayEmpty) {
  const GridLayout layout{Aabb(Vec3::Constant(-1), Vec3::Constant(1)), 64, 1, 1e-4f};
  GridField coarse = make_grid_field(layout, 1);
  for (std::size_t i = 0; i < coarse.count(); ++i) coarse.voxel(i)[0] = 100 * (0.1f - std::abs(position(coarse, i).norm() - 0.7f));  // a shell
  GridField full = coarse;
  update_occupancy(coarse, 1e-2f);
  const GridField fine = resampled(coarse, layout, 0), whole = resampled(full, layout, 0);
  EXPECT_EQ(whole.voxels.stored_blocks(), whole.voxels.blocks());
  EXPECT_LT(fine.voxels.stored_blocks(), 0.6 * static_cast<double>(fine.voxels.blocks()));
  const std::uint64_t bytes = fine.voxels.stored_blocks() * fine.voxels.lines_a_block() * sizeof(GridLine);
  EXPECT_GE(resampled_bytes(coarse, layout, 0), bytes);
  EXPECT_LT(static_cast<double>(resampled_bytes(coarse, layout, 0)), 1.5 * static_cast<double>(bytes));
  for (std::size_t i = 0; i < fine.count(); ++i)
    if (fine.occupied[i / 32] >> (i % 32) & 1u) {
      ASSERT_EQ(std::memcmp(fine.voxel(i), whole.voxel(i), sizeof(GridLine)), 0) << i;
    }
  // What is seen is the same.
  const Rays r(200, -0.5f);
  GridField seen_whole = whole;
  seen_whole.occupied = fine.occupied;
  std::vector<RayResult> a(r.rays.size()), b(r.rays.size());
  GridMarch().forward(fine, r.rays, r.offsets, {}, a, false);
  GridMarch().forward(seen_whole, r.rays, r.offsets, {}, b, false);
  for (std::size_t i = 0; i < a.size(); ++i) EXPECT_EQ(a[i].colour, b[i].colour) << i;
}

TEST(GridField, NeighboursAreAStepAway) {
  const GridField field = make_grid_field({Aabb(Vec3::Zero(), Vec3(1, 0.7f, 1.3f)), 13, 1, 1e-4f}, 0);
  for (int z = 0; z + 1 < field.size.z(); ++z)
    for (int y = 0; y + 1 < field.size.y(); ++y)
      for (int x = 0; x + 1 < field.size.x(); ++x) {
        const std::uint32_t at = field.slot(x, y, z);
        const GridField::Steps steps = field.steps(at);
        EXPECT_EQ(at + steps.x, field.slot(x + 1, y, z));
        EXPECT_EQ(at + steps.y, field.slot(x, y + 1, z));
        EXPECT_EQ(at + steps.z, field.slot(x, y, z + 1));
        EXPECT_EQ(field.place(at, static_cast<std::uint32_t>(z), Vec3::Zero(), 0).cell, Eigen::Vector3i(x, y, z));
      }
}

FieldSceneOptions small_scene() {
  FieldSceneOptions options;
  options.width = 48;
  options.height = 36;
  options.views = 24;
  options.supersample = 1;
  return options;
}

FieldTrainOptions short_training() {
  FieldTrainOptions options;
  options.steps = 120;
  options.batch = 512;
  options.resolution = 32;
  return options;
}

bool same(const GridField& a, const GridField& b) {
  return a.size == b.size && a.occupied == b.occupied &&
         std::memcmp(a.voxels.data(), b.voxels.data(), a.voxels.size() * sizeof(GridLine)) == 0 &&
         a.network.state() == b.network.state() && state_of(a.factors) == state_of(b.factors) &&
         a.position_network.state() == b.position_network.state();
}

TEST(FieldTraining, HeldOutViewsOfRoomAndObjectAreLearnt) {
  for (const bool room : {true, false}) {
    const PosedScene scene = room ? make_room(small_scene()) : make_object(small_scene());
    FieldTrainOptions options = short_training();
    options.steps = 400;
    FieldTrainer trainer = FieldTrainer::create(scene, options).value();
    EXPECT_EQ(trainer.geometry().inside, room);
    EXPECT_EQ(trainer.s3im_weight(), room ? 1.0 : 0.1);
    MarchOptions march;
    march.near = trainer.near();
    const double before = score_field(trainer.field(), scene, march, room ? Vec3::Zero() : Vec3::Ones())->psnr;
    for (int i = 0; i < options.steps; ++i) {
      const auto report = trainer.step(i / 400.0);
      ASSERT_TRUE(report);
      EXPECT_NEAR(report->s3im_weight, trainer.s3im_weight() * i / 400.0, 1e-9);
    }
    const double after = score_field(trainer.field(), scene, march, trainer.view_background())->psnr;
    EXPECT_GT(after, before + 6) << before;
    EXPECT_GT(after, 17);
  }
}

TEST(FieldTraining, RaysOfARoomEndBeforeARandomBackground) {
  const auto background = [](const PosedScene& scene, const std::string& field, const std::string& given) {
    FieldTrainOptions options = short_training();
    options.field = field, options.background = given;
    return FieldTrainer::create(scene, options).value().background();
  };
  const PosedScene room = make_room(small_scene());
  for (const char* field : {"grid", "dvgo", "tensorf"}) EXPECT_EQ(background(room, field, "auto"), Background::kRandom);
  for (const char* field : {"sdf", "nerf"}) EXPECT_EQ(background(room, field, "auto"), Background::kBlack);
  EXPECT_EQ(background(room, "grid", "black"), Background::kBlack);
  EXPECT_EQ(background(make_object(small_scene()), "grid", "auto"), Background::kWhite);
}

TEST(FieldTraining, WallsOfARoomAreOpaque) {
  const PosedScene scene = make_room(small_scene());
  FieldTrainOptions options = short_training();
  options.steps = 600;
  FieldTrainer trainer = FieldTrainer::create(scene, options).value();
  for (int i = 0; i < options.steps; ++i) ASSERT_TRUE(trainer.step(i / 600.0));
  MarchOptions march;
  march.near = trainer.near();
  double sum = 0;
  for (const PosedView& view : scene.views) {
    const ImageF opacity = render_field(trainer.field(), view.camera, view.lens, march, Vec3::Zero()).opacity;
    sum += std::accumulate(opacity.data.begin(), opacity.data.end(), 0.0) / static_cast<double>(opacity.data.size());
  }
  EXPECT_GT(sum / static_cast<double>(scene.views.size()), 0.94);
}

TEST(FieldTraining, DistancesFindTheSurface) {
  PosedScene scene = make_room(small_scene());
  scene.points.resize(0, 3);  // they would be a good start already
  FieldTrainOptions options = short_training();
  options.field = "sdf";
  options.steps = 300;
  options.bounds = "-2.4,-0.4,-2,2.4,2.8,2";
  FieldTrainer trainer = FieldTrainer::create(scene, options).value();
  EXPECT_EQ(trainer.s3im_weight(), 3.0);
  const Mesh truth = scene_surface(room_distance, {Vec3(-2, 0, -1.6f), Vec3(2, 2.4f, 1.6f)}, 0.05f);
  std::vector<Camera> cameras;
  for (const PosedView& view : scene.views) cameras.push_back(view.camera);
  SurfaceScoreOptions scoring;
  scoring.samples = 5000;
  scoring.threshold = 0.15;
  FieldMeshOptions whole;  // the score cuts off what no camera sees
  whole.least_views = 0;
  const auto score = [&] {
    return score_surface(field_mesh(trainer.field(), cameras, trainer.near(), Vec3::Zero(), whole).value(), truth, cameras, scoring).value();
  };
  const SurfaceScore before = score();
  for (int i = 0; i < options.steps; ++i) ASSERT_TRUE(trainer.step(i / 300.0));
  const SurfaceScore after = score();
  EXPECT_LT(after.chamfer, 0.7 * before.chamfer) << before.to_json() << after.to_json();
  EXPECT_GT(after.f, before.f + 0.1);
  // Where nothing was seen the distances are the start's; where something was, their slope is near 1.
  double off = 0;
  int counted = 0;
  const GridField& field = trainer.field();
  const auto nx = static_cast<std::size_t>(field.size.x()), nxy = nx * static_cast<std::size_t>(field.size.y());
  for (std::size_t i = nxy + nx + 1; i + nxy + nx + 1 < field.count(); ++i) {
    const float here = field.voxel(i)[0];
    if (std::abs(here) > field.cell || field.voxel(i)[15] == 0) continue;
    const Vec3 slope = (Vec3(field.voxel(i + 1)[0], field.voxel(i + nx)[0], field.voxel(i + nxy)[0]) - Vec3::Constant(here)) / field.cell;
    off += std::abs(slope.norm() - 1);
    ++counted;
  }
  EXPECT_GT(counted, 300);
  EXPECT_LT(off / counted, 0.3);
}

class AnyField : public testing::TestWithParam<const char*> {
 protected:
  FieldTrainOptions options() const {
    FieldTrainOptions o = short_training();
    o.field = GetParam();
    return o;
  }
  PosedScene scene() const {
    FieldSceneOptions o = small_scene();
    o.moving = GetParam() == std::string("hexplane");
    return make_room(o);
  }
};
INSTANTIATE_TEST_SUITE_P(Fields, AnyField, testing::Values("grid", "dvgo", "tensorf", "hexplane", "nerf", "sdf"),
                         [](const auto& field) { return std::string(field.param); });

TEST_P(AnyField, NumberOfThreadsChangesNoBit) {
  const PosedScene scene = this->scene();
  const int threads = omp_get_max_threads();
  std::vector<GridField> fields;
  for (const int n : {1, 3}) {
    omp_set_num_threads(n);
    FieldTrainer trainer = FieldTrainer::create(scene, options()).value();
    for (int i = 0; i < 60; ++i) ASSERT_TRUE(trainer.step(i / 60.0));
    fields.push_back(trainer.field());
  }
  omp_set_num_threads(threads);
  EXPECT_TRUE(same(fields[0], fields[1]));
}

TEST_P(AnyField, HeldOutViewsAreLearnt) {
  const PosedScene scene = this->scene();
  FieldTrainer trainer = FieldTrainer::create(scene, options()).value();
  MarchOptions march;
  march.near = trainer.near();
  const auto psnr = [&] { return score_field(trainer.field(), scene, march, trainer.view_background())->psnr; };
  const double before = psnr();
  for (int i = 0; i < 400; ++i) ASSERT_TRUE(trainer.step(i / 400.0));
  EXPECT_GT(psnr(), before + 4) << before;
}

TEST_P(AnyField, AStoppedTrainingGoesOnBitByBit) {
  const PosedScene scene = this->scene();
  const FieldTrainOptions options = this->options();
  const TempFolder folder = TempFolder::create().value();
  ASSERT_TRUE(train_field(scene, "scene", options, {}, folder.path() / "whole"));
  CancelToken cancel;
  JobContext job({{kTrainPhase, 1}}, [&](const Progress& p) { if (p.fraction > 0.35) cancel.cancel(); }, {}, cancel);
  const auto stopped = train_field(scene, "scene", options, {}, folder.path() / "parts", &job);
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().code, ErrorCode::kCancelled);
  const auto part = load_field(folder.path() / "parts" / kFieldFile);
  ASSERT_TRUE(part) << part.error().message;
  EXPECT_LT(part->about["state"]["step"].get<int>(), 100);
  const auto rest = train_field(scene, "scene", options, {}, folder.path() / "parts");
  ASSERT_TRUE(rest) << rest.error().message;
  EXPECT_TRUE(same(load_field(folder.path() / "whole" / kFieldFile)->field, load_field(folder.path() / "parts" / kFieldFile)->field));
}

TEST_P(AnyField, ValuesAtSamplesAreThoseOfTheWholeField) {
  const PosedScene scene = this->scene();
  FieldTrainer trainer = FieldTrainer::create(scene, options()).value();
  for (int i = 0; i < 20; ++i) ASSERT_TRUE(trainer.step(0));
  const GridField& field = trainer.field();
  const std::vector<float> values = first_values(field);  // of what moves, the most of all its moments
  constexpr int kTimes = 28;  // with those of every level of 8 moments
  for (std::size_t i = 0; i < values.size(); i += 37) {
    float most = -1e9f;
    for (int t = 0; t <= kTimes; ++t) most = std::max(most, first_value_at(field, position(field, i), static_cast<float>(t) / kTimes));
    EXPECT_NEAR(most, values[i], 1e-3f * (1 + std::abs(values[i])));
  }
}

TEST(FieldTraining, AFieldOfOtherOptionsIsRefused) {
  const PosedScene scene = make_room(small_scene());
  FieldTrainOptions options = short_training();
  options.steps = 5;
  const TempFolder folder = TempFolder::create().value();
  ASSERT_TRUE(train_field(scene, "scene", options, {}, folder.path() / "parts"));
  FieldTrainOptions other = options;
  other.batch = 256;
  const auto refused = train_field(scene, "scene", other, {}, folder.path() / "parts");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kUsage);
}

TEST(FieldTraining, ExposuresOfPicturesAreLearnt) {
  PosedScene scene = make_room(small_scene());
  std::vector<float> gains;
  for (std::size_t v = 0; v < scene.views.size(); ++v) {
    if (scene.views[v].held_out) continue;
    gains.push_back(v % 2 ? 0.6f : 1.0f);
    for (std::uint8_t& value : scene.views[v].image.data) value = static_cast<std::uint8_t>(std::lround(gains.back() * value));
  }
  double psnr[2];
  for (const bool exposure : {false, true}) {
    FieldTrainOptions options = short_training();
    options.exposure = exposure;
    FieldTrainer trainer = FieldTrainer::create(scene, options).value();
    for (int i = 0; i < 800; ++i) ASSERT_TRUE(trainer.step(i / 800.0));
    MarchOptions march;
    march.near = trainer.near();
    // The mean gain stays in the field.
    PosedScene judged = scene;
    for (PosedView& view : judged.views)
      for (std::uint8_t& value : view.image.data) value = static_cast<std::uint8_t>(std::lround(std::sqrt(0.6f) * value));
    psnr[exposure] = score_field(trainer.field(), judged, march, Vec3::Zero())->psnr;
    if (!exposure) continue;
    double darker = 0, brighter = 0;
    for (std::size_t v = 0; v < gains.size(); ++v)
      (gains[v] < 1 ? darker : brighter) += static_cast<double>(trainer.state().exposures.logs[v].mean());
    const auto half = static_cast<double>(gains.size()) / 2;
    EXPECT_NEAR(brighter / half - darker / half, std::log(1 / 0.6), 0.15);
  }
  EXPECT_GT(psnr[1], psnr[0] + 1);
}

TEST(FieldTraining, MaskedPixelsAreNeverDrawn) {
  PosedScene scene = make_room(small_scene());
  for (PosedView& view : scene.views) {
    view.mask = Mask(48, 36, 1, 255);
    for (int y = 0; y < 36; ++y)
      for (int x = 0; x < 24; ++x) {
        view.mask.at(x, y) = 0;
        for (int c = 0; c < 3; ++c) view.image.at(x, y, c) = 255;
      }
    for (int y = 0; y < 36; ++y)
      for (int x = 24; x < 48; ++x)
        for (int c = 0; c < 3; ++c) view.image.at(x, y, c) = 10;
  }
  RayBatch batch;
  TrainingRays::create(scene, Background::kBlack)->draw(2000, 1, 0, batch);
  for (const Vec3& colour : batch.truth) EXPECT_LT(colour.x(), 0.1f);
  for (PosedView& view : scene.views) std::fill(view.mask.data.begin(), view.mask.data.end(), 0);
  EXPECT_FALSE(TrainingRays::create(scene, Background::kBlack));
}

TEST(FieldTraining, FewPixelsThatAreNotMaskedAreDrawnEvenly) {
  PosedScene scene = make_room(small_scene());
  const PosedScene plain = scene;
  RayBatch unmasked, all_white, few;
  TrainingRays::create(plain, Background::kBlack)->draw(500, 3, 7, unmasked);
  for (PosedView& view : scene.views) view.mask = Mask(48, 36, 1, 255);
  TrainingRays::create(scene, Background::kBlack)->draw(500, 3, 7, all_white);
  for (std::size_t i = 0; i < 500; ++i) EXPECT_EQ(unmasked.rays[i].direction, all_white.rays[i].direction);

  // One view has 3 pixels, the others none: each is drawn a third of the time.
  std::size_t training = 0;
  while (scene.views[training].held_out) ++training;
  for (PosedView& view : scene.views) {
    std::fill(view.mask.data.begin(), view.mask.data.end(), 0);
    std::fill(view.image.data.begin(), view.image.data.end(), 200);
  }
  PosedView& view = scene.views[training];
  const std::vector<std::pair<int, int>> places{{0, 0}, {17, 20}, {47, 35}};
  for (std::size_t k = 0; k < 3; ++k) {
    view.mask.at(places[k].first, places[k].second) = 255;
    for (int c = 0; c < 3; ++c) view.image.at(places[k].first, places[k].second, c) = static_cast<std::uint8_t>(10 * k);
  }
  const TrainingRays rays = TrainingRays::create(scene, Background::kBlack).value();
  EXPECT_EQ(rays.pixels(), 3u);
  rays.draw(3000, 1, 0, few);
  int counts[3] = {};
  for (const Vec3& colour : few.truth) {
    const auto k = std::lround(255 * colour.x() / 10);
    ASSERT_LT(k, 3);
    ++counts[k];
  }
  for (const int count : counts) EXPECT_NEAR(count, 1000, 120);
}

TEST(FieldTraining, TheLossIsThatWhichIsTrained) {
  const PosedScene scene = make_room(small_scene());
  FieldTrainOptions options = short_training();
  const TempFolder folder = TempFolder::create().value();
  const auto about = train_field(scene, "scene", options, {}, folder.path()).value();
  ASSERT_GE(about["curve"].size(), 9u);
  double before = 0;
  for (const auto& point : about["curve"]) {
    const double mse = std::pow(10, -point["train_psnr"].get<double>() / 10), weight = point["s3im_weight"].get<double>();
    EXPECT_NEAR(weight, point["step"].get<double>() / options.steps, 0.02);
    const double s3im_part = point["loss"].get<double>() - mse;  // the weight rose from the point before to this
    EXPECT_NEAR(s3im_part / point["s3im"].get<double>(), 0.5 * (before + weight), 0.02);
    before = weight;
  }
}

TEST(FieldTraining, StopsAsSoonAsThePsnrIsReached) {
  const PosedScene scene = make_room(small_scene());
  FieldTrainOptions options = short_training();
  options.steps = 2000;
  options.until_psnr = 13;
  const TempFolder folder = TempFolder::create().value();
  const auto about = train_field(scene, "scene", options, {}, folder.path()).value();
  const auto& last = about["curve"].back();
  EXPECT_GE(last["psnr"].get<double>(), 13);
  EXPECT_LT(last["step"].get<int>(), 200);  // before the first tenth
  // Gone on with, it has what was asked for; until more is.
  EXPECT_EQ(train_field(scene, "scene", options, {}, folder.path()).value()["state"]["step"], last["step"]);
  options.until_psnr = last["psnr"].get<double>() + 0.5;
  EXPECT_GT(train_field(scene, "scene", options, {}, folder.path()).value()["state"]["step"].get<int>(), last["step"].get<int>());

  PosedScene all = scene;
  for (PosedView& view : all.views) view.held_out = false;
  const auto refused = train_field(all, "scene", options, {}, folder.path() / "all");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kUsage);
  EXPECT_NE(refused.error().message.find("--until-psnr"), std::string::npos);
}

TEST(FieldCheckpoint, DamageIsNoticed) {
  const TempFolder folder = TempFolder::create().value();
  const fs::path file = folder.path() / kFieldFile;
  const GridField field = random_field(2);
  ASSERT_TRUE(save_field(file, {{{"a", 1}}, field}));
  const auto read = load_field(file);
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_TRUE(same(field, read->field));
  EXPECT_EQ(read->about["a"], 1);
  std::string bytes = read_file(file).value();
  bytes[bytes.size() / 2] ^= 1;
  ASSERT_TRUE(write_atomically(file, bytes));
  EXPECT_NE(load_field(file).error().message.find("damaged"), std::string::npos);
  ASSERT_TRUE(write_atomically(file, bytes.substr(0, 300)));
  EXPECT_FALSE(load_field(file));
  ASSERT_TRUE(write_atomically(file, std::string("nonsense")));
  EXPECT_FALSE(load_field(file));
  EXPECT_FALSE(load_field(folder.path() / "nothing"));
}

TEST(FieldCheckpoint, EmptyBricksTakeNoRoom) {
  const TempFolder folder = TempFolder::create().value();
  const fs::path file = folder.path() / kFieldFile;
  GridField field = make_grid_field({Aabb(Vec3::Constant(-1), Vec3::Constant(1)), 64, 1, 1e-4f}, 0);
  field.voxel(field.count() / 2)[0] = 3;
  ASSERT_EQ(field.voxels.stored_blocks(), 1u);
  ASSERT_TRUE(save_field(file, {{{"a", 1}}, field}));
  EXPECT_LT(fs::file_size(file), 64u << 10);
  const auto read = load_field(file);
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->field.voxels.stored_blocks(), 1u);
  EXPECT_EQ(read->field.voxel(field.count() / 2)[0], 3);
  EXPECT_TRUE(same(field, read->field));
}

class EarlierCheckpoint : public testing::TestWithParam<char> {};  // version
INSTANTIATE_TEST_SUITE_P(Versions, EarlierCheckpoint, testing::Values('2', '3'));

TEST_P(EarlierCheckpoint, IsRead) {
  const TempFolder folder = TempFolder::create().value();
  const GridField field = random_field(1);
  ASSERT_TRUE(save_field(folder.path() / kFieldFile, {{{"a", 1}}, field}));
  std::string bytes = read_file(folder.path() / kFieldFile).value(), dense;
  constexpr std::size_t kMagic = 11, kHeader = 64, kSum = 32;
  const std::size_t extension = GetParam() == '2' ? 0 : 36;
  if (extension == 0) bytes.erase(kMagic + kHeader, 36);
  bytes[9] = GetParam();
  const std::string about = R"({"a":1})";
  const std::size_t after = kMagic + kHeader + extension + about.size();
  for (std::size_t i = 0; i < field.count(); ++i) dense.append(reinterpret_cast<const char*>(field.voxel(i)), sizeof(GridLine));
  bytes.replace(after, field.voxels.blocks() + field.voxels.size() * sizeof(GridLine), dense);
  ContentHash hash;
  hash.bytes(bytes.data() + kMagic, kHeader);
  if (extension > 0) hash.bytes(bytes.data() + kMagic + kHeader, extension);
  const std::string sum = hash.text(about).bytes(bytes.data() + after, dense.size())
                              .bytes(bytes.data() + after + dense.size(), bytes.size() - after - dense.size() - kSum).bytes(nullptr, 0).hex();
  bytes.replace(bytes.size() - kSum, kSum, sum);
  std::filesystem::remove(folder.path() / kFieldFile);
  ASSERT_TRUE(write_atomically(folder.path() / "field.mp4d", bytes));
  const auto read = load_field(field_file(folder.path()));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_TRUE(same(field, read->field));
}

TEST(SceneGeometry, CamerasAtOnePlaceAreRefused) {
  PosedScene scene = make_room(small_scene());
  for (PosedView& view : scene.views)
    view.camera.camera_from_world.translation() = -(view.camera.camera_from_world.linear() * Vec3(0.3f, 1.5f, -0.2f));
  for (const char* bounds : {"auto", "-3,-1,-3,3,4,3"}) {
    const auto geometry = scene_geometry(scene, bounds);
    ASSERT_FALSE(geometry);
    EXPECT_NE(geometry.error().message.find("stand at one place, 0.3,1.5,-0.2"), std::string::npos) << geometry.error().message;
  }
}

TEST(SceneGeometry, BoundsAreTakenGivenOrRefused) {
  PosedScene room = make_room(small_scene());
  const SceneGeometry from_points = scene_geometry(room, "auto").value();
  EXPECT_TRUE(from_points.inside);
  EXPECT_GT(from_points.box.sizes().x(), 3.5f);
  EXPECT_LT(from_points.box.sizes().x(), 5.5f);
  EXPECT_GT(from_points.up.y(), 0.9f);
  room.points.resize(0, 3);
  const auto unknown = scene_geometry(room, "auto");
  ASSERT_FALSE(unknown);
  EXPECT_NE(unknown.error().message.find("--bounds"), std::string::npos);
  EXPECT_EQ(scene_geometry(room, "-2,0,-1.6,2,2.4,1.6")->box.max(), Vec3(2, 2.4f, 1.6f));
  for (const char* bad : {"1,2,3", "1,1,1,0,2,2", "a,b,c,d,e,f", "0,0,0,1,1,1,1"}) EXPECT_FALSE(scene_geometry(room, bad)) << bad;
  const SceneGeometry object = scene_geometry(make_object(small_scene()), "auto").value();
  EXPECT_FALSE(object.inside);
  EXPECT_LT(object.centre.norm(), 0.1f);
  EXPECT_GT(object.box.max().x(), 1.0f);
}

TEST(FieldView, NormalsAndAxialDepthsOfABallAreItsOwn) {
  for (const Geometry geometry : {Geometry::kDensity, Geometry::kDistance}) {
    GridLayout layout{Aabb(Vec3::Constant(-1), Vec3::Constant(1)), 48, 1, 1e-4f};
    layout.geometry = geometry;
    GridField field = make_grid_field(layout, 0);
    for (std::size_t i = 0; i < field.count(); ++i) {
      const float distance = position(field, i).norm() - 0.6f;
      field.voxel(i)[0] = geometry == Geometry::kDistance ? distance : 9 - 300 * distance;
    }
    field.sharpness = 200;
    update_occupancy(field, 1e-3f);
    Camera camera = make_camera(60, 40, 0.7f);
    const Vec3 eye(2, 1, 1.5f);
    camera.camera_from_world = look_at(eye, Vec3(0.1f, 0, 0));
    const FieldView view = render_field(field, camera, {}, {}, Vec3::Zero());
    const ImageF normals = normals_of(view, field, camera, {}), depth = axial_depth(view, camera, {});
    int seen = 0;
    for (int y = 0; y < 40; ++y)
      for (int x = 0; x < 60; ++x) {
        const Vec3 normal(normals.at(x, y, 0), normals.at(x, y, 1), normals.at(x, y, 2));
        const Vec3 direction = ray_direction(camera, {}, x + 0.5, y + 0.5);
        const float along = -eye.dot(direction), off = (eye + along * direction).norm();
        if (off > 0.7f) {
          EXPECT_EQ(normal, Vec3(Vec3::Zero()));
          EXPECT_EQ(depth.at(x, y), 0);
        }
        if (off > 0.5f) continue;
        const Vec3 point = eye + (along - std::sqrt(0.36f - off * off)) * direction;
        EXPECT_GT(normal.dot(point) / 0.6f, 0.99f) << x << " " << y;
        EXPECT_NEAR(depth.at(x, y), (camera.camera_from_world * point).z(), 0.04f);
        ++seen;
      }
    EXPECT_GT(seen, 100);
  }
}

TEST(FieldMesh, AnOpaqueBallComesOutRoundAndColoured) {
  const GridLayout layout{Aabb(Vec3::Constant(-1), Vec3::Constant(1)), 48, 1, 1e-4f};
  GridField field = make_grid_field(layout, 0);
  for (std::size_t i = 0; i < field.count(); ++i) {
    field.voxel(i)[0] = 9 + 300 * (0.6f - position(field, i).norm());
    field.voxel(i)[1] = 4;  // red
    field.voxel(i)[5] = -4;
    field.voxel(i)[9] = -4;
  }
  update_occupancy(field, 1e-3f);
  std::vector<Camera> cameras;
  for (const Vec3& eye : {Vec3(3, 0, 0), Vec3(-3, 0, 0), Vec3(0, 3, 0.1f), Vec3(0, -3, 0.1f), Vec3(0, 0, 3), Vec3(0, 0, -3)}) {
    cameras.push_back(make_camera(120, 120, 0.7f));
    cameras.back().camera_from_world = look_at(eye, Vec3::Zero());
  }
  FieldMeshOptions options;
  options.least_views = 1;
  const auto mesh = field_mesh(field, cameras, 0, Vec3::Zero(), options);
  ASSERT_TRUE(mesh) << mesh.error().message;
  for (Eigen::Index v = 0; v < mesh->verts.rows(); ++v) {
    EXPECT_NEAR(mesh->verts.row(v).norm(), 0.6f, 0.03f);
    EXPECT_GT(mesh->colors(v, 0), 0.9f);
    EXPECT_LT(mesh->colors(v, 1), 0.1f);
  }
  EXPECT_TRUE(is_watertight(mesh->faces));
  options.texture = 256;
  options.faces = 400;
  const auto textured = field_mesh(field, cameras, 0, Vec3::Zero(), options);
  ASSERT_TRUE(textured) << textured.error().message;
  ASSERT_EQ(textured->uvs.rows(), textured->verts.rows());
  ASSERT_EQ(textured->materials.size(), 1u);
  const Image& texture = textured->materials[0].texture;
  ASSERT_EQ(texture.width, 256);
  for (Eigen::Index f = 0; f < textured->faces.rows(); ++f) {
    const Eigen::RowVector2f uv = (textured->uvs.row(textured->faces(f, 0)) + textured->uvs.row(textured->faces(f, 1)) + textured->uvs.row(textured->faces(f, 2))) / 3;
    const int x = static_cast<int>(uv.x() * 256), y = static_cast<int>(uv.y() * 256);
    EXPECT_GT(texture.at(x, y, 0), 230);
    EXPECT_LT(texture.at(x, y, 1), 25);
  }
  options.texture = options.faces = 0;
  cameras.resize(1);
  const auto half = field_mesh(field, cameras, 0, Vec3::Zero(), options);
  ASSERT_TRUE(half);
  EXPECT_LT(half->faces.rows(), 0.7 * static_cast<double>(mesh->faces.rows()));
  for (std::size_t i = 0; i < field.count(); ++i) field.voxel(i)[0] = 0;
  EXPECT_FALSE(field_mesh(field, cameras, 0, Vec3::Zero(), options));
}

}  // namespace
}  // namespace mp4d
