#include "motion/point_tree.h"
#include "reconstruction/human/human_evaluate.h"
#include "reconstruction/human/human_person.h"
#include "reconstruction/human/pose_library.h"
#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>
#include <numbers>

namespace mp4d::human {
namespace {

constexpr float kTruthLevel = 0.5f;

/// Occupancy of a person in its cube, R^3.
struct Solid {
  int resolution = 0;
  std::vector<bool> inside;

  bool at(const Vec3& p) const {
    const auto cell = [&](float v) { return int(std::floor((v + 1) * float(resolution) / 2)); };
    const int x = cell(p.x()), y = cell(-p.y()), z = cell(p.z());
    const auto in = [&](int c) { return c >= 0 && c < resolution; };
    return in(x) && in(y) && in(z) && inside[(std::size_t(z) * resolution + y) * resolution + x];
  }
  Solid mirrored() const {
    Solid twin = *this;
    for (std::size_t row = 0; row < inside.size(); row += std::size_t(resolution))
      for (int x = 0; x < resolution; ++x) twin.inside[row + x] = inside[row + std::size_t(resolution - 1 - x)];
    return twin;
  }
};

Solid solid_of(const std::vector<float>& volume, int resolution, float level) {
  Solid solid{resolution, std::vector<bool>(volume.size())};
  for (std::size_t i = 0; i < volume.size(); ++i) solid.inside[i] = volume[i] > level;
  return solid;
}

double iou(const Solid& a, const Solid& b) {
  std::size_t both = 0, either = 0;
  for (std::size_t i = 0; i < a.inside.size(); ++i) {
    both += a.inside[i] && b.inside[i];
    either += a.inside[i] || b.inside[i];
  }
  return either ? double(both) / double(either) : 0;
}

double joints_inside(const Solid& solid, const Joints& in_cube) {
  int inside = 0;
  for (int j = 0; j < kJointCount; ++j) inside += solid.at(in_cube.row(j).transpose());
  return double(inside) / kJointCount;
}

bool one_piece(const Mesh& mesh) {
  std::vector<int> component;
  const int count = connected_components(mesh.faces, int(mesh.verts.rows()), component);
  std::vector<int> size(std::size_t(std::max(count, 1)), 0);
  for (int c : component) ++size[std::size_t(c)];
  int pieces = 0;
  for (int s : size) pieces += s > 0.005 * double(component.size());
  return pieces == 1;
}

Mesh in_cube(const Body& body) {
  Mesh mesh = body.mesh;
  mesh.verts = frame_of(body.joints).to_cube(mesh.verts);
  return mesh;
}

// The generator's person as its own field keeps it, on the field's grid.
Solid solid_of(const Body& body, const FourierOccupancy& like) {
  const FourierOccupancy field = fourier_occupancy(ray_intervals(in_cube(body), like.resolution), like.bands);
  return solid_of(occupancy_volume(field, field.resolution), field.resolution, kTruthLevel);
}

struct SurfaceError {
  double distance = 0, degrees = 0;  ///< distance in units of the cube
};

// Both meshes in the same cube; the second is what a ray sees of it, without what clothes hide.
SurfaceError surface_error(const Mesh& made, const Mesh& truth_mesh, int resolution) {
  constexpr int kBands = 128, kPoints = 4096;
  const Mesh truth = field_surface(fourier_occupancy(ray_intervals(truth_mesh, 2 * resolution), kBands), 2 * resolution);
  const auto with_normals = [](const Mesh& mesh, int count) {
    std::vector<int> faces;
    Points points = sample_surface(mesh.verts, mesh.faces, count, 3, &faces);
    Points normals(points.rows(), 3);
    for (Eigen::Index i = 0; i < points.rows(); ++i) {
      const auto corner = [&](int k) { return Vec3(mesh.verts.row(mesh.faces(faces[std::size_t(i)], k)).transpose()); };
      normals.row(i) = (corner(1) - corner(0)).cross(corner(2) - corner(0)).normalized().transpose();
    }
    return std::pair(points, normals);
  };
  const auto [points, normals] = with_normals(made, kPoints);
  auto [true_points, true_normals] = with_normals(truth, 8 * kPoints);
  const PointTree tree(std::move(true_points));
  SurfaceError error;
  for (Eigen::Index i = 0; i < points.rows(); ++i) {
    float squared = 0;
    const int nearest = tree.nearest(points.row(i).transpose(), squared);
    error.distance += std::sqrt(double(squared)) / double(points.rows());
    const float cosine = std::clamp(normals.row(i).dot(true_normals.row(nearest)), -1.0f, 1.0f);
    error.degrees += std::acos(double(cosine)) * 180 / std::numbers::pi / double(points.rows());
  }
  return error;
}

/// What pairs are compared by, of a person standing in t-pose, metres.
struct Measures {
  double height = 0, girth = 0, shoulders_over_hips = 0;
};

Measures measure(const Solid& solid, const Joints& joints) {
  const HumanFrame frame = frame_of(joints);
  const int n = solid.resolution;
  const float cell = 2 * frame.half_extent / float(n);
  const auto row_of = [&](float y) { return std::clamp(int((1 - (y - frame.centre.y()) / frame.half_extent) * float(n) / 2), 0, n - 1); };
  const auto width_at = [&](float y, float limit) {
    const int row = row_of(y);
    int low = n, high = -1;
    for (int x = 0; x < n; ++x) {
      const float at = (2 * (float(x) + 0.5f) / float(n) - 1) * frame.half_extent + frame.centre.x();
      if (std::abs(at - joints(0, 0)) > limit) continue;
      for (int z = 0; z < n; ++z)
        if (solid.inside[(std::size_t(z) * n + row) * n + x]) low = std::min(low, x), high = std::max(high, x);
    }
    return high < low ? 0.0 : double(high - low + 1) * cell;
  };
  int top = n, bottom = -1;
  double volume = 0;
  for (int z = 0; z < n; ++z)
    for (int y = 0; y < n; ++y)
      for (int x = 0; x < n; ++x)
        if (solid.inside[(std::size_t(z) * n + y) * n + x]) top = std::min(top, y), bottom = std::max(bottom, y), ++volume;
  Measures measures;
  measures.height = bottom < top ? 0 : double(bottom - top + 1) * cell;
  measures.girth = volume * cell * cell * cell / std::max(1e-6, std::pow(measures.height, 3));
  const double between_shoulders = (joints.row(16) - joints.row(17)).norm();
  const double hips = width_at(0.5f * (joints(1, 1) + joints(2, 1)), 1.5f * float(between_shoulders));
  measures.shoulders_over_hips = between_shoulders / std::max(hips, 1e-6);
  return measures;
}

// Mean distance from the points of `from` to their nearest of `to`.
double one_way(const Points& from, const PointTree& to) {
  double sum = 0;
  for (Eigen::Index i = 0; i < from.rows(); ++i) {
    float squared = 0;
    to.nearest(from.row(i).transpose(), squared);
    sum += std::sqrt(double(squared));
  }
  return sum / double(from.rows());
}

nlohmann::json distribution(const std::vector<Points>& made, const std::vector<Points>& real) {
  const std::size_t n = made.size(), all = 2 * n;
  std::vector<PointTree> clouds;
  for (const auto* set : {&made, &real})
    for (const Points& points : *set) clouds.emplace_back(points);
  Eigen::MatrixXd distance = Eigen::MatrixXd::Constant(Eigen::Index(all), Eigen::Index(all), std::numeric_limits<double>::infinity());
#pragma omp parallel for schedule(dynamic)
  for (std::size_t i = 0; i < all; ++i)
    for (std::size_t j = i + 1; j < all; ++j)
      distance(Eigen::Index(i), Eigen::Index(j)) = distance(Eigen::Index(j), Eigen::Index(i)) =
          0.5 * (one_way(clouds[i].points(), clouds[j]) + one_way(clouds[j].points(), clouds[i]));
  std::size_t right = 0;
  for (std::size_t i = 0; i < all; ++i) {
    Eigen::Index nearest = 0;
    distance.row(Eigen::Index(i)).minCoeff(&nearest);
    right += (i < n) == (std::size_t(nearest) < n);
  }
  std::vector<bool> covered(n, false);
  double mmd = 0;
  for (std::size_t i = 0; i < n; ++i) {
    Eigen::Index nearest = 0;
    distance.row(Eigen::Index(i)).tail(Eigen::Index(n)).minCoeff(&nearest);
    covered[std::size_t(nearest)] = true;
    mmd += distance.row(Eigen::Index(n + i)).head(Eigen::Index(n)).minCoeff() / double(n);
  }
  return {{"one_nna", double(right) / double(all)},
          {"coverage", double(std::count(covered.begin(), covered.end(), true)) / double(n)},
          {"mmd_cd_m", mmd}};
}

/// A made person and the generator's own.
struct Scores {
  double inside = 0, truth_inside = 0, iou = 0;
  SurfaceError error;  ///< metres
  bool whole = false, sides_judged = false, sides_right = false;
  Points surface;  ///< metres
};

Scores score(const std::vector<HumanView>& views, const Body& body, const HumanSampling& sampling, int points) {
  Scores scores;
  const FourierOccupancy& field = views[0].field.occupancy;
  const int cells = field.resolution;
  const std::vector<float> volume = mean_occupancy(views, cells);
  const float level = joining_level(volume, cells, float(sampling.level));
  const Solid solid = solid_of(volume, cells, level), truth = solid_of(body, field);
  const HumanFrame frame = frame_of(body.joints);
  const Joints joints = frame.to_cube(body.joints);
  scores.inside = joints_inside(solid, joints);
  scores.truth_inside = joints_inside(truth, joints);
  scores.iou = iou(solid, truth);
  const Solid mirror = truth.mirrored();
  scores.sides_judged = iou(truth, mirror) < 0.5;
  scores.sides_right = scores.iou > iou(solid, mirror);
  const Mesh pixels = volume_surface(volume, cells, cells, level, true, false);
  scores.whole = one_piece(pixels);
  scores.surface = sample_surface(frame.to_world(pixels.verts), pixels.faces, points, 1);
  scores.error = surface_error(person_surface(views, sampling.level, sampling.detail), in_cube(body), cells);
  scores.error.distance *= frame.half_extent;
  return scores;
}

}  // namespace

const OptionTable<HumanEvaluateOptions>& human_evaluate_options() {
  using O = HumanEvaluateOptions;
  static const OptionTable<O> table = [] {
    OptionTable<O> t;
    t.add("count", &O::count, 4, 10000, "people in random poses");
    t.add("pairs", &O::pairs, 0, 10000, "pairs that differ in one attribute, for each of three; 0 = none");
    t.add("points", &O::points, 64, 100000, "surface points for the distances between people");
    t.add("batch", &O::batch, 1, 512, "people drawn at once; 32 or more suits a GPU");
    t.add("people-seed", &O::seed, 0, 1000000000, "of the people; a model must not have been trained with it");
    return t;
  }();
  return table;
}

Result<nlohmann::json> evaluate_human_model(const HumanModel& model, const BodyGenerator& generator,
                                            const HumanSampling& sampling, const HumanEvaluateOptions& options, JobContext* job) {
  begin_phase(job, "evaluate", options.count + 3 * options.pairs);
  int done = 0;
  const auto draw = [&](const std::vector<HumanRequest>& requests) {
    JobContext quiet({{"sample", 1}, {"views", 1}}, {}, {}, job ? job->cancel_token() : CancelToken());
    return draw_views(model, requests, sampling, &quiet);
  };
  const auto seed = std::uint64_t(options.seed);
  Scores sum;
  int whole = 0, sides_right = 0, sides_judged = 0;
  double seconds = 0;
  std::vector<Points> made(std::size_t(options.count)), real(made.size());
  for (int first = 0; first < options.count; first += options.batch) {
    const int people = std::min(options.batch, options.count - first);
    std::vector<HumanRequest> requests(static_cast<std::size_t>(people));
    std::vector<Body> bodies(requests.size());
#pragma omp parallel for schedule(dynamic) if (people > 1)
    for (int i = 0; i < people; ++i) {
      const auto index = std::uint64_t(first + i);
      const Attributes attributes = generator.random_attributes(seed, index);
      bodies[std::size_t(i)] = generator.make(attributes, random_pose(seed, index));
      requests[std::size_t(i)] = {attributes, KnownAttributes::all(), bodies[std::size_t(i)].joints, sampling.seed + first + i};
      const std::uint64_t stranger = index + std::uint64_t(options.count);  // not the made one's twin, whom it would always be near
      const Body other = generator.make(generator.random_attributes(seed, stranger), random_pose(seed, stranger));
      real[std::size_t(first + i)] = sample_surface(other.mesh.verts, other.mesh.faces, options.points, 2);
    }
    const auto start = std::chrono::steady_clock::now();
    MP4D_TRY(drawn, draw(requests));
    seconds += std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    std::vector<Scores> scores(requests.size());
#pragma omp parallel for schedule(dynamic) if (people > 1)
    for (int i = 0; i < people; ++i)
      scores[std::size_t(i)] = score(drawn[std::size_t(i)], bodies[std::size_t(i)], sampling, options.points);
    for (int i = 0; i < people; ++i) {
      Scores& own = scores[std::size_t(i)];
      sum.inside += own.inside;
      sum.truth_inside += own.truth_inside;
      sum.iou += own.iou;
      sum.error.distance += own.error.distance;
      sum.error.degrees += own.error.degrees;
      whole += own.whole;
      sides_judged += own.sides_judged;
      sides_right += own.sides_judged && own.sides_right;
      made[std::size_t(first + i)] = std::move(own.surface);
    }
    step(job, done += people);
    MP4D_CHECK(check(job));
  }

  MP4D_TRY(t_pose, named_pose("t-pose"));
  struct Trait {
    const char* name;
    float Attributes::*field;
    double Measures::*measure;
    float low, high;
  };
  nlohmann::json pair_scores = nlohmann::json::object();
  for (const Trait& trait : {Trait{"height", &Attributes::height, &Measures::height, 0.2f, 0.8f},
                             Trait{"weight", &Attributes::weight, &Measures::girth, 0.15f, 0.9f},
                             Trait{"sex", &Attributes::sex, &Measures::shoulders_over_hips, 0, 1}}) {
    int right = 0, truth_right = 0;
    for (int first = 0; first < options.pairs; first += options.batch) {
      const int count = std::min(options.batch, options.pairs - first);
      std::vector<HumanRequest> requests;
      for (int i = first; i < first + count; ++i)
        for (const float value : {trait.low, trait.high}) {
          Attributes attributes = generator.random_attributes(seed + 1, std::uint64_t(i));
          attributes.*trait.field = value;
          requests.push_back({attributes, KnownAttributes::all(), posed_joints(model.rest_joints(attributes), t_pose), sampling.seed + i});
        }
      MP4D_TRY(drawn, draw(requests));
      std::vector<double> found(requests.size()), true_value(requests.size());
#pragma omp parallel for schedule(dynamic) if (count > 1)
      for (int i = 0; i < 2 * count; ++i) {
        const auto r = std::size_t(i);
        const FourierOccupancy& field = drawn[r][0].field.occupancy;
        const Solid solid = solid_of(mean_occupancy(drawn[r], field.resolution), field.resolution, float(sampling.level));
        found[r] = measure(solid, requests[r].joints).*trait.measure;
        const Body body = generator.make(requests[r].attributes, t_pose);
        true_value[r] = measure(solid_of(body, field), body.joints).*trait.measure;
      }
      for (std::size_t i = 0; i < requests.size(); i += 2) {
        right += found[i + 1] > found[i];
        truth_right += true_value[i + 1] > true_value[i];
      }
      step(job, done += count);
      MP4D_CHECK(check(job));
    }
    if (options.pairs > 0)
      pair_scores[trait.name] = {{"right", double(right) / options.pairs}, {"generator", double(truth_right) / options.pairs}};
  }
  const double n = options.count;
  return nlohmann::json{{"count", options.count},
                        {"joints_inside", sum.inside / n},
                        {"truth_joints_inside", sum.truth_inside / n},
                        {"one_piece", whole / n},
                        {"iou", sum.iou / n},
                        {"surface_error_m", sum.error.distance / n},
                        {"normal_error_degrees", sum.error.degrees / n},
                        {"sides_right", sides_judged ? double(sides_right) / sides_judged : 1.0},
                        {"sides_judged", sides_judged},
                        {"seconds", seconds / n},
                        {"pairs", pair_scores},
                        {"distribution", distribution(made, real)}};
}

}  // namespace mp4d::human
