#include "lsp/http/metrics.h"

#include <algorithm>

#include "engine/base/format.h"

namespace lsp::http {
namespace {

using base::concat;

void describe(const std::string& name, const char* type, const std::string& help,
              std::string& text) {
  text += concat("# HELP ", name, ' ', help, "\n# TYPE ", name, ' ', type, '\n');
}

std::string label(std::string_view value) {
  std::string safe;
  for (const char byte : value) {
    if (byte == '"' || byte == '\\') safe += '\\';
    safe += byte;
  }
  return safe;
}

}  // namespace

void Histogram::add(double seconds) {
  const auto bound = std::lower_bound(bounds_s.begin(), bounds_s.end(), seconds);
  ++counts_[static_cast<size_t>(bound - bounds_s.begin())];
  sum_ += seconds;
}

void Histogram::write(const std::string& name, const std::string& help, std::string& text) const {
  describe(name, "histogram", help, text);
  uint64_t total = 0;
  for (size_t i = 0; i < bounds_s.size(); ++i) {
    total += counts_[i];
    text += concat(name, "_bucket{le=\"", bounds_s[i], "\"} ", total, '\n');
  }
  total += counts_.back();
  text += concat(name, "_bucket{le=\"+Inf\"} ", total, '\n');
  text += concat(name, "_sum ", sum_, '\n', name, "_count ", total, '\n');
}

void Metrics::generated(const std::string& holder, const engine::session::Outcome& outcome) {
  Tokens& tokens = tokens_[holder];
  tokens.prompt += static_cast<uint64_t>(outcome.prompt_tokens);
  tokens.cached += static_cast<uint64_t>(outcome.cached_tokens);
  tokens.generated += static_cast<uint64_t>(outcome.generated_tokens);
}

std::string Metrics::text(const Now& now) const {
  std::string text;
  describe("lemma_http_answers_total", "counter", "Answers by route and status.", text);
  for (const auto& [key, count] : answers_) {
    text += concat("lemma_http_answers_total{route=\"", label(key.first), "\",status=\"",
                   key.second, "\"} ", count, '\n');
  }
  const auto add_tokens = [&](const std::string& name, const char* help, uint64_t Tokens::*count) {
    describe(name, "counter", help, text);
    for (const auto& [holder, tokens] : tokens_) {
      text += concat(name, "{holder=\"", label(holder), "\"} ", tokens.*count, '\n');
    }
  };
  add_tokens("lemma_http_prompt_tokens_total", "Tokens of prompts.", &Tokens::prompt);
  add_tokens("lemma_http_cached_tokens_total", "Tokens of prompts that were in the cache.",
             &Tokens::cached);
  add_tokens("lemma_http_generated_tokens_total", "Tokens generated.", &Tokens::generated);
  const auto add_gauge = [&](const std::string& name, const char* help, size_t value) {
    describe(name, "gauge", help, text);
    text += concat(name, ' ', value, '\n');
  };
  add_gauge("lemma_http_connections", "Open connections.", now.connections);
  add_gauge("lemma_http_running", "Requests in the engine.", now.running);
  add_gauge("lemma_http_waiting", "Requests that wait for their turn.", now.waiting);
  request_s.write("lemma_http_request_seconds", "From a header to the end of the answer.", text);
  delivery_s.write("lemma_http_delivery_seconds",
                   "From the engine's callback until its text is written.", text);
  return text;
}

}  // namespace lsp::http
