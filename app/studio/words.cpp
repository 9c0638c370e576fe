#include "app/studio/words.h"
#include <QCoreApplication>

namespace mp4d {

const std::vector<const char*>& known_option_titles() {
  static const std::vector<const char*> kAll{
      QT_TRANSLATE_NOOP("Options", "Start"), QT_TRANSLATE_NOOP("Options", "End"), QT_TRANSLATE_NOOP("Options", "Fps"),
      QT_TRANSLATE_NOOP("Options", "Step"), QT_TRANSLATE_NOOP("Options", "Max frames"), QT_TRANSLATE_NOOP("Options", "Shots"),
      QT_TRANSLATE_NOOP("Options", "Masks from"), QT_TRANSLATE_NOOP("Options", "Subject"), QT_TRANSLATE_NOOP("Options", "Carry masks"),
      QT_TRANSLATE_NOOP("Options", "Category"), QT_TRANSLATE_NOOP("Options", "Landmarks"), QT_TRANSLATE_NOOP("Options", "Guess surface"),
      QT_TRANSLATE_NOOP("Options", "Guess words"), QT_TRANSLATE_NOOP("Options", "Effort"), QT_TRANSLATE_NOOP("Options", "Fov"),
      QT_TRANSLATE_NOOP("Options", "Free form"), QT_TRANSLATE_NOOP("Options", "Guess pull"), QT_TRANSLATE_NOOP("Options", "Dynamic rigidity"),
      QT_TRANSLATE_NOOP("Options", "Global local chamfer"), QT_TRANSLATE_NOOP("Options", "Device"), QT_TRANSLATE_NOOP("Options", "Threads"),
      QT_TRANSLATE_NOOP("Options", "Seed"), QT_TRANSLATE_NOOP("Options", "Phase2"), QT_TRANSLATE_NOOP("Options", "Reference"),
      QT_TRANSLATE_NOOP("Options", "Texture"), QT_TRANSLATE_NOOP("Options", "Template"), QT_TRANSLATE_NOOP("Options", "Resolution"),
      QT_TRANSLATE_NOOP("Options", "Up"), QT_TRANSLATE_NOOP("Options", "Forward"), QT_TRANSLATE_NOOP("Options", "Root"),
      QT_TRANSLATE_NOOP("Options", "Forelegs"), QT_TRANSLATE_NOOP("Options", "Contacts"), QT_TRANSLATE_NOOP("Options", "Ik"),
      QT_TRANSLATE_NOOP("Options", "Rigidity"), QT_TRANSLATE_NOOP("Options", "Max strain"), QT_TRANSLATE_NOOP("Options", "Volume"),
      QT_TRANSLATE_NOOP("Options", "Smooth"), QT_TRANSLATE_NOOP("Options", "For"), QT_TRANSLATE_NOOP("Options", "Up axis"),
      QT_TRANSLATE_NOOP("Options", "Unit"), QT_TRANSLATE_NOOP("Options", "Key fps"), QT_TRANSLATE_NOOP("Options", "Leaf bones"),
      QT_TRANSLATE_NOOP("Options", "Armature"), QT_TRANSLATE_NOOP("Options", "Influences"), QT_TRANSLATE_NOOP("Options", "Weld"),
      QT_TRANSLATE_NOOP("Options", "Replace"),
      QT_TRANSLATE_NOOP("Options", "Minutes"), QT_TRANSLATE_NOOP("Options", "Field"), QT_TRANSLATE_NOOP("Options", "Max side"),
      QT_TRANSLATE_NOOP("Options", "S3im weight"), QT_TRANSLATE_NOOP("Options", "Contract"), QT_TRANSLATE_NOOP("Options", "Exposure"),
      QT_TRANSLATE_NOOP("Options", "Refine poses"), QT_TRANSLATE_NOOP("Options", "Hold out"), QT_TRANSLATE_NOOP("Options", "Background"),
      QT_TRANSLATE_NOOP("Options", "Bounds"), QT_TRANSLATE_NOOP("Options", "Least views"), QT_TRANSLATE_NOOP("Options", "Faces")};
  return kAll;
}

const std::vector<const char*>& known_phase_titles() {
  static const std::vector<const char*> kAll{
      QT_TRANSLATE_NOOP("Phases", "read"), QT_TRANSLATE_NOOP("Phases", "frames"), QT_TRANSLATE_NOOP("Phases", "masks"), QT_TRANSLATE_NOOP("Phases", "flow"),
      QT_TRANSLATE_NOOP("Phases", "coarse guess"), QT_TRANSLATE_NOOP("Phases", "phase 1"), QT_TRANSLATE_NOOP("Phases", "rig"),
      QT_TRANSLATE_NOOP("Phases", "phase 2"), QT_TRANSLATE_NOOP("Phases", "colours"), QT_TRANSLATE_NOOP("Phases", "weights"),
      QT_TRANSLATE_NOOP("Phases", "read motion"), QT_TRANSLATE_NOOP("Phases", "prepare"), QT_TRANSLATE_NOOP("Phases", "transfer"),
      QT_TRANSLATE_NOOP("Phases", "write"), QT_TRANSLATE_NOOP("Phases", "load"), QT_TRANSLATE_NOOP("Phases", "sample"),
      QT_TRANSLATE_NOOP("Phases", "views"), QT_TRANSLATE_NOOP("Phases", "shape"), QT_TRANSLATE_NOOP("Phases", "train"), QT_TRANSLATE_NOOP("Phases", "pictures"),
      QT_TRANSLATE_NOOP("Phases", "features"), QT_TRANSLATE_NOOP("Phases", "matches"), QT_TRANSLATE_NOOP("Phases", "cameras")};
  return kAll;
}

namespace {

[[maybe_unused]] constexpr const char* kChains[] = {
    QT_TRANSLATE_NOOP("Chains", "trunk"), QT_TRANSLATE_NOOP("Chains", "neck"), QT_TRANSLATE_NOOP("Chains", "tail"), QT_TRANSLATE_NOOP("Chains", "leg left"),
    QT_TRANSLATE_NOOP("Chains", "leg right"), QT_TRANSLATE_NOOP("Chains", "arm left"), QT_TRANSLATE_NOOP("Chains", "arm right"),
    QT_TRANSLATE_NOOP("Chains", "wing left"), QT_TRANSLATE_NOOP("Chains", "wing right"), QT_TRANSLATE_NOOP("Chains", "girdle left"),
    QT_TRANSLATE_NOOP("Chains", "girdle right")};

}  // namespace

QString option_title(const std::string& option) {
  QString name = QString::fromStdString(option).replace(QLatin1Char('-'), QLatin1Char(' '));
  if (!name.isEmpty()) name[0] = name[0].toUpper();
  return QCoreApplication::translate("Options", name.toUtf8().constData());
}

QString option_hint(const std::string& why) { return QCoreApplication::translate("Hints", why.c_str()); }

QString chain_title(const std::string& chain) {
  const QString name = QString::fromStdString(chain);
  const bool numbered = !name.isEmpty() && name.back().isDigit();
  const qsizetype end = numbered ? name.lastIndexOf(QLatin1Char(' ')) : name.size();
  return QCoreApplication::translate("Chains", name.left(end).toUtf8().constData()) + name.mid(end);
}

QString phase_title(const std::string& phase) { return QCoreApplication::translate("Phases", phase.c_str()); }

}  // namespace mp4d
