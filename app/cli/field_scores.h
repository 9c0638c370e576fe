#pragma once
#include "app/cli/session.h"
#include "core/options.h"
#include "reconstruction/field/surface_score.h"
#include <string>

namespace mp4d {

/// How `magicpose4d field eval` reads a scene whose pictures another program drew.
struct FieldSceneReading {
  int hold_out = 8;
  int max_side = 0;
  std::string background = "auto";
};
const OptionTable<FieldSceneReading>& field_scene_reading();

struct FieldEvalFiles {
  std::string input;   ///< run, or scene if pictures or a mesh are given
  std::string scene;   ///< where the run's pictures are now, or ""
  std::string images;  ///< folder of pictures to score in place of the field's, or ""
  std::string lpips, mesh, mesh_truth;
  bool as_json = false;
};

/// `magicpose4d field eval`: scores views, and a surface if there is a true one, and prints them.
Result<void> evaluate_field(const FieldEvalFiles& files, const FieldSceneReading& reading, const SurfaceScoreOptions& surface,
                            Session& session);

}  // namespace mp4d
