#include "sandbox/runner/helper/bubblewrap.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sandbox/runner/helper/copy.h"

namespace sandbox::runner::helper {
namespace {

using policy::Tree;
using policy::View;

constexpr const char* program = "/usr/bin/bwrap";
constexpr const char* helper_inside = "/run/lemma-sandbox";

// A descriptor that stays open in bubblewrap, as the text of its number.
std::string inherited(int descriptor) {
  fcntl(descriptor, F_SETFD, 0);
  return std::to_string(descriptor);
}

class Arguments {
 public:
  explicit Arguments(const Plan& plan) : plan_(plan) {}

  std::vector<std::string> make() {
    add({program, "--unshare-all", "--unshare-user", "--disable-userns", "--as-pid-1", "--uid",
         "1000", "--gid", "1000", "--hostname", "sandbox", "--proc", "/proc", "--dev", "/dev"});
    for (const char* folder : {"/dev/shm", "/tmp", policy::work_folder, "/home/user"}) {
      add_memory(folder);
    }
    for (const Tree& tree : plan_.policy.trees) add_tree(tree);
    for (const policy::Link& link : plan_.policy.links) add({"--symlink", link.target, link.at});
    for (const policy::File& file : plan_.policy.files) {
      const int memory = memfd_create("file", 0);
      if (memory < 0 || !write_all(memory, file.content.data(), file.content.size())) return {};
      lseek(memory, 0, SEEK_SET);
      add_file(memory, file.mode, file.at);
    }
    for (const char* path : key_files) {
      if (access(path, F_OK) == 0) add({"--ro-bind", "/dev/null", path});
    }
    add_file(open("/proc/self/exe", O_RDONLY), 0755, helper_inside);
    add({"--remount-ro", "/dev", "--remount-ro", "/", "--chdir", "/", helper_inside, "inside"});
    return std::move(list_);
  }

 private:
  void add(const std::vector<std::string>& more) {
    list_.insert(list_.end(), more.begin(), more.end());
  }
  void add_memory(const std::string& at) {
    add({"--size", std::to_string(plan_.policy.limits.scratch_bytes), "--tmpfs", at});
  }
  void add_file(int descriptor, uint32_t mode, const std::string& at) {
    char octal[16] = {};
    for (int digit = 0; digit < 4; ++digit) {
      octal[3 - digit] = static_cast<char>('0' + ((mode >> (3 * digit)) & 7));
    }
    add({"--perms", octal, "--file", inherited(descriptor), at});
  }
  void add_tree(const Tree& tree) {
    if (tree.view == View::scratch) {
      add_memory(tree.at);
      for (const std::string name : package_folders) {
        // Bubblewrap follows links, and one in a project may name any folder of its user.
        struct stat status;
        const std::string host = tree.host + "/" + name;
        if (lstat(host.c_str(), &status) != 0 || !S_ISDIR(status.st_mode)) continue;
        add({"--ro-bind", host, tree.at + "/" + name});
      }
      return;
    }
    add({"--ro-bind", tree.host, tree.at});
    for (const std::string& hidden : tree.hidden) {
      struct stat status;
      if (stat((tree.host + "/" + hidden).c_str(), &status) != 0) continue;
      if (S_ISDIR(status.st_mode)) {
        add({"--tmpfs", tree.at + "/" + hidden});
      } else {
        add({"--ro-bind", "/dev/null", tree.at + "/" + hidden});
      }
    }
  }

  const Plan& plan_;
  std::vector<std::string> list_;
};

}  // namespace

Failure become_bubblewrap(const Plan& plan, int socket) {
  if (access(program, X_OK) != 0) return failed("finding bubblewrap");
  std::vector<std::string> arguments = Arguments(plan).make();
  if (arguments.empty()) return failed("telling bubblewrap what to make");
  if (dup2(socket, keeper_socket) < 0) return failed("connecting bubblewrap");
  std::vector<char*> list;
  for (std::string& argument : arguments) list.push_back(argument.data());
  list.push_back(nullptr);
  char* const no_environment[] = {nullptr};
  execve(program, list.data(), no_environment);
  return failed("executing bubblewrap");
}

}  // namespace sandbox::runner::helper
