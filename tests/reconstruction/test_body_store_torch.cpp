#include "reconstruction/human/body_store_torch.h"
#include "reconstruction/human/human_frame.h"
#include <gtest/gtest.h>

namespace mp4d::human {
namespace {

using torch::Tensor;

// Two shells: skin left of the middle and nearer the viewer, a shoe on the right.
Body two_boxes() {
  const auto add_box = [](Body& body, const Vec3& low, const Vec3& high, BodyPart part) {
    const Eigen::Index v = body.mesh.verts.rows(), f = body.mesh.faces.rows();
    body.mesh.verts.conservativeResize(v + 8, 3);
    for (int i = 0; i < 8; ++i)
      body.mesh.verts.row(v + i) << (i & 1 ? high : low).x(), (i & 2 ? high : low).y(), (i & 4 ? high : low).z();
    Faces faces(12, 3);
    faces << 0, 2, 1, 1, 2, 3, 4, 5, 6, 5, 7, 6, 0, 1, 4, 1, 5, 4, 2, 6, 3, 3, 6, 7, 0, 4, 2, 2, 4, 6, 1, 3, 5, 3, 7, 5;
    body.mesh.faces.conservativeResize(f + 12, 3);
    body.mesh.faces.bottomRows(12) = faces.array() + int(v);
    body.parts.insert(body.parts.end(), 8, part);
  };
  Body body;
  add_box(body, Vec3(-0.5f, -0.6f, 0.1f), Vec3(-0.1f, 0.7f, 0.4f), BodyPart::kSkin);
  add_box(body, Vec3(0.2f, -0.6f, -0.3f), Vec3(0.5f, 0.1f, 0.0f), BodyPart::kShoes);
  for (int j = 0; j < kJointCount; ++j) body.joints.row(j) = Vec3(-0.4f + 0.03f * j, 0.5f - 0.04f * j, 0.01f * j).transpose();
  return body;
}

TEST(BodyStore, GivesTheFieldsOfTheBodyAndOfItsMirrorImage) {
  constexpr int kResolution = 48, kBands = 8;
  const Body body = two_boxes();
  const TrainingBody packed = training_body(body, {1, 2, 3}, kResolution);
  BodyStore store(4, kResolution, 3, torch::kCPU);
  store.add({packed, packed});
  ASSERT_EQ(store.size(), 2);
  const BodyBatch batch = store.batch(torch::tensor({0, 1}, torch::kLong), torch::tensor({0, 1}).to(torch::kBool), kBands);

  Mesh in_cube = body.mesh;
  in_cube.verts = frame_of(body.joints).to_cube(body.mesh.verts);
  const FourierOccupancy field = fourier_occupancy(ray_intervals(in_cube, kResolution), kBands);
  const Tensor expected = torch::from_blob(const_cast<float*>(field.coefficients.data()), {kBands, kResolution, kResolution});
  EXPECT_LT((batch.fields[0].narrow(0, 0, kBands) - expected).abs().max().item<float>(), 2e-4);
  EXPECT_LT((batch.fields[1] - batch.fields[0].flip(2)).abs().max().item<float>(), 1e-6);

  // Joint j of the mirror image is where its partner was, on the other side.
  const auto at = [](const Tensor& joints, int j, int axis) { return joints[j][axis].item<float>(); };
  for (int j : {0, 4, 5, 21}) {
    const int partner = kMirroredJoints[std::size_t(j)];
    EXPECT_FLOAT_EQ(at(batch.joints[1], j, 0), -at(batch.joints[0], partner, 0));
    EXPECT_FLOAT_EQ(at(batch.joints[1], j, 1), at(batch.joints[0], partner, 1));
    EXPECT_FLOAT_EQ(at(batch.joints[1], j, 2), at(batch.joints[0], partner, 2));
    EXPECT_FLOAT_EQ(at(batch.joints[0], j, 0), packed.joints(j, 0));
  }

  // The shoe is seen from both sides where it is, and nothing else is seen of what is not skin.
  const Tensor covered = expected[0] != 0;
  const Tensor right = torch::arange(kResolution).expand({kResolution, kResolution}) >= kResolution / 2;
  for (int side = 0; side < 2; ++side)
    for (int part = 1; part < kBodyPartCount; ++part) {
      const Tensor seen = batch.fields[0][kBands + side * (kBodyPartCount - 1) + part - 1];
      const bool shoes = part == int(BodyPart::kShoes);
      EXPECT_TRUE(torch::equal(seen, shoes ? (covered & right).to(torch::kFloat) : torch::zeros_like(seen))) << part;
    }
}

TEST(BodyStore, NewcomersReplaceTheOldest) {
  BodyStore store(3, 48, 1, torch::kCPU);
  const Body body = two_boxes();
  std::vector<TrainingBody> bodies;
  for (int i = 0; i < 5; ++i) bodies.push_back(training_body(body, {float(i)}, 48));
  store.add(bodies);
  EXPECT_EQ(store.size(), 3);
  const Tensor codes = store.batch(torch::arange(3), torch::zeros({3}).to(torch::kBool), 4).codes.flatten();
  EXPECT_TRUE(torch::equal(codes, torch::tensor({3.0f, 4.0f, 2.0f})));
}

}  // namespace
}  // namespace mp4d::human
