#include "io/flow.h"
#include "tests/io/drawn_clip.h"
#include <gtest/gtest.h>

using namespace mp4d;

TEST(Flow, MatchesTheDrawnMotion) {
  const auto clip = test::draw_clip({.count = 5, .pan = 2, .step_x = 3, .step_y = -1});
  const auto flow = compute_flow(clip.frames);
  ASSERT_TRUE(flow) << flow.error().message;
  ASSERT_EQ(flow->size(), 4u);
  for (std::size_t t = 0; t < flow->size(); ++t) {
    std::vector<double> disc, ground;
    std::size_t valid = 0;
    const FlowPair& pair = (*flow)[t];
    for (int y = 0; y < pair.forward.height; ++y)
      for (int x = 0; x < pair.forward.width; ++x) {
        const bool inside = clip.truth[t].at(x, y) > 0;
        const double u = pair.forward.at(x, y, 0) - (inside ? 3 : -2), v = pair.forward.at(x, y, 1) - (inside ? -1 : 0);
        (inside ? disc : ground).push_back(std::hypot(u, v));
        valid += pair.forward_valid.at(x, y) > 0;
      }
    for (auto* errors : {&disc, &ground}) {
      std::nth_element(errors->begin(), errors->begin() + errors->size() / 2, errors->end());
      EXPECT_LT((*errors)[errors->size() / 2], 0.3);
    }
    EXPECT_GT(static_cast<double>(valid), 0.8 * static_cast<double>(clip.truth[t].pixels()));
  }
  EXPECT_NEAR(background_motion(*flow, clip.truth), 2, 0.2);
}

TEST(Flow, CoveredGroundIsInvalid) {
  const auto clip = test::draw_clip({.count = 2, .step_x = 8, .step_y = 0});
  const auto flow = compute_flow(clip.frames);
  ASSERT_TRUE(flow) << flow.error().message;
  // The ground just ahead of the disc disappears under it in the next frame.
  const auto [cx, cy] = clip.centres[0];
  int hidden = 0, invalid = 0;
  for (int y = 0; y < clip.truth[0].height; ++y)
    for (int x = 0; x < clip.truth[0].width; ++x)
      if (std::hypot(x - cx, y - cy) > 32 && clip.truth[1].at(x, y)) {
        ++hidden;
        invalid += (*flow)[0].forward_valid.at(x, y) == 0;
      }
  ASSERT_GT(hidden, 50);
  EXPECT_GT(invalid, hidden / 2);
}

TEST(Flow, SameResultTwice) {
  const auto clip = test::draw_clip({.count = 4});
  const auto a = compute_flow(clip.frames), b = compute_flow(clip.frames);
  ASSERT_TRUE(a && b);
  for (std::size_t t = 0; t < a->size(); ++t) EXPECT_EQ((*a)[t].forward.data, (*b)[t].forward.data);
}

TEST(Flow, OneFrameTinyFramesAndCancel) {
  EXPECT_FALSE(compute_flow(test::draw_clip({.count = 1}).frames));
  EXPECT_FALSE(compute_flow(test::draw_clip({.width = 12, .height = 12, .count = 2}).frames));
  CancelToken cancel;
  JobContext job({{"flow", 1}}, {}, {}, cancel);
  job.begin_phase("flow");
  cancel.cancel();
  const auto flow = compute_flow(test::draw_clip({.count = 3}).frames, &job);
  ASSERT_FALSE(flow);
  EXPECT_EQ(flow.error().code, ErrorCode::kCancelled);
}
