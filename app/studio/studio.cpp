#include "app/studio/studio.h"
#include "app/studio/main_window.h"
#include "app/studio/preferences.h"
#include "core/runtime.h"
#include <QApplication>
#include <QFontDatabase>
#include <QLibraryInfo>
#include <QLocale>
#include <QStandardPaths>
#include <QSurfaceFormat>
#include <QTranslator>
#include <algorithm>
#include <cstdio>

namespace mp4d {
namespace {

StudioFolders user_folders() {
  const auto place = [](QStandardPaths::StandardLocation location) { return to_path(QStandardPaths::writableLocation(location)); };
  return {place(QStandardPaths::CacheLocation) / "stages", place(QStandardPaths::AppDataLocation) / "recovery",
          place(QStandardPaths::AppDataLocation) / "templates", place(QStandardPaths::AppDataLocation) / "maps"};
}

/// 0 = no limit; less than the window itself takes would end the program.
Result<void> limit_memory_to(double gigabytes) {
  constexpr double kLeast = 1;
  return gigabytes > 0 ? limit_memory(static_cast<std::uint64_t>(1e9 * std::max(kLeast, gigabytes))) : Result<void>();
}

}  // namespace

void install_language(QApplication& app, const QString& language, const QString& words_in) {
  const QLocale locale = language == QLatin1String("system") ? QLocale::system() : QLocale(language);
  QLocale::setDefault(locale);
  for (const auto& [file, folder] : {std::pair{QStringLiteral("qtbase"), QLibraryInfo::path(QLibraryInfo::TranslationsPath)},
                                     std::pair{QStringLiteral("studio"), words_in}, std::pair{QStringLiteral("hints"), words_in}}) {
    auto* translator = new QTranslator(&app);
    if (translator->load(locale, file, QStringLiteral("_"), folder)) QApplication::installTranslator(translator);
  }
}

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
  end_where_memory_runs_out([] {
    std::fputs("magicpose4d-studio: error: not enough memory; close other programs, or work with smaller clips and fields. What was not "
               "saved is offered at the next start\n", stderr);
  });
  set_surface_format();
  QSettings settings(QStringLiteral("magicpose4d"), QStringLiteral("studio"));
  if (const double scale = settings.value(kScaleKey, 1.0).toDouble(); scale >= 0.5 && scale <= 3 && scale != 1)
    qputenv("QT_SCALE_FACTOR", QByteArray::number(scale));
  QApplication app(argc, argv);
  QApplication::setApplicationName(QStringLiteral("magicpose4d-studio"));
  QApplication::setApplicationDisplayName(QStringLiteral("MagicPose4D Studio"));
  QApplication::setDesktopFileName(QStringLiteral("magicpose4d-studio"));
  set_thread_count(0);
  install_language(app, settings.value(kLanguageKey, QStringLiteral("system")).toString(), QStringLiteral(":/translations"));
  const auto limited = limit_memory_to(settings.value(kMemoryKey, 0.0).toDouble());
  Workspace workspace(settings, user_folders());
  if (!limited) workspace.issues.add(Issues::Severity::kWarning, QString::fromStdString(limited.error().message));
  if (QLocale().language() == QLocale::Chinese && QFontDatabase::families(QFontDatabase::SimplifiedChinese).isEmpty())
    workspace.issues.add(Issues::Severity::kWarning, QStringLiteral("No font for Chinese is installed: install one, such as fonts-noto-cjk"));
  MainWindow window(workspace, system_dialogs());
  window.show();
  if (argc == 2) workspace.open(argv[1]);
  else window.restore_session();
  return QApplication::exec();
}

}  // namespace mp4d
