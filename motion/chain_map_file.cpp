#include "core/assets.h"
#include "core/files.h"
#include "motion/chain_map.h"
#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

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

std::string chain_name(const NamedChain& named) {
  Chain chain;
  chain.role = named.role;
  chain.side = named.side;
  chain.order = named.order;
  return chain.name();
}

Result<std::vector<NamedChain>> parse_chains(const json& object) {
  std::vector<NamedChain> chains;
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

Result<json> parse_file(const std::filesystem::path& path) {
  MP4D_TRY(text, read_file(path));
  try {
    return json::parse(text);
  } catch (const json::exception& error) {
    return fail(ErrorCode::kInput, "{}: not JSON: {}", path.string(), error.what());
  }
}

Result<MapFile> parse_map(const json& content) {
  MapFile map;
  if (!content.is_object()) return fail(ErrorCode::kInput, "not a JSON object");
  for (const auto& [key, value] : content.items())
    if (key != "name" && key != "source" && key != "target" && key != "pairs")
      return fail(ErrorCode::kInput, "unknown key '{}'; known are name, source, target, pairs", key);
  map.name = content.value("name", "");
  if (content.contains("source")) {
    MP4D_TRY(chains, parse_chains(content["source"]));
    map.source = std::move(chains);
  }
  if (content.contains("target")) {
    MP4D_TRY(chains, parse_chains(content["target"]));
    map.target = std::move(chains);
  }
  if (!content.contains("pairs")) return map;
  if (!content["pairs"].is_array()) return fail(ErrorCode::kInput, "pairs: not a list");
  for (const json& entry : content["pairs"]) {
    if (!entry.is_object() || !entry.contains("target") || !entry.contains("source") || !entry["target"].is_string() ||
        !entry["source"].is_string())
      return fail(ErrorCode::kInput, "pairs: an entry without \"target\" and \"source\", the names of chains");
    const auto mirror = entry.find("mirror"), confidence = entry.find("confidence");
    MapFile::Pair pair{entry["source"], entry["target"], 1, false};
    if (mirror != entry.end() && mirror->is_boolean()) pair.mirror = mirror->get<bool>();
    if (confidence != entry.end() && confidence->is_number()) pair.confidence = confidence->get<double>();
    map.pairs.push_back(std::move(pair));
  }
  return map;
}

}  // namespace

Result<MapFile> read_map(const std::filesystem::path& path) {
  MP4D_TRY(content, parse_file(path));
  auto map = parse_map(content);
  if (!map) return fail(map.error().code, "{}: {}", path.string(), map.error().message);
  return map;
}

Result<void> write_map(const std::filesystem::path& path, const MapFile& map) {
  json content{
      {"name", map.name}, {"source", to_json(map.source)}, {"target", to_json(map.target)}, {"pairs", json::array()}};
  for (const MapFile::Pair& pair : map.pairs)
    content["pairs"].push_back({{"target", pair.target},
                                {"source", pair.source},
                                {"mirror", pair.mirror},
                                {"confidence", std::round(1000 * pair.confidence) / 1000}});
  return write_atomically(path, content.dump(2) + "\n");
}

MapFile to_file(const ChainMap& map, const RiggedModel& source, const Anatomy& source_body, const RiggedModel& target,
                const Anatomy& target_body) {
  MapFile file{source.name + " to " + target.name, named(source, source_body), named(target, target_body), {}};
  for (const ChainPair& pair : map.pairs)
    file.pairs.push_back(
        {source_body.chains[pair.source].name(), target_body.chains[pair.target].name(), pair.confidence, pair.mirror});
  return file;
}

Result<ChainMap> to_map(const MapFile& file, const Anatomy& source, const Anatomy& target) {
  ChainMap map;
  const auto find = [](const Anatomy& body, const std::string& name, const char* whose) -> Result<int> {
    std::string names;
    for (std::size_t i = 0; i < body.chains.size(); ++i) {
      if (body.chains[i].name() == name) return static_cast<int>(i);
      names += (names.empty() ? "" : ", ") + body.chains[i].name();
    }
    return fail(ErrorCode::kInput, "map: the {} has no chain '{}'; it has: {}", whose, name, names);
  };
  std::vector<char> used(target.chains.size(), 0);
  for (const MapFile::Pair& pair : file.pairs) {
    MP4D_TRY(s, find(source, pair.source, "source"));
    MP4D_TRY(t, find(target, pair.target, "target"));
    if (used[t]) return fail(ErrorCode::kInput, "map: '{}' of the target has two partners", pair.target);
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
    MP4D_TRY(content, parse_file(path));
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
