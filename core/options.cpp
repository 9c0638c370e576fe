#include "core/options.h"
#include <algorithm>
#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>
#include <numeric>

namespace mp4d {
namespace {

/// Levenshtein's distance.
std::size_t edit_distance(const std::string& a, const std::string& b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = std::exchange(row[j], std::min({row[j] + 1, row[j - 1] + 1, replaced}));
    }
  }
  return row.back();
}

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

std::string type_name(OptionType type) {
  switch (type) {
    case OptionType::kBool: return "true or false";
    case OptionType::kInt: return "whole number";
    case OptionType::kDouble: return "number";
    case OptionType::kString: return "text";
  }
  return {};
}

/// "between 0 and 5", "of at least 0", or "" for an unbounded option.
std::string bound_text(double min, double max) {
  const bool low = std::isfinite(min), high = std::isfinite(max);
  if (low && high) return fmt::format(" between {} and {}", detail::format_double(min), detail::format_double(max));
  if (low) return fmt::format(" of at least {}", detail::format_double(min));
  if (high) return fmt::format(" of at most {}", detail::format_double(max));
  return {};
}

template <class T>
Result<T> parse_number(const std::string& name, const std::string& text, double min, double max, OptionType type) {
  T value{};
  const char* begin = text.data() + (text.starts_with('+') ? 1 : 0);
  const char* end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(begin, end, value);
  const bool is_number = stopped == end && begin != end && error == std::errc{};
  if (is_number && std::isfinite(static_cast<double>(value)) && value >= min && value <= max) return value;
  return fail(ErrorCode::kUsage, "option '{}': '{}' is {}; give a {}{}", name, text,
              is_number || error == std::errc::result_out_of_range ? "out of range" : "not a " + type_name(type),
              type_name(type), bound_text(min, max));
}

Result<std::string> text_of(const OptionSpec& spec, const nlohmann::json& value) {
  switch (spec.type) {
    case OptionType::kBool:
      if (value.is_boolean()) return value.get<bool>() ? "true" : "false";
      break;
    case OptionType::kInt:
      if (value.is_number_integer()) return value.dump();
      break;
    case OptionType::kDouble:
      if (value.is_number_integer()) return value.dump();
      if (value.is_number()) return detail::format_double(value.get<double>());
      break;
    case OptionType::kString:
      if (value.is_string()) return value.get<std::string>();
      break;
  }
  return fail(ErrorCode::kUsage, "option '{}': {} is not a {}", spec.name, value.dump(), type_name(spec.type));
}

std::string escaped_for_table(const std::string& text) {
  std::string escaped;
  for (const char c : text) escaped += c == '|' ? std::string("\\|") : std::string(1, c);
  return escaped;
}

std::string range_text(const OptionSpec& spec) {
  if (spec.type == OptionType::kBool) return "true, false";
  if (spec.type == OptionType::kString) return spec.choices.empty() ? "any" : joined(spec.choices);
  const auto side = [](double bound) { return std::isfinite(bound) ? detail::format_double(bound) : std::string(); };
  return side(spec.min) + " … " + side(spec.max);
}

}  // namespace

std::string closest_name(const std::string& name, const std::vector<std::string>& names) {
  std::string best;
  std::size_t best_distance = std::max<std::size_t>(2, name.size() / 3) + 1;
  for (const std::string& candidate : names) {
    const std::size_t distance = edit_distance(name, candidate);
    if (distance < best_distance && distance < candidate.size()) {
      best_distance = distance;
      best = candidate;
    }
  }
  return best;
}

const OptionSpec* OptionTableBase::find(const std::string& name) const {
  const auto found = std::find_if(specs_.begin(), specs_.end(), [&name](const auto& s) { return s.name == name; });
  return found == specs_.end() ? nullptr : &*found;
}

Result<void> OptionTableBase::set(void* options, const std::string& name, const std::string& text) const {
  if (const OptionSpec* spec = find(name)) return spec->set(options, text);
  std::vector<std::string> names;
  for (const OptionSpec& spec : specs_) names.push_back(spec.name);
  const std::string guess = closest_name(name, names);
  if (!guess.empty()) return fail(ErrorCode::kUsage, "unknown option '{}'; did you mean '{}'?", name, guess);
  return fail(ErrorCode::kUsage, "unknown option '{}'; known are: {}", name, joined(names));
}

Result<void> OptionTableBase::from_json(void* options, const nlohmann::json& json) const {
  if (!json.is_object())
    return fail(ErrorCode::kUsage, "options must be a JSON object such as {{\"name\": value}}, not {}",
                json.type_name());
  for (const auto& [key, value] : json.items()) {
    const OptionSpec* spec = find(key);
    if (!spec) return set(options, key, {});
    MP4D_TRY(text, text_of(*spec, value));
    MP4D_CHECK(spec->set(options, text));
  }
  return {};
}

nlohmann::json OptionTableBase::to_json(const void* options) const {
  nlohmann::json json = nlohmann::json::object();
  for (const OptionSpec& spec : specs_) {
    const std::string text = spec.get(options);
    if (spec.type == OptionType::kString)
      json[spec.name] = text;
    else
      json[spec.name] = nlohmann::json::parse(text);
  }
  return json;
}

Result<void> OptionTableBase::refuse_changed(const void* options, const std::vector<std::string>& names,
                                             const std::string& why) const {
  for (const std::string& name : names) {
    const OptionSpec* spec = find(name);
    if (!spec) return fail(ErrorCode::kFailed, "no option '{}' in the table", name);
    if (spec->get(options) == spec->default_text) continue;
    const bool switched_off = spec->type == OptionType::kBool && spec->default_text == "true";
    return fail(ErrorCode::kUsage, "--{}{}: {}", switched_off ? "no-" : "", name, why);
  }
  return {};
}

std::string OptionTableBase::to_markdown() const {
  std::string table = "| option | type | default | range | what and when |\n|---|---|---|---|---|\n";
  for (const OptionSpec& spec : specs_) {
    const std::string shown = spec.default_text.empty() ? "" : fmt::format("`{}`", spec.default_text);
    table += fmt::format("| `{}` | {} | {} | {} | {} |\n", spec.name, type_name(spec.type), escaped_for_table(shown),
                         escaped_for_table(range_text(spec)), escaped_for_table(spec.why));
  }
  return table;
}

namespace detail {

Result<bool> parse_bool(const std::string& name, const std::string& text) {
  if (text == "true" || text == "on" || text == "yes" || text == "1") return true;
  if (text == "false" || text == "off" || text == "no" || text == "0") return false;
  return fail(ErrorCode::kUsage, "option '{}': '{}' is neither true nor false", name, text);
}

Result<int> parse_int(const std::string& name, const std::string& text, double min, double max) {
  return parse_number<int>(name, text, min, max, OptionType::kInt);
}

Result<double> parse_double(const std::string& name, const std::string& text, double min, double max) {
  return parse_number<double>(name, text, min, max, OptionType::kDouble);
}

Result<std::string> parse_choice(const std::string& name, const std::string& text,
                                 const std::vector<std::string>& choices) {
  if (choices.empty() || std::find(choices.begin(), choices.end(), text) != choices.end()) return text;
  return fail(ErrorCode::kUsage, "option '{}': '{}' is not one of: {}", name, text, joined(choices));
}

std::string format_double(double value) { return fmt::format("{}", value); }

}  // namespace detail
}  // namespace mp4d
