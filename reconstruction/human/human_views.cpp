#include "reconstruction/human/human_views.h"
#include "reconstruction/human/human_colors.h"
#include <algorithm>
#include <numbers>

namespace mp4d::human {
namespace {

// The surface as a field of the turned person, with the parts that are seen of it.
HumanField rasterised(const Mesh& surface, const std::vector<std::uint8_t>& face_parts, const HumanView& view, int resolution,
                      int bands) {
  Mesh mesh;
  mesh.verts = view.to_cube(surface.verts);
  mesh.faces = surface.faces;
  const RayIntervals rays = ray_intervals(mesh, resolution, std::vector<std::uint8_t>(std::size_t(mesh.faces.rows()), 1), face_parts);
  HumanField field{fourier_occupancy(rays, bands), {}};
  const std::size_t pixels = std::size_t(resolution) * resolution;
  field.parts.assign(2 * (kBodyPartCount - 1) * pixels, 0.0f);
  for (std::size_t p = 0; p < pixels; ++p) {
    if (rays.first[p] == rays.first[p + 1]) continue;
    const int front = rays.intervals[rays.first[p + 1] - 1].out_label, back = rays.intervals[rays.first[p]].in_label;
    if (front > 0) field.parts[std::size_t(front - 1) * pixels + p] = 1;
    if (back > 0) field.parts[std::size_t(kBodyPartCount - 1 + back - 1) * pixels + p] = 1;
  }
  return field;
}

// Trilinear; outside 0.
float sampled(const std::vector<float>& volume, int n, const Vec3& cube) {
  const Vec3 at = Vec3((cube.x() + 1), (1 - cube.y()), (cube.z() + 1)) * (float(n) / 2) - Vec3::Constant(0.5f);
  const Eigen::Vector3i low = at.array().floor().cast<int>();
  const Vec3 part = at - low.cast<float>();
  float sum = 0;
  for (int c = 0; c < 8; ++c) {
    const int x = low.x() + (c & 1), y = low.y() + (c >> 1 & 1), z = low.z() + (c >> 2);
    if (x < 0 || y < 0 || z < 0 || x >= n || y >= n || z >= n) continue;
    sum += ((c & 1) ? part.x() : 1 - part.x()) * ((c >> 1 & 1) ? part.y() : 1 - part.y()) * ((c >> 2) ? part.z() : 1 - part.z()) *
           volume[(std::size_t(z) * n + y) * n + x];
  }
  return sum;
}

}  // namespace

Points HumanView::to_cube(const Points& verts) const {
  const Points turned = ((verts.rowwise() - pivot.transpose()) * turn().transpose()).rowwise() + pivot.transpose();
  return frame.to_cube(turned);
}

Result<std::vector<HumanView>> draw_views(const HumanModel& model, const HumanRequest& request, const HumanSampling& options,
                                          JobContext* job) {
  MP4D_TRY(first, model.sample({request}, options, job));
  const HumanFrame frame = frame_of(request.joints);
  std::vector<HumanView> views = {{std::move(first[0]), frame.centre, 0, frame}};
  begin_phase(job, "views", options.views - 1);
  if (options.views == 1) return views;

  const FourierOccupancy field = views[0].field.occupancy;
  Mesh surface = field_surface(field, field.resolution, float(options.level), true, true);
  if (surface.faces.rows() == 0)
    return fail(ErrorCode::kFailed, "the generated field is empty; try another --seed or a lower --level");
  surface.verts = frame.to_world(surface.verts);
  surface.normals = vertex_normals(surface.verts, surface.faces);
  const auto parts = vertex_parts(views, surface);
  std::vector<std::uint8_t> face_parts;
  for (Eigen::Index f = 0; f < surface.faces.rows(); ++f) {
    Eigen::Index part = 0;
    parts.row(surface.faces(f, 0)).maxCoeff(&part);
    face_parts.push_back(std::uint8_t(part));
  }

  JobContext quiet({{"sample", 1}}, {}, {}, job ? job->cancel_token() : CancelToken());
  for (int i = 1; i < options.views; ++i) {
    HumanView view;
    view.pivot = frame.centre;
    view.yaw = float(2 * std::numbers::pi * i / options.views);
    HumanRequest turned = request;
    turned.joints = ((request.joints.rowwise() - view.pivot.transpose()) * view.turn().transpose()).rowwise() + view.pivot.transpose();
    view.frame = frame_of(turned.joints);
    HumanSampling own = options;
    own.seed = options.seed + i;
    const std::vector<HumanField> bases = {rasterised(surface, face_parts, view, field.resolution, field.bands)};
    MP4D_TRY(redrawn, model.sample({turned}, own, &quiet, &bases));
    view.field = std::move(redrawn[0]);
    views.push_back(std::move(view));
    step(job, i);
  }
  return views;
}

std::vector<float> mean_occupancy(const std::vector<HumanView>& views, int n) {
  const auto volume_of = [&](const HumanView& view) {
    return occupancy_volume(upsampled(view.field.occupancy, n / view.field.occupancy.resolution), n);
  };
  std::vector<float> mean = volume_of(views[0]);
  for (std::size_t i = 1; i < views.size(); ++i) {
    const std::vector<float> other = volume_of(views[i]);
#pragma omp parallel for
    for (int z = 0; z < n; ++z) {
      Points row(n, 3);
      for (int y = 0; y < n; ++y) {
        for (int x = 0; x < n; ++x)
          row.row(x) << (2 * x + 1) / float(n) - 1, 1 - (2 * y + 1) / float(n), (2 * z + 1) / float(n) - 1;
        const Points in_cube = views[i].to_cube(views[0].frame.to_world(row));
        float* values = &mean[(std::size_t(z) * n + y) * n];
        for (int x = 0; x < n; ++x) values[x] += sampled(other, n, in_cube.row(x).transpose());
      }
    }
  }
  for (float& value : mean) value /= float(views.size());
  return mean;
}

float joining_level(const std::vector<float>& volume, int n, float level) {
  constexpr float kStep = 0.05f;
  constexpr int kSteps = 4;
  for (int i = 0; i <= kSteps; ++i) {
    const float lower = level - kStep * float(i);
    if (lower <= 0) break;
    const Mesh surface = volume_surface(volume, n, n, lower, false, false);
    std::vector<int> component;
    const int count = connected_components(surface.faces, int(surface.verts.rows()), component);
    std::vector<int> size(std::size_t(std::max(count, 1)), 0);
    for (int c : component) ++size[std::size_t(c)];
    const double crumb = 0.005 * double(component.size());
    if (std::count_if(size.begin(), size.end(), [&](int s) { return s > crumb; }) == 1) return lower;
  }
  return level;
}

}  // namespace mp4d::human
