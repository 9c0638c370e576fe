#pragma once
#include "core/mesh.h"
#include "core/result.h"
#include "reconstruction/human/body_weights.h"
#include "reconstruction/human/makehuman_files.h"
#include <filesystem>
#include <vector>

namespace mp4d::human {

/// A garment, pair of shoes, hair or hat, ready to be put on any body.
class Garment {
 public:
  /// Reads the .mhclo and its mesh. `base` is the base mesh at which the garment was modelled, `base_weights` its
  /// weights. Errors (kInput) name the file.
  static Result<Garment> load(const std::filesystem::path& mhclo, const Points& base,
                              const std::vector<JointWeights>& base_weights);

  /// Its vertices at rest on a body (the base mesh after the morph), one row a vertex.
  Points fit(const Points& body) const;

  const Faces& faces() const { return faces_; }
  /// Blended from those of the three vertices of the body on which each vertex hangs.
  const std::vector<JointWeights>& weights() const { return weights_; }
  struct Covered {
    int vertex;  ///< of the base mesh
    bool lower;  ///< as lower() of the piece that lies on it
  };
  const std::vector<Covered>& covered() const { return covered_; }
  /// Of each vertex: whether its piece (connected part) sits below the waist, as trousers and skirts do. False
  /// throughout for a garment of which nothing sits above.
  const std::vector<bool>& lower() const { return lower_; }

 private:
  ClothesFile file_;
  Faces faces_;
  std::vector<JointWeights> weights_;
  std::vector<bool> lower_;
  std::vector<Covered> covered_;
};

}  // namespace mp4d::human
