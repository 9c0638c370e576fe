#pragma once
#include "core/job_context.h"
#include "core/options.h"
#include "reconstruction/human/attribute_code.h"
#include "reconstruction/human/fof.h"
#include <filesystem>
#include <memory>

namespace mp4d::human {

/// Who is wanted, in which pose.
struct HumanRequest {
  Attributes attributes;
  KnownAttributes known;
  Joints joints;  ///< metres
  int seed = 1;   ///< of what is left open
};

struct HumanSampling {
  int seed = 1;  ///< of requests made from these options
  int steps = 8;
  double guidance = 2.5;
  int views = 4;
  double renoise = 0.5;
  double level = 0.5;
  int detail = 2;
  bool enhance = true;
  std::string sampler = "ddim";
  std::string device = "auto";
};
const OptionTable<HumanSampling>& human_sampling_options();

/// A generated field in the cube of frame_of(joints).
struct HumanField {
  FourierOccupancy occupancy;
  /// 2 (kBodyPartCount - 1) maps of R x R, row-major: how much each part but skin is seen, from the front, then the back.
  std::vector<float> parts;
};

/// A trained model: diffusion on Fourier occupancy fields (Joint2Human). Immutable after loading. One call at a time a
/// model; its threads are LibTorch's.
class HumanModel {
 public:
  /// Errors: kInput names the file; kUsage for a device that is not there.
  static Result<HumanModel> load(const std::filesystem::path& path, const std::string& device);

  const Wardrobe& wardrobe() const;
  /// Training facts, a JSON object.
  const std::string& facts() const;
  /// Rest joints for the attributes, metres.
  Joints rest_joints(const Attributes& attributes) const;

  /// Draws one field for each request; the same seeds, options and threads give the same fields. Phase "sample" of the job
  /// is entered with a step for each of the sampler's. With `bases`, one a request, sampling starts from these, noised to
  /// the time options.renoise of 1 (SDEdit, Meng et al. 2022), with that share of the steps. Error: kCancelled.
  Result<std::vector<HumanField>> sample(const std::vector<HumanRequest>& requests, const HumanSampling& options,
                                         JobContext* job = nullptr, const std::vector<HumanField>* bases = nullptr) const;

  /// Whether it was trained to.
  bool can_enhance() const;
  /// Adds to the fields the bands of detail that follow from theirs (Joint2Human's high-frequency enhancer): twice as many. `joints`: of
  /// each field's person, in its cube.
  void enhance(std::vector<HumanField>& fields, const std::vector<Joints>& joints) const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

/// The model that ships with the program.
Result<std::filesystem::path> shipped_human_model();

}  // namespace mp4d::human
