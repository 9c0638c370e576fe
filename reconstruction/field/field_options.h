#pragma once
#include "core/options.h"
#include "reconstruction/field/s3im.h"

namespace mp4d {

/// How `magicpose4d field train` works; see field_train_options() for names, ranges and reasons.
struct FieldTrainOptions {
  double minutes = 2;
  int steps = 0;
  double until_psnr = 0;
  std::string field = "grid";
  int resolution = 0;
  int times = 8;
  int degree = 1;
  int batch = 4096;
  std::string s3im_weight = "auto";
  std::string background = "auto";
  std::string bounds = "auto";
  std::string contract = "auto";
  double near = -1;
  double density_rate = 0.1, colour_rate = 0.1, network_rate = 2e-3, factor_rate = 0.02, final_rate = 0.05;
  double tv_density = 1e-4, tv_colour = 1e-5, tv_time = 0.1;
  double colour_pull = -1, weight_pull = -1, distortion = 0;
  double start_opacity = 1e-4;
  double eikonal = 0.1, smooth = 0.005;
  bool exposure = false, refine_poses = false;
  int hold_out = 8;
  int max_side = 0;
  int seed = 1;
};
const OptionTable<FieldTrainOptions>& field_train_options();

}  // namespace mp4d
