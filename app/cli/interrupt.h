#pragma once
#include "core/job_context.h"

namespace mp4d {

/// A token that the first SIGINT or SIGTERM cancels. A second one ends the process at once. Every call gives
/// the same token.
CancelToken cancel_on_signals();

}  // namespace mp4d
