#include "sandbox/runner/memory_watch.h"

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <cinttypes>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "sandbox/runner/unique_descriptor.h"

namespace sandbox::runner {
namespace {

// Far beyond any limit of processes: an end for the walk, not a limit.
constexpr size_t max_processes = 100'000;

std::string read_text(const std::string& path) {
  const UniqueDescriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  std::string text;
  char buffer[4096];
  ssize_t got = 0;
  while (file.valid() && (got = read(file.get(), buffer, sizeof buffer)) > 0) {
    text.append(buffer, static_cast<size_t>(got));
  }
  return text;
}

std::vector<uint64_t> numbers(const std::string& text) {
  std::vector<uint64_t> found;
  const char* at = text.c_str();
  for (char* end = nullptr;; at = end) {
    const uint64_t number = std::strtoull(at, &end, 10);
    if (end == at) return found;
    found.push_back(number);
  }
}

// Children belong to the thread that started them.
void add_children(const std::string& process, std::vector<uint64_t>& processes) {
  const std::string tasks = process + "/task";
  DIR* folder = opendir(tasks.c_str());
  if (folder == nullptr) return;
  while (const dirent* entry = readdir(folder)) {
    if (entry->d_name[0] == '.') continue;
    for (const uint64_t child : numbers(read_text(tasks + "/" + entry->d_name + "/children"))) {
      if (processes.size() < max_processes) processes.push_back(child);
    }
  }
  closedir(folder);
}

uint64_t quick_bytes(const std::string& process) {
  const auto pages = numbers(read_text(process + "/statm"));
  return pages.size() < 2 ? 0 : pages[1] * static_cast<uint64_t>(sysconf(_SC_PAGESIZE));
}

// Of a line like "Name:   123 kB" that is not the text's first.
uint64_t named_bytes(const std::string& text, const std::string& name, uint64_t otherwise) {
  const std::string begin = "\n" + name + ":";
  const size_t line = text.find(begin);
  if (line == std::string::npos) return otherwise;
  return std::strtoull(text.c_str() + line + begin.size(), nullptr, 10) * 1024;
}

// A shared page counted in proportion; the kernel adds it up from the page tables, which is slow.
uint64_t exact_bytes(const std::string& process) {
  return named_bytes(read_text(process + "/smaps_rollup"), "Pss", quick_bytes(process));
}

}  // namespace

uint64_t resident_bytes(pid_t pid, uint64_t limit, const std::string& proc) {
  std::vector<uint64_t> processes{static_cast<uint64_t>(pid)};
  uint64_t quick = 0;
  for (size_t i = 0; i < processes.size(); ++i) {
    const std::string process = proc + "/" + std::to_string(processes[i]);
    quick += quick_bytes(process);
    add_children(process, processes);
  }
  if (quick <= limit) return quick;
  uint64_t exact = 0;
  for (const uint64_t each : processes) exact += exact_bytes(proc + "/" + std::to_string(each));
  return exact;
}

uint64_t available_bytes(const std::string& proc) {
  return named_bytes(read_text(proc + "/meminfo"), "MemAvailable", UINT64_MAX);
}

}  // namespace sandbox::runner
