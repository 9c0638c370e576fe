#pragma once
#include "app/studio/actions.h"
#include <QDialog>
#include <QSettings>

class QTableWidget;

namespace mp4d {

struct ReconstructOptions;

// What the settings keep of the user's preferences, beside theme and language.
inline constexpr const char* kScaleKey = "scale";         ///< of everything in the window, 1 = the system's; at the next start
inline constexpr const char* kDeviceKey = "new/device";   ///< of what is opened from now on
inline constexpr const char* kThreadsKey = "new/threads";
inline constexpr const char* kMemoryKey = "memory";  ///< GB that the program may take, 0 = all; at the next start

/// The options that a new document begins with.
ReconstructOptions preferred_options(const QSettings& settings);

/// The keys that the user gave the actions in place of their own.
void apply_shortcuts(const QSettings& settings, const Actions& actions);

/// Theme, language and size of the window, what new documents begin with, and the keys of every action. Everything is kept at
/// once.
class Preferences : public QDialog {
  Q_OBJECT

 public:
  Preferences(QSettings& settings, const Actions& actions, QWidget* parent = nullptr);

 private:
  QWidget* looks();
  QWidget* work();
  QWidget* keys();
  void set_keys(int row, const QKeySequence& keys);

  QSettings& settings_;
  const Actions& actions_;
  QTableWidget* table_ = nullptr;
};

}  // namespace mp4d
