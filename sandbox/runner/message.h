// Datagrams that carry descriptors, between the library and its helper.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "sandbox/runner/unique_descriptor.h"

namespace sandbox::runner {

inline constexpr size_t max_message_descriptors = 8;

// False where the other side is gone, or with MSG_DONTWAIT in `flags` where it does not keep up.
bool send_message(int socket, std::span<const std::byte> bytes, std::span<const int> descriptors,
                  int flags = 0);

struct Message {
  size_t bytes = 0;  // 0: the other side is gone
  std::vector<UniqueDescriptor> descriptors;
  pid_t sender = 0;  // as the kernel says, on a socket with SO_PASSCRED
};
// Nothing where `flags` holds MSG_DONTWAIT and there is no message.
std::optional<Message> receive_message(int socket, std::span<std::byte> buffer, int flags = 0);

}  // namespace sandbox::runner
