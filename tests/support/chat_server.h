// A scripted endpoint (chat_server.py) for tests.
#pragma once

#include <string>

#include "tests/support/server_process.h"

namespace support {

class ChatServer : public ServerProcess {
 public:
  explicit ChatServer(const std::string& script) : ServerProcess("chat_server.py", script) {}
  std::string url() const { return address() + "/v1"; }
};

}  // namespace support
