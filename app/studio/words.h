#pragma once
#include <QString>
#include <string>
#include <vector>

namespace mp4d {

// What options, phases and chains of joints are called in the window's language; in the library their names are English.

/// "max-frames" -> "Max frames".
QString option_title(const std::string& option);
/// What an option does (OptionSpec::why). The words of other languages are in translations/hints_*.ts.
QString option_hint(const std::string& why);
/// "phase 1" -> "phase 1".
QString phase_title(const std::string& phase);
/// "leg left 2" (chain_name()) -> "leg left 2".
QString chain_title(const std::string& chain);

/// All that are known, in English, for tests.
const std::vector<const char*>& known_option_titles();
const std::vector<const char*>& known_phase_titles();

}  // namespace mp4d
