#include "core/files.h"
#include "tests/tools/paths.h"
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <gtest/gtest.h>
#include <map>
#include <regex>
#include <set>
#include <sstream>

// The arrows of docs/architecture.md, read from the sources and from what is linked.

namespace mp4d {
namespace {

namespace fs = std::filesystem;

struct Include {
  fs::path file;  ///< relative to the repository
  std::string name;
  bool quoted = false;
};

std::vector<Include> includes_below(const std::string& layer) {
  static const std::regex kLine(R"re(^\s*#\s*include\s*(["<])([^">]+)[">])re");
  const fs::path root = test::source_folder();
  std::vector<Include> found;
  for (const auto& entry : fs::recursive_directory_iterator(root / layer)) {
    const fs::path extension = entry.path().extension();
    if (extension != ".h" && extension != ".cpp") continue;
    std::istringstream text(read_file(entry.path()).value());
    std::smatch match;
    for (std::string line; std::getline(text, line);)
      if (std::regex_search(line, match, kLine))
        found.push_back({fs::relative(entry.path(), root), match[2], match[1] == "\""});
  }
  return found;
}

std::string output_of(const std::string& command) {
  FILE* pipe = popen(command.c_str(), "r");
  std::string text;
  for (int c; pipe && (c = std::fgetc(pipe)) != EOF;) text += static_cast<char>(c);
  if (pipe) pclose(pipe);
  return text;
}

/// Direct needs of a linked program or library, by name.
std::vector<std::string> needed_libraries(const fs::path& binary) {
  const std::string text = output_of(fmt::format("readelf -d '{}'", binary.string()));
  static const std::regex kNeeded(R"(\(NEEDED\).*\[(.+)\])");
  std::vector<std::string> names;
  for (std::sregex_iterator it(text.begin(), text.end(), kNeeded), end; it != end; ++it) names.push_back((*it)[1]);
  return names;
}

bool starts_with_any(const std::string& text, const std::vector<std::string>& starts) {
  return std::any_of(starts.begin(), starts.end(), [&](const auto& start) { return text.starts_with(start); });
}

const std::map<std::string, std::set<std::string>>& arrows() {
  static const std::map<std::string, std::set<std::string>> kArrows{
      {"core", {"core"}},
      {"motion", {"core", "motion"}},
      {"io", {"core", "motion", "io"}},
      {"render", {"core", "motion", "render"}},
      {"reconstruction", {"core", "motion", "io", "render", "reconstruction"}},
      {"app", {"core", "motion", "io", "render", "reconstruction", "app"}},
  };
  return kArrows;
}

TEST(Layers, IncludeOnlyWhatTheArrowsAllow) {
  for (const auto& [layer, allowed] : arrows()) {
    const std::vector<Include> includes = includes_below(layer);
    EXPECT_FALSE(includes.empty()) << layer;
    for (const Include& include : includes) {
      if (!include.quoted) continue;
      const std::string target = include.name.substr(0, include.name.find('/'));
      EXPECT_TRUE(allowed.count(target)) << include.file << " includes \"" << include.name << '"';
    }
  }
}

TEST(Layers, LibrariesStayBehindTheirDoors) {
  for (const auto& [layer, allowed] : arrows()) {
    for (const Include& include : includes_below(layer)) {
      const fs::path& file = include.file;
      const bool torch_file = layer == "reconstruction" && file.stem().string().ends_with("_torch");
      const bool inside_io =
          layer == "io" && (file.extension() == ".cpp" || file.parent_path().filename() == "internal");
      const bool inside_studio = file.string().starts_with("app/studio/");
      if (starts_with_any(include.name, {"torch/", "ATen/", "c10/"})) {
        EXPECT_TRUE(torch_file) << file << ": LibTorch belongs into reconstruction/**/*_torch.*";
      }
      if (starts_with_any(include.name, {"opencv2/", "assimp/", "tiny_gltf"})) {
        EXPECT_TRUE(inside_io) << file << ": OpenCV, Assimp and tinygltf belong into io's sources";
      }
      if (std::regex_search(include.name, std::regex("^(Qt?[A-Z]|qt?[a-z]*\\.h$)"))) {
        EXPECT_TRUE(inside_studio) << file << ": Qt belongs into app/studio";
      }
      if (include.name.starts_with("app/studio/")) {
        EXPECT_TRUE(inside_studio) << file << ": the command line knows no window";
      }
      if (starts_with_any(include.name, {"curl/", "sys/socket", "netinet/", "netdb", "arpa/"})) {
        EXPECT_EQ(file, "io/networks.cpp") << file << ": nothing but 'models install' goes to the network";
      }
      if (include.name.starts_with("open3d/")) {
        EXPECT_EQ(file, "render/viewport/filament/filament_view.cpp") << file << ": Open3D belongs there";
      }
      if (include.name.starts_with("GL/")) {
        EXPECT_TRUE(file.string().starts_with("render/viewport/gl_")) << file << ": OpenGL belongs into render/viewport/gl_*";
      }
      if (starts_with_any(include.name, {"open3d/"})) {
        EXPECT_EQ(file.extension(), ".cpp") << file << ": no Open3D type in a header";
      }
    }
  }
}

// Both run code that is in the file. Our own checkpoints (core/blob.h) hold numbers and a checksum.
TEST(Layers, NothingLoadsPicklesOrScripts) {
  static const std::regex kLoads(R"(torch::(load|save|jit|pickle\w*|serialize)\b|torch/(script|serialize)|InputArchive)");
  for (const auto& [layer, allowed] : arrows())
    for (const auto& entry : fs::recursive_directory_iterator(test::source_folder() / layer)) {
      const fs::path extension = entry.path().extension();
      if (extension != ".h" && extension != ".cpp") continue;
      EXPECT_FALSE(std::regex_search(read_file(entry.path()).value(), kLoads)) << entry.path();
    }
}

TEST(Layers, ProgramLinksNoDisplayLibraryOfItsOwn) {
  // Direct needs only: Debian's FFmpeg and LibTorch bring X11 and Qt along for uses that never happen here.
  const std::vector<std::string> needed = needed_libraries(test::program().string());
  ASSERT_FALSE(needed.empty()) << "readelf (binutils) is missing";
  for (const std::string& library : needed)
    EXPECT_FALSE(starts_with_any(library, {"libX", "libxcb", "libGL", "libEGL", "libOpenGL", "libwayland", "libQt",
                                           "libgtk", "libgdk", "libSDL", "libglfw", "libopencv_highgui"}))
        << library;
}

// In static libraries the linker takes the first of two without a word.
TEST(Layers, NoFunctionIsDefinedTwice) {
  const fs::path build = test::program().parent_path().parent_path().parent_path();
  std::set<std::string> names;
  for (const auto& [layer, allowed] : arrows()) {
    const fs::path library = build / layer / ("libmp4d_" + layer + ".a");
    if (!fs::exists(library)) continue;  // app: its libraries lie deeper
    std::istringstream symbols(output_of(fmt::format("nm --defined-only '{}' 2>/dev/null", library.string())));
    for (std::string line; std::getline(symbols, line);) {
      const std::size_t kind = line.find(" T ");
      if (kind == std::string::npos) continue;
      EXPECT_TRUE(names.insert(line.substr(kind + 3)).second) << library << ": " << line.substr(kind + 3);
    }
  }
  EXPECT_GT(names.size(), 100u) << "nm (binutils) is missing";
}

TEST(Layers, OnlyReconstructionLinksLibTorch) {
  const fs::path folder = fs::read_symlink("/proc/self/exe").parent_path();
  for (const std::string layer : {"core", "motion", "io", "render"}) {
    const fs::path program = folder / ("test_" + layer);
    if (!fs::exists(program)) continue;  // built alone
    const std::vector<std::string> needed = needed_libraries(program);
    EXPECT_FALSE(needed.empty()) << program;
    for (const std::string& library : needed) EXPECT_FALSE(starts_with_any(library, {"libtorch", "libc10"})) << program;
  }
}

TEST(Layers, OnlyTheStudioLinksQt) {
  const fs::path folder = fs::read_symlink("/proc/self/exe").parent_path();
  for (const auto& entry : fs::directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    if (!name.starts_with("test_") || entry.path().has_extension() || !entry.is_regular_file()) continue;
    for (const std::string& library : needed_libraries(entry.path())) {
      EXPECT_TRUE(name.starts_with("test_studio") || !library.starts_with("libQt")) << name << " needs " << library;
    }
  }
}

}  // namespace
}  // namespace mp4d
