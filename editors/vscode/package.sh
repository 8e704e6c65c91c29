#!/usr/bin/env bash
# package.sh PROGRAM FOLDER: packs the extension twice.
#
#   FOLDER/lemma-linux-x64.vsix   with PROGRAM, the libraries it needs, and the default model
#   FOLDER/lemma.vsix             alone: it uses the `lemma` of the machine, and where there can be
#                                 none it says what to do
#   FOLDER/extension/             what the first one holds, unpacked
#
# Nothing of the system is needed but the C library, in the version that README.md names; this
# script fails where that has become untrue.
set -euo pipefail
program=$(realpath "$1")
mkdir -p "$2"
out=$(realpath "$2")
cd "$(dirname "${BASH_SOURCE[0]}")"
node=${LEMMA_NODE:-node}

fail() {
  printf 'package: %s\n' "$*" >&2
  exit 1
}

pack() {
  local file=$1
  shift
  (cd "$out/extension" && "$node" "$OLDPWD/node_modules/@vscode/vsce/vsce" package \
    --no-dependencies --allow-missing-repository --no-rewrite-relative-links --out "$file" "$@") \
    >"$out/vsce.log" 2>&1 || {
    cat "$out/vsce.log" >&2
    fail "vsce failed"
  }
}

# The libraries of PROGRAM that are not the C library's own.
libraries_of() {
  ldd "$1" | awk '$2 == "=>" { print $3 }' |
    grep -vE '/(libc|libm|libdl|librt|libpthread|libresolv)\.so\.[0-9]+$'
}

# The Debian package of a library. Some know their files by the names from before /usr was merged.
package_of() {
  { dpkg-query -S "$1" 2>/dev/null || dpkg-query -S "${1#/usr}"; } | sed 's/:.*//'
}

add_server() {
  local server=$out/extension/server library file package
  mkdir -p "$server"/{bin,lib,licenses,share/lemma/models}
  cp ../../engine/models/lemma-default.{gguf,memory} "$server/share/lemma/models/"
  cp ../../engine/models/README.md "$server/share/lemma/models/"
  cp "$program" "$server/bin/lemma"
  cp "$(dirname "$program")"/lemma-{bridge,sandbox} "$server/bin/"
  strip "$server"/bin/*
  patchelf --set-rpath "\$ORIGIN/../lib" "$server/bin/lemma"
  while read -r library; do
    file=$server/lib/$(basename "$library")
    cp "$(realpath "$library")" "$file"
    patchelf --set-rpath "\$ORIGIN" "$file"
    package=$(package_of "$(realpath "$library")")
    cp "/usr/share/doc/$package/copyright" "$server/licenses/$package"
  done < <(libraries_of "$program")
}

# The newest version of glibc that any file of the server asks for.
needed_glibc() {
  objdump -T "$out"/extension/server/{bin/lemma,lib/*} | grep -oE 'GLIBC_[0-9.]+' | sort -uV | tail -n 1 |
    sed 's/GLIBC_//'
}

"$node" node_modules/typescript/bin/tsc --noEmit || fail "the types do not fit"
npm run --silent bundle
rm -rf "$out/extension"
mkdir -p "$out/extension"
"$node" -e '
  const description = require("./package.json")
  delete description.devDependencies
  delete description.scripts
  delete description.private
  process.stdout.write(JSON.stringify(description, null, 2))
' >"$out/extension/package.json"
cp -r README.md ../../LICENSE package.nls*.json dist l10n media "$out/extension/"
pack "$out/lemma.vsix"

add_server
glibc=$(needed_glibc)
grep -qF "glibc $glibc " README.md || fail "the server needs glibc $glibc; README.md says otherwise"
pack "$out/lemma-linux-x64.vsix" --target linux-x64
ls -l "$out"/*.vsix
