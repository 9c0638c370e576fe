#pragma once
#include "core/image.h"
#include "core/job_context.h"
#include "core/mesh.h"
#include "reconstruction/human/body_generator.h"
#include <filesystem>

namespace mp4d {

/// A standing person from the front.
Image front_picture(const Mesh& mesh);

/// What a model makes of the first `count` people of seed 1, in random poses, quickly (one view): the same people at each checkpoint of a
/// training show how it gets on. A person without a surface, as at the beginning, is left white. Errors as HumanModel::load.
Result<Image> human_sheet(const std::filesystem::path& model, const human::BodyGenerator& generator, int count,
                          JobContext* job = nullptr);

}  // namespace mp4d
