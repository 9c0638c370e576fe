#pragma once
#include "app/studio/viewport.h"
#include <QSettings>

namespace mp4d {

inline constexpr const char* kRestoreKey = "session/restore";  ///< setting: whether the next start opens what was open last

/// Where the user was when the program ended.
struct Session {
  std::filesystem::path file;  ///< the project, or what was opened; empty = nothing
  int clip = -1;
  double time = 0;  ///< s
  int joint = -1;
  int stage = 0;
  ViewCamera camera;
  ViewSettings view;
};

void write_session(QSettings& settings, const Session& session);
/// Numbers that are damaged count as those of a new session.
Session read_session(const QSettings& settings);

}  // namespace mp4d
