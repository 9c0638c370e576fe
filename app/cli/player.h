#pragma once
#include "core/result.h"
#include "motion/rig.h"
#include <filesystem>
#include <functional>
#include <optional>

namespace mp4d {

/// Anything that can be shown at a moment: a rigged model with a clip, a mesh sequence, a folder of meshes, a still.
/// Copyable; one thread at a time.
class Player {
 public:
  /// A model file, an .anime file or a folder of meshes (these two at `fps`). `clip` names a clip of a model (find_clip);
  /// empty = its first, "none" = the rest pose. A motion without a mesh is shown as its bones if `show_bones`. Errors:
  /// those of the readers; kUsage for an unknown clip, naming the clips; kInput: nothing to show.
  static Result<Player> open(const std::filesystem::path& path, const std::string& clip, double fps,
                             bool show_bones = false);
  /// `clip` = index into model.clips, -1 = the rest pose.
  Player(RiggedModel model, int clip);
  explicit Player(MeshSequence sequence);
  Player(std::vector<Mesh> frames, double fps);

  bool animated() const { return key_times_.size() > 1; }
  double duration() const { return key_times_.empty() ? 0 : key_times_.back(); }  ///< seconds; 0 for a still
  const std::vector<double>& key_times() const { return key_times_; }             ///< seconds from 0, one a key
  /// The mesh `time` seconds after the start (clamped), with normals.
  Mesh at(double time) const { return show_(time); }
  /// Positions alone, V x 3, cheaper than at().
  Points verts_at(double time) const { return verts_(time); }
  /// Box over all keys, at most 200 of them.
  Aabb bounds() const;
  /// Height of the floor, metres: where the feet of a rigged body come down during the clip, or stand at rest without
  /// one; of anything else the lowest vertex of bounds().
  float ground() const;

 private:
  std::vector<double> key_times_;
  std::function<Mesh(double)> show_;
  std::function<Points(double)> verts_;
  std::function<std::optional<float>()> feet_;  // ground by the feet, if there are any
};

/// Frames shown at `fps` when everything plays once: 1 for a still.
int frame_count(const Player& player, double fps);

}  // namespace mp4d
