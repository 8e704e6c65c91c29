// One end of a conversation in framed messages, over two descriptors: reads bodies, queues bodies.
//
// Everything runs on the thread that runs the io_context. Held by shared_ptr, since operations
// under way keep it alive.
#pragma once

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "lsp/wire/frame.h"

namespace lsp::server {

namespace base = engine::base;

class Peer : public std::enable_shared_from_this<Peer> {
 public:
  struct Handlers {
    std::function<void(base::Result<std::string>)> body;  // or what was wrong in place of one
    std::function<void(const std::string& reason)> gone;  // may be called twice
    std::function<void()> written;                        // all that was sent
  };

  // Takes over both descriptors.
  Peer(boost::asio::io_context& context, int in, int out, Handlers handlers);

  void read();  // from now on, until the peer is gone
  // Calls no handler.
  void send(std::string_view body);
  bool all_written() const { return unsent_.empty(); }
  // No body is handled any more, not even one that has arrived.
  void stop_reading() { reading_ = false; }
  // Closes both descriptors; no handler is called any more.
  void close();

 private:
  using Clock = std::chrono::steady_clock;
  void write();
  void gone(const std::string& reason);

  boost::asio::posix::stream_descriptor in_;
  boost::asio::posix::stream_descriptor out_;
  Handlers handlers_;
  wire::FrameReader frames_;
  std::array<char, 1 << 16> buffer_;
  std::deque<std::string> unsent_;
  size_t unsent_bytes_ = 0;
  Clock::time_point taken_;  // when the other end last took any of it
  bool reading_ = true;
  bool closed_ = false;
};

}  // namespace lsp::server
