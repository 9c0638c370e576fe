// The words of other languages: all there, with the same places for what is put in.
#include "app/studio/stages.h"
#include "app/studio/tasks.h"
#include "app/studio/words.h"
#include "io/colmap_run.h"
#include "tests/tools/paths.h"
#include <QDir>
#include <QFile>
#include <QRegularExpression>
#include <QXmlStreamReader>
#include <algorithm>
#include <fmt/format.h>
#include <gtest/gtest.h>

namespace mp4d {
namespace {

QStringList places(const QString& text) {
  static const QRegularExpression kPlace(QStringLiteral("%L?[0-9n]"));
  QStringList found;
  for (auto match = kPlace.globalMatch(text); match.hasNext();) found << match.next().captured();
  found.sort();
  return found;
}

TEST(Translations, AreWholeAndFit) {
  const QDir folder(test::source_folder() / "app/studio/translations");
  const QStringList files = folder.entryList({QStringLiteral("*.ts")});
  ASSERT_GE(files.size(), 2);
  for (const QString& name : files) {
    QFile file(folder.filePath(name));
    ASSERT_TRUE(file.open(QIODevice::ReadOnly));
    QXmlStreamReader xml(&file);
    QString source;
    int count = 0;
    while (!xml.atEnd()) {
      if (xml.readNext() != QXmlStreamReader::StartElement) continue;
      if (xml.name() == QLatin1String("source")) source = xml.readElementText();
      if (xml.name() != QLatin1String("translation")) continue;
      const QString state = xml.attributes().value(QLatin1String("type")).toString(), words = xml.readElementText();
      EXPECT_EQ(state.toStdString(), "") << name.toStdString() << ": " << source.toStdString();
      EXPECT_FALSE(words.isEmpty()) << name.toStdString() << ": " << source.toStdString();
      EXPECT_EQ(places(source), places(words)) << name.toStdString() << ": " << source.toStdString();
      ++count;
    }
    EXPECT_FALSE(xml.hasError()) << name.toStdString();
    EXPECT_GT(count, name.startsWith(QLatin1String("studio")) ? 150 : 50) << name.toStdString();
  }
}

TEST(Translations, EveryHintOfAnOptionIsThere) {
  for (const char* language : {"de", "zh"}) {
    QFile file(test::source_folder() / "app/studio/translations" / fmt::format("hints_{}.ts", language));
    ASSERT_TRUE(file.open(QIODevice::ReadOnly));
    QXmlStreamReader xml(&file);
    QStringList sources;
    while (!xml.atEnd())
      if (xml.readNext() == QXmlStreamReader::StartElement && xml.name() == QLatin1String("source")) sources << xml.readElementText();
    for (const Stage stage : {Stage::kFrames, Stage::kMasks, Stage::kPhase1, Stage::kPhase2, Stage::kTexture, Stage::kRig, Stage::kTransfer, Stage::kExport}) {
      const StageOptions shown = options_of(stage);
      for (const std::string& name : shown.names) {
        const std::string& why = shown.table->find(name)->why;
        EXPECT_TRUE(sources.contains(QString::fromStdString(why))) << "hints_" << language << ".ts lacks what " << name << " does: " << why;
      }
    }
  }
}

TEST(Translations, KnowEveryOptionAndPhaseThatIsShown) {
  const auto known = [](const std::vector<const char*>& all, const QString& title) {
    return std::any_of(all.begin(), all.end(), [&](const char* one) { return title == QLatin1String(one); });
  };
  const auto check = [&](const StageOptions& shown) {
    for (const std::string& name : shown.names) EXPECT_TRUE(known(known_option_titles(), option_title(name))) << name;
  };
  for (const Stage stage : {Stage::kFrames, Stage::kMasks, Stage::kPhase1, Stage::kPhase2, Stage::kTexture, Stage::kRig, Stage::kTransfer, Stage::kExport})
    check(options_of(stage));
  for (const auto& phases : {reconstruct_phases(), rig_phases(), bind_phases(), person_phases(), open_phases(), colmap_phases(), transfer_task_phases("walk.glb")})
    for (const JobContext::Phase& phase : phases) EXPECT_TRUE(known(known_phase_titles(), phase_title(phase.name))) << phase.name;
}

}  // namespace
}  // namespace mp4d
