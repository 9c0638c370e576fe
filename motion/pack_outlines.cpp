#include "motion/pack_outlines.h"
#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace mp4d {
namespace {

/// Rows [low, high) that a shape takes in each column, widened by half the gap on every side.
struct Profile {
  std::vector<int> low, high;
  int height = 0;

  Profile(const Outline& shape, float scale, int gap) {
    float width = 0;
    for (const auto& [a, b] : shape) width = std::max({width, scale * a.x(), scale * b.x()});
    const int columns = static_cast<int>(std::floor(width)) + 1;
    std::vector<float> least(columns, std::numeric_limits<float>::max()), most(columns, 0);
    for (const auto& side : shape) {
      const Vec2 a = scale * (side[0].x() < side[1].x() ? side[0] : side[1]);
      const Vec2 b = scale * (side[0].x() < side[1].x() ? side[1] : side[0]);
      for (int x = static_cast<int>(a.x()); x <= static_cast<int>(b.x()); ++x) {
        // Where the side enters and leaves the column; a steep one is there whole.
        const float run = b.x() - a.x();
        const float enter = run > 1e-3f ? std::max(0.0f, (x - a.x()) / run) : 0;
        const float leave = run > 1e-3f ? std::min(1.0f, (x + 1 - a.x()) / run) : 1;
        for (const float t : {enter, leave}) {
          least[x] = std::min(least[x], a.y() + t * (b.y() - a.y()));
          most[x] = std::max(most[x], a.y() + t * (b.y() - a.y()));
        }
      }
    }
    low.assign(columns + gap, std::numeric_limits<int>::max());
    high.assign(columns + gap, 0);
    for (int x = 0; x < columns; ++x) {
      for (int i = x; i <= x + gap; ++i) {
        low[i] = std::min(low[i], static_cast<int>(std::floor(least[x])));
        high[i] = std::max(high[i], static_cast<int>(std::floor(most[x])) + 1 + gap);
      }
    }
    height = *std::max_element(high.begin(), high.end());
  }
};

std::optional<Packing> pack_at(float scale, const std::vector<Outline>& shapes, const std::vector<int>& order, int side,
                               int gap) {
  Packing packing{scale, std::vector<Vec2>(shapes.size())};
  std::vector<int> horizon(side, 0);
  for (const int i : order) {
    const Profile shape(shapes[i], scale, gap);
    const int width = static_cast<int>(shape.low.size());
    int best_x = -1, best_y = 0;
    std::pair best{side + 1, 0};  // row of the top, cells wasted below
    for (int x = 0; x + width <= side; ++x) {
      int y = 0, waste = 0;
      for (int k = 0; k < width; ++k) y = std::max(y, horizon[x + k] - shape.low[k]);
      for (int k = 0; k < width; ++k) waste += y + shape.low[k] - horizon[x + k];
      if (std::pair{y + shape.height, waste} < best) best = {y + shape.height, waste}, best_x = x, best_y = y;
    }
    if (best_x < 0) return std::nullopt;
    for (int k = 0; k < width; ++k) horizon[best_x + k] = best_y + shape.high[k];
    packing.corner[i] = Vec2(best_x, best_y).array() + gap / 2;
  }
  return packing;
}

}  // namespace

std::optional<Packing> pack_outlines(const std::vector<Outline>& shapes, int side, int gap) {
  std::vector<Vec2> extent(shapes.size(), Vec2::Zero());
  float longest = 0;
  for (std::size_t i = 0; i < shapes.size(); ++i) {
    for (const auto& [a, b] : shapes[i]) extent[i] = extent[i].cwiseMax(a).cwiseMax(b);
    longest = std::max(longest, extent[i].maxCoeff());
  }
  std::vector<int> order(shapes.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](int a, int b) { return extent[a].y() > extent[b].y(); });

  std::optional<Packing> best = pack_at(0, shapes, order, side, gap);
  if (!best || !(longest > 0)) return best;
  float low = 0, high = side / longest;
  while (high - low > 1e-3f * high) {
    const float middle = 0.5f * (low + high);
    if (auto packing = pack_at(middle, shapes, order, side, gap)) {
      best = std::move(packing);
      low = middle;
    } else {
      high = middle;
    }
  }
  return best;
}

}  // namespace mp4d
