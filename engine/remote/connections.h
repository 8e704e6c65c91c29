// Connections that are left open between exchanges, so that the next one to the same endpoint needs
// no handshake. Internal to this folder.
#pragma once

#include <curl/curl.h>

#include <memory>
#include <mutex>
#include <vector>

namespace engine::remote {

// Thread safe. Whoever exchanges has a handle alone; libcurl keeps a handle's connections in it,
// and looks whether they still live before it uses one again.
class Connections {
 public:
  using Multi = std::unique_ptr<CURLM, decltype(&curl_multi_cleanup)>;

  // One that was given back, else a new one.
  Multi take();
  void give_back(Multi multi);

 private:
  std::mutex mutex_;
  std::vector<Multi> idle_;  // guarded by mutex_; the last was used last
};

}  // namespace engine::remote
