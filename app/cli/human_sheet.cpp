#include "app/cli/human_sheet.h"
#include "app/cli/pictures.h"
#include "reconstruction/human/human_person.h"
#include "reconstruction/human/pose_library.h"
#include "render/hard_raster.h"

namespace mp4d {
namespace {

constexpr int kWidth = 200, kHeight = 260;

}  // namespace

Image front_picture(const Mesh& mesh) {
  return render_shaded(orbit_camera(bounds(mesh.verts), 0, 0.08f, kWidth, kHeight, 1.9f), mesh);
}

Result<Image> human_sheet(const std::filesystem::path& model_file, const human::BodyGenerator& generator, int count, JobContext* job) {
  constexpr std::uint64_t kSeed = 1;
  MP4D_TRY(model, human::HumanModel::load(model_file, "auto"));
  human::HumanSampling sampling;
  sampling.views = 1;
  std::vector<Image> pictures;
  for (int i = 0; i < count; ++i) {
    JobContext quiet({{"sample", 1}, {"views", 1}}, {}, {}, job ? job->cancel_token() : CancelToken());
    const human::Attributes person = generator.random_attributes(kSeed, std::uint64_t(i));
    const human::Joints joints = human::posed_joints(model.rest_joints(person), human::random_pose(kSeed, std::uint64_t(i)));
    const human::HumanRequest request{person, human::KnownAttributes::all(), joints, i};
    MP4D_TRY(views, human::draw_views(model, {request}, sampling, &quiet));
    const auto mesh = human::person_mesh(views[0], human::part_colors(person, {}), sampling.level, 1, 0);
    pictures.push_back(mesh ? front_picture(*mesh) : Image(kWidth, kHeight, 3, 255));
  }
  return contact_sheet(pictures);
}

}  // namespace mp4d
