#include "core/files.h"
#include "io/flow.h"
#include "io/model_io.h"
#include "motion/kinematics.h"
#include "reconstruction/articulated/phase1.h"
#include "reconstruction/articulated/phase1_chamfer.h"
#include "tests/synthetic/creatures.h"
#include "tests/synthetic/scene.h"
#include <gtest/gtest.h>

namespace mp4d {
namespace {

constexpr int kFrames = 10;

/// A filmed quadruped and what a perfect coarse guess of it would be.
struct Scene {
  SyntheticClip clip;
  std::vector<FlowPair> flow;
  CoarseGuess truth;
};

const Scene& scene() {
  static const Scene made = [] {
    Scene s;
    SceneOptions options;
    options.width = options.height = 160;
    options.frames = kFrames;
    options.fps = 12;
    options.supersample = 1;
    const RiggedModel model = make_quadruped(36);
    const Clip& walk = model.clips.front();
    s.clip = film(model, walk, options);
    s.flow = *compute_flow(s.clip.frames);
    s.truth.category = "quadruped";
    s.truth.canonical.verts = model.mesh.verts;
    s.truth.canonical.faces = model.mesh.faces;
    s.truth.weights = dense_weights(model.skin, model.skeleton.size());
    s.truth.cameras = s.clip.cameras;
    for (double time : s.clip.truth.times) {
      std::vector<Mat4> parts = forward_kinematics(model.skeleton, sample_clip(walk, time));
      for (std::size_t j = 0; j < parts.size(); ++j) parts[j] = (parts[j] * model.skin.joint_from_mesh[j]).eval();
      s.truth.body_from_canonical.push_back(std::move(parts));
    }
    return s;
  }();
  return made;
}

/// The truth with a body that is a fifth too fat.
CoarseGuess fat_guess() {
  CoarseGuess guess = scene().truth;
  guess.canonical.verts.col(0) *= 1.2f;
  return guess;
}

double error(const std::vector<Points>& frames) {
  double sum = 0;
  for (int t = 0; t < kFrames; ++t) sum += (frames[t] - scene().clip.truth.frames[t]).rowwise().norm().mean() / kFrames;
  return sum;
}

Phase1Input input(const CoarseGuess& guess) {
  return {guess, scene().clip.frames.images, scene().clip.masks, scene().flow, {}};
}

Phase1Options quick() {
  Phase1Options options;
  options.iterations = 40;
  options.device = "cpu";
  return options;
}

TEST(Phase1, TheSceneIsConsistent) {
  EXPECT_LT(error(pose_guess(scene().truth)), 1e-3);
  EXPECT_FLOAT_EQ(view_freedom(scene().clip.cameras), 1);
  EXPECT_FLOAT_EQ(view_freedom({scene().clip.cameras[0], scene().clip.cameras[0]}), 0);
}

TEST(Phase1, ThinsAFatBodyTowardsTheTruth) {
  const CoarseGuess guess = fat_guess();
  const double before = error(pose_guess(guess));
  const auto result = run_phase1(input(guess), quick());
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_LT(result->silhouette_after, 0.6 * result->silhouette_before);
  EXPECT_LT(error(result->frames), 0.8 * before);
  ASSERT_EQ(result->frames.size(), std::size_t(kFrames));
  EXPECT_EQ(result->canonical.faces, guess.canonical.faces);
}

TEST(Phase1, SameSeedSameBytes) {
  const CoarseGuess guess = fat_guess();
  Phase1Options options = quick();
  options.iterations = 8;
  const auto a = run_phase1(input(guess), options), b = run_phase1(input(guess), options);
  ASSERT_TRUE(a && b);
  EXPECT_EQ(a->canonical.verts, b->canonical.verts);
  EXPECT_EQ(a->frames.back(), b->frames.back());
}

// Mean relative change of edge lengths between neighbouring frames.
double stretching(const Phase1Result& result) {
  const auto edges = unique_edges(result.canonical.faces);
  double sum = 0;
  for (int t = 0; t + 1 < kFrames; ++t) {
    for (Eigen::Index e = 0; e < edges.rows(); ++e) {
      const float a = (result.frames[t].row(edges(e, 0)) - result.frames[t].row(edges(e, 1))).norm();
      const float b = (result.frames[t + 1].row(edges(e, 0)) - result.frames[t + 1].row(edges(e, 1))).norm();
      sum += std::abs(a - b);
    }
  }
  return sum;
}

TEST(Phase1, DynamicRigidityKeepsEdgesLonger) {
  const CoarseGuess guess = fat_guess();
  Phase1Options options = quick();
  options.weights.rigidity = 0.5f;
  const auto rigid = run_phase1(input(guess), options);
  options.dynamic_rigidity = false;
  const auto loose = run_phase1(input(guess), options);
  ASSERT_TRUE(rigid && loose);
  EXPECT_LT(stretching(*rigid), stretching(*loose));
}

TEST(Phase1, ChamferHoldsTheGuess) {
  const CoarseGuess guess = fat_guess();
  const std::vector<Points> before = pose_guess(guess);
  Phase1Options options = quick();
  options.weights.chamfer = 10;
  const auto held = run_phase1(input(guess), options);
  options.guess_pull = false;
  const auto free = run_phase1(input(guess), options);
  ASSERT_TRUE(held && free);
  double moved_held = 0, moved_free = 0;
  for (int t = 0; t < kFrames; ++t) {
    moved_held += (held->frames[t] - before[t]).norm();
    moved_free += (free->frames[t] - before[t]).norm();
  }
  EXPECT_LT(moved_held, 0.5 * moved_free);
}

TEST(Phase1, LocalTermsHoldSmallPartsCloser) {
  const CoarseGuess guess = fat_guess();
  const std::vector<Points> before = pose_guess(guess);
  const std::vector<int> part_size = [&] {
    std::vector<int> size(guess.weights.cols(), 0);
    for (Eigen::Index v = 0, b = 0; v < guess.weights.rows(); ++v) guess.weights.row(v).maxCoeff(&b), ++size[b];
    return size;
  }();
  Phase1Options options = quick();
  options.weights.chamfer = 1;
  options.weights.local = 5;
  const auto local = run_phase1(input(guess), options);
  options.global_local_chamfer = false;
  const auto global = run_phase1(input(guess), options);
  ASSERT_TRUE(local && global);
  // Movement of the vertices of parts below the mean size.
  const double mean_size = double(guess.weights.rows()) / guess.weights.cols();
  double moved_local = 0, moved_global = 0;
  for (Eigen::Index v = 0, b = 0; v < guess.weights.rows(); ++v) {
    guess.weights.row(v).maxCoeff(&b);
    if (part_size[b] > 0.5 * mean_size) continue;
    for (int t = 0; t < kFrames; ++t) {
      moved_local += (local->frames[t].row(v) - before[t].row(v)).norm();
      moved_global += (global->frames[t].row(v) - before[t].row(v)).norm();
    }
  }
  ASSERT_GT(moved_global, 0);
  EXPECT_LT(moved_local, 0.9 * moved_global);
}

TEST(Phase1, FollowsTheUsersMeshes) {
  const CoarseGuess guess = fat_guess();
  // The true surfaces, each turned and scaled, as an image-to-3D program would give them.
  std::vector<Mesh> meshes;
  for (int t = 0; t < kFrames; ++t) {
    Mesh mesh;
    const Mat3 turn = 0.4f * Eigen::AngleAxisf(0.3f * t, Vec3::UnitY()).toRotationMatrix();
    mesh.verts = scene().clip.truth.frames[t] * turn.transpose();
    mesh.faces = scene().clip.truth.faces;
    meshes.push_back(std::move(mesh));
  }
  auto targets = align_guess_meshes(meshes, guess);
  ASSERT_TRUE(targets);
  for (const GuessTarget& target : *targets) EXPECT_LT(target.distance, 0.03) << target.frame;
  Phase1Options options = quick();
  options.weights.silhouette = 0;
  options.weights.flow = options.weights.colour = 0;
  options.weights.chamfer = 1;
  Phase1Input with = input(guess);
  with.targets = *targets;
  const auto result = run_phase1(with, options);
  ASSERT_TRUE(result);
  EXPECT_LT(error(result->frames), error(pose_guess(guess)));
}

TEST(Phase1, ASingleMeshFindsItsFrame) {
  Mesh mesh;
  mesh.verts = scene().clip.truth.frames[0] * Eigen::AngleAxisf(1.5f, Vec3::UnitY()).toRotationMatrix().transpose();
  mesh.faces = scene().clip.truth.faces;
  const auto target = align_guess_meshes({mesh}, scene().truth);
  ASSERT_TRUE(target);
  ASSERT_EQ(target->size(), 1u);
  EXPECT_LT((*target)[0].distance, 0.02);
}

TEST(Phase1, GuessFoldersMustHaveAMeshAFrame) {
  auto folder = TempFolder::create();
  ASSERT_TRUE(folder);
  Mesh mesh;
  mesh.verts = scene().truth.canonical.verts;
  mesh.faces = scene().truth.canonical.faces;
  for (const char* name : {"a.obj", "b.obj"}) ASSERT_TRUE(write_mesh(folder->path() / name, mesh));
  EXPECT_TRUE(read_guess_meshes(folder->path(), 2));
  const auto wrong = read_guess_meshes(folder->path(), 3);
  ASSERT_FALSE(wrong);
  EXPECT_NE(wrong.error().message.find("2 meshes for 3 frames"), std::string::npos) << wrong.error().message;
  EXPECT_EQ(read_guess_meshes(folder->path() / "a.obj", 3)->size(), 1u);
}

TEST(Phase1, ChamferPairsCountAllThenParts) {
  Points x(40, 3), y(40, 3);
  std::vector<int> part(40);
  for (int i = 0; i < 40; ++i) {
    x.row(i) << i, 0, 0;
    y.row(i) << i + 0.25f, 0, 0;
    part[i] = i / 20;
  }
  ChamferPairs whole, both;
  add_chamfer_pairs(x, part, 2, y, 0, 3, whole);
  add_chamfer_pairs(x, part, 2, y, 0.5f, 3, both);
  ASSERT_EQ(whole.frame.size(), 80u);
  ASSERT_EQ(both.frame.size(), 160u);
  auto value = [&](const ChamferPairs& pairs) {
    double sum = 0;
    for (std::size_t i = 0; i < pairs.frame.size(); ++i) {
      const Vec3 t(pairs.target[3 * i], pairs.target[3 * i + 1], pairs.target[3 * i + 2]);
      sum += pairs.weight[i] * (x.row(pairs.vertex[i]).transpose() - t).squaredNorm();
    }
    return sum;
  };
  EXPECT_NEAR(value(whole), 2 * 0.0625, 1e-6);
  EXPECT_NEAR(value(both), 3 * 0.0625, 1e-6);
}

TEST(Phase1, CancelsAndRefuses) {
  const CoarseGuess guess = fat_guess();
  CancelToken token;
  token.cancel();
  JobContext job({{"phase 1", 1}}, {}, {}, token);
  job.begin_phase("phase 1", kPhase1Steps);
  const auto cancelled = run_phase1(input(guess), quick(), &job);
  ASSERT_FALSE(cancelled);
  EXPECT_EQ(cancelled.error().code, ErrorCode::kCancelled);
  const std::vector<Mask> few(scene().clip.masks.begin(), scene().clip.masks.begin() + 3);
  const auto refused = run_phase1({guess, scene().clip.frames.images, few, scene().flow, {}}, quick());
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message.find("3 masks"), std::string::npos);
  Phase1Options options = quick();
  options.device = "abacus";
  ASSERT_FALSE(run_phase1(input(guess), options));
}

}  // namespace
}  // namespace mp4d
