#pragma once
#include "core/camera.h"
#include "core/image.h"
#include "core/mesh.h"
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace mp4d {

/// What there is to see of a result while it is made. Nothing in it changes any more.
struct Preview {
  std::shared_ptr<const Mesh> mesh;      ///< or null
  std::shared_ptr<const Camera> camera;  ///< that a clip's frame was filmed with, in the mesh's space; or null
  int frame = -1;                        ///< of the clip; -1 = of none
  std::shared_ptr<const Image> picture;  ///< RGB, or null
  std::vector<std::pair<std::string, double>> figures;  ///< named numbers, such as a loss
};

/// Who looks at results while they are made. Functions take it as a pointer; null = nobody. Use from one thread.
class Viewer {
 public:
  explicit Viewer(std::function<void(const Preview&)> show) : show_(std::move(show)) {}

  /// Whether the last preview is at least a fifth of a second old: asked before one is made, unless it is the last of a stage.
  bool wants() const { return std::chrono::steady_clock::now() - last_ >= std::chrono::milliseconds(200); }
  void show(const Preview& preview) {
    last_ = std::chrono::steady_clock::now();
    show_(preview);
  }

 private:
  std::function<void(const Preview&)> show_;
  std::chrono::steady_clock::time_point last_{};
};

}  // namespace mp4d
