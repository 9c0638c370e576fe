#pragma once
#include "core/job_context.h"
#include "motion/rig.h"
#include <filesystem>
#include <vector>

namespace mp4d {

/// True if `target` reads as a description ("a tall man in a suit") rather than a file: it has a blank and no such file is
/// there.
bool is_description(const std::filesystem::path& target);

/// The person that the words describe, rigged, in a-pose (reconstruction/human/human_generate.h); what there is to say
/// about it goes to `notes`.
Result<RiggedModel> person_of_words(const std::string& words, std::vector<std::string>& notes, JobContext* job);

}  // namespace mp4d
