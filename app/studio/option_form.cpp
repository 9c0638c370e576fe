#include "app/studio/option_form.h"
#include "app/studio/words.h"
#include <QCheckBox>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QEvent>
#include <QFormLayout>
#include <QLabel>
#include <QLineEdit>
#include <QSignalBlocker>
#include <QSpinBox>
#include <cmath>
#include <limits>

namespace mp4d {
namespace {

constexpr int kDecimals = 3;

int as_int(double bound) {
  return static_cast<int>(std::clamp(bound, double(std::numeric_limits<int>::min()), double(std::numeric_limits<int>::max())));
}

void put_value(QWidget* field, const QString& text) {
  const QSignalBlocker quiet(field);
  if (auto* check = qobject_cast<QCheckBox*>(field)) check->setChecked(text == QLatin1String("true"));
  else if (auto* whole = qobject_cast<QSpinBox*>(field)) whole->setValue(text.toInt());
  else if (auto* number = qobject_cast<QDoubleSpinBox*>(field)) number->setValue(text.toDouble());
  else if (auto* box = qobject_cast<QComboBox*>(field)) box->setCurrentText(text);
  else if (auto* line = qobject_cast<QLineEdit*>(field); line && line->text() != text) line->setText(text);
}

}  // namespace

OptionForm::OptionForm(Workspace& workspace, Stage stage, QWidget* parent)
    : OptionForm({options_of(stage), [&workspace, stage] { return options_struct(stage, workspace.state()); },
                  [&workspace, stage](const std::string& name, const std::string& text) { workspace.set_option(stage, name, text); }},
                 parent) {
  connect(&workspace.document, &Document::changed, this, &OptionForm::show_values);
}

OptionForm::OptionForm(OptionValues values, QWidget* parent) : QWidget(parent), values_(std::move(values)) {
  auto* layout = new QFormLayout(this);
  layout->setContentsMargins(0, 4, 0, 4);
  layout->setRowWrapPolicy(QFormLayout::WrapLongRows);
  layout->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
  const StageOptions& options = values_.options;
  for (const std::string& name : options.names) {
    const OptionSpec& spec = *options.table->find(name);
    QWidget* made = field(spec);
    const QString why = option_hint(spec.why);
    made->setObjectName(QStringLiteral("option-") + QString::fromStdString(name));
    made->setToolTip(why);
    made->setAccessibleName(option_title(name));
    made->setAccessibleDescription(why);
    made->setFocusPolicy(Qt::StrongFocus);
    made->installEventFilter(this);
    fields_[name] = made;
    auto* label = new QLabel(option_title(name), this);
    label->setToolTip(why);
    label->setBuddy(made);
    layout->addRow(label, made);
  }
  show_values();
}

QWidget* OptionForm::field(const OptionSpec& spec) {
  const auto set = [this, name = spec.name](const QString& text) { values_.set(name, text.toStdString()); };
  switch (spec.type) {
    case OptionType::kBool: {
      auto* check = new QCheckBox(this);
      connect(check, &QCheckBox::toggled, this, [set](bool on) { set(on ? QStringLiteral("true") : QStringLiteral("false")); });
      return check;
    }
    case OptionType::kInt: {
      auto* whole = new QSpinBox(this);
      whole->setRange(as_int(spec.min), as_int(spec.max));
      whole->setKeyboardTracking(false);
      connect(whole, &QSpinBox::valueChanged, this, [set](int value) { set(QString::number(value)); });
      return whole;
    }
    case OptionType::kDouble: {
      auto* number = new QDoubleSpinBox(this);
      number->setDecimals(kDecimals);
      number->setRange(spec.min, spec.max);
      number->setSingleStep(spec.max <= 2 ? 0.05 : 1);
      number->setKeyboardTracking(false);
      connect(number, &QDoubleSpinBox::valueChanged, this, [set](double value) { set(QString::number(value, 'g', 10)); });
      return number;
    }
    case OptionType::kString: break;
  }
  if (!spec.choices.empty()) {
    auto* box = new QComboBox(this);
    for (const std::string& choice : spec.choices) box->addItem(QString::fromStdString(choice));
    connect(box, &QComboBox::currentTextChanged, this, set);
    return box;
  }
  auto* line = new QLineEdit(this);
  connect(line, &QLineEdit::editingFinished, this, [set, line] { set(line->text()); });
  return line;
}

void OptionForm::show_values() {
  const void* values = values_.get();
  for (const auto& [name, widget] : fields_)
    put_value(widget, QString::fromStdString(values_.options.table->find(name)->get(values)));
}

bool OptionForm::eventFilter(QObject* watched, QEvent* event) {
  // A form that is scrolled must not change what lies under the wheel.
  if (event->type() == QEvent::Wheel && !static_cast<QWidget*>(watched)->hasFocus()) {
    event->ignore();
    return true;
  }
  return QWidget::eventFilter(watched, event);
}

}  // namespace mp4d
