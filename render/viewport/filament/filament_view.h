#pragma once
#include "core/image.h"
#include "core/result.h"
#include "render/viewport/view_frame.h"

namespace mp4d {

/// Draws frames with Open3D's renderer, Filament: physically based shading with shadows, for looks rather than speed (a
/// tenth of a second a picture without a graphics card). One at a time in a program, all calls on one thread.
class FilamentView {
 public:
  /// Needs an X display, which the caller vouches for: the renderer ends the program without one. Error (kResource): Open3D's
  /// resources are missing.
  static Result<std::unique_ptr<FilamentView>> create();
  ~FilamentView();
  FilamentView(const FilamentView&) = delete;
  FilamentView& operator=(const FilamentView&) = delete;

  /// RGBA of the camera's size, not premultiplied, alpha 0 where nothing is; outline and ground as draw_on_cpu()'s.
  Image draw(const ViewFrame& frame);

 private:
  struct Parts;
  explicit FilamentView(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace mp4d
