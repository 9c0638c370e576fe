#include "io/internal/onnx_session.h"
#include <chrono>
#include <deque>
#include <dlfcn.h>
#include <future>

namespace mp4d::internal {
namespace {

// The part of ONNX Runtime's C interface that is used here: a table of functions whose order is fixed for good
// (entries are only appended). onnxruntime.ai/docs/api/c, struct OrtApi.
enum Entry {
  kGetErrorMessage = 2,
  kCreateEnv = 3,
  kCreateSession = 7,
  kCreateSessionFromArray = 8,
  kRun = 9,
  kCreateSessionOptions = 10,
  kDisableCpuMemArena = 19,
  kSetIntraOpNumThreads = 24,
  kCreateRunOptions = 39,
  kRunOptionsSetTerminate = 46,
  kCreateTensorWithDataAsOrtValue = 49,
  kGetTensorMutableData = 51,
  kGetTensorShapeElementCount = 64,
  kGetTensorTypeAndShape = 65,
  kCreateCpuMemoryInfo = 69,
  kReleaseEnv = 92,
  kReleaseStatus = 93,
  kReleaseMemoryInfo = 94,
  kReleaseSession = 95,
  kReleaseValue = 96,
  kReleaseRunOptions = 97,
  kReleaseTensorTypeAndShapeInfo = 99,
  kReleaseSessionOptions = 100,
};
constexpr std::uint32_t kVersion = 16;
constexpr int kLogErrors = 3, kFloat = 1, kArenaAllocator = 1, kDefaultMemory = 0;

using Table = void* const*;
struct ApiBase {
  Table (*get_api)(std::uint32_t version);
  const char* (*get_version)();
};

/// An object of the library's, released at the end.
struct Handle {
  Table table = nullptr;
  Entry release{};
  void* object = nullptr;

  Handle(Table t, Entry r) : table(t), release(r) {}
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  ~Handle() {
    if (object) reinterpret_cast<void (*)(void*)>(table[release])(object);
  }
};

/// Calls a function that returns a status; its message if that is an error.
template <class... Args>
Result<void> call(Table table, Entry entry, Args... args) {
  Handle status(table, kReleaseStatus);
  status.object = reinterpret_cast<void* (*)(Args...)>(table[entry])(args...);
  if (!status.object) return {};
  return fail(ErrorCode::kFailed, "ONNX Runtime: {}",
              reinterpret_cast<const char* (*)(void*)>(table[kGetErrorMessage])(status.object));
}

}  // namespace

struct OnnxSession::State {
  explicit State(Table t) : table(t), env(t, kReleaseEnv), session(t, kReleaseSession), memory(t, kReleaseMemoryInfo) {}
  Table table;
  Handle env, session, memory;
};

Result<OnnxSession> OnnxSession::open(const std::filesystem::path& library, const std::filesystem::path& network,
                                      int threads) {
  return create(library, network, nullptr, threads);
}

Result<OnnxSession> OnnxSession::of_bytes(const std::filesystem::path& library, const std::string& network, int threads) {
  return create(library, {}, &network, threads);
}

Result<OnnxSession> OnnxSession::create(const std::filesystem::path& library, const std::filesystem::path& file,
                                        const std::string* bytes, int threads) {
  void* handle = dlopen(library.c_str(), RTLD_NOW | RTLD_LOCAL);  // stays: its threads may outlive a session
  if (!handle) return fail(ErrorCode::kFailed, "{}: cannot be loaded: {}", library.string(), dlerror());
  const auto get_base = reinterpret_cast<const ApiBase* (*)()>(dlsym(handle, "OrtGetApiBase"));
  const Table table = get_base ? get_base()->get_api(kVersion) : nullptr;
  if (!table)
    return fail(ErrorCode::kFailed, "{}: is no ONNX Runtime of version 1.{} or later", library.string(), kVersion);
  auto state = std::make_shared<State>(table);
  Handle options(table, kReleaseSessionOptions);
  MP4D_CHECK(call(table, kCreateEnv, kLogErrors, "magicpose4d", &state->env.object));
  MP4D_CHECK(call(table, kCreateSessionOptions, &options.object));
  MP4D_CHECK(call(table, kSetIntraOpNumThreads, options.object, threads));
  // Without its arena of large blocks the whole program takes 1.7 GB with ISNet instead of 2.3, in the same time.
  MP4D_CHECK(call(table, kDisableCpuMemArena, options.object));
  if (bytes)
    MP4D_CHECK(call(table, kCreateSessionFromArray, state->env.object, static_cast<const void*>(bytes->data()), bytes->size(),
                    options.object, &state->session.object));
  else
    MP4D_CHECK(call(table, kCreateSession, state->env.object, file.c_str(), options.object, &state->session.object));
  MP4D_CHECK(call(table, kCreateCpuMemoryInfo, kArenaAllocator, kDefaultMemory, &state->memory.object));
  return OnnxSession(std::move(state));
}

Result<std::vector<std::vector<float>>> OnnxSession::run(std::vector<float>& input, const std::vector<std::int64_t>& shape,
                                                         const std::vector<Output>& outputs, const JobContext* job) {
  const Table table = state_->table;
  Handle in(table, kReleaseValue), options(table, kReleaseRunOptions);
  MP4D_CHECK(call(table, kCreateRunOptions, &options.object));
  MP4D_CHECK(call(table, kCreateTensorWithDataAsOrtValue, state_->memory.object, static_cast<void*>(input.data()),
                  input.size() * sizeof(float), shape.data(), shape.size(), kFloat, &in.object));
  const char* in_name = "input";
  std::vector<const char*> names;
  for (const Output& output : outputs) names.push_back(output.name);
  std::vector<void*> objects(outputs.size(), nullptr);
  auto running = std::async(std::launch::async, [&] {
    return call(table, kRun, state_->session.object, options.object, &in_name, &in.object, std::size_t{1}, names.data(),
                names.size(), objects.data());
  });
  while (running.wait_for(std::chrono::milliseconds(50)) != std::future_status::ready)
    if (cancelled(job)) MP4D_CHECK(call(table, kRunOptionsSetTerminate, options.object));
  const Result<void> done = running.get();
  std::deque<Handle> values;  // release what there is, whatever comes
  for (void* object : objects) values.emplace_back(table, kReleaseValue).object = object;
  MP4D_CHECK(check(job));
  MP4D_CHECK(done);
  std::vector<std::vector<float>> out;
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    Handle info(table, kReleaseTensorTypeAndShapeInfo);
    std::size_t size = 0;
    MP4D_CHECK(call(table, kGetTensorTypeAndShape, objects[i], &info.object));
    MP4D_CHECK(call(table, kGetTensorShapeElementCount, info.object, &size));
    if (size != outputs[i].count)
      return fail(ErrorCode::kFailed, "the network's {} has {} values, expected {}", outputs[i].name, size, outputs[i].count);
    float* first = nullptr;
    MP4D_CHECK(call(table, kGetTensorMutableData, objects[i], &first));
    out.emplace_back(first, first + size);
  }
  return out;
}

}  // namespace mp4d::internal
