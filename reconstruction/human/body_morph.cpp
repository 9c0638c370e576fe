#include "reconstruction/human/body_morph.h"
#include <algorithm>
#include <cmath>
#include <functional>
#include <optional>
#include <string>

namespace mp4d::human {
namespace {

/// Positions 0..1 at which the words of an attribute apply in full; linear between.
struct Scale {
  std::vector<std::string> words;
  std::vector<float> positions;

  std::vector<float> weights(float value) const {
    value = std::clamp(value, 0.0f, 1.0f);
    std::vector<float> weights(words.size(), 0.0f);
    std::size_t above = 1;
    while (above + 1 < positions.size() && value > positions[above]) ++above;
    const float along = (value - positions[above - 1]) / (positions[above] - positions[above - 1]);
    weights[above - 1] = 1 - along;
    weights[above] = along;
    return weights;
  }
};

// An empty word stands for what the base mesh is already, and has no target.
const Scale kSex = {{"female", "male"}, {0, 1}};
const Scale kAge = {{"baby", "child", "young", "old"}, {0, 0.1875f, 0.5f, 1}};
const Scale kMuscle = {{"minmuscle", "averagemuscle", "maxmuscle"}, {0, 0.5f, 1}};
const Scale kWeight = {{"minweight", "averageweight", "maxweight"}, {0, 0.5f, 1}};
const Scale kHeight = {{"minheight", "", "maxheight"}, {0, 0.5f, 1}};
const Scale kProportions = {{"uncommonproportions", "", "idealproportions"}, {0, 0.5f, 1}};
const std::vector<std::string> kAncestry = {"african", "asian", "caucasian"};

/// The weight of each word of each attribute, for one person.
struct WordWeights {
  std::vector<float> sex, age, muscle, weight, height, proportions, ancestry;

  explicit WordWeights(const Attributes& a)
      : sex(kSex.weights(a.sex)),
        age(kAge.weights(a.age)),
        muscle(kMuscle.weights(a.muscle)),
        weight(kWeight.weights(a.weight)),
        height(kHeight.weights(a.height)),
        proportions(kProportions.weights(a.proportions)),
        ancestry(3) {
    float sum = 0;
    for (int i = 0; i < 3; ++i) sum += ancestry[i] = std::max(a.ancestry[i], 0.0f);
    for (float& share : ancestry) share = sum > 0 ? share / sum : 1.0f / 3;
  }
};

/// Calls `visit` with the file and the weight of every target, in a fixed order.
void visit_targets(const WordWeights& w,
                   const std::function<void(const std::function<std::string()>& file, float weight)>& visit) {
  for (std::size_t s = 0; s < kSex.words.size(); ++s)
    for (std::size_t a = 0; a < kAge.words.size(); ++a) {
      const std::string sex_age = kSex.words[s] + "-" + kAge.words[a];
      const float sex_age_weight = w.sex[s] * w.age[a];
      for (std::size_t r = 0; r < kAncestry.size(); ++r)
        visit([&] { return kAncestry[r] + "-" + sex_age; }, sex_age_weight * w.ancestry[r]);
      for (std::size_t m = 0; m < kMuscle.words.size(); ++m)
        for (std::size_t k = 0; k < kWeight.words.size(); ++k) {
          const float build_weight = sex_age_weight * w.muscle[m] * w.weight[k];
          const auto build = [&] { return sex_age + "-" + kMuscle.words[m] + "-" + kWeight.words[k]; };
          visit([&] { return "universal-" + build(); }, build_weight);
          for (const std::size_t h : {0, 2})
            visit([&] { return "height/" + build() + "-" + kHeight.words[h]; }, build_weight * w.height[h]);
          if (kAge.words[a] == "baby") continue;  // has no targets of proportions
          for (const std::size_t p : {0, 2})
            visit([&] { return "proportions/" + build() + "-" + kProportions.words[p]; },
                  build_weight * w.proportions[p]);
        }
    }
}

}  // namespace

Result<BodyMorph> BodyMorph::load(const std::filesystem::path& targets, int base_vertex_count) {
  std::vector<std::filesystem::path> files;
  visit_targets(WordWeights(Attributes{}), [&](const std::function<std::string()>& file, float) {
    files.push_back(targets / "macrodetails" / (file() + ".target"));
  });
  BodyMorph morph;
  morph.targets_.resize(files.size());
  std::vector<std::optional<Error>> errors(files.size());
#pragma omp parallel for schedule(dynamic)
  for (std::size_t i = 0; i < files.size(); ++i) {
    Result<MorphTarget> target = read_morph_target(files[i], base_vertex_count);
    if (target)
      morph.targets_[i] = std::move(*target);
    else
      errors[i] = target.error();
  }
  for (const std::optional<Error>& error : errors)
    if (error) return tl::unexpected(*error);
  return morph;
}

Points BodyMorph::apply(const Points& base, const Attributes& attributes) const {
  Points verts = base;
  std::size_t index = 0;
  visit_targets(WordWeights(attributes), [&](const std::function<std::string()>&, float weight) {
    const MorphTarget& target = targets_[index++];
    if (weight == 0) return;
    const float* offset = target.offsets.data();
    for (const int vertex : target.vertices) {
      float* v = verts.data() + 3 * vertex;
      for (int axis = 0; axis < 3; ++axis) v[axis] += weight * *offset++;
    }
  });
  return verts;
}

}  // namespace mp4d::human
