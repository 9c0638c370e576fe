#include "core/files.h"
#include "io/internal/imported_scene.h"
#include <charconv>
#include <map>

namespace mp4d {
namespace {

/// Words of one line.
class Words {
 public:
  explicit Words(std::string_view line) : rest_(line) {}

  std::string_view next() {
    const std::size_t begin = rest_.find_first_not_of(" \t\r");
    if (begin == std::string_view::npos) return rest_ = {};
    rest_.remove_prefix(begin);
    const std::size_t end = std::min(rest_.find_first_of(" \t\r"), rest_.size());
    const std::string_view word = rest_.substr(0, end);
    rest_.remove_prefix(end);
    return word;
  }

  /// What is left, without the blanks around it.
  std::string remainder() const {
    const std::size_t begin = rest_.find_first_not_of(" \t\r");
    if (begin == std::string_view::npos) return {};
    return std::string(rest_.substr(begin, rest_.find_last_not_of(" \t\r") - begin + 1));
  }

 private:
  std::string_view rest_;
};

template <class T>
bool parse(std::string_view word, T& value) {
  const auto result = std::from_chars(word.data(), word.data() + word.size(), value);
  return result.ec == std::errc() && result.ptr == word.data() + word.size();
}

/// Up to `limit` numbers; false if a word is none.
bool parse_numbers(Words& words, std::size_t limit, std::vector<float>& out) {
  out.clear();
  for (std::string_view word = words.next(); !word.empty() && out.size() < limit; word = words.next()) {
    if (!parse(word, out.emplace_back())) return false;
  }
  return true;
}

template <class Line>
Result<void> for_each_line(const std::string& text, Line&& on_line) {
  std::size_t number = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    MP4D_CHECK(on_line(++number, Words(std::string_view(text).substr(at, end - at))));
    at = end + 1;
  }
  return {};
}

class ObjReader {
 public:
  ObjReader(const std::filesystem::path& path, JobContext* job) : path_(path), job_(job), textures_(path.string()) {}

  Result<ImportedScene> run() {
    MP4D_TRY(text, read_file(path_));
    MP4D_CHECK(for_each_line(text, [&](std::size_t number, Words words) { return read_line(number, words); }));
    return assemble();
  }

 private:
  tl::unexpected<Error> error(std::size_t line, std::string_view what) const {
    return fail(ErrorCode::kInput, "{}: line {}: {}", path_.string(), line, what);
  }

  Result<void> read_line(std::size_t line, Words& words) {
    const std::string_view key = words.next();
    if (key == "v") {
      if (!parse_numbers(words, 7, numbers_) || numbers_.size() < 3) return error(line, "a vertex needs three numbers");
      verts_.insert(verts_.end(), numbers_.begin(), numbers_.begin() + 3);
      colored_ |= numbers_.size() >= 6;
      for (std::size_t k = 3; k < 6; ++k) colors_.push_back(numbers_.size() >= 6 ? numbers_[k] : 1);
    } else if (key == "vt") {
      if (!parse_numbers(words, 3, numbers_) || numbers_.size() < 2) return error(line, "vt needs two numbers");
      uvs_.push_back(Vec2(numbers_[0], 1 - numbers_[1]));
    } else if (key == "vn") {
      if (!parse_numbers(words, 3, numbers_) || numbers_.size() < 3) return error(line, "vn needs three numbers");
      normals_.push_back(Vec3(numbers_[0], numbers_[1], numbers_[2]));
    } else if (key == "f") {
      return read_face(line, words);
    } else if (key == "mtllib") {
      return read_materials(words.remainder());
    } else if (key == "usemtl") {
      const auto found = material_of_.find(words.remainder());
      material_ = found == material_of_.end() ? -1 : found->second;
    }
    return {};
  }

  struct Corner {
    int vert, uv, normal;  // -1 = none
  };

  Result<void> read_face(std::size_t line, Words& words) {
    std::vector<Corner> corners;
    for (std::string_view word = words.next(); !word.empty(); word = words.next()) {
      int index[3] = {-1, -1, -1};
      const std::size_t counts[3] = {verts_.size() / 3, uvs_.size(), normals_.size()};
      for (int part = 0; part < 3 && !word.empty(); ++part) {
        const std::size_t slash = std::min(word.find('/'), word.size());
        const std::string_view digits = word.substr(0, slash);
        word.remove_prefix(std::min(slash + 1, word.size()));
        if (digits.empty() && part > 0) continue;
        long long value = 0;
        if (!parse(digits, value)) return error(line, "a face corner is no number");
        const long long count = static_cast<long long>(counts[part]);
        value = value < 0 ? count + value : value - 1;
        if (value < 0 || value >= count) {
          return error(line, fmt::format("a face refers to entry {} of {}", value + 1, count));
        }
        index[part] = static_cast<int>(value);
      }
      corners.push_back({index[0], index[1], index[2]});
    }
    if (corners.size() < 3) return error(line, "a face needs three corners");
    for (std::size_t k = 2; k < corners.size(); ++k) {
      for (const std::size_t c : {std::size_t{0}, k - 1, k}) corners_.push_back(corners[c]);
      face_material_.push_back(material_);
    }
    return {};
  }

  Result<void> read_materials(const std::string& name) {
    MP4D_TRY(file, resolve_reference(path_, name));
    const auto text = read_regular_file(file);
    if (!text) {
      warn(job_, fmt::format("{}: material file '{}' is missing; put it beside the model", path_.string(), name));
      return {};
    }
    return for_each_line(*text, [&](std::size_t, Words words) { return read_material_line(words); });
  }

  Result<void> read_material_line(Words& words) {
    const std::string_view key = words.next();
    if (key == "newmtl") {
      Material material;
      material.name = words.remainder();
      material_of_[material.name] = static_cast<int>(scene_.materials.size());
      scene_.materials.push_back(std::move(material));
      picture_of_.push_back(-1);
    }
    if (scene_.materials.empty()) return {};
    Material& material = scene_.materials.back();
    if (key == "Kd" && parse_numbers(words, 3, numbers_) && numbers_.size() == 3 && picture_of_.back() < 0) {
      material.base_color.head<3>() = Vec3(numbers_[0], numbers_[1], numbers_[2]);
    } else if (key == "d" && parse_numbers(words, 1, numbers_) && numbers_.size() == 1) {
      material.base_color[3] = numbers_[0];
    } else if (key == "map_Kd") {
      std::string name = words.remainder();
      if (name.rfind('-', 0) == 0) name = name.substr(name.find_last_of(" \t") + 1);  // after options
      MP4D_TRY(file, resolve_reference(path_, name));
      const auto picture = textures_.find(file.string(), [&]() -> Result<Image> {
        MP4D_TRY(bytes, read_regular_file(file));
        return decode_image(bytes);
      });
      if (!picture && picture.error().code == ErrorCode::kResource) return tl::unexpected(picture.error());
      picture_of_.back() = picture.value_or(-1);
      if (!picture) {
        warn(job_, fmt::format("{}: texture '{}' is missing or unreadable; put it beside the model as PNG or JPEG",
                               path_.string(), name));
      } else {
        material.base_color.head<3>().setOnes();
      }
    }
    return {};
  }

  /// The file's vertices in its order, then a copy for every further texture coordinate that one has: the same
  /// faces give the same topology in every file of a sequence. Normals are averaged at each vertex.
  Result<ImportedScene> assemble() {
    ImportedMesh mesh;
    mesh.name = path_.stem().string();
    std::vector<int> vert_of, uv_of(verts_.size() / 3, -1);
    for (std::size_t v = 0; v < verts_.size() / 3; ++v) vert_of.push_back(static_cast<int>(v));
    std::map<std::pair<int, int>, int> copies;
    mesh.faces.resize(static_cast<Eigen::Index>(corners_.size() / 3), 3);
    for (std::size_t c = 0; c < corners_.size(); ++c) {
      const Corner& corner = corners_[c];
      int index = corner.vert;
      if (uv_of[index] < 0) uv_of[index] = corner.uv;
      if (corner.uv >= 0 && uv_of[index] != corner.uv) {
        const auto [copy, is_new] = copies.try_emplace({corner.vert, corner.uv}, static_cast<int>(vert_of.size()));
        if (is_new) {
          vert_of.push_back(corner.vert);
          uv_of.push_back(corner.uv);
        }
        index = copy->second;
      }
      mesh.faces(static_cast<Eigen::Index>(c / 3), static_cast<Eigen::Index>(c % 3)) = index;
    }
    const Eigen::Index count = static_cast<Eigen::Index>(vert_of.size());
    mesh.verts.resize(count, 3);
    if (colored_) mesh.colors.resize(count, 3);
    if (!uvs_.empty()) mesh.uvs.setZero(count, 2);
    for (Eigen::Index v = 0; v < count; ++v) {
      for (int k = 0; k < 3; ++k) mesh.verts(v, k) = verts_[3 * vert_of[v] + k];
      for (int k = 0; k < 3 && colored_; ++k) mesh.colors(v, k) = colors_[3 * vert_of[v] + k];
      if (uv_of[v] >= 0) mesh.uvs.row(v) = uvs_[uv_of[v]].transpose();
    }
    if (!normals_.empty()) average_normals(mesh);
    for (int& material : face_material_) {
      if (material >= 0) continue;
      if (default_material_ < 0) {
        default_material_ = static_cast<int>(scene_.materials.size());
        Material plain;
        if (colored_) plain.base_color = Vec4::Ones();
        scene_.materials.push_back(plain);
        picture_of_.push_back(-1);
      }
      material = default_material_;
    }
    mesh.face_material = std::move(face_material_);
    MP4D_CHECK(textures_.hand_out(picture_of_, scene_.materials));
    scene_.nodes.push_back({mesh.name, -1, {}, true, false});
    scene_.meshes.push_back(std::move(mesh));
    return std::move(scene_);
  }

  void average_normals(ImportedMesh& mesh) const {
    mesh.normals.setZero(mesh.verts.rows(), 3);
    for (std::size_t c = 0; c < corners_.size(); ++c) {
      if (corners_[c].normal < 0) continue;
      mesh.normals.row(mesh.faces(static_cast<Eigen::Index>(c / 3), static_cast<Eigen::Index>(c % 3))) +=
          normals_[corners_[c].normal].transpose();
    }
    const Points computed = vertex_normals(mesh.verts, mesh.faces);
    for (Eigen::Index v = 0; v < mesh.normals.rows(); ++v) {
      const float norm = mesh.normals.row(v).norm();
      if (norm > 1e-6f) mesh.normals.row(v) /= norm;
      else mesh.normals.row(v) = computed.row(v);
    }
  }

  const std::filesystem::path& path_;
  JobContext* job_;
  ImportedScene scene_;
  std::vector<float> numbers_, verts_, colors_;
  std::vector<Vec2> uvs_;
  std::vector<Vec3> normals_;
  std::vector<Corner> corners_;
  std::vector<int> face_material_;
  std::map<std::string, int> material_of_;
  std::vector<int> picture_of_;  // one a material
  Textures textures_;
  int material_ = -1, default_material_ = -1;
  bool colored_ = false;
};

}  // namespace

Result<ImportedScene> import_obj(const std::filesystem::path& path, JobContext* job) {
  return ObjReader(path, job).run();
}

}  // namespace mp4d
