#include "reconstruction/articulated/person_surface.h"
#include "motion/kinematics.h"
#include "reconstruction/articulated/metrics.h"
#include "reconstruction/human/human_frame.h"
#include "reconstruction/human/human_generate.h"
#include "reconstruction/human/model_joints.h"
#include <fmt/ranges.h>

namespace mp4d {
namespace {

constexpr float kBodyLength = 1.37f;  // metres, of an adult of 1.70 m, as body_length() measures
constexpr int kPeople = 4;            // drawn where no words say who it is

RiggedModel model_of(const CoarseGuess& guess) {
  RiggedModel model;
  model.mesh = guess.canonical;
  model.skeleton = guess.skeleton;
  set_weights(model.skin, guess.weights);
  model.skin.joint_from_mesh = inverse_bind(guess.skeleton);
  return model;
}

// What the fit found is no person, or there is no generator: the error with what to do about it.
Error without_generator(Error error) {
  if (error.code == ErrorCode::kCancelled) return error;
  if (error.code == ErrorCode::kUsage) error.code = ErrorCode::kFailed;
  error.message = fmt::format("--guess-surface generator: {}; --guess-surface template needs no generator", error.message);
  return error;
}

Result<Mesh> person_in(const human::Joints& joints, Eigen::Index faces, const PersonSurfaceOptions& options, int number,
                       std::vector<std::string>& unknown, JobContext* job) {
  JobContext own(human::human_phases(), {}, {}, job ? job->cancel_token() : CancelToken());
  human::HumanOrder order;
  order.text = options.words;
  order.joints = joints;
  order.rig = false;
  order.faces = int(faces);
  order.sampling = options.sampling;
  order.sampling.seed += number;
  MP4D_TRY(person, human::generate_human(order, &own));
  unknown = person.description.unknown;
  Mesh surface;  // its colours come from the clip
  surface.verts = std::move(person.model.mesh.verts);
  surface.faces = std::move(person.model.mesh.faces);
  return surface;
}

}  // namespace

Result<void> take_person_surface(CoarseGuess& guess, const MedialFit& fit, const std::vector<Mask>& masks,
                                 const PersonSurfaceOptions& options, JobContext* job) {
  auto joints = human::joints_of_model(model_of(guess));
  if (!joints) return tl::unexpected(without_generator(joints.error()));
  const float metres = kBodyLength / human::body_length(*joints);
  *joints *= metres;
  const MedialFrame bind = pose_body(fit.body, fit.shape, bind_rotations(fit.body));
  const int people = options.words.empty() ? kPeople : 1;
  std::vector<std::string> unknown;
  CoarseGuess best;
  for (int i = 0; i < people; ++i) {
    auto person = person_in(*joints, guess.canonical.faces.rows(), options, i, unknown, job);
    if (!person) return tl::unexpected(without_generator(person.error()));
    CoarseGuess tried = guess;
    tried.canonical = std::move(*person);
    tried.canonical.verts /= metres;
    tried.weights = medial_weights(fit.body, fit.shape, bind, tried.canonical.verts);
    tried.mask_iou = reprojection_iou({tried.canonical.faces, pose_guess(tried), {}}, tried.cameras, masks);
    if (i == 0 || tried.mask_iou > best.mask_iou) best = std::move(tried);
  }
  if (!unknown.empty()) warn(job, fmt::format("guess-words: not understood: {}", fmt::join(unknown, ", ")));
  guess = std::move(best);
  return {};
}

}  // namespace mp4d
