#!/usr/bin/env bash
# private_neovim.sh SUITE: prints the path of a Neovim from Debian's SUITE (trixie, forky), unpacked
# below the user's cache. Debian 12's own Neovim, 0.7, has no inline virtual text.
#
# Nothing of the system changes and no root is needed: apt works in folders of its own, with the
# machine's mirror (only the suite differs) and its own signature checks. The binary gets the
# suite's loader and libraries written into it, since LD_LIBRARY_PATH would be inherited by all
# that Neovim starts. Exit code 3: this mirror has no such suite.
set -euo pipefail

suite=${1:?usage: private_neovim.sh SUITE}
cache=${XDG_CACHE_HOME:-$HOME/.cache}/lemma
prefix=$cache/neovim-$suite
binary=$prefix/usr/bin/nvim
log=$cache/neovim-$suite.log

fail() {
  local code=$1
  shift
  printf 'private_neovim: %s\n' "$*" >&2
  exit "$code"
}

if [[ -x $binary ]] && "$binary" --version >/dev/null 2>&1; then
  echo "$binary"
  exit 0
fi

command -v apt-get >/dev/null || fail 1 "apt-get is not here; install Neovim 0.10 or newer yourself"
command -v patchelf >/dev/null || fail 1 "patchelf is not here: apt-get install patchelf"
mkdir -p "$cache"
exec 9>"$cache/neovim-$suite.lock"
flock 9

# The mirror as apt itself reads it, from sources.list and *.sources alike; "bookworm" is one,
# "bookworm-security" is not.
# shellcheck disable=SC2016  # apt-get expands these
mirror=$(apt-get indextargets 'Created-By: Packages' 'Component: main' \
  --format '$(RELEASE) $(REPO_URI)' | awk '$1 !~ /-/ { print $2; exit }')
[[ -n $mirror ]] || fail 1 "apt knows no Debian mirror; add one to /etc/apt/sources.list"

work=$prefix.work
trap 'rm -rf "$work"' EXIT
rm -rf "$prefix" "$work"
mkdir -p "$prefix" "$work/lists/partial" "$work/archives/partial"
keyring=/usr/share/keyrings/debian-archive-keyring.gpg
signed_by=
[[ -r $keyring ]] && signed_by="[signed-by=$keyring] "
echo "deb $signed_by$mirror $suite main" >"$work/sources.list"

apt_get() {
  apt-get -q -y \
    -o Dir::Etc::sourcelist="$work/sources.list" -o Dir::Etc::sourceparts=/dev/null \
    -o Dir::Etc::preferences=/dev/null -o Dir::Etc::preferencesparts=/dev/null \
    -o Dir::State="$work" -o Dir::State::lists="$work/lists" -o Dir::State::status=/dev/null \
    -o Dir::Cache="$work" -o Dir::Cache::archives="$work/archives" \
    -o APT::Sandbox::User= -o APT::Install-Recommends=false -o Acquire::Languages=none \
    -o APT::Update::Error-Mode=any -o Binary::apt-get::APT::Keep-Downloaded-Packages=true "$@"
}

if ! apt_get update >"$log" 2>&1; then
  if grep -qE '404|does not have a Release file' "$log"; then
    fail 3 "the mirror has no suite '$suite'"
  fi
  tail -n 5 "$log" >&2
  fail 1 "apt-get update failed for suite '$suite' (all of it: $log); a missing key means that" \
    "debian-archive-keyring is too old"
fi
if ! apt_get --download-only install neovim >>"$log" 2>&1; then
  tail -n 5 "$log" >&2
  fail 1 "the download of Neovim from '$suite' failed (all of it: $log)"
fi
for package in "$work"/archives/*.deb; do
  dpkg-deb --fsys-tarfile "$package" | tar -x -C "$prefix"
done

loader=$(find "$prefix" -name 'ld-linux*.so.*' -print -quit)
libraries=$(dirname "$(find "$prefix" -name libc.so.6 -print -quit)")
[[ -n $loader && -x $binary ]] || fail 1 "the packages of '$suite' hold no Neovim or no loader"
patchelf --set-interpreter "$loader" --force-rpath --set-rpath "$libraries" "$binary"
"$binary" --version >/dev/null || fail 1 "the Neovim of '$suite' does not start"
echo "$binary"
