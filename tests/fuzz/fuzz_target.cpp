// libFuzzer's entry for the target that MP4D_FUZZ_TARGET names.
#include "tests/fuzz/targets.h"
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>

namespace {

const mp4d::fuzz::Target& chosen() {
  const auto& all = mp4d::fuzz::targets();
  const auto found = std::find_if(all.begin(), all.end(), [](const auto& t) { return t.name == MP4D_FUZZ_TARGET; });
  if (found == all.end()) std::abort();
  return *found;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const mp4d::fuzz::Target& target = chosen();
  target.run({reinterpret_cast<const char*>(data), size});
  return 0;
}
