#include "reconstruction/field/sparse_lines.h"
#include <algorithm>
#include <new>
#include <sys/mman.h>

namespace mp4d {

SparseLines::SparseLines(std::size_t blocks, std::size_t lines_a_block) : lines_a_block_(lines_a_block), stored_(blocks) {
  if (size() == 0) return;
  // Private, so that limit_memory() counts it, though whole.
  void* at = mmap(nullptr, size() * sizeof(GridLine), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (at == MAP_FAILED) throw std::bad_alloc();
  madvise(at, size() * sizeof(GridLine), MADV_NOHUGEPAGE);  // which would store hundreds of blocks for one
  lines_ = static_cast<GridLine*>(at);
}

SparseLines::SparseLines(const SparseLines& other) : SparseLines(other.blocks(), other.lines_a_block_) {
  for (std::size_t block = 0; block < blocks(); ++block) {
    if (!other.stored(block)) continue;
    std::copy_n(other.lines_ + block * lines_a_block_, lines_a_block_, lines_ + block * lines_a_block_);
    stored_[block] = 1;
  }
}

SparseLines::~SparseLines() {
  if (lines_) munmap(lines_, size() * sizeof(GridLine));
}

std::size_t SparseLines::stored_blocks() const {
  return static_cast<std::size_t>(std::count_if(stored_.begin(), stored_.end(), [](std::uint8_t s) { return s != 0; }));
}

}  // namespace mp4d
