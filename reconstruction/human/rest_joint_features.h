#pragma once

namespace mp4d::human {

/// Rows of RestJointModel::weights, which a file may bring in any number.
inline constexpr int kRestJointFeatures = 64;

}  // namespace mp4d::human
