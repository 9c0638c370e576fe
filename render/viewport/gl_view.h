#pragma once
#include "core/result.h"
#include "render/viewport/gl_loader.h"
#include "render/viewport/view_frame.h"

namespace mp4d {

/// Draws frames with OpenGL 3.3; skinning happens in the vertex shader, so that a frame of a playing clip costs the
/// processor a palette of matrices. All calls, also the destructor, with the same context current, on one thread.
class GlView {
 public:
  /// Error (kResource): a function is missing, or a shader does not compile (the driver's words).
  static Result<std::unique_ptr<GlView>> create(const GlLoader& loader);
  ~GlView();
  GlView(const GlView&) = delete;
  GlView& operator=(const GlView&) = delete;

  /// Over what the bound framebuffer shows; its depth is cleared.
  void draw(const ViewFrame& frame);
  /// The driver's name for itself.
  std::string renderer() const;

 private:
  struct Group;
  struct Parts;
  explicit GlView(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

/// Three rows of mesh_from_mesh a joint, as the vertex shader takes them.
std::vector<float> skinning_palette(const Skin& skin, const std::vector<Mat4>& root_from_joint);

}  // namespace mp4d
