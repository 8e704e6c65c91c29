#include "lsp/server/loop.h"

#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/write.hpp>
#include <deque>
#include <string>

#include "lsp/wire/frame.h"

namespace lsp::server {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

// One for the document being typed in, one for whatever it has just superseded or loads.
constexpr size_t worker_count = 2;
// A client that lets this much wait has stopped reading.
constexpr size_t max_unsent_bytes = size_t{64} << 20;

}  // namespace

class Loop::State {
 public:
  State(int in, int out, std::function<void(Event)> handle);
  ~State();

  void run();
  void finish();
  void send(std::string_view body);
  void work(std::function<Event()> job);
  void watch_process(int64_t process_id);

 private:
  void read();
  void write();
  void stop_if_written();
  void gone(std::string reason);

  asio::io_context context_;
  asio::posix::stream_descriptor in_;
  asio::posix::stream_descriptor out_;
  asio::posix::stream_descriptor client_;  // a pidfd
  asio::steady_timer last_call_;
  std::function<void(Event)> handle_;
  wire::FrameReader frames_;
  std::array<char, 1 << 16> buffer_;
  std::deque<std::string> unsent_;
  size_t unsent_bytes_ = 0;
  bool finishing_ = false;
  asio::thread_pool workers_;
};

Loop::State::State(int in, int out, std::function<void(Event)> handle)
    : in_(context_, in),
      out_(context_, out),
      client_(context_),
      last_call_(context_),
      handle_(std::move(handle)),
      workers_(worker_count) {}

Loop::State::~State() {
  workers_.stop();
  workers_.join();
}

void Loop::State::run() {
  read();
  context_.run();
}

void Loop::State::finish() {
  if (finishing_) return;
  finishing_ = true;
  last_call_.expires_after(std::chrono::seconds(1));
  last_call_.async_wait([this](error_code) { context_.stop(); });
  stop_if_written();
}

void Loop::State::stop_if_written() {
  if (finishing_ && unsent_.empty()) context_.stop();
}

void Loop::State::gone(std::string reason) {
  if (!finishing_) handle_(ClientGone{std::move(reason)});
}

void Loop::State::read() {
  in_.async_read_some(asio::buffer(buffer_), [this](error_code error, size_t size) {
    if (finishing_) return;
    if (error == asio::error::eof) {
      return gone(frames_.between_messages() ? "the input ended"
                                             : "the input ended within a message");
    }
    if (error) return gone("reading failed: " + error.message());
    frames_.push({buffer_.data(), size});
    while (auto body = frames_.next()) {
      if (finishing_) return;
      handle_(Arrived{std::move(*body)});
    }
    read();
  });
}

void Loop::State::send(std::string_view body) {
  unsent_.push_back(wire::frame(body));
  unsent_bytes_ += unsent_.back().size();
  if (unsent_bytes_ > max_unsent_bytes) return gone("the client has stopped reading");
  if (unsent_.size() == 1) write();
}

void Loop::State::write() {
  asio::async_write(out_, asio::buffer(unsent_.front()), [this](error_code error, size_t) {
    if (error) {
      unsent_.clear();
      gone("writing failed: " + error.message());
      return stop_if_written();
    }
    unsent_bytes_ -= unsent_.front().size();
    unsent_.pop_front();
    if (!unsent_.empty()) return write();
    stop_if_written();
  });
}

void Loop::State::work(std::function<Event()> job) {
  asio::post(workers_, [this, job = std::move(job)] {
    auto event = std::make_shared<Event>(job());
    asio::post(context_, [this, event] {
      if (!finishing_) handle_(std::move(*event));
    });
  });
}

void Loop::State::watch_process(int64_t process_id) {
  const auto descriptor = static_cast<int>(syscall(SYS_pidfd_open, process_id, 0));
  // An old kernel, or a client in another container; the end of the input then has to do.
  if (descriptor < 0) return;
  client_.assign(descriptor);
  client_.async_wait(asio::posix::descriptor_base::wait_read, [this](error_code error) {
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
void Loop::watch_process(int64_t process_id) { state_->watch_process(process_id); }

}  // namespace lsp::server
