#include "core/blob.h"
#include "core/files.h"
#include "reconstruction/human/body_skeleton.h"
#include "reconstruction/human/conditioning_torch.h"
#include "reconstruction/human/diffusion_torch.h"
#include "reconstruction/human/human_model.h"
#include "reconstruction/human/human_model_torch.h"
#include "reconstruction/human/network_size_torch.h"
#include "reconstruction/human/rest_joint_features.h"
#include "tests/fuzz/damage.h"
#include <gtest/gtest.h>
#include <functional>
#include <numbers>

namespace mp4d::human {
namespace {

using torch::Tensor;

Tensor some_joints() {
  torch::manual_seed(5);
  return torch::rand({2, kJointCount, 3}) * 1.6 - 0.8;
}

TEST(JointEmbedding, IsTheQuadratureOfEachBall) {
  constexpr int kResolution = 32, kCoefficients = 6, kSteps = 20000;
  constexpr double kRadius = 0.2;
  const Tensor joints = some_joints();
  const Tensor fields = joint_embedding(joints, kResolution, kCoefficients, kRadius);
  ASSERT_EQ(fields.sizes(), (std::vector<int64_t>{2, kJointCount * kCoefficients, kResolution, kResolution}));
  int covered = 0;
  for (int joint : {0, 7, 23})
    for (int row = 0; row < kResolution; row += 1)
      for (int column = 0; column < kResolution; column += 1) {
        const double x = (2 * column + 1.0) / kResolution - 1, y = 1 - (2 * row + 1.0) / kResolution;
        const auto c = [&](int axis) { return joints[1][joint][axis].item<double>(); };
        const double h2 = kRadius * kRadius - std::pow(x - c(0), 2) - std::pow(y - c(1), 2);
        if (h2 < 0) {
          EXPECT_EQ(fields[1][joint * kCoefficients][row][column].item<float>(), 0);
          continue;
        }
        if (++covered % 7) continue;
        for (int k = 0; k < kCoefficients; ++k) {
          double sum = 0;
          for (int i = 0; i < kSteps; ++i) {
            const double t = 2 * (i + 0.5) / kSteps;
            if (std::abs(t - 1 - c(2)) < std::sqrt(h2)) sum += std::cos(k * std::numbers::pi * t / 2) * 2 / kSteps;
          }
          EXPECT_NEAR(fields[1][joint * kCoefficients + k][row][column].item<float>(), sum / kRadius, 2e-3);
        }
      }
  EXPECT_GT(covered, 20);
}

TEST(LimbEmbedding, FollowsTheBonesDepthAndKeepsSidesApart) {
  Tensor joints = torch::zeros({1, kJointCount, 3}) + 5;  // far outside the image
  joints[0][18] = torch::tensor({-0.5f, 0.0f, -0.4f});    // left elbow
  joints[0][20] = torch::tensor({0.5f, 0.0f, 0.4f});      // left wrist
  const Tensor fields = limb_embedding(joints, 64, 4, 0.1);
  const auto depth = [&](int column) {  // e_1 / e_0 = cos(pi t0 / 2) for thin chords
    const Tensor arm = fields[0].narrow(0, 2 * 4, 4);
    return std::acos(arm[1][32][column].item<double>() / arm[0][32][column].item<double>()) * 2 / std::numbers::pi - 1;
  };
  EXPECT_NEAR(depth(32), 0.0, 0.02);
  EXPECT_NEAR(depth(20), -0.28, 0.03);
  EXPECT_NEAR(depth(44), 0.3, 0.03);
  EXPECT_EQ(fields[0].narrow(0, 3 * 4, 4).narrow(2, 0, 60).abs().max().item<float>(), 0);  // nothing of the right arm
}

DenoiserConfig small_config() {
  DenoiserConfig config;
  config.resolution = 32;
  config.bands = 8;
  config.widths = {64, 64};
  config.blocks = {1, 2};
  config.attention_levels = 1;
  config.code_size = 5;
  return config;
}

TEST(FieldCodec, FoldsWithoutLoss) {
  const Tensor field = torch::randn({2, 8, 32, 32});
  const FieldCodec codec{torch::rand({8}) + 0.1, 2};
  const Tensor folded = codec.encode(field);
  EXPECT_EQ(folded.sizes(), (std::vector<int64_t>{2, 32, 16, 16}));
  EXPECT_LT((codec.decode(folded) - field).abs().max().item<float>(), 1e-5);
}

TEST(FieldCodec, AnAutoencoderLearnsFieldsThatFollowFromFewNumbers) {
  torch::manual_seed(3);
  torch::set_num_threads(1);
  AutoencoderConfig config{16, 6, 4, 4, 32, 1};
  FieldCodec codec{torch::full({6}, 2.0f), 4, Autoencoder(config), 1.5};
  codec.autoencoder->flatten();
  EXPECT_EQ(codec.encode(torch::randn({3, 6, 16, 16})).sizes(), (std::vector<int64_t>{3, 4, 4, 4}));
  // Smooth fields: two numbers a patch, the same in all channels up to a factor.
  const Tensor factors = torch::linspace(1, 2, 6).view({1, 6, 1, 1});
  const auto fields = [&] { return torch::upsample_nearest2d(torch::randn({8, 1, 4, 4}), {16, 16}) * factors; };
  torch::optim::Adam optimiser({codec.autoencoder->flat_parameters}, 3e-3);
  for (int i = 0; i < 200; ++i) {
    codec.autoencoder->flat_gradients.zero_();
    const Tensor x = fields();
    (codec.decode(codec.encode(x)) - x).square().mean().backward();
    codec.autoencoder->flat_parameters.mutable_grad() = codec.autoencoder->flat_gradients;
    optimiser.step();
  }
  torch::NoGradGuard no_grad;
  const Tensor unseen = fields();
  EXPECT_LT((codec.decode(codec.encode(unseen)) - unseen).square().mean().item<double>(), 0.1 * unseen.square().mean().item<double>());
}

TEST(Enhancer, LearnsBandsThatFollowFromTheLowOnes) {
  torch::manual_seed(4);
  torch::set_num_threads(1);
  Enhancer enhancer(EnhancerConfig{4, 0, 3, 2, 32, 2});
  enhancer->flatten();
  torch::optim::Adam optimiser({enhancer->flat_parameters}, 3e-3);
  const auto truth = [](const Tensor& low) { return torch::relu(low.roll(1, 3)); };  // of the neighbour
  double first = 0, last = 0;
  for (int i = 0; i < 150; ++i) {
    const Tensor low = torch::randn({4, 16, 8, 8}), pose = torch::randn({4, 3, 8, 8});
    enhancer->flat_gradients.zero_();
    const Tensor loss = (enhancer->forward(low, pose) - truth(low)).square().mean();
    loss.backward();
    enhancer->flat_parameters.mutable_grad() = enhancer->flat_gradients;
    optimiser.step();
    (i == 0 ? first : last) = loss.item<double>();
  }
  EXPECT_LT(last, 0.6 * first);
}

TEST(NoiseLevel, GoesFromCleanToNoiseOnTheUnitCircle) {
  const NoiseLevel level = noise_level(torch::linspace(0, 1, 11));
  EXPECT_LT((level.signal.square() + level.noise.square() - 1).abs().max().item<float>(), 1e-5);
  EXPECT_NEAR(level.log_snr[0].item<float>(), 12, 0.02);
  EXPECT_NEAR(level.log_snr[10].item<float>(), -12, 0.02);
}

TEST(Denoiser, LearnsToDenoiseOneFieldAndSamplingFindsIt) {
  torch::manual_seed(1);
  torch::set_num_threads(1);  // so small that two threads only wait for each other
  at::globalContext().setFlushDenormal(true);
  Denoiser network(small_config());
  network->flatten();
  const Tensor clean = torch::randn({1, 32, 16, 16}) * 0.5;
  const Tensor pose = network->pose_fields(some_joints().narrow(0, 0, 1)), code = torch::ones({1, 5});
  torch::optim::Adam optimiser({network->flat_parameters}, 2e-3);
  double first = 0, last = 0;
  for (int i = 0; i < 150; ++i) {
    const NoiseLevel level = noise_level(torch::rand({4}));
    const Tensor noisy = level.signal.view({-1, 1, 1, 1}) * clean + level.noise.view({-1, 1, 1, 1}) * torch::randn({4, 32, 16, 16});
    network->flat_gradients.zero_();
    const Tensor loss = (network->forward(noisy, level.log_snr, pose.expand({4, -1, -1, -1}), code.expand({4, -1})) - clean).square().mean();
    loss.backward();
    network->flat_parameters.mutable_grad() = network->flat_gradients;
    optimiser.step();
    (i == 0 ? first : last) = loss.item<double>();
  }
  EXPECT_LT(last, 0.15 * first);
  const Tensor drawn = sample(network, torch::randn({1, 32, 16, 16}), pose, code, {8, 1.0, false});
  EXPECT_LT((drawn - clean).square().mean().item<double>(), 0.15 * clean.square().mean().item<double>());
}

TEST(Denoiser, FlatParametersAndGradientsAreTheNamedOnes) {
  torch::manual_seed(2);
  Denoiser network(small_config());
  const Tensor x = torch::randn({1, 32, 16, 16}), u = torch::zeros({1}), code = torch::randn({1, 5});
  const Tensor pose = network->pose_fields(some_joints().narrow(0, 0, 1));
  const Tensor before = network->forward(x, u, pose, code);
  network->flatten();
  EXPECT_TRUE(torch::equal(before, network->forward(x, u, pose, code)));
  network->forward(x, u, pose, code).sum().backward();
  double sum = 0;
  for (const Tensor& p : network->parameters()) sum += p.grad().square().sum().item<double>();
  EXPECT_NEAR(network->flat_gradients.square().sum().item<double>(), sum, 1e-4 * sum);
  EXPECT_GT(sum, 0);
  {
    torch::NoGradGuard no_grad;
    network->flat_parameters.zero_();
  }
  EXPECT_EQ(network->forward(x, u, pose, code).abs().max().item<float>(), 0);
}

template <class Network>
int64_t parameters_of(const Network& network) {
  int64_t count = 0;
  for (const Tensor& p : network->parameters()) count += p.numel();
  return count;
}

TEST(Networks, TheirSizeIsToldWithoutMakingThem) {
  for (const auto& widths : {std::vector<int>{64}, {96, 160, 128}, {64, 64, 64}})
    for (const int attention : {0, 1}) {
      DenoiserConfig config = small_config();
      config.widths = widths;
      config.blocks = std::vector<int>(widths.size(), 1);
      config.blocks.back() = 3;
      config.attention_levels = attention;
      EXPECT_EQ(parameter_count(config), parameters_of(Denoiser(config))) << widths.size() << ' ' << attention;
      config.latent_channels = 4;
      EXPECT_EQ(parameter_count(config), parameters_of(Denoiser(config))) << widths.size() << ' ' << attention;
    }
  for (const int blocks : {1, 3}) {
    const AutoencoderConfig autoencoder{32, 6, 4, 3, 64, blocks};
    EXPECT_EQ(parameter_count(autoencoder), parameters_of(Autoencoder(autoencoder)));
    const EnhancerConfig enhancer{8, 3, 11, 2, 64, blocks};
    EXPECT_EQ(parameter_count(enhancer), parameters_of(Enhancer(enhancer)));
  }
}

HumanModelFile small_model_file() {
  HumanModelFile model;
  model.wardrobe = {{"suit"}, {"shoes"}, {"hair"}, {"hat"}};
  model.config = small_config();
  model.config.code_size = model.wardrobe.code_size();
  model.rms = torch::ones({8});
  model.rest_joints.weights = Eigen::MatrixXf::Zero(kRestJointFeatures, kJointCount * 3);
  model.facts = "{}";
  Denoiser denoiser(model.config);
  denoiser->flatten();
  model.weights = denoiser->flat_parameters;
  return model;
}

TEST(HumanModelFile, AHostileOneIsRefusedBeforeItIsUsed) {
  const TempFolder folder = TempFolder::create().value();
  const std::filesystem::path path = folder.path() / "some.human";
  const auto message = [&](const HumanModelFile& file) {
    EXPECT_TRUE(file.save(path));
    const auto loaded = HumanModelFile::load(path);
    return loaded ? std::string("loaded") : loaded.error().message;
  };
  HumanModelFile model = small_model_file();
  ASSERT_EQ(message(model), "loaded");

  const auto damaged = [&](const char* what, const std::function<void(HumanModelFile&)>& spoil) {
    HumanModelFile spoilt = model;
    spoil(spoilt);
    EXPECT_NE(message(spoilt).find("damaged human model"), std::string::npos) << what;
  };
  damaged("few joint weights", [](auto& m) { m.rest_joints.weights = Eigen::MatrixXf::Zero(4, kJointCount * 3); });
  damaged("infinite joints", [](auto& m) { m.rest_joints.weights(3, 3) = INFINITY; });
  damaged("facts", [](auto& m) { m.facts = "[1]"; });
  damaged("a width that heads do not share", [](auto& m) { m.config.widths = {64, 96}; });
  damaged("more levels with attention than there are", [](auto& m) { m.config.attention_levels = 3; });
  damaged("halves of an odd grid", [](auto& m) { m.config.resolution = 34; });
  // Made, these networks would take 30 GB and more.
  HumanModelFile large = model;
  large.config.resolution = 512;
  large.config.widths.assign(6, 2048);
  large.config.blocks.assign(6, 8);
  EXPECT_NE(message(large).find("weights where the network has 8396076576"), std::string::npos) << message(large);
  model.enhancer = HumanModelFile::EnhancerPart{{8, 0, model.config.pose_channels(), 2, 1024, 64}, torch::ones({8}), torch::ones({1})};
  EXPECT_NE(message(model).find("1 weights where the enhancer has 1"), std::string::npos) << message(model);
}

TEST(HumanModelFile, DamagedOnesAreRefusedOrOfUse) {
  const TempFolder folder = TempFolder::create().value();
  const std::filesystem::path path = folder.path() / "some.human";
  ASSERT_TRUE(small_model_file().save(path));
  constexpr std::size_t kBlobHeader = 41;  // what stands before the content
  const std::string content = read_file(path).value().substr(kBlobHeader);
  const std::size_t settings = 400;        // the weights behind them may be any numbers
  for (int run = 0; run < fuzz::damaged_runs(100); ++run) {
    const std::string spoilt = fuzz::damaged(content.substr(0, settings), static_cast<std::uint64_t>(run)) + content.substr(settings);
    BlobWriter blob;
    for (const char byte : spoilt) blob.put(byte);
    ASSERT_TRUE(blob.save(path));
    const auto loaded = HumanModel::load(path, "cpu");
    if (loaded)
      EXPECT_TRUE(loaded->rest_joints({}).allFinite()) << "run " << run;
    else
      EXPECT_NE(loaded.error().message.find("some.human: "), std::string::npos) << loaded.error().message;
  }
}

TEST(HumanModelFile, SaysWhatIsWrongWithAnAutoencoderOrAnEnhancer) {
  const TempFolder folder = TempFolder::create().value();
  const std::filesystem::path path = folder.path() / "some.human";
  const auto message = [&](const auto& file) {
    EXPECT_TRUE(file.save(path));
    const auto loaded = std::decay_t<decltype(file)>::load(path);
    return loaded ? std::string("loaded") : loaded.error().message;
  };
  AutoencoderConfig config{16, 6, 4, 4, 32, 1};
  Autoencoder network(config);
  network->flatten();
  AutoencoderFile autoencoder{config, torch::ones({6}), 1, "{}", network->flat_parameters};
  EXPECT_EQ(message(autoencoder), "loaded");
  EXPECT_NE(HumanModelFile::load(path).error().message.find("not a human model of this version"), std::string::npos);
  autoencoder.weights = torch::ones({7});
  EXPECT_NE(message(autoencoder).find("7 weights where the autoencoder has"), std::string::npos);
  autoencoder.rms = torch::ones({5});
  EXPECT_NE(message(autoencoder).find("damaged autoencoder"), std::string::npos);

  HumanModelFile model = small_model_file();
  EnhancerConfig detail{8, 0, model.config.pose_channels(), 2, 32, 1};
  Enhancer enhancer(detail);
  enhancer->flatten();
  model.enhancer = HumanModelFile::EnhancerPart{detail, torch::ones({8}), enhancer->flat_parameters};
  EXPECT_EQ(message(model), "loaded");
  EXPECT_NE(AutoencoderFile::load(path).error().message.find("not an autoencoder of this version"), std::string::npos);
  model.enhancer->weights = torch::ones({3});
  EXPECT_NE(message(model).find("3 weights where the enhancer has"), std::string::npos);
  model.enhancer->config.bands = 16;
  EXPECT_NE(message(model).find("damaged human model"), std::string::npos);
}

}  // namespace
}  // namespace mp4d::human
