#include "lsp/server/peer.h"

#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>

namespace lsp::server {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

// A peer that lets this much wait, and has taken none of it for so long, has stopped reading. One
// file may be more than that, and so may all that is open, which a new daemon is told at once.
constexpr size_t max_unsent_bytes = size_t{64} << 20;
constexpr std::chrono::seconds patience{30};

}  // namespace

Peer::Peer(asio::io_context& context, int in, int out, Handlers handlers)
    : in_(context, in), out_(context, out), handlers_(std::move(handlers)) {}

void Peer::read() {
  in_.async_read_some(
      asio::buffer(buffer_), [self = shared_from_this()](error_code error, size_t size) {
        if (!self->reading_ || self->closed_) return;
        if (error == asio::error::eof) {
          return self->gone(self->frames_.between_messages() ? "the input ended"
                                                             : "the input ended within a message");
        }
        if (error) return self->gone("reading failed: " + error.message());
        self->frames_.push({self->buffer_.data(), size});
        while (auto body = self->frames_.next()) {
          if (!self->reading_ || self->closed_) return;
          self->handlers_.body(std::move(*body));
        }
        if (!self->closed_) self->read();
      });
}

void Peer::send(std::string_view body) {
  if (closed_) return;
  unsent_.push_back(wire::frame(body));
  unsent_bytes_ += unsent_.back().size();
  if (unsent_.size() == 1) return write();
  if (unsent_bytes_ <= max_unsent_bytes || Clock::now() - taken_ <= patience) return;
  // Not from here: who sends may be telling a whole story.
  asio::post(in_.get_executor(),
             [self = shared_from_this()] { self->gone("the other end has stopped reading"); });
}

void Peer::write() {
  const auto at_each_piece = [this](error_code error, size_t) -> size_t {
    taken_ = Clock::now();
    return error ? 0 : unsent_.front().size();
  };
  asio::async_write(out_, asio::buffer(unsent_.front()), at_each_piece,
                    [self = shared_from_this()](error_code error, size_t) {
                      if (self->closed_) return;
                      if (error) {
                        self->unsent_.clear();
                        self->gone("writing failed: " + error.message());
                        return self->handlers_.written();
                      }
                      self->unsent_bytes_ -= self->unsent_.front().size();
                      self->unsent_.pop_front();
                      if (!self->unsent_.empty()) return self->write();
                      self->handlers_.written();
                    });
}

void Peer::close() {
  closed_ = true;
  error_code ignored;
  in_.close(ignored);
  out_.close(ignored);
}

void Peer::gone(const std::string& reason) {
  if (!closed_) handlers_.gone(reason);
}

}  // namespace lsp::server
