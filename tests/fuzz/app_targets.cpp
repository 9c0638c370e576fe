#include "app/cli/batch_list.h"
#include "app/cli/field_path.h"
#include "app/studio/project_file.h"
#include "core/json_file.h"
#include "io/internal/export_formats.h"
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

}  // namespace

const std::vector<Target>& app_targets() {
  static const std::vector<Target> all{{"project", project},
                                       {"batch", batch},
                                       {"joints", joints},
                                       {"field", field},
                                       {"path", path}};
  return all;
}

}  // namespace mp4d::fuzz
