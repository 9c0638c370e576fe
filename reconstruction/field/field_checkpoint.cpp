#include "reconstruction/field/field_checkpoint.h"
#include "core/files.h"
#include "core/hash.h"
#include "core/json_file.h"
#include "core/runtime.h"
#include "io/camera_set.h"
#include <algorithm>
#include <cmath>
#include <fstream>

namespace mp4d {
namespace {

// What FIELD2 wrote has no extension, and until FIELD3 all voxels were written, x fastest; now a byte a brick says whether
// it follows.
constexpr char kMagic[] = "MP4DFIELD4\n", kDenseMagic[] = "MP4DFIELD3\n", kOldMagic[] = "MP4DFIELD2\n";
constexpr std::size_t kMagicSize = sizeof kMagic - 1, kSumSize = 32;

struct Header {
  std::int32_t degree, size[3], geometry, network_inputs, factored;
  float origin[3], cell, unit, shift, sharpness;
  std::uint64_t about_bytes;
};

/// Of a field that has more than a box.
struct Extension {
  float centre[3], half[3], shell;  // of the contraction
  std::int32_t times;               // of planes and lines
  std::int32_t by_network;          // 1: a network in place of voxels
};

void to_array(const Vec3& v, float* out) { std::copy_n(v.data(), 3, out); }

Extension extension_of(const GridField& field) {
  Extension out{};
  to_array(field.contraction.centre, out.centre);
  to_array(field.contraction.half, out.half);
  out.shell = field.contraction.shell;
  out.times = field.factors.times;
  out.by_network = !field.position_network.empty();
  return out;
}

/// Calls visit(first line, lines) for each block that is stored.
template <class Visit>
void each_stored(const SparseLines& voxels, Visit visit) {
  for (std::size_t block = 0; block < voxels.blocks(); ++block)
    if (voxels.stored(block)) visit(voxels.data() + block * voxels.lines_a_block(), voxels.lines_a_block());
}

/// `dense`: the voxels of a file of an earlier version.
std::string sum_of(const Header& header, const Extension* extension, const std::string& about, const GridField& field, const std::vector<GridLine>* dense,
                   const std::vector<float>& learned) {
  ContentHash hash;
  hash.bytes(&header, sizeof header);
  if (extension) hash.bytes(extension, sizeof *extension);
  hash.text(about);
  if (dense) {
    hash.bytes(dense->data(), dense->size() * sizeof(GridLine));
  } else {
    hash.bytes(field.voxels.map().data(), field.voxels.map().size());
    each_stored(field.voxels, [&](const GridLine* lines, std::size_t count) { hash.bytes(lines, count * sizeof(GridLine)); });
  }
  return hash
      .bytes(field.occupied.data(), field.occupied.size() * sizeof(std::uint32_t))
      .bytes(learned.data(), learned.size() * sizeof(float))
      .hex();
}

template <class T>
void write_all(std::ofstream& out, const T* data, std::size_t count) {
  out.write(reinterpret_cast<const char*>(data), static_cast<std::streamsize>(count * sizeof(T)));
}

template <class T>
bool read_all(std::ifstream& in, T* data, std::size_t count) {
  return bool(in.read(reinterpret_cast<char*>(data), static_cast<std::streamsize>(count * sizeof(T))));
}

bool plausible(const Header& g) {
  constexpr std::int32_t kMost = 4096;
  for (const std::int32_t side : g.size)
    if (side < 2 || side > kMost) return false;
  return (g.degree == 1 || g.degree == 2) && (g.geometry == 0 || g.geometry == 1) && (g.factored ? g.network_inputs == PlaneFactors::kInputs : g.network_inputs == 0 || g.network_inputs == kGridFeatures || g.network_inputs == PositionNetwork::kFeatures) &&
          g.cell > 0 && g.unit > 0 && std::all_of(g.origin, g.origin + 7, [](float v) { return std::isfinite(v); });
}

bool plausible(const Extension& e) {
  if (e.times < 1 || e.times > 4096 || e.by_network < 0 || e.by_network > 1) return false;
  const float least = *std::min_element(e.half, e.half + 3), most = *std::max_element(e.half, e.half + 3);
  return (least > 0 && std::isfinite(most) && e.shell > 0 && std::isfinite(e.shell)) || (least == 0 && most == 0);
}

bool is_number(const nlohmann::json& json, double low, double high) {
  return json.is_number() && json.get<double>() >= low && json.get<double>() <= high;
}

bool is_vector(const nlohmann::json& json, double most) {
  return json.is_array() && json.size() == 3 && std::all_of(json.begin(), json.end(), [most](const auto& v) { return is_number(v, -most, most); });
}

bool is_curve(const nlohmann::json& json) {
  return json.is_array() && std::all_of(json.begin(), json.end(), [](const nlohmann::json& point) {
    const auto has = [&point](const char* name) { return point.contains(name) && point[name].is_number(); };
    return point.is_object() && has("step") && has("seconds") && (has("psnr") ? has("ssim") : !point.contains("psnr"));
  });
}

bool is_source(const nlohmann::json& json) {
  const auto whole = [&json](const char* name) { return json.contains(name) && json[name].is_number_integer() && is_number(json[name], 0, 1e9); };
  return json.is_object() && json.contains("path") && json["path"].is_string() && whole("hold-out") && whole("max-side");
}

constexpr double kMost = 1e12;  // scene units: as far as cameras may stand

Result<void> check_about(const std::filesystem::path& path, const nlohmann::json& about) {
  const auto item = [&about](const char* name) { return about.value(name, nlohmann::json()); };
  const auto up = item("up");
  const std::pair<const char*, bool> kinds[] = {
      {"near", is_number(item("near"), 0, kMost)},
      {"background", is_vector(item("background"), 1)},
      {"centre", is_vector(item("centre"), kMost)},
      {"up", is_vector(up, 2) && Vec3(up[0], up[1], up[2]).norm() > 1e-3f},
      {"inside", item("inside").is_boolean()},
      {"s3im_weight", is_number(item("s3im_weight"), 0, 1e6)},
      {"scene", is_source(item("scene"))},
      {"curve", is_curve(item("curve"))},
  };
  for (const auto& [name, sound] : kinds)
    if (!sound)
      return fail(ErrorCode::kInput, "{}: '{}' is missing or not what field train writes; copy the file again, or train again", path.string(), name);
  MP4D_TRY(set, cameras_from_json(item("cameras"), path.string() + ": cameras"));
  if (set.cameras.empty()) return fail(ErrorCode::kInput, "{}: 'cameras' has no frames; copy the file again, or train again", path.string());
  return {};
}

}  // namespace

Result<void> save_field(const std::filesystem::path& path, const FieldCheckpoint& checkpoint) {
  const GridField& f = checkpoint.field;
  const std::string about = json_text(checkpoint.about);
  const Header header{f.degree, {f.size.x(), f.size.y(), f.size.z()}, static_cast<std::int32_t>(f.geometry), f.network.inputs(), !f.factors.empty(),
                      {f.origin.x(), f.origin.y(), f.origin.z()}, f.cell, f.unit, f.shift, f.sharpness, about.size()};
  const Extension extension = extension_of(f);
  std::vector<float> learned = f.network.state();
  const std::vector<float> factors = state_of(f.factors);
  learned.insert(learned.end(), factors.begin(), factors.end());
  const std::vector<float> of_places = f.position_network.state();
  learned.insert(learned.end(), of_places.begin(), of_places.end());
  return write_atomically(path, [&](const std::filesystem::path& temporary) -> Result<void> {
    std::ofstream out(temporary, std::ios::binary);
    write_all(out, kMagic, kMagicSize);
    write_all(out, &header, 1);
    write_all(out, &extension, 1);
    write_all(out, about.data(), about.size());
    write_all(out, f.voxels.map().data(), f.voxels.map().size());
    each_stored(f.voxels, [&](const GridLine* lines, std::size_t count) { write_all(out, lines, count); });
    write_all(out, f.occupied.data(), f.occupied.size());
    write_all(out, learned.data(), learned.size());
    const std::string sum = sum_of(header, &extension, about, f, nullptr, learned);
    write_all(out, sum.data(), sum.size());
    return close_written(out, temporary);
  });
}

Result<FieldCheckpoint> load_field(const std::filesystem::path& path) {
  std::error_code error;  // a pipe would be waited for
  std::ifstream in;
  if (std::filesystem::is_regular_file(path, error)) in.open(path, std::ios::binary);
  if (!in.is_open()) return fail(ErrorCode::kInput, "{}: no trained field there; give the folder that field train wrote", path.string());
  char magic[kMagicSize];
  Header g;
  const bool begun = read_all(in, magic, kMagicSize);
  const std::string_view version(magic, begun ? kMagicSize : 0);
  if (version != kMagic && version != kDenseMagic && version != kOldMagic)
    return fail(ErrorCode::kInput, "{}: not a field of this version; train it again", path.string());
  const auto damaged = [&path] {
    return fail(ErrorCode::kInput, "{}: damaged; copy it again, or train again", path.string());
  };
  const std::uint64_t file_size = std::filesystem::file_size(path, error);
  if (const std::uint64_t free = available_memory(); file_size > free)
    return fail(ErrorCode::kResource, "{}: this field takes {:.1f} GB of memory, {:.1f} GB are free; close other programs, or raise --memory", path.string(),
                static_cast<double>(file_size) / 1e9, static_cast<double>(free) / 1e9);
  Extension extension{};
  extension.times = 1;
  const bool extended = version != kOldMagic, sparse = version == kMagic;
  if (!read_all(in, &g, 1) || !plausible(g) || g.about_bytes > file_size) return damaged();
  if (extended && (!read_all(in, &extension, 1) || !plausible(extension))) return damaged();
  FieldCheckpoint out;
  GridField& f = out.field;
  f.degree = g.degree;
  f.size = Eigen::Vector3i(g.size[0], g.size[1], g.size[2]);
  f.origin = Vec3(g.origin[0], g.origin[1], g.origin[2]);
  f.cell = g.cell;
  f.unit = g.unit;
  f.shift = g.shift;
  f.geometry = static_cast<Geometry>(g.geometry);
  f.sharpness = g.sharpness;
  f.contraction = {Vec3(extension.centre[0], extension.centre[1], extension.centre[2]),
                   Vec3(extension.half[0], extension.half[1], extension.half[2]), extension.shell};
  if (extension.by_network && (g.factored || g.network_inputs != PositionNetwork::kFeatures)) return damaged();
  const bool has_voxels = !g.factored && !extension.by_network;
  const std::uint64_t words = (f.count() + 31) / 32, blocks = has_voxels ? f.brick_count() : 0;
  const std::uint64_t block_lines = static_cast<std::uint64_t>(GridField::kBrickVoxels * f.lines());
  const std::size_t of_network = ColourNetwork::state_size(g.network_inputs);
  const std::uint64_t numbers = of_network + (g.factored ? factor_state_size(f.size, extension.times) : 0) +
                                (extension.by_network ? PositionNetwork::state_size() : 0);
  const std::uint64_t rest = kMagicSize + sizeof g + (extended ? sizeof extension : 0) + g.about_bytes + words * sizeof(std::uint32_t) + numbers * sizeof(float) + kSumSize;
  std::string about(g.about_bytes, '\0'), sum(kSumSize, '\0');
  if (rest + (sparse ? blocks : 0) > file_size || !read_all(in, about.data(), about.size())) return damaged();
  std::vector<std::uint8_t> map(sparse ? blocks : 0);
  std::vector<GridLine> dense;
  if (sparse) {
    if (!read_all(in, map.data(), map.size())) return damaged();
    const auto stored = static_cast<std::uint64_t>(std::count(map.begin(), map.end(), 1));
    if (stored + static_cast<std::uint64_t>(std::count(map.begin(), map.end(), 0)) != blocks || file_size != rest + blocks + stored * block_lines * sizeof(GridLine))
      return damaged();
  } else {
    const std::uint64_t lines = has_voxels ? f.count() * static_cast<std::uint64_t>(f.lines()) : 0;
    if (file_size != rest + lines * sizeof(GridLine)) return damaged();
    dense.resize(lines);
  }
  if (has_voxels) f.voxels = SparseLines(blocks, block_lines);
  bool complete = read_all(in, dense.data(), dense.size());
  for (std::size_t block = 0; block < map.size() && complete; ++block) {
    if (!map[block]) continue;
    f.voxels.store(block);
    complete = read_all(in, f.voxels.data() + block * block_lines, block_lines);
  }
  for (std::size_t i = 0; i < dense.size() / static_cast<std::size_t>(f.lines()); ++i)
    std::copy_n(dense.data() + i * static_cast<std::size_t>(f.lines()), f.lines(), reinterpret_cast<GridLine*>(f.voxel(i)));
  std::vector<float> learned(numbers);
  f.occupied.resize(words);
  complete = complete && read_all(in, f.occupied.data(), words) && read_all(in, learned.data(), learned.size()) && read_all(in, sum.data(), kSumSize);
  if (!complete || sum != sum_of(g, extended ? &extension : nullptr, about, f, sparse ? nullptr : &dense, learned)) return damaged();
  const std::span<const float> state(learned);
  if (!f.network.restore(g.network_inputs, state.first(of_network))) return damaged();
  if (g.factored && !restore(f.factors, f.size, extension.times, state.subspan(of_network))) return damaged();
  if (extension.by_network && !f.position_network.restore(state.subspan(of_network))) return damaged();
  auto parsed = parse_json(about, path.string());
  if (!parsed || !parsed->is_object()) return damaged();
  out.about = std::move(*parsed);
  return out;
}

Result<FieldCheckpoint> load_trained_field(const std::filesystem::path& path) {
  MP4D_TRY(out, load_field(path));
  MP4D_CHECK(check_about(path, out.about));
  return std::move(out);
}

}  // namespace mp4d
