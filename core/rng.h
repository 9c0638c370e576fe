#pragma once
#include <cmath>
#include <cstdint>

namespace mp4d::rng {

// Stateless random numbers: each is a hash of (seed, stream, index), so results depend neither on the order
// of the draws nor on the number of threads. Use one stream a purpose. The mixer is the finaliser of
// SplitMix64 (Steele, Lea and Flood 2014, "Fast splittable pseudorandom number generators").

inline std::uint64_t mix(std::uint64_t x) {
  x ^= x >> 30;
  x *= 0xbf58476d1ce4e5b9ULL;
  x ^= x >> 27;
  x *= 0x94d049bb133111ebULL;
  return x ^ (x >> 31);
}

/// 64 random bits.
inline std::uint64_t bits(std::uint64_t seed, std::uint64_t stream, std::uint64_t index) {
  constexpr std::uint64_t kGolden = 0x9e3779b97f4a7c15ULL;
  const std::uint64_t key = mix(mix(seed + kGolden) + stream + kGolden);
  return mix(key + (index + 1) * kGolden);
}

/// Uniform in [0, 1), 53 random bits.
inline double uniform(std::uint64_t seed, std::uint64_t stream, std::uint64_t index) {
  return static_cast<double>(bits(seed, stream, index) >> 11) * 0x1.0p-53;
}

/// Standard normal (Box and Muller 1958).
inline double normal(std::uint64_t seed, std::uint64_t stream, std::uint64_t index) {
  constexpr double kTwoPi = 6.283185307179586;
  const double radius = std::sqrt(-2.0 * std::log(1.0 - uniform(seed, stream, 2 * index)));
  return radius * std::cos(kTwoPi * uniform(seed, stream, 2 * index + 1));
}

/// Uniform in 0..n-1; n >= 1. The bias is below n / 2^32.
inline std::uint32_t integer(std::uint64_t seed, std::uint64_t stream, std::uint64_t index, std::uint32_t n) {
  return static_cast<std::uint32_t>(((bits(seed, stream, index) >> 32) * n) >> 32);
}

}  // namespace mp4d::rng
