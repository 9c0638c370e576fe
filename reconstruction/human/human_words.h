#pragma once
#include "core/result.h"
#include "reconstruction/human/attribute_code.h"
#include <optional>

namespace mp4d::human {

/// What a text says of a person.
struct HumanDescription {
  Attributes attributes;     ///< what the text leaves open is drawn at random, by the seed
  std::string pose;          ///< a preset's name, or empty
  std::array<std::optional<Vec3>, kBodyPartCount> colors;  ///< sRGB 0..1
  std::vector<std::string> understood;  ///< "tall", "red shirt", "sit": what each found word or phrase stood for
  std::vector<std::string> unknown;     ///< words that mean nothing here
  std::vector<std::string> taken_for;   ///< "tiny -> small (0.82)": words that were unknown and taken for a known one
};

/// Reads words by the closed vocabulary of assets/human/words.json; case and punctuation do not matter. Numbers before
/// "year(s) old" are ages. An empty text is a random person. Where word vectors are installed, unknown words are taken for known
/// ones that are used like them (similar_words.h). Errors (kInput): a vocabulary or word vectors that cannot be read, naming
/// the file and the entry.
Result<HumanDescription> describe_human(const std::string& text, std::uint64_t seed);

}  // namespace mp4d::human
