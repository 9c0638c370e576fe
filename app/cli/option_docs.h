#pragma once
#include <string>

namespace mp4d {

/// docs/options.md, made from the option tables of all commands.
std::string option_docs();

}  // namespace mp4d
