#include "lsp/replace_text.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <string_view>

#include "engine/base/format.h"
#include "engine/base/read_file.h"

namespace lsp {
namespace {

namespace fs = std::filesystem;
using engine::base::Done;
using engine::base::fail;
using engine::base::Status;

constexpr std::string_view mark = "\xef\xbb\xbf";

Status cannot_write(const std::string& path, int error) {
  return fail("cannot write '", path, "': ", std::strerror(error));
}

// 0, or what was wrong.
int write_all(int file, std::string_view text) {
  for (size_t done = 0; done < text.size();) {
    const ssize_t written =
        pwrite(file, text.data() + done, text.size() - done, static_cast<off_t>(done));
    if (written > 0) done += static_cast<size_t>(written);
    if (written < 0 && errno != EINTR) return errno;
  }
  return 0;
}

// Written beside it and renamed, so that the file is whole at any moment. By a name that nobody can
// have put a link at: the folder may be a stranger's.
Status write_beside(const std::string& path, const std::string& text, mode_t mode) {
  std::string beside = path + ".XXXXXX";
  const int file = mkostemp(beside.data(), O_CLOEXEC);
  if (file < 0) return cannot_write(path, errno);
  int error = write_all(file, text);
  if (error == 0 && fchmod(file, mode) != 0) error = errno;
  if (close(file) != 0 && error == 0) error = errno;
  if (error == 0 && rename(beside.c_str(), path.c_str()) != 0) error = errno;
  if (error == 0) return Done{};
  unlink(beside.c_str());
  return cannot_write(path, error);
}

// For a file that is more than its name here. The disk's room is taken first, so that none can be
// missing once the old text is written over.
Status write_over(const std::string& path, const std::string& text) {
  const int file = open(path.c_str(), O_WRONLY | O_CLOEXEC);
  if (file < 0) return cannot_write(path, errno);
  const auto size = static_cast<off_t>(text.size());
  int error = size == 0 ? 0 : posix_fallocate(file, 0, size);
  if (error == EOPNOTSUPP || error == EINVAL) error = 0;
  if (error == 0) error = write_all(file, text);
  if (error == 0 && ftruncate(file, size) != 0) error = errno;
  if (close(file) != 0 && error == 0) error = errno;
  return error == 0 ? Status(Done{}) : cannot_write(path, error);
}

}  // namespace

std::string without_byte_order_mark(std::string text) {
  if (text.starts_with(mark)) text.erase(0, mark.size());
  return text;
}

Status replace_text(const std::string& path, const std::string& before, const std::string& after) {
  std::error_code error;
  const fs::path target = fs::canonical(path, error);
  const auto now = error ? fail("no file at '", path, "'") : engine::base::read_file(target);
  if (!now) return now.error();
  const bool has_mark = now->starts_with(mark);
  if (without_byte_order_mark(*now) != before) {
    return fail("'", path,
                "' has been changed since it was read, so that it was left as it is; "
                "the same command reads it anew");
  }
  struct stat status;
  if (stat(target.c_str(), &status) != 0 || access(target.c_str(), W_OK) != 0) {
    return cannot_write(path, errno);
  }
  const std::string text = (has_mark ? std::string(mark) : "") + after;
  const bool is_whole = status.st_nlink == 1 && status.st_uid == geteuid() &&
                        access(target.parent_path().c_str(), W_OK) == 0;
  return is_whole ? write_beside(target, text, status.st_mode & 07777) : write_over(target, text);
}

}  // namespace lsp
