// What the endpoint is told: where it listens, who may ask, and how much.
#pragma once

#include <spdlog/logger.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/session/engine.h"
#include "lsp/features/chat/template.h"

namespace lsp::http {

namespace base = engine::base;

// Who holds a bearer token. The name is for metrics and the log; the secret never appears there.
struct Holder {
  std::string name;
  std::string secret;
};

struct Address {
  std::string host;  // an IP address; IPv6 without brackets
  uint16_t port = 0;
  bool loopback = false;
};

// "127.0.0.1:8012", "[::1]:8012"; port 0 takes any that is free.
base::Result<Address> parse_address(const std::string& text);

// PEM files.
struct Tls {
  std::string certificate;
  std::string key;
};

struct Limits {
  // Of one token:
  int concurrent = 32;     // requests that run or wait
  int per_minute = 1'200;  // requests begun; a tenth of a minute's may come at once
  // Of all together:
  int running = 64;  // in the engine
  int queue = 64;    // that wait for that
  int connections = 256;
  size_t header_bytes = size_t{16} << 10;
  size_t body_bytes = size_t{4} << 20;
  // How long a client may take:
  std::chrono::milliseconds idle{60'000};  // between two requests
  std::chrono::milliseconds header{10'000};
  std::chrono::milliseconds body{30'000};
  std::chrono::milliseconds write{10'000};  // to take what is written to it
};

// Blocks while the model is loaded; called on a thread of the endpoint's own.
using Acquire = std::function<base::Result<std::shared_ptr<engine::session::Engine>>()>;

// A model that can be spoken to.
struct Chat {
  std::string model;  // what it is called
  features::chat::Template::Pointer form;
  Acquire engine;
};

struct Options {
  Address address;
  std::vector<Holder> holders;
  std::optional<Tls> tls;          // needed unless the address is loopback
  std::vector<std::string> hosts;  // names in the Host field besides the address and localhost
  Limits limits;
  std::string model;  // what it is called
  Acquire engine;
  std::optional<Chat> chat;  // nothing: chat is refused
  std::shared_ptr<spdlog::logger> log;
};

}  // namespace lsp::http
