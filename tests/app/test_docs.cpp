// The documentation says what the program does.
#include "app/cli/option_docs.h"
#include "core/files.h"
#include "process.h"
#include "samples.h"
#include "tests/tools/paths.h"
#include <cstdlib>
#include <gtest/gtest.h>

namespace mp4d::test {
namespace {

TEST(Docs, OptionsAreUpToDate) {
  const auto text = read_file(source_folder() / "docs/options.md");
  ASSERT_TRUE(text) << text.error().message;
  EXPECT_EQ(*text, option_docs()) << "run: magicpose4d options -o docs/options.md";
}

TEST(Docs, ErrorsAreUpToDate) {
  const std::string script = (source_folder() / "tests/errors/catalogue.py").string();
  EXPECT_EQ(std::system(("python3 '" + script + "' check").c_str()), 0) << "it says above what to do";
}

TEST(Docs, OptionsCommandPrintsOrWritesThem) {
  const Outcome printed = run({"options"});
  EXPECT_EQ(printed.exit_code, 0);
  EXPECT_EQ(printed.out, option_docs());
  Folder folder;
  EXPECT_EQ(run({"options", "-o", folder / "o.md"}).exit_code, 0);
  EXPECT_EQ(read_file(folder / "o.md").value_or(""), option_docs());
}

}  // namespace
}  // namespace mp4d::test
