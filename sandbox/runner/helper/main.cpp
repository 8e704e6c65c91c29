// lemma-sandbox: started by lemma with an empty environment and one socket; of no use by hand.
#include <fcntl.h>
#include <sys/auxv.h>
#include <unistd.h>

#include <cstring>

#include "sandbox/runner/helper/keeper.h"
#include "sandbox/runner/protocol.h"

#ifdef __SANITIZE_ADDRESS__
// Leaks are looked for by ptrace, which the sandbox refuses.
extern "C" const char* __asan_default_options() { return "detect_leaks=0"; }
#endif

int main(int argc, char** argv) {
  using namespace sandbox::runner;
  constexpr int wrong_usage = 2;
  // Everything here is safe because it happens with the caller's own privileges.
  if (getauxval(AT_SECURE) != 0) return wrong_usage;
  if (argc != 2 || fcntl(keeper_socket, F_GETFD) < 0) return wrong_usage;
  close_range(keeper_socket + 1, ~0U, 0);
  fcntl(keeper_socket, F_SETFD, FD_CLOEXEC);
  clearenv();
  if (chdir("/") != 0) return 1;
  if (std::strcmp(argv[1], "keep") == 0) return helper::keep();
  if (std::strcmp(argv[1], "inside") == 0) return helper::serve_inside();
  return wrong_usage;
}
