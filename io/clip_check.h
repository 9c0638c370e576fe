#pragma once
#include "io/flow.h"
#include "io/masks.h"

namespace mp4d {

/// One thing about a clip that shapes the result, in plain words.
struct Finding {
  enum class Severity { kNote, kWarning };
  std::string what;  ///< "size", "blur", "exposure", "camera", "shots", "area", "absent", "cut off", "motion", "views"
  Severity severity = Severity::kNote;
  std::string text;  ///< what is found, by how much, what it means, what to do
};

const char* to_string(Finding::Severity severity);  ///< "note" or "warning"

/// Frames between two cuts.
struct Shot {
  std::size_t first = 0, last = 0;  ///< indices of frames, both belong to it
  std::size_t frames() const { return last - first + 1; }
};

/// A clip at the size at which it is judged, and its optical flow.
struct ClipLook {
  int width = 0, height = 0;     ///< of the clip's own pictures
  Frames frames;                 ///< longer side at most kLookSize
  std::vector<FlowPair> flow;    ///< between neighbours; empty for a single frame
  std::vector<double> mismatch;  ///< how little frame t resembles t + 1 carried along the flow: 0 the same, 1 unrelated
};

constexpr int kLookSize = 256;

/// `frames` may already be shrunk: width and height are the clip's own size. A cancel is honoured.
Result<ClipLook> look_at_clip(const Frames& frames, int width, int height, JobContext* job = nullptr);

/// Hard cuts: neighbours that flow cannot carry into each other while it can in the frames around. Fades are not seen.
/// Covers all frames, in order.
std::vector<Shot> find_shots(const ClipLook& look);

/// Frames, times and what to type for the longest of `shots` (two or more); `start_s` is the time in the clip of the
/// first frame. For people: "2 shots, cut at 0.83 s (frame 20); ...".
std::string describe_shots(const ClipLook& look, const std::vector<Shot>& shots, double start_s);
Shot longest_shot(const std::vector<Shot>& shots);

/// Size, sharpness, exposure, camera; with `masks` (one a frame, any size) these are judged on the subject, and its
/// area, its place in the picture and its motion too. Thresholds: docs/clip_check.md.
std::vector<Finding> check_clip(const ClipLook& look, const std::vector<Mask>& masks = {});

}  // namespace mp4d
