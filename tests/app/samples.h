#pragma once
#include "motion/rig.h"
#include <filesystem>
#include <limits>
#include <string>

namespace mp4d::test {

/// A new folder of this test, removed at the end.
class Folder {
 public:
  Folder();
  ~Folder();
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  std::string operator/(const std::string& name) const { return (path_ / name).string(); }
  const std::filesystem::path& path() const { return path_; }
  /// Names of everything in it, sorted, comma-separated.
  std::string listing() const;

 private:
  std::filesystem::path path_;
};

/// A box of 0.4 x 0.4 x 2 m (z), red, whose front half bends up by up to 0.8 rad over the clip "bend".
RiggedModel bending_beam(int frames = 9, double fps = 24);

/// frames/ and masks/ with `count` square pictures, `size` wide, of a walking quadruped; those from `cut` on mirrored.
void write_walk(const Folder& folder, int count, int size, int cut = std::numeric_limits<int>::max());

void write_text(const std::filesystem::path& path, const std::string& text);

}  // namespace mp4d::test
