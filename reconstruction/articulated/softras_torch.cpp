#include "reconstruction/articulated/softras_torch.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <mutex>

namespace mp4d {
namespace {

using torch::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

// Rasterisers between uses: their memory is dear to touch for the first time.
class Pool {
 public:
  std::vector<SoftRasteriser> take(std::size_t count) {
    std::vector<SoftRasteriser> out;
    const std::lock_guard lock(mutex_);
    while (out.size() < count && !free_.empty()) {
      out.push_back(std::move(free_.back()));
      free_.pop_back();
    }
    out.resize(count);
    return out;
  }
  void give_back(std::vector<SoftRasteriser>& rasterisers) {
    const std::lock_guard lock(mutex_);
    for (SoftRasteriser& r : rasterisers) free_.push_back(std::move(r));
  }

 private:
  std::mutex mutex_;
  std::vector<SoftRasteriser> free_;
};
Pool& pool() {
  static Pool* instance = new Pool;  // never destroyed: autograd graphs may outlive static objects
  return *instance;
}

// The forward state of one batch, held by its autograd node.
struct Batch : torch::CustomClassHolder {
  std::vector<SoftRasteriser> rasterisers;
  explicit Batch(std::size_t count) : rasterisers(pool().take(count)) {}
  ~Batch() override { pool().give_back(rasterisers); }
};

struct SoftRasFunction : torch::autograd::Function<SoftRasFunction> {
  static variable_list forward(AutogradContext* context, const SoftRasterOptions& options, const Tensor& screen_verts,
                               const Tensor& faces, const Tensor& attributes) {
    const Tensor verts = screen_verts.contiguous(), values = attributes.contiguous();
    const Tensor triangles = faces.to(torch::kInt32).contiguous();
    const int64_t count = verts.size(0), vertex_count = verts.size(1), channels = values.size(2);
    const Faces face_rows = Eigen::Map<const Faces>(triangles.data_ptr<int32_t>(), triangles.size(0), 3);
    Tensor silhouette = torch::empty({count, options.height, options.width}, verts.options());
    Tensor blended = torch::empty({count, options.height, options.width, channels}, verts.options());
    const float* verts_data = verts.data_ptr<float>();
    const float* values_data = values.data_ptr<float>();
    float* silhouette_data = silhouette.data_ptr<float>();
    float* blended_data = blended.data_ptr<float>();
    const int64_t pixels = int64_t(options.width) * options.height;
    auto batch = c10::make_intrusive<Batch>(count);
#pragma omp parallel for schedule(dynamic, 1) if (count > 1)
    for (int64_t i = 0; i < count; ++i) {
      const Points points = Eigen::Map<const Points>(verts_data + i * vertex_count * 3, vertex_count, 3);
      const SoftRasterOutput out = batch->rasterisers[i].forward(options, points, face_rows,
                                                                 values_data + i * vertex_count * channels, channels);
      std::copy(out.silhouette.data.begin(), out.silhouette.data.end(), silhouette_data + i * pixels);
      std::copy(out.attributes.data.begin(), out.attributes.data.end(), blended_data + i * pixels * channels);
    }
    context->set_materialize_grads(false);
    context->saved_data["vertex_count"] = vertex_count;
    context->saved_data["channels"] = channels;
    context->saved_data["batch"] = torch::IValue::make_capsule(batch);
    return {silhouette, blended};
  }

  static variable_list backward(AutogradContext* context, variable_list grads) {
    const auto capsule = context->saved_data["batch"].toCapsule();
    Batch& batch = static_cast<Batch&>(*capsule);
    const int64_t count = batch.rasterisers.size(), vertex_count = context->saved_data["vertex_count"].toInt(),
                  channels = context->saved_data["channels"].toInt();
    if (!grads[0].defined() && !grads[1].defined()) return {Tensor(), Tensor(), Tensor(), Tensor()};
    for (Tensor& g : grads)
      if (g.defined()) g = g.contiguous();
    const auto data = [&](const Tensor& g, int64_t i) {
      return g.defined() ? g.data_ptr<float>() + i * (g.numel() / count) : nullptr;
    };
    Tensor grad_verts = torch::empty({count, vertex_count, 3}, torch::kFloat32);
    Tensor grad_values = torch::empty({count, vertex_count, channels}, torch::kFloat32);
    float* verts_out = grad_verts.data_ptr<float>();
    float* values_out = grad_values.data_ptr<float>();
#pragma omp parallel for schedule(dynamic, 1) if (count > 1)
    for (int64_t i = 0; i < count; ++i) {
      Points grad;
      batch.rasterisers[i].backward(data(grads[0], i), data(grads[1], i), &grad, values_out + i * vertex_count * channels);
      std::copy_n(grad.data(), grad.size(), verts_out + i * vertex_count * 3);
    }
    return {Tensor(), grad_verts, Tensor(), grad_values};
  }
};

void check_shapes(const Tensor& screen_verts, const Tensor& faces, const Tensor& attributes) {
  TORCH_CHECK(screen_verts.dim() == 3 && screen_verts.size(2) == 3, "soft_rasterise: screen_verts must be B x V x 3");
  TORCH_CHECK(faces.dim() == 2 && faces.size(1) == 3, "soft_rasterise: faces must be F x 3");
  TORCH_CHECK(attributes.dim() == 3 && attributes.size(0) == screen_verts.size(0) &&
                  attributes.size(1) == screen_verts.size(1),
              "soft_rasterise: attributes must be B x V x C");
}

struct Geometry {
  Tensor argument;  // N: of the sigmoid
  Tensor bary;      // N x 3: of the triangle's point closest to the pixel
};

Tensor cross2(const Tensor& a, const Tensor& b) {
  return a.select(-1, 0) * b.select(-1, 1) - a.select(-1, 1) * b.select(-1, 0);
}

/// `corners` N x 3 x 2 and `pixels` N x 2 in units where the sigmoid's argument is the squared distance.
Geometry closest(const Tensor& corners, const Tensor& pixels) {
  const Tensor edge = corners.roll(-1, 1) - corners, v = pixels.unsqueeze(1) - corners;
  const Tensor along = ((v * edge).sum(2) / (edge * edge).sum(2)).clamp(0, 1);
  const Tensor off = v - along.unsqueeze(2) * edge;
  const auto [d2, m] = (off * off).sum(2).min(1, true);
  const Tensor s = along.gather(1, m);
  const Tensor boundary = torch::zeros_like(along).scatter(1, m, 1 - s).scatter(1, (m + 1).remainder(3), s);
  const Tensor area2 = cross2(edge.select(1, 0), -edge.select(1, 2));
  const Tensor inner = (cross2(edge, v) / area2.unsqueeze(1)).roll(-1, 1);
  const Tensor inside = (inner >= 0).all(1, true);
  return {torch::where(inside, d2, -d2).squeeze(1), torch::where(inside, inner, boundary)};
}

}  // namespace

SoftRasTensors soft_rasterise(const SoftRasterOptions& options, const Tensor& screen_verts, const Tensor& faces,
                              const Tensor& attributes) {
  if (!screen_verts.device().is_cpu()) return soft_rasterise_plain(options, screen_verts, faces, attributes);
  check_shapes(screen_verts, faces, attributes);
  TORCH_CHECK(screen_verts.scalar_type() == torch::kFloat32 && attributes.scalar_type() == torch::kFloat32,
              "soft_rasterise: screen_verts and attributes must be float32");
  const variable_list out = SoftRasFunction::apply(options, screen_verts, faces, attributes);
  return {out[0], out[1]};
}

SoftRasTensors soft_rasterise_plain(const SoftRasterOptions& options, const Tensor& screen_verts, const Tensor& faces,
                                    const Tensor& attributes) {
  check_shapes(screen_verts, faces, attributes);
  const int64_t count = screen_verts.size(0), face_count = faces.size(0), channels = attributes.size(2);
  const int64_t width = options.width, height = options.height;
  const Tensor index = faces.to(screen_verts.device(), torch::kInt64).flatten();
  const Tensor corners = screen_verts.index_select(1, index).view({count * face_count, 3, 3});
  const Tensor values = attributes.index_select(1, index).view({count * face_count, 3, channels});
  const double cutoff = std::clamp(double(options.cutoff), 1e-6, 0.49), argument_min = std::log(cutoff / (1 - cutoff));
  const double scale = 2 / (std::min(width, height) * std::sqrt(double(options.sigma)));
  const double radius = std::sqrt(-argument_min) / scale;
  const auto long_options = screen_verts.options().dtype(torch::kInt64).requires_grad(false);

  Tensor triangle, x, y, sharpness;  // pairs (triangle, pixel) that reach the cutoff; depth sharpness a picture
  {
    const torch::NoGradGuard no_grad;
    const Tensor xy = corners.slice(2, 0, 2), z = corners.select(2, 2);
    const Tensor edge = (xy.roll(-1, 1) - xy) * scale;
    const Tensor area2 = cross2(edge.select(1, 0), edge.select(1, 2)).abs(), longest2 = (edge * edge).sum(2).amax(1);
    const Tensor usable = torch::isfinite(corners).flatten(1).all(1) & torch::isfinite(values).flatten(1).all(1) &
                          (z > 0).all(1) & (xy.abs() < 1e5).flatten(1).all(1) & (area2 > 1e-6 * longest2) &
                          (area2 > 1e-10);
    const double infinity = std::numeric_limits<double>::infinity();
    const Tensor farthest = torch::where(usable.unsqueeze(1), z, torch::zeros_like(z)).view({count, -1}).amax(1);
    const Tensor nearest = torch::where(usable.unsqueeze(1), z, torch::full_like(z, infinity)).view({count, -1}).amin(1);
    sharpness = 1 / (options.gamma * torch::maximum(farthest - nearest, 1e-3 * farthest));

    const Tensor size = torch::tensor({double(width), double(height)}, screen_verts.options().requires_grad(false));
    const Tensor safe = torch::where(usable.view({-1, 1, 1}), xy, torch::zeros_like(xy));
    const Tensor low = torch::minimum((safe.amin(1) - radius - 0.5).floor().clamp_min(0), size).to(torch::kInt64);
    const Tensor high = torch::minimum((safe.amax(1) + radius + 0.5).ceil().clamp_min(0), size).to(torch::kInt64);
    const Tensor extent = (high - low).clamp_min(0);
    const Tensor pairs = extent.prod(1) * usable.to(torch::kInt64);
    triangle = torch::arange(count * face_count, long_options).repeat_interleave(pairs);
    const Tensor first = pairs.cumsum(0) - pairs;
    const Tensor local = torch::arange(triangle.size(0), long_options) - first.index_select(0, triangle);
    const Tensor columns = extent.select(1, 0).index_select(0, triangle);
    x = low.select(1, 0).index_select(0, triangle) + local.remainder(columns);
    y = low.select(1, 1).index_select(0, triangle) + torch::floor_divide(local, columns);
    const Tensor centre = (torch::stack({x, y}, 1).to(corners.scalar_type()) + 0.5) * scale;
    const Geometry all = closest(xy.index_select(0, triangle) * scale, centre);
    const Tensor kept = (all.argument >= argument_min).nonzero().squeeze(1);
    triangle = triangle.index_select(0, kept), x = x.index_select(0, kept), y = y.index_select(0, kept);
  }

  const Tensor mine = corners.index_select(0, triangle);
  const Tensor centre = (torch::stack({x, y}, 1).to(corners.scalar_type()) + 0.5) * scale;
  const Geometry g = closest(mine.slice(2, 0, 2) * scale, centre);
  const Tensor frame = torch::floor_divide(triangle, std::max<int64_t>(face_count, 1));
  const Tensor pixel = (frame * height + y) * width + x;
  const Tensor plane = torch::zeros({count * height * width}, screen_verts.options().requires_grad(false));

  const Tensor log_clear = plane.index_add(0, pixel, -torch::nn::functional::softplus(g.argument));
  const Tensor silhouette = -torch::expm1(log_clear);

  const Tensor share = g.bary / mine.select(2, 2);
  const Tensor depth = 1 / share.sum(1);
  const Tensor own = (share.unsqueeze(2) * values.index_select(0, triangle)).sum(1) * depth.unsqueeze(1);
  const Tensor front = torch::full_like(plane, 1e30).scatter_reduce(0, pixel, depth, "amin");
  const Tensor weight = torch::sigmoid(g.argument) *
                        torch::exp((front.index_select(0, pixel) - depth) * sharpness.index_select(0, frame));
  const Tensor sum = (plane + options.background_eps).index_add(0, pixel, weight);
  const Tensor blended = plane.unsqueeze(1).expand({-1, channels}).index_add(0, pixel, weight.unsqueeze(1) * own);
  return {silhouette.view({count, height, width}),
          (blended / sum.unsqueeze(1)).view({count, height, width, channels})};
}

}  // namespace mp4d
