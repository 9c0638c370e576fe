#pragma once
#include <functional>

namespace mp4d {

/// Gives the address of an OpenGL function of the current context, null if it has none.
using GlLoader = std::function<void (*(const char*))()>;

}  // namespace mp4d
