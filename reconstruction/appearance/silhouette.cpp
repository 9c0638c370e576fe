#include "reconstruction/appearance/silhouette.h"

#include "motion/distance_transform.h"

#include <algorithm>
#include <cmath>

namespace mp4d {
namespace {

constexpr float kOpening = 0.55f;   // of the trunk's radius
constexpr float kGround = 0.125f;   // of the height: feet end below
constexpr float kShortest = 0.12f;  // of the height: shorter bumps are no legs

// Distance of every pixel centre to the nearest pixel with the given value, pixels; huge if there is none.
ImageF distance_to(const Mask& mask, bool inside) {
  std::vector<char> seed(mask.pixels());
  for (std::size_t i = 0; i < seed.size(); ++i) seed[i] = (mask.data[i] > 127) == inside;
  const std::vector<int> nearest = nearest_seed(seed, mask.width, mask.height, 1);
  ImageF out(mask.width, mask.height, 1);
  for (int y = 0; y < mask.height; ++y)
    for (int x = 0; x < mask.width; ++x) {
      const int n = nearest[std::size_t(y) * mask.width + x];
      out.at(x, y) = n < 0 ? 1e6f : std::hypot(float(n % mask.width - x), float(n / mask.width - y));
    }
  return out;
}

Mask within(const ImageF& distance, float reach) {
  Mask out(distance.width, distance.height, 1);
  for (std::size_t i = 0; i < out.pixels(); ++i) out.data[i] = distance.data[i] <= reach ? 255 : 0;
  return out;
}

struct Extent {
  int left = 1 << 30, right = -1, top = 1 << 30, bottom = -1, bottom_x = 0, area = 0;
  void add(int x, int y) {
    left = std::min(left, x), right = std::max(right, x), top = std::min(top, y);
    if (y > bottom) bottom = y, bottom_x = x;
    ++area;
  }
  int height() const { return bottom - top + 1; }
};

std::vector<Extent> extents(const Mask& mask, const std::vector<int>& labels, int count) {
  std::vector<Extent> out(std::size_t(count) + 1);
  for (int y = 0; y < mask.height; ++y)
    for (int x = 0; x < mask.width; ++x) out[std::size_t(labels[std::size_t(y) * mask.width + x])].add(x, y);
  return out;
}

// The piece from the row `from` down.
Mask below(const Mask& piece, int from) {
  Mask out = piece;
  std::fill(out.data.begin(), out.data.begin() + std::ptrdiff_t(from) * piece.width, 0);
  return out;
}

// Parts a piece with several feet where they meet; each part keeps what is above.
std::vector<Mask> part_feet(const Mask& piece, const Extent& box, int lowest_foot, int shortest) {
  std::vector<Mask> feet;
  for (int row = box.top; row <= box.bottom - shortest; ++row) {
    const Mask lower = below(piece, row);
    int count = 0;
    const std::vector<int> labels = label_pieces(lower, count);
    const std::vector<Extent> parts = extents(lower, labels, count);
    std::vector<int> standing;
    for (int k = 1; k <= count; ++k)
      if (parts[std::size_t(k)].bottom >= lowest_foot && parts[std::size_t(k)].height() >= shortest)
        standing.push_back(k);
    if (standing.size() < 2) continue;
    for (const int k : standing) {
      Mask foot = piece;
      for (int y = row; y < piece.height; ++y)
        for (int x = 0; x < piece.width; ++x)
          if (labels[std::size_t(y) * piece.width + x] != k) foot.at(x, y) = 0;
      feet.push_back(std::move(foot));
    }
    return feet;
  }
  return {piece};
}

}  // namespace

std::vector<int> label_pieces(const Mask& mask, int& count) {
  std::vector<int> labels(mask.pixels(), 0), open;
  count = 0;
  for (int start = 0; start < int(mask.pixels()); ++start) {
    if (mask.data[std::size_t(start)] <= 127 || labels[std::size_t(start)]) continue;
    labels[std::size_t(start)] = ++count;
    open = {start};
    while (!open.empty()) {
      const int i = open.back(), x = i % mask.width, y = i / mask.width;
      open.pop_back();
      const auto visit = [&](int a, int b) {
        if (a < 0 || b < 0 || a >= mask.width || b >= mask.height) return;
        const int n = b * mask.width + a;
        if (mask.data[std::size_t(n)] <= 127 || labels[std::size_t(n)]) return;
        labels[std::size_t(n)] = count;
        open.push_back(n);
      };
      visit(x - 1, y), visit(x + 1, y), visit(x, y - 1), visit(x, y + 1);
    }
  }
  return labels;
}

double mirror_overlap(const Mask& mask) {
  Extent box;
  double centroid = 0;
  for (int y = 0; y < mask.height; ++y)
    for (int x = 0; x < mask.width; ++x)
      if (mask.at(x, y) > 127) box.add(x, y), centroid += x;
  if (box.area == 0) return 0;
  centroid /= box.area;
  double best = 0;
  const int reach = std::max(1, (box.right - box.left) / 12);
  for (int twice = int(std::lround(2 * centroid)) - reach; twice <= int(std::lround(2 * centroid)) + reach; ++twice) {
    int both = 0;
    for (int y = box.top; y <= box.bottom; ++y)
      for (int x = box.left; x <= box.right; ++x) {
        const int m = twice - x;
        both += mask.at(x, y) > 127 && m >= 0 && m < mask.width && mask.at(m, y) > 127;
      }
    best = std::max(best, double(both) / double(2 * box.area - both));
  }
  return best;
}

SideView split_side_view(const Mask& mask) {
  SideView view;
  const ImageF inner = distance_to(mask, false);
  Extent whole;
  for (int y = 0; y < mask.height; ++y)
    for (int x = 0; x < mask.width; ++x)
      if (mask.at(x, y) > 127) whole.add(x, y);
  view.trunk = mask;
  view.radius = *std::max_element(inner.data.begin(), inner.data.end());
  const float opening = kOpening * view.radius;
  Mask core(mask.width, mask.height, 1);
  for (std::size_t i = 0; i < core.pixels(); ++i) core.data[i] = inner.data[i] >= opening ? 255 : 0;
  const Mask opened = within(distance_to(core, true), opening);
  Mask thin = mask;
  double centroid = 0, area = 0;
  for (int y = 0; y < mask.height; ++y)
    for (int x = 0; x < mask.width; ++x)
      if (opened.at(x, y)) thin.at(x, y) = 0, centroid += x, ++area;
  view.middle_x = int(centroid / std::max(area, 1.0));

  int count = 0;
  const std::vector<int> labels = label_pieces(thin, count);
  const std::vector<Extent> pieces = extents(thin, labels, count);
  const int height = whole.height(), lowest_foot = whole.bottom - int(kGround * float(height));
  const int shortest = std::max(2, int(kShortest * float(height)));
  for (int k = 1; k <= count; ++k) {
    const Extent& box = pieces[std::size_t(k)];
    if (box.bottom < lowest_foot || box.height() < shortest) continue;
    Mask piece(mask.width, mask.height, 1);
    for (std::size_t i = 0; i < piece.pixels(); ++i) {
      piece.data[i] = labels[i] == k ? 255 : 0;
      if (labels[i] == k) view.trunk.data[i] = 0;
    }
    for (Mask& limb : part_feet(piece, box, lowest_foot, shortest / 2)) {
      LegOutline leg;
      Extent own;
      std::vector<float> widths;
      for (int y = 0; y < mask.height; ++y)
        for (int x = 0; x < mask.width; ++x)
          if (limb.at(x, y)) own.add(x, y), widths.push_back(inner.at(x, y));
      std::nth_element(widths.begin(), widths.begin() + std::ptrdiff_t(widths.size() * 4 / 5), widths.end());
      leg.radius = widths[widths.size() * 4 / 5];
      leg.foot_x = own.bottom_x, leg.foot_y = own.bottom;
      // Into the trunk as far as the leg is thick, so that the two grow together.
      leg.mask = within(distance_to(limb, true), std::max(opening, 1.5f * leg.radius));
      for (std::size_t i = 0; i < leg.mask.pixels(); ++i)
        if (!limb.data[i] && (!opened.data[i] || mask.data[i] <= 127)) leg.mask.data[i] = 0;
      view.legs.push_back(std::move(leg));
    }
  }
  std::stable_sort(view.legs.begin(), view.legs.end(),
                   [](const LegOutline& a, const LegOutline& b) { return a.foot_x < b.foot_x; });
  return view;
}

}  // namespace mp4d
