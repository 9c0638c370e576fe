// The words of other languages: all there, with the same places for what is put in.
#include <QDir>
#include <QFile>
#include <QRegularExpression>
#include <QXmlStreamReader>
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
  const QDir folder(QStringLiteral(MP4D_SOURCE_DIR "/app/studio/translations"));
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
    EXPECT_GT(count, 150) << name.toStdString();
  }
}

}  // namespace
}  // namespace mp4d
