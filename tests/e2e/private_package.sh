#!/usr/bin/env bash
# private_package.sh SUITE PACKAGE PROGRAM: prints the path of PROGRAM from PACKAGE of Debian's SUITE
# (trixie, forky), unpacked below the user's cache: for editors that Debian 12 has too old (its
# Neovim, 0.7, has no inline virtual text) or not at all.
#
# Nothing of the system changes and no root is needed: apt works in folders of its own, with the
# machine's mirror (only the suite differs) and its own signature checks. The binary gets the
# suite's loader and libraries written into it, since LD_LIBRARY_PATH would be inherited by all
# that Neovim starts. Exit code 3: this mirror has no such suite.
set -euo pipefail

usage="usage: private_package.sh SUITE PACKAGE PROGRAM"
suite=${1:?$usage}
package=${2:?$usage}
program=${3:?$usage}
cache=${XDG_CACHE_HOME:-$HOME/.cache}/lemma
prefix=$cache/$package-$suite
binary=$prefix/usr/bin/$program
log=$cache/$package-$suite.log

fail() {
  local code=$1
  shift
  printf 'private_package: %s\n' "$*" >&2
  exit "$code"
}

if [[ -x $binary ]] && "$binary" --version >/dev/null 2>&1; then
  echo "$binary"
  exit 0
fi

command -v apt-get >/dev/null || fail 1 "apt-get is not here; install $program yourself"
command -v patchelf >/dev/null || fail 1 "patchelf is not here: apt-get install patchelf"
mkdir -p "$cache"
exec 9>"$cache/$package-$suite.lock"
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
if ! apt_get --download-only install "$package" >>"$log" 2>&1; then
  tail -n 5 "$log" >&2
  fail 1 "the download of $package from '$suite' failed (all of it: $log)"
fi
for archive in "$work"/archives/*.deb; do
  dpkg-deb --fsys-tarfile "$archive" | tar -x -C "$prefix"
done

loader=$(find "$prefix" -name 'ld-linux*.so.*' -print -quit)
libraries=$(dirname "$(find "$prefix" -name libc.so.6 -print -quit)")
[[ -n $loader && -x $binary ]] || fail 1 "the packages of '$suite' hold no $program or no loader"
patchelf --set-interpreter "$loader" --force-rpath --set-rpath "$libraries" "$binary"
"$binary" --version >/dev/null || fail 1 "the $program of '$suite' does not start"
echo "$binary"
