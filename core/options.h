#pragma once
#include "core/result.h"
#include <functional>
#include <limits>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace mp4d {

enum class OptionType { kBool, kInt, kDouble, kString };

/// One named, typed, bounded setting of a stage. The same row makes the CLI flag, the JSON key, the form
/// field and the line in docs/options.md.
struct OptionSpec {
  std::string name;  ///< as in JSON and as --flag, words joined by '-'
  OptionType type;
  double min = -std::numeric_limits<double>::infinity();
  double max = std::numeric_limits<double>::infinity();
  std::vector<std::string> choices{};  ///< allowed strings, empty = any
  std::string why{};                   ///< one line: what it does, and when to change it
  std::string default_text{};          ///< the default as the user would type it
  std::function<std::string(const void*)> get{};
  std::function<Result<void>(void*, const std::string&)> set{};  ///< parses and checks type and bounds
};

/// The one of `names` that differs least from `name`, or "" if none is near: for "did you mean".
std::string closest_name(const std::string& name, const std::vector<std::string>& names);

/// Rows over a plain struct `S`; member pointers bind each to a field. Copyable, immutable after set-up.
class OptionTableBase {
 public:
  const std::vector<OptionSpec>& specs() const { return specs_; }
  const OptionSpec* find(const std::string& name) const;
  /// Sets one option from text. Error names the option, the value and the bound.
  Result<void> set(void* options, const std::string& name, const std::string& text) const;
  /// Reads a JSON object; unknown keys and wrong types are errors that name the key.
  Result<void> from_json(void* options, const nlohmann::json& json) const;
  nlohmann::json to_json(const void* options) const;
  /// Error (kUsage) "--name: why" for the first of the rows `names` that is not at its default: where it says nothing.
  Result<void> refuse_changed(const void* options, const std::vector<std::string>& names, const std::string& why) const;
  /// Markdown table of all rows.
  std::string to_markdown() const;

 protected:
  std::vector<OptionSpec> specs_;
};

namespace detail {
Result<bool> parse_bool(const std::string& name, const std::string& text);
Result<int> parse_int(const std::string& name, const std::string& text, double min, double max);
Result<double> parse_double(const std::string& name, const std::string& text, double min, double max);
Result<std::string> parse_choice(const std::string& name, const std::string& text,
                                 const std::vector<std::string>& choices);
std::string format_double(double value);  ///< shortest text that reads back exactly
}  // namespace detail

/// The rows of one stage. `S` is a plain struct whose initialisers are the defaults; each row binds a member.
template <class S>
class OptionTable : public OptionTableBase {
 public:
  OptionTable& add(const std::string& name, bool S::*field, const std::string& why) {
    OptionSpec spec{name, OptionType::kBool};
    spec.get = [field](const void* s) { return std::string(static_cast<const S*>(s)->*field ? "true" : "false"); };
    return bind(spec, field, why, [name](const std::string& text) { return detail::parse_bool(name, text); });
  }
  OptionTable& add(const std::string& name, int S::*field, int min, int max, const std::string& why) {
    OptionSpec spec{name, OptionType::kInt, double(min), double(max)};
    spec.get = [field](const void* s) { return std::to_string(static_cast<const S*>(s)->*field); };
    return bind(spec, field, why, [=](const std::string& text) { return detail::parse_int(name, text, min, max); });
  }
  OptionTable& add(const std::string& name, double S::*field, double min, double max, const std::string& why) {
    OptionSpec spec{name, OptionType::kDouble, min, max};
    spec.get = [field](const void* s) { return detail::format_double(static_cast<const S*>(s)->*field); };
    return bind(spec, field, why, [=](const std::string& text) { return detail::parse_double(name, text, min, max); });
  }
  /// `choices` empty = any text.
  OptionTable& add(const std::string& name, std::string S::*field, const std::vector<std::string>& choices,
                   const std::string& why) {
    OptionSpec spec{name, OptionType::kString};
    spec.choices = choices;
    spec.get = [field](const void* s) { return static_cast<const S*>(s)->*field; };
    return bind(spec, field, why, [=](const std::string& text) { return detail::parse_choice(name, text, choices); });
  }

 private:
  template <class T, class Parse>
  OptionTable& bind(OptionSpec& spec, T S::*field, const std::string& why, Parse parse) {
    spec.why = why;
    spec.set = [field, parse](void* s, const std::string& text) -> Result<void> {
      MP4D_TRY(value, parse(text));
      static_cast<S*>(s)->*field = std::move(value);
      return {};
    };
    const S defaults{};
    spec.default_text = spec.get(&defaults);
    specs_.push_back(std::move(spec));
    return *this;
  }
};

}  // namespace mp4d
