// An OpenAI-compatible endpoint (vLLM, SGLang, llama-server, a hosted one): where it is and who we
// are there. What is here comes from the machine's settings alone. A proxy that the environment
// names (https_proxy) is used for https, as a tunnel; never for this machine.
#pragma once

#include <cstdint>
#include <string>

#include "engine/base/result.h"

namespace engine::remote {

using base::Result;

struct Endpoint {
  std::string url;         // of its API: "https://host/v1"; http on the loopback interface alone
  std::string model;       // as the endpoint names it
  std::string token_env;   // the environment variable with the bearer token; empty: none
  std::string token_file;  // the file with it, readable by its owner alone; empty: none
  // How a gap is put to a model by a prompt: "<fim>{prefix}<hole>{suffix}<end>". Empty: the
  // endpoint is given prefix and suffix and does that itself.
  std::string fim;
  uint32_t connect_ms = 10'000;
  uint32_t first_byte_ms = 120'000;  // it may read a long prompt first, or wait for its turn
  uint32_t silence_ms = 60'000;      // between two pieces of an answer
  int attempts = 4;                  // the most for one request (exchange.h says when)
};

// The settings as they are; an error says which is wrong and what to write. Contacts nobody.
base::Status check(const Endpoint& endpoint);

// The bearer token now; empty where the endpoint wants none. It is looked up for each request, so
// that it may change, and goes nowhere but into the header. An error never shows it.
Result<std::string> token_of(const Endpoint& endpoint);

}  // namespace engine::remote
