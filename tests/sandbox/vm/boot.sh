#!/bin/busybox sh
# shellcheck shell=dash
# The first program in the virtual machine, from its initramfs: a root in memory around the host's
# /usr and the checkout, which are read-only, and then systemd.
set -e
export PATH=/bin
/bin/busybox --install -s /bin
mkdir -p /proc /sys /dev /host /root
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs dev /dev
checkout=$(sed -n 's/.*lemma.checkout=\([^ ]*\).*/\1/p' /proc/cmdline)
for module in /modules/*; do insmod "$module"; done
mount -t 9p -o ro,trans=virtio,version=9p2000.L,cache=loose,msize=262144 host /host
mount -t tmpfs -o mode=0755 root /root
cd /root
mkdir -p usr tmp var/tmp var/log host proc sys dev run home/tester root
for folder in bin sbin lib lib32 lib64; do ln -s "usr/$folder" "$folder"; done
ln -s /run var/run
# Without large toolchains, which are tested elsewhere and take minutes in an emulated processor. A
# mount over each of them would keep ordinary users from seeing /usr through an overlay.
mkdir -p .usr/upper/bin .usr/work
mknod .usr/upper/local c 0 0
for absent in node nodejs go javac rustc clang clang++ esbuild; do
  mknod ".usr/upper/bin/$absent" c 0 0
done
mount -t overlay -o lowerdir=/host/usr,upperdir=.usr/upper,workdir=.usr/work usr usr

mkdir -p etc/systemd/system
for needed in alternatives ld.so.cache ld.so.conf ld.so.conf.d pam.d security login.defs dbus-1 \
  nsswitch.conf hosts python3 python3.11 java-17-openjdk; do
  cp -a "/host/etc/$needed" etc 2>/dev/null || true  # not each of them is on every machine
done
ln -s /dev/null etc/systemd/system/systemd-sysusers.service  # the users are these
cat >etc/passwd <<PASSWD
root:x:0:0:root:/root:/bin/sh
messagebus:x:100:102::/nonexistent:/usr/sbin/nologin
nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin
tester:x:1000:1000::/home/tester:/bin/sh
PASSWD
printf '%s\n' root:x:0: tty:x:5: messagebus:x:102: nogroup:x:65534: tester:x:1000: >etc/group
printf '%s\n' 'root:*:19000::::::' 'tester:*:19000::::::' >etc/shadow
echo 0123456789abcdef0123456789abcdef >etc/machine-id
cat >etc/systemd/system/tests.service <<SERVICE
[Unit]
Wants=dbus.socket systemd-logind.service
After=dbus.socket systemd-logind.service
FailureAction=poweroff-force
SuccessAction=poweroff-force
[Service]
Type=oneshot
ExecStart=/bin/bash $checkout/tests/sandbox/vm/inside.sh
StandardOutput=tty
StandardError=tty
TTYPath=/dev/ttyS0
SERVICE

# Tests write to a real disk: files in memory cannot be given to another user on older kernels.
mkdir disk
mount -t ext4 /dev/vda disk
mkdir disk/tmp disk/home
chmod 1777 disk/tmp
chown 1000:1000 disk/home
mount --bind disk/tmp tmp
mount --bind disk/home home/tester
mkdir -p "./$checkout"
mount --bind "/host/$checkout" "./$checkout"
umount /sys
# A network that leads nowhere, for the attacks' positive controls.
ip link set lo up
ip route add default dev lo
cd /
for folder in proc dev host; do mount --move "/$folder" "/root/$folder"; done
exec switch_root /root /lib/systemd/systemd
