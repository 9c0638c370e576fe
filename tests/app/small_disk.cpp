#include "small_disk.h"
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <sched.h>
#include <stdexcept>
#include <sys/mount.h>
#include <sys/statvfs.h>
#include <unistd.h>

namespace mp4d::test {
namespace {

constexpr const char* kFiller = ".filler";

void must(bool done, const char* what) {
  if (!done) throw std::runtime_error(fmt::format("{}: {}", what, std::strerror(errno)));
}

/// Mounts of this process are seen by nobody else from now on.
bool enter_own_mounts() {
  static const bool done = ::unshare(CLONE_NEWNS) == 0 && ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0;
  return done;
}

}  // namespace

bool SmallDisk::possible() { return enter_own_mounts(); }

SmallDisk::SmallDisk(int megabytes) {
  must(enter_own_mounts(), "mounts of its own");
  // Below a folder that is taken away with the disk, as a desktop does it: else writing would go on beneath.
  std::filesystem::create_directories(path_);
  must(::mount("tmpfs", path_.c_str(), "tmpfs", 0, fmt::format("size={}m", megabytes).c_str()) == 0, "mount");
  mounted_ = true;
}

SmallDisk::~SmallDisk() {
  if (mounted_) ::umount2(path_.c_str(), MNT_DETACH);
}

void SmallDisk::fill_up_to(std::uint64_t bytes) const {
  struct statvfs disk {};
  must(::statvfs(path_.c_str(), &disk) == 0, "statvfs");
  const std::uint64_t there = disk.f_bavail * disk.f_frsize;
  const int file = ::open((path_ / kFiller).c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
  must(file >= 0, "filler");
  const bool filled = there <= bytes || ::fallocate(file, 0, 0, static_cast<off_t>(there - bytes)) == 0;
  ::close(file);
  must(filled, "fallocate");
}

void SmallDisk::free() const { std::filesystem::remove(path_ / kFiller); }

void SmallDisk::set_read_only(bool read_only) const {
  must(::mount(nullptr, path_.c_str(), nullptr, MS_REMOUNT | (read_only ? static_cast<unsigned long>(MS_RDONLY) : 0), nullptr) == 0, "remount");
}

void SmallDisk::take_out() {
  must(::umount2(path_.c_str(), MNT_DETACH) == 0, "umount");
  mounted_ = false;
  std::filesystem::remove(path_);
}

}  // namespace mp4d::test
