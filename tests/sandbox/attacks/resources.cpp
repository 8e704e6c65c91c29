#include "tests/sandbox/attacks/attack.h"

namespace attacks {

namespace {

using enum Outside;
using enum Answer;

const std::vector<Attack> using_up = {
    {24, "a signal to everything", R"(
import signal
signal.signal(signal.SIGTERM, signal.SIG_IGN)
os.kill(-1, signal.SIGTERM)
breach(False))",
     unsafe},
    {37, "a fork bomb", R"(
children = 0
try:
    while children < 400:
        if os.fork() == 0: time.sleep(20); os._exit(0)
        children += 1
except OSError: pass
breach(children >= 130))",
     unsafe},
    {38, "ten thousand threads", R"(
import threading
threading.stack_size(65536)
started = 0
try:
    while started < 10000:
        threading.Thread(target=time.sleep, args=(20,), daemon=True).start()
        started += 1
except RuntimeError: pass
print("BREACH" if started >= 130 else "HELD", flush=True)
os._exit(0))",
     unsafe},
    {39, "one large allocation", R"(
try: breach(len(bytearray(8 << 30)) > 0)
except MemoryError: breach(False))",
     unsafe},
    {40, "four children of 150 MB, where 300 are allowed", R"(
reading, writing = os.pipe()
for _ in range(4):
    if os.fork() == 0:
        block = bytearray(os.urandom(1 << 20) * 150); os.write(writing, b"x")
        time.sleep(60); os._exit(0)
for _ in range(4): os.read(reading, 1)
time.sleep(4)  # where no cgroup holds it, somebody must look
breach(True))",
     unsafe, any_end},
    {41, "memory that belongs to no process", "breach(os.memfd_create('x') >= 0)"},
    {42, "buffers of pipes and sockets", R"(
held = 0
try:
    pairs = []
    while True:
        a, b = socket.socketpair(); pairs.append((a, b)); a.setblocking(False)
        try:
            while True: held += a.send(b"x" * 65536)
        except BlockingIOError: pass
except OSError: pass
breach(held > 512 << 20))",
     unsafe},
    {42, "memory of semaphores, of which the kernel allows tens of gigabytes", R"(
made = syscall(64, 0, 1, 0o600)
syscall(66, made, 0, 0)
breach(made >= 0))"},
    {42, "contexts of asynchronous reading, which the machine has one limit of",
     "breach(enters(206, 1, 0))"},
    {42, "all terminals of the machine", R"(
made = 0
try:
    while made < 200: os.openpty(); made += 1
except OSError: pass
breach(made > 64))",
     breaches, held, On::all_but_bubblewrap},
    {42, "all of the user's notifications", R"(
made = 0
while made < 40 and libc.inotify_init() >= 0: made += 1
breach(made > 32))",
     breaches, held, On::all_but_bubblewrap},
    {43, "filling the scratch memory", R"(
written = 0
try:
    for name in ("/tmp/a", "/dev/shm/b", "/sandbox/c"):
        with open(name, "wb", 0) as f:
            while written < 1 << 30: written += f.write(b"x" * (1 << 20))
except OSError: pass
breach(written > 260 << 20))",
     unsafe, held, On::all_but_reduced},
    {44, "a flood of files", R"(
made = 0
try:
    while made < 40000: open(f"/tmp/{made}", "w").close(); made += 1
except OSError: pass
breach(made > 20000))",
     unsafe, held, On::native_alone},
    {45, "a loop that catches the signal of its time limit", R"(
import signal
signal.signal(signal.SIGXCPU, lambda *_: None)
while True: pass)",
     unsafe, timed_out},
    {45, "a loop that nothing else on its processor can interrupt", R"(
os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))
breach(True))"},
    {46, "a program that ignores its end and stops itself", R"(
import signal
signal.signal(signal.SIGTERM, signal.SIG_IGN)
os.kill(os.getpid(), signal.SIGSTOP)
while True: time.sleep(1))",
     unsafe, timed_out},
    {47, "a daemon that outlives its parent", R"(
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        time.sleep(600)
    os._exit(0)
breach(False))",
     unsafe},
    {48, "a daemon that keeps the output open", R"(
if os.fork() == 0:
    os.setsid()
    time.sleep(600)
breach(False))",
     unsafe},
    {52, "a crash that would start the host's core handler", R"(
import resource
hard = resource.getrlimit(resource.RLIMIT_CORE)[1]
none = (ctypes.c_ulong * 2)(0, hard)
for attempt in (lambda: resource.setrlimit(resource.RLIMIT_CORE, (0, hard)),
                lambda: syscall(160, 4, ctypes.byref(none)),
                lambda: syscall(160, 4 | 1 << 32, ctypes.byref(none)),
                lambda: syscall(302, 0, 4 | 1 << 32, ctypes.byref(none), 0)):
    try: attempt()
    except OSError: pass
breach(resource.getrlimit(resource.RLIMIT_CORE) != (1, 1)))"},
    {56, "ten thousand folders in each other", R"(
for _ in range(10000): os.mkdir("d"); os.chdir("d")
breach(False))",
     unsafe},
    {57, "the compiler reading a file of the host", R"(
import subprocess
open("a.c", "w").write('#include "' + KEY + '"\n#include "/etc/shadow"\nint main(){}')
out = subprocess.run(["gcc", "a.c"], capture_output=True)
breach(b"canary" in out.stderr or out.returncode == 0 or b"root:" in out.stderr))"},
    {57, "the compiler running code", R"(
import subprocess
out = subprocess.run(["gcc", "-wrapper", "/bin/sh,-c,cat " + KEY, "-c", "-x", "c", "/dev/null"],
                     capture_output=True)
breach(b"canary" in out.stdout))"},
};

}  // namespace

const std::vector<Attack>& resources() { return using_up; }

}  // namespace attacks
