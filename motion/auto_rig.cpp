#include "motion/auto_rig.h"

#include "core/text.h"
#include "motion/curve_skeleton.h"
#include "motion/foot_joints.h"
#include "motion/embed.h"
#include "motion/skin_weights.h"
#include "motion/thick_parts.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>

namespace mp4d {
namespace {

// Embeddings above this are worse than no template.
constexpr double kWorstPenalty = 0.75;
// y up is believed up to this; above, z up is tried as well.
constexpr double kDoubtfulPenalty = 0.4;

// z up must be better by as much.
constexpr double kUnusualUp = 0.1;

// What is thinner than one of these shares of the thickest part may be a thing the body carries or wears.
constexpr float kThin[] = {0.15f, 0.2f, 0.25f};
// It is set aside where the whole fits no better than the first. The rest must fit better than the second, and by the
// third better than the whole. Another body plan or heading counts only where the whole fits no better than the fourth.
constexpr double kDoubtfulWhole = 0.35, kFitsWithoutThin = 0.4, kGainWithoutThin = 0.15, kNothingFits = 0.55;
// Toes and noses are among the thin parts: without them front and back differ little, and +z is what most files mean.
constexpr double kUnusualHeading = 0.1;

struct Candidate {
  RigTemplate rig;
  Embedding embedding;
  int thick = -1;  // index of the thick parts it was found in, -1 = the whole
};

// Body frames with the given up axis, forward along each of the four other half axes; +z (or +y) first.
std::vector<Mat3> headings(const Vec3& up) {
  std::vector<Mat3> frames;
  const Vec3 first = std::abs(up.z()) > 0.5f ? Vec3(0, -1, 0) : Vec3(0, 0, 1);
  for (int quarter = 0; quarter < 4; ++quarter) {
    Vec3 forward = first;
    for (int k = 0; k < quarter; ++k) forward = up.cross(forward).eval();
    Mat3 frame;
    frame.col(0) = up.cross(forward);
    frame.col(1) = up;
    frame.col(2) = forward;
    frames.push_back(frame);
  }
  return frames;
}

std::string axis_name(const Vec3& v) {
  Eigen::Index axis;
  v.cwiseAbs().maxCoeff(&axis);
  return fmt::format("{}{}", v[axis] < 0 ? '-' : '+', "xyz"[axis]);
}

// Every template in all its rest poses and the allowed headings; the best of each.
// Headings other than the usual one cost `unusual`.
std::vector<Candidate> embed_all(const Embedder& embedder, const std::vector<RigTemplate>& rigs, const Vec3& up,
                                 const std::string& forward, double unusual) {
  std::vector<Mat3> frames = headings(up);
  const Vec3 usual = frames.front().col(2);
  const auto allowed = [&](const std::string& axis) {
    return forward == "auto" || (forward.size() == 1 ? axis.substr(1) : axis) == forward;
  };
  std::erase_if(frames, [&](const Mat3& frame) { return !allowed(axis_name(frame.col(2))); });
  std::vector<RigTemplate> variants;
  for (const RigTemplate& rig : rigs) {
    variants.push_back(rig);
    for (std::size_t p = 0; p < rig.poses.size(); ++p) variants.push_back(posed(rig, int(p)));
  }
  std::vector<std::optional<Embedding>> found(variants.size() * frames.size());
#pragma omp parallel for schedule(dynamic, 1)
  for (std::size_t i = 0; i < found.size(); ++i) {
    const Mat3& frame = frames[i % frames.size()];
    found[i] = embedder.embed(variants[i / frames.size()], frame);
    if (found[i] && !frame.col(2).isApprox(usual)) found[i]->penalty += unusual;
  }
  std::vector<Candidate> best;
  for (const RigTemplate& rig : rigs) {
    const Embedding* chosen = nullptr;
    for (std::size_t i = 0; i < found.size(); ++i)
      if (found[i] && variants[i / frames.size()].name == rig.name && (!chosen || found[i]->penalty < chosen->penalty))
        chosen = &*found[i];
    if (chosen) best.push_back({rig, *chosen});
  }
  return best;
}

Skeleton to_skeleton(const Candidate& c, std::vector<std::string>& missing, std::vector<JointLimit>& limits) {
  Skeleton skeleton;
  std::vector<int> index(std::size_t(c.rig.size()), -1);
  for (int j = 0; j < c.rig.size(); ++j) {
    const TemplateJoint& joint = c.rig.joints[std::size_t(j)];
    if (!c.embedding.present[std::size_t(j)]) {
      missing.push_back(joint.name);
      continue;
    }
    index[std::size_t(j)] = skeleton.size();
    Joint out{joint.name, joint.parent < 0 ? -1 : index[std::size_t(joint.parent)], {}};
    out.rest.translation = c.embedding.positions[std::size_t(j)];
    if (joint.parent >= 0) out.rest.translation -= c.embedding.positions[std::size_t(joint.parent)];
    skeleton.joints.push_back(out);
    if (joint.limited)
      limits.push_back({index[std::size_t(j)], joint.swing_max, joint.twist_min, joint.twist_max,
                        c.embedding.mesh_from_body * joint.limit_axis});
  }
  return skeleton;
}

bool better(const Candidate& a, const Candidate& b) { return a.embedding.penalty < b.embedding.penalty; }

// Whether the thick parts reach from the ground almost as high as the whole: thin legs are no things that are carried.
bool still_stands(const MedialGraph& whole, const MedialGraph& thick, const Vec3& up) {
  const auto range = [&](const MedialGraph& graph) {
    Eigen::AlignedBox1f box;
    for (const MedialSphere& s : graph.spheres) {
      box.extend(Eigen::Matrix<float, 1, 1>(up.dot(s.center) - s.radius));
      box.extend(Eigen::Matrix<float, 1, 1>(up.dot(s.center) + s.radius));
    }
    return box;
  };
  const auto all = range(whole), kept = range(thick);
  const float height = all.sizes()[0];
  return kept.min()[0] - all.min()[0] < 0.06f * height && kept.sizes()[0] > 0.8f * height;
}

// y up; also z up if that fits badly.
std::vector<Candidate> embed_both_ways_up(const Embedder& embedder, const std::vector<RigTemplate>& rigs,
                                          const AutoRigOptions& options, double unusual_heading = 0) {
  std::vector<Candidate> candidates;
  if (options.up != "z") candidates = embed_all(embedder, rigs, Vec3::UnitY(), options.forward, unusual_heading);
  const auto least = std::min_element(candidates.begin(), candidates.end(), better);
  if (options.up == "z" ||
      (options.up == "auto" && (least == candidates.end() || least->embedding.penalty > kDoubtfulPenalty)))
    for (Candidate& c : embed_all(embedder, rigs, Vec3::UnitZ(), options.forward, unusual_heading)) {
      if (options.up == "auto") c.embedding.penalty += kUnusualUp;
      candidates.push_back(std::move(c));
    }
  return candidates;
}

// The body without its thin parts.
class ThickParts {
 public:
  ThickParts(const MedialGraph& whole, const VoxelGrid& solid, float share)
      : whole_(whole), solid_(thick_parts(solid, std::max(share * whole.spheres.front().radius, 1.5f * solid.cell))) {
    graph_ = build_medial_graph(solid_);
    if (graph_.size() > 0) embedder_.emplace(graph_, solid_);
  }

  const Embedder& embedder() const { return *embedder_; }

  // Embeddings in what still stands that are to be preferred to the best in the whole.
  std::vector<Candidate> candidates(const std::vector<RigTemplate>& rigs, const AutoRigOptions& options,
                                    const std::optional<Candidate>& whole) const {
    if (!embedder_) return {};
    const bool fits = whole && whole->embedding.penalty < kNothingFits;
    std::vector<Candidate> found;
    if (fits) {
      AutoRigOptions same = options;
      same.up = axis_name(whole->embedding.mesh_from_body.col(1)).substr(1);
      same.forward = axis_name(whole->embedding.mesh_from_body.col(2));
      found = embed_both_ways_up(*embedder_, {whole->rig}, same);
    } else {
      found = embed_both_ways_up(*embedder_, rigs, options, kUnusualHeading);
    }
    std::erase_if(found, [&](const Candidate& c) {
      if (c.embedding.penalty >= kFitsWithoutThin) return true;
      if (whole && c.embedding.penalty > whole->embedding.penalty - kGainWithoutThin) return true;
      return !still_stands(whole_, graph_, c.embedding.mesh_from_body.col(1));
    });
    return found;
  }

 private:
  const MedialGraph& whole_;
  VoxelGrid solid_;
  MedialGraph graph_;
  std::optional<Embedder> embedder_;
};

}  // namespace

const OptionTable<AutoRigOptions>& auto_rig_options() {
  static const OptionTable<AutoRigOptions> table = [] {
    std::vector<std::string> plans = rig_template_names();
    plans.insert(plans.begin(), "auto");
    plans.push_back("none");
    OptionTable<AutoRigOptions> t;
    t.add("template", &AutoRigOptions::body_plan, plans,
          "body plan whose skeleton is laid into the mesh; auto tries all, none makes a curve skeleton for any shape");
    t.add("resolution", &AutoRigOptions::resolution, 32, 400,
          "cells along the mesh's longest side; more for thin limbs, at the third power of the time");
    t.add("up", &AutoRigOptions::up, {"auto", "y", "z"},
          "axis that points up; auto prefers y and tries z if that fits badly");
    t.add("forward", &AutoRigOptions::forward, {"auto", "x", "+x", "-x", "y", "+y", "-y", "z", "+z", "-z"},
          "way the creature faces, x = either way along x; give it for meshes in the middle of a movement, where left "
          "and right are easily "
          "swapped");
    return t;
  }();
  return table;
}

Result<RigResult> auto_rig(const Mesh& mesh, const AutoRigOptions& options, JobContext* job) {
  AutoRigOptions checked;
  MP4D_CHECK(auto_rig_options().set(&checked, "template", options.body_plan));
  MP4D_CHECK(auto_rig_options().set(&checked, "up", options.up));
  MP4D_CHECK(auto_rig_options().set(&checked, "forward", options.forward));
  if (options.forward != "auto" &&
      options.forward.substr(options.forward.size() - 1) == (options.up == "auto" ? "y" : options.up))
    return fail(ErrorCode::kUsage, "forward: {} lies along the up axis; set up to another axis (now {})",
                options.forward, options.up);
  RigResult result;
  RigReport& report = result.report;

  // Grown by 3/4 of a cell: sheets such as ears and capes get a body, and pieces that nearly touch become one.
  MP4D_TRY(solid, voxelise(mesh, {.resolution = options.resolution, .thicken = 0.75f}, job));
  report.components = solid.components;
  report.open_edges = solid.open_edges;
  report.repaired = solid.components != 1 || solid.open_edges > 0;

  step(job, 1);
  const MedialGraph graph = build_medial_graph(solid.distance);
  if (graph.size() == 0)
    return fail(ErrorCode::kFailed, "mesh: nowhere thicker than a cell of {:.3g} m; raise the resolution over {}",
                solid.distance.cell, options.resolution);
  report.bridges = graph.bridges;
  MP4D_CHECK(check(job));

  std::vector<RigTemplate> rigs;
  for (const std::string& name : rig_template_names())
    if (options.body_plan == "auto" || options.body_plan == name) {
      MP4D_TRY(rig, load_rig_template(name));
      rigs.push_back(rig);
    }
  std::optional<Candidate> chosen;
  if (!rigs.empty()) {
    const Embedder embedder(graph, solid.distance);
    std::vector<Candidate> candidates = embed_both_ways_up(embedder, rigs, options);
    MP4D_CHECK(check(job));
    // Fits nothing well: perhaps for what the body carries.
    std::vector<std::unique_ptr<ThickParts>> thick;
    const auto least = std::min_element(candidates.begin(), candidates.end(), better);
    if (least == candidates.end() || least->embedding.penalty > kDoubtfulWhole) {
      const std::optional<Candidate> whole = least == candidates.end() ? std::nullopt : std::optional(*least);
      for (const float share : kThin) {
        thick.push_back(std::make_unique<ThickParts>(graph, solid.distance, share));
        for (Candidate& c : thick.back()->candidates(rigs, options, whole)) {
          c.thick = int(thick.size()) - 1;
          candidates.push_back(std::move(c));
        }
        MP4D_CHECK(check(job));
      }
    }
    for (const RigTemplate& rig : rigs) {
      double penalty = std::numeric_limits<double>::infinity();
      for (const Candidate& c : candidates)
        if (c.rig.name == rig.name) penalty = std::min(penalty, c.embedding.penalty);
      report.tried.emplace_back(rig.name, penalty);
    }
    const auto best = std::min_element(candidates.begin(), candidates.end(), better);
    // A template that was asked for is used however badly it fits; the report says so.
    if (best != candidates.end() && (options.body_plan != "auto" || best->embedding.penalty < kWorstPenalty)) {
      (best->thick < 0 ? embedder : thick[std::size_t(best->thick)]->embedder()).refine(best->rig, best->embedding);
      chosen = std::move(*best);
      add_foot_joints(chosen->rig, chosen->embedding);
    }
  }
  if (chosen) {
    report.body_plan = chosen->rig.name;
    report.penalty = chosen->embedding.penalty;
    report.mesh_from_body = chosen->embedding.mesh_from_body;
    report.thin_aside = chosen->thick >= 0;
    result.model.skeleton = to_skeleton(*chosen, report.missing_joints, result.limits);
  } else {
    report.body_plan = "none";
    MP4D_TRY(skeleton, curve_skeleton(graph, solid.distance));
    result.model.skeleton = std::move(skeleton);
  }
  report.orientation = fmt::format("up {}, forward {}", axis_name(report.mesh_from_body.col(1)),
                                   axis_name(report.mesh_from_body.col(2)));
  MP4D_CHECK(check(job));

  step(job, 2);
  MP4D_TRY(weights, heat_weights(mesh, result.model.skeleton, solid.distance, {}, job));
  result.model.mesh = mesh;
  result.model.skin = std::move(weights.skin);
  report.fallback_pieces = std::move(weights.fallback_pieces);
  step(job, kRigSteps);
  for (const std::string& line : describe(report)) info(job, line);
  return result;
}

std::vector<std::string> describe(const RigReport& report) {
  std::vector<std::string> lines;
  std::string tried;
  for (const auto& [name, penalty] : report.tried) {
    if (!tried.empty()) tried += ", ";
    tried += std::isfinite(penalty) ? fmt::format("{} {:.2f}", name, penalty) : name + " impossible";
  }
  if (report.body_plan == "none")
    lines.push_back("skeleton: curve skeleton, no body plan" + (tried.empty() ? "" : " (penalties: " + tried + ")"));
  else
    lines.push_back(fmt::format("skeleton: {}, {} (penalties: {}; {})", report.body_plan, report.orientation, tried,
                                report.penalty < 0.4    ? "a good fit"
                                : report.penalty < 0.65 ? "a doubtful fit: check the joints"
                                                        : "a bad fit: choose another template, or none"));
  if (report.thin_aside)
    lines.push_back(
        "skeleton: found with thin parts (what is held, worn or hangs) set aside; they follow the nearest bones");
  if (report.repaired)
    lines.push_back(
        fmt::format("mesh: {}, {}; the skeleton was found in a closed solid, the mesh itself is unchanged",
                    counted(report.components, "piece"), counted(report.open_edges, "open edge")));
  if (report.bridges && report.components > 1)
    lines.push_back(fmt::format("mesh: the skeleton crosses {} between separate pieces", counted(report.bridges, "gap")));
  if (!report.missing_joints.empty())
    lines.push_back(fmt::format("skeleton: no limb for {}", fmt::join(report.missing_joints, ", ")));
  constexpr std::size_t kListed = 5;
  for (std::size_t i = 0; i < std::min(kListed, report.fallback_pieces.size()); ++i)
    lines.push_back("weights: no bone in sight, " + report.fallback_pieces[i]);
  if (report.fallback_pieces.size() > kListed)
    lines.push_back(fmt::format("weights: and {} more such pieces", report.fallback_pieces.size() - kListed));
  return lines;
}

}  // namespace mp4d
