#include "reconstruction/articulated/evidence.h"
#include "core/runtime.h"
#include "io/clip_check.h"
#include "io/networks.h"
#include "io/resize.h"
#include "reconstruction/articulated/checkpoints.h"
#include "reconstruction/articulated/turn_rate.h"
#include <cstdio>

namespace mp4d {
namespace {

constexpr int kFineSize = 640;                   // px, longer side at which masks are computed
constexpr std::size_t kMostFineFrames = 150;     // 7 MB each

// Refuses a clip before it is decoded if it cannot fit: pictures at full size once, flow at working size.
Result<void> check_memory(const ReconstructInput& input, const FrameRange& range) {
  auto info = read_clip_info(input.clip);
  if (!info) return {};  // the reader gives the better error
  const double frames = std::min(range.max_frames, count_frames(*info, range));
  const double pixels = double(info->width) * info->height;
  const double side = std::max(info->width, info->height);
  const double small = side > kWorkSize ? pixels * (kWorkSize / side) * (kWorkSize / side) : pixels;
  const double need = frames * (4 * pixels + 30 * small) + 400e6;
  const double have = static_cast<double>(available_memory());
  if (need <= have) return {};
  return fail(ErrorCode::kResource,
              "{}: {:.0f} frames of {}x{} take {:.1f} GB, {:.1f} GB are free; use fewer frames (--start, --end, --step, "
              "--fps) or a smaller video",
              input.clip.string(), frames, info->width, info->height, need / 1e9, have / 1e9);
}

Result<MaskOptions> parse_subject(const std::string& text) {
  MaskOptions options;
  if (text.empty()) return options;
  int after_point = 0, after_frame = 0, frame = 0;
  std::sscanf(text.c_str(), "%lf,%lf%n,%d%n", &options.subject_x, &options.subject_y, &after_point, &frame, &after_frame);
  const auto inside = [](double v) { return v >= 0 && v <= 1; };
  const int size = static_cast<int>(text.size());
  if ((after_point != size && after_frame != size) || !inside(options.subject_x) || !inside(options.subject_y) || frame < 0)
    return fail(ErrorCode::kUsage,
                "--subject {}: give X,Y, both from 0 to 1 of the picture's width and height, or X,Y,FRAME with the frame's number "
                "from 0, e.g. 0.5,0.6,12",
                text);
  options.subject_frame = static_cast<std::size_t>(frame);
  return options;
}

bool has_alpha(const Frames& frames) { return frames.images.front().channels == 4; }

/// Masks computed one way, or those that way gave before.
Result<Masks> computed_masks(const Frames& frames, const MaskOptions& options, const StageCache& cache,
                             const ContentHash& clip_key, JobContext* job) {
  ContentHash key = clip_key;
  key.text("masks 4")
      .text(fmt::format("{},{},{}", options.subject_x, options.subject_y, options.subject_frame))
      .number(options.work_size);
  key.text(options.network ? "network" : "builtin");
  if (options.network && options.subject_x >= 0 && network_installed("pose")) key.text("people");
  if (auto blob = cache.load("masks", key)) {
    if (auto masks = masks_from_blob(*blob, frames.images)) return *masks;
  }
  MP4D_TRY(masks, compute_masks(frames, options, job));
  MP4D_CHECK(cache.save("masks", key, to_blob(masks)));
  return std::move(masks);
}

Result<Masks> find_masks(const ReconstructInput& input, const ReconstructOptions& options, const Frames& frames,
                         const StageCache& cache, const ContentHash& clip_key, JobContext* job) {
  if (!input.masks.empty() && !options.subject.empty())
    info(job, fmt::format("--subject {} is not looked at: masks are given", options.subject));
  if (!input.masks.empty() && options.carry_masks) {
    MP4D_TRY(given, read_some_masks(input.masks, frames));
    MP4D_TRY(carried, propagate_masks(frames, given.masks, job));
    carried.source = given.source + ", " + carried.source;
    return std::move(carried);
  }
  if (!input.masks.empty()) return read_masks(input.masks, frames);
  if (has_alpha(frames)) {
    auto alpha = masks_from_alpha(frames);
    if (alpha) return alpha;
    info(job, alpha.error().message + "; masks are computed instead");
  }
  const bool may_do_without = options.masks_from == "auto";
  MP4D_TRY(how, mask_options(options));
  if (how.subject_frame >= frames.images.size())
    return fail(ErrorCode::kUsage, "--subject {}: there is no frame {}; the chosen range has {}", options.subject,
                how.subject_frame, frames.images.size());
  // Who points at the subject has others beside it in the picture, in which it is small and its limbs are thin.
  if (how.network && how.subject_x >= 0 && frames.images.size() <= kMostFineFrames) how.work_size = kFineSize;
  auto masks = computed_masks(frames, how, cache, clip_key, job);
  if (!masks && how.network && may_do_without && masks.error().code != ErrorCode::kCancelled) {
    warn(job, "masks by the network: " + masks.error().message + "; they are computed without it");
    how.network = false;
    masks = computed_masks(frames, how, cache, clip_key, job);
  }
  if (masks) return masks;
  Error error = masks.error();
  if (error.code == ErrorCode::kInput || error.code == ErrorCode::kFailed)
    error.message = fmt::format("{}: {} (--masks FOLDER)", input.clip.string(), error.message);
  return tl::unexpected(error);
}

/// The one shot to use. Errors: several, where options do not choose.
Result<Shot> choose_shot(const ReconstructInput& input, const ReconstructOptions& options, const ClipLook& look,
                         JobContext* job) {
  const std::vector<Shot> shots = find_shots(look);
  const Shot longest = longest_shot(shots);
  if (shots.size() == 1) return longest;
  const std::string text = fmt::format("{}: {}", input.clip.string(), describe_shots(look, shots, options.start));
  if (options.shots == "refuse") return fail(ErrorCode::kInput, "{}; or let --shots longest take it", text);
  if (longest.frames() < 2) return fail(ErrorCode::kInput, "{}; a motion needs at least 2", text);
  warn(job, text + ", which is used");
  return longest;
}

/// The picture at the clip's middle, with all that is not the subject dimmed.
void show(const Frames& frames, const Masks& masks, Viewer* viewer) {
  if (!viewer) return;
  const std::size_t t = frames.images.size() / 2;
  const Image& image = frames.images[t];
  auto picture = std::make_shared<Image>(image.width, image.height, 3);
  for (std::size_t i = 0; i < image.pixels(); ++i)
    for (int c = 0; c < 3; ++c) {
      const std::uint8_t value = image.data[i * image.channels + c];
      picture->data[3 * i + c] = masks.masks[t].data[i] ? value : value / 4;
    }
  viewer->show({{}, {}, static_cast<int>(t), picture, {}});
}

/// From how many sides the subject is seen. Below this turn phase 1 leaves depth to its guess (docs/phase1.md).
void check_views(const Evidence& evidence, std::vector<Finding>& findings) {
  constexpr double kFewDegrees = 20, kDegrees = 57.29577951308232;
  double turned = 0, least = 0, most = 0;
  for (const float rate : estimate_turn_rate(evidence.masks.masks, evidence.flow)) {
    turned += kDegrees * rate;
    least = std::min(least, turned);
    most = std::max(most, turned);
  }
  if (most - least >= kFewDegrees) return;
  findings.push_back({"views", Finding::Severity::kNote,
                      fmt::format("the subject is seen from one side: it turns by about {:.0f} degrees. Its depth and "
                                  "far side follow the body plan and mirror symmetry; a clip in which it turns, or the "
                                  "camera goes round it, by 50 degrees or more shows them",
                                  most - least)});
}

void tell(const std::vector<Finding>& findings, nlohmann::json& report, JobContext* job) {
  report["clip_check"] = nlohmann::json::array();
  for (const Finding& finding : findings) {
    report["clip_check"].push_back(
        {{"what", finding.what}, {"severity", to_string(finding.severity)}, {"text", finding.text}});
    if (finding.severity == Finding::Severity::kWarning)
      warn(job, "clip: " + finding.text);
    else
      info(job, "clip: " + finding.text);
  }
}

}  // namespace

Result<MaskOptions> mask_options(const ReconstructOptions& options) {
  MP4D_TRY(how, parse_subject(options.subject));
  how.network = options.masks_from == "network" || (options.masks_from == "auto" && mask_network_installed());
  return how;
}

FrameRange frame_range(const ReconstructOptions& options) {
  return {options.start, options.end, options.step, options.fps, options.max_frames};
}

Result<Evidence> gather_evidence(const ReconstructInput& input, const ReconstructOptions& options,
                                 const StageCache& cache, nlohmann::json& report, JobContext* job, Viewer* viewer) {
  Evidence evidence;
  begin_phase(job, "frames");
  const FrameRange range = frame_range(options);
  MP4D_CHECK(check_memory(input, range));
  MP4D_TRY(frames, read_frames(input.clip, range, job));
  if (frames.images.size() < 2)
    return fail(ErrorCode::kInput, "{}: {} frame in the chosen range; motion needs at least 2", input.clip.string(),
                frames.images.size());
  evidence.full_width = frames.images.front().width;
  evidence.full_height = frames.images.front().height;
  MP4D_TRY(look, look_at_clip(frames, evidence.full_width, evidence.full_height, job));
  MP4D_TRY(shot, choose_shot(input, options, look, job));
  if (shot.frames() < frames.images.size()) {
    keep_frames(frames, shot.first, shot.frames());
    MP4D_TRY(shorter, look_at_clip(frames, evidence.full_width, evidence.full_height, job));
    look = std::move(shorter);
  }
  report["frames"] = {{"first", shot.first},
                      {"count", frames.images.size()},
                      {"width", evidence.full_width},
                      {"height", evidence.full_height},
                      {"fps", frames.fps}};
  evidence.key.text("evidence 1");
  for (const Image& image : frames.images) evidence.key.bytes(image.data.data(), image.data.size());

  begin_phase(job, "masks", static_cast<int>(frames.images.size()));
  MP4D_TRY(masks, find_masks(input, options, frames, cache, evidence.key, job));
  info(job, "masks: " + masks.source);
  report["masks"] = masks.source;
  for (Image& image : frames.images) image = shrink(image, kWorkSize);
  for (Mask& mask : masks.masks) {
    mask = shrink_mask(mask, kWorkSize);
    evidence.key.bytes(mask.data.data(), mask.data.size());
  }

  show(frames, masks, viewer);

  begin_phase(job, "flow", static_cast<int>(frames.images.size()) - 1);
  MP4D_TRY(flow, compute_flow(frames, job));
  evidence.frames = std::move(frames);
  evidence.masks = std::move(masks);
  evidence.flow = std::move(flow);
  std::vector<Finding> findings = check_clip(look, evidence.masks.masks);
  check_views(evidence, findings);
  tell(findings, report, job);
  return evidence;
}

}  // namespace mp4d
