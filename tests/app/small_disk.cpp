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

void remount(const std::filesystem::path& place, bool read_only) {
  must(::mount(nullptr, place.c_str(), nullptr, MS_REMOUNT | (read_only ? static_cast<unsigned long>(MS_RDONLY) : 0), nullptr) == 0, "remount");
}

void mount_disk(const std::filesystem::path& place, int megabytes) {
  must(::mount("tmpfs", place.c_str(), "tmpfs", 0, fmt::format("size={}m", megabytes).c_str()) == 0, "mount");
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
  // Its folder will go with it, and nobody may make another, as a desktop does it: else writing would go on beneath.
  std::filesystem::create_directory(path_.parent_path());
  mount_disk(path_.parent_path(), 1);
  std::filesystem::create_directory(path_);
  mount_disk(path_, megabytes);
  remount(path_.parent_path(), true);
}

SmallDisk::~SmallDisk() {
  if (inside_ >= 0) ::close(inside_);
  ::umount2(path_.parent_path().c_str(), MNT_DETACH);  // what hides it once it is taken out, or it with all below
  ::umount2(path_.parent_path().c_str(), MNT_DETACH);
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
  remount(path_, read_only);
}

void SmallDisk::take_out() {
  inside_ = ::open(path_.c_str(), O_DIRECTORY | O_RDONLY | O_CLOEXEC);
  must(inside_ >= 0, "open");
  must(::mount("tmpfs", path_.parent_path().c_str(), "tmpfs", MS_RDONLY, "size=1m") == 0, "mount");
}

}  // namespace mp4d::test
