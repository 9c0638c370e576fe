#pragma once
#include "core/job_context.h"
#include "reconstruction/human/body_generator.h"
#include <filesystem>

namespace mp4d::human {

/// The folder for BodyGenerator::load: `folder` itself if it holds the unpacked trees makehuman/ and makehuman_extra/;
/// if it holds makehuman_data_cc0.tar.xz and clothes_hair_poses_rigs_cc0.tar.xz, these are unpacked (150 MB) once into
/// $XDG_CACHE_HOME/magicpose4d/makehuman, else ~/.cache/magicpose4d/makehuman, below the checksum of their content.
/// Error (kInput) says what is missing.
Result<std::filesystem::path> makehuman_folder(const std::filesystem::path& folder, JobContext* job = nullptr);

/// Hash of the files a generator is loaded from, wherever they lie. `folder` as above.
Result<std::string> makehuman_content(const std::filesystem::path& folder, JobContext* job = nullptr);

/// BodyGenerator::load from either.
Result<BodyGenerator> load_body_generator(const std::filesystem::path& folder, JobContext* job = nullptr);

}  // namespace mp4d::human
