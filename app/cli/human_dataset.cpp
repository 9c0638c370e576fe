#include "app/cli/human_dataset.h"
#include "app/cli/human_sheet.h"
#include "app/cli/pictures.h"
#include "core/files.h"
#include "core/json_file.h"
#include "core/memory_need.h"
#include "core/rng.h"
#include "core/staging_folder.h"
#include "io/frames.h"
#include "io/input_kind.h"
#include "io/listing.h"
#include "io/model_io.h"
#include "reconstruction/human/body_json.h"
#include "reconstruction/human/makehuman_archive.h"
#include "reconstruction/human/mannequin.h"
#include "reconstruction/human/motion_poses.h"
#include "reconstruction/human/pose_library.h"
#include "reconstruction/human/random_attributes.h"
#include "reconstruction/human/scans.h"
#include <algorithm>
#include <functional>
#include <optional>

namespace mp4d {
namespace {

namespace fs = std::filesystem;

constexpr int kMostGridPeople = 400;

struct Person {
  human::Body body;
  nlohmann::json description;  ///< without the joints
};

/// People by number, 0 .. count-1.
struct People {
  int count = 0;
  int first_name = 0;  ///< number in the first one's file names
  std::function<Result<Person>(int)> make;
};

using PoseSource = std::function<human::Pose(std::uint64_t index)>;

/// A frame, drawn at random for each person, of the first clip of a file.
Result<PoseSource> poses_of_motion(const fs::path& path, std::uint64_t seed, JobContext* job) {
  MP4D_TRY(model, read_model(path, job));
  auto poses = human::poses_of_clip(model);
  if (!poses) return fail(ErrorCode::kInput, "--pose {}: {}", path.string(), poses.error().message);
  return [poses = std::move(*poses), seed](std::uint64_t index) {
    constexpr std::uint64_t kStream = 0x6d6f74696f6e;
    return poses[rng::integer(seed, kStream, index, static_cast<std::uint32_t>(poses.size()))];
  };
}

Result<PoseSource> pose_source(const std::string& what, std::uint64_t seed, JobContext* job) {
  if (what == "random") return [seed](std::uint64_t index) { return human::random_pose(seed, index); };
  const auto& motions = model_extensions();
  if (std::find(motions.begin(), motions.end(), lower_extension(what)) != motions.end())
    return poses_of_motion(what, seed, job);
  MP4D_TRY(pose, human::named_pose(what));
  return [pose = pose](std::uint64_t) { return pose; };
}

nlohmann::json garment_names(const human::BodyGenerator& generator, const human::Attributes& attributes) {
  const auto name = [](const std::vector<std::string>& names, int index) -> nlohmann::json {
    if (index < 0) return nullptr;
    return names[static_cast<std::size_t>(index)];
  };
  return {{"suit", name(generator.suits(), attributes.suit)},
          {"shoes", name(generator.shoes(), attributes.shoes)},
          {"hair", name(generator.hair(), attributes.hair)},
          {"hat", name(generator.hats(), attributes.hat)}};
}

Result<People> random_people(const fs::path& makehuman, const HumanDatasetOptions& options, JobContext* job) {
  MP4D_TRY(pose_of, pose_source(options.pose, static_cast<std::uint64_t>(options.seed), job));
  std::optional<human::BodyGenerator> generator;
  if (!makehuman.empty()) {
    MP4D_TRY(loaded, human::load_body_generator(makehuman, job));
    generator = std::move(loaded);
  }
  const auto make = [=](int number) -> Result<Person> {
    const auto seed = static_cast<std::uint64_t>(options.seed);
    const std::uint64_t index = static_cast<std::uint64_t>(options.first) + static_cast<std::uint64_t>(number);
    const human::Attributes attributes = human::random_attributes(seed, index, !options.bare);
    const human::Pose pose = pose_of(index);
    Person person;
    person.description = {{"seed", seed}, {"index", index}, {"attributes", human::attributes_to_json(attributes)}};
    if (generator) {
      person.body = generator->make(attributes, pose);
      person.description["made_from"] = "MakeHuman";
      person.description["wears"] = garment_names(*generator, attributes);
    } else {
      person.body = human::mannequin(attributes, human::posed_joints(human::average_joints(attributes), pose));
      person.description["made_from"] = "mannequin";
    }
    return person;
  };
  return People{options.count, options.first, make};
}

Result<People> scanned_people(const fs::path& folder, const HumanDatasetOptions& options, JobContext* job) {
  MP4D_CHECK(
      human_dataset_options().refuse_changed(&options, {"count", "seed", "first", "pose", "bare"},
                                             "not for scans, all of which are written as they are; leave it out"));
  MP4D_TRY(files, human::list_scans(folder));
  const auto make = [files, job](int number) -> Result<Person> {
    const human::ScanFile& file = files[static_cast<std::size_t>(number)];
    MP4D_TRY(scan, human::read_scan(file, job));
    const char* joints_from = scan.joints_from == human::JointSource::kFile       ? "file"
                              : scan.joints_from == human::JointSource::kSkeleton ? "skeleton"
                                                                                  : "automatic rig";
    return Person{std::move(scan.body),
                  {{"made_from", "scan"}, {"scan", file.mesh.string()}, {"joints_from", joints_from}}};
  };
  return People{static_cast<int>(files.size()), 0, make};
}

/// Puts the person on y = 0.
void put_on_ground(human::Body& body) {
  const float ground = bounds(body.mesh.verts).min().y();
  body.mesh.verts.col(1).array() -= ground;
  body.joints.col(1).array() -= ground;
}

std::string person_name(int number) { return fmt::format("person_{:05}", number); }

Result<void> write_person(const fs::path& folder, const std::string& name, Person person) {
  person.description["joints"] = human::joints_to_json(person.body.joints);
  MP4D_CHECK(write_json(folder / (name + ".json"), person.description));
  RiggedModel model;
  model.name = name;
  model.mesh = std::move(person.body.mesh);
  return write_glb(folder / (name + ".glb"), model);
}

/// Returns how many there are: less than people.count if some could not be made.
Result<int> write_people(const fs::path& folder, const People& people, bool grid, JobContext* job) {
  std::vector<Image> pictures;
  int written = 0;
  begin_phase(job, "write", people.count);
  for (int i = 0; i < people.count; ++i) {
    MP4D_CHECK(check(job));
    auto person = people.make(i);
    if (person) {
      put_on_ground(person->body);
      if (grid) pictures.push_back(front_picture(person->body.mesh));
      MP4D_CHECK(write_person(folder, person_name(people.first_name + i), std::move(*person)));
      ++written;
    } else if (person.error().code == ErrorCode::kCancelled || people.count == 1) {
      return tl::unexpected(std::move(person).error());
    } else if (job) {
      job->warn("left out: " + person.error().message);
    }
    step(job, i + 1);
  }
  if (grid && written > 0) MP4D_CHECK(write_image(folder / "grid.png", contact_sheet(pictures)));
  return written;
}

}  // namespace

const OptionTable<HumanDatasetOptions>& human_dataset_options() {
  static const auto table = [] {
    OptionTable<HumanDatasetOptions> t;
    using O = HumanDatasetOptions;
    t.add("count", &O::count, 1, 1000000, "people to write");
    t.add("seed", &O::seed, 0, std::numeric_limits<int>::max(), "of the people and their poses; the same people again");
    t.add("first", &O::first, 0, std::numeric_limits<int>::max(), "index of the first person, to go on with a series");
    t.add("pose", &O::pose, {},
          "random; the name of a pose that all take (a wrong name lists them); or a motion (.bvh, .glb, .fbx, ...), of "
          "which "
          "each takes a frame");
    t.add("bare", &O::bare, "leave one adult in eight undressed, as for training");
    t.add("grid", &O::grid, "also write grid.png, all people from the front");
    return t;
  }();
  return table;
}

Result<int> write_human_dataset(const HumanSource& source, const fs::path& folder, const HumanDatasetOptions& options,
                                JobContext* job) {
  constexpr double kMakeHuman = 120e6, kPicture = 550e3;  // measured
  if (const auto lack = memory_lack((source.makehuman.empty() ? 0 : kMakeHuman) + (options.grid ? kPicture * std::min(options.count, kMostGridPeople) : 0)))
    return fail(ErrorCode::kResource, "these people need {}; {}close other programs, or raise --memory", *lack, options.grid ? "leave --grid out, " : "");
  begin_phase(job, "read");
  auto listed =
      source.scans.empty() ? random_people(source.makehuman, options, job) : scanned_people(source.scans, options, job);
  if (!listed) return tl::unexpected(std::move(listed).error());
  const People& people = *listed;
  if (options.grid && people.count > kMostGridPeople)
    return fail(ErrorCode::kUsage, "--grid: a sheet shows at most {} people, not {}; leave it out", kMostGridPeople,
                people.count);
  MP4D_TRY(staging, StagingFolder::of(folder));
  auto written = write_people(staging.path(), people, options.grid, job);
  if (!written) {
    MP4D_CHECK(shown_as(folder, staging.path(), tl::unexpected(std::move(written).error())));
  } else if (*written == 0) {
    return fail(ErrorCode::kInput, "{}: none of {} scans could be used", source.scans.string(), people.count);
  }
  std::vector<fs::path> stale;  // of those left out
  std::error_code error;
  for (int i = 0; i < people.count; ++i)
    for (const char* ending : {".json", ".glb"})
      if (const std::string name = person_name(people.first_name + i) + ending; !fs::exists(staging.path() / name, error)) stale.push_back(name);
  MP4D_CHECK(replace_files(staging.path(), folder, stale, person_name(people.first_name) + ".json"));
  return *written;
}

}  // namespace mp4d
