// What esbuild calls things in a bundle, told by the names that their author wrote.
#pragma once

#include <string>
#include <string_view>

#include "sandbox/languages/records.h"

namespace sandbox::languages {

// `source` is the text that was bundled first. Locals of the bundle alone go.
void name_as_written(std::string_view source, Findings& findings);

}  // namespace sandbox::languages
