// Where the tests find what is not compiled into them. Here and not in each test's definitions, so that a compiler cache
// serves the same test in another folder.
#pragma once
#include <filesystem>

namespace mp4d::test {

std::filesystem::path source_folder();
std::filesystem::path shared_data();  ///< models, clips and people beside the repository; may not be there
std::filesystem::path program();      ///< magicpose4d
std::filesystem::path studio_program();

}  // namespace mp4d::test
