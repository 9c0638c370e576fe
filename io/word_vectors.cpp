#include "io/word_vectors.h"
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <set>

namespace mp4d {
namespace {

constexpr std::size_t kDimensions = 100;

/// The numbers behind the last '[', as many as a vector has, divided by their length; empty if they are not there.
std::vector<float> parse_vector(const std::string& entry) {
  std::vector<float> out;
  const char* at = entry.c_str() + entry.rfind('[') + 1;
  double squares = 0;
  while (out.size() < kDimensions) {
    char* end = nullptr;
    out.push_back(std::strtof(at, &end));
    if (end == at || !std::isfinite(out.back())) return {};
    squares += static_cast<double>(out.back()) * static_cast<double>(out.back());
    at = *end == ',' ? end + 1 : end;
  }
  if (squares == 0) return {};
  for (float& value : out) value /= static_cast<float>(std::sqrt(squares));
  return out;
}

}  // namespace

Result<std::map<std::string, std::vector<float>>> word_vectors(const std::filesystem::path& file, const std::vector<std::string>& words) {
  std::ifstream in(file, std::ios::binary);
  if (!in) return fail(ErrorCode::kInput, "{}: cannot be read", file.string());
  const std::set<std::string> wanted(words.begin(), words.end());
  std::map<std::string, std::vector<float>> out;
  // {"...":..., "words":[...], "vectors":{"word":[numbers],"word":[numbers], ...}, ...}: entries end at ']'.
  std::string entry;
  std::size_t entries = 0;
  for (bool in_vectors = false; std::getline(in, entry, ']');) {
    in_vectors = in_vectors || entry.find("\"vectors\":{") != std::string::npos;
    const std::size_t end = entry.rfind("\":[");
    if (!in_vectors || end == std::string::npos || end == 0) continue;
    ++entries;
    const std::size_t begin = entry.rfind('"', end - 1);  // no word that is asked for has an escaped quote in it
    const std::string word = begin == std::string::npos ? "" : entry.substr(begin + 1, end - begin - 1);
    if (!wanted.contains(word)) continue;
    std::vector<float> vector = parse_vector(entry);
    if (vector.empty())
      return fail(ErrorCode::kInput, "{}: the vector of '{}' is damaged; run 'magicpose4d models remove words', then install it again", file.string(), word);
    out[word] = std::move(vector);
  }
  if (entries == 0)
    return fail(ErrorCode::kInput, "{}: there are no word vectors in it; run 'magicpose4d models remove words', then install it again", file.string());
  return out;
}

}  // namespace mp4d
