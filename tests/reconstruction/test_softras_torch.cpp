#include "reconstruction/articulated/softras_torch.h"
#include <gtest/gtest.h>

namespace mp4d {
namespace {

using torch::Tensor;

struct Batch {
  SoftRasterOptions options;
  Tensor verts, faces, attributes;
};

/// `count` pictures of bumpy balls, each turned, moved and coloured differently.
Batch make_batch(int64_t count, int width, int height, int rings, int64_t channels) {
  torch::manual_seed(3);
  const int segments = rings + 3;
  Batch b;
  b.options.width = width, b.options.height = height;
  b.options.gamma = 0.1f;
  std::vector<float> verts;
  for (int64_t f = 0; f < count; ++f)
    for (int i = 0; i <= rings; ++i)
      for (int j = 0; j < segments; ++j) {
        const double a = M_PI * (i + 0.05) / (rings + 0.1), t = 2 * M_PI * (j + 0.37 + 0.3 * f) / segments;
        const double r = 1 + 0.2 * std::sin(2 * t + f);
        const double z = 3 + r * std::sin(a) * std::sin(t), s = 0.8 * std::min(width, height) / z;
        verts.push_back(0.5 * width + 1.7 * f + s * r * std::sin(a) * std::cos(t));
        verts.push_back(0.5 * height - 1.3 * f + s * r * std::cos(a));
        verts.push_back(z);
      }
  std::vector<int> faces;
  for (int i = 0; i < rings; ++i)
    for (int j = 0; j < segments; ++j) {
      const int p = i * segments + j, q = i * segments + (j + 1) % segments;
      for (int v : {p, q, p + segments, q, q + segments, p + segments}) faces.push_back(v);
    }
  b.verts = torch::tensor(verts).view({count, -1, 3});
  b.faces = torch::tensor(faces, torch::kInt32).view({-1, 3});
  b.attributes = torch::rand({count, b.verts.size(1), channels});
  return b;
}

double relative(const Tensor& ours, const Tensor& expected) {
  return ((ours.to(torch::kFloat64) - expected).norm() / expected.norm()).item<double>();
}

struct Result {
  Tensor silhouette, attributes, grad_verts, grad_attributes;
};

template <class Function>
Result run(const Function& function, const Batch& b, torch::ScalarType type, bool use_silhouette, bool use_attributes) {
  const Tensor verts = b.verts.to(type).detach().requires_grad_(true);
  const Tensor attributes = b.attributes.to(type).detach().requires_grad_(true);
  const SoftRasTensors out = function(b.options, verts, b.faces, attributes);
  const auto weights = [&](const Tensor& like) {
    return torch::sin(torch::arange(like.numel(), like.options().requires_grad(false)) * 0.7).view(like.sizes());
  };
  Tensor loss = torch::zeros({}, verts.options().requires_grad(false));
  if (use_silhouette) loss = loss + (out.silhouette * weights(out.silhouette)).sum();
  if (use_attributes) loss = loss + (out.attributes * weights(out.attributes)).sum();
  loss.backward();
  return {out.silhouette.detach(), out.attributes.detach(), verts.grad(), attributes.grad()};
}

TEST(SoftRasTorch, AgreesWithPlainOperationsInDoublePrecision) {
  for (const auto& [silhouette, attributes] : {std::pair(true, false), std::pair(false, true), std::pair(true, true)}) {
    const Batch b = make_batch(3, 56, 40, 9, 4);
    const Result ours = run(soft_rasterise, b, torch::kFloat32, silhouette, attributes);
    const Result plain = run(soft_rasterise_plain, b, torch::kFloat64, silhouette, attributes);
    EXPECT_GT(plain.silhouette.sum().item<double>(), 300);
    EXPECT_LT(relative(ours.silhouette, plain.silhouette), 1e-5);
    EXPECT_LT(relative(ours.attributes, plain.attributes), 1e-4);
    EXPECT_LT(relative(ours.grad_verts, plain.grad_verts), 2e-3);
    if (!attributes) continue;
    EXPECT_LT(relative(ours.grad_attributes, plain.grad_attributes), 1e-3);
  }
}

TEST(SoftRasTorch, PlainSkipsTheSameTriangles) {
  Batch b = make_batch(2, 40, 40, 8, 2);
  b.verts = b.verts.clone();
  b.verts.index_put_({0, 5, 2}, -1.0f);
  b.verts.index_put_({0, 30, 0}, std::numeric_limits<float>::quiet_NaN());
  b.verts.index_put_({1, 17}, b.verts.index({1, 18}));
  b.attributes.index_put_({1, 40, 1}, std::numeric_limits<float>::infinity());
  const Tensor none = torch::zeros({2, b.verts.size(1), 0});
  const SoftRasTensors ours = soft_rasterise(b.options, b.verts, b.faces, b.attributes);
  const SoftRasTensors plain = soft_rasterise_plain(b.options, b.verts, b.faces, b.attributes);
  EXPECT_LT((ours.silhouette - plain.silhouette).abs().max().item<float>(), 1e-4f);
  EXPECT_LT((ours.attributes - plain.attributes).abs().max().item<float>(), 1e-3f);
  EXPECT_EQ(soft_rasterise(b.options, b.verts, b.faces, none).attributes.numel(), 0);
}

TEST(SoftRasTorch, GraphsMayOverlapAndBeDropped) {
  const Batch a = make_batch(2, 32, 32, 6, 3), b = make_batch(3, 48, 24, 7, 1);
  const Result expected = run(soft_rasterise, a, torch::kFloat32, true, true);
  const Tensor verts = a.verts.clone().requires_grad_(true);
  const SoftRasTensors first = soft_rasterise(a.options, verts, a.faces, a.attributes);
  run(soft_rasterise, b, torch::kFloat32, true, true);              // another graph in between
  soft_rasterise(b.options, b.verts.clone().requires_grad_(true), b.faces, b.attributes);  // one never used
  ((first.silhouette * torch::sin(torch::arange(2048) * 0.7f).view({2, 32, 32})).sum() +
   (first.attributes * torch::sin(torch::arange(6144) * 0.7f).view({2, 32, 32, 3})).sum())
      .backward();
  EXPECT_TRUE(torch::equal(verts.grad(), expected.grad_verts));
}

TEST(SoftRasTorch, WrongShapesThrow) {
  const Batch b = make_batch(2, 16, 16, 4, 1);
  EXPECT_THROW(soft_rasterise(b.options, b.verts[0], b.faces, b.attributes), c10::Error);
  EXPECT_THROW(soft_rasterise(b.options, b.verts, b.faces, b.attributes[0]), c10::Error);
  EXPECT_THROW(soft_rasterise(b.options, b.verts.to(torch::kFloat64), b.faces, b.attributes), c10::Error);
}

}  // namespace
}  // namespace mp4d
