#include "core/files.h"
#include "reconstruction/human/human_model.h"
#include "reconstruction/human/human_train.h"
#include "reconstruction/human/makehuman_archive.h"
#include "reconstruction/human/pose_library.h"
#include <algorithm>
#include <gtest/gtest.h>

namespace mp4d::human {
namespace {

TEST(HumanTrain, MakesAModelThatIsReadAndGoesOnWhereItStopped) {
  const std::filesystem::path data = std::filesystem::path(MP4D_SHARED_DATA) / "makehuman";
  if (!std::filesystem::exists(data)) GTEST_SKIP() << "no MakeHuman data in " << data;
  const auto generator = load_body_generator(data);
  ASSERT_TRUE(generator) << generator.error().message;
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
