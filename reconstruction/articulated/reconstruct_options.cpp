#include "reconstruction/articulated/reconstruct.h"

namespace mp4d {

const OptionTable<ReconstructOptions>& reconstruct_options() {
  using O = ReconstructOptions;
  static const OptionTable<O> table =
      OptionTable<O>()
          .add("category", &O::category, {"auto", "human", "quadruped", "biped-tail", "bird", "none", "still"},
               "body plan; auto tries all and keeps the best; none makes a skeleton from the outline, for whatever no plan fits; still "
               "inflates one outline and holds it still, to compare with")
          .add("device", &O::device, {"auto", "cpu", "cuda"},
               "where phase 1's free form runs; auto = cuda if there is one")
          .add("threads", &O::threads, 0, 1024, "worker threads; 0 = all cores")
          .add("seed", &O::seed, 0, 1 << 30, "seed of every random choice; same seed, same result")
          .add("start", &O::start, 0, 1e6, "first moment of the clip or mesh sequence, seconds")
          .add("end", &O::end, -1, 1e6, "last moment, seconds; -1 = to the end")
          .add("fps", &O::fps, 0, 1000,
               "resample the video to this rate, 0 = its own frames; of pictures, meshes and .anime, which state none, "
               "their "
               "own rate, 0 = 24")
          .add("step", &O::step, 1, 1000, "keep every step-th frame")
          .add("max-frames", &O::max_frames, 2, 100000, "refuse longer clips; trim with start, end, fps or step")
          .add("fov", &O::fov, 5, 120, "vertical field of view of the camera, degrees, if you know it")
          .add("effort", &O::effort, 0.02, 10,
               "iterations of the coarse guess and of phase 1's free form, times the usual; 0.2 is for a quick look")
          .add("subject", &O::subject, {},
               "where the subject is when masks are computed, as X,Y in 0..1 of width and height, of the first frame "
               "or, as X,Y,FRAME, of that one of the chosen range, from 0; empty = the largest moving thing")
          .add("shots", &O::shots, {"refuse", "longest"},
               "a clip with cuts: refuse it and say where they are, or use its longest shot")
          .add("masks-from", &O::masks_from, {"auto", "builtin", "network"},
               "how masks are computed: network = the installed network isnet on keyframes (magicpose4d models), "
               "builtin = motion and colours alone, auto = the network if it is installed")
          .add("carry-masks", &O::carry_masks,
               "masks of some frames are enough: those of the others are carried from them by flow and graph cuts")
          .add("landmarks", &O::landmarks,
               "category human: the coarse guess also goes by where the installed network pose (magicpose4d models) sees the joints")
          .add("guess-surface", &O::guess_surface, {"template", "generator"},
               "surface of the coarse guess: template = the body plan's capsules; generator = with category human a person made in the "
               "fitted pose, as human generate makes them")
          .add("guess-words", &O::guess_words, {},
               "guess-surface generator: what the person is like, in the words of human generate; empty = of a few random people the one "
               "that fits best")
          .add("free-form", &O::free_form, "phase 1: refine the coarse guess's surface freely")
          .add("dynamic-rigidity", &O::dynamic_rigidity, "phases 1 and 2: keep edge lengths where skinning is peaked")
          .add("global-local-chamfer", &O::global_local_chamfer,
               "phases 1 and 2: Chamfer terms for every part beside the whole surface's; off = the whole surface only")
          .add("guess-pull", &O::guess_pull,
               "phase 1: hold the surface near the 3D guess by the Chamfer distance; off = only start from it")
          .add("phase2", &O::phase2,
               "fit the skeleton; off = keep the coarse guess's own motion (not with category still)")
          .add("reference", &O::reference,
               "phase 2 as MagicPose4D's authors released it, for comparison: loose bones, hundreds of times slower")
          .add("texture", &O::texture, 0, 4096,
               "side of the texture painted from the clip's pictures, pixels; 0 = a colour a vertex instead");
  return table;
}

std::vector<JobContext::Phase> reconstruct_phases() {
  return {{"frames", 2}, {"masks", 10}, {"flow", 3}, {"coarse guess", 12}, {"phase 1", 30}, {"rig", 2}, {"phase 2", 3}, {"colours", 2}};
}

}  // namespace mp4d
