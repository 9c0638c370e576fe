#pragma once
#include "app/studio/document.h"
#include <QString>
#include <optional>
#include <vector>

namespace mp4d {

enum class Stage { kFrames, kMasks, kPhase1, kPhase2, kTexture, kRig, kTransfer, kExport };

enum class StageStatus { kWaiting, kRunning, kDone, kFailed, kStopped };

/// What the stage list shows of one stage.
struct StageState {
  StageStatus status = StageStatus::kWaiting;
  double fraction = 0;  ///< of this stage, while it runs
  QString detail;       ///< "12 of 40", or what came of it
};

QString stage_title(Stage stage);
QString status_text(StageStatus status);
/// Part of reconstruct(): runs with its neighbours.
bool is_reconstruction(Stage stage);
/// The first phase of reconstruct() that belongs to a stage of it.
std::string first_phase(Stage stage);
/// Which stage a phase of reconstruct() belongs to.
std::optional<Stage> stage_of_phase(const std::string& phase);
/// The stages that make sense for what is open, in order.
std::vector<Stage> stages_of(const DocumentState& state);

/// The options of a stage: rows of a table over a part of the state.
struct StageOptions {
  const OptionTableBase* table = nullptr;
  std::vector<std::string> names;  ///< in the order to show them
};
StageOptions options_of(Stage stage);
/// The struct that the stage's table is over.
void* options_struct(Stage stage, DocumentState& state);
const void* options_struct(Stage stage, const DocumentState& state);

}  // namespace mp4d
