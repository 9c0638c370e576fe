#include "app/studio/studio.h"
#include <QApplication>
#include <QLocale>
#include <algorithm>
#include <cstring>
#include <gtest/gtest.h>
#include <optional>

int main(int argc, char** argv) {
  const bool lists = std::any_of(argv, argv + argc, [](const char* a) { return std::strcmp(a, "--gtest_list_tests") == 0; });
  testing::InitGoogleTest(&argc, argv);
  if (!qEnvironmentVariableIsSet("QT_QPA_PLATFORM")) qputenv("QT_QPA_PLATFORM", "offscreen");  // no windows unless asked for
  QLocale::setDefault(QLocale::c());
  mp4d::set_surface_format();
  std::optional<QApplication> app;  // the list is asked for while building, where there is no display
  if (!lists) app.emplace(argc, argv);
  return RUN_ALL_TESTS();
}
