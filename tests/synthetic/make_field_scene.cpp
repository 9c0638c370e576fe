// make_field_scene room|sparse|corrupted|moving|object|square FOLDER [VIEWS WIDTH HEIGHT SEED]: pictures with exact cameras as transforms.json,
// and the exact surface as truth.ply (of the square, which has no end, and of what moves, none).
#include "io/model_io.h"
#include "tests/synthetic/field_scenes.h"
#include <cstdio>
#include <cstdlib>
#include <string_view>

int main(int argc, char** argv) {
  const std::string_view kind = argc > 1 ? argv[1] : "";
  const bool room = kind == "room" || kind == "sparse" || kind == "corrupted" || kind == "moving";
  const bool square = kind == "square";
  if (argc < 3 || (!room && !square && kind != "object")) {
    std::fputs("usage: make_field_scene room|sparse|corrupted|moving|object|square FOLDER [VIEWS WIDTH HEIGHT SEED]\n"
               "  sparse: 8 views to train on; corrupted: 10 % of them noisy, blurred or covered; square: unbounded\n", stderr);
    return 2;
  }
  mp4d::FieldSceneOptions options;
  if (kind == "sparse") options.training_views = 8;
  if (kind == "corrupted") options.corrupted = 0.1;
  options.moving = kind == "moving";
  if (argc > 3) options.views = std::atoi(argv[3]);
  if (argc > 4) options.width = std::atoi(argv[4]);
  if (argc > 5) options.height = std::atoi(argv[5]);
  if (argc > 6) options.seed = static_cast<unsigned>(std::atoi(argv[6]));
  using mp4d::Vec3;
  const mp4d::PosedScene scene = room ? mp4d::make_room(options) : square ? mp4d::make_square(options) : mp4d::make_object(options);
  const mp4d::Aabb box = room ? mp4d::Aabb(Vec3(-2, 0, -1.6f), Vec3(2, 2.4f, 1.6f)) : mp4d::Aabb(Vec3(-1, -1, -1), Vec3(1, 1, 1));
  auto written = mp4d::write_transforms_scene(argv[2], scene);
  if (written && !square && !options.moving)
    written = mp4d::write_mesh(std::filesystem::path(argv[2]) / "truth.ply",
                               mp4d::scene_surface(room ? mp4d::room_distance : mp4d::object_distance, box, 0.015f));
  if (!written) {
    std::fprintf(stderr, "make_field_scene: %s\n", written.error().message.c_str());
    return 1;
  }
  return 0;
}
