#include "core/files.h"
#include "io/internal/imported_scene.h"
#include "motion/joint_names.h"
#include <algorithm>
#include <charconv>
#include <cmath>
#include <numbers>

// Biovision Hierarchy. Position channels stand in for the OFFSET, as in Blender, or are added to it, as in three.js: by what the file's
// values are near.

namespace mp4d {
namespace {

constexpr double kDegree = std::numbers::pi / 180;
constexpr std::size_t kMostJoints = 65536, kLongestName = 1024;

struct Channel {
  int joint;
  int axis;
  bool rotation;
};

class BvhReader {
 public:
  BvhReader(const std::filesystem::path& path, std::string_view text, JobContext* job)
      : path_(path), text_(text), job_(job) {}

  Result<ImportedScene> run(double unit_m) {
    scene_.motion_only = true;
    next_line();
    if (words_.empty() || words_[0] != "HIERARCHY") return error("a BVH file begins with HIERARCHY");
    next_line();
    while (!words_.empty() && words_[0] == "ROOT") MP4D_CHECK(read_joint(-1));
    if (scene_.nodes.empty()) return error("no ROOT");
    MP4D_CHECK(read_motion());
    scale(unit_m > 0 ? unit_m : guess_unit());
    if (lies_on_its_back()) stand_up();
    return std::move(scene_);
  }

 private:
  tl::unexpected<Error> error(const std::string& what) const {
    return fail(ErrorCode::kInput, "{}: line {}: {}", path_.string(), line_, what);
  }

  /// The words of the next line that has any; none at the end of the file.
  void next_line() {
    words_.clear();
    while (words_.empty() && at_ < text_.size()) {
      ++line_;
      const std::size_t end = std::min(text_.find('\n', at_), text_.size());
      std::size_t i = at_;
      while (i < end) {
        while (i < end && std::isspace(static_cast<unsigned char>(text_[i]))) ++i;
        const std::size_t begin = i;
        while (i < end && !std::isspace(static_cast<unsigned char>(text_[i]))) ++i;
        if (i > begin) words_.push_back(text_.substr(begin, i - begin));
      }
      at_ = end + 1;
    }
  }

  Result<double> number(std::string_view word) const {
    if (word.starts_with('+')) word.remove_prefix(1);
    double value = 0;
    const auto [stopped, code] = std::from_chars(word.data(), word.data() + word.size(), value);
    if (code != std::errc{} || stopped != word.data() + word.size() || !std::isfinite(value) || std::abs(value) > 1e9)
      return error(fmt::format("'{}' is not a usable number", word));
    return value;
  }

  Result<Vec3> offset() {
    if (words_.size() != 4 || words_[0] != "OFFSET") return error("expected OFFSET and three numbers");
    Vec3 value;
    for (int k = 0; k < 3; ++k) {
      MP4D_TRY(n, number(words_[k + 1]));
      value[k] = static_cast<float>(n);
    }
    next_line();
    return value;
  }

  Result<void> open_brace() {
    if (words_.size() != 1 || words_[0] != "{") return error("expected '{'");
    next_line();
    return {};
  }

  /// A ROOT, JOINT or End Site and all below it, without recursion: files may nest as deep as they like.
  Result<void> read_joint(int parent) {
    std::vector<int> open;
    bool in_end_site = false;
    do {
      if (words_.empty()) return error("the file ends within the hierarchy");
      if (words_[0] == "}" && words_.size() == 1) {
        open.pop_back();
        in_end_site = false;
        next_line();
        continue;
      }
      const bool end = words_[0] == "End", joint = words_[0] == "JOINT" || words_[0] == "ROOT";
      if (!end && !joint) return error(fmt::format("'{}' where JOINT, End Site or '}}' should be", words_[0]));
      if (in_end_site) return error("a joint below an End Site, which ends a chain; take it out");
      if (scene_.nodes.size() >= kMostJoints) return error(fmt::format("more than {} joints", kMostJoints));
      ImportedNode node;
      node.parent = open.empty() ? parent : open.back();
      bool brace = words_.size() > 1 && words_.back() == "{";
      for (std::size_t w = 1; joint && w < words_.size() - (brace ? 1 : 0); ++w) {
        if (w > 1) node.name += ' ';
        node.name += words_[w];
      }
      if (node.name.size() > kLongestName) return error(fmt::format("a name of more than {} characters; shorten it", kLongestName));
      if (end) node.name = scene_.nodes[node.parent].name + "_end";
      in_end_site = end;
      next_line();
      if (!brace) MP4D_CHECK(open_brace());
      MP4D_TRY(place, offset());
      node.rest.translation = place;
      scene_.nodes.push_back(std::move(node));
      open.push_back(static_cast<int>(scene_.nodes.size()) - 1);
      if (!end) MP4D_CHECK(read_channels(open.back()));
    } while (!open.empty());
    return {};
  }

  Result<void> read_channels(int joint) {
    if (words_.empty() || words_[0] != "CHANNELS") return {};  // a joint that never moves
    if (words_.size() < 2) return error("CHANNELS without a count");
    MP4D_TRY(count, number(words_[1]));
    if (count != static_cast<double>(words_.size()) - 2 || count > 6)
      return error(fmt::format("CHANNELS {} with {} names; at most 6", words_[1], words_.size() - 2));
    for (std::size_t w = 2; w < words_.size(); ++w) {
      const std::string_view name = words_[w];
      const std::size_t axis = std::string_view("XYZ").find(name[0]);
      const bool rotation = name.substr(1) == "rotation", position = name.substr(1) == "position";
      if (axis == std::string_view::npos || (!rotation && !position))
        return error(fmt::format("unknown channel '{}'", name));
      channels_.push_back({joint, static_cast<int>(axis), rotation});
    }
    next_line();
    return {};
  }

  Result<void> read_motion() {
    if (words_.empty()) return {};  // a skeleton alone
    if (words_[0] != "MOTION") return error(fmt::format("'{}' where MOTION should be", words_[0]));
    next_line();
    if (words_.size() != 2 || words_[0] != "Frames:") return error("expected 'Frames: N'");
    MP4D_TRY(frames, number(words_[1]));
    if (frames < 0 || frames != std::floor(frames) || frames > 1e7) return error("the number of frames is not usable");
    next_line();
    if (words_.size() != 3 || words_[0] != "Frame" || words_[1] != "Time:")
      return error("expected 'Frame Time: SECONDS'");
    MP4D_TRY(step, number(words_[2]));
    if (!(step > 0) && frames > 1) return error("the frame time must be above 0");
    ++line_;  // the numbers begin on the next one
    std::vector<ImportedTrack> translations(scene_.nodes.size()), rotations(scene_.nodes.size());
    for (const Channel& channel : channels_)
      (channel.rotation ? rotations : translations)[channel.joint].node = channel.joint;
    if (channels_.empty()) return {};  // whatever it says of frames
    std::vector<char> moved(scene_.nodes.size(), 0), turned(scene_.nodes.size(), 0);
    std::vector<std::size_t> animated;
    for (const Channel& channel : channels_) {
      (channel.rotation ? turned : moved)[channel.joint] = 1;
      if (animated.empty() || animated.back() != static_cast<std::size_t>(channel.joint)) animated.push_back(channel.joint);
    }

    std::vector<Eigen::Vector3d> place(scene_.nodes.size());
    std::vector<Eigen::Quaterniond> turn(scene_.nodes.size());
    for (int f = 0; f < static_cast<int>(frames); ++f) {
      for (const std::size_t j : animated) {
        place[j] = scene_.nodes[j].rest.translation.cast<double>();
        turn[j].setIdentity();
      }
      for (const Channel& channel : channels_) {
        MP4D_TRY(value, next_value(f, static_cast<int>(frames)));
        if (channel.rotation) {
          turn[channel.joint] =
              turn[channel.joint] * Eigen::AngleAxisd(value * kDegree, Eigen::Vector3d::Unit(channel.axis));
        } else {
          place[channel.joint][channel.axis] = value;
        }
      }
      for (const std::size_t j : animated) {
        if (moved[j]) put(translations[j], f * step, Vec4(Vec3(place[j].cast<float>()).homogeneous()));
        if (turned[j]) put(rotations[j], f * step, turn[j].coeffs().cast<float>());
      }
    }
    if (adds_to_offsets(translations)) add_offsets(translations);
    ImportedClip clip;
    clip.name = path_.stem().string();
    for (std::size_t j = 0; j < place.size(); ++j) {
      translations[j].path = Path::kTranslation;
      rotations[j].path = Path::kRotation;
      if (moved[j]) clip.tracks.push_back(std::move(translations[j]));
      if (turned[j]) clip.tracks.push_back(std::move(rotations[j]));
    }
    scene_.clips.push_back(std::move(clip));
    return {};
  }

  /// Files do not say what position channels of joints below the root mean. Bones keep about their length: values near the OFFSETs
  /// replace them, values near 0 (MakeHuman's) are added.
  bool adds_to_offsets(const std::vector<ImportedTrack>& translations) const {
    double from_offset = 0, from_zero = 0;
    for (std::size_t j = 0; j < translations.size(); ++j) {
      if (scene_.nodes[j].parent < 0) continue;
      for (const Vec4& value : translations[j].values) {
        from_offset += (value.head<3>() - scene_.nodes[j].rest.translation).norm();
        from_zero += value.head<3>().norm();
      }
    }
    return from_zero < 0.5 * from_offset;
  }

  void add_offsets(std::vector<ImportedTrack>& translations) const {
    for (const Channel& channel : channels_) {
      const ImportedNode& node = scene_.nodes[channel.joint];
      if (channel.rotation || node.parent < 0) continue;
      for (Vec4& value : translations[channel.joint].values) value[channel.axis] += node.rest.translation[channel.axis];
    }
  }

  static void put(ImportedTrack& track, double time, const Vec4& value) {
    track.times.push_back(time);
    track.values.push_back(value);
  }

  /// The next number of the motion, over line ends.
  Result<double> next_value(int frame, int frames) {
    while (true) {
      while (at_ < text_.size() && std::isspace(static_cast<unsigned char>(text_[at_]))) line_ += text_[at_++] == '\n';
      if (at_ >= text_.size()) return error(fmt::format("the file ends in frame {} of {}", frame + 1, frames));
      std::size_t end = at_;
      while (end < text_.size() && !std::isspace(static_cast<unsigned char>(text_[end]))) ++end;
      const std::string_view word = text_.substr(at_, end - at_);
      at_ = end;
      return number(word);
    }
  }

  /// BVH does not say its unit. Files in metres and centimetres can be told by the skeleton's size; others are made as
  /// tall as a person.
  double guess_unit() {
    std::vector<Vec3> at;
    Aabb box;
    for (const ImportedNode& node : scene_.nodes) {
      const Vec3 before = node.parent < 0 ? Vec3::Zero() : at[node.parent];
      at.push_back(node.parent < 0 ? before : Vec3(before + node.rest.translation));
      box.extend(at.back());
    }
    const double size = box.sizes().maxCoeff();
    if (size <= 10) return 1;
    const double unit = size >= 50 ? 0.01 : 1.7 / size;
    info(job_, fmt::format("{}: {:.4g} units long; {}", path_.string(), size,
                           unit == 0.01 ? "taken as centimetres" : "made 1.7 m long"));
    return unit;
  }

  /// BVH is y up, but MakeHuman's people are z up: their heads are above their feet along z.
  bool lies_on_its_back() const {
    constexpr float kSteep = 3;
    std::vector<Vec3> at;
    Vec3 sums[2] = {Vec3::Zero(), Vec3::Zero()};  // of heads and feet
    int counts[2] = {0, 0};
    for (const ImportedNode& node : scene_.nodes) {
      at.push_back(node.parent < 0 ? Vec3::Zero() : Vec3(at[node.parent] + node.rest.translation));
      const JointName name = parse_joint_name(node.name);
      if (name.front || name.hind || name.part == JointName::Part::kTail || name.part == JointName::Part::kWing) return false;  // an animal
      const bool head = name.part == JointName::Part::kHead;
      if (!head && !name.foot) continue;
      sums[!head] += at.back();
      ++counts[!head];
    }
    if (counts[0] == 0 || counts[1] == 0) return false;
    const Vec3 up = sums[0] / static_cast<float>(counts[0]) - sums[1] / static_cast<float>(counts[1]);
    return up.z() > kSteep * std::max(std::abs(up.x()), std::abs(up.y()));
  }

  /// Turns z up to y up.
  void stand_up() {
    const Quat turn(Eigen::AngleAxisf(-std::numbers::pi_v<float> / 2, Vec3::UnitX()));
    for (ImportedNode& node : scene_.nodes)
      if (node.parent < 0) node.rest = {turn * node.rest.translation, turn * node.rest.rotation, node.rest.scale};
    for (ImportedClip& clip : scene_.clips)
      for (ImportedTrack& track : clip.tracks) {
        if (scene_.nodes[track.node].parent >= 0) continue;
        for (Vec4& value : track.values) {
          if (track.path == Path::kTranslation) value.head<3>() = (turn * value.head<3>()).eval();
          else value = (turn * Quat(value)).coeffs();
        }
      }
    info(job_, fmt::format("{}: z is up; turned to y up", path_.string()));
  }

  void scale(double unit_m) {
    const auto factor = static_cast<float>(unit_m);
    for (ImportedNode& node : scene_.nodes) node.rest.translation *= factor;
    for (ImportedClip& clip : scene_.clips)
      for (ImportedTrack& track : clip.tracks)
        if (track.path == Path::kTranslation)
          for (Vec4& value : track.values) value *= factor;
  }

  const std::filesystem::path& path_;
  std::string_view text_;
  JobContext* job_;
  std::size_t at_ = 0;
  int line_ = 0;
  std::vector<std::string_view> words_;
  std::vector<Channel> channels_;
  ImportedScene scene_;
};

}  // namespace

Result<ImportedScene> import_bvh(const std::filesystem::path& path, JobContext* job, double unit_m) {
  MP4D_TRY(text, read_file(path));
  return BvhReader(path, text, job).run(unit_m);
}

}  // namespace mp4d
