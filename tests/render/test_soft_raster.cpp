#include "soft_reference.h"
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <omp.h>
#include <random>

namespace mp4d {
namespace {

struct Scene {
  SoftRasterOptions options;
  Points verts;
  Faces faces;
  std::vector<float> attributes;
  int channels = 3;
};

/// `count` separate triangles of about `size` pixels at random places and depths.
Scene random_scene(unsigned seed, int width, int height, int count, float size, int channels = 3) {
  std::mt19937 rng(seed);
  std::uniform_real_distribution<float> unit(0, 1);
  Scene s;
  s.options.width = width;
  s.options.height = height;
  s.options.gamma = 0.1f;  // several layers take part
  s.channels = channels;
  s.verts.resize(3 * count, 3);
  s.faces.resize(count, 3);
  for (int f = 0; f < count; ++f) {
    const float x = unit(rng) * width, y = unit(rng) * height, z = 2 + 2 * unit(rng);
    for (int k = 0; k < 3; ++k) {
      const float angle = float(2 * M_PI) * (k / 3.0f + 0.25f * unit(rng)), r = size * (0.4f + 0.6f * unit(rng));
      s.verts.row(3 * f + k) << x + r * std::cos(angle), y + r * std::sin(angle), z + 0.5f * unit(rng);
      s.faces(f, k) = 3 * f + k;
    }
    if (f % 2) std::swap(s.faces(f, 0), s.faces(f, 1));  // both orientations
  }
  for (Eigen::Index i = 0; i < s.verts.rows() * channels; ++i) s.attributes.push_back(unit(rng) * 2 - 0.5f);
  return s;
}

/// A sphere of 2 * rings * segments triangles or so, seen from outside.
Scene sphere_scene(int size, int rings, int segments) {
  Scene s;
  s.options.width = s.options.height = size;
  s.options.gamma = 0.1f;
  s.verts.resize((rings + 1) * segments, 3);
  for (int i = 0; i <= rings; ++i)
    for (int j = 0; j < segments; ++j) {
      const float a = float(M_PI) * (i + 0.05f) / (rings + 0.1f), b = float(2 * M_PI) * (j + 0.37f) / segments;
      const Vec3 p(std::sin(a) * std::cos(b), std::cos(a), std::sin(a) * std::sin(b));
      const float z = 3 + p.z();
      s.verts.row(i * segments + j) << size * (0.503f + 0.9f * p.x() / z), size * (0.497f + 0.9f * p.y() / z), z;
      for (int c = 0; c < 3; ++c) s.attributes.push_back(0.5f + 0.5f * p[c]);
    }
  s.faces.resize(2 * rings * segments, 3);
  for (int i = 0, f = 0; i < rings; ++i)
    for (int j = 0; j < segments; ++j) {
      const int a = i * segments + j, b = i * segments + (j + 1) % segments;
      s.faces.row(f++) << a, b, a + segments;
      s.faces.row(f++) << b, b + segments, a + segments;
    }
  return s;
}

struct Truth {
  test::SoftReference reference;
  std::vector<double> verts, attributes, silhouette, blended;

  explicit Truth(const Scene& s) {
    reference.options = s.options;
    reference.faces = s.faces;
    reference.channels = s.channels;
    verts.assign(s.verts.data(), s.verts.data() + s.verts.size());
    attributes.assign(s.attributes.begin(), s.attributes.end());
    reference.run(verts, attributes, silhouette, blended);
  }
};

double worst_difference(const std::vector<float>& a, const std::vector<double>& b) {
  double worst = 0;
  for (std::size_t i = 0; i < a.size(); ++i) worst = std::max(worst, std::abs(a[i] - b[i]));
  return worst;
}

void expect_forward_matches(const Scene& s) {
  const Truth truth(s);
  SoftRasteriser raster;
  const SoftRasterOutput out = raster.forward(s.options, s.verts, s.faces, s.attributes.data(), s.channels);
  EXPECT_LT(worst_difference(out.silhouette.data, truth.silhouette), 1e-4);
  EXPECT_LT(worst_difference(out.attributes.data, truth.blended), 2e-3);
}

/// Compares every gradient with central differences of the double-precision reference under a random linear loss.
void expect_gradients_match(const Scene& s, bool silhouette, bool attributes, const std::string& name) {
  Truth truth(s);
  std::mt19937 rng(7);
  std::normal_distribution<float> normal;
  std::vector<float> grad_silhouette(truth.silhouette.size()), grad_attributes(truth.blended.size());
  for (float& g : grad_silhouette) g = silhouette ? normal(rng) : 0;
  for (float& g : grad_attributes) g = attributes ? normal(rng) : 0;
  const auto loss = [&](const std::vector<double>& verts, const std::vector<double>& values) {
    std::vector<double> a, b;
    truth.reference.run(verts, values, a, b);
    double sum = 0;
    for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * grad_silhouette[i];
    for (std::size_t i = 0; i < b.size(); ++i) sum += b[i] * grad_attributes[i];
    return sum;
  };

  SoftRasteriser raster;
  raster.forward(s.options, s.verts, s.faces, s.attributes.data(), s.channels);
  Points grad_verts;
  std::vector<float> grad_values(s.attributes.size());
  raster.backward(silhouette ? grad_silhouette.data() : nullptr, attributes ? grad_attributes.data() : nullptr,
                  &grad_verts, grad_values.data());

  const auto compare = [&](std::vector<double>& variable, const float* ours, int stride, int begin, int end,
                           const char* what) {
    std::vector<double> expected;
    std::vector<double> got;
    for (std::size_t i = 0; i < variable.size(); ++i) {
      if (int(i % stride) < begin || int(i % stride) >= end) continue;
      const double keep = variable[i], h = 1e-5;
      variable[i] = keep + h;
      const double high = loss(truth.verts, truth.attributes);
      variable[i] = keep - h;
      const double low = loss(truth.verts, truth.attributes);
      variable[i] = keep;
      expected.push_back((high - low) / (2 * h));
      got.push_back(ours[i]);
    }
    double largest = 0;
    for (double e : expected) largest = std::max(largest, std::abs(e));
    ASSERT_TRUE(largest > 0 || !(attributes || (silhouette && end == 2))) << name << ": nothing to compare in " << what;
    double error = 0, norm = 0;
    for (std::size_t i = 0; i < expected.size(); ++i) {
      error += (got[i] - expected[i]) * (got[i] - expected[i]);
      norm += expected[i] * expected[i];
      EXPECT_NEAR(got[i], expected[i], 1e-2 * std::max(std::abs(expected[i]), 0.02 * largest))
          << name << ": " << what << " entry " << i;
    }
    EXPECT_LE(std::sqrt(error), 2e-3 * std::sqrt(norm)) << name << ": " << what;
  };
  compare(truth.verts, grad_verts.data(), 3, 0, 2, "x, y");
  compare(truth.verts, grad_verts.data(), 3, 2, 3, "depth");
  compare(truth.attributes, grad_values.data(), std::max(1, s.channels), 0, std::max(1, s.channels), "attributes");
}

TEST(SoftRaster, ForwardMatchesTheFormulas) {
  for (unsigned seed = 1; seed <= 4; ++seed) expect_forward_matches(random_scene(seed, 64, 48, 40, 9));
  expect_forward_matches(random_scene(5, 70, 70, 12, 60));  // larger than the picture
  expect_forward_matches(random_scene(6, 40, 90, 60, 2));   // smaller than their own softness
  expect_forward_matches(random_scene(7, 33, 33, 20, 8, 5));
  expect_forward_matches(sphere_scene(64, 10, 16));
}

TEST(SoftRaster, GradientsMatchFiniteDifferences) {
  for (unsigned seed = 1; seed <= 3; ++seed) {
    const Scene s = random_scene(seed, 40, 36, 8, 9);
    expect_gradients_match(s, true, false, fmt::format("silhouette, seed {}", seed));
    expect_gradients_match(s, false, true, fmt::format("attributes, seed {}", seed));
    expect_gradients_match(s, true, true, fmt::format("both, seed {}", seed));
  }
  expect_gradients_match(random_scene(11, 32, 32, 4, 40), true, true, "large");
  expect_gradients_match(random_scene(12, 32, 32, 12, 1.5f), true, true, "tiny");
  expect_gradients_match(random_scene(13, 32, 24, 6, 8, 1), true, true, "one channel");
  expect_gradients_match(random_scene(14, 32, 24, 6, 8, 6), true, true, "six channels");
  expect_gradients_match(sphere_scene(32, 5, 8), true, true, "sphere");
}

TEST(SoftRaster, GradientsMatchFarFromAndAcrossTheSoftBand) {
  for (float sigma : {1e-5f, 1e-3f, 3e-3f}) {
    Scene s = random_scene(21, 32, 32, 5, 10);
    s.options.sigma = sigma;
    expect_gradients_match(s, true, true, fmt::format("sigma {}", sigma));
  }
  Scene s = random_scene(22, 32, 32, 6, 9);
  s.options.gamma = 0.01f;
  s.options.background_eps = 0.1f;
  s.options.cutoff = 0.02f;
  expect_gradients_match(s, true, true, "hard depth, strong background, high cutoff");
}

TEST(SoftRaster, SilhouetteIsHalfOnAnEdgeAndSaturatesInside) {
  Scene s;
  s.options.width = s.options.height = 64;
  s.options.cutoff = 1e-6f;
  s.verts.resize(3, 3);
  s.verts << 10.5f, -40, 2, 10.5f, 140, 2, 200, 30, 2;
  s.faces.resize(1, 3);
  s.faces << 0, 1, 2;
  SoftRasteriser raster;
  const ImageF a = raster.forward(s.options, s.verts, s.faces, nullptr, 0).silhouette;
  EXPECT_NEAR(a.at(10, 30), 0.5, 1e-4);
  const double d = 2.0 / 64;  // one pixel
  EXPECT_NEAR(a.at(9, 30), 1 / (1 + std::exp(d * d / 1e-4)), 1e-5);
  EXPECT_NEAR(a.at(11, 30), 1 / (1 + std::exp(-d * d / 1e-4)), 1e-5);
  EXPECT_GT(a.at(30, 30), 0.99999);
  EXPECT_EQ(a.at(3, 30), 0);
}

TEST(SoftRaster, FrontSurfaceHidesTheOneBehind) {
  Scene s;
  s.options.width = s.options.height = 32;
  s.verts.resize(6, 3);
  s.verts << -40, -40, 3, 100, -40, 3, -40, 100, 3, -40, -40, 2, 100, -40, 2, -40, 100, 2;
  s.faces.resize(2, 3);
  s.faces << 0, 1, 2, 3, 4, 5;
  const std::vector<float> values = {1, 1, 1, 5, 5, 5};
  SoftRasteriser raster;
  const SoftRasterOutput out = raster.forward(s.options, s.verts, s.faces, values.data(), 1);
  EXPECT_NEAR(out.attributes.at(10, 10), 5, 0.01);
}

TEST(SoftRaster, UnusableTrianglesAreSkipped) {
  Scene good = random_scene(3, 48, 48, 10, 9);
  SoftRasteriser raster;
  const SoftRasterOutput expected =
      raster.forward(good.options, good.verts, good.faces, good.attributes.data(), good.channels);

  const float nan = std::numeric_limits<float>::quiet_NaN(), inf = std::numeric_limits<float>::infinity();
  const std::vector<std::array<float, 9>> bad = {
      {5, 5, 0, 30, 5, 3, 5, 30, 3},        {5, 5, -1, 30, 5, 3, 5, 30, 3},  {nan, 5, 3, 30, 5, 3, 5, 30, 3},
      {5, inf, 3, 30, 5, 3, 5, 30, 3},      {5, 5, nan, 30, 5, 3, 5, 30, 3}, {5, 5, 3, 5, 5, 3, 5, 5, 3},
      {5, 5, 3, 15, 15, 3, 30, 30, 3},      {5, 5, 3, 1e9f, 5, 3, 5, 30, 3}, {-500, 5, 3, -480, 5, 3, -490, 30, 3},
      {5, 500, 3, 30, 500, 3, 5, 530, 3}};
  Scene s = good;
  const int old_verts = good.verts.rows(), old_faces = good.faces.rows();
  s.verts.conservativeResize(old_verts + 3 * (bad.size() + 1), 3);
  s.faces.conservativeResize(old_faces + bad.size() + 1, 3);
  for (std::size_t i = 0; i <= bad.size(); ++i)
    for (int k = 0; k < 3; ++k) {
      const int v = old_verts + 3 * i + k;
      s.faces(old_faces + i, k) = v;
      if (i < bad.size()) s.verts.row(v) << bad[i][3 * k], bad[i][3 * k + 1], bad[i][3 * k + 2];
      else s.verts.row(v) << 10 + 9 * (k == 1), 10 + 9 * (k == 2), 3;  // a good one with a bad attribute
    }
  s.attributes.resize(s.verts.rows() * s.channels, 0.3f);
  s.attributes.back() = nan;
  const SoftRasterOutput out = raster.forward(s.options, s.verts, s.faces, s.attributes.data(), s.channels);
  EXPECT_EQ(out.silhouette.data, expected.silhouette.data);
  std::vector<float> ones(48 * 48, 1), values(s.attributes.size());
  Points gradient;
  std::vector<float> attribute_ones(48 * 48 * 3, 1);
  raster.backward(ones.data(), attribute_ones.data(), &gradient, values.data());
  EXPECT_TRUE(gradient.allFinite());
  EXPECT_EQ(gradient.bottomRows(3 * (bad.size() + 1)).cwiseAbs().maxCoeff(), 0);
  EXPECT_GT(gradient.topRows(old_verts).cwiseAbs().maxCoeff(), 0);
  for (float v : values) EXPECT_TRUE(std::isfinite(v));
}

TEST(SoftRaster, EmptySceneIsBackground) {
  SoftRasteriser raster;
  SoftRasterOptions options;
  options.width = 20, options.height = 10;
  const float none = 0;
  const SoftRasterOutput out = raster.forward(options, Points(0, 3), Faces(0, 3), &none, 2);
  EXPECT_EQ(out.silhouette.data, std::vector<float>(200, 0));
  EXPECT_EQ(out.attributes.data, std::vector<float>(400, 0));
  std::vector<float> ones(400, 1);
  Points gradient(3, 3);
  raster.backward(ones.data(), ones.data(), &gradient, nullptr);
  EXPECT_EQ(gradient.rows(), 0);
}

TEST(SoftRaster, BadOptionsThrow) {
  SoftRasteriser raster;
  SoftRasterOptions options;
  options.width = 0;
  EXPECT_THROW(raster.forward(options, Points(0, 3), Faces(0, 3), nullptr, 0), std::invalid_argument);
  options.width = 8;
  EXPECT_THROW(raster.forward(options, Points(0, 3), Faces(0, 3), nullptr, 2), std::invalid_argument);
  options.sigma = 0;
  EXPECT_THROW(raster.forward(options, Points(0, 3), Faces(0, 3), nullptr, 0), std::invalid_argument);
}

struct Pass {
  SoftRasterOutput out;
  Points grad_verts;
  std::vector<float> grad_values;
};
Pass pass(SoftRasteriser& raster, const Scene& s) {
  Pass r;
  r.out = raster.forward(s.options, s.verts, s.faces, s.attributes.data(), s.channels);
  std::vector<float> grad_silhouette(r.out.silhouette.data.size()), grad_attributes(r.out.attributes.data.size());
  for (std::size_t i = 0; i < grad_silhouette.size(); ++i) grad_silhouette[i] = std::sin(0.1f * i);
  for (std::size_t i = 0; i < grad_attributes.size(); ++i) grad_attributes[i] = std::cos(0.07f * i);
  r.grad_values.resize(s.attributes.size());
  raster.backward(grad_silhouette.data(), grad_attributes.data(), &r.grad_verts, r.grad_values.data());
  return r;
}
void expect_equal(const Pass& a, const Pass& b) {
  EXPECT_EQ(a.out.silhouette.data, b.out.silhouette.data);
  EXPECT_EQ(a.out.attributes.data, b.out.attributes.data);
  EXPECT_EQ(a.grad_verts, b.grad_verts);
  EXPECT_EQ(a.grad_values, b.grad_values);
}

TEST(SoftRaster, SameBitsForAnyNumberOfThreadsAndInsideAParallelRegion) {
  const Scene s = sphere_scene(150, 20, 32);
  const int before = omp_get_max_threads();
  SoftRasteriser raster;
  omp_set_num_threads(1);
  const Pass one = pass(raster, s);
  omp_set_num_threads(4);
  expect_equal(pass(raster, s), one);
  std::vector<Pass> nested(4);
#pragma omp parallel for
  for (int i = 0; i < 4; ++i) {
    SoftRasteriser own;
    nested[i] = pass(own, s);
  }
  for (const Pass& r : nested) expect_equal(r, one);
  omp_set_num_threads(before);
}

TEST(SoftRaster, ReuseForAnotherSizeLeavesNothingBehind) {
  const Scene large = sphere_scene(150, 12, 20), small = random_scene(4, 43, 37, 30, 20, 4);
  SoftRasteriser fresh_large, fresh_small, reused;
  const Pass a = pass(fresh_large, large), b = pass(fresh_small, small);
  expect_equal(pass(reused, large), a);
  expect_equal(pass(reused, small), b);
  expect_equal(pass(reused, large), a);
}

TEST(SoftRaster, DescentOnTheSilhouetteMovesATriangleOntoAnother) {
  Scene target = random_scene(2, 64, 64, 1, 20, 0);
  target.verts.rowwise() += Eigen::RowVector3f(32, 32, 0) - target.verts.colwise().mean().cwiseProduct(Eigen::RowVector3f(1, 1, 0));
  target.options.sigma = 3e-3f;
  SoftRasteriser raster;
  const ImageF goal = raster.forward(target.options, target.verts, target.faces, nullptr, 0).silhouette;
  Points verts = target.verts;
  verts.leftCols(2).rowwise() += Eigen::RowVector2f(6, -5);
  double error = 0;
  for (int i = 0; i < 300; ++i) {
    const ImageF now = raster.forward(target.options, verts, target.faces, nullptr, 0).silhouette;
    std::vector<float> grad(now.data.size());
    error = 0;
    for (std::size_t p = 0; p < grad.size(); ++p) {
      grad[p] = 2 * (now.data[p] - goal.data[p]);
      error += 0.25 * grad[p] * grad[p];
    }
    Points gradient;
    raster.backward(grad.data(), nullptr, &gradient, nullptr);
    verts -= 0.05f * gradient;
  }
  EXPECT_LT(error, 0.05);
  EXPECT_LT((verts - target.verts).leftCols(2).rowwise().norm().maxCoeff(), 0.3);
}

}  // namespace
}  // namespace mp4d
