// Errors that no other test of this layer provokes.
#include "core/files.h"
#include "core/hash.h"
#include "core/json_file.h"
#include "core/options.h"
#include "core/path_below.h"
#include "core/runtime.h"
#include "tests/errors/expect_error.h"
#include "tests/errors/no_descriptors.h"
#include "tests/errors/variable.h"
#include <cstdlib>
#include <sys/resource.h>
#include <unistd.h>

namespace mp4d::test {
namespace {

namespace fs = std::filesystem;

TEST(CoreErrors, NoFolderForTemporaryFiles) {
  {
    const Variable absent("TMPDIR", "/nowhere/at/all");
    expect_error(TempFolder::create(), "set TMPDIR to one that exists");
  }
  const Variable not_for_us("TMPDIR", "/proc");
  expect_error(TempFolder::create(), "/proc: cannot make a temporary folder");
}

TEST(CoreErrors, FoldersThatCannotBeListed) {
  const auto folder = TempFolder::create();
  ASSERT_TRUE(folder);
  const NoDescriptors none;
  expect_error(ContentHash().path(folder->path()), "cannot read the folder");
}

TEST(CoreErrors, ALinkToItselfIsNoFile) {
  const auto folder = TempFolder::create();
  ASSERT_TRUE(folder);
  fs::create_symlink("loop", folder->path() / "loop");
  EXPECT_TRUE(ContentHash().path(folder->path()));
}

TEST(CoreErrors, Json) {
  expect_error(parse_json(std::string(300, '[') + std::string(300, ']'), "deep.json"), "more than 200 deep");
  expect_error(parse_json("[1e999]", "large.json"), "large.json: not usable JSON");
}

TEST(CoreErrors, NamesOutsideTheFolder) { expect_error(path_below("/data/scene", "../other", "scene.json"), "which is not below /data/scene"); }

TEST(CoreErrors, RowsThatATableLacks) {
  struct Settings {
    bool on = true;
  } settings;
  const auto table = OptionTable<Settings>().add("on", &Settings::on, "says something");
  expect_error(table.refuse_changed(&settings, {"off"}, "nothing to do"), "no option 'off' in the table");
}

TEST(CoreErrors, MemoryLimitsThatTheSystemRefuses) {
  const auto refused = [] {  // in a process of its own, without the right to raise its limits
    const rlimit low{rlim_t{8} << 30, rlim_t{8} << 30};
    if (::setrlimit(RLIMIT_DATA, &low) != 0) std::exit(1);
    if (::geteuid() == 0 && ::seteuid(65534) != 0) std::exit(2);
    const auto limited = limit_memory(1'000'000'000);
    std::exit(!limited && limited.error().message.find("the system refuses the limit") != std::string::npos ? 0 : 3);
  };
  EXPECT_EXIT(refused(), testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace mp4d::test
