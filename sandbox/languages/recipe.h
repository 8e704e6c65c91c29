// How each language's file becomes the steps of a job. Inside this folder only.
#pragma once

#include <string>
#include <vector>

#include "sandbox/languages/language.h"
#include "sandbox/languages/toolchain.h"

namespace sandbox::languages {

inline const std::string work = policy::work_folder;
inline const std::string records_name = ".lemma-records";
inline const std::string compiler_log = ".lemma-compiler";
inline const std::string program_name = ".lemma-program";

// What a recipe starts from and fills in.
struct Recipe {
  const Program& program;
  std::string file;    // inside the sandbox
  std::string folder;  // to start in
  Prepared& prepared;
};

std::vector<std::string> environment();
// The same for a program that writes by C's library, which has its output buffered as asked.
std::vector<std::string> environment(Buffered output);
// How long before the deadline a program is asked where it is.
uint32_t nudge_before_ms(uint32_t deadline_ms);

// An error says what is missing on this machine.
engine::base::Status add_python(const Recipe& recipe);
engine::base::Status add_javascript(const Recipe& recipe);
engine::base::Status add_typescript(const Recipe& recipe);
engine::base::Status add_bash(const Recipe& recipe);
engine::base::Status add_lua(const Recipe& recipe);
engine::base::Status add_c(const Recipe& recipe);
engine::base::Status add_rust(const Recipe& recipe);
engine::base::Status add_go(const Recipe& recipe);
engine::base::Status add_java(const Recipe& recipe);

// The compiled program again, under gdb, for frames and locals of where it stops: at a signal, at
// the function `breakpoint`, or shortly before the deadline. Empty findings where gdb has none.
Findings debug(runner::Runner& runner, const Prepared& prepared, const std::string& compiled,
               const std::string& breakpoint);

}  // namespace sandbox::languages
