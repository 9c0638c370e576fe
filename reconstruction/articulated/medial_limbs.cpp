#include "reconstruction/articulated/medial_search.h"
#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

namespace mp4d {
namespace {

// Where a limb's first two joints turn about x in one frame.
struct LimbAngles {
  LimbAngles(const Limb& limb, float* pose)
      : swing(pose + 6 + 3 * limb.top), bend(limb.bend >= 0 ? pose + 6 + 3 * limb.bend : nullptr) {}
  void set(float s, float b) const {
    *swing = s;
    if (bend) *bend = b;
  }
  float* swing;
  float* bend;
};

double frame_energy(MedialHypothesis& h, std::size_t k, float blur) {
  const MedialEnergy& energy = h.plan->energy;
  return energy.evaluate({h.frames[k]}, {blur, 200, 0}, h.shape.data(), &h.pose[k * energy.pose_size()], nullptr,
                         nullptr);
}

}  // namespace

std::vector<Limb> limbs_of(const MedialTemplate& body) {
  std::vector<Limb> limbs;
  for (int j = 0; j < body.size(); ++j) {
    const MedialJoint& joint = body.joints[j];
    if (joint.mirror == j || joint.leaf || body.joints[joint.parent].mirror != joint.parent) continue;
    Limb limb;
    limb.top = j;
    for (float x : {-1.2f, -0.8f, -0.4f, 0.0f, 0.4f, 0.8f}) {
      if (x >= joint.limit_min[0] && x <= joint.limit_max[0]) limb.swings.push_back(x);
    }
    for (int c = j + 1; c < body.size() && limb.bend < 0; ++c) {
      if (body.joints[c].parent == j && !body.joints[c].leaf) limb.bend = c;
    }
    if (limb.bend >= 0) {
      const MedialJoint& bend = body.joints[limb.bend];
      for (float x : {-1.3f, -0.6f, 0.0f, 0.6f, 1.3f}) {
        if (x >= bend.limit_min[0] - 0.01f && x <= bend.limit_max[0] + 0.01f) limb.bends.push_back(x);
      }
    } else {
      limb.bends = {0};
    }
    limbs.push_back(std::move(limb));
  }
  return limbs;
}

void search_limbs(MedialHypothesis& h, float blur) {
  const int stride = h.plan->energy.pose_size();
  for (std::size_t k = 0; k < h.frames.size(); ++k) {
    double best = frame_energy(h, k, blur);
    for (int sweep = 0; sweep < 2; ++sweep) {
      for (const Limb& limb : h.plan->limbs) {
        const LimbAngles angles(limb, &h.pose[k * stride]);
        float swing = *angles.swing, bend = angles.bend ? *angles.bend : 0;
        for (float s : limb.swings) {
          for (float b : limb.bends) {
            angles.set(s, b);
            const double e = frame_energy(h, k, blur);
            if (e >= best) continue;
            best = e;
            swing = s;
            bend = b;
          }
        }
        angles.set(swing, bend);
      }
    }
  }
}

void exchange_forelegs(MedialHypothesis& h) {
  const MedialTemplate& body = h.plan->body;
  const int stride = h.plan->energy.pose_size();
  for (std::size_t k = 0; k < h.frames.size(); ++k) {
    float* rotations = &h.pose[k * stride + 6];
    for (int j = 0; j < body.size(); ++j) {
      if (!body.foreleg[j] || body.joints[j].mirror < j) continue;
      float *a = rotations + 3 * j, *b = rotations + 3 * body.joints[j].mirror;
      for (int axis = 0; axis < 3; ++axis) {
        std::swap(a[axis], b[axis]);
        if (axis > 0) a[axis] = -a[axis], b[axis] = -b[axis];
      }
    }
  }
}

void apply_gait(MedialHypothesis& h) {
  const MedialTemplate& body = h.plan->body;
  const int stride = h.plan->energy.pose_size();
  for (const MedialGait::Curve& curve : body.gaits[h.gait].curves) {
    const int samples = static_cast<int>(curve.turns.size());
    for (std::size_t k = 0; k < h.frames.size(); ++k) {
      for (const bool twin : {false, true}) {
        const float turns = h.frames[k] / h.cycle.period + h.gait_phase + (twin ? 0.5f : 0.0f);
        const float at = (turns - std::floor(turns)) * samples;
        const int i = static_cast<int>(at) % samples;
        const float part = at - std::floor(at);
        const int joint = twin ? body.joints[curve.joint].mirror : curve.joint;
        float* rotation = &h.pose[k * stride + 6 + 3 * joint];
        rotation[0] = (1 - part) * curve.turns[i] + part * curve.turns[(i + 1) % samples];
        rotation[1] = rotation[2] = 0;
      }
    }
  }
}

void fold_limbs(MedialHypothesis& h, float blur) {
  const auto [period, alternate] = h.cycle;
  const std::vector<Limb>& limbs = h.plan->limbs;
  const int stride = h.plan->energy.pose_size();
  const int bins = std::clamp(static_cast<int>(std::lround(period)), 6, 16);
  struct Place {
    std::size_t frame;
    const Limb* limb;
  };
  std::map<std::pair<int, int>, std::vector<Place>> slots;  // (joint, bin)
  for (const Limb& limb : limbs) {
    const int twin = h.plan->body.joints[limb.top].mirror;
    const bool later = alternate && twin < limb.top;
    for (std::size_t k = 0; k < h.frames.size(); ++k) {
      const float turns = h.frames[k] / period + (later ? 0.5f : 0.0f);
      const int bin = static_cast<int>((turns - std::floor(turns)) * bins) % bins;
      slots[{later ? twin : limb.top, bin}].push_back({k, &limb});
    }
  }
  for (int sweep = 0; sweep < 2; ++sweep) {
    for (const auto& slot : slots) {
      const std::vector<Place>& places = slot.second;
      double best = 1e9;
      float swing = 0, bend = 0;
      auto set = [&](float s, float b) {
        for (const Place& p : places) LimbAngles(*p.limb, &h.pose[p.frame * stride]).set(s, b);
      };
      for (float s : places.front().limb->swings) {
        for (float b : places.front().limb->bends) {
          set(s, b);
          double e = 0;
          for (const Place& p : places) e += frame_energy(h, p.frame, blur);
          if (e >= best) continue;
          best = e;
          swing = s;
          bend = b;
        }
      }
      set(swing, bend);
    }
  }
}

}  // namespace mp4d
