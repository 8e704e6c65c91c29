// `lemma daemon --http`: the endpoint over the daemon's engine.
#pragma once

#include <spdlog/logger.h>

#include <memory>
#include <string>

#include "lsp/commands.h"
#include "lsp/engine_model.h"
#include "lsp/http/endpoint.h"

namespace lsp {

// An endpoint that is open, and the note of it that `lemma doctor` reads.
class OpenEndpoint {
 public:
  static base::Result<std::unique_ptr<OpenEndpoint>> open(const EndpointChoice& choice,
                                                          const server::Settings& settings,
                                                          std::shared_ptr<SharedEngine> engine,
                                                          std::shared_ptr<spdlog::logger> log);
  ~OpenEndpoint();

  // For people: where it is, and where the tokens are.
  std::string description() const;

 private:
  std::unique_ptr<http::Endpoint> endpoint_;
  std::string tokens_;
  std::string note_;  // path
};

// For `lemma doctor`.
wire::Check check_endpoint();

}  // namespace lsp
