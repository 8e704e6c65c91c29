// What a program asks of the world around it that no run here has, as its failures tell.
#pragma once

#include <vector>

#include "sandbox/languages/records.h"

namespace sandbox::languages {

enum class Absent {
  nothing,
  input,    // on its standard input, which is empty unless the user names a file
  network,  // but for the sandbox's own loopback
};

// Nothing where there is no failure, or one of them is of another kind: the program may be to blame
// for that.
Absent absent_in(const std::vector<Failure>& failures);

}  // namespace sandbox::languages
