#include "app/cli/batch_list.h"
#include "app/cli/field_path.h"
#include "app/studio/project_file.h"
#include "app/studio/templates.h"
#include "core/json_file.h"
#include "motion/check_model.h"
#include "reconstruction/articulated/checkpoints.h"
#include "reconstruction/field/field_checkpoint.h"
#include "reconstruction/human/body_json.h"
#include "reconstruction/human/human_generate.h"
#include "tests/fuzz/targets.h"

namespace mp4d::fuzz {
namespace {

void project(std::string_view bytes) {
  const auto state = load_project(file_of("in.mp4d", bytes));
  if (refused(state)) return;
  if (state->character) must_hold(check_model(to_model(state->character)).has_value(), "no sound character");
  if (state->film)
    for (const Camera& camera : state->film->cameras)
      must_hold(camera.camera_from_world.matrix().allFinite(), "a camera that is not finite");
}

void batch(std::string_view bytes) {
  const auto json = parse_json(bytes, "jobs.json");
  if (refused(json)) return;
  const auto folder = file_of("none", "").parent_path();
  const auto jobs = batch_jobs("jobs.json", *json, folder);
  if (refused(jobs)) return;
  for (const BatchJob& job : *jobs)
    for (const auto& output : job.outputs) {
      const auto inside = (folder / output).lexically_normal().lexically_relative(folder);
      must_hold(!inside.empty() && *inside.begin() != "..", "an output outside of the batch's folder");
    }
}

void joints(std::string_view bytes) {
  const auto read = human::read_joints(file_of("pose.json", bytes));
  if (refused(read) || refused(human::check_joints(*read))) return;
  must_hold(read->allFinite(), "a joint that is not finite");
}

void field(std::string_view bytes) {
  const std::filesystem::path file = file_of("scene.field", bytes);
  refused(load_field(file));
  const auto trained = load_trained_field(file);
  if (!refused(trained)) refused(field_path(trained->about, {}, 3));
}

void path(std::string_view bytes) {
  FieldRenderOptions options;
  options.path = file_of("path.json", bytes).string();
  options.spline = true;
  const auto cameras = field_path(nlohmann::json::object(), options, 5);
  if (refused(cameras)) return;
  for (const Camera& camera : *cameras) must_hold(camera.camera_from_world.matrix().allFinite(), "a camera that is not finite");
}

void own_template(std::string_view bytes) {
  DocumentState state;
  refused(apply_template({"in", "in", "in", file_of("template.json", bytes)}, state));
}

void masks(std::string_view bytes) {
  auto blob = BlobReader::of_content(std::string(bytes));
  const std::vector<Image> images(2, Image(4, 3, 3));
  if (const auto read = masks_from_blob(blob, images))
    for (const Mask& mask : read->masks) must_hold(mask.data.size() == images[0].pixels(), "a mask of another size");
}

void guess(std::string_view bytes) {
  auto blob = BlobReader::of_content(std::string(bytes));
  if (const auto read = guess_from_blob(blob, std::vector<Mask>(2, Mask(4, 3, 1))))
    for (const Points& posed : pose_guess(*read)) must_hold(posed.rows() == read->canonical.verts.rows(), "vertices that are missing");
}

void phase1(std::string_view bytes) {
  auto blob = BlobReader::of_content(std::string(bytes));
  if (const auto read = phase1_from_blob(blob, std::vector<Mask>(2, Mask(4, 3, 1))))
    for (const Points& frame : read->frames) must_hold(frame.allFinite(), "a vertex that is not finite");
}

void model(std::string_view bytes) {
  auto blob = BlobReader::of_content(std::string(bytes));
  nlohmann::json report;
  if (const auto read = model_from_blob(blob, 2, report)) must_hold(check_model(*read).has_value(), "no sound model");
}

}  // namespace

const std::vector<Target>& app_targets() {
  static const std::vector<Target> all{{"project", project},
                                       {"batch", batch},
                                       {"joints", joints},
                                       {"field", field},
                                       {"path", path},
                                       {"template", own_template},
                                       {"masks", masks},
                                       {"guess", guess},
                                       {"phase1", phase1},
                                       {"model", model}};
  return all;
}

}  // namespace mp4d::fuzz
