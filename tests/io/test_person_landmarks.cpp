// The pose network on a video frame of a person, where it is installed and the videos are there.
#include "drawn_clip.h"
#include "io/frames.h"
#include "io/networks.h"
#include "io/person_landmarks.h"
#include "tests/tools/paths.h"
#include <filesystem>
#include <gtest/gtest.h>

namespace mp4d::test {
namespace {

TEST(PersonLandmarks, AManKickingABall) {
  const std::filesystem::path video = shared_data() / "video/man_juggling.mp4";
  if (!network_installed("pose")) GTEST_SKIP() << "'magicpose4d models install pose' was not run";
  if (!std::filesystem::exists(video)) GTEST_SKIP() << "no " << video;
  FrameRange range;
  range.start_s = 2;
  range.end_s = 2.01;
  const auto frames = read_frames(video, range);
  ASSERT_TRUE(frames) << frames.error().message;
  const Image& image = frames->images.at(0);
  const auto network = PersonNetwork::open();
  ASSERT_TRUE(network) << network.error().message;
  const auto people = network->detect(image);
  ASSERT_TRUE(people) << people.error().message;
  ASSERT_EQ(people->size(), 1u);
  const auto found = network->landmarks(image, people->front());
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_GT(found->score, 0.9f);
  // Places read off the frame by eye; he faces the camera, so his left is on the picture's right.
  const auto near = [&](Landmark landmark, float x, float y) {
    EXPECT_LT((found->pixel(landmark) * (1280.0f / static_cast<float>(image.width)) - Vec2(x, y)).norm(), 25) << static_cast<int>(landmark);
  };
  near(Landmark::kLeftShoulder, 830, 185);
  near(Landmark::kRightShoulder, 700, 180);
  near(Landmark::kLeftWrist, 850, 345);
  near(Landmark::kRightWrist, 632, 300);
  near(Landmark::kLeftAnkle, 783, 632);
  near(Landmark::kRightAnkle, 685, 610);
  const float shin = (found->metres(Landmark::kLeftKnee) - found->metres(Landmark::kLeftAnkle)).norm();
  EXPECT_GT(shin, 0.3f);
  EXPECT_LT(shin, 0.5f);
  EXPECT_GT(found->metres(Landmark::kLeftAnkle).y(), 0.5f);  // down is positive

  const auto nobody = network->detect(Image(320, 240, 3, 90));
  ASSERT_TRUE(nobody) << nobody.error().message;
  EXPECT_TRUE(nobody->empty());
}

}  // namespace
}  // namespace mp4d::test
