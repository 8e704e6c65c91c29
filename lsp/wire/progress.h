// Work that takes a while, as the client shows it: $/progress.
#pragma once

#include <string>
#include <string_view>

#include "lsp/wire/message.h"
#include "lsp/wire/protocol.h"

namespace lsp::wire {

struct Progress {
  enum class Kind { begin, report, end };
  enum class Cancel { no, yes };
  Kind kind;
  std::string text;  // the title, what it is at, or how it ended
  Cancel cancel = Cancel::no;
};

Notification progress(std::string_view token, const Progress& progress);
// The request to the client that comes first; it answers under `id`.
Request create_progress(int64_t id, std::string_view token);

// What decode() makes of the notification.
struct ProgressParams {
  std::string token;
  bool ends;
};

}  // namespace lsp::wire
