#pragma once
#include "core/camera.h"
#include "core/options.h"
#include <nlohmann/json.hpp>
#include <vector>

namespace mp4d {

/// How `magicpose4d field render` looks at a field; see field_render_options() for names, ranges and reasons.
struct FieldRenderOptions {
  std::string path = "auto";
  bool spline = false;
  std::string what = "colour";
  std::string size = "640x480";
  double azimuth = 0, time = -1;
  double fps = 24, seconds = 6;
};
const OptionTable<FieldRenderOptions>& field_render_options();

/// `count` cameras at an even pace on a smooth way through the eyes of `places`, turning as they do, with the first one's picture;
/// `places` not empty.
std::vector<Camera> along_spline(const std::vector<Camera>& places, int count);

/// The cameras of a video of `count` pictures, or of one picture. orbit: once round what the scene's cameras look at, at
/// their mean distance and height, or for inside-out scenes a turn on the spot in their middle; cameras: on a spline past the
/// scene's own cameras; auto: orbit if these go round, else cameras; else a file as cameras_from_json() takes it, whose
/// pictures are its own, or places to pass. `about`: of
/// the FieldCheckpoint. Errors: those of the file, a bad size.
Result<std::vector<Camera>> field_path(const nlohmann::json& about, const FieldRenderOptions& options, int count);

}  // namespace mp4d
