#pragma once
#include "core/result.h"
#include <cstdint>
#include <exception>
#include <functional>

namespace mp4d {

/// First call of main(): keeps large memory blocks for reuse instead of returning them to the system (the first
/// touch of fresh pages costs more than most kernels).
void tune_process();

/// Threads for OpenMP and BLAS; 0 = what OMP_NUM_THREADS says, else all this process may run on. Returns the number set.
int set_thread_count(int threads);

/// Keeps the resident memory of this process below `bytes` from now on: available_memory() tells what is left of it, and
/// what asks for more fails with std::bad_alloc. Call once, before much is allocated. Error (kUsage): too few to start with.
Result<void> limit_memory(std::uint64_t bytes);

/// Whether memory ran out: std::bad_alloc, a thread that could not be started, or LibTorch's allocator, which throws a type of
/// its own.
bool is_out_of_memory(const std::exception& error);

/// No exception can leave a parallel region: where memory runs out in one, `last_words` is called, with the limit lifted, and
/// the process ends with exit code 1 in place of a signal. Empty: by a signal again.
void end_where_memory_runs_out(std::function<void()> last_words);

/// Of limit_memory(), 0 = none.
std::uint64_t memory_limit();

/// Bytes this process can still take without swapping: the system's, or less where a container or limit_memory() set one.
std::uint64_t available_memory();

/// Largest resident size so far, bytes.
std::uint64_t peak_memory();

/// True if the slow reference BLAS is loaded in place of OpenBLAS or another tuned one.
bool uses_reference_blas();

}  // namespace mp4d
