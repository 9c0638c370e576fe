#pragma once
#include "core/options.h"
#include <CLI/CLI.hpp>
#include <map>

namespace mp4d {

/// Every row of an option table as a flag of a subcommand. What the user typed is kept as text and put into the
/// options struct by apply(), so that flags can be laid over a job file and errors are the table's own.
class TableFlags {
 public:
  /// `spellings` replaces "--name" for some rows, e.g. {"out", "-o,--out"}. `app` and `table` must live as long.
  TableFlags(CLI::App& app, const OptionTableBase& table, const std::string& group,
             const std::map<std::string, std::string>& spellings = {});
  TableFlags(const TableFlags&) = delete;
  TableFlags& operator=(const TableFlags&) = delete;

  /// Sets the rows that were given on the command line.
  Result<void> apply(void* options) const;

 private:
  struct Row {
    const OptionSpec* spec;
    CLI::Option* option = nullptr;
    std::string text;
  };
  std::vector<Row> rows_;
};

}  // namespace mp4d
