#include "app/cli/option_docs.h"
#include "app/cli/edit_options.h"
#include "app/cli/evaluate.h"
#include "app/cli/field_path.h"
#include "app/cli/field_scores.h"
#include "app/cli/human_dataset.h"
#include "reconstruction/human/human_evaluate.h"
#include "reconstruction/human/human_model.h"
#include "reconstruction/human/human_train.h"
#include "app/cli/reconstruct_job.h"
#include "app/cli/render_options.h"
#include "io/colmap_run.h"
#include "io/export.h"
#include "motion/auto_rig.h"
#include "motion/retarget.h"
#include "reconstruction/appearance/image_mesh.h"
#include "reconstruction/field/field_mesh.h"
#include "reconstruction/field/field_options.h"

namespace mp4d {

std::string option_docs() {
  std::string docs =
      "# Options\n\nMade by `magicpose4d options -o docs/options.md` from the tables in the program; do not edit. Every "
      "row is a flag `--name VALUE`; a true-or-false row is `--name` or `--no-name`. Rows of `reconstruct` are also "
      "keys of its job file (`--config job.json`), and `--print-config` prints them all.\n";
  const auto section = [&docs](const std::string& title, const OptionTableBase& table) {
    docs += "\n## " + title + "\n\n" + table.to_markdown();
  };
  section("reconstruct: files", reconstruct_files());
  section("reconstruct: method", reconstruct_options());
  section("written file (all commands that write a model)", export_options());
  section("rig", auto_rig_options());
  section("rig: pictures", image_mesh_options());
  section("edit", edit_options());
  section("transfer", retarget_options());
  section("evaluate", evaluate_options());
  section("render", render_options());
  section("human generate: sampling", human::human_sampling_options());
  section("human train", human::human_train_options());
  section("human evaluate", human::human_evaluate_options());
  section("human dataset", human_dataset_options());
  section("field train", field_train_options());
  section("field train: S3IM", s3im_options());
  section("field colmap", colmap_options());
  section("field render", field_render_options());
  section("field mesh", field_mesh_options());
  section("field eval: surface", surface_score_options());
  section("field eval: scene", field_scene_reading());
  return docs;
}

}  // namespace mp4d
