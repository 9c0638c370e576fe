#pragma once
#include "samples.h"
#include <cstdint>

namespace mp4d::test {

/// A disk of its own (tmpfs), seen by this process and the programs it starts: it can fill up, become read-only and be taken out.
/// Needs root; everything of it is gone with this object.
class SmallDisk {
 public:
  explicit SmallDisk(int megabytes = 64);
  ~SmallDisk();
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;

  /// False where this process may mount nothing.
  static bool possible();
  /// Where it is mounted; a folder that is not there before it is put in and after it is taken out.
  const std::filesystem::path& path() const { return path_; }
  std::string operator/(const std::string& name) const { return (path_ / name).string(); }
  /// Takes all space but `bytes`.
  void fill_up_to(std::uint64_t bytes) const;
  void free() const;
  void set_read_only(bool read_only) const;
  /// While files on it are open too, which can still be written.
  void take_out();
  /// Where one can look at what got onto it until it was taken out.
  std::string inside(const std::string& name) const { return "/proc/self/fd/" + std::to_string(inside_) + "/" + name; }

 private:
  Folder folder_;
  std::filesystem::path path_ = folder_.path() / "mounted/disk";
  int inside_ = -1;
};

}  // namespace mp4d::test
