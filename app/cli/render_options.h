#pragma once
#include "app/cli/player.h"
#include "core/options.h"

namespace mp4d {

/// How `magicpose4d render` looks at a model; see render_options() for names, ranges and reasons.
struct RenderOptions {
  std::string clip;
  std::string size = "640x640";
  double azimuth = 30, elevation = 12;
  double orbit = -1;
  double fps = 24;
  double seconds = 0;
  double time = 0;
  int frames = 1;
  bool ground = true;
  bool transparent = false;
  int supersample = 2;
  double distance = 1;
  int seed = 1;
};
const OptionTable<RenderOptions>& render_options();

struct PictureSize {
  int width = 0, height = 0;
};
/// "640x480". Error (kUsage): not WxH, or a side not in 16..4096.
Result<PictureSize> parse_size(const std::string& text);

/// When each picture is taken and where from.
struct Shot {
  double time;     ///< seconds into the clip
  float azimuth;   ///< radians
};
/// The shots of a video: the clip once at options.fps, or repeated until options.seconds; a still turns once in four
/// seconds. The turn ends one step before a full round so that the video loops.
std::vector<Shot> video_shots(const Player& player, const RenderOptions& options);
/// The shots of a contact sheet: options.frames moments over the clip or turns about a still; with one, options.time.
std::vector<Shot> sheet_shots(const Player& player, const RenderOptions& options);

/// Error (kUsage) if `count` pictures of `size` do not fit in the memory that a video is put together in.
Result<void> check_video_memory(std::size_t count, const PictureSize& size);

}  // namespace mp4d
