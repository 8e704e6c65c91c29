#include "lsp/context/read_bytes.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace lsp::context {

std::optional<std::string> read_bytes(const std::string& path, size_t most) {
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (file < 0) return std::nullopt;
  struct stat status {};
  const bool is_file = fstat(file, &status) == 0 && S_ISREG(status.st_mode);
  std::string bytes(is_file ? most + 1 : 0, '\0');
  size_t size = 0;
  ssize_t more = is_file ? 1 : -1;
  while (more > 0 && size < bytes.size()) {
    do {
      more = read(file, bytes.data() + size, bytes.size() - size);
    } while (more < 0 && errno == EINTR);
    if (more > 0) size += static_cast<size_t>(more);
  }
  close(file);
  if (more < 0 || size > most) return std::nullopt;
  bytes.resize(size);
  return bytes;
}

}  // namespace lsp::context
