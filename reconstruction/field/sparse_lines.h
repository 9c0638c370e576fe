#pragma once
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace mp4d {

/// One cache line of a voxel.
struct alignas(64) GridLine {
  float v[16];
};

/// Lines in blocks that are 0, and take no memory, until they are stored: pages of the system's that come when they are written.
class SparseLines {
 public:
  SparseLines() = default;
  /// Throws std::bad_alloc if there is no room for their addresses.
  SparseLines(std::size_t blocks, std::size_t lines_a_block);
  SparseLines(const SparseLines& other);
  SparseLines(SparseLines&& other) noexcept { swap(other); }
  SparseLines& operator=(SparseLines other) noexcept {
    swap(other);
    return *this;
  }
  ~SparseLines();

  bool empty() const { return stored_.empty(); }
  std::size_t blocks() const { return stored_.size(); }
  std::size_t lines_a_block() const { return lines_a_block_; }
  std::size_t size() const { return blocks() * lines_a_block_; }
  const GridLine* data() const { return lines_; }
  GridLine* data() { return lines_; }  ///< whoever writes there calls store()
  const GridLine& operator[](std::size_t i) const { return lines_[i]; }

  bool stored(std::size_t block) const { return stored_[block] != 0; }
  void store(std::size_t block) { std::atomic_ref(stored_[block]).store(1, std::memory_order_relaxed); }
  std::size_t stored_blocks() const;
  /// A byte a block, not 0 for those that are stored.
  const std::vector<std::uint8_t>& map() const { return stored_; }

 private:
  void swap(SparseLines& other) noexcept {
    std::swap(lines_, other.lines_);
    std::swap(lines_a_block_, other.lines_a_block_);
    std::swap(stored_, other.stored_);
  }
  GridLine* lines_ = nullptr;
  std::size_t lines_a_block_ = 0;
  std::vector<std::uint8_t> stored_;
};

}  // namespace mp4d
