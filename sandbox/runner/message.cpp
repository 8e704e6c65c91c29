#include "sandbox/runner/message.h"

#include <sys/socket.h>

#include <cerrno>
#include <cstring>

#include "engine/base/check.h"

namespace sandbox::runner {
namespace {

struct Space {
  alignas(cmsghdr) char bytes[CMSG_SPACE(max_message_descriptors * sizeof(int)) +
                              CMSG_SPACE(sizeof(ucred))] = {};
};

}  // namespace

bool send_message(int socket, std::span<const std::byte> bytes, std::span<const int> descriptors,
                  int flags) {
  INVARIANT(!bytes.empty() && descriptors.size() <= max_message_descriptors);
  iovec part{const_cast<std::byte*>(bytes.data()), bytes.size()};
  Space space;
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  if (!descriptors.empty()) {
    message.msg_control = space.bytes;
    message.msg_controllen = CMSG_SPACE(descriptors.size_bytes());
    cmsghdr* header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(descriptors.size_bytes());
    std::memcpy(CMSG_DATA(header), descriptors.data(), descriptors.size_bytes());
  }
  ssize_t sent = 0;
  do {
    sent = sendmsg(socket, &message, MSG_NOSIGNAL | flags);
  } while (sent < 0 && errno == EINTR);
  return sent == static_cast<ssize_t>(bytes.size());
}

std::optional<Message> receive_message(int socket, std::span<std::byte> buffer, int flags) {
  iovec part{buffer.data(), buffer.size()};
  Space space;
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = space.bytes;
  message.msg_controllen = sizeof space.bytes;
  ssize_t got = 0;
  do {
    got = recvmsg(socket, &message, MSG_CMSG_CLOEXEC | flags);
    // A reset, said once, means that the other side went without reading all that we sent. What it
    // had sent before is still there.
  } while (got < 0 && (errno == EINTR || errno == ECONNRESET));
  if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return std::nullopt;
  Message received;
  received.bytes = got < 0 ? 0 : static_cast<size_t>(got);
  if (got < 0) return received;
  for (cmsghdr* header = CMSG_FIRSTHDR(&message); header != nullptr;
       header = CMSG_NXTHDR(&message, header)) {
    if (header->cmsg_level != SOL_SOCKET) continue;
    if (header->cmsg_type == SCM_CREDENTIALS && header->cmsg_len >= CMSG_LEN(sizeof(ucred))) {
      ucred sender{};
      std::memcpy(&sender, CMSG_DATA(header), sizeof sender);
      received.sender = sender.pid;
    }
    if (header->cmsg_type != SCM_RIGHTS) continue;
    for (size_t at = CMSG_LEN(0); at + sizeof(int) <= header->cmsg_len; at += sizeof(int)) {
      int number = -1;
      std::memcpy(&number, CMSG_DATA(header) + (at - CMSG_LEN(0)), sizeof number);
      received.descriptors.emplace_back(number);
    }
  }
  return received;
}

}  // namespace sandbox::runner
