#include "reconstruction/human/similar_words.h"
#include "io/networks.h"
#include "io/word_vectors.h"
#include <algorithm>
#include <numeric>

namespace mp4d::human {
namespace {

constexpr float kLeastSimilarity = 0.66f;  // measured: docs/human.md
constexpr float kRivals = 0.06f;           // as near as this to the nearest they have a say
constexpr std::size_t kShortest = 3;       // pronouns are everybody's neighbours

/// Whether two words pull an attribute away from the average in opposite directions.
bool contradict(const nlohmann::json& attributes, const std::string& a, const std::string& b) {
  if (!attributes.contains(a) || !attributes.contains(b)) return false;
  for (const auto& [name, value] : attributes[a].items()) {
    const auto other = attributes[b].find(name);
    if (value.is_number() && other != attributes[b].end() && other->is_number() &&
        (value.get<float>() - 0.5f) * (other->get<float>() - 0.5f) < 0)
      return true;
  }
  return false;
}

}  // namespace

Result<std::map<std::string, SimilarWord>> similar_words(const std::vector<std::string>& unknown, const nlohmann::json& vocabulary) {
  std::vector<std::string> targets, asked = unknown;
  for (const char* section : {"attributes", "garments", "parts", "poses"})
    for (const auto& [word, meaning] : vocabulary[section].items())
      if (word.size() >= kShortest) targets.push_back(word);
  asked.insert(asked.end(), targets.begin(), targets.end());
  MP4D_TRY(package, find_network("words"));
  MP4D_TRY(vectors, word_vectors(network_path(package, network_folder()), asked));

  std::map<std::string, SimilarWord> out;
  for (const std::string& word : unknown) {
    const auto from = vectors.find(word);
    if (from == vectors.end()) continue;
    std::vector<SimilarWord> near;
    for (const std::string& target : targets)
      if (const auto to = vectors.find(target); to != vectors.end())
        near.push_back({target, std::inner_product(from->second.begin(), from->second.end(), to->second.begin(), 0.0f)});
    if (near.empty()) continue;
    const SimilarWord best = *std::max_element(near.begin(), near.end(), [](const SimilarWord& a, const SimilarWord& b) { return a.similarity < b.similarity; });
    const bool torn = std::any_of(near.begin(), near.end(), [&](const SimilarWord& other) {
      return other.similarity > best.similarity - kRivals && contradict(vocabulary["attributes"], best.word, other.word);
    });
    if (best.similarity >= kLeastSimilarity && !torn) out[word] = best;
  }
  return out;
}

}  // namespace mp4d::human
