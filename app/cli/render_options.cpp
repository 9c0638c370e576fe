#include "app/cli/render_options.h"
#include <algorithm>
#include <charconv>
#include <cmath>

namespace mp4d {
namespace {

constexpr int kSmallestSide = 16, kLargestSide = 4096;
constexpr double kMostVideoBytes = 2e9;
constexpr double kTurnSeconds = 4;

float radians(double degrees) { return static_cast<float>(degrees * M_PI / 180); }

double turn_degrees(const Player& player, const RenderOptions& options) {
  if (options.orbit >= 0) return options.orbit;
  return player.animated() ? 0 : 360;
}

}  // namespace

const OptionTable<RenderOptions>& render_options() {
  static const OptionTable<RenderOptions> table = [] {
    OptionTable<RenderOptions> t;
    using R = RenderOptions;
    t.add("clip", &R::clip, {}, "clip to play, named in full or in part; empty = the file's first, none = the rest pose");
    t.add("size", &R::size, {}, "picture size WxH in pixels, sides 16 to 4096");
    t.add("azimuth", &R::azimuth, -360, 360, "degrees about the up axis the camera stands at, 0 = in front");
    t.add("elevation", &R::elevation, -89, 89, "degrees the camera stands above the horizon");
    t.add("orbit", &R::orbit, -1, 3600,
          "degrees the camera goes round during the video; -1 = a full turn for a still, none for a clip");
    t.add("fps", &R::fps, 1, 240, "pictures a second of the video, and of an .anime file or mesh folder that is read");
    t.add("seconds", &R::seconds, 0, 600, "length of the video, a clip is repeated; 0 = once through the clip");
    t.add("time", &R::time, 0, 86400, "moment of a single picture or mesh, seconds into the clip");
    t.add("frames", &R::frames, 1, 64, "pictures on a contact sheet, spread over the clip or round a still; 1 = no sheet");
    t.add("ground", &R::ground, "draw a ground with a soft shadow under the model");
    t.add("transparent", &R::transparent, "PNG with alpha 0 where nothing is, and no ground");
    t.add("supersample", &R::supersample, 1, 4, "samples a pixel and side; 1 is four times as fast as 2 and jagged");
    t.add("distance", &R::distance, 0.3, 20,
          "camera distance; 1 = the whole clip's bounding box just fits, 2 = half as large");
    t.add("seed", &R::seed, 0, 1000000, "pattern of the background of --dataset");
    return t;
  }();
  return table;
}

Result<PictureSize> parse_size(const std::string& text) {
  PictureSize size;
  const char* end = text.data() + text.size();
  const auto [middle, first_error] = std::from_chars(text.data(), end, size.width);
  bool good = first_error == std::errc{} && middle != end && (*middle == 'x' || *middle == 'X');
  if (good) {
    const auto [last, second_error] = std::from_chars(middle + 1, end, size.height);
    good = second_error == std::errc{} && last == end;
  }
  const auto in_range = [](int side) { return side >= kSmallestSide && side <= kLargestSide; };
  if (good && in_range(size.width) && in_range(size.height)) return size;
  return fail(ErrorCode::kUsage, "option 'size': '{}' is not WxH with sides from {} to {}, such as 640x480", text,
              kSmallestSide, kLargestSide);
}

std::vector<Shot> video_shots(const Player& player, const RenderOptions& options) {
  const int once = frame_count(player, options.fps);
  const double seconds = options.seconds > 0 || player.animated() ? options.seconds : kTurnSeconds;
  const int count = seconds > 0 ? std::max(1, static_cast<int>(std::lround(seconds * options.fps))) : once;
  const double turn = turn_degrees(player, options);
  std::vector<Shot> shots;
  for (int i = 0; i < count; ++i)
    shots.push_back({(i % once) / options.fps, radians(options.azimuth + turn * i / count)});
  return shots;
}

std::vector<Shot> sheet_shots(const Player& player, const RenderOptions& options) {
  if (options.frames == 1) return {{options.time, radians(options.azimuth)}};
  const double turn = turn_degrees(player, options);
  std::vector<Shot> shots;
  for (int i = 0; i < options.frames; ++i)
    shots.push_back({player.duration() * i / (options.frames - 1),
                     radians(options.azimuth + turn * i / options.frames)});
  return shots;
}

Result<void> check_video_memory(std::size_t count, const PictureSize& size) {
  const double bytes = 3.0 * size.width * size.height * static_cast<double>(count);
  if (bytes <= kMostVideoBytes) return {};
  return fail(ErrorCode::kUsage, "{} pictures of {}x{} need {:.1f} GB, the limit is {:.1f} GB; lower --size, --seconds "
              "or --fps", count, size.width, size.height, bytes / 1e9, kMostVideoBytes / 1e9);
}

}  // namespace mp4d
