#include "core/rng.h"
#include "reconstruction/articulated/phase1.h"
#include "reconstruction/articulated/phase1_chamfer.h"
#include "reconstruction/articulated/phase1_observe.h"
#include "reconstruction/articulated/vertex_colours.h"
#include <Eigen/Eigenvalues>
#include <Eigen/SparseCholesky>
#include <algorithm>
#include <cmath>
#include <numeric>
#include <torch/torch.h>

namespace mp4d {
namespace {

using torch::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

constexpr float kSmoothing = 25;   // lambda of the shape's parametrisation
constexpr int kRefresh = 4;        // iterations between looks at the pictures
constexpr int kBatch = 48;         // frames an iteration
constexpr double kComparingBlur = 0.02;  // of the errors that compare states
constexpr int kRun = 8;            // neighbouring frames in a batch that is not the whole clip
constexpr int kColourPoints = 600;
constexpr int kEdges = 3000;

template <class T>
Tensor tensor_of(const std::vector<T>& values, std::vector<int64_t> shape, torch::Device device) {
  const auto type = std::is_same_v<T, float> ? torch::kFloat32 : std::is_same_v<T, int> ? torch::kInt32 : torch::kUInt8;
  Tensor t = torch::from_blob(const_cast<T*>(values.data()), shape, type).clone();
  if constexpr (std::is_same_v<T, int>) t = t.to(torch::kInt64);
  return t.to(device);
}

Tensor tensor_of(const Points& points, torch::Device device) {
  return torch::from_blob(const_cast<float*>(points.data()), {points.rows(), 3}, torch::kFloat32).clone().to(device);
}

Points points_of(const Tensor& t) {
  const Tensor c = t.detach().to(torch::kCPU).contiguous();
  return Eigen::Map<const Points>(c.data_ptr<float>(), c.size(0), 3);
}

/// (D + lambda (D - A))^-1 D with the mesh's degrees D and adjacency A: smooths a field, keeps constants.
struct Smoother : torch::CustomClassHolder {
  Eigen::VectorXf degree;
  Eigen::SimplicialLDLT<Eigen::SparseMatrix<float>> solver;

  Smoother(const Faces& faces, int count) : degree(Eigen::VectorXf::Zero(count)) {
    const auto edges = unique_edges(faces);
    std::vector<Eigen::Triplet<float>> entries;
    for (Eigen::Index e = 0; e < edges.rows(); ++e) {
      const int i = edges(e, 0), j = edges(e, 1);
      degree[i] += 1;
      degree[j] += 1;
      entries.push_back({i, j, -kSmoothing});
      entries.push_back({j, i, -kSmoothing});
    }
    degree = degree.cwiseMax(1.0f);
    for (int v = 0; v < count; ++v) entries.push_back({v, v, (1 + kSmoothing) * degree[v]});
    Eigen::SparseMatrix<float> matrix(count, count);
    matrix.setFromTriplets(entries.begin(), entries.end());
    solver.compute(matrix);
  }
  Tensor apply(const Tensor& field, bool transposed) const {
    const Tensor on_cpu = field.detach().to(torch::kCPU).contiguous();
    const Eigen::Map<const Points> u(on_cpu.data_ptr<float>(), on_cpu.size(0), 3);
    Eigen::MatrixXf right = transposed ? Eigen::MatrixXf(u) : Eigen::MatrixXf(degree.asDiagonal() * u);
    Eigen::MatrixXf x = solver.solve(right);
    if (transposed) x = degree.asDiagonal() * x;
    return tensor_of(Points(x), field.device());
  }
};

struct SmoothFunction : torch::autograd::Function<SmoothFunction> {
  static Tensor forward(AutogradContext* context, const Tensor& field, const c10::intrusive_ptr<Smoother>& smoother) {
    context->saved_data["smoother"] = torch::IValue::make_capsule(smoother);
    return smoother->apply(field, false);
  }
  static variable_list backward(AutogradContext* context, variable_list grads) {
    const auto capsule = context->saved_data["smoother"].toCapsule();
    return {static_cast<const Smoother&>(*capsule).apply(grads[0], true), Tensor()};
  }
};

/// Rotation matrices (... x 3 x 3) of rotation vectors (... x 3).
Tensor rotation(const Tensor& w) {
  const Tensor t2 = ((w * w).sum(-1, true) + 1e-12).unsqueeze(-1), t = t2.sqrt();
  const Tensor x = w.select(-1, 0), y = w.select(-1, 1), z = w.select(-1, 2), o = torch::zeros_like(x);
  std::vector<int64_t> shape = w.sizes().vec();
  shape.push_back(3);
  const Tensor k = torch::stack({o, -z, y, z, o, -x, -y, x, o}, -1).view(shape);
  const Tensor half = torch::sin(0.5 * t);
  return torch::eye(3, w.options()) + torch::sin(t) / t * k + 2 * half * half / t2 * k.matmul(k);
}

Tensor charbonnier(const Tensor& squared, double scale) { return torch::sqrt(1 + squared / (scale * scale)) - 1; }

/// Constant parts of the model: the guess as tensors.
struct Guess {
  Tensor verts;                   // V x 3
  Tensor bone_rotation, bone_translation;  // T x B x 3 x 3, T x B x 3
  Tensor log_weights;             // V x B
  Tensor centre, frame, log_scale;  // of the Gaussian bones: B x 3, B x 3 x 3, B x 3
  Tensor distance;                // V x B, Mahalanobis, before any change
  Tensor posed;                   // T x V x 3
  Tensor camera_rotation, camera_translation, focal, centre_px;  // T x 3 x 3, T x 3, T x 2, T x 2
  std::vector<int> part;          // V, the heaviest bone
  int bones = 0;
};

struct Gaussians {
  Tensor centre, frame, log_scale;
};

/// Squared Mahalanobis distances / 2, V x B.
Tensor mahalanobis(const Tensor& verts, const Gaussians& g) {
  const Tensor off = torch::einsum("vbi,bij->vbj", {verts.unsqueeze(1) - g.centre.unsqueeze(0), g.frame});
  const Tensor scaled = off * torch::exp(-g.log_scale).unsqueeze(0);
  return 0.5 * (scaled * scaled).sum(2);
}

Guess take_guess(const CoarseGuess& guess, torch::Device device) {
  Guess g;
  const Points& verts = guess.canonical.verts;
  std::vector<int> bones;
  for (int j = 0; j < guess.weights.cols(); ++j) {
    if (guess.weights.col(j).sum() > 1) bones.push_back(j);
  }
  g.bones = static_cast<int>(bones.size());
  const int count = static_cast<int>(verts.rows()), frames = static_cast<int>(guess.cameras.size());
  Eigen::MatrixXf weights(count, g.bones);
  for (int b = 0; b < g.bones; ++b) weights.col(b) = guess.weights.col(bones[b]);
  const Eigen::ArrayXf total_weight = weights.rowwise().sum();
  weights = (weights.array().colwise() / total_weight).matrix();
  for (int v = 0; v < count; ++v) {
    Eigen::Index heaviest = 0;
    weights.row(v).maxCoeff(&heaviest);
    g.part.push_back(static_cast<int>(heaviest));
  }
  std::vector<float> log_weights, centre, axes, log_scale, rotations, translations;
  for (int v = 0; v < count; ++v) {
    for (int b = 0; b < g.bones; ++b) log_weights.push_back(std::log(weights(v, b) + 1e-4f));
  }
  for (int b = 0; b < g.bones; ++b) {  // moments of the part
    const float total = weights.col(b).sum();
    const Vec3 mean = (verts.transpose() * weights.col(b)) / total;
    const Points off = verts.rowwise() - mean.transpose();
    const Mat3 covariance = off.transpose() * weights.col(b).asDiagonal() * off / total;
    const Eigen::SelfAdjointEigenSolver<Mat3> eigen(covariance);
    const float floor = 1e-6f * covariance.trace() + 1e-12f;
    for (int i = 0; i < 3; ++i) {
      centre.push_back(mean[i]);
      log_scale.push_back(0.5f * std::log(std::max(eigen.eigenvalues()[i], floor)));
      for (int j = 0; j < 3; ++j) axes.push_back(eigen.eigenvectors()(i, j));
    }
  }
  for (const auto& parts : guess.body_from_canonical) {
    for (int b : bones) {
      for (int i = 0; i < 3; ++i) {
        for (int j = 0; j < 3; ++j) rotations.push_back(parts[b](i, j));
        translations.push_back(parts[b](i, 3));
      }
    }
  }
  std::vector<float> r, t, f, c;
  for (const Camera& camera : guess.cameras) {
    for (int i = 0; i < 3; ++i) {
      for (int j = 0; j < 3; ++j) r.push_back(camera.camera_from_world.linear()(i, j));
      t.push_back(camera.camera_from_world.translation()[i]);
    }
    f.insert(f.end(), {camera.fx, camera.fy});
    c.insert(c.end(), {camera.cx, camera.cy});
  }
  g.verts = tensor_of(verts, device);
  g.log_weights = tensor_of(log_weights, {count, g.bones}, device);
  g.centre = tensor_of(centre, {g.bones, 3}, device);
  g.frame = tensor_of(axes, {g.bones, 3, 3}, device);
  g.log_scale = tensor_of(log_scale, {g.bones, 3}, device);
  g.distance = mahalanobis(g.verts, {g.centre, g.frame, g.log_scale});
  g.bone_rotation = tensor_of(rotations, {frames, g.bones, 3, 3}, device);
  g.bone_translation = tensor_of(translations, {frames, g.bones, 3}, device);
  g.camera_rotation = tensor_of(r, {frames, 3, 3}, device);
  g.camera_translation = tensor_of(t, {frames, 3}, device);
  g.focal = tensor_of(f, {frames, 2}, device);
  g.centre_px = tensor_of(c, {frames, 2}, device);
  return g;
}

class Model {
 public:
  Model(const CoarseGuess& guess, float unit_length, torch::Device device) : guess_(take_guess(guess, device)), unit_(unit_length) {
    const int64_t v = guess_.verts.size(0), t = guess_.bone_rotation.size(0), b = guess_.bones;
    const auto options = torch::TensorOptions().device(device);
    auto unknown = [&](std::vector<int64_t> shape) { return torch::zeros(shape, options).requires_grad_(true); };
    shape = unknown({v, 3});
    bone_centre = unknown({b, 3});
    bone_turn = unknown({b, 3});
    bone_scale = unknown({b, 3});
    turn = unknown({t, b, 3});
    shift = unknown({t, b, 3});
    camera_turn = unknown({t, 3});
    camera_shift = unknown({t, 3});
    smoother_ = c10::make_intrusive<Smoother>(guess.canonical.faces, static_cast<int>(v));
    std::vector<int> twin = mirror_map(guess.canonical.verts);
    const auto paired = std::count_if(twin.begin(), twin.end(), [](int i) { return i >= 0; });
    if (paired > 0.9 * v) {
      std::vector<float> has;
      for (int i = 0; i < static_cast<int>(twin.size()); ++i) {
        has.push_back(twin[i] >= 0 ? 0.5f : 0.0f);
        if (twin[i] < 0) twin[i] = i;
      }
      twin_ = tensor_of(twin, {v}, device);
      twin_share_ = tensor_of(has, {v, 1}, device) * torch::tensor({-1.0f, 1.0f, 1.0f}, options);
      own_share_ = 1 - tensor_of(has, {v, 1}, device);
    }
    const auto edges = unique_edges(guess.canonical.faces);
    std::vector<int> from, to;
    for (Eigen::Index e = 0; e < edges.rows(); ++e) {
      from.push_back(edges(e, 0));
      to.push_back(edges(e, 1));
    }
    edge_from = tensor_of(from, {edges.rows()}, device);
    edge_to = tensor_of(to, {edges.rows()}, device);
    degree_ = torch::zeros({v, 1}, options).index_add(0, edge_from, torch::ones({edges.rows(), 1}, options))
                  .index_add(0, edge_to, torch::ones({edges.rows(), 1}, options)).clamp_min(1);
    const torch::NoGradGuard no_grad;
    std::vector<int64_t> all(t);
    std::iota(all.begin(), all.end(), 0);
    guess_.posed = torch::empty({t, v, 3}, options);
    for (int64_t k = 0; k < t; ++k) guess_.posed[k] = pose(offsets(), weights(), torch::tensor({k}, options.dtype(torch::kInt64)))[0];
  }

  const Guess& guess() const { return guess_; }
  float unit() const { return unit_; }

  /// Change of the canonical vertices, V x 3, smooth and mirror-symmetric.
  Tensor offsets() const {
    const Tensor d = SmoothFunction::apply(shape, smoother_) * unit_;
    return twin_.defined() ? d * own_share_ + d.index_select(0, twin_) * twin_share_ : d;
  }
  Tensor laplacian(const Tensor& field) const {
    const Tensor difference = field.index_select(0, edge_from) - field.index_select(0, edge_to);
    return torch::zeros_like(field).index_add(0, edge_from, difference).index_add(0, edge_to, -difference) / degree_;
  }
  /// Skinning: the guess's weights, moved by the change of the Gaussians' Mahalanobis distances. V x B.
  Tensor weights() const {
    const Gaussians moved{guess_.centre + bone_centre * unit_, rotation(bone_turn).matmul(guess_.frame), guess_.log_scale + bone_scale};
    return torch::softmax(guess_.log_weights + (guess_.distance - mahalanobis(guess_.verts, moved)), 1);
  }
  /// K x V x 3 in the body frame.
  Tensor pose(const Tensor& offset, const Tensor& w, const Tensor& ids) const {
    const Tensor verts = guess_.verts + offset;
    const int64_t v = verts.size(0), k = ids.size(0), b = guess_.bones;
    const Tensor r = rotation(turn.index_select(0, ids));
    const Tensor c = guess_.centre.view({1, b, 3, 1});
    const Tensor t = c - r.matmul(c) + shift.index_select(0, ids).unsqueeze(-1) * unit_;
    const Tensor outer = guess_.bone_rotation.index_select(0, ids);
    const Tensor all = torch::cat({outer.matmul(r), outer.matmul(t) + guess_.bone_translation.index_select(0, ids).unsqueeze(-1)}, 3);
    const Tensor matrix = all.permute({1, 3, 0, 2}).reshape({b * 4, k * 3});
    const Tensor spread = torch::cat({verts, torch::ones_like(verts.slice(1, 0, 1))}, 1);
    const Tensor left = (w.unsqueeze(2) * spread.unsqueeze(1)).reshape({v, b * 4});
    return left.matmul(matrix).view({v, k, 3}).permute({1, 0, 2}).contiguous();
  }
  struct Cameras {
    Tensor rotation, translation;  // K x 3 x 3, K x 3
  };
  Cameras cameras(const Tensor& ids) const {
    return {rotation(camera_turn.index_select(0, ids)).matmul(guess_.camera_rotation.index_select(0, ids)),
            guess_.camera_translation.index_select(0, ids) + camera_shift.index_select(0, ids) * unit_};
  }

  Tensor shape, bone_centre, bone_turn, bone_scale, turn, shift, camera_turn, camera_shift;
  Tensor edge_from, edge_to;

 private:
  Guess guess_;
  float unit_;  // length of a mask unit at the subject
  c10::intrusive_ptr<Smoother> smoother_;
  Tensor twin_, twin_share_, own_share_, degree_;
};

/// What one refresh prepares for its iterations, on the device.
struct Look {
  std::vector<int> frames;
  Tensor ids;               // K
  Tensor now, next;         // indices into the batch of neighbouring frames
  struct Surface {
    Tensor frame, corner, weight;  // N; N x 3; N x 3
  } silhouette, flow;
  Tensor normal, offset, target, motion;
  Tensor colour_verts, colour_seen, crops, crop_origin, crop_scale;  // M; K x M; K x 3 x S x S; K x 2; K x 1
  Tensor edges;             // indices into the edges
  Tensor pull_frame, pull_vertex, pull_target, pull_weight;
};

Look::Surface upload(const SurfacePoints& points, torch::Device device) {
  const auto n = static_cast<int64_t>(points.size());
  return {tensor_of(points.frame, {n}, device), tensor_of(points.corner, {n, 3}, device), tensor_of(points.weight, {n, 3}, device)};
}

class Phase1 {
 public:
  Phase1(const Phase1Input& input, const Phase1Options& options, torch::Device device)
      : input_(input),
        options_(options),
        weights_(options.weights),
        device_(device),
        observer_(input.images, input.masks, input.flow, input.guess.canonical.faces, options.seed),
        model_(input.guess, unit_length(), device) {
    freedom_ = view_freedom(input.guess.cameras);
    if (!options.global_local_chamfer) weights_.local = 0;
    const float stiffness = 1 + 9 * (1 - freedom_);
    weights_.bend *= stiffness;
    weights_.offset *= stiffness;
    weights_.chamfer *= stiffness;
    weights_.turn *= stiffness;
    weights_.shift *= stiffness;
    weights_.camera *= stiffness;
    const Guess& g = model_.guess();
    std::vector<float> size(g.bones, 0.0f), share;
    for (int b : g.part) size[b] += 1;
    for (int b : g.part) share.push_back(1.0f / g.part.size() + weights_.local / (g.bones * size[b]));
    index_share_ = tensor_of(share, {int64_t(share.size())}, device);
    for (const GuessTarget& target : input.targets) targeted_.push_back(target.frame);
  }

  float unit_px() const { return observer_.unit(); }

  Result<Phase1Result> run(JobContext* job, Viewer* viewer) {
    using torch::optim::AdamOptions;
    auto group = [](std::vector<Tensor> unknowns, double rate) {
      auto options = std::make_unique<AdamOptions>(rate);
      options->betas(std::make_tuple(0.9, 0.98)).eps(1e-9);
      return torch::optim::OptimizerParamGroup(std::move(unknowns), std::move(options));
    };
    const std::vector<double> rates{4e-3, 5e-3, 2e-3, 2e-3};
    std::vector<torch::optim::OptimizerParamGroup> groups;
    groups.push_back(group({model_.shape}, rates[0]));
    groups.push_back(group({model_.turn}, rates[1]));
    groups.push_back(group({model_.shift, model_.camera_turn, model_.camera_shift}, rates[2]));
    groups.push_back(group({model_.bone_centre, model_.bone_turn, model_.bone_scale}, rates[3]));
    torch::optim::Adam adam(std::move(groups), AdamOptions(rates[1]));

    Phase1Result result;
    result.freedom = freedom_;
    result.silhouette_before = silhouette_error();
    // Longer clips see a part of their frames at a time and take longer.
    const int frames = static_cast<int>(input_.masks.size());
    const int iterations = std::max(1, static_cast<int>(options_.iterations * std::max(1.0, double(frames) / kBatch)));
    Look look;
    for (int it = 0; it < iterations; ++it) {
      MP4D_CHECK(check(job));
      const double progress = double(it) / iterations;
      if (it % kRefresh == 0) look = take_look(it / kRefresh);
      for (std::size_t g = 0; g < rates.size(); ++g) {
        static_cast<AdamOptions&>(adam.param_groups()[g].options()).lr(rates[g] * (progress < 0.5 ? 1 : 1 - 1.8 * (progress - 0.5)));
      }
      adam.zero_grad();
      const Tensor loss = energy(look, 0.03 * std::pow(0.4, progress));
      loss.backward();
      adam.step();
      step(job, static_cast<int>(kPhase1Steps * (it + 1.0) / iterations));
      if (viewer && viewer->wants()) show(*viewer);
    }
    result.silhouette_after = silhouette_error();
    MP4D_CHECK(check(job));
    const torch::NoGradGuard no_grad;
    result.energy = energy(take_look(0), kComparingBlur).item<double>();
    result.canonical = input_.guess.canonical;
    result.cameras = input_.guess.cameras;
    if (!(result.silhouette_after <= result.silhouette_before)) {
      result.frames = pose_guess(input_.guess);
      return result;
    }
    const Tensor offset = model_.offsets(), w = model_.weights();
    result.canonical.verts = points_of(model_.guess().verts + offset);
    result.canonical.normals.resize(0, 3);
    for (int t = 0; t < frames; ++t) {
      const Tensor id = torch::tensor({int64_t(t)}, index_options());
      result.frames.push_back(points_of(model_.pose(offset, w, id)[0]));
      result.cameras[t] = camera(t, model_.cameras(id), 0);
    }
    return result;
  }

 private:
  /// The subject at the clip's middle, as it stands.
  void show(Viewer& viewer) {
    const torch::NoGradGuard no_grad;
    const int t = static_cast<int>(input_.masks.size()) / 2;
    const Tensor id = torch::tensor({int64_t(t)}, index_options());
    auto mesh = std::make_shared<Mesh>();
    mesh->verts = points_of(model_.pose(model_.offsets(), model_.weights(), id)[0]);
    mesh->faces = input_.guess.canonical.faces;
    viewer.show({mesh, std::make_shared<const Camera>(camera(t, model_.cameras(id), 0)), t, {}, {}});
  }

  torch::TensorOptions index_options() const { return torch::TensorOptions().device(device_).dtype(torch::kInt64); }

  // Metres that a mask unit covers at the subject's mean depth.
  float unit_length() const {
    double sum = 0;
    const Vec3 centre = bounds(input_.guess.canonical.verts).center();
    for (const Camera& camera : input_.guess.cameras) sum += (camera.camera_from_world * centre).z() / camera.fx;
    return static_cast<float>(std::max(sum / input_.guess.cameras.size() * observer_.unit(), 1e-9));
  }

  Camera camera(int frame, const Model::Cameras& cameras, int64_t k) const {
    Camera out = input_.guess.cameras[frame];
    const Tensor r = cameras.rotation[k].to(torch::kCPU).contiguous(), t = cameras.translation[k].to(torch::kCPU).contiguous();
    using RowMajor = Eigen::Matrix<float, 3, 3, Eigen::RowMajor>;
    out.camera_from_world.linear() = Quat(Mat3(Eigen::Map<const RowMajor>(r.data_ptr<float>()))).normalized().toRotationMatrix();
    out.camera_from_world.translation() = Eigen::Map<const Vec3>(t.data_ptr<float>());
    return out;
  }

  // All frames of a short clip; runs of neighbours of a long one.
  std::vector<int> choose_frames(unsigned round) const {
    const int total = static_cast<int>(input_.masks.size());
    std::vector<std::uint8_t> taken(total, total <= kBatch);
    for (int i = 0; total > kBatch && i < kBatch / kRun; ++i) {
      const int first = rng::integer(options_.seed, 101, round * (kBatch / kRun) + i, total - kRun + 1);
      std::fill_n(taken.begin() + first, kRun, 1);
    }
    if (targeted_.size() == 1 && targeted_[0] >= 0) taken[targeted_[0]] = 1;
    std::vector<int> frames;
    for (int t = 0; t < total; ++t) {
      if (taken[t]) frames.push_back(t);
    }
    return frames;
  }

  Look take_look(unsigned round) const {
    const torch::NoGradGuard no_grad;
    Look look;
    look.frames = choose_frames(round);
    const int count = static_cast<int>(look.frames.size());
    look.ids = tensor_of(look.frames, {count}, device_);
    std::vector<int> now, next;
    for (int k = 0; k + 1 < count; ++k) {
      if (look.frames[k + 1] != look.frames[k] + 1) continue;
      now.push_back(k);
      next.push_back(k + 1);
    }
    look.now = tensor_of(now, {int64_t(now.size())}, device_);
    look.next = tensor_of(next, {int64_t(next.size())}, device_);

    const Tensor offset = model_.offsets(), posed = model_.pose(offset, model_.weights(), look.ids);
    const Model::Cameras moved = model_.cameras(look.ids);
    std::vector<Points> verts;
    std::vector<Camera> cameras;
    for (int k = 0; k < count; ++k) {
      verts.push_back(points_of(posed[k]));
      cameras.push_back(camera(look.frames[k], moved, k));
    }
    const Observation seen = observer_.observe(look.frames, verts, cameras, 500, input_.flow.empty() ? 0 : 150, round);
    const auto n = static_cast<int64_t>(seen.silhouette.size()), m = static_cast<int64_t>(seen.flow.size());
    look.silhouette = upload(seen.silhouette, device_);
    look.normal = tensor_of(seen.silhouette.normal, {n, 2}, device_);
    look.offset = tensor_of(seen.silhouette.offset, {n}, device_);
    look.target = tensor_of(seen.silhouette.target, {n}, device_);
    look.flow = upload(seen.flow, device_);
    look.motion = tensor_of(seen.flow.motion, {m, 2}, device_);

    const int vertex_count = static_cast<int>(verts.front().rows());
    if (weights_.colour > 0) {
      std::vector<int> chosen;
      for (int i = 0; i < kColourPoints; ++i)
        chosen.push_back(rng::integer(options_.seed, 102, std::uint64_t(round) * kColourPoints + i, vertex_count));
      std::vector<float> visible, pixels, origin, scale;
      for (int k = 0; k < count; ++k) {
        for (int v : chosen) visible.push_back(seen.visible[k][v]);
        const SubjectCrop& crop = observer_.crop(look.frames[k]);
        if (crop.colours.empty()) pixels.resize(pixels.size() + 3 * kCropSide * kCropSide, 0.0f);
        else pixels.insert(pixels.end(), crop.colours.data.begin(), crop.colours.data.end());
        origin.insert(origin.end(), {crop.x0, crop.y0});
        scale.push_back(crop.scale);
      }
      look.colour_verts = tensor_of(chosen, {kColourPoints}, device_);
      look.colour_seen = tensor_of(visible, {count, kColourPoints}, device_);
      look.crops = tensor_of(pixels, {count, kCropSide, kCropSide, 3}, device_).permute({0, 3, 1, 2}).contiguous();
      look.crop_origin = tensor_of(origin, {count, 1, 2}, device_);
      look.crop_scale = tensor_of(scale, {count, 1, 1}, device_);
    }
    std::vector<int> edges;
    const auto edge_count = static_cast<std::uint32_t>(model_.edge_from.size(0));
    for (int i = 0; i < kEdges; ++i)
      edges.push_back(rng::integer(options_.seed, 103, std::uint64_t(round) * kEdges + i, edge_count));
    look.edges = tensor_of(edges, {kEdges}, device_);

    if (options_.guess_pull && !input_.targets.empty()) {
      const Points rest = points_of(model_.guess().verts + offset);
      std::vector<ChamferPairs> parts(input_.targets.size());
#pragma omp parallel for schedule(dynamic)
      for (int i = 0; i < static_cast<int>(input_.targets.size()); ++i) {
        const GuessTarget& target = input_.targets[i];
        // The bind pose stands behind the batch's frames.
        int k = count;
        if (target.frame >= 0) {
          const auto found = std::lower_bound(look.frames.begin(), look.frames.end(), target.frame);
          if (found == look.frames.end() || *found != target.frame) continue;
          k = static_cast<int>(found - look.frames.begin());
        }
        add_chamfer_pairs(k == count ? rest : verts[k], model_.guess().part, model_.guess().bones, target.points,
                          weights_.local, k, parts[i]);
      }
      ChamferPairs all;
      int shown = 0;
      for (const ChamferPairs& p : parts) {
        shown += !p.frame.empty();
        all.frame.insert(all.frame.end(), p.frame.begin(), p.frame.end());
        all.vertex.insert(all.vertex.end(), p.vertex.begin(), p.vertex.end());
        all.target.insert(all.target.end(), p.target.begin(), p.target.end());
        all.weight.insert(all.weight.end(), p.weight.begin(), p.weight.end());
      }
      for (float& w : all.weight) w /= shown;
      const auto p = static_cast<int64_t>(all.frame.size());
      look.pull_frame = tensor_of(all.frame, {p}, device_);
      look.pull_vertex = tensor_of(all.vertex, {p}, device_);
      look.pull_target = tensor_of(all.target, {p, 3}, device_);
      look.pull_weight = tensor_of(all.weight, {p}, device_);
    }
    return look;
  }

  /// Image positions in mask units of points (N x 3) seen in frames of the batch (N).
  Tensor in_picture(const Look& look, const Model::Cameras& cameras, const Tensor& points, const Tensor& frame) const {
    const Tensor p = torch::einsum("nij,nj->ni", {cameras.rotation.index_select(0, frame), points}) + cameras.translation.index_select(0, frame);
    const Tensor global = look.ids.index_select(0, frame);
    const Tensor z = p.slice(1, 2, 3).clamp_min(1e-3 * unit_length());
    return (p.slice(1, 0, 2) / z * model_.guess().focal.index_select(0, global) + model_.guess().centre_px.index_select(0, global)) / unit_px();
  }
  /// Positions of surface points, `ahead` = 1: in the next frame of the batch.
  Tensor on_surface(const Tensor& posed, const Look::Surface& s, int64_t ahead) const {
    const int64_t v = posed.size(1);
    const Tensor rows = ((s.frame + ahead).unsqueeze(1) * v + s.corner).flatten();
    return (posed.view({-1, 3}).index_select(0, rows).view({-1, 3, 3}) * s.weight.unsqueeze(2)).sum(1);
  }

  Tensor silhouette_term(const Look& look, const Tensor& posed, const Model::Cameras& cameras, double blur) const {
    if (look.silhouette.frame.size(0) == 0) return torch::zeros({}, posed.options());
    const Tensor q = in_picture(look, cameras, on_surface(posed, look.silhouette, 0), look.silhouette.frame);
    const Tensor distance = look.offset - (look.normal * q).sum(1);
    return (torch::sigmoid(-distance / blur) - torch::sigmoid(-look.target / blur)).square().mean();
  }

  Tensor flow_term(const Look& look, const Tensor& posed, const Model::Cameras& cameras) const {
    if (look.flow.frame.size(0) == 0) return torch::zeros({}, posed.options());
    const Tensor from = in_picture(look, cameras, on_surface(posed, look.flow, 0), look.flow.frame);
    const Tensor to = in_picture(look, cameras, on_surface(posed, look.flow, 1), look.flow.frame + 1);
    return charbonnier((to - from - look.motion).square().sum(1), weights_.flow_scale).mean();
  }

  // A vertex keeps its colour: it should look like the mean of the frames that see it.
  Tensor colour_term(const Look& look, const Tensor& posed, const Model::Cameras& cameras) const {
    const int64_t k = posed.size(0), m = look.colour_verts.size(0);
    const Tensor frame = torch::arange(k, index_options()).repeat_interleave(m);
    const Tensor at = in_picture(look, cameras, posed.index_select(1, look.colour_verts).reshape({-1, 3}), frame).view({k, m, 2}) * unit_px();
    const Tensor grid = ((at - look.crop_origin) * look.crop_scale * (2.0 / kCropSide) - 1).unsqueeze(1);
    namespace f = torch::nn::functional;
    const Tensor colour = f::grid_sample(look.crops, grid, f::GridSampleFuncOptions().padding_mode(torch::kBorder).align_corners(false)).squeeze(2);
    const Tensor seen = look.colour_seen.unsqueeze(1);
    const Tensor mean = ((colour * seen).sum(0) / seen.sum(0).clamp_min(1)).detach();
    return (charbonnier((colour - mean).square().sum(1), 0.1) * look.colour_seen).sum() / look.colour_seen.sum().clamp_min(1);
  }

  Tensor rigidity_term(const Look& look, const Tensor& posed, const Tensor& rest, const Tensor& w) const {
    const Tensor entropy = -(w * torch::log(w + 1e-9)).sum(1);
    const Tensor rigid = (1 - entropy / std::log(std::max(2, model_.guess().bones))).detach();
    const Tensor i = model_.edge_from.index_select(0, look.edges), j = model_.edge_to.index_select(0, look.edges);
    const Tensor share = rigid.index_select(0, i) * rigid.index_select(0, j);
    auto length = [&](const Tensor& p, int64_t axis) {
      return ((p.index_select(axis, i) - p.index_select(axis, j)).square().sum(-1) + 1e-12).sqrt();
    };
    const Tensor at_rest = length(rest, 0), now = length(posed, 1);
    const Tensor scale = at_rest.mean().detach();
    Tensor loss = 0.5 * (share * (now - at_rest).abs()).mean() / scale;
    if (look.now.size(0) > 0)
      loss = loss + (share * (now.index_select(0, look.next) - now.index_select(0, look.now)).abs()).mean() / scale;
    return loss;
  }

  Tensor chamfer_term(const Look& look, const Tensor& posed, const Tensor& rest) const {
    const double cap = weights_.chamfer_cap, unit2 = double(model_.unit()) * model_.unit();
    auto capped = [&](const Tensor& difference) {
      return cap * cap * charbonnier(difference.square().sum(-1) / unit2, cap);
    };
    Tensor loss = torch::zeros({}, posed.options());
    if (look.pull_frame.defined() && look.pull_frame.size(0) > 0) {
      const Tensor all = torch::cat({posed, rest.unsqueeze(0)}, 0).view({-1, 3});
      const Tensor x = all.index_select(0, look.pull_frame * posed.size(1) + look.pull_vertex);
      loss = loss + (capped(x - look.pull_target) * look.pull_weight).sum();
    }
    // The built-in guess corresponds by index; a user's guess of every frame takes its place.
    if (targeted_.size() < 2)
      loss = loss + (capped(posed - model_.guess().posed.index_select(0, look.ids)) * index_share_).sum(1).mean();
    return loss;
  }

  Tensor motion_prior(const Look& look) const {
    const Model& m = model_;
    const Tensor turn = m.turn.index_select(0, look.ids), shift = m.shift.index_select(0, look.ids);
    const Tensor ct = m.camera_turn.index_select(0, look.ids), cs = m.camera_shift.index_select(0, look.ids);
    const double frames = static_cast<double>(look.frames.size());
    Tensor loss = weights_.turn * turn.square().sum() / frames + weights_.shift * shift.square().sum() / frames +
                  weights_.camera * (ct.square().sum() + cs.square().sum()) / frames;
    auto smooth = [&](const Tensor& x, double weight) {
      if (look.now.size(0) == 0) return;
      const Tensor velocity = x.index_select(0, look.next) - x.index_select(0, look.now);
      loss = loss + weight * velocity.square().sum() / frames;
      if (velocity.size(0) < 2) return;
      // Rows of `velocity` that belong to one run follow each other.
      const Tensor chained = (look.now.slice(0, 1) == look.next.slice(0, 0, -1)).to(x.dtype());
      std::vector<int64_t> shape(x.dim(), 1);
      shape[0] = -1;
      loss = loss + 3 * weight * ((velocity.slice(0, 1) - velocity.slice(0, 0, -1)).square() * chained.view(shape)).sum() / frames;
    };
    smooth(turn, weights_.motion);
    smooth(shift, 10 * weights_.motion);
    smooth(ct, 10 * weights_.motion);
    smooth(cs, 10 * weights_.motion);
    return loss + 1e-2 * (m.bone_centre.square().sum() + m.bone_turn.square().sum() + m.bone_scale.square().sum()) / m.guess().bones;
  }

  Tensor energy(const Look& look, double blur) const {
    const Tensor offset = model_.offsets(), w = model_.weights(), rest = model_.guess().verts + offset;
    const Tensor posed = model_.pose(offset, w, look.ids);
    const Model::Cameras cameras = model_.cameras(look.ids);
    const Tensor change = offset / model_.unit();
    Tensor loss = weights_.silhouette * silhouette_term(look, posed, cameras, blur) +
                  weights_.offset * change.square().sum(1).mean() +
                  weights_.bend * kSmoothing * model_.laplacian(change).square().sum(1).mean() + motion_prior(look);
    if (weights_.flow > 0) loss = loss + weights_.flow * flow_term(look, posed, cameras);
    if (weights_.colour > 0) loss = loss + weights_.colour * colour_term(look, posed, cameras);
    if (options_.dynamic_rigidity) loss = loss + weights_.rigidity * rigidity_term(look, posed, rest, w);
    if (options_.guess_pull) loss = loss + weights_.chamfer * chamfer_term(look, posed, rest);
    return loss;
  }

  // The data term at a fixed blur on fixed pixels, for comparing states.
  double silhouette_error() const {
    const torch::NoGradGuard no_grad;
    const Look look = take_look(0);
    const Tensor posed = model_.pose(model_.offsets(), model_.weights(), look.ids);
    return silhouette_term(look, posed, model_.cameras(look.ids), kComparingBlur).item<double>();
  }

  const Phase1Input& input_;
  const Phase1Options& options_;
  Phase1Weights weights_;
  torch::Device device_;
  Phase1Observer observer_;
  Model model_;
  float freedom_ = 0;
  Tensor index_share_;          // V: of the Chamfer distance by index
  std::vector<int> targeted_;
};

Result<torch::Device> choose_device(const std::string& name) {
  const bool cuda = torch::cuda::is_available();
  if (name == "cuda" && !cuda)
    return fail(ErrorCode::kUsage, "device cuda: this LibTorch sees no CUDA device; use --device cpu or auto");
  if (name != "auto" && name != "cpu" && name != "cuda")
    return fail(ErrorCode::kUsage, "device {}: unknown; use auto, cpu or cuda", name);
  return torch::Device(cuda && name != "cpu" ? torch::kCUDA : torch::kCPU);
}

}  // namespace

float view_freedom(const std::vector<Camera>& cameras) {
  constexpr float kNone = 20, kFull = 50;  // degrees
  float turn = 0, low = 0, high = 0, last = 0;
  for (std::size_t t = 0; t < cameras.size(); ++t) {
    const Vec3 eye = cameras[t].camera_from_world.linear().transpose().col(2);
    const float heading = std::atan2(eye.x(), eye.z());
    if (t > 0) turn += std::remainder(heading - last, 2 * static_cast<float>(M_PI));
    last = heading;
    low = std::min(low, turn);
    high = std::max(high, turn);
  }
  const float degrees = (high - low) * 180 / static_cast<float>(M_PI);
  return std::clamp((degrees - kNone) / (kFull - kNone), 0.0f, 1.0f);
}

Result<Phase1Result> run_phase1(const Phase1Input& input, const Phase1Options& options, JobContext* job, Viewer* viewer) {
  const std::size_t frames = input.guess.cameras.size();
  if (input.masks.size() != frames || input.images.size() != frames || input.guess.body_from_canonical.size() != frames ||
      (!input.flow.empty() && input.flow.size() + 1 != frames))
    return fail(ErrorCode::kInput, "phase 1: {} pictures, {} masks and {} flow fields for a guess of {} frames",
                input.images.size(), input.masks.size(), input.flow.size(), frames);
  MP4D_TRY(device, choose_device(options.device));
  Phase1 phase(input, options, device);
  if (phase.unit_px() <= 0) return fail(ErrorCode::kInput, "masks: no frame shows the subject");
  return phase.run(job, viewer);
}

}  // namespace mp4d
