#include "app/cli/human_dataset.h"
#include "app/cli/files.h"
#include "app/cli/pictures.h"
#include "io/frames.h"
#include "io/model_io.h"
#include "reconstruction/human/body_json.h"
#include "reconstruction/human/makehuman_archive.h"
#include "reconstruction/human/mannequin.h"
#include "reconstruction/human/pose_library.h"
#include "reconstruction/human/random_attributes.h"
#include "render/hard_raster.h"
#include <optional>

namespace mp4d {
namespace {

namespace fs = std::filesystem;

constexpr int kMostGridPeople = 400;

/// Makes the people of one seed, from MakeHuman's data or as mannequins.
class People {
 public:
  People(std::optional<human::BodyGenerator> generator, std::optional<human::Pose> pose, std::uint64_t seed)
      : generator_(std::move(generator)), pose_(std::move(pose)), seed_(seed) {}

  human::Attributes attributes(std::uint64_t index) const { return human::random_attributes(seed_, index); }

  human::Body body(const human::Attributes& attributes, std::uint64_t index) const {
    const human::Pose pose = pose_ ? *pose_ : human::random_pose(seed_, index);
    human::Body body = generator_
                           ? generator_->make(attributes, pose)
                           : human::mannequin(attributes, human::posed_joints(human::average_joints(attributes), pose));
    const float ground = bounds(body.mesh.verts).min().y();
    body.mesh.verts.col(1).array() -= ground;
    body.joints.col(1).array() -= ground;
    return body;
  }

  nlohmann::json description(const human::Attributes& attributes, const human::Body& body, std::uint64_t index) const {
    nlohmann::json json = {{"seed", seed_},
                           {"index", index},
                           {"made_from", generator_ ? "MakeHuman" : "mannequin"},
                           {"attributes", human::attributes_to_json(attributes)},
                           {"joints", human::joints_to_json(body.joints)}};
    if (!generator_) return json;
    const auto name = [](const std::vector<std::string>& names, int index) -> nlohmann::json {
      if (index < 0) return nullptr;
      return names[static_cast<std::size_t>(index)];
    };
    json["wears"] = {{"suit", name(generator_->suits(), attributes.suit)},
                     {"shoes", name(generator_->shoes(), attributes.shoes)},
                     {"hair", name(generator_->hair(), attributes.hair)},
                     {"hat", name(generator_->hats(), attributes.hat)}};
    return json;
  }

 private:
  std::optional<human::BodyGenerator> generator_;
  std::optional<human::Pose> pose_;
  std::uint64_t seed_;
};

Image front_picture(const Mesh& mesh) {
  constexpr int kWidth = 200, kHeight = 260;
  return render_shaded(orbit_camera(bounds(mesh.verts), 0, 0.08f, kWidth, kHeight, 1.9f), mesh);
}

}  // namespace

const OptionTable<HumanDatasetOptions>& human_dataset_options() {
  static const auto table = [] {
    OptionTable<HumanDatasetOptions> t;
    using O = HumanDatasetOptions;
    t.add("count", &O::count, 1, 1000000, "people to write");
    t.add("seed", &O::seed, 0, std::numeric_limits<int>::max(), "of the people and their poses; the same people again");
    t.add("first", &O::first, 0, std::numeric_limits<int>::max(), "index of the first person, to go on with a series");
    t.add("pose", &O::pose, {}, "random, or the name of a pose that all take (a wrong name lists them)");
    t.add("grid", &O::grid, "also write grid.png, all people from the front");
    return t;
  }();
  return table;
}

Result<void> write_human_dataset(const fs::path& makehuman, const fs::path& folder, const HumanDatasetOptions& options,
                                 JobContext* job) {
  if (options.grid && options.count > kMostGridPeople)
    return fail(ErrorCode::kUsage, "--grid: a sheet shows at most {} people; lower --count or leave --grid out",
                kMostGridPeople);
  std::optional<human::Pose> pose;
  if (options.pose != "random") {
    MP4D_TRY(named, human::named_pose(options.pose));
    pose = named;
  }
  begin_phase(job, "read");
  std::optional<human::BodyGenerator> generator;
  if (!makehuman.empty()) {
    MP4D_TRY(loaded, human::load_body_generator(makehuman, job));
    generator = std::move(loaded);
  }
  const People people(std::move(generator), pose, static_cast<std::uint64_t>(options.seed));
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) return fail(ErrorCode::kInput, "-o: {}: cannot be made: {}", folder.string(), error.message());

  std::vector<Image> pictures;
  begin_phase(job, "write", options.count);
  for (int i = 0; i < options.count; ++i) {
    MP4D_CHECK(check(job));
    const std::uint64_t index = static_cast<std::uint64_t>(options.first) + static_cast<std::uint64_t>(i);
    const human::Attributes attributes = people.attributes(index);
    human::Body body = people.body(attributes, index);
    const std::string name = fmt::format("person_{:05}", index);
    MP4D_CHECK(write_json(folder / (name + ".json"), people.description(attributes, body, index)));
    if (options.grid) pictures.push_back(front_picture(body.mesh));
    RiggedModel model;
    model.name = name;
    model.mesh = std::move(body.mesh);
    MP4D_CHECK(write_glb(folder / (name + ".glb"), model));
    step(job, i + 1);
  }
  if (options.grid) MP4D_CHECK(write_image(folder / "grid.png", contact_sheet(pictures)));
  return {};
}

}  // namespace mp4d
