#include "lsp/server/loop.h"

#include <sys/syscall.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <string>
#include <utility>

#include "lsp/server/peer.h"

namespace lsp::server {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

// One for the document being typed in, one for whatever it has just superseded or loads. And one
// each that debugs, solves, runs for values, and waits for an answer.
constexpr size_t worker_count = 6;

// Closes what nobody has taken over.
class Descriptor {
 public:
  explicit Descriptor(int value) : value_(value) {}
  ~Descriptor() {
    if (value_ >= 0) close(value_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int take() { return std::exchange(value_, -1); }

 private:
  int value_;
};

}  // namespace

class Loop::State {
 public:
  State(int in, int out, std::function<void(Event)> handle);
  ~State();

  void run();
  void finish();
  void send(std::string_view body) { client_->send(body); }
  void work(std::function<Event()> job);
  void post(Event event);
  void watch_process(int64_t process_id);

 private:
  void stop_if_written();
  void gone(std::string reason);

  Descriptor in_, out_;  // until the client has them
  asio::io_context context_;
  std::shared_ptr<Peer> client_;
  asio::posix::stream_descriptor client_process_;  // a pidfd
  asio::steady_timer last_call_;
  std::function<void(Event)> handle_;
  bool finishing_ = false;
  asio::thread_pool workers_;
};

Loop::State::State(int in, int out, std::function<void(Event)> handle)
    : in_(in),
      out_(out),
      client_(std::make_shared<Peer>(
          context_, in_.take(), out_.take(),
          Peer::Handlers{[this](auto body) { handle_(Arrived{std::move(body)}); },
                         [this](const std::string& reason) { gone(reason); },
                         [this] { stop_if_written(); }})),
      client_process_(context_),
      last_call_(context_),
      handle_(std::move(handle)),
      workers_(worker_count) {}

Loop::State::~State() {
  workers_.stop();
  workers_.join();
  client_->close();
}

void Loop::State::run() {
  client_->read();
  context_.run();
}

void Loop::State::finish() {
  if (finishing_) return;
  finishing_ = true;
  client_->stop_reading();
  last_call_.expires_after(std::chrono::seconds(1));
  last_call_.async_wait([this](error_code) { context_.stop(); });
  stop_if_written();
}

void Loop::State::stop_if_written() {
  if (finishing_ && client_->all_written()) context_.stop();
}

void Loop::State::gone(std::string reason) {
  if (!finishing_) handle_(ClientGone{std::move(reason)});
}

void Loop::State::work(std::function<Event()> job) {
  asio::post(workers_, [this, job = std::move(job)] { post(job()); });
}

void Loop::State::post(Event event) {
  asio::post(context_, [this, event = std::make_shared<Event>(std::move(event))] {
    if (!finishing_) handle_(std::move(*event));
  });
}

void Loop::State::watch_process(int64_t process_id) {
  const auto descriptor = static_cast<int>(syscall(SYS_pidfd_open, process_id, 0));
  // An old kernel, or a client in another container; the end of the input then has to do.
  if (descriptor < 0) return;
  client_process_.assign(descriptor);
  client_process_.async_wait(asio::posix::descriptor_base::wait_read, [this](error_code error) {
    if (!error) gone("the client's process has ended");
  });
}

Loop::Loop(int in, int out, std::function<void(Event)> handle)
    : state_(std::make_unique<State>(in, out, std::move(handle))) {}
Loop::~Loop() = default;

void Loop::run() { state_->run(); }
void Loop::finish() { state_->finish(); }
void Loop::send(std::string_view body) { state_->send(body); }
void Loop::work(std::function<Event()> job) { state_->work(std::move(job)); }
void Loop::post(Event event) { state_->post(std::move(event)); }
void Loop::watch_process(int64_t process_id) { state_->watch_process(process_id); }

}  // namespace lsp::server
