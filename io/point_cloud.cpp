#include "io/point_cloud.h"
#include "core/files.h"
#include <cstring>
#include <map>
#include <sstream>

namespace mp4d {
namespace {

struct Header {
  bool ascii = false;
  std::size_t vertices = 0;
  std::vector<std::pair<std::string, std::string>> properties;  // type, name
  std::size_t end = 0;                                          // where the content begins
};

std::size_t size_of(const std::string& type) {
  static const std::map<std::string, std::size_t> kSizes{
      {"char", 1},  {"uchar", 1},  {"int8", 1},  {"uint8", 1},  {"short", 2},   {"ushort", 2}, {"int16", 2},  {"uint16", 2},
      {"int", 4},   {"uint", 4},   {"int32", 4}, {"uint32", 4}, {"float", 4},   {"float32", 4}, {"double", 8}, {"float64", 8}};
  const auto found = kSizes.find(type);
  return found == kSizes.end() ? 0 : found->second;
}

Result<Header> read_header(const std::string& text, const std::string& where) {
  const auto bad = [&where](const char* what) {
    return fail(ErrorCode::kInput, "{}: {}; write it as an ASCII or little-endian PLY", where, what);
  };
  const std::size_t end = text.find("end_header");
  if (text.compare(0, 3, "ply") != 0 || end == std::string::npos) return bad("not a PLY file");
  Header header;
  header.end = text.find('\n', end) + 1;
  std::istringstream lines(text.substr(0, end));
  bool in_vertices = false, first_element = true;
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string word, a, b;
    words >> word >> a >> b;
    if (word == "format") {
      if (a != "ascii" && a != "binary_little_endian") return bad("its byte order is not known here");
      header.ascii = a == "ascii";
    } else if (word == "element") {
      in_vertices = a == "vertex";
      if (in_vertices && !first_element) return bad("its vertices do not come first");
      if (in_vertices) header.vertices = std::strtoull(b.c_str(), nullptr, 10);
      first_element = false;
    } else if (word == "property" && in_vertices) {
      if (size_of(a) == 0) return bad("a vertex property is of a type that is not known here");
      header.properties.emplace_back(a, b);
    }
  }
  return header;
}

double binary_value(const std::string& type, const char* at) {
  if (type == "float" || type == "float32") {
    float value;
    std::memcpy(&value, at, sizeof value);
    return value;
  }
  double value;
  std::memcpy(&value, at, sizeof value);
  return value;
}

}  // namespace

Result<Points> finite_points(Points points, const std::string& where) {
  for (Eigen::Index i = 0; i < points.rows(); ++i)
    if (!points.row(i).allFinite())
      return fail(ErrorCode::kInput, "{}: point {} is not finite; leave it out", where, i);
  return points;
}

Result<Points> read_ply_points(const std::filesystem::path& path) {
  MP4D_TRY(text, read_regular_file(path));
  MP4D_TRY(header, read_header(text, path.string()));
  std::size_t stride = 0;
  unsigned found = 0;  // a bit an axis
  std::size_t column[3] = {}, offset[3] = {};
  for (std::size_t p = 0; p < header.properties.size(); ++p) {
    const auto& [type, name] = header.properties[p];
    if (name.size() == 1 && name[0] >= 'x' && name[0] <= 'z') {
      const auto axis = static_cast<std::size_t>(name[0] - 'x');
      if (!type.starts_with("float") && !type.starts_with("double"))
        return fail(ErrorCode::kInput, "{}: '{}' must be float or double, not {}", path.string(), name, type);
      column[axis] = p, offset[axis] = stride, found |= 1u << axis;
    }
    stride += size_of(type);
  }
  const auto cut = [&] { return fail(ErrorCode::kInput, "{}: ends before its last vertex; copy it again", path.string()); };
  if (found != 7) return fail(ErrorCode::kInput, "{}: its vertices have no x, y, z", path.string());
  if (header.vertices > text.size()) return cut();
  Points points(static_cast<Eigen::Index>(header.vertices), 3);
  if (header.ascii) {
    std::istringstream words(text.substr(header.end));
    std::vector<double> row(header.properties.size());
    for (Eigen::Index i = 0; i < points.rows(); ++i) {
      for (double& value : row)
        if (!(words >> value)) return cut();
      for (int axis = 0; axis < 3; ++axis) points(i, axis) = static_cast<float>(row[column[axis]]);
    }
    return finite_points(std::move(points), path.string());
  }
  if ((text.size() - header.end) / stride < header.vertices) return cut();
  for (Eigen::Index i = 0; i < points.rows(); ++i)
    for (int axis = 0; axis < 3; ++axis)
      points(i, axis) = static_cast<float>(
          binary_value(header.properties[column[axis]].first,
                       text.data() + header.end + static_cast<std::size_t>(i) * stride + offset[axis]));
  return finite_points(std::move(points), path.string());
}

Result<void> write_ply_points(const std::filesystem::path& path, const Points& points) {
  std::string text = fmt::format(
      "ply\nformat binary_little_endian 1.0\nelement vertex {}\nproperty float x\nproperty float y\nproperty float z\n"
      "end_header\n",
      points.rows());
  text.append(reinterpret_cast<const char*>(points.data()), static_cast<std::size_t>(points.size()) * sizeof(float));
  return write_atomically(path, text);
}

}  // namespace mp4d
