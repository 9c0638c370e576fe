#include "core/blob.h"
#include "core/files.h"
#include "reconstruction/human/human_frame.h"
#include "reconstruction/human/human_model.h"
#include "reconstruction/human/human_train.h"
#include "reconstruction/human/makehuman_archive.h"
#include "reconstruction/human/pose_library.h"
#include "tests/tools/paths.h"
#include <algorithm>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <optional>

namespace mp4d::human {
namespace {

std::optional<BodyGenerator> makehuman() {
  const std::filesystem::path data = test::shared_data() / "makehuman";
  if (!std::filesystem::exists(data)) return {};
  auto generator = load_body_generator(data);
  return generator ? std::optional<BodyGenerator>(std::move(*generator)) : std::nullopt;
}

TEST(HumanTrain, MakesAModelThatIsReadAndGoesOnWhereItStopped) {
  const auto generator = makehuman();
  if (!generator) GTEST_SKIP() << "no MakeHuman data";
  const TempFolder folder = TempFolder::create().value();
  const std::filesystem::path run = folder.path() / "run";
  HumanTrainOptions options;
  options.resolution = 32;
  options.width = 64;
  options.batch = 2;
  options.pool = 64;
  options.steps = 3;
  ASSERT_TRUE(train_human_model(*generator, options, run, nullptr));
  const std::string first = read_file(run / "loss.csv").value();
  EXPECT_EQ(std::count(first.begin(), first.end(), '\n'), 2);  // head and first step

  const auto model = HumanModel::load(run / "model.human", "cpu");
  ASSERT_TRUE(model) << model.error().message;
  EXPECT_NE(model->facts().find("\"steps\":3"), std::string::npos) << model->facts();
  EXPECT_EQ(model->wardrobe().suits, generator->suits());
  const Attributes person = generator->random_attributes(5, 2);
  EXPECT_LT((model->rest_joints(person) - generator->rest_joints(person)).rowwise().norm().maxCoeff(), 0.03f);
  HumanSampling sampling;
  sampling.steps = 2;
  const Joints joints = posed_joints(model->rest_joints(person), *named_pose("a-pose"));
  const auto fields = model->sample({{person, KnownAttributes::all(), joints}}, sampling);
  ASSERT_TRUE(fields) << fields.error().message;
  EXPECT_EQ((*fields)[0].occupancy.coefficients.size(), 32u * 32 * 32);

  options.steps = 5;
  ASSERT_TRUE(train_human_model(*generator, options, run, nullptr));
  EXPECT_NE(HumanModel::load(run / "model.human", "cpu")->facts().find("\"steps\":5"), std::string::npos);

  options.width = 96;
  const auto other = train_human_model(*generator, options, run, nullptr);
  ASSERT_FALSE(other);
  EXPECT_NE(other.error().message.find("state.blob"), std::string::npos) << other.error().message;
}

HumanTrainOptions tiny_options() {
  HumanTrainOptions options;
  options.resolution = 32;
  options.width = 64;
  options.batch = 2;
  options.pool = 64;
  options.steps = 2;
  return options;
}

// The fields of one person that the model makes, with its detail if it can.
FourierOccupancy field_of(const HumanModel& model, const BodyGenerator& generator) {
  HumanSampling sampling;
  sampling.steps = 2;
  const Attributes person = generator.random_attributes(5, 2);
  const Joints joints = posed_joints(model.rest_joints(person), *named_pose("a-pose"));
  auto fields = model.sample({{person, KnownAttributes::all(), joints}}, sampling).value();
  if (model.can_enhance()) model.enhance(fields, {frame_of(joints).to_cube(joints)});
  return fields[0].occupancy;
}

TEST(HumanTrain, AnEnhancerAddsBandsAndLeavesTheLowOnes) {
  const auto generator = makehuman();
  if (!generator) GTEST_SKIP() << "no MakeHuman data";
  const TempFolder folder = TempFolder::create().value();
  HumanTrainOptions options = tiny_options();
  ASSERT_TRUE(train_human_model(*generator, options, folder.path() / "denoiser", nullptr));
  options.network = "enhancer";
  options.model = folder.path() / "denoiser/model.human";
  const auto trained = train_human_model(*generator, options, folder.path() / "enhancer", nullptr);
  ASSERT_TRUE(trained) << trained.error().message;

  const auto plain = HumanModel::load(options.model, "cpu"), enhancing = HumanModel::load(folder.path() / "enhancer/model.human", "cpu");
  ASSERT_TRUE(plain && enhancing);
  EXPECT_FALSE(plain->can_enhance());
  ASSERT_TRUE(enhancing->can_enhance());
  const FourierOccupancy low = field_of(*plain, *generator), all = field_of(*enhancing, *generator);
  ASSERT_EQ(all.bands, 2 * low.bands);
  EXPECT_TRUE(std::equal(low.coefficients.begin(), low.coefficients.end(), all.coefficients.begin()));
  EXPECT_TRUE(std::any_of(all.coefficients.begin() + std::ptrdiff_t(low.coefficients.size()), all.coefficients.end(),
                          [](float c) { return c != 0; }));

  options.resolution = 64;
  const auto other = train_human_model(*generator, options, folder.path() / "other", nullptr);
  ASSERT_FALSE(other);
  EXPECT_NE(other.error().message.find("--resolution 64"), std::string::npos) << other.error().message;
}

TEST(HumanTrain, ADenoiserWorksInAnAutoencodersLatent) {
  const auto generator = makehuman();
  if (!generator) GTEST_SKIP() << "no MakeHuman data";
  const TempFolder folder = TempFolder::create().value();
  HumanTrainOptions options = tiny_options();
  options.resolution = 64;
  options.network = "autoencoder";
  const auto trained = train_human_model(*generator, options, folder.path() / "autoencoder", nullptr);
  ASSERT_TRUE(trained) << trained.error().message;
  options.network = "denoiser";
  options.autoencoder = folder.path() / "autoencoder/autoencoder.human";
  const auto denoiser = train_human_model(*generator, options, folder.path() / "denoiser", nullptr);
  ASSERT_TRUE(denoiser) << denoiser.error().message;
  const auto model = HumanModel::load(folder.path() / "denoiser/model.human", "cpu");
  ASSERT_TRUE(model) << model.error().message;
  EXPECT_EQ(field_of(*model, *generator).coefficients.size(), 32u * 64 * 64);

  options.resolution = 96;
  const auto other = train_human_model(*generator, options, folder.path() / "other", nullptr);
  ASSERT_FALSE(other);
  EXPECT_NE(other.error().message.find("resolution 64, not 96"), std::string::npos) << other.error().message;
  options.autoencoder = folder.path() / "denoiser/model.human";
  EXPECT_NE(train_human_model(*generator, options, folder.path() / "other", nullptr).error().message.find("not an autoencoder"), std::string::npos);
  options.resolution = 80;
  EXPECT_NE(train_human_model(*generator, options, folder.path() / "other", nullptr).error().message.find("multiple of 32"),
            std::string::npos);
}

TEST(HumanTrain, GoesOnFromAModel) {
  const auto generator = makehuman();
  if (!generator) GTEST_SKIP() << "no MakeHuman data";
  const TempFolder folder = TempFolder::create().value();
  HumanTrainOptions options = tiny_options();
  ASSERT_TRUE(train_human_model(*generator, options, folder.path() / "first", nullptr));
  options.model = folder.path() / "first/model.human";
  const auto over_itself = train_human_model(*generator, options, folder.path() / "first", nullptr);
  ASSERT_FALSE(over_itself);
  EXPECT_NE(over_itself.error().message.find("the run writes its own model over it"), std::string::npos) << over_itself.error().message;
  options.learning_rate = 1e-6;
  options.seed = 2;
  ASSERT_TRUE(train_human_model(*generator, options, folder.path() / "second", nullptr));
  const auto first = HumanModel::load(options.model, "cpu"), second = HumanModel::load(folder.path() / "second/model.human", "cpu");
  EXPECT_NE(second->facts().find("begun_with"), std::string::npos) << second->facts();
  const FourierOccupancy a = field_of(*first, *generator), b = field_of(*second, *generator);
  float apart = 0, size = 0;
  for (std::size_t i = 0; i < a.coefficients.size(); ++i) {
    apart = std::max(apart, std::abs(a.coefficients[i] - b.coefficients[i]));
    size = std::max(size, std::abs(a.coefficients[i]));
  }
  EXPECT_LT(apart, 0.02f * size);  // another seed's own start would be elsewhere altogether

  options.width = 96;
  const auto other = train_human_model(*generator, options, folder.path() / "third", nullptr);
  ASSERT_FALSE(other);
  EXPECT_NE(other.error().message.find("width 64"), std::string::npos) << other.error().message;
}

TEST(HumanTrain, ARunOfOtherOptionsDataOrFilesIsNotGoneOnWith) {
  const auto generator = makehuman();
  if (!generator) GTEST_SKIP() << "no MakeHuman data";
  const TempFolder folder = TempFolder::create().value();
  const std::filesystem::path run = folder.path() / "run";
  HumanTrainOptions options = tiny_options();
  options.data = "0123456789abcdef";
  ASSERT_TRUE(train_human_model(*generator, options, run, nullptr));
  const std::string before = read_file(run / "state.blob").value();
  const auto refused = [&](const HumanTrainOptions& changed, const std::string& what) {
    const auto result = train_human_model(*generator, changed, run, nullptr);
    ASSERT_FALSE(result) << what;
    const std::string& message = result.error().message;
    EXPECT_NE(message.find("made with other options"), std::string::npos) << message;
    EXPECT_NE(message.find(what, message.find("; now ")), std::string::npos) << message;
    EXPECT_EQ(read_file(run / "state.blob").value(), before) << what;
  };
  HumanTrainOptions changed = options;
  changed.batch = 3;
  refused(changed, "batch 3");
  changed = options;
  changed.pool = 65;
  refused(changed, "pool 65");
  changed = options;
  changed.learning_rate = 1e-4;
  refused(changed, "learning rate 0.0001");
  changed = options;
  changed.data = "fedcba9876543210";
  refused(changed, "data fedcba98");
  changed = options;
  std::filesystem::copy_file(run / "model.human", folder.path() / "begun.human");
  changed.model = folder.path() / "begun.human";
  refused(changed, "model ");
  options.steps = 3;  // its length may change
  EXPECT_TRUE(train_human_model(*generator, options, run, nullptr));
}

TEST(HumanTrain, AnotherAutoencoderOfTheSameNameIsSeen) {
  const auto generator = makehuman();
  if (!generator) GTEST_SKIP() << "no MakeHuman data";
  const TempFolder folder = TempFolder::create().value();
  HumanTrainOptions options = tiny_options(), own = options;
  own.resolution = options.resolution = 64;
  own.network = "autoencoder";
  ASSERT_TRUE(train_human_model(*generator, own, folder.path() / "autoencoder", nullptr));
  options.autoencoder = folder.path() / "autoencoder/autoencoder.human";
  ASSERT_TRUE(train_human_model(*generator, options, folder.path() / "denoiser", nullptr));
  own.steps = 3;
  ASSERT_TRUE(train_human_model(*generator, own, folder.path() / "autoencoder", nullptr));
  const auto other = train_human_model(*generator, options, folder.path() / "denoiser", nullptr);
  ASSERT_FALSE(other);
  EXPECT_NE(other.error().message.find(", autoencoder "), std::string::npos) << other.error().message;
}

TEST(HumanTrain, TheDataAreKnownByTheirContent) {
  const TempFolder folder = TempFolder::create().value();
  const auto put = [&](const std::string& copy, const std::string& name, const std::string& content) {
    const std::filesystem::path file = folder.path() / copy / name;
    ASSERT_TRUE(make_folder(file.parent_path()));
    ASSERT_TRUE(write_atomically(file, content));
  };
  for (const char* copy : {"a", "b"})
    for (const char* name : {"makehuman/data/3dobjs/base.obj", "makehuman/data/targets/arms/x.target", "makehuman_extra/rigs/weights.cmu_mb.json",
                             "makehuman_extra/base/clothes/suit/suit.mhclo", "makehuman_extra/base/hair/bob/bob.obj"})
      put(copy, name, name);
  const auto content = [&](const std::string& copy) { return makehuman_content(folder.path() / copy).value(); };
  const std::string first = content("a");
  EXPECT_EQ(content("b"), first);
  put("b", "run/state.blob", "of a training");
  EXPECT_EQ(content("b"), first);
  put("b", "makehuman/data/targets/arms/x.target", "changed");
  EXPECT_NE(content("b"), first);
  std::filesystem::remove(folder.path() / "b/makehuman/data/3dobjs/base.obj");
  EXPECT_NE(makehuman_content(folder.path() / "b").error().message.find("base.obj: cannot read"), std::string::npos);
}

TEST(HumanTrain, RefusesStatesThatDoNotFit) {
  const auto generator = makehuman();
  if (!generator) GTEST_SKIP() << "no MakeHuman data";
  const TempFolder folder = TempFolder::create().value();
  const HumanTrainOptions options = tiny_options();
  ASSERT_TRUE(train_human_model(*generator, options, folder.path(), nullptr));
  const auto facts = nlohmann::json::parse(HumanModel::load(folder.path() / "model.human", "cpu")->facts());
  const auto refused = [&](const std::string& kind, std::size_t values) {
    BlobWriter blob;
    blob.put(kind).put(std::string("denoiser, resolution 32, width 64, latent 0, seed 1, batch 2, pool 64, learning rate 0.0006")).put(std::int64_t(1)).put(1.0).put(std::uint64_t(64));
    for (int i = 0; i < 4; ++i) blob.put(std::vector<float>(values));  // and nothing of the stage's own
    EXPECT_TRUE(blob.save(folder.path() / "state.blob"));
    return train_human_model(*generator, options, folder.path(), nullptr).error().message;
  };
  EXPECT_NE(refused("something else", 3).find("not a training state"), std::string::npos);
  EXPECT_NE(refused("human training state 3", 3).find("3 values where the network has"), std::string::npos);
  EXPECT_NE(refused("human training state 3", facts.at("parameters").get<std::size_t>()).find("damaged"), std::string::npos);
}

TEST(HumanModel, TheShippedOneIsWhole) {
  const auto path = shipped_human_model();
  ASSERT_TRUE(path) << path.error().message;
  EXPECT_LT(std::filesystem::file_size(*path), 30'000'000u);
  const auto model = HumanModel::load(*path, "cpu");
  ASSERT_TRUE(model) << model.error().message;
  // An average man stands between 1.6 and 1.85 m, head to heels.
  Attributes man;
  man.sex = 1;
  const Joints rest = model->rest_joints(man);
  EXPECT_GT(rest(15, 1), 1.4f);
  EXPECT_LT(rest(15, 1), 1.75f);
  EXPECT_GT(rest(1, 0), rest(2, 0));
}

}  // namespace
}  // namespace mp4d::human
