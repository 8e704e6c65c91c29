#include "engine/session/prefix_store.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <optional>
#include <utility>

#include "engine/base/check.h"
#include "engine/base/checksum.h"
#include "engine/base/format.h"

namespace engine::session {

using backend::block_tokens;
using base::fail;

// What a file begins with; the block is behind it.
struct PrefixStore::Head {
  std::array<char, 8> magic;
  uint64_t checksum;  // of the rest of the head, and of the block
  PrefixKey root;
  PrefixKey key;
  uint64_t block_bytes;
  std::array<Token, block_tokens> tokens;
};

namespace {

constexpr std::array<char, 8> magic{'l', 'e', 'm', 'm', 'a', 'K', 'V', '1'};
constexpr size_t most_waiting_bytes = size_t{256} << 20;
constexpr int64_t abandoned_after_ns = 3'600'000'000'000;
constexpr size_t name_length = 32;
constexpr int saved_between_looks = 32;

std::string name_of(const PrefixKey& key) {
  std::array<char, name_length + 1> text{};
  std::snprintf(text.data(), text.size(), "%016llx%016llx", static_cast<unsigned long long>(key[0]),
                static_cast<unsigned long long>(key[1]));
  return text.data();
}

std::optional<PrefixKey> key_of(const std::string& name) {
  if (name.size() != name_length ||
      name.find_first_not_of("0123456789abcdef") != std::string::npos) {
    return std::nullopt;
  }
  return PrefixKey{std::stoull(name.substr(0, 16), nullptr, 16),
                   std::stoull(name.substr(16), nullptr, 16)};
}

int64_t nanoseconds(const timespec& time) { return time.tv_sec * 1'000'000'000 + time.tv_nsec; }

int64_t now_ns() {
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  return nanoseconds(now);
}

// The descriptor of a folder that is the user's alone.
base::Result<int> open_folder(const std::string& path) {
  std::error_code error;
  std::filesystem::create_directories(std::filesystem::path(path).parent_path(), error);
  if (mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) {
    return fail("cannot make ", path, ": ", std::strerror(errno));
  }
  const int folder = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (folder < 0) return fail("cannot open the folder ", path, ": ", std::strerror(errno));
  struct stat status {};
  const bool known = fstat(folder, &status) == 0;
  if (known && status.st_uid == geteuid() && (status.st_mode & 077) == 0) return folder;
  close(folder);
  if (!known || status.st_uid != geteuid()) return fail(path, " is not this user's; remove it");
  return fail(path, " is open to other users: chmod 700 ", path);
}

}  // namespace

base::Result<std::unique_ptr<PrefixStore>> PrefixStore::open(StoreOptions options) {
  const auto folder = open_folder(options.folder);
  if (!folder) return folder.error();
  return std::unique_ptr<PrefixStore>(new PrefixStore(std::move(options), *folder));
}

PrefixStore::PrefixStore(StoreOptions options, int folder)
    : options_(std::move(options)), folder_(folder), root_(empty_prefix(options_.identity)) {
  scan();
  make_room(0);
  writer_ = std::thread([this] { write_all(); });
}

PrefixStore::~PrefixStore() {
  {
    const std::lock_guard lock(mutex_);
    closing_ = true;
  }
  changed_.notify_one();
  writer_.join();
  close(folder_);
}

void PrefixStore::scan() {
  DIR* const entries = fdopendir(dup(folder_));
  if (entries == nullptr) return;
  rewinddir(entries);  // the copy reads on where the last one ended
  while (const dirent* entry = readdir(entries)) {
    const std::string name = entry->d_name;
    struct stat status {};
    if (name == "." || name == ".." ||
        fstatat(folder_, name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) {
      continue;
    }
    const int64_t time_ns = nanoseconds(status.st_mtim);
    if (const auto key = key_of(name); key && S_ISREG(status.st_mode)) {
      const auto bytes = static_cast<uint64_t>(status.st_size);
      files_[*key] = {bytes, time_ns};
      total_bytes_ += bytes;
    } else if (!name.ends_with(".part")) {
      remove(name, "is not a prefix of ours");
    } else if (now_ns() - time_ns > abandoned_after_ns) {
      remove(name, "was never finished");
    }
  }
  closedir(entries);
}

// Other processes write too.
void PrefixStore::look_again() {
  files_.clear();
  total_bytes_ = 0;
  saved_ = 0;
  scan();
  const std::lock_guard lock(mutex_);
  for (const Waiting& waiting : waiting_) {
    const bool is_new = files_.insert({waiting.key, {waiting.file.size(), now_ns()}}).second;
    if (is_new) total_bytes_ += waiting.file.size();
  }
}

void PrefixStore::remove(const std::string& name, std::string_view why) {
  const bool gone = unlinkat(folder_, name.c_str(), 0) == 0;
  options_.log(base::concat("prefixes on disk: ", options_.folder, "/", name, " ", why, "; ",
                            gone ? "removed" : "ignored"));
}

void PrefixStore::forget(const PrefixKey& key) {
  const auto file = files_.find(key);
  if (file == files_.end()) return;
  total_bytes_ -= file->second.bytes;
  files_.erase(file);
}

void PrefixStore::make_room(uint64_t bytes) {
  while (total_bytes_ + bytes > options_.bytes && !files_.empty()) {
    const auto oldest = std::min_element(
        files_.begin(), files_.end(),
        [](const auto& a, const auto& b) { return a.second.time_ns < b.second.time_ns; });
    give_up(oldest->first);
  }
}

void PrefixStore::give_up(const PrefixKey& key) {
  {
    const std::lock_guard lock(mutex_);
    for (auto waiting = waiting_.begin(); waiting != waiting_.end();) {
      // The first one may be on its way to the disk.
      const bool is_it = waiting != waiting_.begin() && waiting->key == key;
      if (is_it) waiting_bytes_ -= waiting->file.size();
      waiting = is_it ? waiting_.erase(waiting) : std::next(waiting);
    }
  }
  unlinkat(folder_, name_of(key).c_str(), 0);  // another process may have done so
  forget(key);
}

PrefixStore::Head PrefixStore::head_of(const PrefixKey& key, std::span<const Token> tokens,
                                       std::span<const std::byte> block) const {
  Head head{magic, 0, root_, key, options_.block_bytes, {}};
  std::copy_n(tokens.begin(), block_tokens, head.tokens.begin());
  const auto rest = std::as_bytes(std::span(&head, 1)).subspan(offsetof(Head, root));
  // Turned, so that the two do not cancel out.
  head.checksum = std::rotl(base::checksum_of(rest), 17) ^ base::checksum_of(block);
  return head;
}

bool PrefixStore::load(const PrefixKey& key, std::span<const Token> tokens,
                       std::span<std::byte> block) {
  INVARIANT(tokens.size() == block_tokens && block.size() == options_.block_bytes);
  const auto start = std::chrono::steady_clock::now();
  const std::string name = name_of(key);
  const int file = openat(folder_, name.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
  if (file < 0) {
    // Another process made room, or the file is still to be written.
    if (!is_waiting(key)) forget(key);
    return false;
  }
  const std::string fault = fault_of(file, key, tokens, block);
  if (fault.empty()) futimens(file, nullptr);  // for who makes room after a restart
  close(file);
  if (!fault.empty()) {
    remove(name, fault);
    forget(key);
    return false;
  }
  files_[key].time_ns = now_ns();
  const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - start;
  load_ms_ = load_ms_ == 0 ? took.count() : load_ms_ + (took.count() - load_ms_) / 8;
  return true;
}

// What is wrong with a file; empty: nothing, and `block` holds what it should.
std::string PrefixStore::fault_of(int file, const PrefixKey& key, std::span<const Token> tokens,
                                  std::span<std::byte> block) const {
  struct stat status {};
  if (fstat(file, &status) != 0 || status.st_uid != geteuid()) return "is not this user's";
  const size_t bytes = sizeof(Head) + block.size();
  if (static_cast<size_t>(status.st_size) != bytes) return "has another size than it must have";
  Head head{};
  const std::array<iovec, 2> parts{{{&head, sizeof head}, {block.data(), block.size()}}};
  if (readv(file, parts.data(), parts.size()) != static_cast<ssize_t>(bytes)) {
    return "cannot be read";
  }
  const Head expected = head_of(key, tokens, block);
  if (head.magic != expected.magic) return "is not a prefix of ours";
  if (head.root != root_ || head.key != key || head.tokens != expected.tokens) {
    return "belongs to another text";
  }
  const bool whole = head.block_bytes == expected.block_bytes && head.checksum == expected.checksum;
  return whole ? "" : "is damaged";
}

bool PrefixStore::is_waiting(const PrefixKey& key) {
  const std::lock_guard lock(mutex_);
  return std::any_of(waiting_.begin(), waiting_.end(),
                     [&](const Waiting& waiting) { return waiting.key == key; });
}

bool PrefixStore::save(const PrefixKey& key, std::span<const Token> tokens,
                       std::span<const std::byte> block) {
  INVARIANT(tokens.size() == block_tokens && block.size() == options_.block_bytes);
  const size_t bytes = sizeof(Head) + block.size();
  if (has(key)) return true;
  if (bytes > options_.bytes) return false;
  std::vector<std::byte> file(bytes);
  const Head head = head_of(key, tokens, block);
  std::memcpy(file.data(), &head, sizeof head);
  std::copy(block.begin(), block.end(), file.begin() + sizeof head);
  {
    const std::lock_guard lock(mutex_);
    if (waiting_bytes_ > 0 && waiting_bytes_ + bytes > most_waiting_bytes) return false;
    waiting_bytes_ += bytes;
    waiting_.push_back({key, std::move(file)});
  }
  changed_.notify_one();
  if (++saved_ == saved_between_looks) look_again();
  forget(key);
  make_room(bytes);
  files_[key] = {bytes, now_ns()};
  total_bytes_ += bytes;
  return true;
}

void PrefixStore::write_all() {
  std::unique_lock lock(mutex_);
  for (bool failed_before = false;;) {
    changed_.wait(lock, [this] { return closing_ || !waiting_.empty(); });
    if (waiting_.empty()) return;
    // Stays in the queue meanwhile, so that it is known to be on its way.
    const Waiting& next = waiting_.front();
    lock.unlock();
    const base::Status status = write(next);
    // A full disk is worth one line.
    if (!status && !std::exchange(failed_before, true)) options_.log(status.message());
    lock.lock();
    waiting_bytes_ -= waiting_.front().file.size();
    waiting_.pop_front();
  }
}

base::Status PrefixStore::write(const Waiting& waiting) const {
  const std::string name = name_of(waiting.key);
  // Several may write this text at once.
  const std::string part = base::concat(name, ".", gettid(), ".part");
  const int file =
      openat(folder_, part.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
  const auto failed = [&] {
    const int error = errno;
    if (file >= 0) unlinkat(folder_, part.c_str(), 0);
    return fail("prefixes on disk: cannot write to ", options_.folder, ": ", std::strerror(error));
  };
  if (file < 0) return failed();
  size_t written = 0;
  while (written < waiting.file.size()) {
    const ssize_t count =
        ::write(file, waiting.file.data() + written, waiting.file.size() - written);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) break;
    written += static_cast<size_t>(count);
  }
  const bool whole = written == waiting.file.size();
  if (close(file) != 0 || !whole) return failed();
  if (renameat(folder_, part.c_str(), folder_, name.c_str()) != 0) return failed();
  return base::Done{};
}

}  // namespace engine::session
