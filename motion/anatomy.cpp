#include "motion/anatomy.h"
#include "motion/anatomy_frame.h"
#include <algorithm>
#include <cmath>

namespace mp4d {
namespace {

using Part = JointName::Part;

constexpr float kMidline = 0.035f;  // of the size: nearer to the middle plane is no side
constexpr float kGrounded = 0.1f;   // of the height: an end below this stands on the ground
constexpr float kReachesDown = 0.45f;  // of the way to the ground: a limb of a level body that is a leg all the same
constexpr float kStem = 0.35f;      // of a limb's extent: what forks nearer to the body is a stem of several limbs,
constexpr float kBranch = 0.5f;     // which are longer than this share of the longest

class ChainFinder {
 public:
  ChainFinder(const RiggedModel& model, const std::vector<JointName>& names, Anatomy& body)
      : model_(model),
        names_(names),
        body_(body),
        children_(model.skeleton.size()),
        side_(children_.size(), Side::kMiddle) {
    for (const int j : body_.order)
      if (body_.body[j] && body_.carrier[j] >= 0) children_[body_.carrier[j]].push_back(j);
    for (auto& list : children_) std::sort(list.begin(), list.end());
    find_pelvis();
    find_sides();
  }

  void run() {
    find_trunk();
    std::vector<Chain> limbs;
    for (const int j : body_.order) {
      if (side_[j] == Side::kMiddle || !body_.body[j]) continue;
      const int carrier = body_.carrier[j];
      if (carrier >= 0 && side_[carrier] != Side::kMiddle) continue;
      add_limbs(j, limbs);
    }
    number(limbs);
    for (Chain& limb : limbs) body_.chains.push_back(std::move(limb));
  }

 private:
  Vec3 in_body(const Vec3& p) const { return body_.world_from_body.transpose() * (p - body_.position(body_.pelvis)); }
  Vec3 in_body(int joint) const { return in_body(body_.position(joint)); }

  void find_pelvis() {
    int joint = -1;
    std::vector<int> roots;
    for (const int j : body_.order)
      if (body_.body[j] && (body_.carrier[j] < 0 || !body_.body[body_.carrier[j]])) roots.push_back(j);
    joint = roots.front();
    // A bare root above the body is no part of it.
    while (!skinned(joint) && children_[joint].size() == 1) joint = children_[joint].front();
    body_.pelvis = joint;
  }
  bool skinned(int j) const { return body_.weighted[j] && model_.skin.joints.rows() > 0; }

  void find_sides() {
    for (const int j : body_.order) {
      const int carrier = body_.carrier[j];
      if (carrier >= 0 && side_[carrier] != Side::kMiddle) {
        side_[j] = side_[carrier];
      } else if (names_[j].side != Side::kMiddle) {
        side_[j] = names_[j].side;
      } else if (const float x = in_body(j).x(); std::abs(x) > kMidline * body_.size &&
                                                 names_[j].part != Part::kTrunk && names_[j].part != Part::kHead &&
                                                 names_[j].part != Part::kNeck && names_[j].part != Part::kTail &&
                                                 names_[j].part != Part::kProp) {
        side_[j] = x > 0 ? Side::kLeft : Side::kRight;
      }
    }
  }

  std::vector<int> path_to(int leaf) const {  // from the pelvis
    std::vector<int> path;
    for (int j = leaf; j >= 0; j = body_.carrier[j]) {
      path.push_back(j);
      if (j == body_.pelvis) break;
    }
    std::reverse(path.begin(), path.end());
    return path;
  }

  bool midline_leaf(int j) const {
    return body_.body[j] && side_[j] == Side::kMiddle && names_[j].part != Part::kProp &&
           names_[j].part != Part::kFace && std::none_of(children_[j].begin(), children_[j].end(), [&](int c) {
             return side_[c] == Side::kMiddle && names_[c].part != Part::kProp && names_[c].part != Part::kFace;
           });
  }

  void find_trunk() {
    // The head: by name, else the midline end that is highest and foremost.
    std::vector<int> head_path;
    float best = -1e30f;
    std::vector<std::vector<int>> others;
    for (const int j : body_.order) {
      if (!midline_leaf(j)) continue;
      std::vector<int> path = path_to(j);
      if (path.front() != body_.pelvis) continue;
      bool head = false, tail = false;
      for (const int p : path) {
        head |= names_[p].part == Part::kHead || names_[p].part == Part::kNeck;
        tail |= names_[p].part == Part::kTail;
      }
      const Vec3 at = in_body(j) / static_cast<float>(body_.size);
      const float score = at.y() + at.z() + (head ? 10 : 0) - (tail ? 20 : 0) + (path.size() > 1 ? 0.0f : -1.0f);
      others.push_back(path);
      if (score > best) best = score, head_path = path;
    }
    if (head_path.empty()) head_path = {body_.pelvis};
    std::erase(others, head_path);
    // What hangs on the head is no neck: hats, hair.
    const auto is_head = [&](int p) { return names_[p].part == Part::kHead || names_[p].end; };
    if (const auto head = std::find_if(head_path.begin(), head_path.end(), is_head); head != head_path.end())
      head_path.erase(std::find_if_not(head, head_path.end(), is_head), head_path.end());
    if (const auto start =
            std::find_if(head_path.begin(), head_path.end(), [&](int p) { return names_[p].part == Part::kTail; });
        start != head_path.end()) {  // the only end is a tail
      others.push_back(head_path);
      head_path.erase(start, head_path.end());
    }

    std::size_t chest = 0;  // last joint that carries limbs, or that is no neck by name
    bool named = false;
    for (std::size_t i = 1; i < head_path.size() && !named; ++i) {
      const JointName& name = names_[head_path[i]];
      named = name.part == Part::kNeck || name.part == Part::kHead;
      if (named) break;
      const bool limbs = std::any_of(children_[head_path[i]].begin(), children_[head_path[i]].end(), [&](int c) {
        return side_[c] != Side::kMiddle && names_[c].part != Part::kFace && limb_extent(c) > 0.1f * body_.size;
      });
      if (limbs || name.part == Part::kTrunk) chest = i;
    }
    if (named)
      while (chest + 1 < head_path.size() && names_[head_path[chest + 1]].part != Part::kNeck &&
             names_[head_path[chest + 1]].part != Part::kHead)
        ++chest;
    Chain trunk, neck;
    trunk.role = ChainRole::kTrunk;
    trunk.joints.assign(head_path.begin(),
                        head_path.begin() + static_cast<std::ptrdiff_t>(std::min(chest + 1, head_path.size())));
    if (trunk.joints.empty()) trunk.joints = {body_.pelvis};
    neck.role = ChainRole::kNeck;
    if (chest + 1 < head_path.size())
      neck.joints.assign(head_path.begin() + static_cast<std::ptrdiff_t>(chest) + 1, head_path.end());
    trunk.evidence = named ? 1 : 0.7;
    neck.evidence = named ? 1 : 0.6;
    // Unskinned ends are only a direction.
    trunk.tip = neck.joints.empty()
                    ? anatomy::surface_end(model_, body_, trunk.joints.back(), body_.position(trunk.joints.back()))
                    : body_.position(neck.joints.front());
    body_.chains.push_back(trunk);
    if (!neck.joints.empty()) {
      finish(neck);
      body_.chains.push_back(neck);
    }
    add_tail(others, trunk.joints);
  }

  void add_tail(const std::vector<std::vector<int>>& paths, const std::vector<int>& trunk) {
    Chain best;
    float longest = 0;
    for (const std::vector<int>& path : paths) {
      std::vector<int> free;
      bool named = false, other = false;
      for (const int p : path) {
        if (std::find(trunk.begin(), trunk.end(), p) != trunk.end() && names_[p].part != Part::kTail) continue;
        named |= names_[p].part == Part::kTail;
        other |= names_[p].part == Part::kHead || names_[p].part == Part::kNeck;
        for (const int c : children_[p]) other |= side_[c] != Side::kMiddle && names_[c].part != Part::kUnknown;
        free.push_back(p);
      }
      while (named && !free.empty() && names_[free.front()].part != Part::kTail) free.erase(free.begin());
      if (free.empty() || (other && !named)) continue;
      const Vec3 out = in_body(free.back()) - in_body(free.front());
      if (!named && (free.size() < 2 || out.z() > std::abs(out.y()) || out.y() > 0.05f * body_.size)) continue;
      const float length = out.norm() + (named ? 10 : 0);
      if (length <= longest) continue;
      longest = length;
      best = Chain{};
      best.role = ChainRole::kTail;
      best.joints = free;
      best.evidence = named ? 1 : 0.5;
    }
    if (best.joints.empty()) return;
    finish(best);
    body_.chains.push_back(best);
  }

  float limb_extent(int top) const {  // metres from the top joint to its farthest descendant or skin
    float far = 0;
    std::vector<int> stack{top};
    while (!stack.empty()) {
      const int j = stack.back();
      stack.pop_back();
      far = std::max(far, (body_.position(j) - body_.position(top)).norm());
      stack.insert(stack.end(), children_[j].begin(), children_[j].end());
    }
    if (far < 1e-4f * body_.size)
      far = (anatomy::surface_end(model_, body_, top, body_.position(top)) - body_.position(top)).norm();
    return far;
  }

  void finish(Chain& chain) {  // takes bare ends off and places the tip
    while (chain.joints.size() > 1 && !body_.weighted[chain.joints.back()] && model_.skin.joints.rows() > 0) {
      chain.tip = body_.position(chain.joints.back());
      chain.joints.pop_back();
      if (body_.weighted[chain.joints.back()]) return;
    }
    const int last = chain.joints.back();
    if (model_.skin.joints.rows() == 0 && chain.joints.size() > 1) {
      chain.tip = body_.position(last);
      chain.joints.pop_back();
      return;
    }
    chain.tip = anatomy::surface_end(model_, body_, last, body_.position(last));
  }

  /// Where nothing is named, several limbs may branch off one stem: one that forks near the body into parts of like size.
  void add_limbs(int top, std::vector<Chain>& limbs) {
    const float whole = limb_extent(top);
    for (int j = top; (body_.position(j) - body_.position(top)).norm() < kStem * whole;) {
      std::vector<int> branches;
      float longest = 0;
      for (const int c : children_[j]) longest = std::max(longest, limb_extent(c));
      for (const int c : children_[j])
        if (limb_extent(c) > kBranch * longest && names_[c].part == Part::kUnknown) branches.push_back(c);
      if (branches.size() > 1) {
        for (const int c : children_[j]) {
          put_on_side(c);
          add_limbs(c, limbs);
        }
        return;
      }
      if (branches.empty()) break;
      j = branches.front();
    }
    add_limb(top, limbs);
  }

  /// By where its far end lies; stems run on either side of the middle.
  void put_on_side(int top) {
    std::vector<int> below{top};
    int end = top;
    for (std::size_t i = 0; i < below.size(); ++i) {
      const int j = below[i];
      if ((body_.position(j) - body_.position(top)).norm() > (body_.position(end) - body_.position(top)).norm())
        end = j;
      below.insert(below.end(), children_[j].begin(), children_[j].end());
    }
    const Side side = in_body(end).x() > 0 ? Side::kLeft : Side::kRight;
    for (const int j : below) side_[j] = side;
  }

  void add_limb(int top, std::vector<Chain>& limbs) {
    const int carrier = body_.carrier[top];
    if (carrier >= 0)
      for (const Chain& chain : body_.chains)
        if (chain.role == ChainRole::kNeck &&
            std::find(chain.joints.begin(), chain.joints.end(), carrier) != chain.joints.end() &&
            names_[top].part != Part::kArm && names_[top].part != Part::kLeg)
          return;
    Chain chain;
    chain.side = side_[top];
    for (int j = top; j >= 0;) {
      chain.joints.push_back(j);
      int next = -1;
      float most = -1;
      for (const int c : children_[j]) {
        const Part part = names_[c].part;
        if (part == Part::kFinger || part == Part::kProp || part == Part::kFace) continue;
        float score = limb_extent(c);
        if (part == Part::kArm || part == Part::kLeg || part == Part::kWing) score += 10 * body_.size;
        if (score > most) most = score, next = c;
      }
      j = next;
    }
    if (limb_extent(top) < 0.05 * body_.size) return;
    int legs = 0, arms = 0, wings = 0;
    for (const int j : chain.joints) {
      legs += names_[j].part == Part::kLeg;
      arms += names_[j].part == Part::kArm;
      wings += names_[j].part == Part::kWing;
      if (names_[j].part == Part::kFinger || names_[j].part == Part::kProp || names_[j].part == Part::kFace) return;
    }
    finish(chain);
    std::vector<int> end_joints{chain.joints.back()};
    if (chain.joints.size() > 1) end_joints.push_back(chain.joints[chain.joints.size() - 2]);
    const float height = static_cast<float>(bounds_height());
    const Vec3 low = anatomy::lowest_point(model_, end_joints, chain.tip);
    const bool grounded = std::min(low.y(), chain.tip.y()) < body_.ground + kGrounded * height;
    const Vec3 spine = in_body(body_.chains.front().tip);
    const bool level = std::abs(spine.z()) > std::abs(spine.y()) || body_.chains.front().joints.size() == 1;
    chain.evidence = legs + arms + wings > 0 ? 1 : 0.6;
    if (wings > 0)
      chain.role = ChainRole::kWing;
    else if (arms > 0 && (legs == 0 || arms >= legs))
      chain.role = grounded && level ? ChainRole::kLeg : ChainRole::kArm;
    else if (legs > 0)
      chain.role = ChainRole::kLeg;
    else
      chain.role = grounded || (level && reaches_down(chain)) ? ChainRole::kLeg : ChainRole::kArm;
    split_girdle(chain, limbs);
    limbs.push_back(std::move(chain));
  }

  bool reaches_down(const Chain& chain) const {
    const float top = body_.position(chain.joints.front()).y(), ground = static_cast<float>(body_.ground);
    return chain.tip.y() - ground < (1 - kReachesDown) * (top - ground);
  }

  /// A clavicle moves on its own; it is no part of the arm's direction.
  void split_girdle(Chain& chain, std::vector<Chain>& limbs) {
    if (chain.role != ChainRole::kArm || chain.joints.size() < 3 || !names_[chain.joints[0]].girdle) return;
    const std::string& next = model_.skeleton.joints[chain.joints[1]].name;
    const JointName& name = names_[chain.joints[1]];
    const bool upper_arm_follows = name.part == Part::kArm &&
                                   plain_joint_name(next).find("elbow") == std::string::npos &&
                                   plain_joint_name(next).find("fore") == std::string::npos &&
                                   plain_joint_name(next).find("lower") == std::string::npos;
    if (!upper_arm_follows) return;
    Chain girdle;
    girdle.role = ChainRole::kGirdle;
    girdle.side = chain.side;
    girdle.joints = {chain.joints[0]};
    girdle.tip = body_.position(chain.joints[1]);
    chain.joints.erase(chain.joints.begin());
    limbs.push_back(std::move(girdle));
  }

  double bounds_height() const {
    const Aabb box = bounds(model_.mesh.verts);
    if (!box.isEmpty()) return box.sizes().y();
    float top = -1e30f;
    for (std::size_t j = 0; j < body_.body.size(); ++j)
      if (body_.body[j]) top = std::max(top, body_.position(static_cast<int>(j)).y());
    return top - body_.ground;
  }

  void number(std::vector<Chain>& limbs) {
    for (const Side side : {Side::kLeft, Side::kRight})
      for (const ChainRole role : {ChainRole::kLeg, ChainRole::kArm, ChainRole::kWing, ChainRole::kGirdle}) {
        std::vector<Chain*> row;
        for (Chain& limb : limbs)
          if (limb.side == side && limb.role == role) row.push_back(&limb);
        std::stable_sort(row.begin(), row.end(), [&](const Chain* a, const Chain* b) {
          return in_body(a->tip).z() + in_body(a->joints.front()).z() >
                 in_body(b->tip).z() + in_body(b->joints.front()).z();
        });
        for (std::size_t i = 0; i < row.size(); ++i) row[i]->order = static_cast<int>(i);
      }
    std::stable_sort(limbs.begin(), limbs.end(), [](const Chain& a, const Chain& b) {
      return std::tuple(a.role, a.order, a.side) < std::tuple(b.role, b.order, b.side);
    });
  }

  const RiggedModel& model_;
  const std::vector<JointName>& names_;
  Anatomy& body_;
  std::vector<std::vector<int>> children_;
  std::vector<Side> side_;
};

}  // namespace

const char* to_string(ChainRole role) {
  switch (role) {
    case ChainRole::kTrunk: return "trunk";
    case ChainRole::kNeck: return "neck";
    case ChainRole::kTail: return "tail";
    case ChainRole::kLeg: return "leg";
    case ChainRole::kArm: return "arm";
    case ChainRole::kWing: return "wing";
    case ChainRole::kGirdle: return "girdle";
  }
  return "";
}

std::string Chain::name() const {
  std::string text = to_string(role);
  if (side != Side::kMiddle) text += side == Side::kLeft ? " left" : " right";
  if (order > 0) text += fmt::format(" {}", order + 1);
  return text;
}

int Anatomy::find(ChainRole role, Side side, int number) const {
  for (std::size_t i = 0; i < chains.size(); ++i)
    if (chains[i].role == role && chains[i].side == side && chains[i].order == number) return static_cast<int>(i);
  return -1;
}

std::vector<int> Anatomy::all(ChainRole role, Side side) const {
  std::vector<int> found;
  for (int i = find(role, side, 0); i >= 0; i = find(role, side, static_cast<int>(found.size()))) found.push_back(i);
  return found;
}

Result<Anatomy> find_anatomy(const RiggedModel& model, const std::vector<NamedChain>* chains) {
  Anatomy body;
  std::vector<JointName> names;
  for (const Joint& joint : model.skeleton.joints) names.push_back(parse_joint_name(joint.name));
  MP4D_CHECK(anatomy::read_pose(model, names, body));
  anatomy::find_frame(model, names, body);
  if (chains)
    MP4D_CHECK(anatomy::take_chains(model, *chains, body));
  else
    ChainFinder(model, names, body).run();
  anatomy::place_feet(model, names, body);
  body.chain_of.assign(model.skeleton.size(), -1);
  for (std::size_t i = 0; i < body.chains.size(); ++i)
    for (const int j : body.chains[i].joints) body.chain_of[j] = static_cast<int>(i);
  return body;
}

}  // namespace mp4d
