// Feeds arbitrary bytes to all that reads what a client sends. Nothing may crash or throw; what is
// read must be writable.
#pragma once

#include <string_view>

#include "lsp/wire/frame.h"
#include "lsp/wire/protocol.h"

namespace fuzz {

struct WireFigures {
  int problems = 0;  // malformed frames and messages
  int messages = 0;
  int decoded = 0;  // of them, parameters that some method takes
};

template <typename Params>
bool decodes(const std::string& body) {
  auto parsed = lsp::wire::parse_message(body);
  auto& content = std::get<lsp::wire::Message>(parsed).content;
  if (auto* request = std::get_if<lsp::wire::Request>(&content)) {
    return lsp::wire::decode<Params>(std::move(request->params)).ok();
  }
  if (auto* notification = std::get_if<lsp::wire::Notification>(&content)) {
    return lsp::wire::decode<Params>(std::move(notification->params)).ok();
  }
  lsp::wire::decode_configuration(std::get<lsp::wire::Response>(content).result);
  return false;
}

inline void feed_message(const std::string& body, WireFigures& figures) {
  using namespace lsp::wire;
  auto parsed = parse_message(body);
  if (std::holds_alternative<Malformed>(parsed)) {
    ++figures.problems;
    return;
  }
  ++figures.messages;
  std::visit([](const auto& content) { (void)to_text(content); },
             std::get<Message>(parsed).content);
  figures.decoded += decodes<InitializeParams>(body) || decodes<DidOpenParams>(body) ||
                     decodes<DidChangeParams>(body) || decodes<DidCloseParams>(body) ||
                     decodes<CompletionParams>(body) || decodes<CancelParams>(body) ||
                     decodes<DidChangeConfigurationParams>(body);
}

// The input arrives in pieces whose sizes depend on its first byte.
inline WireFigures feed_wire(std::string_view input) {
  constexpr size_t max_message_bytes = 1 << 16;
  WireFigures figures;
  lsp::wire::FrameReader reader(max_message_bytes);
  const size_t piece = input.empty() ? 1 : 1 + static_cast<uint8_t>(input[0]) % 64;
  while (!input.empty()) {
    const std::string_view bytes = input.substr(0, piece);
    reader.push(bytes);
    input.remove_prefix(bytes.size());
    while (auto body = reader.next()) {
      if (body->ok()) {
        feed_message(**body, figures);
      } else {
        ++figures.problems;
      }
    }
  }
  return figures;
}

}  // namespace fuzz
