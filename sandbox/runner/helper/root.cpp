#include "sandbox/runner/helper/root.h"

#include <fcntl.h>
#include <linux/sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

namespace sandbox::runner::helper {
namespace {

using policy::Policy;
using policy::Tree;
using policy::View;

// The new root is built on top of the host's /tmp, in a mount namespace that nobody else sees.
const std::string base = "/tmp";
const std::string scratch = base + "/.scratch";
const std::string nothing = base + "/.nothing";

std::string in_root(const std::string& at) { return base + at; }

MaybeFailure mount_at(const char* kind, const std::string& target, unsigned long flags,
                      const std::string& options) {
  if (mount(kind, target.c_str(), kind, flags, options.c_str()) != 0) {
    return failed("mounting " + std::string(kind) + " at " + target);
  }
  return std::nullopt;
}

MaybeFailure bind(const std::string& from, const std::string& to) {
  if (mount(from.c_str(), to.c_str(), nullptr, MS_BIND, nullptr) != 0) {
    return failed("mounting " + from + " at " + to);
  }
  return std::nullopt;
}

MaybeFailure make_file(const std::string& path, const std::string& content, mode_t mode) {
  make_parents(path);
  const Descriptor file(open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode));
  if (!file.valid() || !write_all(file.get(), content.data(), content.size())) {
    return failed("writing " + path);
  }
  return std::nullopt;
}

// A folder in the scratch memory, seen at `at`.
MaybeFailure scratch_folder(const char* name, const std::string& at, mode_t mode) {
  const std::string from = scratch + "/" + name;
  const std::string to = in_root(at);
  if (mkdir(from.c_str(), mode) != 0 || chmod(from.c_str(), mode) != 0) {
    return failed("making " + from);
  }
  make_parents(to + "/");
  return bind(from, to);
}

MaybeFailure make_devices() {
  for (const char* name : {"null", "zero", "full", "random", "urandom"}) {
    const std::string from = std::string("/dev/") + name;
    if (auto failure = make_file(base + from, "", 0666)) return failure;
    if (auto failure = bind(from, base + from)) return failure;
    // Devices can be written all the same; their times and modes, which are the host's, cannot.
    mount_attr attributes{};
    attributes.attr_set = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC;
    if (mount_setattr(AT_FDCWD, (base + from).c_str(), 0, &attributes, sizeof attributes) != 0) {
      return failed("protecting " + from);
    }
  }
  const char* const links[][2] = {{"fd", "/proc/self/fd"},
                                  {"stdin", "/proc/self/fd/0"},
                                  {"stdout", "/proc/self/fd/1"},
                                  {"stderr", "/proc/self/fd/2"},
                                  {"ptmx", "pts/ptmx"}};
  for (const auto& [name, target] : links) {
    if (symlink(target, (base + "/dev/" + name).c_str()) != 0) return failed("linking in /dev");
  }
  const std::string terminals = base + "/dev/pts";
  mkdir(terminals.c_str(), 0755);
  // The machine's terminals have one limit for all; a run gets a share of it.
  if (auto failure = mount_at("devpts", terminals, MS_NOSUID | MS_NOEXEC,
                              "newinstance,ptmxmode=0666,mode=620,max=64")) {
    return failure;
  }
  return scratch_folder("shm", "/dev/shm", 01777);
}

MaybeFailure empty_keys() {
  for (const char* name : key_files) {
    const std::string path = base + name;
    if (access(path.c_str(), F_OK) != 0) continue;
    if (auto failure = bind(base + "/dev/null", path)) return failure;
  }
  return std::nullopt;
}

// An absent file in an overlay's upper layer: a device with the number 0, which anyone may make.
MaybeFailure hide(const std::string& upper, const std::string& hidden) {
  const std::string path = upper + "/" + hidden;
  make_parents(path);
  if (mknod(path.c_str(), S_IFCHR, makedev(0, 0)) != 0) return failed("hiding " + hidden);
  return std::nullopt;
}

// Paths go to the kernel as descriptors: a comma or a colon in a name would change the options.
MaybeFailure lay_over(const Tree& tree, const std::string& lower, size_t index) {
  const std::string to = in_root(tree.at);
  make_parents(to + "/");
  if (tree.view == View::read_only && tree.hidden.empty()) {
    return mount_at("overlay", to, MS_RDONLY | MS_NOSUID | MS_NODEV,
                    "lowerdir=" + lower + ":" + nothing);
  }
  const std::string layer = scratch + "/layer" + std::to_string(index);
  const std::string upper = layer + "/upper";
  const std::string work = layer + "/work";
  if (mkdir(layer.c_str(), 0700) != 0 || mkdir(upper.c_str(), 0755) != 0 ||
      mkdir(work.c_str(), 0700) != 0) {
    return failed("making a layer over " + tree.at);
  }
  for (const std::string& path : tree.hidden) {
    if (auto failure = hide(upper, path)) return failure;
  }
  if (tree.view == View::read_only) {
    return mount_at("overlay", to, MS_RDONLY | MS_NOSUID | MS_NODEV,
                    "lowerdir=" + upper + ":" + lower);
  }
  return mount_at("overlay", to, MS_NOSUID | MS_NODEV,
                  "userxattr,lowerdir=" + lower + ",upperdir=" + upper + ",workdir=" + work);
}

MaybeFailure show_tree(const Tree& tree, const OpenTree& open, size_t index) {
  if (!open.detached) {
    return lay_over(tree, "/proc/self/fd/" + std::to_string(open.descriptor.get()), index);
  }
  // By itself it would show what the overlay hides: it goes with the way to the layers.
  const std::string lower = scratch + "/lower" + std::to_string(index);
  mkdir(lower.c_str(), 0700);
  if (move_mount(open.descriptor.get(), "", AT_FDCWD, lower.c_str(), MOVE_MOUNT_F_EMPTY_PATH) !=
      0) {
    return failed("attaching " + tree.at);
  }
  return lay_over(tree, lower, index);
}

MaybeFailure make_skeleton(const Policy& policy) {
  if (auto failure =
          mount_at("tmpfs", base, MS_NOSUID | MS_NODEV, "size=8m,nr_inodes=2048,mode=0755")) {
    return failure;
  }
  if (mkdir(scratch.c_str(), 0700) != 0 || mkdir(nothing.c_str(), 0755) != 0 ||
      mkdir(in_root("/proc").c_str(), 0555) != 0) {
    return failed("making the new root");
  }
  const std::string limits = "size=" + std::to_string(policy.limits.scratch_bytes) +
                             ",nr_inodes=" + std::to_string(policy.limits.scratch_files) +
                             ",mode=0755";
  if (auto failure = mount_at("tmpfs", scratch, MS_NOSUID | MS_NODEV, limits)) return failure;
  // In this process's pid namespace, and while the host's is still there: the kernel wants to see
  // that the new one shows nothing more.
  return mount_at("proc", in_root("/proc"), MS_NOSUID | MS_NODEV | MS_NOEXEC, "");
}

MaybeFailure leave_host() {
  if (chdir(base.c_str()) != 0 || syscall(SYS_pivot_root, ".", ".") != 0) {
    return failed("moving into the new root");
  }
  if (umount2(".", MNT_DETACH) != 0 || chdir("/") != 0) return failed("leaving the old root");
  // The folders bound from it stay; the way to the overlays' layers goes, and to what they lie on.
  if (umount2("/.scratch", MNT_DETACH) != 0) return failed("detaching the scratch memory");
  if (mount(nullptr, "/", nullptr, MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | MS_NODEV,
            nullptr) != 0) {
    return failed("making the root read-only");
  }
  return std::nullopt;
}

// A user namespace in which files of this owner belong to `user`; it lives as long as its
// descriptor. Invalid where it cannot be made.
Descriptor mapping_namespace(uid_t owner, gid_t group, uid_t user) {
  clone_args arguments{};
  arguments.flags = CLONE_NEWUSER;
  arguments.exit_signal = SIGCHLD;
  const pid_t keeper = getpid();
  const pid_t child = static_cast<pid_t>(syscall(SYS_clone3, &arguments, sizeof arguments));
  if (child == 0) {
    // Not for ever, should its parent be killed now.
    prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    while (getppid() == keeper) pause();
    _exit(0);
  }
  if (child < 0) return Descriptor();
  const std::string folder = "/proc/" + std::to_string(child);
  const auto line = [&](uid_t id) {
    return std::to_string(id) + " " + std::to_string(user) + " 1\n";
  };
  Descriptor made;
  if (!write_file(folder + "/uid_map", line(owner)) &&
      !write_file(folder + "/gid_map", line(group))) {
    made = Descriptor(open((folder + "/ns/user").c_str(), O_RDONLY | O_CLOEXEC));
  }
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
  return made;
}

}  // namespace

OpenTrees give_trees(const Policy& policy, uid_t user) {
  OpenTrees trees(policy.trees.size());
  for (size_t i = 0; i < trees.size(); ++i) {
    const Tree& tree = policy.trees[i];
    struct stat status;
    if (tree.view != View::scratch || stat(tree.host.c_str(), &status) != 0) continue;
    const Descriptor ids = mapping_namespace(status.st_uid, status.st_gid, user);
    Descriptor mounted(open_tree(AT_FDCWD, tree.host.c_str(), OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC));
    mount_attr attributes{};
    attributes.attr_set = MOUNT_ATTR_IDMAP | MOUNT_ATTR_RDONLY;
    attributes.userns_fd = static_cast<uint64_t>(ids.get());
    if (ids.valid() && mounted.valid() &&
        mount_setattr(mounted.get(), "", AT_EMPTY_PATH, &attributes, sizeof attributes) == 0) {
      trees[i] = {std::move(mounted), true};
    }
  }
  return trees;
}

MaybeFailure open_trees(const Policy& policy, OpenTrees& trees) {
  trees.resize(policy.trees.size());
  for (size_t i = 0; i < trees.size(); ++i) {
    if (trees[i].descriptor.valid()) continue;
    const std::string& host = policy.trees[i].host;
    trees[i].descriptor = Descriptor(open(host.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    if (!trees[i].descriptor.valid()) return job_failed("opening " + host);
  }
  return std::nullopt;
}

MaybeFailure enter_root(const Policy& policy, const OpenTrees& trees) {
  umask(0022);
  if (mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) {
    return failed("separating the mounts");
  }
  if (auto failure = make_skeleton(policy)) return failure;
  if (auto failure = make_devices()) return failure;
  if (auto failure = empty_keys()) return failure;
  // First, since a tree may lie below one of them.
  const char* const writable[][2] = {
      {"tmp", "/tmp"}, {"work", policy::work_folder}, {"home", "/home/user"}};
  for (const auto& [name, at] : writable) {
    if (auto failure = scratch_folder(name, at, name == std::string("tmp") ? 01777 : 0755)) {
      return failure;
    }
  }
  for (size_t i = 0; i < trees.size(); ++i) {
    if (auto failure = show_tree(policy.trees[i], trees[i], i)) return failure;
  }
  for (const policy::Link& link : policy.links) {
    make_parents(in_root(link.at));
    if (symlink(link.target.c_str(), in_root(link.at).c_str()) != 0) {
      return failed("linking " + link.at);
    }
  }
  for (const policy::File& file : policy.files) {
    if (auto failure = make_file(in_root(file.at), file.content, file.mode)) return failure;
  }
  return leave_host();
}

}  // namespace sandbox::runner::helper
