// What a run may see and use, as data. Whoever fills it decides; the runner only enforces.
//
// Paths of the host (`host`) and of the sandbox (`at`) are absolute and contain no "..".
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace sandbox::policy {

enum class View : uint8_t {
  read_only,  // writes fail
  scratch,    // writes go to the sandbox's own memory and vanish with it
};

// A folder of the host. It is always seen through an overlay file system, never as a bind mount:
// locks, leases and sockets on the host's own inodes stay out of reach.
struct Tree {
  std::string host;
  std::string at;
  View view = View::read_only;
  // Paths below the tree that the run must not see, relative; each becomes absent.
  std::vector<std::string> hidden;
};

struct Link {
  std::string at;
  std::string target;
};

struct File {
  std::string at;
  std::string content;
  uint32_t mode = 0644;
};

struct Limits {
  uint64_t memory_bytes = uint64_t{1} << 30;  // of all processes together
  // What must stay available on the machine while the run takes more and more, by whatever means.
  uint64_t spare_bytes = uint64_t{256} << 20;
  uint64_t scratch_bytes = uint64_t{256} << 20;
  uint64_t scratch_files = 16'384;
  uint32_t processes = 128;  // threads count
  uint32_t open_files = 512;
  uint64_t output_bytes = uint64_t{64} << 20;  // of both streams; the run is ended beyond it
  uint64_t kept_bytes = uint64_t{64} << 10;    // of each stream: that much head, that much tail
};

// Whether a process may trace its own children, which a debugger needs.
enum class Tracing : uint8_t { no, own_children };

// The address sanitizer maps terabytes that it never touches: with it, a limit on a process's
// address space would stop every program.
enum class Reservation : uint8_t { limited, unlimited };

struct Policy {
  std::vector<Tree> trees;
  std::vector<Link> links;
  std::vector<File> files;  // part of the read-only root, like /etc/passwd
  Limits limits;
  Tracing tracing = Tracing::no;
  Reservation reservation = Reservation::limited;
};

// The folder a run starts in unless it says otherwise; writable and empty.
inline constexpr const char* work_folder = "/sandbox";

}  // namespace sandbox::policy
