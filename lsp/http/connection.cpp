// A connection is a coroutine. It goes through
//   header → guard → admission → body → workers (JSON, tokens) → turn → engine → answer
// and each arrow may end in a refusal. The engine's text comes over a Course; while none comes, the
// coroutine looks now and then whether the client is still there: who hangs up stops the engine.
#include "lsp/http/connection.h"

#include <poll.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <charconv>
#include <sstream>

#include "engine/base/format.h"
#include "lsp/http/course.h"
#include "lsp/http/prompt.h"
#include "lsp/http/reply.h"
#include "lsp/http/stream.h"

namespace lsp::http {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
using Field = beast::http::field;
using Parser = beast::http::request_parser<beast::http::string_body>;
using Clock = std::chrono::steady_clock;
using engine::session::EndReason;

constexpr auto as_tuple = asio::as_tuple(asio::use_awaitable);
constexpr size_t most_read = 65'536;  // at once
constexpr std::chrono::milliseconds look_every{100};
// For a client to read a refusal before the rest of what it sent is thrown away.
constexpr std::chrono::milliseconds drain_time{1'000};
constexpr size_t most_drained = size_t{16} << 20;

// What the workers make of a body.
struct Work {
  std::optional<Refusal> refusal;
  std::shared_ptr<engine::session::Engine> engine;
  Question question;
  Prepared prepared;
};

Work refused(Refusal refusal) {
  Work work;
  work.refusal = std::move(refusal);
  return work;
}

Work do_work(const Options& options, Route route, const std::string& body) {
  const Chat* chat = route == Route::chat && options.chat ? &*options.chat : nullptr;
  if (route == Route::chat && chat == nullptr) {
    return refused(
        {400, "model_not_instruct",
         base::concat("'", options.model, "' completes text and declares no `instruct`: ",
                      "it cannot chat; ask /v1/completions or /infill")});
  }
  auto engine = chat != nullptr ? chat->engine() : options.engine();
  if (!engine) return refused({503, "model_not_loaded", engine.message()});
  auto question = read_question(route, body);
  if (!question) return refused({400, "invalid_request", question.message()});
  auto prepared = prepare(*question, **engine, chat);
  if (!prepared) return refused({400, "invalid_request", prepared.message()});
  return {std::nullopt, std::move(*engine), std::move(*question), std::move(*prepared)};
}

asio::awaitable<Work> work_there(const Options& options, Route route, const std::string& body) {
  co_return do_work(options, route, body);
}

// The engine's thread may still hold it when the coroutine that it wakes has ended.
using Timer = std::shared_ptr<asio::steady_timer>;

// Whatever ends the coroutine, the engine works for it no longer, and does not wake it.
struct Departure {
  std::shared_ptr<Course> course;
  std::stop_source stop;
  ~Departure() {
    stop.request_stop();
    course->detach();
  }
};

// The head of an answer.
struct Head {
  unsigned status;
  const char* type;
  std::optional<size_t> length;  // of the body; nothing: the client learns its end otherwise
  int retry_after_s = 0;
};

class Connection {
 public:
  Connection(Shared& shared, std::unique_ptr<Stream> stream)
      : shared_(shared), limits_(shared.options.limits), stream_(std::move(stream)) {}

  asio::awaitable<void> run();
  void close() { tcp().socket().close(ignored_); }

 private:
  // What is being answered.
  struct Exchange {
    Clock::time_point began = Clock::now();
    std::string_view route = "none";
    unsigned version = 11;
    bool keep_alive = false;
    bool body_unread = false;
  };

  enum class Until { header, end };

  beast::tcp_stream& tcp() { return stream_->tcp(); }
  bool client_is_there();

  asio::awaitable<error_code> read(Parser& parser, Until until);
  asio::awaitable<bool> answer_one(std::chrono::milliseconds patience);
  asio::awaitable<bool> answer(Exchange& exchange, Parser& parser, Admitted admitted);
  asio::awaitable<bool> read_body(Parser& parser);
  asio::awaitable<bool> ask(Exchange& exchange, Parser& parser, Admitted admitted);
  asio::awaitable<bool> wait_for_turn(asio::steady_timer& timer, const Admission::Place& place);
  asio::awaitable<bool> generate(Exchange& exchange, Work work, size_t holder, Timer timer);
  asio::awaitable<bool> write_whole(Exchange& exchange, Course& course, Replies& replies,
                                    size_t holder, asio::steady_timer& timer);
  asio::awaitable<bool> write_stream(Exchange& exchange, Course& course, Replies& replies,
                                     size_t holder, asio::steady_timer& timer);
  asio::awaitable<std::optional<Course::News>> next_news(Course& course, asio::steady_timer& timer);
  static std::string head_text(const Exchange& exchange, const Head& head);
  asio::awaitable<bool> begin_stream(const Exchange& exchange);
  asio::awaitable<bool> write_events(const Exchange& exchange,
                                     const std::vector<std::string>& events);
  asio::awaitable<bool> write_bytes(std::string bytes);
  asio::awaitable<bool> refuse(Exchange& exchange, Refusal refusal);
  asio::awaitable<bool> write(Exchange& exchange, unsigned status, const char* type,
                              std::string body, int retry_after_s = 0);
  void count(const Exchange& exchange, unsigned status);

  Shared& shared_;
  const Limits& limits_;
  std::unique_ptr<Stream> stream_;
  beast::flat_buffer buffer_;
  Clock::time_point looked_{};  // whether the client is there
  error_code ignored_;
};

bool Connection::client_is_there() {
  pollfd polled{tcp().socket().native_handle(), POLLRDHUP, 0};
  return tcp().socket().is_open() && poll(&polled, 1, 0) == 0;
}

asio::awaitable<void> Connection::run() {
  tcp().expires_after(limits_.header);
  const error_code error = co_await stream_->begin();
  if (error) co_return;
  auto patience = limits_.header;
  while (!shared_.stopping) {
    const bool goes_on = co_await answer_one(patience);
    if (!goes_on) break;
    patience = limits_.idle;
  }
  tcp().expires_after(drain_time);
  co_await stream_->end();
}

// What a parser has not taken stays in the buffer, for the next request.
asio::awaitable<error_code> Connection::read(Parser& parser, Until until) {
  parser.eager(until == Until::end);
  const auto done = [&] {
    return until == Until::header ? parser.is_header_done() : parser.is_done();
  };
  error_code error;
  while (!done()) {
    if (buffer_.size() > 0) {
      buffer_.consume(parser.put(buffer_.data(), error));
      if (!error) continue;
      if (error != beast::http::error::need_more) co_return error;
    }
    const Stream::Read read = co_await stream_->read(buffer_.prepare(most_read));
    if (read.error == asio::error::eof) {
      if (!parser.got_some()) co_return beast::http::error::end_of_stream;
      parser.put_eof(error);
      co_return error;
    }
    if (read.error) co_return read.error;
    buffer_.commit(read.bytes);
  }
  co_return error_code();
}

// False where the connection ends after it.
asio::awaitable<bool> Connection::answer_one(std::chrono::milliseconds patience) {
  Parser parser;
  parser.header_limit(static_cast<uint32_t>(limits_.header_bytes));
  parser.body_limit(limits_.body_bytes);
  tcp().expires_after(patience);
  const error_code error = co_await read(parser, Until::header);
  Exchange exchange;
  if (error) {
    namespace http = beast::http;
    exchange.body_unread = true;
    Refusal refusal{400, "bad_request", "this is no HTTP request: " + error.message()};
    if (error == http::error::header_limit) {
      refusal = {431, "header_too_large", "the header is too large"};
    } else if (error == http::error::body_limit) {
      refusal = {413, "body_too_large",
                 base::concat("a body may have ", limits_.body_bytes, " bytes")};
    } else if (error.category() != make_error_code(http::error::bad_method).category() ||
               error == http::error::end_of_stream || error == http::error::partial_message) {
      co_return false;  // the client has gone, or took too long
    }
    co_return co_await refuse(exchange, std::move(refusal));
  }
  const auto& request = parser.get();
  exchange.version = request.version();
  exchange.keep_alive = request.keep_alive();
  exchange.body_unread = !parser.is_done();
  const auto text = [](beast::string_view value) {
    return std::string_view(value.data(), value.size());
  };
  Header header{text(request.method_string()),      text(request.target()),
                text(request[Field::host]),         std::nullopt,
                text(request[Field::content_type]), text(request[Field::authorization])};
  if (const auto origin = request.find(Field::origin); origin != request.end()) {
    header.origin = text(origin->value());
  }
  auto checked = check(header, shared_.options, shared_.port);
  if (auto* refusal = std::get_if<Refusal>(&checked)) {
    co_return co_await refuse(exchange, std::move(*refusal));
  }
  co_return co_await answer(exchange, parser, std::get<Admitted>(checked));
}

asio::awaitable<bool> Connection::answer(Exchange& exchange, Parser& parser, Admitted admitted) {
  exchange.route = name_of(admitted.route);
  if (asks_the_model(admitted.route)) co_return co_await ask(exchange, parser, admitted);
  if (admitted.route == Route::health) {
    co_return co_await write(exchange, 200, "application/json", health_text());
  }
  if (admitted.route == Route::models) {
    std::vector<std::string> names{shared_.options.model};
    const auto& chat = shared_.options.chat;
    if (chat && chat->model != names[0]) names.push_back(chat->model);
    std::string models = models_text(names);
    co_return co_await write(exchange, 200, "application/json", std::move(models));
  }
  const Metrics::Now now{shared_.closers.size(), shared_.admission.running(),
                         shared_.admission.waiting()};
  std::string text = shared_.metrics.text(now);
  co_return co_await write(exchange, 200, "text/plain; version=0.0.4", std::move(text));
}

asio::awaitable<bool> Connection::read_body(Parser& parser) {
  tcp().expires_after(limits_.body);
  if (parser.get()[Field::expect] == "100-continue") {
    const bool told = co_await write_bytes("HTTP/1.1 100 Continue\r\n\r\n");
    if (!told) co_return false;
    tcp().expires_after(limits_.body);
  }
  const error_code error = co_await read(parser, Until::end);
  co_return !error;
}

asio::awaitable<bool> Connection::ask(Exchange& exchange, Parser& parser, Admitted admitted) {
  const auto timer = std::make_shared<asio::steady_timer>(tcp().get_executor());
  std::function<void()> on_turn = [timer] { timer->cancel(); };
  auto entry = shared_.admission.enter(admitted.holder, Clock::now(), std::move(on_turn));
  if (auto* refusal = std::get_if<Refusal>(&entry)) {
    co_return co_await refuse(exchange, std::move(*refusal));
  }
  const Admission::Place place = std::move(std::get<Admission::Place>(entry));
  const bool read = co_await read_body(parser);
  if (!read) {
    Refusal refusal{413, "body_too_large",
                    base::concat("the body took longer than ", limits_.body.count(),
                                 " ms or has more than ", limits_.body_bytes, " bytes")};
    co_return co_await refuse(exchange, std::move(refusal));
  }
  exchange.body_unread = false;
  const bool turn = co_await wait_for_turn(*timer, place);
  if (!turn) co_return false;
  const std::string body = std::move(parser.get().body());
  Work work = co_await asio::co_spawn(
      shared_.workers, work_there(shared_.options, admitted.route, body), asio::use_awaitable);
  if (work.refusal) co_return co_await refuse(exchange, std::move(*work.refusal));
  co_return co_await generate(exchange, std::move(work), admitted.holder, timer);
}

asio::awaitable<bool> Connection::wait_for_turn(asio::steady_timer& timer,
                                                const Admission::Place& place) {
  tcp().expires_never();
  while (!place.runs()) {
    timer.expires_after(look_every);
    co_await timer.async_wait(as_tuple);
    if (shared_.stopping || !client_is_there()) co_return false;
  }
  co_return true;
}

asio::awaitable<bool> Connection::generate(Exchange& exchange, Work work, size_t holder,
                                           Timer timer) {
  const Question& question = work.question;
  engine::session::Request& request = work.prepared.request;
  request.priority = engine::session::Priority::interactive;
  request.partition = holder + 1;
  const Options& options = shared_.options;
  const Chat* chat = question.route == Route::chat ? &*options.chat : nullptr;
  Replies replies(question, chat ? chat->model : options.model,
                  work.prepared.truncated ? Truncated::yes : Truncated::no,
                  chat ? chat->form->opening() : "");
  const auto course = std::make_shared<Course>(
      TextFilter(request.typed.size(), {question.indentation, question.time}, Clock::now()),
      [executor = tcp().get_executor(), timer] {
        asio::post(executor, [timer] { timer->cancel(); });
      });
  const Departure departure{course, {}};
  work.engine->submit(
      std::move(request), departure.stop.get_token(),
      [course](const engine::session::Piece& piece) { return course->take(piece); },
      [course](const engine::session::Outcome& outcome) { course->end(outcome); });
  if (question.stream) {
    co_return co_await write_stream(exchange, *course, replies, holder, *timer);
  }
  co_return co_await write_whole(exchange, *course, replies, holder, *timer);
}

// Nothing where the client or the endpoint has gone; both are looked after even while news comes.
asio::awaitable<std::optional<Course::News>> Connection::next_news(Course& course,
                                                                   asio::steady_timer& timer) {
  for (;;) {
    if (Clock::now() - looked_ > look_every) {
      looked_ = Clock::now();
      if (shared_.stopping || !client_is_there()) co_return std::nullopt;
    }
    if (auto news = course.news()) co_return news;
    timer.expires_after(look_every);
    co_await timer.async_wait(as_tuple);
  }
}

asio::awaitable<bool> Connection::write_whole(Exchange& exchange, Course& course, Replies& replies,
                                              size_t holder, asio::steady_timer& timer) {
  std::string text;
  for (;;) {
    const auto news = co_await next_news(course, timer);
    if (!news) co_return false;
    text += news->text;
    if (!news->outcome) continue;
    shared_.metrics.generated(shared_.options.holders[holder].name, *news->outcome);
    if (news->outcome->reason == EndReason::error) {
      Refusal refusal{500, "engine_failed", news->outcome->error};
      co_return co_await refuse(exchange, std::move(refusal));
    }
    std::string answer = replies.whole(text, *news->outcome);
    const bool goes_on = co_await write(exchange, 200, "application/json", std::move(answer));
    shared_.metrics.delivery_s.add(
        std::chrono::duration<double>(Clock::now() - news->since).count());
    co_return goes_on;
  }
}

asio::awaitable<bool> Connection::write_stream(Exchange& exchange, Course& course, Replies& replies,
                                               size_t holder, asio::steady_timer& timer) {
  bool alive = co_await begin_stream(exchange);
  const std::vector<std::string> begin = replies.begin();
  alive = alive && co_await write_events(exchange, begin);
  tcp().expires_never();
  while (alive) {
    const auto news = co_await next_news(course, timer);
    if (!news) co_return false;
    if (!news->text.empty()) {
      const std::vector<std::string> pieces = replies.pieces(news->text);
      alive = co_await write_events(exchange, pieces);
      shared_.metrics.delivery_s.add(
          std::chrono::duration<double>(Clock::now() - news->since).count());
    }
    if (!news->outcome) continue;
    shared_.metrics.generated(shared_.options.holders[holder].name, *news->outcome);
    const std::vector<std::string> end = replies.end(*news->outcome);
    alive = alive && co_await write_events(exchange, end);
    if (alive && exchange.version >= 11) alive = co_await write_bytes("0\r\n\r\n");
    count(exchange, 200);
    co_return (alive && exchange.keep_alive && exchange.version >= 11);
  }
  co_return false;
}

asio::awaitable<bool> Connection::begin_stream(const Exchange& exchange) {
  return write_bytes(head_text(exchange, {200, "text/event-stream", std::nullopt}));
}

// All in one chunk, and mostly in one write.
asio::awaitable<bool> Connection::write_events(const Exchange& exchange,
                                               const std::vector<std::string>& events) {
  std::string chunk = events_text(events);
  if (chunk.empty()) co_return true;  // a chunk without bytes would be the last
  if (exchange.version >= 11) {
    char size[16];
    const auto [end, error] = std::to_chars(size, size + sizeof size, chunk.size(), 16);
    chunk.insert(0, std::string(size, end) + "\r\n");
    chunk += "\r\n";
  }
  co_return co_await write_bytes(std::move(chunk));
}

asio::awaitable<bool> Connection::write_bytes(std::string bytes) {
  const error_code error = co_await stream_->write(asio::buffer(bytes), limits_.write);
  co_return !error;
}

asio::awaitable<bool> Connection::refuse(Exchange& exchange, Refusal refusal) {
  std::string body = refusal_text(refusal);
  co_return co_await write(exchange, refusal.status, "application/json", std::move(body),
                           refusal.retry_after_s);
}

// Without a length the end of a body shows in its chunks, or to older clients in the connection's.
std::string Connection::head_text(const Exchange& exchange, const Head& head) {
  const bool chunked = !head.length && exchange.version >= 11;
  beast::http::response<beast::http::empty_body> response{beast::http::int_to_status(head.status),
                                                          exchange.version};
  response.set(Field::content_type, head.type);
  response.set(Field::cache_control, "no-store");
  if (head.status == 401) response.set(Field::www_authenticate, "Bearer realm=\"lemma\"");
  if (head.retry_after_s > 0) {
    response.set(Field::retry_after, std::to_string(head.retry_after_s));
  }
  response.keep_alive(exchange.keep_alive && (head.length || chunked));
  response.chunked(chunked);
  if (head.length) response.content_length(*head.length);
  std::ostringstream text;
  text << response.base();
  return text.str();
}

asio::awaitable<bool> Connection::write(Exchange& exchange, unsigned status, const char* type,
                                        std::string body, int retry_after_s) {
  // What was not read would be taken for the next request.
  if (exchange.body_unread) exchange.keep_alive = false;
  const Head head{status, type, body.size(), retry_after_s};
  const bool written = co_await write_bytes(head_text(exchange, head) + body);
  count(exchange, status);
  if (exchange.body_unread) co_await stream_->drain(drain_time, most_drained);
  co_return (written && exchange.keep_alive);
}

void Connection::count(const Exchange& exchange, unsigned status) {
  shared_.metrics.answered(exchange.route, status);
  const std::chrono::duration<double> took = Clock::now() - exchange.began;
  shared_.metrics.request_s.add(took.count());
}

}  // namespace

asio::awaitable<void> serve(Shared& shared, asio::ip::tcp::socket socket) {
  error_code ignored;
  socket.set_option(asio::ip::tcp::no_delay(true), ignored);
  socket.non_blocking(true, ignored);
  Connection connection(shared,
                        stream_over(std::move(socket), shared.tls ? &*shared.tls : nullptr));
  const auto closer = shared.closers.insert(shared.closers.end(), [&] { connection.close(); });
  try {
    co_await connection.run();
  } catch (const std::exception& error) {  // of a library; this connection alone ends
    shared.options.log->error("a connection of the endpoint: {}", error.what());
  }
  shared.closers.erase(closer);
}

}  // namespace lsp::http
