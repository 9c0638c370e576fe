// A generated person in the place of the template's capsules.
#include "reconstruction/articulated/person_surface.h"
#include "render/hard_raster.h"
#include <gtest/gtest.h>

namespace mp4d {
namespace {

/// The human template of other proportions than its own, from two sides.
MedialFit standing_fit(const char* name) {
  MedialFit fit;
  fit.body = *load_medial_template(name);
  const int n = fit.body.size();
  fit.shape.log_length = Eigen::VectorXf::Constant(n, 0.05f);
  fit.shape.delta = Points::Zero(n, 3);
  fit.shape.log_radius = Eigen::VectorXf::Constant(n, -0.1f);
  fit.shape.log_aspect = Eigen::VectorXf::Zero(n);
  fit.unit_px = 60;
  fit.focal = fit.base_depth = 3;
  for (const float yaw : {0.0f, 1.2f}) {
    MedialPose pose;
    pose.yaw = yaw;
    pose.rotations = Points::Zero(n, 3);
    fit.poses.push_back(pose);
  }
  return fit;
}

TEST(PersonSurface, HasTheBonesOfTheFitAndMovesWithThem) {
  const MedialFit fit = standing_fit("human");
  CoarseGuess guess = guess_from_medial_fit(fit, 256, 256, 60);
  std::vector<Mask> masks;
  const std::vector<Points> capsules = pose_guess(guess);
  for (std::size_t t = 0; t < capsules.size(); ++t) masks.push_back(render_mask(guess.cameras[t], capsules[t], guess.canonical.faces));
  PersonSurfaceOptions options{"a slim man", {}};
  options.sampling.steps = 6;
  options.sampling.views = 1;
  const CoarseGuess before = guess;
  const auto taken = take_person_surface(guess, fit, masks, options);
  ASSERT_TRUE(taken) << taken.error().message;
  EXPECT_LE(guess.canonical.faces.rows(), before.canonical.faces.rows());
  EXPECT_GT(guess.canonical.faces.rows(), before.canonical.faces.rows() / 2);
  EXPECT_FALSE(guess.canonical.verts.rows() == before.canonical.verts.rows() && guess.canonical.verts.isApprox(before.canonical.verts, 1e-3f)) << "the capsules";
  ASSERT_EQ(guess.weights.rows(), guess.canonical.verts.rows());
  EXPECT_LT((guess.weights.rowwise().sum().array() - 1).abs().maxCoeff(), 1e-4f);
  // As large as the capsules, and where they are.
  const Vec3 size = bounds(guess.canonical.verts).sizes(), capsule_size = bounds(before.canonical.verts).sizes();
  EXPECT_NEAR(size.y() / capsule_size.y(), 1, 0.12);
  EXPECT_GT(guess.mask_iou, 0.55);
  // A lifted arm takes the person's hand along.
  Eigen::Index hand = 0;
  guess.canonical.verts.col(0).maxCoeff(&hand);
  Mat4 lift = Mat4::Identity();
  lift(1, 3) = 0.3f;
  for (int j = 0; j < guess.skeleton.size(); ++j)
    if (guess.skeleton.joints[j].name == "shoulder_l" || guess.skeleton.joints[j].name == "elbow_l" || guess.skeleton.joints[j].name == "wrist_l")
      guess.body_from_canonical[1][j] = lift * guess.body_from_canonical[0][j];
    else
      guess.body_from_canonical[1][j] = guess.body_from_canonical[0][j];
  const std::vector<Points> moved = pose_guess(guess);
  EXPECT_NEAR(moved[1](hand, 1) - moved[0](hand, 1), 0.3f, 0.05f);
}

TEST(PersonSurface, IsRefusedForWhatIsNoPerson) {
  const MedialFit fit = standing_fit("quadruped");
  CoarseGuess guess = guess_from_medial_fit(fit, 256, 256, 40);
  const auto taken = take_person_surface(guess, fit, {}, {"a man", {}});
  ASSERT_FALSE(taken);
  EXPECT_NE(taken.error().message.find("--guess-surface template"), std::string::npos) << taken.error().message;
}

}  // namespace
}  // namespace mp4d
