// Feeds arbitrary bytes to all that reads what an endpoint's client sends: the HTTP parser with the
// endpoint's limits, the guard, and the bodies of each route. Nothing may crash or throw.
#pragma once

#include <boost/asio/buffer.hpp>
#include <boost/beast/http.hpp>

#include "engine/base/check.h"
#include "lsp/http/question.h"
#include "tests/lsp/http/check.h"

namespace fuzz {

struct HttpFigures {
  int malformed = 0;
  int refused = 0;    // by the guard
  int questions = 0;  // bodies that could be asked
};

inline void feed_body(const std::string& body, HttpFigures& figures) {
  using namespace lsp::http;
  for (const Route route : {Route::completions, Route::chat, Route::infill}) {
    const auto question = read_question(route, body);
    if (!question) {
      INVARIANT(!question.message().empty());
      continue;
    }
    ++figures.questions;
    INVARIANT(engine::decode::check_sampling(question->sampling));
  }
}

inline HttpFigures feed_http(std::string_view input) {
  using namespace lsp::http;
  namespace http = boost::beast::http;
  static const Options options = support::endpoint_options();
  HttpFigures figures;
  http::request_parser<http::string_body> parser;
  parser.eager(true);
  parser.header_limit(16 << 10);
  parser.body_limit(1 << 16);
  boost::system::error_code error;
  // In two pieces, as a network may bring it.
  const size_t cut = input.empty() ? 0 : static_cast<uint8_t>(input[0]) % input.size();
  size_t used = parser.put(boost::asio::buffer(input.data(), cut), error);
  if (error == http::error::need_more) error = {};
  if (!error && !parser.is_done()) {
    parser.put(boost::asio::buffer(input.data() + used, input.size() - used), error);
  }
  if ((error && error != http::error::need_more) || !parser.is_header_done()) {
    ++figures.malformed;
    return figures;
  }
  const auto& request = parser.get();
  const auto text = [](auto value) { return std::string_view(value.data(), value.size()); };
  Header header{text(request.method_string()),
                text(request.target()),
                text(request[http::field::host]),
                std::nullopt,
                text(request[http::field::content_type]),
                text(request[http::field::authorization])};
  if (request.find(http::field::origin) != request.end()) header.origin = "";
  const auto checked = check(header, options, 8012);
  if (std::holds_alternative<Refusal>(checked)) ++figures.refused;
  feed_body(request.body(), figures);
  return figures;
}

}  // namespace fuzz
