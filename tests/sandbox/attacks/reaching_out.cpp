#include "tests/sandbox/attacks/attack.h"

namespace attacks {

namespace {

using enum Outside;
using enum Answer;

const std::vector<Attack> reaching = {
    {1, "TCP to the host's loopback", R"(
s = socket.create_connection(("127.0.0.1", PORT), 2)
breach(s.recv(6) == b"canary"))"},
    {1, "UDP to the host's loopback", R"(
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.settimeout(0.5)
s.sendto(b"hello", ("127.0.0.1", UDP_PORT))
breach(s.recv(6) == b"canary"))"},
    {2, "DNS, by any way out of the loopback", R"(
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.connect(("203.0.113.1", 53))
breach(True))"},
    {3, "an abstract socket", R"(
s = socket.socket(socket.AF_UNIX)
s.connect("\0" + ABSTRACT)
breach(s.recv(6) == b"canary"))"},
    {4, "a socket in the file system, as docker.sock or D-Bus have", R"(
s = socket.socket(socket.AF_UNIX)
s.connect(SOCKET)
breach(s.recv(6) == b"canary"))"},
    {4, "a message to such a socket, from one of a pair", R"(
a, b = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
try: a.connect(SOCKET); breach(True)
except OSError as e: breach(e.errno == errno.EPROTOTYPE))"},
    {61, "the daemon's socket, in a workspace that the run sees", R"(
s = socket.socket(socket.AF_UNIX)
s.connect(WORKSPACE_SOCKET)
breach(s.recv(6) == b"canary"))"},
    {5, "AF_VSOCK", "breach(socket.socket(40, socket.SOCK_STREAM))"},
    {6, "AF_PACKET", R"(
try: socket.socket(socket.AF_PACKET, socket.SOCK_RAW); breach(True)
except OSError as e: breach(e.errno != errno.EAFNOSUPPORT))"},
    {6, "AF_XDP", R"(
try: socket.socket(44, socket.SOCK_RAW); breach(True)
except OSError as e: breach(e.errno != errno.EAFNOSUPPORT))",
     unsafe},
    {6, "a pair of AF_NETLINK", R"(
pair = (ctypes.c_int * 2)()
breach(enters(53, 16, 3, 0, pair) and ctypes.get_errno() != errno.EAFNOSUPPORT))"},
    {7, "io_uring_setup", "breach(enters(425, 8, 0))"},
    {8, "a 32-bit system call", R"(
code = mmap.mmap(-1, 4096, prot=7)
code.write(bytes.fromhex("b814000000cd80c3"))  # getpid through int 0x80
call = ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(code)))
breach(call() == os.getpid()))",
     breaches, killed},
    {9, "an x32 system call", "breach(syscall(0x40000000 + 39) == os.getpid())", unsafe, killed},
    {10, "unshare of a user namespace", "breach(syscall(272, 0x10000000) == 0)"},
    {10, "clone with a new user namespace", R"(
pid = syscall(56, 0x10000000 | 17, 0, 0, 0, 0)
if pid == 0: os._exit(0)
breach(pid > 0))"},
    {11, "clone3, while threads still work", R"(
import threading
seen = []
t = threading.Thread(target=lambda: seen.append(1)); t.start(); t.join()
breach(not seen or enters(435, 0, 0)))"},
    {12, "fsopen", "breach(enters(430, 0, 0))"},
    {12, "open_tree", "breach(enters(428, 0, 0, 0))"},
    {12, "a system call that no kernel has yet", "breach(enters(1023))", unsafe},
    {13, "a private key in a home folder", "breach(open(KEY).read() == 'canary')"},
    {13, "a secret in a workspace that the run sees", R"(
assert "readable" in open(WORKSPACE + "/notes.txt").read()
breach(open(WORKSPACE + "/.env").read()))"},
    {14, "writing below /usr", "breach(open('/usr/lemma-canary', 'w'))", unsafe},
    {14, "writing below /etc", "breach(open('/etc/lemma-canary', 'w'))", unsafe},
    {14, "writing beside a toolchain", "breach(open(TOOLS + '/added', 'w'))"},
    {14, "writing into a toolchain's file", "breach(open(TOOLS + '/compiler', 'r+'))"},
    {14, "a write to the workspace that would reach the host", R"(
open(WORKSPACE + "/notes.txt", "w").write("changed")
breach(False))",
     unsafe},
    {15, "the mode of a host's file", "breach(os.chmod(TOOLS + '/compiler', 0o755) is None)"},
    {15, "the times of a host's file", "breach(os.utime(TOOLS + '/compiler') is None)"},
    {15, "the times of a host's device", "breach(os.utime('/dev/null') is None)", breaches, held,
     On::all_but_bubblewrap},
    {15, "an attribute of a host's file", R"(
breach(os.setxattr('/usr/bin/env', 'user.a', b'1') is None))",
     unsafe},
    // The test has left one open, which whatever it starts without care inherits.
    {16, "descriptors and folders left open", R"(
links = [os.readlink(f"/proc/self/fd/{n}") for n in os.listdir("/proc/self/fd") if int(n) > 2
         and os.path.exists(f"/proc/self/fd/{n}")]
breach([l for l in links if l.startswith(("/", "socket")) and not
        l.startswith(("/proc/", "/sandbox/"))] or os.getcwd() not in ("/sandbox", FOLDER)))"},
    {17, "init's environment",
     "breach(open(f'/proc/{os.getppid()}/environ', 'rb').read() is not None)"},
    {18, "init's memory", "breach(os.open(f'/proc/{os.getppid()}/mem', os.O_RDWR))"},
    {19, "init's root", "breach(os.listdir(f'/proc/{os.getppid()}/root'))"},
    {17, "the environment of a process outside",
     "breach(open(f'/proc/{HOST_PROCESS}/environ', 'rb').read() is not None)"},
    {20, "core_pattern", "breach(os.open('/proc/sys/kernel/core_pattern', os.O_WRONLY))"},
    {20, "sysrq", "breach(open('/proc/sysrq-trigger', 'w'))", unsafe},
    {21, "overwriting the running program", "breach(open('/proc/self/exe', 'r+b'))", unsafe},
    {22, "ptrace of init", "breach(syscall(101, 0x4206, os.getppid(), 0, 0) == 0)"},
    {22, "ptrace of a process outside", "breach(syscall(101, 0x4206, HOST_PROCESS, 0, 0) == 0)",
     unsafe},
    {22, "pidfd_getfd from init", R"(
fd = syscall(434, os.getppid(), 0)
breach(syscall(438, fd, 1, 0) >= 0))"},
    {23, "process_vm_writev", "breach(enters(311, os.getpid(), 0, 0, 0, 0, 0))"},
    {23, "process_vm_readv from init", R"(
here = ctypes.create_string_buffer(8)
ours, theirs = (ctypes.c_ulong * 2)(ctypes.addressof(here), 8), (ctypes.c_ulong * 2)(4096, 8)
read = syscall(310, os.getppid(), ctypes.byref(ours), 1, ctypes.byref(theirs), 1, 0)
breach(read >= 0 or ctypes.get_errno() == errno.EFAULT))"},
    {24, "a signal to a process outside", "breach(os.kill(HOST_PROCESS, 0) is None)"},
    // Each sets what is set already.
    {25, "another process's limits", R"(
limit = (ctypes.c_ulong * 2)()
syscall(302, os.getppid(), 7, 0, ctypes.byref(limit))
breach(syscall(302, os.getppid(), 7, ctypes.byref(limit), 0) == 0))"},
    {25, "another process's priority", R"(
parent = os.getppid()
breach(os.setpriority(os.PRIO_PROCESS, parent, os.getpriority(os.PRIO_PROCESS, parent)) is None))"},
    {26, "a key that a later run could find", R"(
breach(syscall(248, b"user", b"lemma", b"x", 1, -3) > 0))"},
    {26, "the names of its user's keys", "breach('lemma-canary' in open('/proc/keys').read())"},
    {27, "shared memory that a later run could find", "breach(enters(29, 7, 4096, 0o1600))"},
    {30, "a setuid program", R"(
import subprocess
out = subprocess.run(["/usr/bin/su", "-c", "id -u"], capture_output=True, input=b"", timeout=5)
breach(out.stdout.strip() == b"0"))",
     unsafe},
    {31, "a device of its own", R"(
breach(os.mknod("null", 0o20666, os.makedev(1, 3)) is None))"},
    {32, "userfaultfd", "breach(enters(323, 1))"},
    {32, "bpf", "breach(enters(321, 99, 0, 0))"},
    {32, "perf_event_open", "breach(enters(298, 0, 0, 0, 0, 0))"},
    {32, "kexec_load", "breach(enters(246, 0, 999, 0, 0))", unsafe},
    {33, "typing into a terminal", "breach(terminal(0x5412))"},
    {34, "typing into a terminal, with high bits set", "breach(terminal(0x5412 | 1 << 32))"},
    {35, "TIOCLINUX", "breach(terminal(0x541C))"},
};

}  // namespace

const std::vector<Attack>& reaching_out() { return reaching; }

}  // namespace attacks
