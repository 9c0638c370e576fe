#include "reconstruction/human/human_colors.h"
#include "reconstruction/human/human_person.h"
#include "reconstruction/human/human_views.h"
#include "reconstruction/human/mannequin.h"
#include "reconstruction/human/pose_library.h"
#include <gtest/gtest.h>
#include <numbers>

namespace mp4d::human {
namespace {

// Exact views of a mannequin, without a network: what the drawing of them is to approach.
std::vector<HumanView> views_of(const Body& body, int count, int resolution, int bands) {
  std::vector<HumanView> views;
  const HumanFrame frame = frame_of(body.joints);
  for (int i = 0; i < count; ++i) {
    HumanView view;
    view.pivot = frame.centre;
    view.yaw = float(2 * std::numbers::pi * i / count);
    const Joints turned =
        ((body.joints.rowwise() - view.pivot.transpose()) * view.turn().transpose()).rowwise() + view.pivot.transpose();
    view.frame = frame_of(turned);
    Mesh mesh = body.mesh;
    mesh.verts = view.to_cube(body.mesh.verts);
    std::vector<std::uint8_t> parts;
    for (Eigen::Index f = 0; f < mesh.faces.rows(); ++f) parts.push_back(std::uint8_t(body.parts[std::size_t(mesh.faces(f, 0))]));
    const RayIntervals rays = ray_intervals(mesh, resolution, {}, parts);
    view.field.occupancy = fourier_occupancy(rays, bands);
    const std::size_t pixels = std::size_t(resolution) * resolution;
    view.field.parts.assign(2 * (kBodyPartCount - 1) * pixels, 0.0f);
    for (std::size_t p = 0; p < pixels; ++p) {
      if (rays.first[p] == rays.first[p + 1]) continue;
      const int front = rays.intervals[rays.first[p + 1] - 1].out_label, back = rays.intervals[rays.first[p]].in_label;
      if (front > 0) view.field.parts[std::size_t(front - 1) * pixels + p] = 1;
      if (back > 0) view.field.parts[std::size_t(kBodyPartCount - 2 + back) * pixels + p] = 1;
    }
    views.push_back(std::move(view));
  }
  return views;
}

Body dressed_mannequin() {
  Attributes attributes;
  attributes.suit = attributes.shoes = attributes.hair = 0;
  return mannequin(attributes, posed_joints(average_joints(attributes), *named_pose("walk-1")));
}

TEST(HumanViews, TheirMeanIsNearerToTheBodyThanOneOfFewBands) {
  const Body body = dressed_mannequin();
  constexpr int kCells = 96;
  const auto exact = mean_occupancy(views_of(body, 1, kCells, 128), kCells);
  const auto iou = [&](const std::vector<float>& volume) {
    double both = 0, either = 0;
    for (std::size_t i = 0; i < volume.size(); ++i) {
      both += volume[i] > 0.5f && exact[i] > 0.5f;
      either += volume[i] > 0.5f || exact[i] > 0.5f;
    }
    return both / either;
  };
  const double one = iou(mean_occupancy(views_of(body, 1, kCells, 16), kCells));
  const double four = iou(mean_occupancy(views_of(body, 4, kCells, 16), kCells));
  EXPECT_GT(one, 0.7);
  EXPECT_GT(four, one + 0.01);
}

TEST(HumanViews, PartsAreFoundWhereTheyAreOnEverySide) {
  const Body body = dressed_mannequin();
  constexpr int kCells = 160;
  const std::vector<HumanView> views = views_of(body, 4, kCells, 64);
  PartColors colors;
  colors.fill(Vec3::Zero());
  const auto mesh = person_mesh(views, colors, 0.5, 1, 0);
  ASSERT_TRUE(mesh) << mesh.error().message;
  const auto parts = vertex_parts(views, *mesh);
  EXPECT_LT((parts.rowwise().sum() - 1).abs().maxCoeff(), 1e-4f);
  // The body's surface has the part that is found within three cells: edges are blurred by no more, and none is exchanged.
  std::vector<int> face_of_sample;
  const Points samples = sample_surface(body.mesh.verts, body.mesh.faces, 8000, 1, &face_of_sample);
  const float reach = 3 * 2 * views[0].frame.half_extent / kCells;
  int right = 0, judged = 0;
  std::array<int, kBodyPartCount> found{};
  for (Eigen::Index v = 0; v < mesh->verts.rows(); v += 3, ++judged) {
    Eigen::Index part = 0;
    parts.row(v).maxCoeff(&part);
    ++found[std::size_t(part)];
    for (Eigen::Index w = 0; w < samples.rows(); ++w)
      if (body.parts[std::size_t(body.mesh.faces(face_of_sample[std::size_t(w)], 0))] == BodyPart(part) &&
          (samples.row(w) - mesh->verts.row(v)).norm() < reach) {
        ++right;
        break;
      }
  }
  EXPECT_GT(right, 0.97 * judged);
  for (const BodyPart part : {BodyPart::kSkin, BodyPart::kTop, BodyPart::kTrousers, BodyPart::kShoes, BodyPart::kHair})
    EXPECT_GT(found[std::size_t(part)], 100) << int(part);
}

TEST(JoiningLevel, IsLoweredJustEnoughToJoinWhatHangsTogether) {
  // Two blocks, then with a bridge of occupancy 0.42 between them.
  constexpr int n = 32;
  std::vector<float> volume(n * n * n, 0.0f);
  const auto fill = [&](int x0, int x1, int y0, int y1, float value) {
    for (int z = 10; z < 20; ++z)
      for (int y = y0; y < y1; ++y)
        for (int x = x0; x < x1; ++x) volume[std::size_t((z * n + y) * n + x)] = value;
  };
  fill(2, 12, 4, 28, 1);
  fill(20, 30, 4, 28, 1);
  EXPECT_FLOAT_EQ(joining_level(volume, n, 0.5f), 0.5f);  // nothing joins them: left as it is
  fill(12, 20, 14, 18, 0.42f);
  EXPECT_NEAR(joining_level(volume, n, 0.5f), 0.4f, 1e-5f);
  fill(12, 20, 14, 18, 0.9f);
  EXPECT_FLOAT_EQ(joining_level(volume, n, 0.5f), 0.5f);
}

TEST(PersonRig, JointsAreThoseOfThePoseAndEveryVertexIsBound) {
  const Body body = dressed_mannequin();
  PartColors colors;
  colors.fill(Vec3::Ones());
  const auto mesh = person_mesh(views_of(body, 1, 96, 64), colors, 0.5, 1, 4000);
  ASSERT_TRUE(mesh) << mesh.error().message;
  EXPECT_LE(mesh->faces.rows(), 4000);
  const auto model = person_rig(*mesh, body.joints);
  ASSERT_TRUE(model) << model.error().message;
  Vec3 at = Vec3::Zero();
  for (int j = 20; j >= 0; j = kJointParents[std::size_t(j)]) at += model->skeleton.joints[std::size_t(j)].rest.translation;
  EXPECT_LT((at - body.joints.row(20).transpose()).norm(), 1e-5f);
  EXPECT_LT((model->skin.weights.rowwise().sum().array() - 1).abs().maxCoeff(), 1e-4f);
}

}  // namespace
}  // namespace mp4d::human
