// Prefixes on disk: KV blocks as files, so that a text that was computed once is read again after a
// restart, or after its blocks were evicted from memory.
//
// A block is known by a hash of everything it depends on: the model, the form of the backend's
// blocks, and all tokens up to its last. Its file says the same at length and ends in a checksum;
// what does not agree is ignored, logged and removed, and so is whatever else lies in the folder.
// Nothing wrong is ever loaded: at worst something is computed again.
//
// The folder is the user's alone (0700, files 0600): the files hold what the user typed, as tokens.
// Several processes may share it. All models together keep within a number of bytes, but for what
// other processes have just written; the files that were not used for longest go first.
//
// Thread safety: owned by the engine's thread. A thread of its own writes what is saved.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "engine/backend/backend.h"
#include "engine/base/result.h"
#include "engine/session/prefix_key.h"

namespace engine::session {

using tokenizer::Token;

struct StoreOptions {
  std::string folder;    // made where it is missing, its parents too
  uint64_t bytes = 0;    // the most that all files in it hold together
  std::string identity;  // of whatever the blocks depend on besides their tokens
  size_t block_bytes = 0;
  std::function<void(const std::string&)> log;  // on any thread
};

class PrefixStore {
 public:
  // An error where the folder cannot be used, or is not the user's alone.
  static base::Result<std::unique_ptr<PrefixStore>> open(StoreOptions options);
  PrefixStore(const PrefixStore&) = delete;
  PrefixStore& operator=(const PrefixStore&) = delete;
  ~PrefixStore();  // when all that was saved is written

  size_t block_bytes() const { return options_.block_bytes; }
  PrefixKey root() const { return root_; }  // of the empty text

  bool has(const PrefixKey& key) const { return files_.contains(key); }
  // `tokens` [block_tokens] are the block's, `block` [block_bytes] receives it. False where there
  // is no such file, or none that is whole; `block` holds nothing of use then.
  bool load(const PrefixKey& key, std::span<const Token> tokens, std::span<std::byte> block);
  // Writes it soon. False where so much is waiting to be written that this is left out.
  bool save(const PrefixKey& key, std::span<const Token> tokens, std::span<const std::byte> block);
  // Milliseconds that a block took to load, lately; 0 before the first.
  double load_ms() const { return load_ms_; }

 private:
  struct Head;
  struct Waiting {
    PrefixKey key;
    std::vector<std::byte> file;
  };
  struct Use {
    uint64_t bytes;
    int64_t time_ns;
  };

  PrefixStore(StoreOptions options, int folder);
  void scan();
  void look_again();
  void make_room(uint64_t bytes);
  void forget(const PrefixKey& key);
  void remove(const std::string& name, std::string_view why);
  Head head_of(const PrefixKey& key, std::span<const Token> tokens,
               std::span<const std::byte> block) const;
  std::string fault_of(int file, const PrefixKey& key, std::span<const Token> tokens,
                       std::span<std::byte> block) const;
  bool is_waiting(const PrefixKey& key);
  void give_up(const PrefixKey& key);
  void write_all();
  base::Status write(const Waiting& waiting) const;

  const StoreOptions options_;
  const int folder_;  // descriptor
  const PrefixKey root_;
  std::map<PrefixKey, Use> files_;
  uint64_t total_bytes_ = 0;
  int saved_ = 0;  // since the folder was looked at
  double load_ms_ = 0;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::list<Waiting> waiting_;  // guarded by mutex_, like the two below
  size_t waiting_bytes_ = 0;
  bool closing_ = false;
  std::thread writer_;  // last: it uses the above
};

}  // namespace engine::session
