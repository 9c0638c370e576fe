// Makes the demo's input: make_demo_clip FOLDER writes creature.mp4, masks/ and gt.anime there.
#include "io/frames.h"
#include "io/model_io.h"
#include "tests/synthetic/creatures.h"
#include "tests/synthetic/scene.h"
#include <cstdio>
#include <filesystem>
#include <meshoptimizer.h>

namespace mp4d {
namespace {

constexpr std::size_t kTruthFaces = 2000;  // keeps gt.anime near half a megabyte

/// The sequence on fewer vertices, each one of the original ones: exact in motion, coarser in shape by `error` (part of
/// the largest extent, of the first frame).
MeshSequence thinned(const MeshSequence& sequence, float& error) {
  const auto vertex_count = static_cast<std::size_t>(sequence.frames[0].rows());
  std::vector<unsigned> indices(sequence.faces.data(), sequence.faces.data() + sequence.faces.size());
  indices.resize(meshopt_simplify(indices.data(), indices.data(), indices.size(), sequence.frames[0].data(), vertex_count,
                                  3 * sizeof(float), 3 * kTruthFaces, 0.02f, 0, &error));
  std::vector<int> new_index(vertex_count, -1);
  std::vector<int> kept;
  MeshSequence out;
  out.times = sequence.times;
  out.faces.resize(Eigen::Index(indices.size() / 3), 3);
  for (std::size_t i = 0; i < indices.size(); ++i) {
    int& index = new_index[indices[i]];
    if (index < 0) {
      index = static_cast<int>(kept.size());
      kept.push_back(static_cast<int>(indices[i]));
    }
    out.faces(Eigen::Index(i / 3), Eigen::Index(i % 3)) = index;
  }
  for (const Points& verts : sequence.frames) out.frames.push_back(verts(kept, Eigen::all));
  return out;
}

Result<void> make_demo(const std::filesystem::path& folder) {
  SceneOptions options;
  options.width = options.height = 512;
  options.orbit_start_deg = 25;
  options.orbit_sweep_deg = 85;
  options.supersample = 3;
  const RiggedModel model = make_quadruped(96);
  const SyntheticClip clip = film(model, model.clips[0], options);

  float error = 0;
  const MeshSequence truth = thinned(clip.truth, error);
  std::printf("%d frames; %ld vertices rendered, %ld in gt.anime (simplification error %.2g of the size)\n", options.frames,
              long(model.mesh.verts.rows()), long(truth.frames[0].rows()), double(error));
  std::filesystem::create_directories(folder / "masks");
  MP4D_CHECK(write_video(folder / "creature.mp4", clip.frames.images, clip.frames.fps));
  MP4D_CHECK(write_anime(folder / "gt.anime", truth));
  for (std::size_t f = 0; f < clip.masks.size(); ++f)
    MP4D_CHECK(write_image(folder / "masks" / (clip.frames.names[f] + ".png"), clip.masks[f]));
  return {};
}

}  // namespace
}  // namespace mp4d

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fputs("usage: make_demo_clip FOLDER\n", stderr);
    return 2;
  }
  if (const auto made = mp4d::make_demo(argv[1]); !made) {
    std::fprintf(stderr, "%s\n", made.error().message.c_str());
    return mp4d::exit_code(made.error());
  }
  return 0;
}
