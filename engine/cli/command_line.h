// The command line of `lemma-engine`, parsed by hand: the engine builds without any library.
#pragma once

#include <istream>
#include <ostream>
#include <string>
#include <vector>

namespace engine::cli {

// Runs one command and returns the exit code: 0, 1 with a message on `errors`, or 2 for wrong
// usage.
int run_command_line(const std::vector<std::string>& arguments, std::istream& in, std::ostream& out,
                     std::ostream& errors);

}  // namespace engine::cli
