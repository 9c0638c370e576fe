#include "reconstruction/human/makehuman_files.h"
#include "core/files.h"
#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <string_view>

namespace mp4d::human {
namespace {

constexpr float kMetresPerUnit = 0.1f;

/// Walks over a text line by line and over a line word by word.
class LineReader {
 public:
  LineReader(const std::filesystem::path& path, std::string_view text) : path_(path), rest_(text) {}

  bool next_line() {
    if (rest_.empty()) return false;
    const std::size_t end = std::min(rest_.find('\n'), rest_.size());
    line_ = rest_.substr(0, end);
    rest_.remove_prefix(std::min(end + 1, rest_.size()));
    ++number_;
    return true;
  }

  /// Empty at the end of the line.
  std::string_view word() {
    const std::size_t start = line_.find_first_not_of(kBlanks);
    if (start == std::string_view::npos) return line_ = {};
    line_.remove_prefix(start);
    const std::size_t end = std::min(line_.find_first_of(kBlanks), line_.size());
    const std::string_view found = line_.substr(0, end);
    line_.remove_prefix(end);
    return found;
  }

  template <class T>
  bool number(T& value) {
    return parse(word(), value);
  }

  template <class T>
  static bool parse(std::string_view word, T& value) {
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
    return error == std::errc() && end == word.data() + word.size();
  }

  tl::unexpected<Error> error(std::string_view expected) const {
    return fail(ErrorCode::kInput, "{}, line {}: expected {}; unpack the MakeHuman data again", path_.string(), number_,
                expected);
  }

 private:
  static constexpr std::string_view kBlanks = " \t\r";
  const std::filesystem::path& path_;
  std::string_view rest_, line_;
  int number_ = 0;
};

bool in_range(int vertex, int count) { return vertex >= 0 && vertex < count; }

Points rows(const std::vector<Vec3>& vectors) {
  Points points(static_cast<Eigen::Index>(vectors.size()), 3);
  for (std::size_t i = 0; i < vectors.size(); ++i) points.row(static_cast<Eigen::Index>(i)) = vectors[i].transpose();
  return points;
}

}  // namespace

Result<ObjFile> read_obj_groups(const std::filesystem::path& path) {
  MP4D_TRY(text, read_file(path));
  ObjFile obj;
  std::vector<Vec3> verts;
  std::vector<std::array<int, 3>> faces;
  std::vector<int> polygon;
  int group = -1;
  for (LineReader lines(path, text); lines.next_line();) {
    const std::string_view keyword = lines.word();
    if (keyword == "v") {
      Vec3 v;
      if (!(lines.number(v.x()) && lines.number(v.y()) && lines.number(v.z()))) return lines.error("three coordinates");
      verts.push_back(v * kMetresPerUnit);
    } else if (keyword == "g") {
      const std::string name(lines.word());
      const auto found = std::find(obj.groups.begin(), obj.groups.end(), name);
      group = static_cast<int>(found - obj.groups.begin());
      if (found == obj.groups.end()) obj.groups.push_back(name);
    } else if (keyword == "f") {
      polygon.clear();
      for (std::string_view corner = lines.word(); !corner.empty(); corner = lines.word()) {
        int vertex = 0;
        if (!LineReader::parse(corner.substr(0, corner.find('/')), vertex) ||
            !in_range(vertex - 1, static_cast<int>(verts.size())))
          return lines.error("vertices that were given above");
        polygon.push_back(vertex - 1);
      }
      if (polygon.size() < 3) return lines.error("a face of three vertices or more");
      for (std::size_t i = 2; i < polygon.size(); ++i) {
        faces.push_back({polygon[0], polygon[i - 1], polygon[i]});
        obj.group_of_face.push_back(group);
      }
    }
  }
  if (faces.empty()) return fail(ErrorCode::kInput, "{}: no faces; unpack the MakeHuman data again", path.string());
  obj.verts = rows(verts);
  obj.faces.resize(static_cast<Eigen::Index>(faces.size()), 3);
  for (std::size_t f = 0; f < faces.size(); ++f)
    for (int corner = 0; corner < 3; ++corner) obj.faces(static_cast<Eigen::Index>(f), corner) = faces[f][corner];
  return obj;
}

Result<MorphTarget> read_morph_target(const std::filesystem::path& path, int base_vertex_count) {
  MP4D_TRY(text, read_file(path));
  MorphTarget target;
  std::vector<Vec3> offsets;
  for (LineReader lines(path, text); lines.next_line();) {
    const std::string_view first = lines.word();
    if (first.empty() || first.front() == '#') continue;
    int vertex = 0;
    Vec3 offset;
    if (!LineReader::parse(first, vertex) || !in_range(vertex, base_vertex_count) || !lines.number(offset.x()) ||
        !lines.number(offset.y()) || !lines.number(offset.z()))
      return lines.error("a vertex of the base mesh and its offset");
    target.vertices.push_back(vertex);
    offsets.push_back(offset * kMetresPerUnit);
  }
  target.offsets = rows(offsets);
  return target;
}

Result<ClothesFile> read_clothes(const std::filesystem::path& path, int base_vertex_count) {
  MP4D_TRY(text, read_file(path));
  ClothesFile clothes;
  std::vector<Vec3> weights, offsets;
  enum class Section { kHeader, kVertices, kHidden } section = Section::kHeader;
  int spans_found = 0;
  for (LineReader lines(path, text); lines.next_line();) {
    std::string_view first = lines.word();
    if (first.empty() || first.front() == '#') continue;
    const bool keyword = first.front() >= 'a' && first.front() <= 'z';
    if (keyword && first.size() == 7 && first.substr(1) == "_scale" && first.front() >= 'x') {
      ClothesFile::Span& span = clothes.spans[first.front() - 'x'];
      if (!lines.number(span.from) || !lines.number(span.to) || !lines.number(span.length) ||
          !in_range(span.from, base_vertex_count) || !in_range(span.to, base_vertex_count) || span.length <= 0)
        return lines.error("two vertices of the base mesh and a length");
      span.length *= kMetresPerUnit;
      ++spans_found;
    } else if (first == "obj_file") {
      clothes.obj = path.parent_path() / lines.word();
    } else if (first == "verts") {
      section = Section::kVertices;
    } else if (first == "delete_verts") {
      section = Section::kHidden;
    } else if (keyword) {
      continue;  // names, materials and drawing order, which may also stand after `verts`
    } else if (section == Section::kVertices) {
      std::array<int, 3> reference{};
      Vec3 weight, offset;
      bool good = LineReader::parse(first, reference[0]) && lines.number(reference[1]) && lines.number(reference[2]);
      for (Vec3* v : {&weight, &offset})
        good = good && lines.number(v->x()) && lines.number(v->y()) && lines.number(v->z());
      for (const int r : reference) good = good && in_range(r, base_vertex_count);
      if (!good) return lines.error("three vertices of the base mesh, three weights and an offset");
      clothes.references.push_back(reference);
      weights.push_back(weight);
      offsets.push_back(offset * kMetresPerUnit);
    } else if (section == Section::kHidden) {
      bool to_next = false;
      for (; !first.empty(); first = lines.word()) {
        int vertex = 0;
        if (first == "-") {
          to_next = true;
        } else if (!LineReader::parse(first, vertex) || !in_range(vertex, base_vertex_count)) {
          return lines.error("vertices of the base mesh");
        } else if (to_next && !clothes.hidden.empty()) {
          for (int v = clothes.hidden.back() + 1; v <= vertex; ++v) clothes.hidden.push_back(v);
          to_next = false;
        } else {
          clothes.hidden.push_back(vertex);
        }
      }
    }
  }
  if (clothes.references.empty() || clothes.obj.empty() || spans_found < 3)
    return fail(ErrorCode::kInput,
                "{}: obj_file, x_scale, y_scale, z_scale or the vertices are missing; unpack the MakeHuman data again",
                path.string());
  clothes.weights = rows(weights);
  clothes.offsets = rows(offsets);
  return clothes;
}

Result<BoneWeights> read_bone_weights(const std::filesystem::path& path, int base_vertex_count) {
  MP4D_TRY(text, read_file(path));
  const nlohmann::json json = nlohmann::json::parse(text, nullptr, false);
  if (!json.is_object() || !json.contains("weights") || !json["weights"].is_object())
    return fail(ErrorCode::kInput, "{}: not a file of bone weights; unpack the MakeHuman data again", path.string());
  BoneWeights bones;
  for (const auto& [bone, pairs] : json["weights"].items())
    for (const auto& pair : pairs) {
      if (!pair.is_array() || pair.size() != 2 || !pair[0].is_number_integer() || !pair[1].is_number() ||
          !in_range(pair[0].get<int>(), base_vertex_count))
        return fail(ErrorCode::kInput, "{}: bone {}: expected pairs of a vertex of the base mesh and a weight",
                    path.string(), bone);
      bones[bone].emplace_back(pair[0].get<int>(), pair[1].get<float>());
    }
  return bones;
}

}  // namespace mp4d::human
