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

// Trilinear between voxels' centres, which are whole numbers; outside 0.
float sampled(const float* volume, int n, const Vec3& at) {
  if (!((at.array() > -1).all() && (at.array() < float(n)).all())) return 0;
  const Eigen::Vector3i low = (at.array() + 1).cast<int>() - 1;  // rounds down, and quicker than floor()
  const Vec3 part = at - low.cast<float>();
  const auto along_x = [&](int y, int z) {
    if (y < 0 || z < 0 || y >= n || z >= n) return 0.0f;
    const float* row = volume + (std::size_t(z) * std::size_t(n) + std::size_t(y)) * std::size_t(n);
    const float first = low.x() >= 0 ? row[low.x()] : 0, second = low.x() + 1 < n ? row[low.x() + 1] : 0;
    return first + part.x() * (second - first);
  };
  const auto along_y = [&](int z) { return (1 - part.y()) * along_x(low.y(), z) + part.y() * along_x(low.y() + 1, z); };
  return (1 - part.z()) * along_y(low.z()) + part.z() * along_y(low.z() + 1);
}

/// From voxels (x, y, z) of one view's volume to those of another's.
Eigen::Affine3f voxel_map(const HumanView& from, const HumanView& to, int n) {
  Points corners(4, 3);  // the first voxel, and n voxels from it along each axis
  corners.rowwise() = Eigen::RowVector3f(1 / float(n) - 1, 1 - 1 / float(n), 1 / float(n) - 1);
  corners(1, 0) += 2;
  corners(2, 1) -= 2;
  corners(3, 2) += 2;
  const Points in_cube = to.to_cube(from.frame.to_world(corners));
  const auto voxel = [&](int i) {
    return Vec3(Vec3(in_cube(i, 0) + 1, 1 - in_cube(i, 1), in_cube(i, 2) + 1) * (float(n) / 2) - Vec3::Constant(0.5f));
  };
  Eigen::Affine3f map;
  map.translation() = voxel(0);
  for (int axis = 0; axis < 3; ++axis) map.linear().col(axis) = (voxel(axis + 1) - voxel(0)) / float(n);
  return map;
}

}  // namespace

Points HumanView::to_cube(const Points& verts) const {
  const Points turned = ((verts.rowwise() - pivot.transpose()) * turn().transpose()).rowwise() + pivot.transpose();
  return frame.to_cube(turned);
}

namespace {

/// A first draw as a coloured surface, metres.
struct DrawnSurface {
  Mesh mesh;
  std::vector<std::uint8_t> face_parts;
};

DrawnSurface surface_of(const std::vector<HumanView>& first, float level) {
  const FourierOccupancy& field = first[0].field.occupancy;
  DrawnSurface surface{field_surface(field, field.resolution, level, true, true), {}};
  Mesh& mesh = surface.mesh;
  if (mesh.faces.rows() == 0) return surface;
  mesh.verts = first[0].frame.to_world(mesh.verts);
  mesh.normals = vertex_normals(mesh.verts, mesh.faces);
  const auto parts = vertex_parts(first, mesh);
  for (Eigen::Index f = 0; f < mesh.faces.rows(); ++f) {
    Eigen::Index part = 0;
    parts.row(mesh.faces(f, 0)).maxCoeff(&part);
    surface.face_parts.push_back(std::uint8_t(part));
  }
  return surface;
}

void enhance(const HumanModel& model, const std::vector<HumanRequest>& people, std::vector<std::vector<HumanView>>& views) {
  for (std::size_t i = 0; i < people.size(); ++i)
    for (HumanView& view : views[i]) {
      std::vector<HumanField> field = {std::move(view.field)};
      model.enhance(field, {view.to_cube(people[i].joints)});
      view.field = std::move(field[0]);
    }
}

}  // namespace

Result<std::vector<std::vector<HumanView>>> draw_views(const HumanModel& model, const std::vector<HumanRequest>& people,
                                                       const HumanSampling& options, JobContext* job) {
  MP4D_TRY(first, model.sample(people, options, job));
  const int count = int(people.size());
  std::vector<std::vector<HumanView>> views(people.size());
  std::vector<DrawnSurface> surfaces(people.size());
  begin_phase(job, "views", options.views - 1);
#pragma omp parallel for schedule(dynamic) if (count > 1)
  for (int i = 0; i < count; ++i) {
    const std::size_t p = std::size_t(i);
    const HumanFrame frame = frame_of(people[p].joints);
    views[p] = {{std::move(first[p]), frame.centre, 0, frame}};
    if (options.views > 1) surfaces[p] = surface_of(views[p], float(options.level));
  }
  JobContext quiet({{"sample", 1}}, {}, {}, job ? job->cancel_token() : CancelToken());
  for (int k = 1; k < options.views; ++k) {
    std::vector<HumanRequest> turned = people;
    std::vector<HumanView> side(people.size());
    std::vector<HumanField> bases(people.size());
#pragma omp parallel for schedule(dynamic) if (count > 1)
    for (int i = 0; i < count; ++i) {
      const std::size_t p = std::size_t(i);
      HumanView& view = side[p];
      view.pivot = views[p][0].frame.centre;
      view.yaw = float(2 * std::numbers::pi * k / options.views);
      turned[p].joints = ((people[p].joints.rowwise() - view.pivot.transpose()) * view.turn().transpose()).rowwise() + view.pivot.transpose();
      turned[p].seed += k;
      view.frame = frame_of(turned[p].joints);
      const FourierOccupancy& field = views[p][0].field.occupancy;
      if (surfaces[p].mesh.faces.rows() > 0) bases[p] = rasterised(surfaces[p].mesh, surfaces[p].face_parts, view, field.resolution, field.bands);
    }
    if (std::any_of(surfaces.begin(), surfaces.end(), [](const DrawnSurface& s) { return s.mesh.faces.rows() == 0; }))
      return fail(ErrorCode::kFailed, "the generated field is empty; try another --seed or a lower --level");
    MP4D_TRY(redrawn, model.sample(turned, options, &quiet, &bases));
    for (std::size_t p = 0; p < people.size(); ++p) {
      side[p].field = std::move(redrawn[p]);
      views[p].push_back(std::move(side[p]));
    }
    step(job, k);
  }
  if (options.enhance && model.can_enhance()) enhance(model, people, views);
  return views;
}

std::vector<float> mean_occupancy(const std::vector<HumanView>& views, int n) {
  const auto volume_of = [&](const HumanView& view) {
    return occupancy_volume(upsampled(view.field.occupancy, n / view.field.occupancy.resolution), n);
  };
  std::vector<float> mean = volume_of(views[0]);
  for (std::size_t i = 1; i < views.size(); ++i) {
    const std::vector<float> other = volume_of(views[i]);
    const Eigen::Affine3f map = voxel_map(views[0], views[i], n);
    const Vec3 step = map.linear().col(0);
#pragma omp parallel for
    for (int z = 0; z < n; ++z)
      for (int y = 0; y < n; ++y) {
        const Vec3 first = map * Vec3(0, float(y), float(z));
        float* values = &mean[(std::size_t(z) * n + y) * n];
        for (int x = 0; x < n; ++x) values[x] += sampled(other.data(), n, first + float(x) * step);
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
