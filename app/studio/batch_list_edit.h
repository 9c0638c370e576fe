#pragma once
#include "app/studio/document.h"
#include <nlohmann/json.hpp>

namespace mp4d {

/// What all jobs of a command start from, as the open document has it: the options that are not at their defaults, and for
/// "transfer" its motion. Commands: "reconstruct", "rig", "transfer".
nlohmann::json batch_preset(const std::string& command, const DocumentState& state);

/// What a folder means when it is added to a batch: itself if it holds pictures (the frames of one clip), else every visible
/// entry.
std::vector<std::string> batch_entries(const std::filesystem::path& folder);

/// A list's file as an object of "defaults" and "jobs". Inputs that are named relative to the list and not to the current
/// directory become absolute. Error (kInput): unreadable, no JSON.
Result<nlohmann::json> open_batch_list(const std::filesystem::path& path);

}  // namespace mp4d
