// Parts of retargeting: limbs that reach, rotations along chains, contacts.
#include "motion/chain_turns.h"
#include "motion/contacts.h"
#include "motion/limb_ik.h"
#include <cmath>
#include <gtest/gtest.h>
#include <numbers>

namespace mp4d {
namespace {

constexpr float kPi = std::numbers::pi_v<float>;

TEST(LimbSolver, ReachesWhatItCanAndKeepsItsLinks) {
  const std::vector<Vec3> hind{{0, 1, 0}, {0, 0.65f, 0.15f}, {0, 0.35f, -0.2f}, {0, 0, -0.05f}};
  const std::vector<Vec3> straight{{0, 1, 0}, {0, 0.5f, 0}, {0, 0, 0}};
  for (const auto& points : {hind, straight}) {
    const LimbSolver solver(points);
    for (int i = 0; i < 200; ++i) {
      const float a = 0.37f * static_cast<float>(i);
      const Vec3 goal(0.3f * std::sin(a), 0.25f + 0.2f * std::cos(1.7f * a), 0.35f * std::sin(2.3f * a));
      if ((goal - points[0]).norm() > 0.999f * solver.reach()) continue;
      std::vector<Quat> turn(points.size() - 1, Quat::Identity());
      const float left = solver.solve(turn, points[0], goal);
      Vec3 end = points[0];
      for (std::size_t k = 0; k < turn.size(); ++k) end += turn[k] * (points[k + 1] - points[k]);
      EXPECT_LT((end - goal).norm(), 2e-4f) << i;
      EXPECT_NEAR((end - goal).norm(), left, 1e-5f);
    }
    std::vector<Quat> turn(points.size() - 1, Quat::Identity());
    EXPECT_NEAR(solver.solve(turn, points[0], Vec3(0, 1 - 2 * solver.reach(), 0)), solver.reach(),
                0.05f);  // stretched, not torn
  }
}

TEST(LimbSolver, AStraightKneeBendsForward) {
  const LimbSolver solver({{0, 1, 0}, {0, 0.5f, 0}, {0, 0, 0}});
  std::vector<Quat> turn(2, Quat::Identity());
  solver.solve(turn, Vec3(0, 1, 0), Vec3(0, 0.2f, 0));
  const Vec3 knee = Vec3(0, 1, 0) + turn[0] * Vec3(0, -0.5f, 0);
  EXPECT_GT(knee.z(), 0.1f);
  EXPECT_NEAR(knee.x(), 0, 1e-4f);
}

TEST(LimbSolver, StretchesAJointThatIsBentTheOtherWay) {
  const std::vector<Vec3> points{{0, 1, 0}, {0, 0.5f, 0.15f}, {0, 0, 0}};
  const LimbSolver solver(points);
  for (const float over : {0.3f, 0.9f}) {  // rad beyond straight
    std::vector<Quat> turn{Quat::Identity(), Quat(Eigen::AngleAxisf(-0.58f - over, Vec3::UnitX()))};
    EXPECT_NEAR(solver.reach(turn), solver.reach(), 1e-3f);
    const Vec3 goal(0.1f, 1 - 0.99f * solver.reach(), 0);
    EXPECT_LT(solver.solve(turn, points[0], goal), 1e-3f) << over;
  }
}

std::vector<Vec3> line(int links) {
  std::vector<Vec3> points;
  for (int k = 0; k <= links; ++k) points.emplace_back(0, static_cast<float>(k) / static_cast<float>(links), 0);
  return points;
}

TEST(ChainTurns, CarriesTwistBeyondHalfATurnAlongTheChain) {
  // 300 degrees of twist in even steps over six links, bent besides, read at chains of 3, 4 and 9 links.
  const int links = 6;
  std::vector<Quat> source;
  for (int k = 0; k < links; ++k) {
    const float u = (static_cast<float>(k) + 0.5f) / links;
    source.push_back(Quat(Eigen::AngleAxisf(0.8f * u, Vec3::UnitX())) *
                     Quat(Eigen::AngleAxisf(300 * kPi / 180 * u, Vec3::UnitY())));
  }
  for (const int count : {3, 4, 9}) {
    std::vector<Quat> target;
    ChainTurns(line(links), line(count), true).map(source, target);
    double error = 0;
    int inside = 0;
    for (int k = 0; k < count; ++k) {
      const float u = (static_cast<float>(k) + 0.5f) / static_cast<float>(count);
      if (u < 0.5f / links || u > 1 - 0.5f / links) continue;  // beyond the middle of the end links nothing is known
      const Quat truth = Quat(Eigen::AngleAxisf(0.8f * u, Vec3::UnitX())) *
                         Quat(Eigen::AngleAxisf(300 * kPi / 180 * u, Vec3::UnitY()));
      error += target[k].angularDistance(truth) * 180 / kPi;
      ++inside;
    }
    EXPECT_LT(error / inside, 3) << count;
  }
  std::vector<Quat> same;
  ChainTurns(line(links), line(links), true).map(source, same);
  for (int k = 0; k < links; ++k) EXPECT_LT(same[k].angularDistance(source[k]), 1e-3f);
}

TEST(ChainTurns, TwistTurnsALimbAboutItsOwnAxis) {
  const std::vector<Vec3> down{{0, 0, 0}, {0, -1, 0}}, forward{{0, 0, 0}, {0, 0, 1}};
  std::vector<Quat> target;
  ChainTurns(down, forward, true).map({Quat(Eigen::AngleAxisf(0.5f, -Vec3::UnitY()))}, target);
  EXPECT_LT(target[0].angularDistance(Quat(Eigen::AngleAxisf(0.5f, Vec3::UnitZ()))), 1e-4f);
}

FootTrack walk(std::vector<double>& times, float ground_speed) {  // half a second down, half a second up, three times
  FootTrack foot;
  float z = 0;
  for (int t = 0; t < 90; ++t) {
    times.push_back(t / 30.0);
    const double phase = std::fmod(times.back(), 1.0);
    const bool swing = phase >= 0.5;
    z += (swing ? 2.0f - ground_speed : -ground_speed) / 30;
    foot.sole.emplace_back(0.001f * std::sin(7.0f * static_cast<float>(t)),
                           swing ? 0.2f * std::sin(2 * kPi * (phase - 0.5)) : 0.0f, z);
  }
  return foot;
}

TEST(Contacts, AreFoundByHeightAndSpeed) {
  std::vector<double> times;
  FootTrack foot = walk(times, 0);
  find_contacts(foot, times, 0, 1);
  for (int t = 3; t < 12; ++t) EXPECT_TRUE(foot.at_rest[30 + t]) << t;
  for (int t = 19; t < 27; ++t) EXPECT_FALSE(foot.down[30 + t]) << t;
  std::vector<double> again;
  FootTrack treadmill = walk(again, 1);
  find_contacts(treadmill, again, 0, 1);
  for (int t = 3; t < 12; ++t) {
    EXPECT_TRUE(treadmill.down[30 + t]);
    EXPECT_FALSE(treadmill.at_rest[30 + t]);
  }
  EXPECT_NEAR(contact_level({foot}), 0, 1e-3);
}

TEST(Contacts, TheGroundIsWhereFeetStandAtRestUnlessTheyNeverDo) {
  FootTrack foot;
  for (int t = 0; t < 40; ++t) foot.sole.emplace_back(0, t % 4 == 3 ? -0.03f : 0.001f * static_cast<float>(t % 4), 0);
  EXPECT_NEAR(contact_level({foot}, 0), 0, 1e-6);        // toes that dip in every fourth frame do not lower it
  EXPECT_NEAR(contact_level({foot}, 0.5), 0.001, 1e-6);  // it rests on a lower place than at rest
  EXPECT_NEAR(contact_level({foot}, -0.5), -0.03, 1e-6);
}

TEST(Contacts, HeldFeetDoNotMoveAndBlendBack) {
  std::vector<double> times;
  FootTrack foot = walk(times, 0);
  for (std::size_t t = 0; t < foot.sole.size(); ++t)
    foot.sole[t].x() += 0.01f * std::sin(0.9f * static_cast<float>(t));  // noise
  find_contacts(foot, times, 0, 1);
  const std::vector<Vec3> before = foot.sole;
  hold_resting(foot.sole, foot.at_rest, times);
  for (std::size_t t = 1; t < foot.sole.size(); ++t) {
    if (foot.at_rest[t] && foot.at_rest[t - 1]) {
      EXPECT_LT((foot.sole[t] - foot.sole[t - 1]).norm(), 1e-6f);
    }
    EXPECT_LT((foot.sole[t] - before[t]).norm(), 0.03f);
  }
}

}  // namespace
}  // namespace mp4d
