// One sandbox, used for one job and destroyed. Not thread-safe.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>

#include "engine/base/result.h"
#include "sandbox/runner/protocol.h"
#include "sandbox/runner/unique_descriptor.h"

namespace sandbox::runner {

// The near ends of a sandbox that is being made. Everything about it, failures included, arrives on
// `control`.
struct Ends {
  UniqueDescriptor control;
  UniqueDescriptor input;  // a memory file that the program reads as its standard input
  UniqueDescriptor output;
  UniqueDescriptor errors;
};

class Sandbox {
 public:
  Sandbox(Ends ends, Backend backend) : ends_(std::move(ends)), backend_(backend) {}
  Sandbox(const Sandbox&) = delete;
  Sandbox& operator=(const Sandbox&) = delete;
  // Kills what is inside and waits for its end, whatever happened before.
  ~Sandbox();

  int control() const { return ends_.control.get(); }
  int output() const { return ends_.output.get(); }
  int errors() const { return ends_.errors.get(); }
  int pidfd() const { return pidfd_.get(); }  // -1 as long as it is not made
  int work_folder() const { return work_folder_.get(); }
  pid_t pid() const { return pid_; }
  uint32_t layers() const { return layers_; }
  Backend backend() const { return backend_; }
  // Nothing of the run is alive any more, whether or not the sandbox is.
  bool is_empty() const { return empty_; }
  // What the run's own paths lie below; empty where it has a root of its own.
  const std::string& root() const { return root_; }

  // The next report, or nothing where there is none yet. Gone: the sandbox is no more.
  enum class Gone { no, yes };
  struct News {
    Gone gone = Gone::no;
    std::optional<Report> report;
  };
  News listen();

  // May be called before the sandbox is ready; it starts as soon as it is.
  engine::base::Status dispatch(const Job& job, const std::string& input);
  void signal(int number);
  void kill();
  // False where it is still alive after this long.
  bool wait_for_end(int timeout_ms);

 private:
  Ends ends_;
  Backend backend_;
  UniqueDescriptor pidfd_;
  UniqueDescriptor work_folder_;
  pid_t pid_ = -1;
  bool empty_ = false;
  uint32_t layers_ = 0;
  std::string root_;
};

// A sealed memory file with this content.
engine::base::Result<UniqueDescriptor> memory_file(std::string_view content);

}  // namespace sandbox::runner
