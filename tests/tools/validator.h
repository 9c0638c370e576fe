// Khronos' glTF validator as a judge of written files.
#pragma once
#include "tests/tools/paths.h"
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <iterator>
#include <string>
#include <vector>

namespace mp4d::test {

/// Expects neither errors nor warnings of the validator in any of `files`. Where it is not installed the test is shown
/// as skipped, or fails if the environment has CI set. Last in a test, since skipping ends only this function.
inline void expect_valid_glb(const std::vector<std::filesystem::path>& files) {
  namespace fs = std::filesystem;
  const fs::path source = source_folder(), modules = source / "build/tools/node_modules";
  if (std::system("command -v node >/dev/null 2>&1") != 0 || !fs::exists(modules / "gltf-validator")) {
    constexpr const char* kHow = "gltf-validator is not installed: npm install --prefix build/tools gltf-validator";
    if (std::getenv("CI")) FAIL() << kHow;
    GTEST_SKIP() << kHow;
  }
  std::string command = "node '" + (source / "tests/tools/validate_glb.js").string() + "' '" + modules.string() + "'";
  for (const fs::path& file : files) {
    ASSERT_TRUE(fs::exists(file)) << file;
    command += " '" + file.string() + "'";
  }
  const fs::path complaints = files.front().string() + ".complaints.txt";
  const int status = std::system((command + " >'" + complaints.string() + "' 2>&1").c_str());
  std::ifstream text(complaints);
  EXPECT_EQ(status, 0) << std::string(std::istreambuf_iterator<char>(text), {});
  fs::remove(complaints);
}

}  // namespace mp4d::test
