#include "core/files.h"
#include "core/file_checks.h"
#include "core/runtime.h"
#include <algorithm>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <mutex>
#include <set>
#include <sys/stat.h>
#include <unistd.h>

namespace mp4d {
namespace {

namespace fs = std::filesystem;

tl::unexpected<Error> system_error(const fs::path& path, const char* what, int error_number) {
  const std::string said = fmt::format("{}: {}: {}", path.string(), what, std::strerror(error_number));
  switch (error_number) {
    case ENOSPC:
    case EDQUOT:
    case EFBIG: return fail(ErrorCode::kResource, "{}; free some space or choose another folder", said);
    case EACCES:
    case EPERM:
    case EROFS: return fail(ErrorCode::kInput, "{}; choose another place or change its permissions", said);
    case EIO:
    case ENODEV:
    case ENXIO:
    case ESTALE: return fail(ErrorCode::kInput, "{}; is its drive still there? else choose another", said);
    case ENOTDIR:
    case EEXIST:
    case ENAMETOOLONG:
    case ELOOP:
    case ENOENT: return fail(ErrorCode::kInput, "{}; choose another name or folder", said);
    case EMFILE:
    case ENOMEM: return fail(ErrorCode::kResource, "{}", said);
    default: return fail(ErrorCode::kInput, "{}", said);
  }
}

class Descriptor {
 public:
  Descriptor(const fs::path& path, int flags) : fd_(::open(path.c_str(), flags | O_CLOEXEC, 0666)) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  int get() const { return fd_; }

 private:
  int fd_;
};

/// Removes the file unless it was renamed away.
struct Leftover {
  fs::path path;
  ~Leftover() {
    std::error_code ignored;
    fs::remove(path, ignored);
  }
};

/// "HOST-PID-": whose a temporary name is.
const std::string& owner_host() {
  static const std::string host = [] {
    char name[256] = "";
    ::gethostname(name, sizeof name - 1);
    return std::string(name) + '-';
  }();
  return host;
}

constexpr std::string_view kPart = ".part";

/// What killed processes were writing into `folder`. Looks into each folder once.
void remove_leftovers(const fs::path& folder) {
  static std::mutex mutex;
  static std::set<fs::path> seen;
  const std::lock_guard lock(mutex);
  if (!seen.insert(folder).second) return;
  std::error_code error, ignored;
  for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
    const std::string name = it->path().filename().string();
    if (name.starts_with('.') && name.find(kPart) != std::string::npos && is_left_over(name, "."))
      fs::remove_all(it->path(), ignored);
  }
}

Result<void> check_target(const fs::path& path) {
  const fs::path folder = path.parent_path();
  std::error_code error;
  if (!path.has_filename()) return fail(ErrorCode::kInput, "'{}' is not a file name", path.string());
  if (!folder.empty() && !fs::is_directory(folder, error))
    return fail(ErrorCode::kInput, "{}: the folder {} does not exist; make it first or choose another", path.string(),
                folder.string());
  // Renaming over a device would replace the device itself.
  if (fs::exists(path, error) && !fs::is_regular_file(path, error))
    return fail(ErrorCode::kInput, "{}: is there already and is not a regular file; choose another name",
                path.string());
  return {};
}

Result<void> sync_file(const fs::path& path, const fs::path& shown) {
  const Descriptor file(path, O_RDONLY);
  if (file.get() < 0) return system_error(shown, "nothing was written", errno);
  if (::fsync(file.get()) != 0) return system_error(shown, "cannot write", errno);
  return {};
}

Result<std::string> read_all(const fs::path& path, int flags) {
  constexpr std::uint64_t kNoMatter = 64 << 20;  // less is not worth asking what memory there is
  const auto too_large = [&](std::uint64_t size, std::uint64_t free) {
    return fail(ErrorCode::kResource, "{}: {:.1f} GB or more do not fit into the {:.1f} GB of free memory; close other programs, "
                "or give a smaller file", path.string(), static_cast<double>(size) / 1e9, static_cast<double>(free) / 1e9);
  };
  const auto fits = [](std::uint64_t size, std::uint64_t& free) {
    if (size > kNoMatter) free = available_memory();
    return size <= kNoMatter || size < free;
  };
  struct stat status {};
  const Descriptor file(path, flags);
  if (file.get() < 0 || ::fstat(file.get(), &status) != 0) return system_error(path, "cannot read", errno);
  if ((flags & O_NONBLOCK) && !S_ISREG(status.st_mode))
    return fail(ErrorCode::kInput, "{}: a folder, pipe or device, not a file; put a file there", path.string());
  const auto size = static_cast<std::size_t>(std::max<off_t>(status.st_size, 0));
  std::uint64_t free = 0;
  if (!fits(size, free)) return too_large(size, free);
  std::string content(size + 1, '\0');  // one more, so that its end is seen without growing
  std::size_t filled = 0;
  for (;;) {
    if (filled == content.size()) {  // pipes and files in /proc say size 0: read on until the end
      const std::size_t more = std::max<std::size_t>(4096, filled / 2);
      if (!fits(filled + more, free)) return too_large(filled + more, free);
      content.resize(filled + more);
    }
    const ssize_t got = ::read(file.get(), content.data() + filled, content.size() - filled);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return system_error(path, "cannot read", errno);
    if (got == 0) break;
    filled += static_cast<std::size_t>(got);
  }
  content.resize(filled);
  return content;
}

}  // namespace

std::string owner_mark() { return owner_host() + std::to_string(::getpid()) + '-'; }

bool is_left_over(const std::string& name, const std::string& before) {
  const std::string host = before + owner_host();
  const std::size_t at = name.find(host);
  if (at == std::string::npos) return false;
  const int pid = std::atoi(name.c_str() + at + host.size());
  return pid > 0 && ::kill(pid, 0) != 0 && errno == ESRCH;
}

Result<std::string> read_file(const fs::path& path) { return read_all(path, O_RDONLY); }

Result<std::string> read_regular_file(const fs::path& path) { return read_all(path, O_RDONLY | O_NONBLOCK); }

Result<bool> is_there(const fs::path& path) {
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  if (status.type() == fs::file_type::not_found) return false;
  if (error) return system_error(path, "cannot read", error.value());
  return true;
}

fs::path temporary_name(const fs::path& path) {
  static std::atomic<unsigned> count{0};
  remove_leftovers(path.has_parent_path() ? path.parent_path() : fs::path("."));
  return path.parent_path() /
         fmt::format(".{}.{}{}{}{}", path.stem().string(), owner_mark(), count++, kPart, path.extension().string());
}

Result<void> write_atomically(const fs::path& path,
                              const std::function<Result<void>(const fs::path& temporary)>& write) {
  MP4D_CHECK(check_target(path));
  std::error_code error, ignored;  // a path that does not exist yet sets `ignored`
  const fs::path target = fs::is_symlink(path, ignored) ? fs::canonical(path, error) : path;
  if (error) return system_error(path, "cannot follow the link", error.value());

  const Leftover temporary{temporary_name(target)};
  // Made here, so that a folder we may not write to is told in our words and not in those of a library.
  {
    const Descriptor file(temporary.path, O_WRONLY | O_CREAT | O_EXCL);
    if (file.get() < 0) return system_error(path, "cannot write", errno);
  }
  MP4D_CHECK(shown_as(path, temporary.path, write(temporary.path)));
  MP4D_CHECK(sync_file(temporary.path, path));
  MP4D_CHECK(shown_as(path, target, move_file(temporary.path, target)));
  sync_folder(target.parent_path());
  return {};
}

Result<void> write_atomically(const fs::path& path, std::string_view content) {
  return write_atomically(path, [&](const fs::path& temporary) -> Result<void> {
    const Descriptor file(temporary, O_WRONLY | O_TRUNC);
    if (file.get() < 0) return system_error(path, "cannot write", errno);
    for (std::string_view rest = content; !rest.empty();) {
      const ssize_t put = ::write(file.get(), rest.data(), rest.size());
      if (put < 0 && errno == EINTR) continue;
      if (put < 0) return system_error(path, "cannot write", errno);
      rest.remove_prefix(static_cast<std::size_t>(put));
    }
    return {};
  });
}

Result<void> make_folder(const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (!error && !folder.empty() && !fs::is_directory(folder, error)) return system_error(folder, "cannot be made", ENOTDIR);
  return error ? system_error(folder, "cannot be made", error.value()) : Result<void>{};
}

Result<void> move_file(const fs::path& from, const fs::path& to) {
  if (::rename(from.c_str(), to.c_str()) != 0) return system_error(to, "cannot write", errno);
  return {};
}

bool lies_there(const fs::path& path) {
  std::error_code error;
  return fs::exists(fs::symlink_status(path, error));
}

void sync_folder(const fs::path& folder) {
  const Descriptor entry(folder.empty() ? fs::path(".") : folder, O_RDONLY | O_DIRECTORY);
  if (entry.get() >= 0) ::fsync(entry.get());
}

Result<void> close_written(std::ofstream& stream, const fs::path& path) {
  const bool bad_before = !stream;
  const int error_before = errno;  // of the write that failed: nothing is written once one has
  stream.close();
  if (stream) return {};
  const int error_number = bad_before ? error_before : errno;
  return system_error(path, "cannot write", error_number ? error_number : EIO);
}

Result<void> shown_as(const fs::path& shown, const fs::path& temporary, Result<void> result) {
  if (result) return result;
  Error error = std::move(result).error();
  for (std::size_t at = 0; (at = error.message.find(temporary.string(), at)) != std::string::npos; at += shown.string().size())
    error.message.replace(at, temporary.string().size(), shown.string());
  return tl::unexpected(std::move(error));
}

Result<TempFolder> TempFolder::create() {
  std::error_code error;
  const fs::path parent = fs::temp_directory_path(error);
  if (error) return fail(ErrorCode::kResource, "no folder for temporary files; set TMPDIR to one that exists");
  const std::string prefix = "magicpose4d-";
  std::error_code ignored;
  for (fs::directory_iterator it(parent, error), end; !error && it != end; it.increment(error)) {
    const std::string other = it->path().filename().string();
    if (other.starts_with(prefix) && is_left_over(other, prefix)) fs::remove_all(it->path(), ignored);
  }
  std::string name = (parent / (prefix + owner_mark() + "XXXXXX")).string();
  if (!::mkdtemp(name.data()))
    return fail(ErrorCode::kResource, "{}: cannot make a temporary folder: {}; set TMPDIR to a writable folder",
                parent.string(), std::strerror(errno));
  return TempFolder(name);
}

TempFolder::~TempFolder() {
  std::error_code ignored;
  if (!path_.empty()) fs::remove_all(path_, ignored);
}

}  // namespace mp4d
