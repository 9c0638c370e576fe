#include "reconstruction/human/training_pool.h"
#include "reconstruction/human/human_frame.h"
#include <algorithm>
#include <cmath>
#include <limits>
#include <omp.h>

namespace mp4d::human {

TrainingBody training_body(const Body& body, const std::vector<float>& code, int resolution) {
  const HumanFrame frame = frame_of(body.joints);
  Mesh mesh;
  mesh.verts = frame.to_cube(body.mesh.verts);
  mesh.faces = body.mesh.faces;
  std::vector<std::uint8_t> closed(static_cast<std::size_t>(mesh.faces.rows())), parts(closed.size());
  for (Eigen::Index f = 0; f < mesh.faces.rows(); ++f) {
    parts[std::size_t(f)] = std::uint8_t(body.parts[std::size_t(mesh.faces(f, 0))]);
    closed[std::size_t(f)] = parts[std::size_t(f)] == std::uint8_t(BodyPart::kSkin);
  }
  const RayIntervals rays = ray_intervals(mesh, resolution, closed, parts);

  TrainingBody packed;
  packed.joints = frame.to_cube(body.joints);
  packed.code = code;
  packed.intervals.reserve(rays.intervals.size());
  const auto quantise = [](float t) { return std::int16_t(std::lround(t * (32767.0f / 2))); };
  for (std::size_t pixel = 0; pixel + 1 < rays.first.size(); ++pixel)
    for (std::uint32_t i = rays.first[pixel]; i < rays.first[pixel + 1]; ++i) {
      const RayIntervals::Interval& interval = rays.intervals[i];
      const int front = i + 1 == rays.first[pixel + 1] ? 1 + interval.out_label : 0;
      const int back = i == rays.first[pixel] ? 1 + interval.in_label : 0;
      packed.intervals.push_back({std::int16_t(pixel / std::size_t(resolution)), std::int16_t(pixel % std::size_t(resolution)),
                                  quantise(interval.in), quantise(interval.out), std::int16_t(front + 16 * back)});
    }
  packed.intervals.resize(std::min(packed.intervals.size(), std::size_t(max_intervals(resolution))));
  return packed;
}

TrainingBody random_training_body(const BodyGenerator& generator, const Wardrobe& wardrobe, int resolution,
                                  std::uint64_t seed, std::uint64_t index) {
  const Attributes attributes = generator.random_attributes(seed, index);
  return training_body(generator.make(attributes, random_pose(seed, index)),
                       attribute_code(attributes, KnownAttributes::all(), wardrobe), resolution);
}

BodyFactory::BodyFactory(BodyGenerator generator, Wardrobe wardrobe, int resolution, std::uint64_t seed,
                         std::uint64_t first_index, int threads, std::size_t backlog)
    : generator_(std::move(generator)),
      wardrobe_(std::move(wardrobe)),
      resolution_(resolution),
      seed_(seed),
      backlog_(backlog),
      next_(first_index),
      taken_(first_index) {
  for (int i = 0; i < threads; ++i) threads_.emplace_back([this] { work(); });
}

BodyFactory::~BodyFactory() {
  stop_ = true;
  for (std::thread& thread : threads_) thread.join();
}

void BodyFactory::work() {
  omp_set_num_threads(1);
  while (!stop_) {
    bool full;
    {
      const std::lock_guard lock(mutex_);
      full = ready_.size() >= backlog_;
    }
    if (full) {
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
      continue;
    }
    const std::uint64_t index = next_++;
    TrainingBody body = random_training_body(generator_, wardrobe_, resolution_, seed_, index);
    const std::lock_guard lock(mutex_);
    ready_.emplace(index, std::move(body));
  }
}

void BodyFactory::take_into(std::vector<TrainingBody>& bodies, std::size_t most) {
  const std::lock_guard lock(mutex_);
  for (auto next = ready_.begin(); bodies.size() < most && next != ready_.end() && next->first == taken_; ++taken_) {
    bodies.push_back(std::move(next->second));
    next = ready_.erase(next);
  }
}

std::vector<TrainingBody> BodyFactory::take_ready() {
  std::vector<TrainingBody> bodies;
  take_into(bodies, std::numeric_limits<std::size_t>::max());
  return bodies;
}

std::vector<TrainingBody> BodyFactory::take(std::size_t count) {
  std::vector<TrainingBody> bodies;
  for (;;) {
    take_into(bodies, count);
    if (bodies.size() == count) return bodies;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
}

}  // namespace mp4d::human
