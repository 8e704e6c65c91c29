// An attack is a Python program that prints BREACH where it got through and HELD where it did not.
#pragma once

#include <string>
#include <vector>

namespace attacks {

// Whether the same program, outside the sandbox, must get through: otherwise its failure inside
// would prove nothing. `unsafe`: outside it would harm the machine, or needs what it lacks.
enum class Outside { breaches, unsafe };

// How the sandbox answers.
enum class Answer {
  held,       // the program finds itself refused
  killed,     // by the kernel, for the attempt
  timed_out,  // it would never end
  any_end,    // however it ends, it ends in time and without a breach
};

// Bubblewrap's sandbox promises less, and the reduced one less again: sandbox/README.md says what.
enum class On { every_backend, all_but_bubblewrap, all_but_reduced, native_alone };

struct Attack {
  int number;  // of the project's list of attacks; several programs may try one
  std::string name;
  std::string program;
  Outside outside = Outside::breaches;
  Answer answer = Answer::held;
  On on = On::every_backend;
};

const std::vector<Attack>& reaching_out();  // network, files, other processes, the kernel
const std::vector<Attack>& resources();     // memory, processes, time, output

}  // namespace attacks
