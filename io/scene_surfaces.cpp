// Data sets for surfaces: sdfstudio's meta_data.json (Replica as MonoSDF has it) and IDR's cameras.npz (DTU). Axes are
// OpenCV's.
#include "core/files.h"
#include "core/json_file.h"
#include "core/path_below.h"
#include "io/internal/scene_readers.h"
#include "io/internal/opencv.h"
#include "io/listing.h"
#include "io/numpy.h"
#include <Eigen/QR>
#include <cmath>
#include <nlohmann/json.hpp>

namespace mp4d::internal {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

/// `rows` x `columns` numbers of a list of rows.
Result<Eigen::MatrixXd> matrix_of(const json& list, Eigen::Index rows, Eigen::Index columns, const std::string& where, const char* field) {
  Eigen::MatrixXd out(rows, columns);
  const auto wrong = [&] { return fail(ErrorCode::kInput, "{}: '{}' must be {} rows of {} numbers", where, field, rows, columns); };
  if (!list.is_array() || static_cast<Eigen::Index>(list.size()) != rows) return wrong();
  for (Eigen::Index r = 0; r < rows; ++r) {
    const json& row = list[static_cast<std::size_t>(r)];
    if (!row.is_array() || static_cast<Eigen::Index>(row.size()) < columns) return wrong();
    for (Eigen::Index c = 0; c < columns; ++c) {
      if (!row[static_cast<std::size_t>(c)].is_number()) return wrong();
      out(r, c) = row[static_cast<std::size_t>(c)].get<double>();
    }
  }
  return out;
}

/// K [R | t] = `projection`, K upper triangular with a positive diagonal.
Result<Camera> decompose(Eigen::Matrix<double, 3, 4> projection, const std::string& where) {
  if (projection.leftCols<3>().determinant() < 0) projection = -projection;
  const Eigen::Matrix3d m = projection.leftCols<3>();
  if (!projection.allFinite() || std::abs(m.determinant()) < 1e-12)
    return fail(ErrorCode::kInput, "{}: is no projection of a camera", where);
  const Eigen::HouseholderQR<Eigen::Matrix3d> qr(m.inverse());
  Eigen::Matrix3d q = qr.householderQ(), u = qr.matrixQR().triangularView<Eigen::Upper>();
  for (int i = 0; i < 3; ++i)
    if (u(i, i) < 0) {
      u.row(i) *= -1;
      q.col(i) *= -1;
    }
  Eigen::Matrix3d k = u.inverse();
  const Eigen::Vector3d t = u * projection.col(3);
  k /= k(2, 2);
  if (std::abs(k(0, 1)) > 1e-2 * k(0, 0))
    return fail(ErrorCode::kInput, "{}: its pixels are skewed by {:.3g} pixels a pixel, which is not known here", where, k(0, 1) / k(0, 0));
  Eigen::Matrix4d camera_from_world = Eigen::Matrix4d::Identity();
  camera_from_world.topLeftCorner<3, 3>() = q.transpose();
  camera_from_world.topRightCorner<3, 1>() = t;
  MP4D_TRY(pose, camera_from_opencv(camera_from_world.inverse(), where));
  Camera camera;
  camera.camera_from_world = pose;
  camera.fx = static_cast<float>(k(0, 0));
  camera.fy = static_cast<float>(k(1, 1));
  camera.cx = static_cast<float>(k(0, 2));
  camera.cy = static_cast<float>(k(1, 2));
  return camera;
}

Result<Eigen::Matrix4d> four_by_four(const std::map<std::string, NumpyArray>& arrays, const std::string& name, const fs::path& file) {
  const auto found = arrays.find(name);
  if (found == arrays.end() || found->second.values.size() != 16)
    return fail(ErrorCode::kInput, "{}: '{}' must be there, 4 x 4 numbers", file.string(), name);
  return Eigen::Matrix4d(Eigen::Map<const Eigen::Matrix<double, 4, 4, Eigen::RowMajor>>(found->second.values.data()));
}

/// A turn, a scale and a shift.
struct Similarity {
  double scale = 1;
  Eigen::Matrix4d matrix = Eigen::Matrix4d::Identity();
};

/// What makes a normalised scene the ground truth's again.
Result<Similarity> world_to_truth(const json& meta, const std::string& where) {
  constexpr const char* kField = "worldtogt";
  Similarity out;
  if (!meta.contains(kField) || meta[kField].is_null()) return out;
  MP4D_TRY(matrix, matrix_of(meta[kField], 4, 4, where, kField));
  const Eigen::Matrix3d linear = matrix.topLeftCorner<3, 3>();
  out.scale = std::cbrt(linear.determinant());
  const bool good = matrix.allFinite() && out.scale > 1e-9 && out.scale < 1e9 &&
                    (linear * linear.transpose() / (out.scale * out.scale) - Eigen::Matrix3d::Identity()).norm() < 1e-3 &&
                    (matrix.row(3) - Eigen::RowVector4d(0, 0, 0, 1)).norm() < 1e-6;
  if (!good) return fail(ErrorCode::kInput, "{}: '{}' is no turn, scale and shift; take it out", where, kField);
  out.matrix = matrix;
  return out;
}

}  // namespace

Result<SceneSource> read_sdfstudio(const fs::path& folder) {
  const fs::path file = folder / "meta_data.json";
  MP4D_TRY(text, read_regular_file(file));
  MP4D_TRY(meta, parse_json(text, file.string()));
  if (!meta.is_object() || !meta.contains("frames") || !meta["frames"].is_array())
    return fail(ErrorCode::kInput, "{}: must be an object with a list 'frames'", file.string());
  for (const char* side : {"width", "height"})
    if (!meta.value(side, json(1)).is_number_integer() || !(meta.value(side, 1.0) >= 1 && meta.value(side, 1.0) <= 65536))
      return fail(ErrorCode::kInput, "{}: '{}' must be a number of pixels between 1 and 65536", file.string(), side);
  SceneSource source;
  source.scene.format = "sdfstudio";
  source.hold_out = 10;
  MP4D_TRY(truth, world_to_truth(meta, file.string()));
  int index = 0;
  for (const json& frame : meta["frames"]) {
    const std::string where = fmt::format("{}: frame {}", file.string(), index++);
    if (!frame.is_object() || !frame.contains("rgb_path") || !frame["rgb_path"].is_string())
      return fail(ErrorCode::kInput, "{}: no 'rgb_path'", where);
    ViewSource view;
    view.view.name = frame["rgb_path"].get<std::string>();
    MP4D_TRY(picture, path_below(folder, view.view.name, where));
    view.image = picture;
    MP4D_TRY(pose_rows, matrix_of(frame.value("camtoworld", json()), 4, 4, where, "camtoworld"));
    Eigen::Matrix4d in_truth = truth.matrix * pose_rows;
    in_truth.topLeftCorner<3, 3>() /= truth.scale;
    MP4D_TRY(pose, camera_from_opencv(in_truth, where));
    MP4D_TRY(k, matrix_of(frame.value("intrinsics", json()), 4, 4, where, "intrinsics"));
    Camera& camera = view.view.camera;
    camera.camera_from_world = pose;
    camera.width = meta.value("width", 0);  // 0 = of any size
    camera.height = meta.value("height", 0);
    camera.fx = static_cast<float>(k(0, 0));
    camera.fy = static_cast<float>(k(1, 1));
    camera.cx = static_cast<float>(k(0, 2));
    camera.cy = static_cast<float>(k(1, 2));
    source.views.push_back(std::move(view));
  }
  if (meta.contains("scene_box") && meta["scene_box"].is_object() && meta["scene_box"].contains("aabb")) {
    MP4D_TRY(box, matrix_of(meta["scene_box"]["aabb"], 2, 3, file.string(), "scene_box.aabb"));
    const std::string where = file.string() + ": scene_box.aabb";
    MP4D_TRY(normalised, checked_bounds(box.row(0).transpose(), box.row(1).transpose(), where));
    Eigen::AlignedBox3d turned;
    for (int corner = 0; corner < 8; ++corner)
      turned.extend((truth.matrix * normalised.cast<double>().corner(static_cast<Eigen::AlignedBox3d::CornerType>(corner)).homogeneous()).head<3>());
    MP4D_TRY(bounds, checked_bounds(turned.min(), turned.max(), where));
    source.scene.bounds = bounds;
  }
  return source;
}

Result<SceneSource> read_idr(const fs::path& file) {
  MP4D_TRY(arrays, read_npz(file));
  const fs::path folder = file.parent_path();
  std::vector<fs::path> pictures = list_files(folder / "image", image_extensions());
  if (pictures.empty()) pictures = list_files(folder / "images", image_extensions());
  const std::vector<fs::path> masks = list_files(folder / "mask", image_extensions());
  if (!masks.empty() && masks.size() != pictures.size())
    return fail(ErrorCode::kInput, "{}: {} pictures, but {} masks; there must be one each, or none", folder.string(), pictures.size(), masks.size());
  SceneSource source;
  source.scene.format = "idr";
  Eigen::AlignedBox3d bounds;
  for (std::size_t i = 0; i < pictures.size(); ++i) {
    ViewSource view;
    view.image = pictures[i];
    view.view.name = pictures[i].parent_path().filename().string() + "/" + pictures[i].filename().string();
    if (!masks.empty()) view.mask = masks[i];
    const std::string world = fmt::format("world_mat_{}", i), scale = fmt::format("scale_mat_{}", i);
    MP4D_TRY(projection, four_by_four(arrays, world, file));
    MP4D_TRY(camera, decompose(projection.topRows<3>(), fmt::format("{}: {}", file.string(), world)));
    view.view.camera = camera;
    if (arrays.contains(scale)) {  // what it makes of the unit ball
      MP4D_TRY(ball, four_by_four(arrays, scale, file));
      if (!ball.allFinite()) return fail(ErrorCode::kInput, "{}: '{}' has a number that is not finite; leave it out", file.string(), scale);
      for (int k = 0; k < 8; ++k) {
        const Eigen::Vector4d corner(k & 1 ? 1 : -1, k & 2 ? 1 : -1, k & 4 ? 1 : -1, 1);
        bounds.extend(Eigen::Vector3d((ball * corner).head<3>()));
      }
    }
    source.views.push_back(std::move(view));
  }
  if (bounds.isEmpty()) return source;
  MP4D_TRY(box, checked_bounds(bounds.min(), bounds.max(), file.string() + ": scale_mat"));
  source.scene.bounds = box;
  return source;
}

}  // namespace mp4d::internal
