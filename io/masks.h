#pragma once
#include "io/frames.h"

namespace mp4d {

struct Masks {
  std::vector<Mask> masks;  ///< one a frame, 0 or 255, of the frames' size
  std::string source;       ///< for the log: "folder X (white = subject)", "alpha", "computed: static camera ..."
};

/// Masks of `frames` from a folder of images of the same stems. Either polarity is detected (the subject is
/// the class that touches the border less over all frames) and said in `source`.
/// Errors name the file: missing, wrong size (both sizes are given), all of one class in every frame.
Result<Masks> read_masks(const std::filesystem::path& folder, const Frames& frames);

/// The same where only some frames have a mask of their stem; the others' are empty. Error if none has.
Result<Masks> read_some_masks(const std::filesystem::path& folder, const Frames& frames);

/// The same for the one mask of a picture.
Result<Masks> read_mask(const std::filesystem::path& file, const Image& picture);

/// Masks from the frames' alpha channel; error if there is none or it is constant.
Result<Masks> masks_from_alpha(const Frames& frames);

struct MaskOptions {
  double subject_x = -1, subject_y = -1;  ///< point on the subject in 0..1 of width and height, -1 = largest moving
  std::size_t subject_frame = 0;          ///< the frame in which it is there, from 0
  int work_size = 384;                    ///< longer side at which the masks are computed
  bool network = false;                   ///< start from ISNet on keyframes, an error if it is not installed
};

/// Masks computed from the pictures alone: for a static (or stabilised) camera a temporal background model,
/// colour models and graph cuts (GrabCut's iteration, Rother et al. 2004, over all frames at once), made consistent in
/// time through optical flow; for a camera whose motion no homography explains, contrast with the picture's rim in
/// place of the background model. `source` says which. Of several things one is followed. Reports as many steps as
/// there are frames; deterministic for any number of threads.
/// Errors: no foreground found (says what to shoot or that --masks helps), nothing at the given point, one frame.
Result<Masks> compute_masks(const Frames& frames, const MaskOptions& options, JobContext* job = nullptr);

/// Masks of all frames from those that are given (the others are empty): carried from the given ones on both sides through
/// optical flow, and in every frame cut along its edges by the colours of subject and background in the given ones (after
/// video object propagation as Bai et al., Video SnapCut, 2009, in plain form). The given masks stay as they are. A step a
/// frame. Errors (kInput): none is given, one of another size, none with both subject and background; kCancelled.
Result<Masks> propagate_masks(const Frames& frames, const std::vector<Mask>& given, JobContext* job = nullptr);

/// The mask of a single picture: contrast with its rim and graph cuts, or the network. One step. Errors as above.
Result<Masks> compute_mask(const Image& picture, const MaskOptions& options, JobContext* job = nullptr);

/// A pixel that is known to lie on the subject, or on the background.
struct MaskPoint {
  double x = 0, y = 0;  ///< pixels
  bool subject = true;
};

/// The mask of one picture from a few points: by the contrast on the way from them to every pixel (geodesic distance: Bai and
/// Sapiro 2007), colours and graph cuts. `before`: a mask that the points correct, or empty. Errors: kUsage for points outside
/// of the picture or none on the subject; kInput for a picture without colours or a mask of another size.
Result<Mask> mask_from_points(const Image& picture, const std::vector<MaskPoint>& points, const Mask& before = {});

/// Whether the networks that MaskOptions::network needs are installed.
bool mask_network_installed();

/// Largest components kept, holes under `max_hole` of the subject's area filled, edges smoothed.
Mask clean_mask(const Mask& mask, double max_hole = 0.01);

/// |a and b| / |a or b|; 1 if both are empty.
double mask_iou(const Mask& a, const Mask& b);

}  // namespace mp4d
