#include "sandbox/runner/helper/system.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <sstream>

namespace sandbox::runner::helper {

std::optional<std::string> read_all(int descriptor) {
  std::string content;
  struct stat status;
  if (fstat(descriptor, &status) == 0 && status.st_size > 0) {
    content.reserve(static_cast<size_t>(status.st_size));
  }
  char buffer[65536];
  for (;;) {
    const ssize_t got =
        pread(descriptor, buffer, sizeof buffer, static_cast<off_t>(content.size()));
    if (got == 0) return content;
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return std::nullopt;
    content.append(buffer, static_cast<size_t>(got));
  }
}

bool write_all(int descriptor, const char* data, size_t size) {
  while (size > 0) {
    const ssize_t put = write(descriptor, data, size);
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) return false;
    data += put;
    size -= static_cast<size_t>(put);
  }
  return true;
}

MaybeFailure write_file(const std::string& path, const std::string& content) {
  const Descriptor file(open(path.c_str(), O_WRONLY | O_CLOEXEC));
  if (!file.valid() || !write_all(file.get(), content.data(), content.size())) {
    return failed("writing " + path);
  }
  return std::nullopt;
}

std::vector<pid_t> children() {
  const Descriptor file(open("/proc/thread-self/children", O_RDONLY | O_CLOEXEC));
  std::istringstream text(file.valid() ? read_all(file.get()).value_or("") : "");
  std::vector<pid_t> found;
  for (pid_t child = 0; text >> child;) found.push_back(child);
  return found;
}

std::vector<std::string> entries(int folder) {
  std::vector<std::string> names;
  // The stream takes its descriptor along.
  DIR* stream = fdopendir(openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  while (const dirent* entry = stream == nullptr ? nullptr : readdir(stream)) {
    const std::string name = entry->d_name;
    if (name != "." && name != "..") names.push_back(name);
  }
  if (stream != nullptr) closedir(stream);
  return names;
}

bool is_left_over(const std::string& name, const std::string& prefix) {
  const pid_t pid = name.starts_with(prefix) ? std::atoi(name.c_str() + prefix.size()) : 0;
  if (pid <= 0) return false;
  if (kill(pid, 0) != 0) return errno == ESRCH;
  // A zombie has ended, too: whoever should look after it may take its time.
  const Descriptor file(
      open(("/proc/" + std::to_string(pid) + "/stat").c_str(), O_RDONLY | O_CLOEXEC));
  const std::string stat = file.valid() ? read_all(file.get()).value_or("") : "";
  return stat.find(") Z ", stat.rfind(')')) != std::string::npos;
}

void make_parents(const std::string& path) {
  for (size_t slash = path.find('/', 1); slash != std::string::npos;
       slash = path.find('/', slash + 1)) {
    mkdir(path.substr(0, slash).c_str(), 0755);
  }
}

}  // namespace sandbox::runner::helper
