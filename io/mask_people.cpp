#include "io/internal/mask_steps.h"
#include "io/networks.h"
#include "io/person_landmarks.h"
#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>
#include <optional>

namespace mp4d::internal {
namespace {

constexpr float kPersonScore = 0.5f;
constexpr double kFigure = 0.3;    // probability from which a pixel is taken for a person's
constexpr int kRim = 1;            // px at work size about a figure that are its own
constexpr double kBelongings = 0.06;  // of the root of a person's area: so near, things are taken for worn or held
constexpr double kOtherThing = 0.2;   // of the figure's area, from which a thing that touches a person is another one

struct Person {
  cv::Mat figure;  // CV_8U at work size
  Vec2 hips;
  float reach = 0;
};

Result<std::vector<Person>> people_in(const PersonNetwork& network, const Image& image, cv::Size size, const JobContext* job) {
  std::vector<Person> people;
  MP4D_TRY(boxes, network.detect(image, job));
  for (const PersonBox& box : boxes) {
    MP4D_TRY(landmarks, network.landmarks(image, box, job));
    if (landmarks.score < kPersonScore) continue;
    MP4D_TRY(figure, network.figure(image, landmarks.box, job));
    cv::Mat small;
    cv::resize(as_mat(figure), small, size, 0, 0, cv::INTER_AREA);
    people.push_back({small > kFigure, landmarks.box.hips, landmarks.box.reach()});
  }
  return people;
}

void grow(cv::Mat& mask, int radius) {
  cv::dilate(mask, mask, cv::getStructuringElement(cv::MORPH_ELLIPSE, {2 * radius + 1, 2 * radius + 1}));
}

/// The parts of `foreground` away from the person that are too large to be worn or held.
cv::Mat other_things(const cv::Mat& foreground, const cv::Mat& person) {
  cv::Mat own = person.clone();
  grow(own, std::max(1, static_cast<int>(kBelongings * std::sqrt(cv::countNonZero(person)))));
  cv::Mat labels, stats, centres, others = cv::Mat::zeros(foreground.size(), CV_8U);
  const int count = cv::connectedComponentsWithStats((foreground > 0.5) & ~own, labels, stats, centres);
  for (int i = 1; i < count; ++i)
    if (stats.at<int>(i, cv::CC_STAT_AREA) > kOtherThing * cv::countNonZero(person)) others.setTo(255, labels == i);
  return others;
}

}  // namespace

Result<std::vector<cv::Mat>> network_others(const Frames& frames, const WorkClip& clip, cv::Point2d point,
                                            std::size_t frame, const std::vector<cv::Mat>& foreground,
                                            JobContext* job) {
  std::vector<cv::Mat> out;
  if (!network_installed("pose")) return out;
  MP4D_TRY(network, PersonNetwork::open());
  const std::size_t count = clip.frames();
  std::vector<std::vector<Person>> seen;
  for (std::size_t t = 0; t < count; ++t) {
    MP4D_TRY(people, people_in(network, frames.images[t], clip.size(), job));
    seen.push_back(std::move(people));
    step(job, static_cast<int>(0.8 * static_cast<double>(count) + 0.1 * static_cast<double>(t + 1)));
  }
  // The subject's place among the people of each frame, if it is one, and is one of them.
  std::vector<const Person*> own(count, nullptr);
  for (const Person& person : seen[frame])
    if (!own[frame] && person.figure.at<std::uint8_t>(pixel_at(point, clip.size())) > 0) own[frame] = &person;
  for (const bool forward : {true, false}) {
    const Person* last = own[frame];
    for (std::size_t t = frame; last && (forward ? t + 1 < count : t > 0);) {
      t = forward ? t + 1 : t - 1;
      for (const Person& person : seen[t])
        if (!own[t] && (person.hips - last->hips).norm() < 0.5f * last->reach) own[t] = &person;
      if (own[t]) last = own[t];
    }
  }
  for (std::size_t t = 0; t < count; ++t) {
    cv::Mat others = cv::Mat::zeros(clip.size(), CV_8U);
    for (const Person& person : seen[t])
      if (&person != own[t]) others |= person.figure;
    grow(others, kRim);
    if (own[t]) {
      others |= other_things(foreground[t], own[t]->figure);
      others.setTo(0, own[t]->figure);
    }
    out.push_back(others);
  }
  return out;
}

}  // namespace mp4d::internal
