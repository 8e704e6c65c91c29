// A large file by https, whole and verified or not at all.
//
// What has arrived stands in `PATH.part`, and `PATH.part.from` says of which version of which file
// it is, so that a later download goes on where an earlier one ended: with a Range, and If-Range,
// so that a file that has changed in between starts anew. Only what is whole, and has the sum that
// it should have, gets the name PATH.
//
// Redirects are followed, five at most, to https alone; a server of this machine may also lead to
// this machine. No secret is sent to anybody.
#pragma once

#include <cstdint>
#include <functional>
#include <stop_token>
#include <string>

#include "engine/base/result.h"

namespace engine::remote {

struct Download {
  std::string url;
  std::string path;    // in a folder that exists
  std::string sha256;  // what it must have, in hexadecimal digits; empty: not known
  uint32_t connect_ms = 10'000;
  uint32_t silence_ms = 30'000;  // without a byte; then it is asked for again
  uint32_t pause_ms = 1'000;     // before it is asked for again, doubled each time
};

struct DownloadProgress {
  enum class Phase { loading, waiting, verifying };
  Phase phase = Phase::loading;
  int64_t bytes = 0;
  int64_t whole = 0;  // 0: the server does not say
};
using OnProgress = std::function<void(const DownloadProgress&)>;

// What vouches for the bytes: the sum in Download; the one that the server gave with the file (the
// hub does: x-linked-etag); else their number alone, if that.
enum class Vouched { by_given_sum, by_server_sum, by_size, by_nothing };

struct Downloaded {
  int64_t bytes = 0;
  int64_t resumed_at = 0;  // of them, from an earlier download
  std::string sha256;
  Vouched vouched = Vouched::by_nothing;
};

// Blocks until the file stands at its path, or `stop` ends it; what has arrived then stays. Where
// a connection breaks it is taken up again, until five times in a row nothing comes. Before the
// first byte is written it is asked whether the disk has room. Errors say what is wrong, where, and
// whether the same command goes on from there. A wrong sum removes what has arrived.
base::Result<Downloaded> download(const Download& wanted, const OnProgress& on_progress,
                                  std::stop_token stop);

}  // namespace engine::remote
