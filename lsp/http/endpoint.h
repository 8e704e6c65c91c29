// The OpenAI-compatible endpoint: a thread that listens on a port and puts what is asked to the
// process's engine, behind whatever the local user asks.
//
// It serves completions, chat where the model can, llama.cpp's `/infill`, and figures. Nothing that
// it takes is ever run, and no file is read or written for a client.
#pragma once

#include <memory>
#include <string>

#include "lsp/http/options.h"

namespace lsp::http {

class Endpoint {
 public:
  // Listens when it returns. An error says why not: the port is taken, TLS is missing, …
  static base::Result<std::unique_ptr<Endpoint>> start(Options options);
  ~Endpoint();  // ends what runs

  const std::string& url() const;  // "http://127.0.0.1:8012"

 private:
  struct State;
  explicit Endpoint(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

// Whether an endpoint of lemma answers there; an error says what is there instead. Asks without a
// token, for `lemma doctor`. Blocks for two seconds at most.
base::Status probe(const std::string& url);

}  // namespace lsp::http
