#pragma once
#include "core/job_context.h"
#include "core/options.h"
#include "motion/fit.h"
#include "motion/rig.h"
#include <string>
#include <utility>
#include <vector>

namespace mp4d {

struct AutoRigOptions {
  std::string body_plan = "auto";
  int resolution = 128;
  std::string up = "auto";
  std::string forward = "auto";
};
const OptionTable<AutoRigOptions>& auto_rig_options();

/// What auto_rig did, for the log and the user.
struct RigReport {
  std::string body_plan;  ///< template used, or "none" for a curve skeleton
  double penalty = 0;     ///< of the template's embedding, 0 for a curve skeleton; below 0.4 is good
  std::vector<std::pair<std::string, double>> tried;  ///< best penalty of each template, infinite = did not fit
  Mat3 mesh_from_body = Mat3::Identity();  ///< columns = the creature's left, up and forward in the mesh's space
  std::string orientation;                 ///< the same in words, e.g. "up +y, forward +z"
  bool thin_aside = false;  ///< thin parts (weapons, capes, hair) were set aside to find the skeleton
  bool repaired = false;  ///< the mesh was not one closed piece; the skeleton was found in a repaired solid
  int components = 0;     ///< pieces of the mesh
  int open_edges = 0;
  int bridges = 0;                           ///< gaps between pieces that the skeleton crosses
  std::vector<std::string> missing_joints;   ///< optional joints without a limb
  std::vector<std::string> fallback_pieces;  ///< pieces without a bone in sight, and what they were bound to
};

struct RigResult {
  RiggedModel model;  ///< the mesh unchanged, with skeleton and skin; no clips
  RigReport report;
  std::vector<JointLimit> limits;  ///< of the template, for FitOptions; empty for a curve skeleton
};

/// Skeleton and skin for any mesh, open, in pieces or self-intersecting: solid (voxelise) -> medial graph -> template
/// embedding (all templates and four headings; also z up if y up fits badly) or curve skeleton -> heat weights.
/// Never an empty rig. The caller's current phase should have kRigSteps steps. Errors: kInput as voxelise(), kUsage for
/// an unknown option value, kFailed if the mesh is too thin for any skeleton (says so), kCancelled. Deterministic.
inline constexpr int kRigSteps = 3;
Result<RigResult> auto_rig(const Mesh& mesh, const AutoRigOptions& options = {}, JobContext* job = nullptr);

/// The report in sentences, one a line.
std::vector<std::string> describe(const RigReport& report);

}  // namespace mp4d
