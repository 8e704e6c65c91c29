#!/usr/bin/env bash
# package.sh BUILD: makes the packages of a build and tries both, each in a fresh root of Debian 12 that
# has nothing but its base: the .deb by apt-get, with what it depends on, the tarball beside it. Needs
# root and debootstrap; exits 77 without.
set -euo pipefail
build=$(realpath "$1")
if [[ $(id -u) != 0 ]] || ! command -v debootstrap >/dev/null; then
  echo "skipped: making a fresh root takes root and debootstrap"
  exit 77
fi
folder=$(mktemp -d /var/tmp/lemma-package-XXXXXX)
trap 'rm -rf --one-file-system "$folder"' EXIT
root=$folder/root

fail() {
  printf 'package: %s\n' "$*" >&2
  exit 1
}

(cd "$build" && cpack -B "$folder/packages" >"$folder/cpack.log" 2>&1) || {
  cat "$folder/cpack.log" >&2
  fail "cpack failed"
}
ls -l "$folder"/packages/*.deb "$folder"/packages/*.tar.gz

debootstrap --variant=minbase bookworm "$root" >"$folder/debootstrap.log" 2>&1 || {
  tail "$folder/debootstrap.log" >&2
  fail "debootstrap failed: is there a network?"
}
cp /etc/resolv.conf /etc/hosts "$root/etc/"

# In a namespace of mounts and processes, so that nothing is left mounted or running.
inside() {
  unshare --mount --pid --fork --kill-child chroot "$root" /usr/bin/env -i HOME=/root LC_ALL=C.UTF-8 \
    PATH=/usr/sbin:/usr/bin:/sbin:/bin ${http_proxy:+http_proxy="$http_proxy"} \
    /bin/sh -ec "mount -t proc proc /proc 2>/dev/null || true; $1"
}

# smoke PROGRAM: it knows itself, completes, serves an editor, and says what is there.
smoke() {
  inside "
    $1 --version
    cd /tmp
    printf 'alpha_one = 1\nbeta = alpha_o' >a.py
    $1 complete a.py:2:15 | grep -q alpha_one
    body='{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"initialize\",\"params\":{\"processId\":null,\"capabilities\":{}}}'
    printf 'Content-Length: %d\r\n\r\n%s' \${#body} \"\$body\" | $1 lsp --standalone |
      grep -q completionProvider
    $1 doctor --json >doctor.json || [ \$? = 1 ]  # there may be no sandbox in here
    grep -q '\"what\":\"installation\",\"works\":true' doctor.json
  "
}

cp "$folder"/packages/*.deb "$root/tmp/lemma.deb"
inside "apt-get -q update && apt-get -q -y --no-install-recommends install /tmp/lemma.deb" \
  >"$folder/apt.log" 2>&1 || {
  tail "$folder/apt.log" >&2
  fail "the .deb cannot be installed"
}
smoke /usr/bin/lemma || fail "the program of the .deb does not work"
for file in man/man1/lemma.1.gz bash-completion/completions/lemma zsh/vendor-completions/_lemma \
    fish/vendor_completions.d/lemma.fish lemma/neovim/plugin lemma/neovim/doc/tags \
    doc/lemma/copyright; do
  # minbase is told to keep documentation; a man page may be compressed or not
  [[ -e $root/usr/share/$file || -e $root/usr/share/${file%.gz} ]] || fail "no $file in the .deb"
done
echo "the .deb works"

mkdir "$root/opt/lemma"
tar -xzf "$folder"/packages/*.tar.gz -C "$root/opt/lemma" --strip-components=1
smoke "$(cd "$root" && find opt/lemma -path '*/bin/lemma' -printf '/%p')" ||
  fail "the program of the tarball does not work"
echo "the tarball works"

inside "apt-get -q -y purge lemma" >"$folder/purge.log" 2>&1 || fail "the .deb cannot be removed"
[[ ! -e $root/usr/bin/lemma && ! -e $root/usr/share/lemma ]] || fail "something of the .deb is left"
echo "the .deb goes without a trace"
