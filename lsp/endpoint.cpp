#include "lsp/endpoint.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "engine/base/format.h"
#include "lsp/daemon/place.h"
#include "lsp/http/tokens.h"

namespace lsp {
namespace {

namespace fs = std::filesystem;
using base::concat;

constexpr const char* variable = "LEMMA_HTTP_TOKEN";

std::string tokens_path() {
  return (fs::path(server::config_path()).parent_path() / "http-tokens").string();
}

// In a folder that is the user's alone.
base::Result<std::string> note_path() {
  const auto place = daemon::find_place("");
  if (!place) return place.error();
  return (fs::path(place->socket).parent_path() / "endpoint").string();
}

std::string noted_url(const std::string& note) {
  std::string url;
  std::ifstream file(note);
  std::getline(file >> std::ws, url);
  return url;
}

// The environment's token is read once: nothing that the daemon starts is to find it there.
base::Result<std::vector<http::Holder>> find_holders(std::string& where) {
  if (const char* secret = std::getenv(variable)) {
    where = concat("in ", variable);
    auto holders = http::token_of_environment(secret);
    unsetenv(variable);
    return holders;
  }
  if (server::config_path().empty()) {
    return base::fail("neither HOME nor XDG_CONFIG_HOME says where tokens are kept; set ",
                      variable);
  }
  where = concat("in ", tokens_path());
  return http::read_or_make_tokens(tokens_path());
}

std::string name_of_model(const std::string& path) { return fs::path(path).stem().string(); }

// The model of [chat], else the one that completes, where its file says how it is spoken to.
std::optional<http::Chat> find_chat(const server::Settings& settings,
                                    const std::shared_ptr<SharedEngine>& engine) {
  const bool own = !settings.chat_model.empty();
  const std::string& path = own ? settings.chat_model : settings.model;
  auto form = features::chat::template_of_model(path);
  if (!form) return std::nullopt;
  return http::Chat{name_of_model(path), *std::move(form), [engine, own] {
                      return own ? engine->acquire_chat() : engine->acquire_engine();
                    }};
}

}  // namespace

base::Result<std::unique_ptr<OpenEndpoint>> OpenEndpoint::open(
    const EndpointChoice& choice, const server::Settings& settings,
    std::shared_ptr<SharedEngine> engine, std::shared_ptr<spdlog::logger> log) {
  auto address = http::parse_address(*choice.address);
  if (!address) return address.error();
  if (choice.certificate.empty() != choice.key.empty()) {
    return base::fail("TLS takes both --http-certificate and --http-key");
  }
  auto open = std::make_unique<OpenEndpoint>();
  auto holders = find_holders(open->tokens_);
  if (!holders) return holders.error();
  http::Options options{.address = *address,
                        .holders = std::move(*holders),
                        .hosts = settings.http.hosts,
                        .model = name_of_model(settings.model),
                        .engine = [engine] { return engine->acquire_engine(); },
                        .chat = find_chat(settings, engine),
                        .log = std::move(log)};
  if (!choice.certificate.empty()) options.tls = http::Tls{choice.certificate, choice.key};
  options.limits.concurrent = settings.http.concurrent;
  options.limits.per_minute = settings.http.per_minute;
  options.limits.queue = settings.http.queue;
  auto endpoint = http::Endpoint::start(std::move(options));
  if (!endpoint) return endpoint.error();
  open->endpoint_ = std::move(*endpoint);
  if (const auto note = note_path()) {
    open->note_ = *note;
    std::ofstream(*note) << open->endpoint_->url();
  }
  return open;
}

// The note of a daemon that has opened one since stays.
OpenEndpoint::~OpenEndpoint() {
  std::error_code ignored;
  if (!note_.empty() && noted_url(note_) == endpoint_->url()) fs::remove(note_, ignored);
}

std::string OpenEndpoint::description() const {
  return concat("serving ", endpoint_->url(), "/v1; bearer tokens are ", tokens_);
}

wire::Check check_endpoint() {
  using State = wire::Check::State;
  const auto note = note_path();
  const std::string url = note ? noted_url(*note) : "";
  if (url.empty()) {
    return {"endpoint", State::works, "closed; `lemma daemon --http 127.0.0.1:8012` opens one", ""};
  }
  const auto answers = http::probe(url);
  if (answers) return {"endpoint", State::works, concat(url, " answers"), ""};
  return {"endpoint", State::fault, concat(url, ": ", answers.message()),
          "start `lemma daemon --http ADDRESS:PORT` again, or remove " + *note};
}

}  // namespace lsp
