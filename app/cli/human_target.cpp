#include "app/cli/human_target.h"
#include "reconstruction/human/human_generate.h"
#include <fmt/ranges.h>

namespace mp4d {

bool is_description(const std::filesystem::path& target) {
  std::error_code error;
  return target.string().find(' ') != std::string::npos && !std::filesystem::exists(target, error);
}

Result<RiggedModel> person_of_words(const std::string& words, std::vector<std::string>& notes, JobContext* job) {
  JobContext own(human::human_phases(), {}, {}, job ? job->cancel_token() : CancelToken());
  human::HumanOrder order;
  order.text = words;
  order.pose = "a-pose";
  MP4D_TRY(person, human::generate_human(order, &own));
  if (person.description.understood.empty())
    return fail(ErrorCode::kUsage,
                "--target '{}': neither a file nor a description of a person ('a tall man in a suit'; docs/human.md lists "
                "the words)",
                words);
  notes.push_back(fmt::format("a person was made: {}", fmt::join(person.description.understood, ", ")));
  if (!person.description.taken_for.empty())
    notes.push_back(fmt::format("taken for known words: {}", fmt::join(person.description.taken_for, ", ")));
  if (!person.description.unknown.empty())
    notes.push_back(fmt::format("not understood: {}", fmt::join(person.description.unknown, ", ")));
  return std::move(person.model);
}

}  // namespace mp4d
