#include "motion/fit.h"
#include "core/rng.h"
#include "motion/fit_solver.h"
#include "motion/fit_surface.h"
#include "motion/joint_limits.h"
#include "motion/kinematics.h"
#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>

namespace mp4d {
namespace {

using namespace fitting;
using Eigen::MatrixX3d;

// Share of the smoothness that vertex correspondences get: their residual is model error, not noise.
constexpr double kIndexSmoothness = 0.01;

// Weight of the rest pose when the first frame's pose is found; falls to nothing.
constexpr double kStartStiffness = 3e-3;

Result<void> check_limits(const std::vector<JointLimit>& limits, int joints) {
  for (const JointLimit& limit : limits) {
    if (limit.joint < 0 || limit.joint >= joints)
      return fail(ErrorCode::kUsage, "limits: joint {} does not exist; there are {}", limit.joint, joints);
    if (!(limit.swing_max >= 0) || !(limit.twist_min <= limit.twist_max))
      return fail(ErrorCode::kUsage, "limits of joint {}: swing {} must be >= 0 and twist {}..{} rising", limit.joint,
                  limit.swing_max, limit.twist_min, limit.twist_max);
  }
  return {};
}

// Rigid motion per bone by weighted Procrustes (Kabsch), twist included; bones whose points leave a rotation open
// lean on their parent's.
FrameState procrustes(const Chain& chain, const PointSet& points, const MatrixX3d& target) {
  const int bones = chain.size();
  struct Fit {
    M3 yv = M3::Zero();
    V3 y = V3::Zero(), v = V3::Zero();
    double vv = 0, w = 0;
    void add(double weight, const V3& rest, const V3& moved) {
      yv += weight * moved * rest.transpose();
      y += weight * moved;
      v += weight * rest;
      vv += weight * rest.squaredNorm();
      w += weight;
    }
    M3 covariance() const { return yv - y * v.transpose() / w; }
    double spread() const { return vv - v.squaredNorm() / w; }
  };
  std::vector<Fit> fit(bones);
  Fit whole;
  for (int p = 0; p < points.size(); ++p)
    for (int i = points.start[p]; i < points.start[p + 1]; ++i) {
      const Influence& f = points.influences[i];
      const V3 rest = f.u.head<3>() / f.u[3], moved = target.row(p);
      fit[f.bone].add(f.u[3] * f.u[3], rest, moved);
      whole.add(f.u[3], rest, moved);
    }
  FrameState state = chain.rest_state();
  const M3 whole_rotation = nearest_rotation(whole.covariance());
  std::vector<M3> world(bones, M3::Identity());
  for (int j = 0; j < bones; ++j) {
    const int p = chain.parent[j];
    const M3 from_parent = p < 0 ? M3(M3::Identity()) : world[p];
    world[j] = from_parent;
    if (chain.rotation_at[j] < 0) continue;
    const bool carrier = chain.shift_at[j] >= 0;
    const Fit& own = chain.weighted[j] ? fit[j] : whole;
    if (carrier) world[j] = whole_rotation;
    if (chain.weighted[j] && own.spread() > 1e-12 * own.w)
      world[j] = nearest_rotation(own.covariance() + 1e-3 * own.spread() * world[j]);
    state.rotation[j] = from_parent.transpose() * world[j];
    if (carrier) state.shift[j] = own.y / own.w + world[j] * (chain.centre[j] - own.v / own.w) - chain.centre[j];
  }
  return state;
}

class Fitter {
 public:
  Fitter(const Skeleton& skeleton, const Skin& skin, const Points& rest, const Faces& faces, const FitTarget& target,
         const FitOptions& options, JobContext* job)
      : skeleton_(skeleton), skin_(skin), faces_(faces), target_(target), options_(options), job_(job),
        origin_(bounds(rest).center().cast<double>()), unit_(bounds(rest).diagonal().norm()),
        chain_(make_chain(skeleton, skin, origin_, unit_, options.loose_joints)), table_(chain_.size()), verts_(normalised(rest)),
        bone_scale_(chain_.size(), 1.0) {
    for (const JointLimit& l : options.limits) {
      const V3 axis = l.axis.isZero() ? chain_.bone_axis(l.joint) : V3(l.axis.cast<double>().normalized());
      limits_.push_back({l.joint, axis, l.swing_max, l.twist_min, l.twist_max});
    }
    if (options.bone_scale == "constant") mode_ = ScaleMode::kShared;
    if (options.bone_scale == "per-frame") mode_ = ScaleMode::kPerFrame;
  }

  Result<FitResult> run() {
    warn_about_idle_joints();
    by_index_ = options_.correspondences != "surface";
    int first_odd = -1;
    for (int t = target_.size() - 1; t >= 0; --t)
      if (target_.verts[t]->rows() != verts_.rows() || target_.faces[t]->rows() != faces_.rows() || *target_.faces[t] != faces_)
        first_odd = t;
    if (first_odd >= 0 && options_.correspondences == "index")
      return fail(ErrorCode::kInput,
                  "target: frame {} has {} vertices and other faces than the rest mesh ({} vertices); use correspondences 'surface'",
                  first_odd, target_.verts[first_odd]->rows(), verts_.rows());
    by_index_ = by_index_ && first_odd < 0;
    MP4D_CHECK(by_index_ ? fit_vertices() : fit_surfaces());
    return result();
  }

 private:
  MatrixX3d normalised(const Points& points) const {
    return (points.cast<double>().rowwise() - origin_.transpose()) / unit_;
  }

  void warn_about_idle_joints() const {
    std::string names;
    for (int j = 0; j < chain_.size(); ++j)
      if (!chain_.moves_skin[j] && !chain_.children[j].empty()) names += (names.empty() ? "" : ", ") + skeleton_.joints[j].name;
    if (!names.empty()) info(job_, fmt::format("joints that move no vertex stay at rest: {}", names));
  }

  Priors priors(double data_cost) const {
    // Maximum a posteriori with a noise of the size that the data shows: exact data is not smoothed.
    const double variance = std::max(data_cost / target_.size(), 1e-14);
    Priors p;
    p.turn = options_.smoothness * variance * (by_index_ ? kIndexSmoothness : 1.0);
    p.shift = 30 * p.turn;  // 0.06 rad a frame^2 stand against 1 % of the size
    p.rest = 1e-3 * variance + 1e-12;
    p.scale = 0.1 * variance;
    return p;
  }

  // Takes the fitted scales into the rest mesh and the rest joints, which are then the new unit.
  void bake_scales() {
    FrameState stretched = chain_.rest_state();
    stretched.log_scale = states_[0].log_scale;
    Posed posed;
    chain_.pose(stretched, posed);
    PointSet points = vertex_points();
    for (int v = 0; v < points.size(); ++v) verts_.row(v) = points.position(v, posed.skin);
    chain_.centre = posed.position;
    for (int j = 0; j < chain_.size(); ++j) bone_scale_[j] *= std::exp(stretched.log_scale[j]);
    for (FrameState& s : states_) s.log_scale.assign(chain_.size(), 0.0);
  }

  PointSet vertex_points() const {
    PointSet points;
    for (int v = 0; v < verts_.rows(); ++v) points.add({{v, 1.0}}, verts_, skin_);
    return points;
  }

  // ---- dynamic rigidity

  struct Edges {
    PointSet ends;         // two a row: x_i - x_j
    std::vector<double> weight;
    std::vector<double> rest_length;
  };

  // Edges that skinning can stretch, with the rigidity r_i r_j, r = 1 - H(w) / log B (MagicPose4D, arXiv 2405.14017).
  Edges rigid_edges() const {
    std::vector<double> rigidity(verts_.rows(), 1.0);
    for (Eigen::Index v = 0; v < verts_.rows(); ++v) {
      double entropy = 0;
      for (int k = 0; k < 4; ++k)
        if (const double w = skin_.weights(v, k); w > 0) entropy -= w * std::log(w);
      if (chain_.size() > 1) rigidity[v] = std::max(0.0, 1 - entropy / std::log(chain_.size()));
    }
    const auto all = unique_edges(faces_);
    std::vector<Eigen::Index> stretchable;
    for (Eigen::Index e = 0; e < all.rows(); ++e) {
      const int a = all(e, 0), b = all(e, 1);
      const bool rigid = skin_.weights(a, 0) > 0.999f && skin_.weights(b, 0) > 0.999f && skin_.joints(a, 0) == skin_.joints(b, 0);
      if (!rigid && rigidity[a] * rigidity[b] > 0.05) stretchable.push_back(e);
    }
    Edges edges;
    const std::size_t stride = std::max<std::size_t>(1, stretchable.size() / std::max(1, options_.samples / 2));
    for (std::size_t i = 0; i < stretchable.size(); i += stride) {
      const int a = all(stretchable[i], 0), b = all(stretchable[i], 1);
      edges.ends.add({{a, 1.0}, {b, -1.0}}, verts_, skin_);
      edges.weight.push_back(rigidity[a] * rigidity[b]);
      edges.rest_length.push_back((verts_.row(a) - verts_.row(b)).norm());
    }
    return edges;
  }

  static std::vector<double> lengths(const Edges& edges, const Posed& posed) {
    std::vector<double> result(edges.ends.size());
    for (int e = 0; e < edges.ends.size(); ++e) result[e] = edges.ends.position(e, posed.skin).norm();
    return result;
  }

  // Rows that pull edge lengths to those of `neighbours` (frames t-1, t+1) and, at half weight, to the rest lengths.
  void add_rigidity(const Edges& edges, const Posed& posed, const std::vector<const std::vector<double>*>& neighbours,
                    FrameData& data) const {
    if (options_.rigidity <= 0 || edges.ends.size() == 0) return;
    std::vector<PlaneRow> rows;
    const double scale = options_.rigidity / edges.ends.size();
    for (int e = 0; e < edges.ends.size(); ++e) {
      const V3 x = edges.ends.position(e, posed.skin);
      const double length = x.norm();
      if (length < 1e-9) continue;
      double weight = 0.5, wanted = 0.5 * edges.rest_length[e];
      for (const auto* n : neighbours) weight += 1, wanted += (*n)[e];
      rows.push_back({e, x / length, wanted / weight, scale * weight * edges.weight[e]});
    }
    data.rows.emplace_back(&edges.ends, std::move(rows));
  }

  // ---- vertex correspondences

  // Global-local Chamfer with the vertex of the same index for the nearest neighbour: the mean over all vertices and, times
  // local_weight, the mean over parts of the part's mean.
  std::vector<double> vertex_weights(const PointSet& points) const {
    std::vector<int> part(points.size());
    std::vector<std::size_t> size(chain_.size(), 0);
    for (int p = 0; p < points.size(); ++p) ++size[part[p] = heaviest_bone(points, p)];
    const auto parts = std::count_if(size.begin(), size.end(), [](std::size_t n) { return n >= kSmallestPart; });
    std::vector<double> weight(points.size(), 1.0 / points.size());
    for (int p = 0; p < points.size(); ++p)
      if (const std::size_t n = size[part[p]]; n >= kSmallestPart) weight[p] += options_.local_weight / (static_cast<double>(parts) * n);
    return weight;
  }

  double vertex_distance(const PointSet& points, const Posed& posed, int t, int p) const {
    return (points.position(p, posed.skin) - targets_[t].row(p).transpose()).norm();
  }

  // Distances beyond the percentile count linearly (Huber, by reweighting).
  void cap_outliers(const PointSet& points, int t, std::vector<double>& weight) const {
    Posed posed;
    chain_.pose(states_[t], posed);
    std::vector<double> distance(points.size());
    for (int p = 0; p < points.size(); ++p) distance[p] = vertex_distance(points, posed, t, p);
    const double cap = percentile(distance, options_.outlier_percentile);
    for (int p = 0; p < points.size(); ++p)
      if (distance[p] > cap) weight[p] *= cap / distance[p];
  }

  // `from_states`: with outliers as the states see them.
  std::vector<FrameData> vertex_data(const PointSet& points, bool from_states) const {
    const std::vector<double> shared = vertex_weights(points);
    std::vector<FrameData> data(target_.size());
#pragma omp parallel for schedule(static)
    for (int t = 0; t < target_.size(); ++t) {
      std::vector<double> weight = shared;
      if (from_states) cap_outliers(points, t, weight);
      auto moments = std::make_shared<Moments>();
      moments->k.assign(table_.pairs.size(), Eigen::Matrix4d::Zero());
      data[t].d.assign(chain_.size(), M34::Zero());
      for (int p = 0; p < points.size(); ++p) {
        const V3 y = targets_[t].row(p);
        data[t].y2 += weight[p] * y.squaredNorm();
        for (int a = points.start[p]; a < points.start[p + 1]; ++a) {
          const Influence& fa = points.influences[a];
          data[t].d[fa.bone] += (weight[p] * y) * fa.u.transpose();
          for (int b = a; b < points.start[p + 1]; ++b) {
            const Influence& fb = points.influences[b];
            moments->k[table_.find(fa.bone, fb.bone)] += (weight[p] * fa.u) * fb.u.transpose();
          }
        }
      }
      data[t].moments = std::move(moments);
    }
    return data;
  }

  // All frames together on `data` and dynamic rigidity. Returns the cost of the data alone.
  double minimise_all(const std::vector<FrameData>& data, const Edges& edges, double cost, int iterations) {
    const int count = target_.size();
    std::vector<Posed> posed(count);
    std::vector<std::vector<double>> length(count);
#pragma omp parallel for schedule(static)
    for (int t = 0; t < count; ++t) {
      chain_.pose(states_[t], posed[t]);
      length[t] = lengths(edges, posed[t]);
    }
    std::vector<FrameData> with_rigidity = data;
    for (int t = 0; t < count; ++t) {
      std::vector<const std::vector<double>*> neighbours;
      if (t > 0) neighbours.push_back(&length[t - 1]);
      if (t + 1 < count) neighbours.push_back(&length[t + 1]);
      add_rigidity(edges, posed[t], neighbours, with_rigidity[t]);
    }
    minimise(chain_, table_, with_rigidity, states_, priors(cost), limits_, iterations);
    cost = 0;
    for (int t = 0; t < count; ++t) {
      chain_.pose(states_[t], posed[t]);
      cost += data[t].cost(table_, posed[t].skin);
    }
    return cost;
  }

  Result<void> fit_vertices() {
    for (const Points* frame : target_.verts) targets_.push_back(normalised(*frame));
    PointSet points = vertex_points();
    Edges edges = rigid_edges();
    table_.add(points);
    table_.add(edges.ends);
    states_.resize(target_.size());
    std::vector<FrameData> data = vertex_data(points, false);
    std::vector<double> costs(target_.size());
#pragma omp parallel for schedule(dynamic)
    for (int t = 0; t < target_.size(); ++t) {
      if (cancelled(job_)) continue;
      states_[t] = procrustes(chain_, points, targets_[t]);
      Priors alone;
      alone.rest = 1e-9;
      costs[t] = minimise(chain_, table_, {&data[t], 1}, {&states_[t], 1}, alone, limits_, options_.iterations);
    }
    MP4D_CHECK(check(job_));
    step(job_, 30);
    double cost = std::accumulate(costs.begin(), costs.end(), 0.0);
    const int rounds = mode_ == ScaleMode::kShared ? 2 : 0;
    for (int round = 0; round < rounds; ++round) {
      data = vertex_data(points, true);
      chain_.number_unknowns(ScaleMode::kShared);
      cost = minimise_all(data, edges, cost, options_.iterations / 2);
      bake_scales();
      points = vertex_points();
      edges = rigid_edges();
      MP4D_CHECK(check(job_));
      step(job_, 50 + 20 * round);
    }
    chain_.number_unknowns(mode_ == ScaleMode::kPerFrame ? ScaleMode::kPerFrame : ScaleMode::kOff);
    for (int round = 0; round < 2; ++round) {
      cost = minimise_all(vertex_data(points, true), edges, cost, options_.iterations / 2);
      MP4D_CHECK(check(job_));
    }
    rms_.resize(target_.size());
    for (int t = 0; t < target_.size(); ++t) {
      Posed posed;
      chain_.pose(states_[t], posed);
      double sum = 0;
      for (int p = 0; p < points.size(); ++p) sum += std::pow(vertex_distance(points, posed, t, p), 2);
      rms_[t] = unit_ * std::sqrt(sum / points.size());
    }
    step(job_, kFitSteps);
    return {};
  }

  // ---- surface correspondences

  double score(const SurfaceModel& model, const SurfaceTarget& target, const FrameState& state) const {
    Posed posed;
    chain_.pose(state, posed);
    return chamfer(sample_points(model, posed), target);
  }

  FrameState moved(FrameState state, const M3& rotation, const V3& translation) const {
    Posed posed;
    chain_.pose(state, posed);
    for (int j = 0; j < chain_.size(); ++j)
      if (chain_.shift_at[j] >= 0) {
        state.shift[j] += rotation * posed.position[j] + translation - posed.position[j];
        state.rotation[j] = rotation * state.rotation[j];
      }
    return state;
  }

  // The rest pose, as it is or turned about the vertical in steps of 45 degrees, aligned rigidly. A turn must be clearly
  // better by Chamfer distance than less turn: bodies are nearly symmetric, and a wrong start swaps limbs.
  FrameState first_pose(const SurfaceModel& model, const SurfaceTarget& target) const {
    const FrameState rest = chain_.rest_state();
    Posed posed;
    chain_.pose(rest, posed);
    const std::vector<V3> x = sample_points(model, posed);
    const V3 centre = std::accumulate(x.begin(), x.end(), V3(V3::Zero())) / static_cast<double>(x.size());
    FrameState best = rest;
    double best_score = score(model, target, rest);
    for (int k : {0, 1, -1, 2, -2, 3, -3, 4}) {
      const M3 yaw = rotation_exp(V3(0, k * std::numbers::pi / 4, 0));
      const auto [rotation, translation] = align_rigidly(x, target, yaw, target.centroid() - yaw * centre, 12);
      const FrameState state = moved(rest, rotation, translation);
      if (const double s = score(model, target, state); s < 0.9 * best_score) best_score = s, best = state;
    }
    return best;
  }

  // ICP from `state`: matches refreshed before every step, broad first (points, all distances), then planes with outliers
  // capped. `stiffness` holds the joints near rest at first and fades.
  void track(const SurfaceModel& model, const Edges& edges, const SurfaceTarget& target, FrameState& state,
             int iterations, double stiffness) const {
    Posed posed;
    chain_.pose(state, posed);
    const std::vector<double> before = lengths(edges, posed);
    for (int i = 0; i < iterations; ++i) {
      const double late = iterations > 1 ? static_cast<double>(i) / (iterations - 1) : 1.0;
      const bool broad = late < 0.3;
      const MatchOptions match{options_.local_weight * (0.5 + 0.5 * late), broad ? 0.6 : 0.15,
                               broad && stiffness > 0 ? 100.0 : options_.outlier_percentile};
      chain_.pose(state, posed);
      FrameData data = match_surfaces(model, table_, posed, target, match);
      add_rigidity(edges, posed, {&before}, data);
      Priors p;
      p.hold = 1e-6 * options_.smoothness;
      p.rest = p.hold + stiffness * std::pow(1 - late, 4);
      minimise(chain_, table_, {&data, 1}, {&state, 1}, p, limits_, 2);
    }
  }

  Result<void> fit_surfaces() {
    std::vector<std::unique_ptr<SurfaceTarget>> targets(target_.size());
#pragma omp parallel for schedule(dynamic)
    for (int t = 0; t < target_.size(); ++t)
      targets[t] = std::make_unique<SurfaceTarget>(normalised(*target_.verts[t]), *target_.faces[t], options_.samples,
                                                   options_.seed + 1);
    SurfaceModel model = sample_model(verts_, faces_, skin_, options_.samples, options_.seed);
    Edges edges = rigid_edges();
    table_.add(model.points);
    table_.add(edges.ends);

    // Start where the subject looks most like the rest mesh, then track outwards both ways.
    const FrameState rest = chain_.rest_state();
    Posed rest_posed;
    chain_.pose(rest, rest_posed);
    const std::vector<V3> x = sample_points(model, rest_posed);
    const V3 rest_centroid = std::accumulate(x.begin(), x.end(), V3(V3::Zero())) / static_cast<double>(x.size());
    std::vector<double> likeness(target_.size());
#pragma omp parallel for schedule(dynamic)
    for (int t = 0; t < target_.size(); ++t)
      likeness[t] = score(model, *targets[t], moved(rest, M3::Identity(), targets[t]->centroid() - rest_centroid));
    const int start = static_cast<int>(std::min_element(likeness.begin(), likeness.end()) - likeness.begin());

    states_.assign(target_.size(), rest);
    states_[start] = first_pose(model, *targets[start]);
    track(model, edges, *targets[start], states_[start], 3 * options_.iterations, kStartStiffness);
    int done = 0;
    const auto follow = [&](int from, int t) -> Result<void> {
      MP4D_CHECK(check(job_));
      FrameState& state = states_[t] = states_[from];
      const int before = 2 * from - t;
      if (before >= 0 && before < target_.size() && std::abs(before - start) < std::abs(t - start) && from != start) {
        FrameState ahead = states_[from];
        for (int j = 0; j < chain_.size(); ++j) {
          ahead.rotation[j] = states_[from].rotation[j] * states_[before].rotation[j].transpose() * states_[from].rotation[j];
          ahead.shift[j] = 2 * states_[from].shift[j] - states_[before].shift[j];
        }
        if (score(model, *targets[t], ahead) < score(model, *targets[t], state)) state = std::move(ahead);
      }
      track(model, edges, *targets[t], state, options_.iterations, 0);
      step(job_, 5 + 45 * ++done / target_.size());
      return {};
    };
    for (int t = start + 1; t < target_.size(); ++t) MP4D_CHECK(follow(t - 1, t));
    for (int t = start - 1; t >= 0; --t) MP4D_CHECK(follow(t + 1, t));

    const int rounds = std::max(4, options_.iterations / 2);
    const int last_scaled = rounds - 3;
    double cost = 0;
    for (int round = 0; round < rounds; ++round) {
      MP4D_CHECK(check(job_));
      if (mode_ == ScaleMode::kPerFrame) chain_.number_unknowns(mode_);
      if (mode_ == ScaleMode::kShared) chain_.number_unknowns(round < last_scaled ? mode_ : ScaleMode::kOff);
      const int count = target_.size();
      std::vector<FrameData> data(count);
      std::vector<double> costs(count);
#pragma omp parallel for schedule(dynamic)
      for (int t = 0; t < count; ++t) {
        Posed posed;
        chain_.pose(states_[t], posed);
        data[t] = match_surfaces(model, table_, posed, *targets[t], {options_.local_weight, 0.05, options_.outlier_percentile});
        costs[t] = data[t].cost(table_, posed.skin);
      }
      if (round == 0) cost = std::accumulate(costs.begin(), costs.end(), 0.0);
      cost = minimise_all(data, edges, cost, 2);
      if (mode_ == ScaleMode::kShared && round == last_scaled - 1) {
        bake_scales();
        chain_.number_unknowns(ScaleMode::kOff);
        model = sample_model(verts_, faces_, skin_, options_.samples, options_.seed);
        edges = rigid_edges();
      }
      step(job_, 50 + 45 * (round + 1) / rounds);
    }
    rms_.resize(target_.size());
    const PointSet points = vertex_points();
#pragma omp parallel for schedule(dynamic)
    for (int t = 0; t < target_.size(); ++t) {
      Posed posed;
      chain_.pose(states_[t], posed);
      MatrixX3d now(verts_.rows(), 3);
      for (int v = 0; v < points.size(); ++v) now.row(v) = points.position(v, posed.skin);
      rms_[t] = unit_ * std::sqrt(mean_squared_distance(now, faces_, sample_points(model, posed), normalised(*target_.verts[t]),
                                                        *target_.faces[t], targets[t]->points()));
    }
    step(job_, kFitSteps);
    return {};
  }

  // ---- output

  FitResult result() const {
    FitResult r;
    r.size = unit_;
    r.rms = rms_;
    r.by_index = by_index_;
    r.rest_verts = ((unit_ * verts_).rowwise() + origin_.transpose()).cast<float>();
    r.skin = skin_;
    r.skeleton = skeleton_;
    r.bone_scale = bone_scale_;
    const int count = chain_.size();
    for (int j = 0; j < count; ++j) r.skeleton.joints[j].rest = local_transform(j, M3::Identity(), V3::Zero(), 1.0);
    r.skin.joint_from_mesh = inverse_bind(r.skeleton);
    r.clip.name = "fit";
    r.clip.times = target_.times;
    for (const FrameState& s : states_) {
      Pose& pose = r.clip.poses.emplace_back(count);
      for (int j = 0; j < count; ++j) {
        const int p = chain_.parent[j];
        pose[j] = local_transform(j, s.rotation[j], s.shift[j], p < 0 ? 1.0 : std::exp(s.log_scale[p]));
      }
    }
    r.clip = limit_clip(r.skeleton, r.clip, limits(), &r.limited.emplace());
    keep_rotations_close(r.clip);
    if (mode_ == ScaleMode::kPerFrame)
      for (int j = 0; j < count; ++j) {
        double sum = 0;
        for (const FrameState& s : states_) sum += std::exp(s.log_scale[j]);
        r.bone_scale[j] = sum / target_.size();
      }
    return r;
  }

  /// In the solver they are terms, which data pull a little over; in the result they hold.
  std::vector<JointLimit> limits() const {
    std::vector<JointLimit> out;
    for (const Limit& l : limits_) out.push_back({l.joint, l.swing_max, l.twist_min, l.twist_max, l.axis.cast<float>()});
    return out;
  }

  Transform local_transform(int j, const M3& rotation, const V3& shift, double parent_scale) const {
    const int p = chain_.parent[j];
    Transform t;
    if (p < 0) {
      t.translation = (unit_ * (chain_.centre[j] + shift) + origin_).cast<float>();
      t.rotation = Eigen::Quaterniond(rotation * chain_.frame[j]).cast<float>().normalized();
    } else {
      const M3 stretched = M3::Identity() + (parent_scale - 1) * chain_.stretch[p];
      const V3 offset = stretched * (chain_.centre[j] - chain_.centre[p]) + shift;
      t.translation = (unit_ * (chain_.frame[p].transpose() * offset)).cast<float>();
      t.rotation = Eigen::Quaterniond(chain_.frame[p].transpose() * rotation * chain_.frame[j]).cast<float>().normalized();
    }
    return t;
  }

  const Skeleton& skeleton_;
  const Skin& skin_;
  const Faces& faces_;
  const FitTarget& target_;
  const FitOptions& options_;
  JobContext* job_;
  V3 origin_;
  double unit_;
  Chain chain_;
  PairTable table_;
  MatrixX3d verts_;
  std::vector<double> bone_scale_;
  std::vector<Limit> limits_;
  ScaleMode mode_ = ScaleMode::kOff;
  bool by_index_ = false;
  std::vector<MatrixX3d> targets_;
  std::vector<FrameState> states_;
  std::vector<double> rms_;
};

}  // namespace

const OptionTable<FitOptions>& fit_options() {
  static const OptionTable<FitOptions> table =
      OptionTable<FitOptions>()
          .add("correspondences", &FitOptions::correspondences, {"auto", "index", "surface"},
               "what is matched: vertices by index (same topology), or surfaces by Global-local Chamfer; auto = index if possible")
          .add("bone-scale", &FitOptions::bone_scale, {"constant", "off", "per-frame"},
               "one fitted length a bone, the given lengths, or a length that may change every frame")
          .add("loose-joints", &FitOptions::loose_joints,
               "joints directly below a root without skin move freely: for rigs whose feet hang from the root as IK targets")
          .add("smoothness", &FitOptions::smoothness, 0, 1e6,
               "weight of angular acceleration relative to the noise found in the data; raise against jitter")
          .add("rigidity", &FitOptions::rigidity, 0, 100,
               "weight of dynamic rigidity (edges keep their length from frame to frame where the skin is stiff); 0 = off")
          .add("local-weight", &FitOptions::local_weight, 0, 100,
               "weight of the per-part Chamfer terms against the whole surface's; 0 = global only")
          .add("outlier-percentile", &FitOptions::outlier_percentile, 50, 100,
               "distances beyond this percentile count linearly; lower it when the target has spurious parts")
          .add("samples", &FitOptions::samples, 100, 100000,
               "surface samples on each side; raise for thin parts, time grows in proportion")
          .add("iterations", &FitOptions::iterations, 2, 1000, "solver iterations in each stage")
          .add("seed", &FitOptions::seed, 0, 1000000000, "of the surface samples");
  return table;
}

Result<FitResult> fit_motion(const Skeleton& skeleton, const Skin& skin, const Points& rest_verts, const Faces& faces,
                             const FitTarget& target, const FitOptions& options, JobContext* job) {
  MP4D_CHECK(check_fit_input(skeleton, skin, rest_verts, faces, target));
  MP4D_CHECK(check_limits(options.limits, skeleton.size()));
  return Fitter(skeleton, skin, rest_verts, faces, target, options, job).run();
}

}  // namespace mp4d
