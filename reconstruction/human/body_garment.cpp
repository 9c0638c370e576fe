#include "reconstruction/human/body_garment.h"
#include <algorithm>
#include <cmath>

namespace mp4d::human {
namespace {

// Of the base mesh, whose ground is at -0.82 m and whose crown is at 0.83 m.
constexpr float kWaistHeight = 0.12f;

std::vector<JointWeights> blend_weights(const ClothesFile& file, const std::vector<JointWeights>& base) {
  std::vector<JointWeights> blended(file.references.size());
  for (std::size_t v = 0; v < blended.size(); ++v) {
    std::array<float, kJointCount> sum{};
    for (int corner = 0; corner < 3; ++corner) {
      const float share = std::max(file.weights(static_cast<Eigen::Index>(v), corner), 0.0f);
      const JointWeights& weights = base[file.references[v][corner]];
      for (int i = 0; i < 4; ++i) sum[weights.joints[i]] += share * weights.weights[i];
    }
    blended[v] = strongest_joints(sum);
  }
  return blended;
}

std::vector<bool> pieces_below_waist(const Points& verts, const Faces& faces) {
  std::vector<int> piece_of_vertex;
  const int pieces = connected_components(faces, static_cast<int>(verts.rows()), piece_of_vertex);
  std::vector<float> height(pieces, 0.0f);
  std::vector<int> count(pieces, 0);
  for (std::size_t v = 0; v < piece_of_vertex.size(); ++v) {
    height[piece_of_vertex[v]] += verts(static_cast<Eigen::Index>(v), 1);
    ++count[piece_of_vertex[v]];
  }
  std::vector<bool> lower(piece_of_vertex.size());
  for (std::size_t v = 0; v < lower.size(); ++v)
    lower[v] = height[piece_of_vertex[v]] < kWaistHeight * static_cast<float>(count[piece_of_vertex[v]]);
  return lower;
}

}  // namespace

Result<Garment> Garment::load(const std::filesystem::path& mhclo, const Points& base,
                              const std::vector<JointWeights>& base_weights) {
  Garment garment;
  MP4D_TRY(file, read_clothes(mhclo, static_cast<int>(base.rows())));
  MP4D_TRY(obj, read_obj_groups(file.obj));
  if (obj.verts.rows() != static_cast<Eigen::Index>(file.references.size()))
    return fail(ErrorCode::kInput, "{}: places {} vertices, but {} has {}; unpack the MakeHuman data again",
                mhclo.string(), file.references.size(), file.obj.string(), obj.verts.rows());
  garment.file_ = std::move(file);
  garment.faces_ = std::move(obj.faces);
  garment.weights_ = blend_weights(garment.file_, base_weights);
  garment.lower_ = pieces_below_waist(garment.fit(base), garment.faces_);
  const auto lower_count = static_cast<std::size_t>(std::count(garment.lower_.begin(), garment.lower_.end(), true));
  const std::size_t few = garment.lower_.size() / 20;  // as the pockets of overalls
  const bool pieces_differ = lower_count > few && lower_count + few < garment.lower_.size();
  if (!pieces_differ) garment.lower_.assign(garment.lower_.size(), false);
  for (const int vertex : garment.file_.hidden)
    garment.covered_.push_back({vertex, pieces_differ && base(vertex, 1) < kWaistHeight});
  return garment;
}

Points Garment::fit(const Points& body) const {
  Vec3 scale;
  for (int axis = 0; axis < 3; ++axis) {
    const ClothesFile::Span& span = file_.spans[axis];
    scale[axis] = std::abs(body(span.from, axis) - body(span.to, axis)) / span.length;
  }
  Points verts(file_.weights.rows(), 3);
  for (Eigen::Index v = 0; v < verts.rows(); ++v) {
    const std::array<int, 3>& reference = file_.references[v];
    verts.row(v) = file_.offsets.row(v).cwiseProduct(scale.transpose());
    for (int corner = 0; corner < 3; ++corner) verts.row(v) += file_.weights(v, corner) * body.row(reference[corner]);
  }
  return verts;
}

}  // namespace mp4d::human
