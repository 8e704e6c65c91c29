#!/bin/bash
# In the virtual machine, as root and as a service of systemd: the sandbox's tests where cgroups of
# version 2 are divided as on a user's machine. The last line tells the host how it went.
cd "$(dirname "${BASH_SOURCE[0]}")/../../.." || exit 1
export LC_ALL=C.UTF-8 PATH=/usr/local/bin:/usr/bin:/bin HOME=/root
build=$PWD/build/dev
failed=0

# check NAME COMMAND...
check() {
  local name=$1
  shift
  echo "--- $name"
  if "$@" 2>&1; then echo "passed: $name"; else
    failed=1
    echo "FAILED: $name"
  fi
}

# What a desktop starts: a service of the user's own manager, which may divide its cgroups.
from_desktop() {
  setpriv --reuid=1000 --regid=1000 --init-groups env HOME=/home/tester \
    XDG_RUNTIME_DIR=/run/user/1000 DBUS_SESSION_BUS_ADDRESS=unix:path=/run/user/1000/bus \
    systemd-run --user --quiet --pipe --wait --working-directory=/home/tester \
    --setenv=PATH="$PATH" --setenv=LEMMA_CGROUPS="${LEMMA_CGROUPS:-}" "$@"
}

# What a login over ssh is: a scope of the machine's manager, which may not.
from_login() {
  systemd-run --quiet --pipe --wait --property=PAMName=login --property=User=tester \
    --setenv=PATH="$PATH" "$@"
}

# says PATTERN COMMAND...: the lines that say so, else all that was said
says() {
  local pattern=$1 said
  shift
  said=$("$@" 2>&1)
  grep -E -- "$pattern" <<<"$said" || { echo "$said"; false; }
}

echo : >/tmp/nothing.sh
# More than all of its processes may have together, and less than each.
cat >/tmp/greedy.py <<'PROGRAM'
import os, time
for _ in range(8):
    if os.fork() == 0:
        block = bytearray(os.urandom(1 << 20) * 200)
        break
time.sleep(60)
PROGRAM
out_of_memory='lemma run: out of memory: its processes used more'

none_left() {
  local left
  left=$(find /sys/fs/cgroup -name 'lemma-sandbox-*')
  [[ -z $left ]] || { echo "$left"; false; }
}

uname -r
stat -f -c '/sys/fs/cgroup is %T' /sys/fs/cgroup
loginctl enable-linger tester  # the user's manager is there, and stays when a login ends
until [[ -S /run/user/1000/bus ]]; do sleep 0.1; done

held='works +memory limit of the sandbox: kernel'
check "doctor, root" says "$held" "$build/lemma" doctor
check "doctor, from the desktop" says "$held" from_desktop "$build/lemma" doctor
check "doctor, from a login" says 'systemd-run --user' from_login "$build/lemma" doctor
check "as doctor says" says '"memory_bytes":{"held":"kernel' from_login \
  systemd-run --user --scope --quiet "$build/lemma" run --json --deadline 60000 /tmp/nothing.sh
check "out of memory, root" says "$out_of_memory" "$build/lemma" run --deadline 60000 /tmp/greedy.py
check "out of memory, from the desktop" says "$out_of_memory" \
  from_desktop "$build/lemma" run --deadline 60000 /tmp/greedy.py

export LEMMA_CGROUPS=1
tests=$build/tests
check "runner, root" "$tests/test_sandbox_runner"
check "runner, from the desktop" from_desktop "$tests/test_sandbox_runner"
check "attacks, root" "$tests/test_sandbox_attacks" "~[once]"
check "attacks, from the desktop" from_desktop "$tests/test_sandbox_attacks" "~[once]"
unset LEMMA_CGROUPS
check "runner, from a login" from_login "$tests/test_sandbox_runner" "each end*"

# Helpers that were killed have left theirs to the next one of the same user.
"$build/lemma" run /dev/null >/dev/null 2>&1
from_desktop "$build/lemma" run /tmp/greedy.py >/dev/null 2>&1
check "no cgroup is left" none_left
if [[ $failed == 0 ]]; then echo "vm: passed"; else echo "vm: failed"; fi
