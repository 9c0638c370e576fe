#pragma once
#include <QIcon>
#include <QString>

namespace mp4d {

/// "system", "light" or "dark". The system's is what the palette was when the program started.
void apply_theme(const QString& name);

enum class Glyph { kPlay, kPause, kLoop, kBack, kForward, kStart, kFolder, kRun, kStop };

/// Drawn in the palette's text colour, so that it is seen in every theme.
QIcon glyph_icon(Glyph glyph, const QPalette& palette);

/// The program's own icon.
QIcon program_icon();

}  // namespace mp4d
