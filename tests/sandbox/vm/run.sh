#!/usr/bin/env bash
# The sandbox's tests under Debian's own kernel, with cgroups of version 2 that systemd divides as
# on a user's machine: in a virtual machine that sees this one's files, read-only. Needs the preset
# dev, built.
set -euo pipefail
checkout=$(realpath "$(dirname "${BASH_SOURCE[0]}")/../../..")
cache=${XDG_CACHE_HOME:-$HOME/.cache}/lemma/kernel
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Without a processor that can, it is emulated, which takes ten times as long.
processor=(-accel 'tcg,thread=multi' -cpu max)
if grep -qwE 'vmx|svm' /proc/cpuinfo && [[ -r /dev/kvm && -w /dev/kvm ]]; then
  processor=(-accel kvm -cpu host)
fi

# Prints the folder of Debian's kernel, unpacked there and never installed.
find_kernel() {
  local package
  package=$(apt-cache depends linux-image-amd64 | sed -n 's/^ *Depends: //p' | head -n 1)
  if [[ ! -d $cache/$package ]]; then
    mkdir -p "$cache"
    (cd "$work" && apt-get -q download "$package" >&2 && dpkg-deb -x "$package"_*.deb unpacked)
    mv "$work/unpacked" "$cache/$package"
  fi
  echo "$cache/$package"
}
kernel=$(find_kernel)
[[ -d $kernel ]] || { echo "vm: no kernel; is there a network?" >&2; exit 1; }

# What the kernel needs for the host's files and a disk, each after those it depends on, and sockets
# between virtual machines, which a run must not have.
modules=(virtio_ring virtio virtio_pci_modern_dev virtio_pci_legacy_dev virtio_pci virtio_blk
  netfs fscache 9pnet 9pnet_virtio 9p overlay crc16 mbcache jbd2 crc32c_generic ext4 vsock)
mkdir -p "$work/initramfs/bin" "$work/initramfs/modules"
number=100
for module in "${modules[@]}"; do
  cp "$(find "$kernel/lib/modules" -name "$module.ko")" \
    "$work/initramfs/modules/$number-$module.ko"
  number=$((number + 1))
done
cp /bin/busybox "$work/initramfs/bin/busybox"
cp "$checkout/tests/sandbox/vm/boot.sh" "$work/initramfs/init"
chmod 755 "$work/initramfs/init"
(cd "$work/initramfs" && find . | busybox cpio -o -H newc 2>/dev/null >"$work/initramfs.cpio")
truncate -s 4G "$work/disk"
/sbin/mkfs.ext4 -q "$work/disk"

qemu-system-x86_64 "${processor[@]}" -smp 2 -m 3072 -no-reboot -display none -monitor none \
  -nodefaults -serial stdio -kernel "$kernel"/boot/vmlinuz-* -initrd "$work/initramfs.cpio" \
  -drive "file=$work/disk,format=raw,if=virtio,cache=unsafe" \
  -virtfs local,path=/,mount_tag=host,security_model=none,readonly=on,multidevs=remap \
  -append "console=ttyS0 quiet panic=-1 systemd.show_status=false systemd.log_target=null \
systemd.unit=tests.service lemma.checkout=$checkout" </dev/null | sed -u 's,\r$,,' | tee "$work/log"
grep -qx 'vm: passed' "$work/log"
