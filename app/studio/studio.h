#pragma once

namespace mp4d {

/// The desktop program: argv may name one file to open. Returns the exit code.
int run_studio(int argc, char** argv);

/// The default surface: OpenGL 3.3 core, depth, smooth edges. Before the application object is made.
void set_surface_format();

}  // namespace mp4d
