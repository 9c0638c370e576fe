#pragma once
#include "reconstruction/human/attribute_code.h"
#include "reconstruction/human/fof.h"
#include <algorithm>
#include <atomic>
#include <map>
#include <mutex>
#include <thread>

namespace mp4d::human {

/// A generated person as the trainer keeps it: ray intervals instead of coefficients (15 KB instead of 2 MB).
struct TrainingBody {
  /// Per interval: row and column of the pixel; entry and exit in units of 2 / 32767; and what is seen of the body: 1 + its
  /// part (BodyPart) from the front, at +z, if this is the ray's last interval, else 0, plus 16 times the same from the
  /// back if it is the first.
  std::vector<std::array<std::int16_t, 5>> intervals;
  Joints joints;  ///< in the cube of frame_of()
  std::vector<float> code;
};

/// Most intervals a body may have; more are cut off (about 0.1 % of random people have any too many).
constexpr int max_intervals(int resolution) { return std::max(6144, resolution * resolution * 3 / 8); }

/// The body's rays at `resolution`.
TrainingBody training_body(const Body& body, const std::vector<float>& code, int resolution);

/// Person `index` of `seed`.
TrainingBody random_training_body(const BodyGenerator& generator, const Wardrobe& wardrobe, int resolution,
                                  std::uint64_t seed, std::uint64_t index);

/// Threads that make people until stopped or until `backlog` wait to be taken. They come in the order of their indices.
class BodyFactory {
 public:
  BodyFactory(BodyGenerator generator, Wardrobe wardrobe, int resolution, std::uint64_t seed, std::uint64_t first_index,
              int threads, std::size_t backlog);
  ~BodyFactory();
  /// Those of the next ones that are ready; may be none.
  std::vector<TrainingBody> take_ready();
  /// The next `count`; waits for them.
  std::vector<TrainingBody> take(std::size_t count);
  /// Index of the next person to be taken: where to go on after a break.
  std::uint64_t next_index() const { return taken_; }

 private:
  void work();
  void take_into(std::vector<TrainingBody>& bodies, std::size_t most);

  const BodyGenerator generator_;
  const Wardrobe wardrobe_;
  const int resolution_;
  const std::uint64_t seed_;
  const std::size_t backlog_;
  std::atomic<std::uint64_t> next_;
  std::uint64_t taken_;
  std::atomic<bool> stop_ = false;
  std::mutex mutex_;
  std::map<std::uint64_t, TrainingBody> ready_;  // by index; a gap is still being made
  std::vector<std::thread> threads_;
};

}  // namespace mp4d::human
