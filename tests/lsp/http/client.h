// A client that writes what it is told to a real socket, and reads what comes.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <charconv>
#include <optional>
#include <string>
#include <string_view>

#include "engine/base/format.h"
#include "tests/lsp/http/check.h"

namespace support {

class Client {
 public:
  // `url` is an endpoint's, on 127.0.0.1. With `room` the receive buffer is that small.
  explicit Client(const std::string& url, int room = 0) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const size_t colon = url.rfind(':');
    uint16_t port = 0;
    std::from_chars(url.data() + colon + 1, url.data() + url.size(), port);
    address.sin_port = htons(port);
    socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const timeval patience{20, 0};
    setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    if (room > 0) setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &room, sizeof room);
    const int on = 1;
    setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    connected_ = connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;
  ~Client() { close(socket_); }

  bool connected() const { return connected_; }

  void write(std::string_view text) {
    while (!text.empty()) {
      const ssize_t sent = send(socket_, text.data(), text.size(), MSG_NOSIGNAL);
      if (sent <= 0) return;
      text.remove_prefix(static_cast<size_t>(sent));
    }
  }

  void post(const std::string& path, const std::string& body, const char* token = secret,
            const std::string& fields = "") {
    write(engine::base::concat("POST ", path, " HTTP/1.1\r\nHost: localhost\r\nAuthorization: ",
                               "Bearer ", token, "\r\nContent-Type: application/json\r\n", fields,
                               "Content-Length: ", body.size(), "\r\n\r\n", body));
  }

  void get(const std::string& path) {
    write(engine::base::concat("GET ", path, " HTTP/1.1\r\nHost: localhost\r\nAuthorization: ",
                               "Bearer ", secret, "\r\n\r\n"));
  }

  // What has come and not been taken, up to the end of `text`; all of it where the other side
  // closes or nothing comes for long.
  std::string read_to(std::string_view text) {
    for (;;) {
      if (auto taken = take_to(text)) return *taken;
      if (!receive()) return std::exchange(read_, "");
    }
  }

  // The same without waiting: nothing where `text` has not come.
  std::optional<std::string> take_to(std::string_view text) {
    const size_t at = read_.find(text);
    if (at == std::string::npos) return std::nullopt;
    std::string taken = read_.substr(0, at + text.size());
    read_.erase(0, taken.size());
    return taken;
  }

  // Waits for bytes; false where none come any more.
  bool receive() {
    char bytes[65536];
    const ssize_t count = recv(socket_, bytes, sizeof bytes, 0);
    if (count > 0) read_.append(bytes, static_cast<size_t>(count));
    return count > 0;
  }

  int socket() const { return socket_; }

  struct Answer {
    int status = 0;  // 0: none came
    std::string header;
    std::string body;
  };

  // One answer that is not streamed.
  Answer answer() {
    Answer answer;
    answer.header = read_to("\r\n\r\n");
    if (answer.header.size() < 12) return answer;
    std::from_chars(answer.header.data() + 9, answer.header.data() + 12, answer.status);
    constexpr std::string_view field = "Content-Length: ";
    const size_t at = answer.header.find(field);
    size_t length = 0;
    if (at != std::string::npos) {
      std::from_chars(answer.header.data() + at + field.size(),
                      answer.header.data() + answer.header.size(), length);
    }
    while (read_.size() < length && receive()) {
    }
    answer.body = read_.substr(0, length);
    read_.erase(0, answer.body.size());
    return answer;
  }

 private:
  int socket_ = -1;
  bool connected_ = false;
  std::string read_;
};

}  // namespace support
