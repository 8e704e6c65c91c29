// What a run prints, on this program's standard output and standard error as it comes. Standard
// output is data and stays as it is; on standard error the file has its own name.
#pragma once

#include <array>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "sandbox/languages/own_names.h"

namespace lsp {

class StreamedOutput {
 public:
  explicit StreamedOutput(const sandbox::languages::Prepared& prepared);
  ~StreamedOutput();

  // Never waits for whoever reads what is printed: a run goes by its own limits, the one of output
  // among them.
  void hear(sandbox::runner::Stream stream, std::string_view bytes, const std::string& root);
  // Prints what is left. Until it has returned, nobody else prints.
  void finish();

 private:
  using Stream = sandbox::runner::Stream;
  enum class More { comes, is_not };
  void print(Stream stream, std::string text, More more);
  void write_all();

  const sandbox::languages::Prepared& prepared_;
  std::optional<sandbox::languages::OwnNames> names_;
  std::array<std::string, 2> begun_;  // of each stream: a character whose end has not come

  std::mutex mutex_;
  std::condition_variable wake_;
  std::vector<std::pair<Stream, std::string>> waiting_;  // guarded by mutex_, as is ended_
  bool ended_ = false;
  std::thread writer_;
};

}  // namespace lsp
