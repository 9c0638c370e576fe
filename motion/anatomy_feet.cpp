#include "motion/anatomy_frame.h"
#include <algorithm>

namespace mp4d::anatomy {
namespace {

constexpr float kFootNamed = 0.32f;   // of the leg's height: where a joint called foot is one
constexpr float kFootUnnamed = 0.2f;  // the same for any joint

}  // namespace

Result<void> take_chains(const RiggedModel& model, const std::vector<NamedChain>& given, Anatomy& body) {
  for (const NamedChain& named : given) {
    Chain chain;
    chain.role = named.role;
    chain.side = named.side;
    chain.order = named.order;
    for (const std::string& name : named.joints) {
      const int joint = model.skeleton.find(name);
      if (joint < 0)
        return fail(ErrorCode::kInput, "{}: no joint '{}', which the map names in '{}'", model.name, name,
                    chain.name());
      chain.joints.push_back(joint);
      body.body[joint] = 1;
    }
    if (chain.joints.empty()) return fail(ErrorCode::kInput, "'{}' has no joints", chain.name());
    // A chain hangs together: joints that the file keeps apart follow each other here.
    for (std::size_t i = 1; i < chain.joints.size(); ++i) {
      int above = chain.joints[i];
      while (above >= 0 && above != chain.joints[i - 1]) above = body.carrier[above];
      if (above < 0)
        return fail(ErrorCode::kInput, "{}: '{}' does not hang on '{}', which comes before it in '{}'", model.name,
                    named.joints[i], named.joints[i - 1], chain.name());
    }
    const int last = chain.joints.back();
    chain.tip = surface_end(model, body, last, body.position(last));
    if (chain.role == ChainRole::kTrunk) {
      body.pelvis = chain.joints.front();
      body.chains.insert(body.chains.begin(), std::move(chain));
    } else {
      body.chains.push_back(std::move(chain));
    }
  }
  if (body.chains.empty() || body.chains.front().role != ChainRole::kTrunk)
    return fail(ErrorCode::kInput, "{}: the map has no trunk; give one chain 'trunk' that starts with the pelvis",
                model.name);
  return {};
}

void place_feet(const RiggedModel& model, const std::vector<JointName>& names, Anatomy& body) {
  double heights = 0;
  int legs = 0;
  for (Chain& chain : body.chains) {
    if (chain.role != ChainRole::kLeg) continue;
    const int count = static_cast<int>(chain.joints.size());
    const float base = body.position(chain.joints.front()).y() - static_cast<float>(body.ground);
    chain.foot = count;
    for (int i = 1; i < count && chain.foot == count; ++i) {
      const float height =
          (body.position(chain.joints[i]).y() - static_cast<float>(body.ground)) / std::max(base, 1e-9f);
      // An ankle above a joint called foot is a hock.
      const bool last_named = names[chain.joints[i]].foot &&
                              std::none_of(chain.joints.begin() + i + 1, chain.joints.end(),
                                           [&](int j) { return names[j].foot && !names[j].end; });
      if (height < (last_named ? kFootNamed : kFootUnnamed)) chain.foot = i;
    }
    if (chain.foot == count) {
      chain.sole = lowest_point(model, {chain.joints.back()}, chain.tip);
      if (chain.sole.y() > chain.tip.y() || (chain.sole - body.position(chain.joints.back())).norm() <
                                                0.5f * (chain.tip - body.position(chain.joints.back())).norm())
        chain.sole = chain.tip;
    } else {
      const std::vector<int> foot(chain.joints.begin() + chain.foot, chain.joints.end());
      chain.sole = lowest_point(model, foot, chain.tip);
      // With a toe joint, the ball of the foot: it is what stays down longest.
      if (chain.foot + 1 < count) {
        const Vec3 ball = body.position(chain.joints[chain.foot + 1]);
        chain.sole = Vec3(ball.x(), chain.sole.y(), ball.z());
      }
    }
    // Bones alone end within the foot: what ends a little above the lowest of them stands there.
    if (model.skin.joints.rows() == 0 && chain.sole.y() - body.ground < kFootUnnamed * base)
      chain.sole.y() = static_cast<float>(body.ground);
    heights += base;
    ++legs;
  }
  // The feet of a pair are alike, whatever its meshes' triangles say.
  for (Chain& left : body.chains) {
    if (left.role != ChainRole::kLeg || left.side != Side::kLeft) continue;
    const int at = body.find(ChainRole::kLeg, Side::kRight, left.order);
    if (at < 0) continue;
    Chain& right = body.chains[at];
    const bool feet = left.foot < static_cast<int>(left.joints.size());
    if (feet != (right.foot < static_cast<int>(right.joints.size()))) continue;  // one lacks its foot's joint
    const auto anchor = [&](const Chain& c) {
      return body.position(c.joints[std::min<std::size_t>(c.foot, c.joints.size() - 1)]);
    };
    const Mat3 mirror = body.world_from_body * Vec3(-1, 1, 1).asDiagonal() * body.world_from_body.transpose();
    const Vec3 offset = 0.5f * ((left.sole - anchor(left)) + mirror * (right.sole - anchor(right)));
    left.sole = anchor(left) + offset;
    right.sole = anchor(right) + mirror * offset;
  }
  body.leg_length = legs > 0 ? heights / legs : 0;
}

}  // namespace mp4d::anatomy
