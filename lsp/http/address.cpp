#include <boost/asio/ip/address.hpp>
#include <charconv>

#include "engine/base/format.h"
#include "lsp/http/options.h"

namespace lsp::http {

base::Result<Address> parse_address(const std::string& text) {
  const auto wrong = [&] {
    return base::fail("'", text,
                      "' is no ADDRESS:PORT; an IP address and a port are wanted, as in ",
                      "127.0.0.1:8012 or [::1]:8012");
  };
  const size_t colon = text.rfind(':');
  if (colon == std::string::npos) return wrong();
  std::string host = text.substr(0, colon);
  const bool bracketed = host.starts_with('[') && host.ends_with(']');
  if (bracketed) host = host.substr(1, host.size() - 2);
  boost::system::error_code error;
  const auto address = boost::asio::ip::make_address(host, error);
  if (error || address.is_v6() != bracketed) return wrong();
  Address parsed{address.to_string(), 0, address.is_loopback()};
  const char* const end = text.data() + text.size();
  const auto [stop, bad] = std::from_chars(text.data() + colon + 1, end, parsed.port);
  if (bad != std::errc() || stop != end) return wrong();
  return parsed;
}

}  // namespace lsp::http
