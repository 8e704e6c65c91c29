#include "lsp/server/peer.h"

#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <thread>

#include "tests/support/catch.h"

using lsp::server::Peer;

TEST_CASE("however much is sent at once, all of it arrives where the other end reads") {
  std::array<int, 2> ends{};
  REQUIRE(socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()) == 0);
  boost::asio::io_context context;
  std::string gone;
  const auto peer = std::make_shared<Peer>(
      context, ends[0], dup(ends[0]),
      Peer::Handlers{[](auto) {}, [&](const std::string& reason) { gone = reason; },
                     [&] { context.stop(); }});
  // A file of more than most are, then others, as a new daemon is told what is open.
  constexpr size_t largest = size_t{70} << 20, others = size_t{10} << 20;
  std::vector<size_t> sizes;
  std::thread reader([&] {
    lsp::wire::FrameReader frames;
    std::array<char, 1 << 16> buffer;
    while (sizes.size() < 4) {
      const ssize_t size = read(ends[1], buffer.data(), buffer.size());
      if (size <= 0) break;
      frames.push({buffer.data(), static_cast<size_t>(size)});
      while (const auto body = frames.next()) sizes.push_back((*body)->size());
    }
  });
  peer->send(std::string(largest, 'x'));
  peer->send(std::string(others, 'y'));
  peer->send(std::string(others, 'z'));
  peer->send("{}");
  context.run_for(std::chrono::seconds(60));
  CHECK(gone.empty());
  CHECK(peer->all_written());
  peer->close();
  reader.join();
  CHECK(sizes == std::vector<size_t>{largest, others, others, 2});
  close(ends[1]);
}
