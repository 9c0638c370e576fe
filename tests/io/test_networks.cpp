#include "core/files.h"
#include "drawn_clip.h"
#include "io/networks.h"
#include "tests/errors/expect_error.h"
#include <arpa/inet.h>
#include <cstdio>
#include <cstdlib>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

namespace mp4d::test {
namespace {

namespace fs = std::filesystem;

/// A registry in a folder with one package, @a/net 1.2.3, whose file is "onetwo" in two parts of 400 kB.
class Networks : public testing::Test {
 protected:
  void SetUp() override {
    auto made = TempFolder::create();
    ASSERT_TRUE(made);
    root_.emplace(std::move(*made));
    const fs::path content = root_->path() / "content";
    fs::create_directories(content / "package");
    fs::create_directories(tgz().parent_path());
    // Incompressible, so that the archive is long enough to be broken off.
    for (int i = 0; i < 400000; ++i)
      for (int part = 0; part < 2; ++part)
        parts_[part] +=
            static_cast<char>(rng::integer(9, static_cast<std::uint64_t>(part), static_cast<std::uint64_t>(i), 256));
    ASSERT_TRUE(write_atomically(content / "package/b", parts_[0]));
    ASSERT_TRUE(write_atomically(content / "package/a", parts_[1]));
    ASSERT_TRUE(write_atomically(content / "whole", parts_[0] + parts_[1]));
    const std::string command = fmt::format("tar -C '{}' -czf '{}' package", content.string(), tgz().string());
    ASSERT_EQ(std::system(command.c_str()), 0);
    package_ = {"net",     "a test",
                "CC0",     "@a/net",
                "1.2.3",   sha256_of(tgz()).value(),
                1,
                {{"net.bin", {"package/b", "package/a"}, sha256_of(content / "whole").value()},
                 {"half.bin", {"package/a"}, sha256_of(content / "package/a").value()}}};
  }
  fs::path tgz() const { return root_->path() / "registry/@a/net/-/net-1.2.3.tgz"; }
  fs::path folder() const { return root_->path() / "models"; }
  fs::path part() const { return folder() / ".net-1.2.3.tgz.part"; }
  std::string registry() const { return "file://" + (root_->path() / "registry").string() + "/"; }
  void expect_installed() const {
    EXPECT_EQ(read_file(network_path(package_, folder())).value_or(""), parts_[0] + parts_[1]);
    EXPECT_EQ(read_file(network_path(package_, folder(), 1)).value_or(""), parts_[1]);
    EXPECT_TRUE(is_installed(package_, folder()));
    EXPECT_FALSE(fs::exists(part()));
  }

  std::optional<TempFolder> root_;
  std::string parts_[2];
  NetworkPackage package_;
};

/// Answers `answers` requests on a port of its own with the whole of `body`, whatever range is asked for.
class RangelessServer {
 public:
  RangelessServer(std::string body, int answers) : socket_(socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    EXPECT_EQ(bind(socket_, reinterpret_cast<sockaddr*>(&address), size), 0);
    EXPECT_EQ(listen(socket_, 4), 0);
    getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this, body = std::move(body), answers] {
      for (int i = 0; i < answers; ++i) {
        const int client = accept(socket_, nullptr, nullptr);
        char request[4096];
        if (read(client, request, sizeof request) > 0) {
          const std::string answer =
              fmt::format("HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.size()) + body;
          for (std::size_t sent = 0; sent < answer.size();) {
            const ssize_t n = send(client, answer.data() + sent, answer.size() - sent, MSG_NOSIGNAL);
            if (n <= 0) break;
            sent += static_cast<std::size_t>(n);
          }
        }
        close(client);
      }
    });
  }
  ~RangelessServer() {
    thread_.join();
    close(socket_);
  }
  std::string address() const { return fmt::format("http://127.0.0.1:{}", port_); }

 private:
  int socket_ = -1, port_ = 0;
  std::thread thread_;
};

TEST_F(Networks, InstallJoinsThePartsAndRemoveLeavesNothing) {
  int last = 0;
  JobContext job({{"download", 1}}, [&](const Progress& progress) { last = progress.step; });
  job.begin_phase("download", 100);
  const auto done = install_network(package_, registry(), folder(), &job);
  ASSERT_TRUE(done) << done.error().message;
  expect_installed();
  EXPECT_EQ(remove_network(package_, folder()).value(), true);
  EXPECT_TRUE(fs::is_empty(folder()));
  EXPECT_EQ(remove_network(package_, folder()).value(), false);
}

TEST_F(Networks, ABrokenOffDownloadIsContinued) {
  fs::create_directories(folder());
  const std::string whole = read_file(tgz()).value();
  ASSERT_TRUE(write_atomically(part(), std::string_view(whole).substr(0, 300000)));
  // Only the rest is there to be had.
  ASSERT_TRUE(write_atomically(tgz(), std::string(300000, 'x') + whole.substr(300000)));
  const auto done = install_network(package_, registry(), folder());
  ASSERT_TRUE(done) << done.error().message;
  expect_installed();
}

TEST_F(Networks, DamagedDownloadsStartAgain) {
  fs::create_directories(folder());
  const std::string whole = read_file(tgz()).value();
  for (const std::string& there : {std::string(300000, 'x'), std::string(whole.size() + 5, 'x'), whole}) {
    ASSERT_TRUE(write_atomically(part(), there));
    const auto done = install_network(package_, registry(), folder());
    ASSERT_TRUE(done) << done.error().message;
    expect_installed();
  }
}

TEST_F(Networks, ADownloadEndsWhenItIsTooLong) {
  const RangelessServer server(std::string(30'000'000, 'x'), 1);
  expect_error(install_network(package_, server.address(), folder()), "more comes than the package's 1 MB");
  EXPECT_FALSE(fs::exists(part()));
  ASSERT_TRUE(write_atomically(part(), std::string(5'000'000, 'x')));
  const auto done = install_network(package_, registry(), folder());
  ASSERT_TRUE(done) << done.error().message;
  expect_installed();
}

TEST_F(Networks, AServerThatCannotContinueIsAskedForAll) {
  fs::create_directories(folder());
  const std::string whole = read_file(tgz()).value();
  ASSERT_TRUE(write_atomically(part(), std::string_view(whole).substr(0, 300000)));
  const RangelessServer server(whole, 2);
  const auto done = install_network(package_, server.address(), folder());
  ASSERT_TRUE(done) << done.error().message;
  expect_installed();
}

TEST_F(Networks, WrongChecksumsInstallNothing) {
  NetworkPackage other = package_;
  other.archive_sha256[0] = other.archive_sha256[0] == '0' ? '1' : '0';
  auto done = install_network(other, registry(), folder());
  ASSERT_FALSE(done);
  EXPECT_TRUE(contains(done.error().message, package_.archive_sha256)) << done.error().message;
  EXPECT_TRUE(contains(done.error().message, other.archive_sha256)) << done.error().message;
  EXPECT_FALSE(fs::exists(part()));
  other = package_;
  other.files[0].sha256 = std::string(64, '0');
  done = install_network(other, registry(), folder());
  ASSERT_FALSE(done);
  EXPECT_TRUE(contains(done.error().message, "net.bin")) << done.error().message;
  other = package_;
  other.files[0].parts.push_back("package/c");
  done = install_network(other, registry(), folder());
  ASSERT_FALSE(done);
  EXPECT_TRUE(contains(done.error().message, "package/c")) << done.error().message;
  EXPECT_FALSE(fs::exists(network_path(package_, folder())));
  other = package_;
  other.files[1].sha256 = std::string(64, '0');  // the first file is there, which is not all
  EXPECT_FALSE(install_network(other, registry(), folder()));
  EXPECT_FALSE(is_installed(other, folder()));
}

TEST_F(Networks, PlacesAndArchivesThatCannotBeUsed) {
  ASSERT_TRUE(write_atomically(tgz(), "no archive"));
  package_.archive_sha256 = sha256_of(tgz()).value();
  expect_error(install_network(package_, registry(), folder()), "cannot be unpacked");
  expect_error(install_network(package_, registry(), tgz() / "models"), "XDG_DATA_HOME says where it lies");
  package_.name = "fdinfo";
  expect_error(remove_network(package_, "/proc/self"), "/proc/self/fdinfo: cannot be removed");
}

TEST_F(Networks, OfflineSaysWhatToDo) {
  for (const std::string& address : {std::string("http://127.0.0.1:1"), registry() + "nowhere"}) {
    const auto done = install_network(package_, address, folder());
    ASSERT_FALSE(done);
    EXPECT_TRUE(contains(done.error().message, "npm_config_registry")) << done.error().message;
    EXPECT_FALSE(fs::exists(network_path(package_, folder())));
  }
}

TEST_F(Networks, ACancelKeepsWhatIsThere) {
  CancelToken token;
  token.cancel();
  JobContext job({{"download", 1}}, {}, {}, token);
  job.begin_phase("download", 100);
  const auto done = install_network(package_, registry(), folder(), &job);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, ErrorCode::kCancelled);
  EXPECT_FALSE(fs::exists(network_path(package_, folder())));
}

TEST(NetworkList, IsPinned) {
  for (const NetworkPackage& package : known_networks()) {
    EXPECT_EQ(package.archive_sha256.size(), 64u) << package.name;
    for (const NetworkFile& file : package.files) EXPECT_EQ(file.sha256.size(), 64u) << file.name;
    for (const std::string& other : package.needs) EXPECT_TRUE(find_network(other)) << package.name;
  }
  const auto unknown = find_network("isnot");
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().code, ErrorCode::kUsage);
  EXPECT_TRUE(contains(unknown.error().message, "isnet, onnxruntime")) << unknown.error().message;
}

TEST(NetworkList, Sha256OfAKnownText) {
  auto folder = TempFolder::create();
  ASSERT_TRUE(folder);
  ASSERT_TRUE(write_atomically(folder->path() / "t", "abc"));  // FIPS 180-2's example
  EXPECT_EQ(sha256_of(folder->path() / "t").value(),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

}  // namespace
}  // namespace mp4d::test
