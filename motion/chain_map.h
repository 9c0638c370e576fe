#pragma once
#include "core/job_context.h"
#include "motion/anatomy.h"
#include <filesystem>

namespace mp4d {

/// Which chain of the source moves a chain of the target, and how.
struct ChainPair {
  int source = -1, target = -1;  ///< indices into the anatomies' chains
  double confidence = 1;         ///< 0..1; the factors are in docs/transfer.md
  bool mirror = false;           ///< left and right are exchanged, e.g. the forelegs of a walk from a person's legs
};

struct ChainMap {
  std::vector<ChainPair> pairs;
  std::vector<int> unmatched;  ///< chains of the target that keep their rest pose against the body
};

enum class ForelegSource { kAuto, kArms, kLegs };

/// "auto", "arms", "legs".
ForelegSource foreleg_source(const std::string& name);

/// Pairs chains by role, side and order: legs with legs (of unequal numbers the same place from front to back), arms
/// with forelegs, wings with arms; trunk, neck and tail with their likes. `steps`: the source's legs step and its
/// hands do not, so that forelegs of the target follow the diagonal leg; `forelegs` overrules that.
ChainMap map_chains(const Anatomy& source, const Anatomy& target, bool steps, ForelegSource forelegs);

/// The map as the user sees it, one pair a line, e.g. "leg left 1  <-  arm left  0.70 (upperarm.l … hand.l)".
std::vector<std::string> describe(const ChainMap& map, const RiggedModel& source, const Anatomy& source_body,
                                  const RiggedModel& target, const Anatomy& target_body);

/// A map in a file: chains of both skeletons by joint name, and pairs. Either skeleton's chains may be empty: then they
/// are found anew.
struct MapFile {
  std::string name;
  std::vector<NamedChain> source, target;
  struct Pair {
    std::string source, target;  ///< chain names, e.g. "leg left 2"
    double confidence = 1;
    bool mirror = false;
  };
  std::vector<Pair> pairs;
  std::filesystem::path path = {};  ///< where it was read from, for errors; may be empty
};
/// Errors (kInput) name the file and the entry.
Result<MapFile> read_map(const std::filesystem::path& path);
Result<void> write_map(const std::filesystem::path& path, const MapFile& map);
/// The same as a JSON text, for a place in another file.
std::string map_to_text(const MapFile& map);
Result<MapFile> map_from_text(const std::string& text);
/// "leg left 2" and the like, as pairs name chains.
std::string chain_name(const NamedChain& chain);
MapFile to_file(const ChainMap& map, const RiggedModel& source, const Anatomy& source_body, const RiggedModel& target,
                const Anatomy& target_body);
/// Resolves the pairs by chain name. Errors name the file and a chain that one of the two bodies lacks.
Result<ChainMap> to_map(const MapFile& file, const Anatomy& source, const Anatomy& target);

/// Chains of a shipped naming convention (assets/presets/*.json: mixamo, rigify, unreal, humanik, makehuman, …) if the
/// skeleton follows one: all its telling joints are there, with any prefix. Empty name = none.
struct Preset {
  std::string name;
  std::vector<NamedChain> chains;
};
Result<Preset> find_preset(const Skeleton& skeleton);

}  // namespace mp4d
