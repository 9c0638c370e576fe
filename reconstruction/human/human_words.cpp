#include "core/assets.h"
#include "core/files.h"
#include "core/rng.h"
#include "io/networks.h"
#include "reconstruction/human/garment_names.h"
#include "reconstruction/human/human_words.h"
#include "reconstruction/human/pose_library.h"
#include "reconstruction/human/random_attributes.h"
#include "reconstruction/human/similar_words.h"
#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <stdexcept>

namespace mp4d::human {
namespace {

using nlohmann::json;

Result<json> load_vocabulary() {
  MP4D_TRY(path, find_asset("human/words.json"));
  MP4D_TRY(text, read_file(path));
  json words = json::parse(text, nullptr, false);
  for (const char* section : {"attributes", "garments", "phrases", "parts", "colours", "poses"})
    if (words.is_discarded() || !words.is_object() || !words.contains(section) || !words[section].is_object())
      return fail(ErrorCode::kInput, "{}: not a vocabulary (no object '{}')", path.string(), section);
  return words;
}

const Result<json>& vocabulary() {
  static const Result<json> words = load_vocabulary();
  return words;
}

// Lower-case words; what is neither letter, digit nor hyphen parts them.
std::vector<std::string> split(const std::string& text) {
  std::vector<std::string> words(1);
  for (const char c : text) {
    if (std::isalnum(static_cast<unsigned char>(c)) || c == '-') words.back() += char(std::tolower(static_cast<unsigned char>(c)));
    else if (!words.back().empty()) words.emplace_back();
  }
  if (words.back().empty()) words.pop_back();
  return words;
}

// Age as the generator counts it, from years.
float age_of(float years) {
  constexpr float kYears[] = {1, 10, 25, 90}, kAges[] = {0, 0.1875f, 0.5f, 1};
  for (int i = 1; i < 4; ++i)
    if (years <= kYears[i])
      return kAges[i - 1] + (kAges[i] - kAges[i - 1]) * std::max(0.0f, (years - kYears[i - 1]) / (kYears[i] - kYears[i - 1]));
  return 1;
}

float* scalar(Attributes& a, const std::string& name) {
  const std::pair<const char*, float*> fields[] = {{"sex", &a.sex},       {"age", &a.age},       {"muscle", &a.muscle},
                                                   {"weight", &a.weight}, {"height", &a.height}, {"proportions", &a.proportions}};
  for (const auto& [key, field] : fields)
    if (name == key) return field;
  return nullptr;
}

// One of the garments that contain a text of `wanted` (a string or a list of them) and are not made for the other sex, by the
// seed; of all that contain one if there is none. -1 for an empty text.
int garment_named(const std::vector<std::string>& names, const json& wanted, float sex, std::uint64_t seed) {
  const std::vector<std::string> texts =
      wanted.is_array() ? wanted.get<std::vector<std::string>>() : std::vector{wanted.get<std::string>()};
  if (texts == std::vector<std::string>{""}) return -1;
  const std::string other = sex > 0.5f ? "female_" : "male_";
  std::vector<int> fitting, all;
  for (int i = 0; i < int(names.size()); ++i) {
    const std::string& name = names[std::size_t(i)];
    const auto matches = [&](const std::string& t) {  // by its beginning, or by the part behind the sex
      return name.starts_with(t) || (t.find('_') == std::string::npos && name.find(t) != std::string::npos);
    };
    if (std::none_of(texts.begin(), texts.end(), matches)) continue;
    all.push_back(i);
    if (!names[std::size_t(i)].starts_with(other)) fitting.push_back(i);
  }
  if (fitting.empty()) fitting = all;
  return fitting.empty() ? -1 : fitting[rng::integer(seed, 0x6761726dULL, 0, std::uint32_t(fitting.size()))];
}

std::optional<Vec3> parse_color(const std::string& text) {
  unsigned rgb = 0;
  if (text.size() != 7 || text[0] != '#' || std::from_chars(text.data() + 1, text.data() + 7, rgb, 16).ptr != text.data() + 7)
    return {};
  return Vec3(float(rgb >> 16 & 255), float(rgb >> 8 & 255), float(rgb & 255)) / 255;
}

BodyPart part_named(const std::string& name) {
  constexpr std::string_view kNames[] = {"skin", "top", "trousers", "shoes", "hair", "hat"};
  return BodyPart(std::find(std::begin(kNames), std::end(kNames), name) - std::begin(kNames));
}

class Reader {
 public:
  Reader(const json& words, std::uint64_t seed) : words_(words), seed_(seed) {
    result_.attributes = random_attributes(seed, 0);
    result_.attributes.proportions = std::max(0.5f, result_.attributes.proportions);
    suit_up();
  }

  HumanDescription read(const std::string& text, const std::map<std::string, SimilarWord>& similar = {}) {
    std::vector<std::string> words = split(text);
    for (std::string& word : words)
      if (const auto known = similar.find(word); known != similar.end()) {
        result_.taken_for.push_back(fmt::format("{} -> {} ({:.2f})", word, known->second.word, known->second.similarity));
        word = known->second.word;
      }
    join_phrases(words);
    // Sex and age come first: what else is worn and drawn depends on them.
    for (const std::string& word : words) set_attributes(word, 1, true);
    suit_up();
    for (std::size_t i = 0; i < words.size(); ++i) i += take(words, i);
    if (colour_) result_.unknown.push_back(*colour_word_);
    return std::move(result_);
  }

 private:
  // Clothes for the sex, whole and on: a described person is dressed unless the words say otherwise.
  void suit_up() {
    Attributes& a = result_.attributes;
    const std::string sex = a.sex > 0.5f ? "male_" : "female_";
    if (a.suit < 0 || !kSuitNames[std::size_t(a.suit)].starts_with(sex)) a.suit = garment_named(kSuitNames, words_["garments"].at("casual").at("suit"), a.sex, seed_);
    if (a.shoes < 0) a.shoes = 0;
    if (a.hair < 0) a.hair = garment_named(kHairNames, a.sex > 0.5f ? "short" : "bob", a.sex, seed_);
    a.hat = -1;
  }

  // "long hair" becomes one word, and so does it in "long red hair", behind which the colour goes.
  void join_phrases(std::vector<std::string>& words) const {
    for (std::size_t i = 0; i + 1 < words.size(); ++i) {
      const bool coloured = i + 2 < words.size() && words_["colours"].contains(words[i + 1]);
      const std::size_t last = coloured ? i + 2 : i + 1;
      const auto phrase = words_["phrases"].find(words[i] + " " + words[last]);
      if (phrase == words_["phrases"].end()) continue;
      words[last] = phrase->get<std::string>();
      words.erase(words.begin() + std::ptrdiff_t(i));
    }
  }

  bool set_attributes(const std::string& word, float strength, bool who_only) {
    const auto entry = words_["attributes"].find(word);
    if (entry == words_["attributes"].end()) return false;
    for (const auto& [name, value] : entry->items()) {
      const bool who = name == "sex" || name == "age";
      if (who_only != who) continue;
      Attributes& a = result_.attributes;
      if (name == "ancestry") {
        const std::string kind = value.get<std::string>();
        a.ancestry = {kind == "african" ? 1.0f : 0, kind == "asian" ? 1.0f : 0, kind == "caucasian" ? 1.0f : 0};
      } else if (float* field = scalar(a, name)) {
        const float wanted = value.get<float>();
        *field = name == "sex" ? wanted : std::clamp(0.5f + strength * (wanted - 0.5f), 0.0f, 1.0f);
      }
    }
    return true;
  }

  // Reads the word at i; returns how many more were read with it.
  std::size_t take(const std::vector<std::string>& words, std::size_t i) {
    const std::string& word = words[i];
    const auto in_list = [&](const char* list) {
      const json& known = words_.at(list);
      return std::find(known.begin(), known.end(), word) != known.end();
    };
    if (in_list("intensifiers") || in_list("softeners")) {
      strength_ = in_list("intensifiers") ? 1.3f : 0.5f;
      return 0;
    }
    if (std::all_of(word.begin(), word.end(), [](char c) { return std::isdigit(static_cast<unsigned char>(c)); })) {
      result_.attributes.age = age_of(std::stof(word.substr(0, 3)));
      result_.understood.push_back(word + " years");
      std::size_t more = 0;
      while (i + more + 1 < words.size() && (words[i + more + 1].starts_with("year") || words[i + more + 1] == "old")) ++more;
      return more;
    }
    if (const std::size_t used = take_pose(words, i)) return used - 1;
    bool known = set_attributes(word, strength_, false);
    if (known && strength_ != 1) set_attributes(word, strength_, true);
    strength_ = 1;
    if (const auto colour = words_["colours"].find(word); colour != words_["colours"].end()) {
      if (colour_) result_.unknown.push_back(*colour_word_);
      colour_ = parse_color(colour->get<std::string>());
      colour_word_ = word;
      return 0;
    }
    std::string said = word;
    if (const auto parts = words_["parts"].find(word); parts != words_["parts"].end()) {
      known = true;
      if (colour_) {
        for (const json& part : *parts) result_.colors.at(std::size_t(part_named(part.get<std::string>()))) = colour_;
        said = *colour_word_ + " " + word;
        colour_.reset();
      }
    }
    if (const auto garment = words_["garments"].find(word); garment != words_["garments"].end()) {
      known = true;
      wear(*garment);
    }
    if (known) result_.understood.push_back(said);
    else if (!in_list("ignored")) result_.unknown.push_back(word);
    return 0;
  }

  void wear(const json& garment) {
    Attributes& a = result_.attributes;
    const std::tuple<const char*, int*, const std::vector<std::string>*> slots[] = {
        {"suit", &a.suit, &kSuitNames}, {"shoes", &a.shoes, &kShoeNames}, {"hair", &a.hair, &kHairNames}, {"hat", &a.hat, &kHatNames}};
    for (const auto& [name, slot, names] : slots)
      if (garment.contains(name)) *slot = garment_named(*names, garment[name], a.sex, seed_);
  }

  // A preset's name, its words parted by blanks or hyphens, or another word for it: the number of words, or 0.
  std::size_t take_pose(const std::vector<std::string>& words, std::size_t i) {
    static const std::vector<std::string> names = pose_names();
    std::string joined;
    std::size_t used = 0;
    for (std::size_t n = 0; n < 4 && i + n < words.size(); ++n) {
      joined += (n ? "-" : "") + words[i + n];
      if (std::find(names.begin(), names.end(), joined) != names.end()) {
        result_.pose = joined;
        used = n + 1;
      }
    }
    if (used == 0) {
      const auto pose = words_["poses"].find(words[i]);
      if (pose == words_["poses"].end()) return 0;
      result_.pose = pose->get<std::string>();
      used = 1;
    }
    result_.understood.push_back(result_.pose);
    return used;
  }

  const json& words_;
  const std::uint64_t seed_;
  HumanDescription result_;
  float strength_ = 1;
  std::optional<Vec3> colour_;
  std::optional<std::string> colour_word_;
};

}  // namespace

Result<HumanDescription> describe_human(const std::string& text, std::uint64_t seed) {
  const Result<json>& words = vocabulary();
  if (!words) return tl::unexpected(words.error());
  const auto damaged = [] {
    return fail(ErrorCode::kInput, "assets/human/words.json: a value is not of the kind that the head of the file describes");
  };
  try {
    HumanDescription description = Reader(*words, seed).read(text);
    if (description.unknown.empty() || !network_installed("words")) return description;
    MP4D_TRY(similar, similar_words(description.unknown, *words));
    return similar.empty() ? description : Reader(*words, seed).read(text, similar);
  } catch (const json::exception&) {
    return damaged();
  } catch (const std::out_of_range&) {  // a part that is none
    return damaged();
  }
}

}  // namespace mp4d::human
