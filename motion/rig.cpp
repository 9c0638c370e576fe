#include "motion/rig.h"

namespace mp4d {

int Skeleton::find(const std::string& name) const {
  for (int j = 0; j < size(); ++j)
    if (joints[j].name == name) return j;
  return -1;
}

}  // namespace mp4d
