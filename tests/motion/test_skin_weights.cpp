#include "motion/skin_weights.h"

#include "bodies.h"
#include "motion/kinematics.h"

#include <gtest/gtest.h>

using namespace mp4d;
using namespace mp4d::testing;

namespace {

void expect_valid(const Skin& skin, Eigen::Index verts, int joints) {
  ASSERT_EQ(skin.weights.rows(), verts);
  ASSERT_TRUE(skin.weights.allFinite());
  EXPECT_GE(skin.weights.minCoeff(), 0);
  EXPECT_LT((skin.weights.rowwise().sum().array() - 1).abs().maxCoeff(), 1e-5f);
  EXPECT_GE(skin.joints.minCoeff(), 0);
  EXPECT_LT(skin.joints.maxCoeff(), joints);
  for (Eigen::Index v = 0; v < verts; ++v)
    for (int k = 0; k < 3; ++k) ASSERT_GE(skin.weights(v, k), skin.weights(v, k + 1));
  EXPECT_EQ(int(skin.joint_from_mesh.size()), joints);
}

HeatWeights weights_of(const Mesh& mesh, const Skeleton& skeleton) {
  const auto solid = voxelise(mesh, {.resolution = 96});
  EXPECT_TRUE(solid) << solid.error().message;
  auto weights = heat_weights(mesh, skeleton, solid->distance);
  EXPECT_TRUE(weights) << weights.error().message;
  return *weights;
}

// A straight tube of three bones along x: 0-1, 1-2, 2-3, radius 0.15; four joints, the last a leaf.
Body tube() {
  Body b;
  b.blend = 0.01f;
  b.add("a", "", {0, 0, 0}, 0.15f);
  b.add("b", "a", {1, 0, 0}, 0.15f);
  b.add("c", "b", {2, 0, 0}, 0.15f);
  b.add("end", "c", {3, 0, 0}, 0.15f);
  return b;
}

TEST(BoneSegments, ForksBindAllTheirBonesAndLeavesCarryNone) {
  const Body person = make_person();
  const auto bones = bone_segments(person.skeleton);
  EXPECT_EQ(int(bones.size()), person.skeleton.size() - 1);
  const int chest = person.skeleton.find("chest"), toe = person.skeleton.find("toe_l");
  int from_chest = 0;
  for (const BoneSegment& bone : bones) {
    from_chest += bone.joint == chest;
    EXPECT_NE(bone.joint, toe);
  }
  EXPECT_EQ(from_chest, 3);  // neck and both shoulders
  Skeleton lone;
  lone.joints.push_back({"only", -1, {}});
  EXPECT_EQ(bone_segments(lone).size(), 1u);
}

TEST(HeatWeights, TubeBlendsOverItsRadiusAtTheJoints) {
  const Body body = tube();
  const Mesh mesh = body.mesh(120);
  const HeatWeights result = weights_of(mesh, body.skeleton);
  expect_valid(result.skin, mesh.verts.rows(), 4);
  EXPECT_EQ(result.fallback_vertices, 0);
  const Eigen::MatrixXf w = dense_weights(result.skin, 4);
  for (Eigen::Index v = 0; v < mesh.verts.rows(); ++v) {
    const float x = mesh.verts(v, 0);
    if (x < 0.6f) {
      EXPECT_GT(w(v, 0), 0.9f) << x;
    }
    if (x > 1.4f && x < 1.6f) {
      EXPECT_GT(w(v, 1), 0.9f) << x;
    }
    if (x > 2.4f) {
      EXPECT_GT(w(v, 2), 0.9f) << x;
    }
    if (std::abs(x - 1) < 0.02f) {
      EXPECT_NEAR(w(v, 0), 0.5f, 0.1f);
    }
    EXPECT_EQ(w(v, 3), 0);
  }
}

TEST(HeatWeights, VarySmoothlyOverAPerson) {
  const Body person = make_person();
  const Mesh mesh = person.mesh(110);
  const HeatWeights result = weights_of(mesh, person.skeleton);
  expect_valid(result.skin, mesh.verts.rows(), person.skeleton.size());
  const Eigen::MatrixXf w = dense_weights(result.skin, person.skeleton.size());
  const auto edges = unique_edges(mesh.faces);
  double mean = 0;
  float worst = 0;
  for (Eigen::Index e = 0; e < edges.rows(); ++e) {
    const float jump = 0.5f * (w.row(edges(e, 0)) - w.row(edges(e, 1))).cwiseAbs().sum();
    worst = std::max(worst, jump);
    mean += jump / double(edges.rows());
  }
  // An edge is about a tenth of a limb's width.
  EXPECT_LT(worst, 0.4f);
  EXPECT_LT(mean, 0.05);
  // The hand follows the wrist, whatever lies near in space.
  for (Eigen::Index v = 0; v < mesh.verts.rows(); ++v)
    if ((Vec3(mesh.verts.row(v)) - person.at("hand_end_l")).norm() < 0.06f) {
      EXPECT_GT(w(v, person.skeleton.find("wrist_l")), 0.8f);
    }
}

TEST(HeatWeights, MirroredBodyGetsMirroredWeights) {
  const Body person = make_person();
  const Mesh mesh = person.mesh(100);
  const HeatWeights result = weights_of(mesh, person.skeleton);
  const Eigen::MatrixXf w = dense_weights(result.skin, person.skeleton.size());
  double left = 0, right = 0;
  for (const char* joint : {"shoulder", "elbow", "wrist", "hip", "knee", "ankle"}) {
    left = w.col(person.skeleton.find(std::string(joint) + "_l")).sum();
    right = w.col(person.skeleton.find(std::string(joint) + "_r")).sum();
    EXPECT_NEAR(left, right, 0.03 * left) << joint;
  }
}

TEST(HeatWeights, LegsSideBySideDoNotTakeEachOther) {
  // Two tubes joined at the top, 4 % of the size apart: a vertex of one must not follow the other's bone.
  Body b;
  b.blend = 0.01f;
  b.add("hips", "", {0, 1, 0}, 0.15f);
  b.add_pair("hip", "hips", {0.14f, 0.95f, 0}, 0.12f);
  b.add_pair("knee", "hip", {0.14f, 0.5f, 0}, 0.115f);
  b.add_pair("foot", "knee", {0.14f, 0, 0}, 0.115f);
  const Mesh mesh = b.mesh(120);
  const Eigen::MatrixXf w = dense_weights(weights_of(mesh, b.skeleton).skin, b.skeleton.size());
  for (Eigen::Index v = 0; v < mesh.verts.rows(); ++v)
    if (mesh.verts(v, 1) < 0.6f) {
      const std::string other = mesh.verts(v, 0) > 0 ? "_r" : "_l";
      EXPECT_LT(w(v, b.skeleton.find("hip" + other)) + w(v, b.skeleton.find("knee" + other)), 0.02f);
    }
}

TEST(HeatWeights, PieceThatSeesNoBoneIsBoundToTheNearestAndReported) {
  const Body body = tube();
  Mesh mesh = body.mesh(80);
  // A small closed ball that floats beside the last bone.
  Mesh ball = capsule_mesh({{Vec3(2.5f, 0.5f, 0), Vec3(2.52f, 0.5f, 0), 0.05f, 0.05f}}, 0.01f, 16);
  const Eigen::Index body_verts = mesh.verts.rows();
  Points verts(body_verts + ball.verts.rows(), 3);
  verts << mesh.verts, ball.verts;
  Faces faces(mesh.faces.rows() + ball.faces.rows(), 3);
  faces << mesh.faces, Faces(ball.faces.array() + int(body_verts));
  mesh.verts = verts;
  mesh.faces = faces;
  const HeatWeights result = weights_of(mesh, body.skeleton);
  expect_valid(result.skin, mesh.verts.rows(), 4);
  EXPECT_EQ(result.fallback_vertices, ball.verts.rows());
  ASSERT_EQ(result.fallback_pieces.size(), 1u);
  EXPECT_NE(result.fallback_pieces[0].find("-> c"), std::string::npos) << result.fallback_pieces[0];
  const Eigen::MatrixXf w = dense_weights(result.skin, 4);
  for (Eigen::Index v = body_verts; v < mesh.verts.rows(); ++v) EXPECT_GT(w(v, 2), 0.99f);
}

TEST(HeatWeights, SplitVerticesAtSeamsGetEqualWeights) {
  const Body body = tube();
  const Mesh joined = body.mesh(60);
  Mesh split;
  split.verts.resize(joined.faces.rows() * 3, 3);
  split.faces.resize(joined.faces.rows(), 3);
  for (Eigen::Index f = 0; f < joined.faces.rows(); ++f)
    for (int k = 0; k < 3; ++k) {
      split.verts.row(3 * f + k) = joined.verts.row(joined.faces(f, k));
      split.faces(f, k) = int(3 * f + k);
    }
  const Eigen::MatrixXf a = dense_weights(weights_of(joined, body.skeleton).skin, 4);
  const Eigen::MatrixXf b = dense_weights(weights_of(split, body.skeleton).skin, 4);
  for (Eigen::Index f = 0; f < joined.faces.rows(); ++f)
    for (int k = 0; k < 3; ++k) EXPECT_LT((a.row(joined.faces(f, k)) - b.row(3 * f + k)).norm(), 1e-3f);
}

TEST(HeatWeights, DegenerateFacesAndLooseVerticesStayFinite) {
  const Body body = tube();
  Mesh mesh = body.mesh(40);
  const Eigen::Index n = mesh.verts.rows(), f = mesh.faces.rows();
  mesh.verts.conservativeResize(n + 2, 3);
  mesh.verts.row(n) << 1.5f, 0.16f, 0;  // in no face
  mesh.verts.row(n + 1) = mesh.verts.row(0);
  mesh.faces.conservativeResize(f + 2, 3);
  mesh.faces.row(f) << 0, 0, 1;
  mesh.faces.row(f + 1) << 0, int(n + 1), 1;
  const HeatWeights result = weights_of(mesh, body.skeleton);
  expect_valid(result.skin, mesh.verts.rows(), 4);
  EXPECT_EQ(result.skin.joints(n, 0), 1);
}

TEST(HeatWeights, RefusesAnEmptySkeletonOrMesh) {
  const Mesh mesh = tube().mesh(30);
  const auto solid = voxelise(mesh, {.resolution = 32});
  ASSERT_TRUE(solid);
  EXPECT_NE(heat_weights(mesh, {}, solid->distance).error().message.find("no joints"), std::string::npos);
  EXPECT_NE(heat_weights({}, tube().skeleton, solid->distance).error().message.find("no faces"), std::string::npos);
}

}  // namespace
