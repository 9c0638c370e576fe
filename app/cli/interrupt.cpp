#include "app/cli/interrupt.h"
#include <csignal>

namespace mp4d {
namespace {

static_assert(std::atomic<bool>::is_always_lock_free, "the handler may only touch lock-free atomics");
CancelToken* g_token = nullptr;

void on_signal(int) {
  g_token->cancel();
  std::signal(SIGINT, SIG_DFL);
  std::signal(SIGTERM, SIG_DFL);
}

}  // namespace

CancelToken cancel_on_signals() {
  static CancelToken& token = *new CancelToken;  // never destroyed: signals come while the process ends, too
  if (!g_token) {
    g_token = &token;
    struct sigaction action {};
    action.sa_handler = on_signal;
    action.sa_flags = SA_RESTART;
    sigaction(SIGINT, &action, nullptr);
    sigaction(SIGTERM, &action, nullptr);
  }
  return token;
}

}  // namespace mp4d
