#include "app/cli/table_flags.h"
#include <cmath>

namespace mp4d {
namespace {

std::string value_name(const OptionSpec& spec) {
  if (spec.type == OptionType::kInt) return "N";
  if (spec.type == OptionType::kDouble) return "X";
  if (spec.choices.empty()) return "TEXT";
  std::string names;
  for (const std::string& choice : spec.choices) names += (names.empty() ? "" : "|") + choice;
  return names;
}

std::string description(const OptionSpec& spec) {
  std::string text = spec.why;
  const bool bounded = std::isfinite(spec.min) && std::isfinite(spec.max);
  std::string notes = bounded ? fmt::format("{} to {}", spec.min, spec.max) : "";
  if (!spec.default_text.empty()) notes += fmt::format("{}default {}", notes.empty() ? "" : ", ", spec.default_text);
  return notes.empty() ? text : text + " [" + notes + "]";
}

}  // namespace

TableFlags::TableFlags(CLI::App& app, const OptionTableBase& table, const std::string& group,
                       const std::map<std::string, std::string>& spellings) {
  rows_.resize(table.specs().size());
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    Row& row = rows_[i];
    row.spec = &table.specs()[i];
    const auto spelling = spellings.find(row.spec->name);
    const std::string names = spelling != spellings.end() ? spelling->second : "--" + row.spec->name;
    if (row.spec->type == OptionType::kBool) {
      row.option = app.add_flag(names + ",!--no-" + row.spec->name, row.text, description(*row.spec));
    } else {
      row.option = app.add_option(names, row.text, description(*row.spec))->type_name(value_name(*row.spec));
    }
    row.option->group(group);
  }
}

Result<void> TableFlags::apply(void* options) const {
  for (const Row& row : rows_)
    if (row.option->count() > 0) MP4D_CHECK(row.spec->set(options, row.text));
  return {};
}

}  // namespace mp4d
