#pragma once
#include <cstdint>
#include <cstring>

/// Eight floats at a time through GCC/Clang vector extensions: AVX2 where the target has it, plain code elsewhere.
namespace mp4d::simd {

inline constexpr int kLanes = 8;
using F8 = float __attribute__((vector_size(32)));
using I8 = std::int32_t __attribute__((vector_size(32)));   ///< integers, or masks of 0 and -1
using U8 = std::uint32_t __attribute__((vector_size(32)));

inline F8 splat(float v) { return F8{v, v, v, v, v, v, v, v}; }
inline I8 splat(std::int32_t v) { return I8{v, v, v, v, v, v, v, v}; }
inline F8 ramp() { return F8{0, 1, 2, 3, 4, 5, 6, 7}; }

template <class V, class T>
V load(const T* p) {
  V v;
  std::memcpy(&v, p, sizeof v);
  return v;
}
template <class V, class T>
void store(T* p, V v) {
  std::memcpy(p, &v, sizeof v);
}

#ifdef __AVX__  // the plain form becomes a comparison and a slow blend
inline F8 min(F8 a, F8 b) { return __builtin_ia32_minps256(a, b); }
inline F8 max(F8 a, F8 b) { return __builtin_ia32_maxps256(a, b); }
#else
inline F8 min(F8 a, F8 b) { return a < b ? a : b; }
inline F8 max(F8 a, F8 b) { return a > b ? a : b; }
#endif
/// `v` where the mask is set, else 0.
inline F8 keep(I8 mask, F8 v) { return reinterpret_cast<F8>(mask & reinterpret_cast<I8>(v)); }

inline bool any(I8 mask) {
#ifdef __AVX__
  return __builtin_ia32_movmskps256(reinterpret_cast<F8>(mask)) != 0;
#else
  std::int32_t bits = 0;
  for (int i = 0; i < kLanes; ++i) bits |= mask[i];
  return bits != 0;
#endif
}

inline float sum(F8 v) { return ((v[0] + v[4]) + (v[2] + v[6])) + ((v[1] + v[5]) + (v[3] + v[7])); }

/// e^x for -80 <= x <= 80 to 2e-7 relative: 2^n times a Taylor polynomial on [-ln2/2, ln2/2].
inline F8 exp(F8 x) {
  const F8 shift = splat(12582912.0f);  // 1.5 * 2^23: rounds to an integer kept in the low mantissa bits
  const F8 t = x * splat(1.44269504089f) + shift;
  const F8 n = t - shift;
  const F8 r = (x - n * splat(0.693359375f)) - n * splat(-2.12194440e-4f);
  F8 p = splat(1.0f / 720);
  p = p * r + splat(1.0f / 120);
  p = p * r + splat(1.0f / 24);
  p = p * r + splat(1.0f / 6);
  p = p * r + splat(0.5f);
  p = p * r + splat(1.0f);
  p = p * r + splat(1.0f);
  return reinterpret_cast<F8>(reinterpret_cast<U8>(p) + (reinterpret_cast<U8>(t) << 23));
}

}  // namespace mp4d::simd
