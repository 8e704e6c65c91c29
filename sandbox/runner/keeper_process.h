// The helper program, from the library's side.
#pragma once

#include <sys/types.h>

#include <memory>
#include <mutex>
#include <string>

#include "engine/base/result.h"
#include "sandbox/runner/protocol.h"
#include "sandbox/runner/sandbox.h"

namespace sandbox::runner {

// Starts the helper when it is first needed, and again should it have died. Thread-safe.
class KeeperProcess {
 public:
  explicit KeeperProcess(std::string helper) : helper_(std::move(helper)) {}
  ~KeeperProcess();
  KeeperProcess(const KeeperProcess&) = delete;
  KeeperProcess& operator=(const KeeperProcess&) = delete;

  engine::base::Result<std::unique_ptr<Sandbox>> make(const Plan& plan);

 private:
  engine::base::Status start();
  void stop();

  const std::string helper_;
  std::mutex mutex_;
  UniqueDescriptor socket_;
  pid_t pid_ = -1;
};

}  // namespace sandbox::runner
