// A build tool: prints the system call filters of the sandbox as C++ arrays of BPF instructions.
//
// Making a filter with libseccomp takes longer than a whole run of a small program, so it happens
// once, when lemma is built, and the helper loads the finished instructions.
//
// The list names what programs need. A call that it does not name fails with ENOSYS, as on an older
// kernel, so that programs fall back to older calls; this covers calls that are yet to be invented.
// A call through another ABI (`int 0x80`, x32) kills the process.
//
// A sandbox that shares the host's namespaces gets less: Landlock keeps its processes from opening
// files and signalling others, and does not see what is refused here in addition.
#include <fcntl.h>
#include <linux/filter.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <initializer_list>
#include <iostream>
#include <string>
#include <vector>

namespace {

// What libseccomp's macros SCMP_A0 and so on say, which are C alone.
scmp_arg_cmp argument(unsigned number, scmp_compare compare, uint64_t value, uint64_t other = 0) {
  return {number, compare, value, other};
}

class Filter {
 public:
  Filter() : context_(seccomp_init(SCMP_ACT_ERRNO(ENOSYS))) {
    good_ = context_ != nullptr &&
            seccomp_attr_set(context_, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS) == 0 &&
            seccomp_attr_set(context_, SCMP_FLTATR_CTL_OPTIMIZE, 2) == 0;  // a tree, not a list
  }
  ~Filter() { seccomp_release(context_); }
  Filter(const Filter&) = delete;
  Filter& operator=(const Filter&) = delete;

  using Names = std::initializer_list<const char*>;
  void allow(Names names) {
    for (const char* name : names) rule(SCMP_ACT_ALLOW, name, {});
  }
  void allow_if(const char* name, std::vector<scmp_arg_cmp> conditions) {
    rule(SCMP_ACT_ALLOW, name, conditions);
  }
  void refuse(int error, Names names) {
    for (const char* name : names) rule(SCMP_ACT_ERRNO(static_cast<uint32_t>(error)), name, {});
  }
  void refuse_if(int error, const char* name, std::vector<scmp_arg_cmp> conditions) {
    rule(SCMP_ACT_ERRNO(static_cast<uint32_t>(error)), name, conditions);
  }

  // Empty where anything failed.
  std::vector<sock_filter> instructions() const {
    if (!good_) return {};
    const int memory = memfd_create("filter", MFD_CLOEXEC);
    if (memory < 0 || seccomp_export_bpf(context_, memory) != 0) return {};
    std::vector<sock_filter> code(static_cast<size_t>(lseek(memory, 0, SEEK_END)) /
                                  sizeof(sock_filter));
    const size_t bytes = code.size() * sizeof(sock_filter);
    const bool read = pread(memory, code.data(), bytes, 0) == static_cast<ssize_t>(bytes);
    close(memory);
    return read ? code : std::vector<sock_filter>{};
  }

 private:
  void rule(uint32_t action, const char* name, const std::vector<scmp_arg_cmp>& conditions) {
    const int number = seccomp_syscall_resolve_name(name);
    // A call that this architecture never had, or that libseccomp does not know yet.
    if (number < 0) return;
    good_ = good_ && seccomp_rule_add_array(context_, action, number,
                                            static_cast<unsigned>(conditions.size()),
                                            conditions.data()) == 0;
  }

  scmp_filter_ctx context_;
  bool good_ = false;
};

enum class Surroundings { own, shared };

void add_files(Filter& filter, Surroundings surroundings) {
  filter.allow(
      {"read",     "readv",     "pread64",   "preadv",          "preadv2",        "write",
       "writev",   "pwrite64",  "pwritev",   "pwritev2",        "open",           "openat",
       "openat2",  "creat",     "close",     "close_range",     "lseek",          "dup",
       "dup2",     "dup3",      "fcntl",     "flock",           "fsync",          "fdatasync",
       "truncate", "ftruncate", "fallocate", "fadvise64",       "readahead",      "sendfile",
       "splice",   "tee",       "vmsplice",  "copy_file_range", "sync_file_range"});
  // They would write back the host's disks; what a run writes, nobody needs for long.
  filter.refuse(0, {"sync", "syncfs"});
  filter.allow({"stat",       "fstat",     "lstat",     "newfstatat", "statx",      "statfs",
                "fstatfs",    "access",    "faccessat", "faccessat2", "getdents",   "getdents64",
                "getcwd",     "chdir",     "fchdir",    "mkdir",      "mkdirat",    "rmdir",
                "unlink",     "unlinkat",  "rename",    "renameat",   "renameat2",  "link",
                "linkat",     "symlink",   "symlinkat", "readlink",   "readlinkat", "umask",
                "mknod",      "mknodat",   "getxattr",  "lgetxattr",  "fgetxattr",  "listxattr",
                "llistxattr", "flistxattr"});
  // Of any file that the user owns, whether the run may open it or not; notifications tell of such
  // files, too, and are few for each user.
  const auto beyond_opening = {
      "chmod",           "fchmod",       "fchmodat",     "chown",         "fchown",
      "lchown",          "fchownat",     "utime",        "utimes",        "utimensat",
      "futimesat",       "setxattr",     "lsetxattr",    "fsetxattr",     "removexattr",
      "lremovexattr",    "fremovexattr", "inotify_init", "inotify_init1", "inotify_add_watch",
      "inotify_rm_watch"};
  if (surroundings == Surroundings::own) filter.allow(beyond_opening);
  if (surroundings == Surroundings::shared) filter.refuse(EPERM, beyond_opening);
  filter.allow({"poll", "ppoll", "select", "pselect6", "epoll_create", "epoll_create1", "epoll_ctl",
                "epoll_ctl_old", "epoll_wait", "epoll_wait_old", "epoll_pwait", "epoll_pwait2",
                "eventfd", "eventfd2", "pipe", "pipe2"});
  // io_setup is absent on purpose: one limit of such contexts is for the whole machine.
}

void add_processes(Filter& filter) {
  filter.allow({"fork",
                "vfork",
                "execve",
                "execveat",
                "exit",
                "exit_group",
                "wait4",
                "waitid",
                "kill",
                "tkill",
                "tgkill",
                "pidfd_open",
                "pidfd_send_signal",
                "rt_sigaction",
                "rt_sigprocmask",
                "rt_sigreturn",
                "rt_sigpending",
                "rt_sigtimedwait",
                "rt_sigqueueinfo",
                "rt_tgsigqueueinfo",
                "rt_sigsuspend",
                "sigaltstack",
                "pause",
                "signalfd",
                "signalfd4",
                "alarm",
                "getitimer",
                "setitimer",
                "restart_syscall"});
}

// What names another process and is not one of the calls that Landlock looks at.
void add_relations(Filter& filter, Surroundings surroundings) {
  const auto of_a_process = {"sched_setaffinity", "sched_setscheduler"};
  const auto of_a_group = {"setpgid", "setsid"};
  if (surroundings == Surroundings::own) {
    filter.allow(of_a_process);
    filter.allow(of_a_group);
    // Only for the caller itself: the sandbox's init has the same user.
    filter.allow_if("setpriority", {argument(1, SCMP_CMP_EQ, 0)});
    return;
  }
  for (const char* name : of_a_process) filter.allow_if(name, {argument(0, SCMP_CMP_EQ, 0)});
  filter.allow_if("setpriority",
                  {argument(0, SCMP_CMP_EQ, PRIO_PROCESS), argument(1, SCMP_CMP_EQ, 0)});
  // One signal to its process group ends the whole run.
  filter.refuse(EPERM, of_a_group);
}

void add_identity(Filter& filter) {
  filter.allow({"getpid",     "getppid",         "gettid",          "getuid",          "geteuid",
                "getgid",     "getegid",         "getresuid",       "getresgid",       "getgroups",
                "setuid",     "setgid",          "setreuid",        "setregid",        "setresuid",
                "setresgid",  "setgroups",       "setfsuid",        "setfsgid",        "getpgrp",
                "getpgid",    "getsid",          "capget",          "capset",          "prctl",
                "arch_prctl", "set_tid_address", "set_robust_list", "get_robust_list", "rseq",
                "futex",      "futex_waitv",     "membarrier",      "getcpu",          "getrlimit",
                "getrusage",  "times",           "uname",           "sysinfo",         "getrandom",
                "ioprio_get"});
  filter.allow({"sched_yield",
                "sched_getaffinity",
                "sched_getparam",
                "sched_getscheduler",
                "sched_getattr",
                "sched_get_priority_max",
                "sched_get_priority_min",
                "sched_rr_get_interval",
                "getpriority",
                "nanosleep",
                "clock_nanosleep",
                "clock_gettime",
                "clock_getres",
                "gettimeofday",
                "time",
                "timer_create",
                "timer_settime",
                "timer_gettime",
                "timer_getoverrun",
                "timer_delete",
                "timerfd_create",
                "timerfd_settime",
                "timerfd_gettime"});
}

void add_conditions(Filter& filter) {
  // Threads and processes, never a new namespace. The C library retries clone3 as clone.
  constexpr uint64_t new_namespace = CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER |
                                     CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWCGROUP;
  filter.allow_if("clone", {argument(0, SCMP_CMP_MASKED_EQ, new_namespace, 0)});
  filter.refuse_if(EPERM, "clone", {argument(0, SCMP_CMP_MASKED_EQ, CLONE_NEWUSER, CLONE_NEWUSER)});
  for (const uint64_t known : {0UL, 0xffffffffUL, static_cast<uint64_t>(ADDR_NO_RANDOMIZE)}) {
    filter.allow_if("personality", {argument(0, SCMP_CMP_EQ, known)});
  }
}

// Of the caller itself; another process's can only be read.
//
// The limit of core files stays 1. A program that lowers it to 0 and crashes would start the host's
// core handler, as root and outside. That no core is written is what it asks for, so the call
// succeeds.
void add_resource_limits(Filter& filter) {
  constexpr uint64_t low = 0xffffffff;  // what the kernel looks at
  filter.allow_if("prlimit64", {argument(2, SCMP_CMP_EQ, 0)});
  for (uint64_t limit = 0; limit < RLIM_NLIMITS; ++limit) {
    if (limit == RLIMIT_CORE) {
      filter.refuse_if(0, "setrlimit", {argument(0, SCMP_CMP_MASKED_EQ, low, limit)});
      filter.refuse_if(0, "prlimit64",
                       {argument(0, SCMP_CMP_EQ, 0), argument(1, SCMP_CMP_MASKED_EQ, low, limit),
                        argument(2, SCMP_CMP_GT, 0)});
    } else {
      filter.allow_if("setrlimit", {argument(0, SCMP_CMP_MASKED_EQ, low, limit)});
      filter.allow_if("prlimit64",
                      {argument(0, SCMP_CMP_EQ, 0), argument(1, SCMP_CMP_MASKED_EQ, low, limit)});
    }
  }
}

void add_memory(Filter& filter, Surroundings surroundings) {
  filter.allow({"brk", "mmap", "munmap", "mremap", "mprotect", "pkey_mprotect", "pkey_alloc",
                "pkey_free", "madvise", "mincore", "msync", "mlock", "mlock2", "munlock",
                "mlockall", "munlockall", "get_mempolicy", "mbind", "set_mempolicy"});
  // Queues with names are the host's where there is no namespace for them.
  if (surroundings == Surroundings::own) {
    filter.allow(
        {"mq_open", "mq_unlink", "mq_timedsend", "mq_timedreceive", "mq_notify", "mq_getsetattr"});
  }
  // memfd_create, shmget, semget and msgget are absent on purpose: their memory belongs to no
  // process and no file system, so that no limit would count it. Programs fall back to /dev/shm.
}

void add_sockets(Filter& filter, Surroundings surroundings) {
  filter.allow({"getsockname", "getpeername", "getsockopt", "setsockopt", "sendto", "sendmsg",
                "sendmmsg", "recvfrom", "recvmsg", "recvmmsg", "shutdown"});
  const auto with_others = {"bind", "connect", "listen", "accept", "accept4"};
  if (surroundings == Surroundings::shared) {
    filter.refuse(EACCES, with_others);
    // Connected pairs alone. A pair of datagram sockets can send anywhere.
    constexpr uint64_t low = 0xffffffff;
    constexpr uint64_t kind = 0xf;  // the rest are flags
    for (const uint64_t connected : {SOCK_STREAM, SOCK_SEQPACKET}) {
      filter.allow_if("socketpair", {argument(0, SCMP_CMP_MASKED_EQ, low, AF_UNIX),
                                     argument(1, SCMP_CMP_MASKED_EQ, kind, connected)});
    }
  } else {
    filter.allow(with_others);
    // Of another family the kernel makes both sockets before it finds that they cannot be a pair.
    filter.allow_if("socketpair", {argument(0, SCMP_CMP_EQ, AF_UNIX)});
    filter.refuse_if(EAFNOSUPPORT, "socketpair", {argument(0, SCMP_CMP_NE, AF_UNIX)});
  }
  // The network namespace holds nothing but its own loopback. Other families (AF_VSOCK, AF_ALG, ..)
  // do not belong to a network namespace, or are kernel surface that programs do without.
  for (uint64_t family = 0; family <= AF_INET6; ++family) {
    const bool known = family == AF_UNIX || family == AF_INET || family == AF_INET6;
    if (known && surroundings == Surroundings::own) {
      filter.allow_if("socket", {argument(0, SCMP_CMP_EQ, family)});
    } else {
      filter.refuse_if(known ? EACCES : EAFNOSUPPORT, "socket", {argument(0, SCMP_CMP_EQ, family)});
    }
  }
  filter.refuse_if(EAFNOSUPPORT, "socket", {argument(0, SCMP_CMP_GT, AF_INET6)});
}

void add_ioctl(Filter& filter) {
  // The kernel looks at the low 32 bits alone, so the filter does, too.
  constexpr uint64_t low = 0xffffffff;
  constexpr uint64_t linux_console = 0x541C;  // TIOCLINUX
  const uint64_t refused[] = {TIOCSTI, linux_console, TIOCSETD, TIOCCONS};
  for (const uint64_t request : refused) {
    filter.refuse_if(EPERM, "ioctl", {argument(1, SCMP_CMP_MASKED_EQ, low, request)});
  }
  // libseccomp wants allowing rules to say what they match; together these match all that is left.
  const uint64_t useful[] = {TCGETS,
                             TCSETS,
                             TCSETSW,
                             TCSETSF,
                             TCGETA,
                             TCSBRK,
                             TCFLSH,
                             TIOCGPGRP,
                             TIOCSPGRP,
                             TIOCGSID,
                             TIOCGWINSZ,
                             TIOCSWINSZ,
                             TIOCINQ,
                             TIOCOUTQ,
                             FIONBIO,
                             FIOASYNC,
                             FIOCLEX,
                             FIONCLEX,
                             TIOCGPTN,
                             TIOCSPTLCK,
                             TIOCGPTPEER,
                             TIOCSCTTY,
                             TIOCNOTTY,
                             TIOCEXCL,
                             0x8912 /* SIOCGIFCONF */,
                             0x8913 /* SIOCGIFFLAGS */,
                             0x8915 /* SIOCGIFADDR */,
                             0x8933 /* SIOCGIFINDEX */,
                             0x40049409 /* FICLONE */,
                             0x80086601 /* GETFLAGS */};
  for (const uint64_t request : useful) {
    filter.allow_if("ioctl", {argument(1, SCMP_CMP_MASKED_EQ, low, request)});
  }
}

void add_refusals(Filter& filter) {
  // Refused like by a kernel that lacks the privilege, since that is what programs expect.
  filter.refuse(EPERM, {"mount",
                        "umount2",
                        "pivot_root",
                        "chroot",
                        "unshare",
                        "setns",
                        "acct",
                        "swapon",
                        "swapoff",
                        "reboot",
                        "sethostname",
                        "setdomainname",
                        "settimeofday",
                        "clock_settime",
                        "adjtimex",
                        "clock_adjtime",
                        "init_module",
                        "finit_module",
                        "delete_module",
                        "kexec_load",
                        "kexec_file_load",
                        "bpf",
                        "perf_event_open",
                        "userfaultfd",
                        "keyctl",
                        "add_key",
                        "request_key",
                        "iopl",
                        "ioperm",
                        "syslog",
                        "quotactl",
                        "vhangup",
                        "ioprio_set",
                        "open_by_handle_at",
                        "name_to_handle_at",
                        "pidfd_getfd",
                        "kcmp",
                        "process_madvise",
                        "move_pages",
                        "migrate_pages",
                        "lookup_dcookie",
                        "fanotify_init",
                        "fanotify_mark"});
}

void print(const std::string& name, const Filter& filter, std::ostream& out, bool& good) {
  const auto code = filter.instructions();
  good = good && !code.empty();
  out << "constexpr sock_filter " << name << "[] = {\n";
  for (const sock_filter& line : code) {
    out << "    {" << line.code << ", " << int{line.jt} << ", " << int{line.jf} << ", " << line.k
        << "u},\n";
  }
  out << "};\n";
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  std::ofstream out(argv[1]);
  bool good = true;
  for (const Surroundings surroundings : {Surroundings::own, Surroundings::shared}) {
    for (const bool tracing : {false, true}) {
      Filter filter;
      add_files(filter, surroundings);
      add_processes(filter);
      add_relations(filter, surroundings);
      add_identity(filter);
      add_conditions(filter);
      add_resource_limits(filter);
      add_memory(filter, surroundings);
      add_sockets(filter, surroundings);
      add_ioctl(filter);
      add_refusals(filter);
      const auto tracers = {"ptrace", "process_vm_readv", "process_vm_writev"};
      if (tracing) {
        filter.allow(tracers);
      } else {
        filter.refuse(EPERM, tracers);
      }
      const std::string prefix = surroundings == Surroundings::shared ? "shared_" : "";
      print(prefix + (tracing ? "tracing_filter" : "strict_filter"), filter, out, good);
    }
  }
  out.flush();
  if (!good || !out) std::cerr << "filter_maker: libseccomp refused a rule\n";
  return good && out ? 0 : 1;
}
