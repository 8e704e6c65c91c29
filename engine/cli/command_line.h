// The command line of `lemma-engine`, parsed by hand: the engine builds without any library.
#pragma once

#include <istream>
#include <ostream>
#include <string>
#include <vector>

namespace engine::cli {

// Runs one command and returns the exit code: 0, 1 with a message on `errors`, or 2 for wrong
// usage. The messages call the command what its user called it: "lemma model info", or
// "lemma-engine info" where `called_as` is empty.
int run_command_line(const std::vector<std::string>& arguments, std::istream& in, std::ostream& out,
                     std::ostream& errors, const std::string& called_as = "");

}  // namespace engine::cli
