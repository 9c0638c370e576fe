#include "app/cli/player.h"
#include "app/cli/clip_choice.h"
#include "io/input_kind.h"
#include "io/model_io.h"
#include "motion/bone_shapes.h"
#include "motion/kinematics.h"
#include "motion/source_motion.h"
#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>

namespace mp4d {
namespace {

constexpr int kMostKeysForBounds = 200;

std::vector<double> from_zero(std::vector<double> times) {
  const double start = times.empty() ? 0 : times.front();
  for (double& time : times) time -= start;
  return times;
}

std::size_t nearest(const std::vector<double>& times, double time) {
  const auto after = std::lower_bound(times.begin(), times.end(), time);
  if (after == times.begin()) return 0;
  if (after == times.end()) return times.size() - 1;
  const std::size_t i = after - times.begin();
  return time - times[i - 1] < times[i] - time ? i - 1 : i;
}

/// A rigged model in a pose that changes. Rest normals are carried along by skinning a second surface, shifted along
/// them, which keeps them smooth over texture seams where vertices are doubled.
struct PosedModel {
  RiggedModel model;
  int clip;
  Points shifted_rest;
  float shift = 1;

  PosedModel(RiggedModel m, int c) : model(std::move(m)), clip(c) {
    Mesh& mesh = model.mesh;
    if (mesh.normals.rows() != mesh.verts.rows()) mesh.normals = vertex_normals(mesh.verts, mesh.faces);
    const Aabb box = mp4d::bounds(mesh.verts);
    if (!box.isEmpty()) shift = std::max(1e-6f, 1e-3f * box.diagonal().norm());
    shifted_rest = mesh.verts + shift * mesh.normals;
  }

  std::vector<Mat4> matrices(double time) const {
    const Skeleton& skeleton = model.skeleton;
    if (clip < 0) return forward_kinematics(skeleton, rest_pose(skeleton));
    const Clip& c = model.clips[clip];
    return forward_kinematics(skeleton, sample_clip(c, c.times.front() + time));
  }
  Points verts(double time) const {
    if (model.skeleton.size() == 0) return model.mesh.verts;
    return skin_linear(model.mesh.verts, model.skin, matrices(time));
  }
  Mesh mesh(double time) const {
    Mesh posed = model.mesh;
    if (model.skeleton.size() == 0) return posed;
    const std::vector<Mat4> root_from_joint = matrices(time);
    posed.verts = skin_linear(model.mesh.verts, model.skin, root_from_joint);
    posed.normals = (skin_linear(shifted_rest, model.skin, root_from_joint) - posed.verts) / shift;
    for (Eigen::Index i = 0; i < posed.normals.rows(); ++i) posed.normals.row(i).stableNormalize();
    return posed;
  }
};

/// The height at which the feet of `model` touch the ground; none if it has no legs that could be told.
std::optional<float> ground_of_feet(RiggedModel model, int clip) {
  if (model.skeleton.size() == 0) return {};
  stand_upright(model);
  const auto body = find_anatomy(model);
  if (!body || body->all(ChainRole::kLeg, Side::kLeft).empty() || body->all(ChainRole::kLeg, Side::kRight).empty())
    return {};
  if (clip < 0) {
    float lowest = std::numeric_limits<float>::max();
    for (const Chain& chain : body->chains)
      if (chain.role == ChainRole::kLeg) lowest = std::min(lowest, chain.sole.y());
    return lowest;
  }
  const auto motion = read_motion(model, *body, model.clips[clip]);
  if (!motion) return {};
  return static_cast<float>(motion->level);
}

}  // namespace

Player::Player(RiggedModel model, int clip) {
  if (clip >= 0) key_times_ = from_zero(model.clips[clip].times);
  const auto posed = std::make_shared<const PosedModel>(std::move(model), clip);
  show_ = [posed](double time) { return posed->mesh(time); };
  verts_ = [posed](double time) { return posed->verts(time); };
  feet_ = [posed] { return ground_of_feet(posed->model, posed->clip); };
}

Player::Player(MeshSequence sequence) : key_times_(from_zero(sequence.times)) {
  const auto shared = std::make_shared<const MeshSequence>(std::move(sequence));
  verts_ = [shared, times = key_times_](double time) { return shared->frames[nearest(times, time)]; };
  show_ = [shared, verts = verts_](double time) {
    Mesh mesh;
    mesh.verts = verts(time);
    mesh.faces = shared->faces;
    mesh.normals = vertex_normals(mesh.verts, mesh.faces);
    return mesh;
  };
}

Player::Player(std::vector<Mesh> frames, double fps) {
  for (std::size_t i = 0; i < frames.size(); ++i) {
    key_times_.push_back(i / fps);
    Mesh& mesh = frames[i];
    if (mesh.normals.rows() != mesh.verts.rows()) mesh.normals = vertex_normals(mesh.verts, mesh.faces);
  }
  const auto shared = std::make_shared<const std::vector<Mesh>>(std::move(frames));
  show_ = [shared, times = key_times_](double time) { return (*shared)[nearest(times, time)]; };
  verts_ = [shared, times = key_times_](double time) { return (*shared)[nearest(times, time)].verts; };
}

Result<Player> Player::open(const std::filesystem::path& path, const std::string& clip, double fps, bool show_bones) {
  MP4D_TRY(kind, input_kind(path));
  if (kind != InputKind::kModel && !clip.empty() && clip != "none")
    return fail(ErrorCode::kUsage, "{}: only model files have named clips; leave --clip out", path.string());
  switch (kind) {
    case InputKind::kAnime: {
      MP4D_TRY(sequence, read_anime(path, fps));
      return Player(std::move(sequence));
    }
    case InputKind::kMeshFolder: {
      MP4D_TRY(frames, read_mesh_folder(path));
      return Player(std::move(frames), fps);
    }
    case InputKind::kModel: {
      MP4D_TRY(model, read_model(path));
      if (model.mesh.faces.rows() == 0 && show_bones) add_bone_shapes(model);
      if (model.mesh.faces.rows() == 0) return fail(ErrorCode::kInput, "{}: has no triangles to show", path.string());
      if (clip == "none" || (clip.empty() && model.clips.empty())) return Player(std::move(model), -1);
      MP4D_TRY(index, find_clip(model, "--clip", clip));
      return Player(std::move(model), index);
    }
    default: return fail(ErrorCode::kInput, "{}: not a model, an .anime file or a folder of meshes", path.string());
  }
}

Aabb Player::bounds() const {
  Aabb box = mp4d::bounds(verts_at(0));
  const std::size_t stride = std::max<std::size_t>(1, key_times_.size() / kMostKeysForBounds);
  for (std::size_t i = stride; i < key_times_.size(); i += stride) box.extend(mp4d::bounds(verts_at(key_times_[i])));
  return box;
}

float Player::ground() const {
  const auto feet = feet_ ? feet_() : std::nullopt;
  return feet ? *feet : bounds().min().y();
}

int frame_count(const Player& player, double fps) {
  return player.animated() ? static_cast<int>(std::lround(player.duration() * fps)) + 1 : 1;
}

}  // namespace mp4d
