#pragma once
#include "core/result.h"
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace mp4d::human {

struct SimilarWord {
  std::string word;
  float similarity = 0;  ///< cosine of their vectors
};

/// For those of `unknown` that have one, the word of the vocabulary (assets/human/words.json: attributes, garments, parts,
/// poses) that is most used like it, by the vectors of io/word_vectors.h. Vectors know neighbours, not meanings: "scrawny" is nearly
/// as near to "chubby" as to "skinny", so that words whose nearest neighbours pull an attribute both ways get none,
/// and colours, all of which are neighbours, are left out. Errors: those of word_vectors().
Result<std::map<std::string, SimilarWord>> similar_words(const std::vector<std::string>& unknown, const nlohmann::json& vocabulary);

}  // namespace mp4d::human
