// Everything that can wake the server.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>

#include "lsp/server/model.h"

namespace lsp::server {

// A message's body has arrived, or something where a message should be.
struct Arrived {
  base::Result<std::string> body;
};

// The client closed its end, or its process is gone.
struct ClientGone {
  std::string reason;
};

struct ModelLoaded {
  base::Result<std::shared_ptr<Model>> model;
};

// A worker has finished the job that it was given.
struct Completed {
  std::string uri;
  uint64_t job;
  base::Result<std::optional<Answer>> answer;
};

// A worker has prepared for a document's first completion.
struct Prepared {
  std::string uri;
};

// Something to be done on the loop's thread.
struct Posted {
  std::function<void()> job;
};

using Event = std::variant<Arrived, ClientGone, ModelLoaded, Completed, Prepared, Posted>;

}  // namespace lsp::server
