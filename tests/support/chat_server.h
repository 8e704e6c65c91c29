// A scripted endpoint (chat_server.py) for tests.
#pragma once

#include <optional>
#include <string>

#include "tests/support/server_process.h"

namespace support {

class ChatServer : public ServerProcess {
 public:
  explicit ChatServer(const std::string& script, const std::optional<Tls>& tls = {})
      : ServerProcess("chat_server.py", script, tls) {}
  std::string url(const std::string& host = "127.0.0.1") const { return address(host) + "/v1"; }
};

}  // namespace support
