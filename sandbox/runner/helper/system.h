// Small wrappers over system calls for the helper program. It has one thread and no library of
// ours besides the protocol.
#pragma once

#include <sys/types.h>

#include <cerrno>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sandbox/runner/protocol.h"
#include "sandbox/runner/unique_descriptor.h"

namespace sandbox::runner::helper {

// They name all keys of the user, those of other sessions included, though none can be read. A
// kernel without keys has none of them.
inline constexpr const char* key_files[] = {"/proc/keys", "/proc/key-users"};

using Descriptor = UniqueDescriptor;

// What could not be done, and errno.
struct Failure {
  std::string what;
  int error;
  Fault fault = Fault::machine;
};
using MaybeFailure = std::optional<Failure>;

inline Failure failed(std::string what) { return {std::move(what), errno}; }
inline Failure job_failed(std::string what) { return {std::move(what), errno, Fault::job}; }

// The whole content of a memory file or of a file in /proc.
std::optional<std::string> read_all(int descriptor);
bool write_all(int descriptor, const char* data, size_t size);
MaybeFailure write_file(const std::string& path, const std::string& content);

// Of the caller, zombies included; those that fell to it as well.
std::vector<pid_t> children();

// Names of what a folder holds. Empty where it cannot be read.
std::vector<std::string> entries(int folder);

// Whether `name` is `prefix` and then the pid of a process that is no more, whose own it was.
bool is_left_over(const std::string& name, const std::string& prefix);

// Makes the folders above `path`, which is absolute; those that exist are fine.
void make_parents(const std::string& path);

}  // namespace sandbox::runner::helper
