#include "io/internal/export_formats.h"
#include <algorithm>
#include <array>
#include <cmath>

namespace mp4d {
namespace {

struct Preset {
  const char* name;
  bool z_up;
  double unit_m;
  double key_fps;
  bool leaf_bones;
  bool armature;
  int influences;
  bool weld;
};

// Blender and Unreal are z up: a file in their axes needs no turned root. Unreal and Maya count in centimetres. A node
// above the joints is what Blender makes its armature of, while in Unreal it would become one bone more. Unreal samples
// clips at whole frames. Maya's and Blender's bones end in tips, which Maya takes from joints. Engines split vertices
// at seams themselves; editors are better off with whole surfaces.
constexpr std::array<Preset, 6> kPresets{{{"any", false, 1, 0, false, true, 4, false},
                                          {"blender", true, 1, 0, false, true, 4, true},
                                          {"unity", false, 1, 0, false, true, 4, false},
                                          {"unreal", true, 0.01, 30, false, false, 4, false},
                                          {"web", false, 1, 0, false, true, 4, false},
                                          {"maya", false, 0.01, 0, true, true, 4, true}}};

const Preset& preset_named(const std::string& name) {
  const auto found = std::find_if(kPresets.begin(), kPresets.end(), [&](const Preset& p) { return name == p.name; });
  return found == kPresets.end() ? kPresets[0] : *found;
}

bool on(const std::string& choice, bool preset) { return choice == "auto" ? preset : choice == "on"; }

}  // namespace

const OptionTable<ExportOptions>& export_options() {
  static const OptionTable<ExportOptions> table = [] {
    OptionTable<ExportOptions> t;
    using O = ExportOptions;
    const std::vector<std::string> switches{"auto", "on", "off"};
    t.add("for", &O::target, {"any", "blender", "unity", "unreal", "web", "maya"},
          "program that will open the file: sets what the options below leave on auto");
    t.add("up-axis", &O::up_axis, {"auto", "y", "z"},
          "axis that points up in FBX, USD, OBJ, PLY and .anime; auto is z for blender and unreal, else y");
    t.add("unit", &O::unit, {"auto", "m", "cm"},
          "what one unit of an FBX, USD or BVH file is; auto is cm for unreal and maya, else m");
    t.add("key-fps", &O::key_fps, -1, 1000,
          "keys a second, on an even grid; 0 leaves them where they are, -1 is 30 for unreal, else 0");
    t.add("leaf-bones", &O::leaf_bones, switches,
          "end every chain of joints in one more that shows where it ends; auto is on for maya");
    t.add("armature", &O::armature, switches,
          "FBX: hang joints and mesh below one node; auto is off for unreal, which would make a bone of it");
    t.add("influences", &O::influences, 0, 4, "joints that may move one vertex, the heaviest are kept; 0 is 4");
    t.add("weld", &O::weld, switches,
          "FBX: join vertices that only texture seams keep apart; auto is on for blender and maya");
    t.add("replace", &O::replace, "a mesh a frame: replace the meshes of an earlier row of these names, once the new ones are complete");
    return t;
  }();
  return table;
}

ExportSettings resolve_settings(const ExportOptions& options, const std::string& ending) {
  const Preset& preset = preset_named(options.target);
  ExportSettings settings;
  // The axes of these are fixed by their specification or, for BVH, by custom; meshes have nowhere to say theirs.
  const bool says_axes = ending == ".fbx" || ending == ".usda" || ending == ".usdz";
  settings.z_up = options.up_axis == "auto" ? says_axes && preset.z_up : options.up_axis == "z";
  const bool has_unit = says_axes || ending == ".bvh";
  settings.unit_m = options.unit == "auto" ? (has_unit ? preset.unit_m : 1) : options.unit == "cm" ? 0.01 : 1;
  settings.key_fps = options.key_fps < 0 ? preset.key_fps : options.key_fps;
  settings.leaf_bones =
      (says_axes || ending == ".glb" || ending == ".gltf") && on(options.leaf_bones, preset.leaf_bones);
  settings.armature = on(options.armature, preset.armature);
  settings.influences = options.influences == 0 ? preset.influences : options.influences;
  settings.unit_scales = says_axes;
  settings.replace = options.replace;
  settings.weld = on(options.weld, preset.weld);
  return settings;
}

double frame_rate_of(const std::vector<Clip>& clips) {
  std::vector<double> steps;
  for (const Clip& clip : clips) {
    for (std::size_t i = 1; i < clip.times.size(); ++i) {
      const double step = clip.times[i] - clip.times[i - 1];
      if (step > 1e-4) steps.push_back(step);  // shorter ones are the two sides of a jump
    }
  }
  if (steps.empty()) return 30;
  std::nth_element(steps.begin(), steps.begin() + steps.size() / 2, steps.end());
  const double rate = 1 / steps[steps.size() / 2];
  for (const double usual : {24.0, 25.0, 30.0, 48.0, 50.0, 60.0, 100.0, 120.0}) {
    if (std::abs(rate / usual - 1) < 0.005) return usual;
  }
  return rate >= 1 && rate <= 240 ? rate : 30;
}

}  // namespace mp4d
