#pragma once

class QApplication;
class QString;

namespace mp4d {

/// The desktop program: argv may name one file to open. Returns the exit code.
int run_studio(int argc, char** argv);

/// The default surface: OpenGL 3.3 core, depth, smooth edges. Before the application object is made.
void set_surface_format();
/// "system", or a language's code; English needs no file. `folder` has the program's words.
void install_language(QApplication& app, const QString& language, const QString& folder);

}  // namespace mp4d
