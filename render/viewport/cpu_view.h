#pragma once
#include "core/image.h"
#include "render/viewport/view_frame.h"

namespace mp4d {

/// The frame drawn on the processor: what is shown where there is no OpenGL. RGBA of the camera's size, not
/// premultiplied, alpha 0 where nothing is. Thread-safe, deterministic.
Image draw_on_cpu(const ViewFrame& frame);

}  // namespace mp4d
