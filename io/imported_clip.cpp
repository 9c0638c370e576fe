#include "io/internal/imported_scene.h"
#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>

namespace mp4d {
namespace {

constexpr double kCurveRate = 60;  // samples a second that stand for a cubic curve
constexpr int kMaxCurveSteps = 256;
constexpr double kLongest = 1e6;  // seconds
constexpr std::size_t kMostTransforms = std::size_t{1} << 25;  // of all nodes at all times, 1.3 GB: 9 h of 34 joints at 30 Hz

const char* path_name(Path path) {
  return path == Path::kTranslation ? "translation" : path == Path::kRotation ? "rotation" : "scale";
}

Vec4 track_value(const ImportedTrack& track, double time) {
  const bool cubic = track.interpolation == Interpolation::kCubic;
  const auto key = [&](std::size_t i) { return cubic ? track.values[3 * i + 1] : track.values[i]; };
  const auto next = std::upper_bound(track.times.begin(), track.times.end(), time);
  if (next == track.times.begin()) return key(0);
  const std::size_t b = static_cast<std::size_t>(next - track.times.begin()), a = b - 1;
  if (next == track.times.end() || track.interpolation == Interpolation::kStep || track.times[a] == time) return key(a);
  const double span = track.times[b] - track.times[a];
  const float s = static_cast<float>((time - track.times[a]) / span);
  if (cubic) {  // glTF 2.0 specification, appendix C.5
    const float s2 = s * s, s3 = s2 * s, d = static_cast<float>(span);
    return (2 * s3 - 3 * s2 + 1) * track.values[3 * a + 1] + d * (s3 - 2 * s2 + s) * track.values[3 * a + 2] +
           (3 * s2 - 2 * s3) * track.values[3 * b + 1] + d * (s3 - s2) * track.values[3 * b];
  }
  if (track.path == Path::kRotation) return Quat(key(a)).slerp(s, Quat(key(b))).coeffs();
  return key(a) + s * (key(b) - key(a));
}

Result<void> check_track(const ImportedTrack& track, const std::string& clip, const std::string& node) {
  for (std::size_t i = 0; i < track.times.size(); ++i) {
    if (!(std::abs(track.times[i]) < kLongest)) {
      return fail(ErrorCode::kInput, "clip '{}': {} of '{}': key {} at {} s; times are within {} s", clip,
                  path_name(track.path), node, i, track.times[i], kLongest);
    }
    if (i > 0 && track.times[i] <= track.times[i - 1]) {
      return fail(ErrorCode::kInput, "clip '{}': {} of '{}': key {} at {} s does not follow the one before", clip,
                  path_name(track.path), node, i, track.times[i]);
    }
  }
  for (std::size_t i = 0; i < track.values.size(); ++i) {
    if (!track.values[i].allFinite()) {
      return fail(ErrorCode::kInput, "clip '{}': {} of '{}': value {} is not finite", clip, path_name(track.path), node,
                  i);
    }
  }
  return {};
}

/// Of times in order, those that are the same to a file go.
void drop_repeated(std::vector<double>& times) {
  const auto same = [](double a, double b) { return static_cast<float>(a) == static_cast<float>(b); };
  times.erase(std::unique(times.begin(), times.end(), same), times.end());
}

/// The times that a track needs, in order: its keys and what makes steps and curves linear. Ends early when there are more than `most`.
std::vector<double> times_of(const ImportedTrack& track, std::size_t most) {
  std::vector<double> out;
  const auto tidy = [&out] {
    std::sort(out.begin(), out.end());
    drop_repeated(out);
  };
  std::size_t enough = 2 * most + 1024;
  for (std::size_t i = 0; i < track.times.size(); ++i) {
    if (out.size() > enough) {
      tidy();
      if (out.size() > most) return out;
      enough = out.size() + most + 1024;
    }
    const double time = track.times[i];
    out.push_back(time);
    if (i == 0) continue;
    const double before = track.times[i - 1];
    if (track.interpolation == Interpolation::kStep) {  // hold to the last moment that a float can tell apart
      const double held = std::nextafter(static_cast<float>(time), -std::numeric_limits<float>::infinity());
      if (held > before) out.push_back(held);
    }
    if (track.interpolation == Interpolation::kCubic) {
      const double wanted = std::ceil((time - before) * kCurveRate);
      const int steps = static_cast<int>(std::clamp(wanted, 1.0, double(kMaxCurveSteps)));
      for (int k = 1; k < steps; ++k) out.push_back(before + (time - before) * k / steps);
    }
  }
  tidy();
  return out;
}

}  // namespace

Result<Clip> sample_imported_clip(const ImportedClip& clip, const std::vector<ImportedNode>& nodes) {
  Clip out;
  out.name = clip.name;
  const std::size_t most = kMostTransforms / std::max<std::size_t>(1, nodes.size());
  for (const ImportedTrack& track : clip.tracks) {
    MP4D_CHECK(check_track(track, clip.name, nodes[track.node].name));
    std::vector<double> times = times_of(track, most), all;
    std::merge(out.times.begin(), out.times.end(), times.begin(), times.end(), std::back_inserter(all));
    drop_repeated(all);
    out.times = std::move(all);
    if (out.times.size() > most)
      return fail(ErrorCode::kResource, "clip '{}': {} key times for {} nodes are too many; export it with fewer keys",
                  clip.name, out.times.size(), nodes.size());
  }
  Pose rest(nodes.size());
  for (std::size_t i = 0; i < nodes.size(); ++i) rest[i] = nodes[i].rest;
  out.poses.assign(out.times.size(), rest);
  for (const ImportedTrack& track : clip.tracks) {
    if (track.times.empty()) continue;
    for (std::size_t i = 0; i < out.times.size(); ++i) {
      const Vec4 value = track_value(track, out.times[i]);
      Transform& transform = out.poses[i][track.node];
      if (track.path == Path::kTranslation) transform.translation = value.head<3>();
      if (track.path == Path::kScale) transform.scale = value.head<3>();
      if (track.path == Path::kRotation) {
        const float norm = value.norm();
        transform.rotation = norm > 1e-12f ? Quat(Vec4(value / norm)) : Quat::Identity();
      }
    }
  }
  return out;
}

}  // namespace mp4d
