// What `lemma lsp` becomes once it has reached the daemon.
#include <unistd.h>

#include <charconv>
#include <iostream>
#include <optional>
#include <string_view>

#include "lsp/daemon/bridge.h"
#include "lsp/daemon/connect.h"

namespace {

// In the daemon's place, where none comes up.
constexpr int most_servers = 3;

std::optional<int> descriptor(std::string_view text) {
  int value = -1;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < 0) return std::nullopt;
  return value;
}

}  // namespace

// lemma-bridge OUT SOCKET PLACE PROGRAM VARIABLE [OPTION...], as become_bridge says it: three of
// them are descriptors, and PLACE is where the socket of another daemon will be.
int main(int count, char** words) {
  const auto out = count < 6 ? std::nullopt : descriptor(words[1]);
  const auto socket = out ? descriptor(words[2]) : std::nullopt;
  const auto program = socket ? descriptor(words[4]) : std::nullopt;
  if (!program) {
    std::cerr << "lemma-bridge is a part of `lemma lsp`; start that\n";
    return 2;
  }
  const lsp::daemon::Place place{.socket = words[3], .lock = {}};
  // Whoever is started there has closed all descriptors by then.
  const std::string path = "/proc/" + std::to_string(getpid()) + "/fd/" + std::to_string(*program);
  const lsp::daemon::Launch launch{path, {words + 6, words + count}, words[5]};
  int servers = 0;
  return lsp::daemon::run_bridge(STDIN_FILENO, *out, *socket, [&] {
    auto daemon = lsp::daemon::connect_or_start(place, launch);
    if (daemon || ++servers > most_servers) return daemon;
    return lsp::daemon::start_server(launch);
  });
}
