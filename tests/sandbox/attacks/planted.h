// What attacks aim at: a secret, a project, a toolchain, and listeners that answer "canary" to
// whoever gets through.
#pragma once

#include <atomic>
#include <string>
#include <thread>

#include "tests/support/temporary_folder.h"

namespace attacks {

class Planted {
 public:
  Planted();
  ~Planted();
  Planted(const Planted&) = delete;
  Planted& operator=(const Planted&) = delete;

  const std::string& folder() const { return folder_; }
  std::string workspace() const { return folder_ + "/project"; }
  std::string tools() const { return folder_ + "/tools"; }  // to be shown to runs, read-only
  // The attack's variables, as Python.
  std::string definitions() const;
  // Whether every planted file is still as it was.
  bool intact() const;

 private:
  void answer();

  const support::TemporaryFolder temporary_{support::Readable::by_all};
  const std::string folder_ = temporary_.path();
  int leaked_ = -1;  // the secret, open, for whoever inherits descriptors
  int tcp_ = -1, udp_ = -1, abstract_ = -1, path_ = -1, project_ = -1;
  int port_ = 0, udp_port_ = 0;
  std::atomic<bool> stop_{false};
  std::thread thread_;
};

}  // namespace attacks
