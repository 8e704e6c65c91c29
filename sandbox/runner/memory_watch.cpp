#include "sandbox/runner/memory_watch.h"

#include <dirent.h>
#include <fcntl.h>
#include <linux/kcmp.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
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

std::vector<uint64_t> threads_of(const std::string& process) {
  std::vector<uint64_t> threads;
  DIR* folder = opendir((process + "/task").c_str());
  if (folder == nullptr) return threads;
  while (const dirent* entry = readdir(folder)) {
    if (entry->d_name[0] != '.') threads.push_back(std::strtoull(entry->d_name, nullptr, 10));
  }
  closedir(folder);
  return threads;
}

// Children belong to the thread that started them.
void add_children(const std::string& process, std::vector<uint64_t>& processes) {
  for (const uint64_t thread : threads_of(process)) {
    const std::string path = process + "/task/" + std::to_string(thread) + "/children";
    for (const uint64_t child : numbers(read_text(path))) {
      if (processes.size() < max_processes) processes.push_back(child);
    }
  }
}

// Of a line like "Name:   123 kB" that is not the text's first.
uint64_t named_bytes(const std::string& text, const std::string& name, uint64_t otherwise) {
  const std::string begin = "\n" + name + ":";
  const size_t line = text.find(begin);
  if (line == std::string::npos) return otherwise;
  return std::strtoull(text.c_str() + line + begin.size(), nullptr, 10) * 1024;
}

// What one process has taken, and which of its threads says so.
struct Use {
  uint64_t thread = 0;
  uint64_t resident = 0;
  uint64_t besides = 0;  // page tables and what was swapped out, which no resident page shows
  uint64_t all() const { return resident + besides; }
};

Use use_of(const std::string& proc, uint64_t thread) {
  const std::string status = read_text(proc + "/" + std::to_string(thread) + "/status");
  return {thread, named_bytes(status, "VmRSS", 0),
          named_bytes(status, "VmPTE", 0) + named_bytes(status, "VmSwap", 0)};
}

// The main thread knows nothing any more where it has ended before the others.
Use quick_use(const std::string& proc, uint64_t pid) {
  Use use = use_of(proc, pid);
  if (use.all() > 0) return use;
  for (const uint64_t thread : threads_of(proc + "/" + std::to_string(pid))) {
    use = use_of(proc, thread);
    if (use.all() > 0) break;
  }
  return use;
}

// A shared page counted in proportion; the kernel adds it up from the page tables, which is slow.
// Asked anew: what was about to become another program has become it, or is gone.
uint64_t exact_bytes(const std::string& proc, uint64_t thread) {
  const Use use = use_of(proc, thread);
  const std::string path = proc + "/" + std::to_string(thread) + "/smaps_rollup";
  return use.besides + named_bytes(read_text(path), "Pss", use.resident);
}

// Whether both are one process's memory, as that of a program about to start another is (vfork):
// each of them would be counted with all of it.
bool is_same_memory(const Use& one, const Use& other) {
  return syscall(SYS_kcmp, static_cast<pid_t>(one.thread), static_cast<pid_t>(other.thread),
                 KCMP_VM, 0, 0) == 0;
}

std::vector<uint64_t> with_descendants(pid_t pid, const std::string& proc) {
  std::vector<uint64_t> processes{static_cast<uint64_t>(pid)};
  for (size_t i = 0; i < processes.size(); ++i) {
    add_children(proc + "/" + std::to_string(processes[i]), processes);
  }
  return processes;
}

}  // namespace

uint64_t resident_bytes(pid_t pid, uint64_t limit, const std::string& proc) {
  std::vector<Use> uses;
  uint64_t quick = 0;
  for (const uint64_t each : with_descendants(pid, proc)) {
    uses.push_back(quick_use(proc, each));
    quick += uses.back().all();
  }
  if (quick <= limit) return quick;
  uint64_t exact = 0;
  for (auto use = uses.begin(); use != uses.end(); ++use) {
    const bool counted = std::any_of(uses.begin(), use,
                                     [&](const Use& other) { return is_same_memory(other, *use); });
    if (!counted) exact += exact_bytes(proc, use->thread);
  }
  return exact;
}

bool holds_shared_memory(pid_t pid, const std::string& proc) {
  const auto processes = with_descendants(pid, proc);
  return std::any_of(processes.begin(), processes.end(), [&](uint64_t each) {
    const std::string maps =
        read_text(proc + "/" + std::to_string(quick_use(proc, each).thread) + "/maps");
    return maps.find("/dev/zero (deleted)\n") != std::string::npos;
  });
}

uint64_t shared_bytes(const std::string& proc) {
  return named_bytes(read_text(proc + "/meminfo"), "Shmem", 0);
}

uint64_t available_bytes(const std::string& proc) {
  return named_bytes(read_text(proc + "/meminfo"), "MemAvailable", UINT64_MAX);
}

}  // namespace sandbox::runner
