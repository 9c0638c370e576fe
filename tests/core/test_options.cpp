#include "core/options.h"
#include "core/rng.h"
#include <algorithm>
#include <cmath>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace mp4d {
namespace {

struct Settings {
  bool symmetric = true;
  int bones = 25;
  double rigidity = 0.1;
  std::string category = "auto";
  std::string note;
};

const OptionTable<Settings>& table() {
  static const auto rows = OptionTable<Settings>()
                               .add("symmetric", &Settings::symmetric, "both sides alike")
                               .add("bones", &Settings::bones, 1, 200, "number of bones")
                               .add("rigidity", &Settings::rigidity, 0, 10, "resistance to bending")
                               .add("category", &Settings::category, {"auto", "human", "bird"}, "kind of subject")
                               .add("note", &Settings::note, {}, "any text | kept in the report");
  return rows;
}

std::string error_of(const Result<void>& result) {
  if (result) return "no error";
  EXPECT_EQ(result.error().code, ErrorCode::kUsage);
  return result.error().message;
}

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

TEST(Options, EveryValueSurvivesTextAndJson) {
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    Settings in;
    in.symmetric = rng::integer(seed, 0, 0, 2) == 1;
    in.bones = 1 + static_cast<int>(rng::integer(seed, 0, 1, 200));
    in.rigidity = 10 * rng::uniform(seed, 0, 2) * std::pow(10.0, -static_cast<int>(rng::integer(seed, 0, 3, 12)));
    in.category = std::vector<std::string>{"auto", "human", "bird"}[rng::integer(seed, 0, 4, 3)];
    in.note = std::string("\"quoted\", \n µ ") + std::to_string(seed);
    Settings through_json, through_text;
    ASSERT_TRUE(table().from_json(&through_json, nlohmann::json::parse(table().to_json(&in).dump())));
    for (const OptionSpec& spec : table().specs())
      ASSERT_TRUE(table().set(&through_text, spec.name, spec.get(&in))) << spec.name;
    for (const Settings* out : {&through_json, &through_text}) {
      EXPECT_EQ(out->symmetric, in.symmetric);
      EXPECT_EQ(out->bones, in.bones);
      EXPECT_EQ(out->rigidity, in.rigidity);
      EXPECT_EQ(out->category, in.category);
      EXPECT_EQ(out->note, in.note);
    }
  }
}

TEST(Options, DefaultsAreTheStructsOwn) {
  EXPECT_EQ(table().find("bones")->default_text, "25");
  EXPECT_EQ(table().find("rigidity")->default_text, "0.1");
  EXPECT_EQ(table().find("symmetric")->default_text, "true");
  EXPECT_EQ(table().find("nothing"), nullptr);
}

TEST(Options, BoundsAreIncludedAndNamedWhenPassed) {
  Settings s;
  EXPECT_TRUE(table().set(&s, "bones", "1"));
  EXPECT_TRUE(table().set(&s, "bones", "+200"));
  EXPECT_EQ(s.bones, 200);
  for (const char* bad : {"0", "201", "99999999999999999999", "-3"}) {
    const std::string error = error_of(table().set(&s, "bones", bad));
    for (const std::string part : {"bones", bad, "out of range", "between 1 and 200"})
      EXPECT_TRUE(has(error, part)) << error;
  }
  EXPECT_TRUE(has(error_of(table().set(&s, "rigidity", "10.5")), "between 0 and 10"));
  EXPECT_EQ(s.bones, 200);  // a failure changes nothing
}

TEST(Options, TextOfTheWrongTypeIsRefused) {
  Settings s;
  for (const char* bad : {"", "+", "1.5", "2x", " 3", "0x10"})
    EXPECT_TRUE(has(error_of(table().set(&s, "bones", bad)), "not a whole number")) << bad;
  for (const char* bad : {"", "nan", "inf", "-inf", "1,5", "one"})
    EXPECT_TRUE(has(error_of(table().set(&s, "rigidity", bad)), "rigidity")) << bad;
  EXPECT_TRUE(has(error_of(table().set(&s, "symmetric", "maybe")), "neither true nor false"));
  EXPECT_TRUE(has(error_of(table().set(&s, "category", "fish")), "auto, human, bird"));
}

TEST(Options, UnknownNamesGetASuggestionOrTheList) {
  Settings s;
  EXPECT_TRUE(has(error_of(table().set(&s, "catgory", "auto")), "did you mean 'category'?"));
  EXPECT_TRUE(has(error_of(table().set(&s, "temperature", "1")), "symmetric, bones, rigidity, category, note"));
  EXPECT_EQ(closest_name("max_frames", {"min-depth", "max-frames"}), "max-frames");
  EXPECT_EQ(closest_name("zzz", {"fps", "x"}), "");
}

TEST(Options, JsonWithUnknownKeysOrWrongTypesNamesTheKey) {
  Settings s;
  const auto error = [&](const char* text) { return error_of(table().from_json(&s, nlohmann::json::parse(text))); };
  EXPECT_TRUE(has(error(R"({"bone": 3})"), "unknown option 'bone'; did you mean 'bones'?"));
  EXPECT_TRUE(has(error(R"({"bones": "3"})"), "option 'bones': \"3\" is not a whole number"));
  EXPECT_TRUE(has(error(R"({"bones": 3.5})"), "bones"));
  EXPECT_TRUE(has(error(R"({"bones": 100000000000000})"), "out of range"));
  EXPECT_TRUE(has(error(R"({"symmetric": 1})"), "symmetric"));
  EXPECT_TRUE(has(error(R"({"rigidity": null})"), "rigidity"));
  EXPECT_TRUE(has(error("[1, 2]"), "JSON object"));
  EXPECT_EQ(s.bones, 25);
  EXPECT_TRUE(table().from_json(&s, nlohmann::json::parse(R"({"rigidity": 2, "bones": 7})")));
  EXPECT_EQ(s.bones, 7);
  EXPECT_EQ(s.rigidity, 2);
}

TEST(Options, ChangedRowsThatMeanNothingAreRefusedByTheirFlag) {
  Settings s;
  EXPECT_TRUE(table().refuse_changed(&s, {"bones", "rigidity", "symmetric"}, "not here"));
  s.bones = 7;
  EXPECT_TRUE(table().refuse_changed(&s, {"rigidity", "symmetric"}, "not here"));
  EXPECT_EQ(error_of(table().refuse_changed(&s, {"rigidity", "bones"}, "not here")), "--bones: not here");
  s.symmetric = !s.symmetric;
  EXPECT_EQ(error_of(table().refuse_changed(&s, {"symmetric"}, "not here")),
            s.symmetric ? "--symmetric: not here" : "--no-symmetric: not here");
}

TEST(Options, MarkdownHasARowPerOption) {
  const std::string text = table().to_markdown();
  EXPECT_TRUE(has(text, "| `bones` | whole number | `25` | 1 … 200 | number of bones |\n"));
  EXPECT_TRUE(has(text, "| `category` | text | `auto` | auto, human, bird | kind of subject |\n"));
  EXPECT_TRUE(has(text, "any text \\| kept"));
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 2 + 5);
}

}  // namespace
}  // namespace mp4d
