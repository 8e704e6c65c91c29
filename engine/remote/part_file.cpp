#include "engine/remote/part_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <utility>

#include "engine/base/format.h"

namespace engine::remote {
namespace {

namespace fs = std::filesystem;
using base::Done;
using base::fail;
using base::Status;

std::string reason() { return std::strerror(errno); }

double gigabytes(int64_t bytes) { return static_cast<double>(bytes / 10'000'000) / 100; }

}  // namespace

base::Result<PartFile> PartFile::open(const std::string& path, const std::string& url) {
  const std::string name = path + ".part";
  const int file = ::open(name.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
  if (file < 0) return fail("cannot write ", name, ": ", reason());
  PartFile part(path, file);
  if (flock(file, LOCK_EX | LOCK_NB) != 0) {
    return fail(name, " is being loaded by another lemma; wait for that one");
  }
  struct stat about {
  }, there{};
  if (fstat(file, &about) != 0) return fail("cannot read ", name, ": ", reason());
  // Between opening and locking it, the one who held the lock may have given it its name.
  if (stat(name.c_str(), &there) != 0 || there.st_ino != about.st_ino) {
    return fail(path, " has just been loaded by another lemma");
  }
  part.size_ = part.resumed_at_ = about.st_size;
  part.origin_ = part.read_note();
  const bool goes_on = part.origin_.url == url && !part.origin_.validator.empty() &&
                       (part.origin_.whole == 0 || part.size_ <= part.origin_.whole);
  if (!goes_on) {
    if (auto status = part.begin({.url = url}); !status) return status.error();
  }
  if (lseek(file, 0, SEEK_END) < 0) return fail("cannot write ", name, ": ", reason());
  return part;
}

PartFile::PartFile(PartFile&& other) noexcept
    : target_(std::move(other.target_)),
      file_(std::exchange(other.file_, -1)),
      size_(other.size_),
      resumed_at_(other.resumed_at_),
      origin_(std::move(other.origin_)) {}

PartFile::~PartFile() {
  if (file_ >= 0) close(file_);
}

PartOrigin PartFile::read_note() const {
  PartOrigin origin;
  std::ifstream note(note_path());
  std::string whole;
  std::getline(note, origin.url);
  std::getline(note, origin.validator);
  std::getline(note, whole);
  std::getline(note, origin.sha256);
  origin.whole = std::strtoll(whole.c_str(), nullptr, 10);
  return note ? origin : PartOrigin{};
}

Status PartFile::begin(const PartOrigin& origin) {
  if (ftruncate(file_, 0) != 0 || lseek(file_, 0, SEEK_SET) != 0) {
    return fail("cannot write ", path(), ": ", reason());
  }
  size_ = resumed_at_ = 0;
  origin_ = origin;
  std::ofstream note(note_path());
  note << origin.url << '\n'
       << origin.validator << '\n'
       << origin.whole << '\n'
       << origin.sha256 << '\n';
  if (!note.flush()) return fail("cannot write ", note_path(), ": ", reason());
  return Done{};
}

Status PartFile::check_room(int64_t bytes) const {
  struct statvfs disk {};
  if (fstatvfs(file_, &disk) != 0) return fail("cannot ask how full the disk is: ", reason());
  const auto room = static_cast<int64_t>(disk.f_bavail * disk.f_frsize);
  if (bytes <= room) return Done{};
  return fail("the disk of ", fs::path(target_).parent_path().string(), " has ", gigabytes(room),
              " GB free, and ", gigabytes(bytes),
              " GB are to come; make room and give the same command again");
}

Status PartFile::append(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = write(file_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) {
      return fail("cannot write ", path(), ": ", reason(),
                  "; what has arrived is kept: make room and give the same command again");
    }
    size_ += written;
    bytes.remove_prefix(static_cast<size_t>(written));
  }
  return Done{};
}

Status PartFile::finish() {
  if (fsync(file_) != 0 || rename(path().c_str(), target_.c_str()) != 0) {
    return fail("cannot write ", target_, ": ", reason());
  }
  std::error_code ignored;
  fs::remove(note_path(), ignored);
  return Done{};
}

void PartFile::remove() {
  std::error_code ignored;
  fs::remove(path(), ignored);
  fs::remove(note_path(), ignored);
}

}  // namespace engine::remote
