#include "app/studio/studio.h"
#include "app/studio/main_window.h"
#include "app/studio/preferences.h"
#include "core/runtime.h"
#include <QApplication>
#include <QLibraryInfo>
#include <QLocale>
#include <QStandardPaths>
#include <QSurfaceFormat>
#include <QTranslator>
#include <cstdio>

namespace mp4d {
namespace {

StudioFolders user_folders() {
  const auto place = [](QStandardPaths::StandardLocation location) { return to_path(QStandardPaths::writableLocation(location)); };
  return {place(QStandardPaths::CacheLocation) / "stages", place(QStandardPaths::AppDataLocation) / "recovery"};
}

/// "system", or a language's code. English needs no file.
void install_language(QApplication& app, const QString& language) {
  const QLocale locale = language == QLatin1String("system") ? QLocale::system() : QLocale(language);
  QLocale::setDefault(locale);
  for (const auto& [file, folder] : {std::pair{QStringLiteral("qtbase"), QLibraryInfo::path(QLibraryInfo::TranslationsPath)},
                                     std::pair{QStringLiteral("studio"), QStringLiteral(":/translations")}}) {
    auto* translator = new QTranslator(&app);
    if (translator->load(locale, file, QStringLiteral("_"), folder)) QApplication::installTranslator(translator);
  }
}

}  // namespace

void set_surface_format() {
  QSurfaceFormat format;
  format.setVersion(3, 3);
  format.setProfile(QSurfaceFormat::CoreProfile);
  format.setDepthBufferSize(24);
  format.setSamples(4);
  QSurfaceFormat::setDefaultFormat(format);
}

int run_studio(int argc, char** argv) {
  if (argc > 2) {
    std::fputs("magicpose4d-studio: error: give one file to open, or --headless and a command of magicpose4d\n", stderr);
    return 2;
  }
  set_surface_format();
  QSettings settings(QStringLiteral("magicpose4d"), QStringLiteral("studio"));
  if (const double scale = settings.value(kScaleKey, 1.0).toDouble(); scale >= 0.5 && scale <= 3 && scale != 1)
    qputenv("QT_SCALE_FACTOR", QByteArray::number(scale));
  QApplication app(argc, argv);
  QApplication::setApplicationName(QStringLiteral("magicpose4d-studio"));
  QApplication::setApplicationDisplayName(QStringLiteral("MagicPose4D Studio"));
  QApplication::setDesktopFileName(QStringLiteral("magicpose4d-studio"));
  set_thread_count(0);
  install_language(app, settings.value(kLanguageKey, QStringLiteral("system")).toString());
  Workspace workspace(settings, user_folders());
  MainWindow window(workspace, system_dialogs());
  window.show();
  if (argc == 2) workspace.open(argv[1]);
  else window.restore_session();
  return QApplication::exec();
}

}  // namespace mp4d
