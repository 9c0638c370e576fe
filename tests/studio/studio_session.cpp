// A session of the studio that edits without a pause, to be killed at any moment; bench/studio_kill.sh does that.
//   studio_session FOLDER            opens a model, transfers its motion onto it now and then, renames a joint five times a
//                                    second; says what it did and when: "edit N SECONDS", "stage N SECONDS" (N clips are there)
//   studio_session FOLDER --recover  what the recovery folder still has: "edit N", "stage N"
//   studio_session FOLDER --answers CLIP  reconstructs a clip while a key is pressed every 20 ms; says how long the window took
//                                    to answer, and how much of it its thread computed: median, 99th percentile, longest, ms;
//                                    then the events that its thread computed longest for
#include "../app/samples.h"
#include "app/studio/main_window.h"
#include "io/model_io.h"
#include <QApplication>
#include <QElapsedTimer>
#include <algorithm>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <map>

using namespace mp4d;

namespace {

constexpr int kEditMs = 200;
constexpr int kStageMs = 4000;
constexpr std::size_t kToldEvents = 8;

/// Of this thread, ms: does not grow while others have the processor.
double computed_ms() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return 1e3 * static_cast<double>(now.tv_sec) + 1e-6 * static_cast<double>(now.tv_nsec);
}

/// Keeps the longest event of each receiver and kind.
class TimedApplication : public QApplication {
 public:
  using QApplication::QApplication;

  bool notify(QObject* receiver, QEvent* event) override {
    const QString what = QStringLiteral("%1 %2, event %3").arg(QLatin1String(receiver->metaObject()->className()), receiver->objectName()).arg(event->type());
    const double start = computed_ms();
    const bool done = QApplication::notify(receiver, event);
    double& longest = longest_[what];
    longest = std::max(longest, computed_ms() - start);
    return done;
  }
  void tell() const {
    std::vector<std::pair<double, QString>> all;
    for (const auto& [what, ms] : longest_) all.emplace_back(ms, what);
    std::sort(all.rbegin(), all.rend());
    for (std::size_t i = 0; i < std::min(kToldEvents, all.size()); ++i) std::printf("  %6.1f ms  %s\n", all[i].first, qPrintable(all[i].second));
  }

 private:
  std::map<QString, double> longest_;
};

void tell(const char* what, std::vector<double> ms) {
  std::sort(ms.begin(), ms.end());
  std::printf("%s: median %.1f, 99th percentile %.1f, longest %.1f ms\n", what, ms[ms.size() / 2], ms[ms.size() * 99 / 100], ms.back());
}

void say(const char* what, std::size_t number, double seconds) {
  std::printf("%s %zu %.2f\n", what, number, seconds);
  std::fflush(stdout);
}

/// "edit 12" of a joint's name.
std::size_t edits_of(const Character& character) {
  const std::string& name = character.skeleton->joints[0].name;
  return name.starts_with("edit ") ? std::stoul(name.substr(5)) : 0;
}

int recover(Workspace& workspace) {
  const auto left = workspace.recoverable();
  if (left.empty()) {
    std::puts("edit 0\nstage 0");
    return 0;
  }
  workspace.recover(left.front());
  while (workspace.job.running()) QApplication::processEvents(QEventLoop::AllEvents, 20);
  if (!workspace.state().character) {
    std::fputs(workspace.issues.report().toStdString().c_str(), stderr);
    return 1;
  }
  std::printf("edit %zu\nstage %zu\n", edits_of(workspace.state().character), workspace.state().character.clips.size());
  return 0;
}

int answers(const TimedApplication& app, Workspace& workspace, MainWindow& window, const char* clip) {
  workspace.open(clip);
  while (workspace.job.running()) QApplication::processEvents(QEventLoop::AllEvents, 20);
  workspace.run(Stage::kFrames);
  std::vector<double> waited, computed;
  QElapsedTimer clock;
  clock.start();
  for (double next = 20; workspace.job.running(); next += 20) {
    const double now = clock.nsecsElapsed() / 1e6, before = computed_ms();
    if (now < next) QApplication::processEvents(QEventLoop::AllEvents | QEventLoop::WaitForMoreEvents, static_cast<int>(next - now) + 1);
    while (clock.nsecsElapsed() / 1e6 < next) QApplication::processEvents(QEventLoop::AllEvents, 1);
    // Posted at `next`: answered when what was before it is done and the view has been drawn anew.
    window.actions().find(QStringLiteral("clip.forward"))->trigger();
    QApplication::processEvents();
    waited.push_back(clock.nsecsElapsed() / 1e6 - next);
    computed.push_back(computed_ms() - before);
    next = std::max(next, clock.nsecsElapsed() / 1e6);
  }
  if (waited.empty() || !workspace.state().character) {
    std::fputs(workspace.issues.report().toStdString().c_str(), stderr);
    return 1;
  }
  std::printf("%zu keys\n", waited.size());
  tell("answered after", waited);
  tell("computed by the window's thread between two answers", computed);
  app.tell();
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fputs("usage: studio_session FOLDER [--recover | --answers CLIP]\n", stderr);
    return 2;
  }
  if (!qEnvironmentVariableIsSet("QT_QPA_PLATFORM")) qputenv("QT_QPA_PLATFORM", "offscreen");
  TimedApplication app(argc, argv);
  const std::filesystem::path folder = argv[1];
  QSettings settings(to_qstring(folder / "settings.ini"), QSettings::IniFormat);
  Workspace workspace(settings, {folder / "cache", folder / "recovery"});
  if (argc == 3 && std::strcmp(argv[2], "--recover") == 0) return recover(workspace);

  const std::filesystem::path model = folder / "model.glb";
  if (const auto written = write_glb(model, test::bending_beam()); !written) {
    std::fprintf(stderr, "%s\n", written.error().message.c_str());
    return 1;
  }
  Dialogs none;
  none.ask_save = [](QWidget*, const QString&) { return SaveChoice::kDiscard; };
  MainWindow window(workspace, none);
  window.show();
  if (argc == 4 && std::strcmp(argv[2], "--answers") == 0) return answers(app, workspace, window, argv[3]);
  workspace.open(model);
  QElapsedTimer clock;
  clock.start();
  std::size_t edits = 0;
  QTimer edit, stage;
  QObject::connect(&edit, &QTimer::timeout, &workspace, [&] {
    if (!workspace.state().character) return;
    workspace.rename_joint(0, QStringLiteral("edit %1").arg(++edits));
    say("edit", edits, clock.elapsed() / 1000.0);
  });
  QObject::connect(&stage, &QTimer::timeout, &workspace, [&] {
    if (workspace.job.running() || !workspace.state().character) return;
    if (workspace.state().motion.empty()) workspace.set_motion(model);
    workspace.run(Stage::kTransfer);
  });
  std::size_t clips = 0;
  QObject::connect(&workspace, &Workspace::stages_changed, &workspace, [&] {
    if (workspace.stage(Stage::kTransfer).status != StageStatus::kDone || workspace.state().character.clips.size() <= clips) return;
    clips = workspace.state().character.clips.size();
    say("stage", clips, clock.elapsed() / 1000.0);
  });
  edit.start(kEditMs);
  stage.start(kStageMs);
  return QApplication::exec();
}
