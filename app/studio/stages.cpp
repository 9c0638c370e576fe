#include "app/studio/stages.h"
#include <QCoreApplication>
#include <map>

namespace mp4d {
namespace {

std::vector<std::string> all_names(const OptionTableBase& table) {
  std::vector<std::string> names;
  for (const OptionSpec& spec : table.specs()) names.push_back(spec.name);
  return names;
}

bool is_footage(const std::filesystem::path& source) {
  const auto kind = input_kind(source);
  return kind && (*kind == InputKind::kClip || *kind == InputKind::kAnime || *kind == InputKind::kMeshFolder);
}

}  // namespace

QString stage_title(Stage stage) {
  switch (stage) {
    case Stage::kFrames: return QCoreApplication::translate("Stages", "Frames");
    case Stage::kMasks: return QCoreApplication::translate("Stages", "Masks");
    case Stage::kPhase1: return QCoreApplication::translate("Stages", "Phase 1: shape");
    case Stage::kPhase2: return QCoreApplication::translate("Stages", "Phase 2: skeleton and motion");
    case Stage::kTexture: return QCoreApplication::translate("Stages", "Texture");
    case Stage::kRig: return QCoreApplication::translate("Stages", "Rig");
    case Stage::kTransfer: return QCoreApplication::translate("Stages", "Transfer");
    case Stage::kExport: return QCoreApplication::translate("Stages", "Export");
  }
  return {};
}

QString status_text(StageStatus status) {
  switch (status) {
    case StageStatus::kWaiting: return QCoreApplication::translate("Stages", "not run");
    case StageStatus::kRunning: return QCoreApplication::translate("Stages", "running");
    case StageStatus::kDone: return QCoreApplication::translate("Stages", "done");
    case StageStatus::kFailed: return QCoreApplication::translate("Stages", "failed");
    case StageStatus::kStopped: return QCoreApplication::translate("Stages", "stopped");
  }
  return {};
}

bool is_reconstruction(Stage stage) { return stage <= Stage::kTexture; }

std::optional<Stage> stage_of_phase(const std::string& phase) {
  static const std::map<std::string, Stage> kStages{
      {"frames", Stage::kFrames},  {"masks", Stage::kMasks}, {"flow", Stage::kMasks},      {"coarse guess", Stage::kPhase1},
      {"phase 1", Stage::kPhase1}, {"rig", Stage::kPhase2},  {"phase 2", Stage::kPhase2}, {"colours", Stage::kTexture}};
  const auto found = kStages.find(phase);
  return found == kStages.end() ? std::nullopt : std::optional(found->second);
}

std::string first_phase(Stage stage) {
  for (const JobContext::Phase& phase : reconstruct_phases())
    if (stage_of_phase(phase.name) == stage) return phase.name;
  return {};
}

std::vector<Stage> stages_of(const DocumentState& state) {
  std::vector<Stage> stages;
  if (!state.source.empty() && is_footage(state.source))
    stages = {Stage::kFrames, Stage::kMasks, Stage::kPhase1, Stage::kPhase2, Stage::kTexture};
  else if (state.character && state.character.mesh->faces.rows() > 0)
    stages = {Stage::kRig};
  if (state.character) stages.insert(stages.end(), {Stage::kTransfer, Stage::kExport});
  return stages;
}

StageOptions options_of(Stage stage) {
  switch (stage) {
    case Stage::kFrames: return {&reconstruct_options(), {"start", "end", "fps", "step", "max-frames", "shots"}};
    case Stage::kMasks: return {&reconstruct_options(), {"masks-from", "subject", "carry-masks"}};
    case Stage::kPhase1:
      return {&reconstruct_options(),
              {"category", "landmarks", "guess-surface", "guess-words", "effort", "fov", "free-form", "guess-pull", "dynamic-rigidity",
               "global-local-chamfer", "device", "threads", "seed"}};
    case Stage::kPhase2: return {&reconstruct_options(), {"phase2", "reference"}};
    case Stage::kTexture: return {&reconstruct_options(), {"texture"}};
    case Stage::kRig: return {&auto_rig_options(), all_names(auto_rig_options())};
    case Stage::kTransfer: return {&retarget_options(), all_names(retarget_options())};
    case Stage::kExport: return {&export_options(), all_names(export_options())};
  }
  return {};
}

const void* options_struct(Stage stage, const DocumentState& state) {
  switch (stage) {
    case Stage::kRig: return &state.rig;
    case Stage::kTransfer: return &state.retarget;
    case Stage::kExport: return &state.format;
    default: return &state.reconstruct;
  }
}

void* options_struct(Stage stage, DocumentState& state) {
  return const_cast<void*>(options_struct(stage, std::as_const(state)));
}

}  // namespace mp4d
