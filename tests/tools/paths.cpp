#include "tests/tools/paths.h"

namespace mp4d::test {

namespace fs = std::filesystem;

fs::path source_folder() { return MP4D_SOURCE_DIR; }

fs::path shared_data() { return source_folder().parent_path() / "shared/data"; }

fs::path program() { return fs::path(MP4D_BUILD_DIR) / "app/cli/magicpose4d"; }

fs::path studio_program() { return fs::path(MP4D_BUILD_DIR) / "app/studio/magicpose4d-studio"; }

}  // namespace mp4d::test
