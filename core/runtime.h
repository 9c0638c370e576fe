#pragma once
#include <cstdint>

namespace mp4d {

/// First call of main(): keeps large memory blocks for reuse instead of returning them to the system (the first
/// touch of fresh pages costs more than most kernels).
void tune_process();

/// Threads for OpenMP and BLAS; 0 = all this process may run on. Returns the number set.
int set_thread_count(int threads);

/// Bytes this process can still take without swapping: the system's, or less where a container sets a limit.
std::uint64_t available_memory();

/// Largest resident size so far, bytes.
std::uint64_t peak_memory();

/// True if the slow reference BLAS is loaded in place of OpenBLAS or another tuned one.
bool uses_reference_blas();

}  // namespace mp4d
