#include "core/assets.h"
#include "core/json_file.h"
#include "motion/chain_map.h"
#include <algorithm>
#include <map>

namespace mp4d {
namespace {

using nlohmann::json;

constexpr ChainRole kRoles[] = {ChainRole::kTrunk, ChainRole::kNeck, ChainRole::kTail,  ChainRole::kLeg,
                                ChainRole::kArm,   ChainRole::kWing, ChainRole::kGirdle};

/// "leg left 2" and the like.
Result<NamedChain> parse_chain_name(const std::string& text) {
  NamedChain chain;
  for (const ChainRole role : kRoles)
    for (const Side side : {Side::kMiddle, Side::kLeft, Side::kRight})
      for (int order = 0; order < 32; ++order) {
        Chain candidate;
        candidate.role = role;
        candidate.side = side;
        candidate.order = order;
        if (candidate.name() == text) return NamedChain{role, side, order, {}};
      }
  return fail(ErrorCode::kInput,
              "'{}' is no chain; chains are trunk, neck, tail, and with 'left' or 'right' (and a number, "
              "from the front) leg, arm, wing, girdle",
              text);
}

Result<std::vector<NamedChain>> parse_chains(const json& object) {
  std::vector<NamedChain> chains;
  if (!object.is_object()) return fail(ErrorCode::kInput, "chains: {} is not an object of joint lists", object.dump());
  for (const auto& [name, joints] : object.items()) {
    MP4D_TRY(chain, parse_chain_name(name));
    if (!joints.is_array() || joints.empty())
      return fail(ErrorCode::kInput, "chain '{}': not a list of joint names", name);
    for (const json& joint : joints) {
      if (!joint.is_string()) return fail(ErrorCode::kInput, "chain '{}': a joint is given by its name", name);
      chain.joints.push_back(joint.get<std::string>());
    }
    chains.push_back(chain);
  }
  return chains;
}

json to_json(const std::vector<NamedChain>& chains) {
  json object = json::object();
  for (const NamedChain& chain : chains) object[chain_name(chain)] = chain.joints;
  return object;
}

std::vector<NamedChain> named(const RiggedModel& model, const Anatomy& body) {
  std::vector<NamedChain> result;
  for (const Chain& chain : body.chains) {
    NamedChain entry{chain.role, chain.side, chain.order, {}};
    for (const int j : chain.joints) entry.joints.push_back(model.skeleton.joints[j].name);
    result.push_back(std::move(entry));
  }
  return result;
}

/// `object[key]` if it is there. Error: it is of another type than `Is` tells; `what` names that.
template <class T>
Result<T> optional_field(const json& object, const char* key, bool (json::*is)() const, const char* what, T otherwise) {
  const auto found = object.find(key);
  if (found == object.end()) return otherwise;
  if (!((*found).*is)()) return fail(ErrorCode::kInput, "\"{}\": {} is not {}", key, found->dump(), what);
  return found->template get<T>();
}

Result<void> known_keys(const json& object, const std::vector<std::string>& keys) {
  for (const auto& [key, value] : object.items())
    if (std::find(keys.begin(), keys.end(), key) == keys.end())
      return fail(ErrorCode::kInput, "unknown key '{}'; known are {}", key, fmt::join(keys, ", "));
  return {};
}

Result<MapFile::Pair> parse_pair(const json& entry) {
  if (!entry.is_object() || !entry.contains("target") || !entry.contains("source") || !entry["target"].is_string() ||
      !entry["source"].is_string())
    return fail(ErrorCode::kInput, "an entry without \"target\" and \"source\", the names of chains");
  MP4D_CHECK(known_keys(entry, {"target", "source", "mirror", "confidence"}));
  MP4D_TRY(mirror, optional_field(entry, "mirror", &json::is_boolean, "true or false", false));
  MP4D_TRY(confidence, optional_field(entry, "confidence", &json::is_number, "a number", 1.0));
  return MapFile::Pair{entry["source"], entry["target"], confidence, mirror};
}

Result<MapFile> parse_map(const json& content) {
  MapFile map;
  if (!content.is_object()) return fail(ErrorCode::kInput, "not a JSON object");
  MP4D_CHECK(known_keys(content, {"name", "source", "target", "pairs"}));
  MP4D_TRY(name, optional_field<std::string>(content, "name", &json::is_string, "a text", ""));
  map.name = std::move(name);
  if (content.contains("source")) {
    MP4D_TRY(chains, parse_chains(content["source"]));
    map.source = std::move(chains);
  }
  if (content.contains("target")) {
    MP4D_TRY(chains, parse_chains(content["target"]));
    map.target = std::move(chains);
  }
  const json pairs = content.value("pairs", json::array());
  if (!pairs.is_array()) return fail(ErrorCode::kInput, "pairs: not a list");
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    auto pair = parse_pair(pairs[i]);
    if (!pair) return fail(pair.error().code, "pairs, entry {}: {}", i + 1, pair.error().message);
    map.pairs.push_back(std::move(*pair));
  }
  if (map.source.empty() && map.target.empty() && map.pairs.empty())
    return fail(ErrorCode::kInput, "says nothing; give \"source\", \"target\" or \"pairs\", as --save-map writes them");
  return map;
}

json content_of(const MapFile& map) {
  json content{
      {"name", map.name}, {"source", to_json(map.source)}, {"target", to_json(map.target)}, {"pairs", json::array()}};
  for (const MapFile::Pair& pair : map.pairs)
    content["pairs"].push_back({{"target", pair.target},
                                {"source", pair.source},
                                {"mirror", pair.mirror},
                                {"confidence", std::round(1000 * pair.confidence) / 1000}});
  return content;
}

}  // namespace

std::string chain_name(const NamedChain& named) {
  Chain chain;
  chain.role = named.role;
  chain.side = named.side;
  chain.order = named.order;
  return chain.name();
}

Result<MapFile> read_map(const std::filesystem::path& path) {
  MP4D_TRY(content, read_json(path));
  auto map = parse_map(content);
  if (!map) return fail(map.error().code, "{}: {}", path.string(), map.error().message);
  map->path = path;
  return map;
}

Result<void> write_map(const std::filesystem::path& path, const MapFile& map) {
  return write_json(path, content_of(map));
}

std::string map_to_text(const MapFile& map) { return json_text(content_of(map)); }

Result<MapFile> map_from_text(const std::string& text) {
  const json content = json::parse(text, nullptr, false);
  if (content.is_discarded()) return fail(ErrorCode::kInput, "not JSON");
  return parse_map(content);
}

MapFile to_file(const ChainMap& map, const RiggedModel& source, const Anatomy& source_body, const RiggedModel& target,
                const Anatomy& target_body) {
  MapFile file{source.name + " to " + target.name, named(source, source_body), named(target, target_body), {}, {}};
  for (const ChainPair& pair : map.pairs)
    file.pairs.push_back(
        {source_body.chains[pair.source].name(), target_body.chains[pair.target].name(), pair.confidence, pair.mirror});
  return file;
}

Result<ChainMap> to_map(const MapFile& file, const Anatomy& source, const Anatomy& target) {
  ChainMap map;
  const std::string prefix = file.path.empty() ? "" : file.path.string() + ": ";
  const auto find = [&prefix](const Anatomy& body, const std::string& name, const char* whose) -> Result<int> {
    std::string names;
    for (std::size_t i = 0; i < body.chains.size(); ++i) {
      if (body.chains[i].name() == name) return static_cast<int>(i);
      names += (names.empty() ? "" : ", ") + body.chains[i].name();
    }
    return fail(ErrorCode::kInput, "{}the {} has no chain '{}'; it has: {}", prefix, whose, name, names);
  };
  std::vector<char> used(target.chains.size(), 0);
  for (const MapFile::Pair& pair : file.pairs) {
    MP4D_TRY(s, find(source, pair.source, "source"));
    MP4D_TRY(t, find(target, pair.target, "target"));
    if (used[t]) return fail(ErrorCode::kInput, "{}'{}' of the target has two partners; leave one of its pairs out", prefix,
                           pair.target);
    used[t] = 1;
    map.pairs.push_back({s, t, pair.confidence, pair.mirror});
  }
  for (std::size_t i = 0; i < used.size(); ++i)
    if (!used[i]) map.unmatched.push_back(static_cast<int>(i));
  return map;
}

Result<Preset> find_preset(const Skeleton& skeleton) {
  std::map<std::string, std::string> by_plain;
  for (const Joint& joint : skeleton.joints) by_plain.try_emplace(plain_joint_name(joint.name), joint.name);
  static constexpr const char* kPresets[] = {"mixamo", "humanik", "rigify", "unreal", "makehuman"};
  for (const char* name : kPresets) {
    MP4D_TRY(path, find_asset(std::filesystem::path("presets") / (std::string(name) + ".json")));
    MP4D_TRY(content, read_json(path));
    bool all = true;
    for (const json& key : content.at("detect"))
      all = all && by_plain.count(plain_joint_name(key.get<std::string>())) > 0;
    if (!all) continue;
    auto chains = parse_chains(content.at("chains"));
    if (!chains) return fail(chains.error().code, "{}: {}", path.string(), chains.error().message);
    Preset preset{name, {}};
    for (NamedChain& chain : *chains) {
      NamedChain there{chain.role, chain.side, chain.order, {}};
      for (const std::string& joint : chain.joints)
        if (const auto found = by_plain.find(plain_joint_name(joint)); found != by_plain.end())
          there.joints.push_back(found->second);
      if (!there.joints.empty()) preset.chains.push_back(std::move(there));
    }
    return preset;
  }
  return Preset{};
}

}  // namespace mp4d
