#include <iostream>
#include <string>
#include <vector>

#include "engine/cli/command_line.h"

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  return engine::cli::run_command_line(arguments, std::cin, std::cout, std::cerr);
}
