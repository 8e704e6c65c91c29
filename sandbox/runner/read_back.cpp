#include "sandbox/runner/read_back.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "engine/base/format.h"
#include "sandbox/runner/unique_descriptor.h"

namespace sandbox::runner {

using engine::base::fail;

engine::base::Result<std::string> read_back(int folder, const std::string& path, uint64_t limit) {
  open_how how{};
  // Without O_NONBLOCK, opening a pipe would wait for its other end.
  how.flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW | O_NOCTTY;
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_XDEV;
  const UniqueDescriptor file(
      static_cast<int>(syscall(SYS_openat2, folder, path.c_str(), &how, sizeof how)));
  if (!file.valid()) return fail("the run left no readable '", path, "': ", std::strerror(errno));
  struct stat status;
  if (fstat(file.get(), &status) != 0 || !S_ISREG(status.st_mode)) {
    return fail("the run left something else than a file as '", path, "'");
  }
  if (status.st_nlink != 1) return fail("the file '", path, "' has more than one name");
  if (static_cast<uint64_t>(status.st_size) > limit) {
    return fail("the file '", path, "' has ", status.st_size, " bytes, more than the ", limit,
                " that are read");
  }
  std::string content(static_cast<size_t>(status.st_size), '\0');
  size_t done = 0;
  while (done < content.size()) {
    const ssize_t got =
        pread(file.get(), content.data() + done, content.size() - done, static_cast<off_t>(done));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return fail("cannot read '", path, "', which the run left");
    done += static_cast<size_t>(got);
  }
  return content;
}

}  // namespace sandbox::runner
