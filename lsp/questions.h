// What debugging and filling in are asked about a file, for the command line and for editors.
#pragma once

#include <string>

#include "lsp/features/debug/subject.h"

namespace lsp {

// About a file, absolute, with that text; `python` is the machine's setting.
features::debug::Question question_of(std::string file, std::string text, std::string python);

// About a file as the command line names it.
engine::base::Result<features::debug::Question> question_about(const std::string& file);

}  // namespace lsp
