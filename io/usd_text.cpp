#include "io/internal/usd_text.h"
#include <algorithm>
#include <cctype>
#include <charconv>

namespace mp4d {
namespace {

constexpr int kDeepest = 256;

class UsdaParser {
 public:
  UsdaParser(const std::string& file, std::string_view text) : file_(file), text_(text) {}

  Result<UsdLayer> run() {
    if (text_.starts_with("PXR-USDC"))
      return fail(ErrorCode::kInput, "{}: is binary USD (usdc), which cannot be read; save it as .usda", file_);
    if (!text_.starts_with("#usda 1.0")) return fail(ErrorCode::kInput, "{}: does not begin with '#usda 1.0'", file_);
    UsdLayer layer;
    if (peek() == '(') MP4D_CHECK(read_metadata(&layer.metadata));
    while (peek() != '\0') MP4D_CHECK(read_entry(layer.root, 0));
    return layer;
  }

 private:
  tl::unexpected<Error> error(const std::string& what) const {
    const auto line =
        1 + std::count(text_.begin(), text_.begin() + static_cast<std::ptrdiff_t>(std::min(at_, text_.size())), '\n');
    return fail(ErrorCode::kInput, "{}: line {}: {}", file_, line, what);
  }

  /// The next character that says something; '\0' at the end.
  char peek() {
    while (at_ < text_.size()) {
      if (text_[at_] == '#') {
        at_ = std::min(text_.find('\n', at_), text_.size());
      } else if (std::isspace(static_cast<unsigned char>(text_[at_])) || text_[at_] == ';') {
        ++at_;
      } else {
        return text_[at_];
      }
    }
    return '\0';
  }

  Result<void> expect(char c) {
    if (peek() != c) return error(fmt::format("expected '{}'", c));
    ++at_;
    return {};
  }

  /// A word: names with namespaces, types with [], numbers.
  std::string_view word() {
    peek();
    const std::size_t begin = at_;
    while (at_ < text_.size() && (std::isalnum(static_cast<unsigned char>(text_[at_])) ||
                                  std::string_view("_:.+-").find(text_[at_]) != std::string_view::npos))
      ++at_;
    if (text_.substr(at_, 2) == "[]") at_ += 2;
    return text_.substr(begin, at_ - begin);
  }

  Result<std::string> quoted() {
    const char quote = peek();
    if (quote != '"' && quote != '\'') return error("expected a string");
    const std::string_view three = text_.substr(at_, 3);
    const bool triple = three == "\"\"\"" || three == "'''";
    const std::string mark(triple ? 3 : 1, quote);
    at_ += mark.size();
    std::string out;
    while (at_ < text_.size() && text_.substr(at_, mark.size()) != mark) {
      if (text_[at_] == '\\' && at_ + 1 < text_.size()) ++at_;
      out += text_[at_++];
    }
    if (at_ >= text_.size()) return error("a string without end");
    at_ += mark.size();
    return out;
  }

  Result<std::string> between(char close) {
    const std::size_t begin = ++at_, end = text_.find(close, begin);
    if (end == std::string_view::npos) return error(fmt::format("'{}' is missing", close));
    at_ = end + 1;
    return std::string(text_.substr(begin, end - begin));
  }

  /// Everything in a value, brackets flattened.
  Result<void> read_value(UsdValue& value, int depth = 0) {
    if (depth > kDeepest) return error("brackets too deep");
    const char c = peek();
    if (c == '[' || c == '(') {
      ++at_;
      const char close = c == '[' ? ']' : ')';
      while (peek() != close) {
        if (peek() == ',') {
          ++at_;
          continue;
        }
        MP4D_CHECK(read_value(value, depth + 1));
      }
      ++at_;
      return {};
    }
    if (c == '"' || c == '\'') {
      MP4D_TRY(text, quoted());
      value.texts.push_back(std::move(text));
      return {};
    }
    if (c == '@' || c == '<') {
      MP4D_TRY(text, between(c == '@' ? '@' : '>'));
      value.texts.push_back(std::move(text));
      return {};
    }
    const std::string_view text = word();
    if (text.empty()) return error(fmt::format("unexpected '{}'", c));
    double number = 0;
    const auto [stopped, code] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (code == std::errc{} && stopped == text.data() + text.size())
      value.numbers.push_back(number);
    else
      value.texts.emplace_back(text);
    return {};
  }

  /// Passes over a balanced group that begins here.
  Result<void> skip_group(char open, char close) {
    MP4D_CHECK(expect(open));
    for (int depth = 1; depth > 0;) {
      const char c = peek();
      if (c == '\0') return error(fmt::format("'{}' is missing", close));
      if (c == '"' || c == '\'') {
        MP4D_CHECK(quoted());
        continue;
      }
      if (c == '@') {
        MP4D_CHECK(between('@'));
        continue;
      }
      ++at_;
      depth += c == open ? 1 : c == close ? -1 : 0;
    }
    return {};
  }

  /// ( name = value ... ); null keeps nothing.
  Result<void> read_metadata(std::map<std::string, UsdValue>* kept) {
    MP4D_CHECK(expect('('));
    while (peek() != ')') {
      if (peek() == '"' || peek() == '\'') {  // a comment
        MP4D_CHECK(quoted());
        continue;
      }
      std::string_view name = word();
      if (name == "prepend" || name == "append" || name == "add" || name == "delete" || name == "reorder")
        name = word();
      if (name.empty()) return error("expected metadata");
      if (name == "references" || name == "payload" || name == "subLayers" || name == "inherits" ||
          name == "specializes")
        return error(fmt::format("'{}' would need other files or prims; flatten the stage first", name));
      MP4D_CHECK(expect('='));
      if (peek() == '{') {
        MP4D_CHECK(skip_group('{', '}'));
        continue;
      }
      UsdValue value;
      MP4D_CHECK(read_value(value));
      if (kept) (*kept)[std::string(name)] = std::move(value);
    }
    ++at_;
    return {};
  }

  Result<void> read_prim(UsdPrim& parent, int depth) {
    auto prim = std::make_unique<UsdPrim>();
    if (peek() != '"') prim->type = word();
    MP4D_TRY(name, quoted());
    prim->name = std::move(name);
    if (peek() == '(') MP4D_CHECK(read_metadata(nullptr));
    MP4D_CHECK(expect('{'));
    while (peek() != '}') {
      if (peek() == '\0') return error(fmt::format("prim '{}' has no end", prim->name));
      MP4D_CHECK(read_entry(*prim, depth + 1));
    }
    ++at_;
    parent.children.push_back(std::move(prim));
    return {};
  }

  /// A prim, a variant set or an attribute.
  Result<void> read_entry(UsdPrim& owner, int depth) {
    if (depth > kDeepest) return error("prims too deep");
    std::string_view first = word();
    if (first == "def" || first == "over" || first == "class") return read_prim(owner, depth);
    if (first == "variantSet") {
      MP4D_CHECK(quoted());
      MP4D_CHECK(expect('='));
      return skip_group('{', '}');
    }
    while (first == "uniform" || first == "custom" || first == "varying" || first == "prepend" || first == "append" ||
           first == "add")
      first = word();
    const std::string type(first);
    std::string name(word());
    if (type.empty() || name.empty()) return error(fmt::format("unexpected '{}'", peek()));
    const bool samples = name.ends_with(".timeSamples"), connect = name.ends_with(".connect");
    if (samples || connect) name.resize(name.rfind('.'));
    UsdAttribute& attribute = owner.attributes[name];
    attribute.type = type;
    if (peek() == '=') {
      ++at_;
      if (samples) {
        MP4D_CHECK(read_samples(attribute));
      } else {
        UsdValue value;
        MP4D_CHECK(read_value(value));
        if (connect && !value.texts.empty()) attribute.connection = value.texts[0];
        if (!connect) attribute.value = std::move(value);
      }
    }
    return peek() == '(' ? read_metadata(nullptr) : Result<void>{};
  }

  Result<void> read_samples(UsdAttribute& attribute) {
    MP4D_CHECK(expect('{'));
    while (peek() != '}') {
      if (peek() == ',') {
        ++at_;
        continue;
      }
      const std::string text(word());  // takes the colon along
      double time = 0;
      const std::size_t colon = text.find(':');
      const auto [stopped, code] = std::from_chars(text.data(), text.data() + std::min(colon, text.size()), time);
      if (code != std::errc{} || stopped == text.data()) return error("expected a time");
      if (colon == std::string::npos) MP4D_CHECK(expect(':'));
      MP4D_CHECK(read_value(attribute.samples[time]));
    }
    ++at_;
    return {};
  }

  const std::string& file_;
  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

const UsdAttribute* UsdPrim::find(const std::string& attribute) const {
  const auto found = attributes.find(attribute);
  return found == attributes.end() ? nullptr : &found->second;
}

const UsdPrim* UsdLayer::at(const std::string& path) const {
  const UsdPrim* prim = &root;
  for (std::size_t begin = 1; begin < path.size();) {
    const std::size_t end = std::min(path.find('/', begin), path.size());
    const std::string name = path.substr(begin, end - begin);
    const UsdPrim* next = nullptr;
    for (const auto& child : prim->children)
      if (child->name == name) next = child.get();
    if (!next) return nullptr;
    prim = next;
    begin = end + 1;
  }
  return prim;
}

Result<UsdLayer> parse_usda(const std::string& file, std::string_view text) { return UsdaParser(file, text).run(); }

}  // namespace mp4d
