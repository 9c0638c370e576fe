#include "reconstruction/field/field_options.h"

namespace mp4d {

const OptionTable<FieldTrainOptions>& field_train_options() {
  static const OptionTable<FieldTrainOptions> table = [] {
    OptionTable<FieldTrainOptions> t;
    using F = FieldTrainOptions;
    t.add("minutes", &F::minutes, 0.01, 10000, "training time; rates and levels of detail are spread over it");
    t.add("steps", &F::steps, 0, 100000000, "steps in place of minutes, for runs that repeat bit by bit; 0 = by time");
    t.add("until-psnr", &F::until_psnr, 0, 100,
          "stop as soon as the held-out views reach this many dB, which is looked at for a tenth of the time; 0 = use all the time");
    t.add("field", &F::field, {"grid", "dvgo", "tensorf", "hexplane", "nerf", "sdf"},
          "grid = densities and harmonics; dvgo = densities and a small network; tensorf = planes and lines in place of "
          "voxels, and the network: least memory; hexplane = the same with planes of time, for scenes that move; nerf = a network of the place alone, slow, for reference; sdf = distances to surfaces, for meshes");
    t.add("resolution", &F::resolution, 0, 512,
          "voxels along the longest side; memory grows with its cube (tensorf, hexplane: its square); 0 = 128, and more for boxes that are longer than a room");
    t.add("times", &F::times, 2, 1000, "hexplane: moments between which it changes evenly");
    t.add("degree", &F::degree, 1, 2, "spherical harmonics of the colours; 2 has sharper gloss and twice the memory");
    t.add("batch", &F::batch, 64, 1048576, "rays a step");
    t.add("s3im-weight", &F::s3im_weight, {},
          "weight of S3IM in the loss, 0 = without; auto = 1 for cameras inside the scene (sdf: 3), 0.1 for cameras round an object");
    t.add("background", &F::background, {"auto", "black", "white", "random"},
          "behind everything; auto = white where pictures have alpha, random for cameras inside a room (not sdf and nerf), else black; "
          "random keeps objects from being white and rooms from being clear (behind opaque pictures: while the field is coarse, then grey)");
    t.add("bounds", &F::bounds, {},
          "box of the content as x0,y0,z0,x1,y1,z1 in the scene's units; auto = from sparse points, the file, or where "
          "the cameras look");
    t.add("contract", &F::contract, {"auto", "on", "off"},
          "draw the space beyond the box into a shell round it, for streets and skies; auto = if sparse points lie far beyond "
          "the others");
    t.add("near", &F::near, -1, 1e6, "scene units before each camera that are left out; -1 = 2 % of the box's diagonal, or half the distance of the nearest points");
    t.add("density-rate", &F::density_rate, 1e-4, 10, "step length of densities");
    t.add("colour-rate", &F::colour_rate, 1e-4, 10, "step length of colours");
    t.add("network-rate", &F::network_rate, 1e-6, 1, "dvgo, tensorf, hexplane, nerf: step length of the network's weights");
    t.add("factor-rate", &F::factor_rate, 1e-6, 1, "tensorf, hexplane: step length of planes and lines");
    t.add("final-rate", &F::final_rate, 1e-4, 1, "share of the step lengths at the end; they fall exponentially");
    t.add("tv-density", &F::tv_density, 0, 10, "total variation of densities; more for fewer pictures");
    t.add("tv-colour", &F::tv_colour, 0, 10, "total variation of colours");
    t.add("tv-time", &F::tv_time, 0, 1000, "hexplane: total variation in time; more for moments of which few pictures are");
    t.add("colour-pull", &F::colour_pull, -1, 10, "pull of every sample's own colour to its pixel's; -1 = 1, for tensorf and hexplane 0.3, for sdf, nerf and with --exposure 0.05");
    t.add("weight-pull", &F::weight_pull, -1, 10, "pull of every sample to be clear or opaque, but for sdf and nerf only while the field is coarse; more leaves less fog, too much thins walls; -1 = 0.003, for tensorf, hexplane, sdf and nerf 0.02");
    t.add("distortion", &F::distortion, 0, 10, "pull of each ray's weights together (mip-NeRF 360); more leaves fewer floaters");
    t.add("start-opacity", &F::start_opacity, 1e-6, 0.5, "opacity of half a voxel at the start; more begins with fog");
    t.add("eikonal", &F::eikonal, 0, 100, "sdf: pull of the distances' slope to 1");
    t.add("smooth", &F::smooth, 0, 100, "sdf: pull of surfaces to be flat; more for fewer pictures");
    t.add("exposure", &F::exposure,
          "learn a gain of each colour for every picture, for photos whose exposure or white balance changes");
    t.add("refine-poses", &F::refine_poses,
          "grid, dvgo, sdf: move and turn the cameras along with the field, for poses that are not exact");
    t.add("hold-out", &F::hold_out, 0, 1000,
          "every so many-th picture is held out for evaluation where the scene has no split; 0 = none");
    t.add("max-side", &F::max_side, 0, 65536, "shrink pictures to this longer side; 0 = as they are");
    t.add("seed", &F::seed, 0, 1000000, "of the draws of rays");
    return t;
  }();
  return table;
}

}  // namespace mp4d
