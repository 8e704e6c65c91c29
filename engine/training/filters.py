"""What counts as code worth learning from: languages, and the files that are left out."""

from __future__ import annotations

import re

LANGUAGES: dict[str, tuple[str, ...]] = {
    "python": (".py", ".pyi"),
    "cpp": (".c", ".h", ".cc", ".cpp", ".cxx", ".hpp", ".hh", ".hxx", ".ipp", ".inl"),
    "javascript": (".js", ".mjs", ".cjs", ".jsx"),
    "typescript": (".ts", ".tsx", ".mts", ".cts"),
    "rust": (".rs",),
    "go": (".go",),
    "java": (".java",),
    "lua": (".lua",),
    "bash": (".sh", ".bash"),
    "markdown": (".md", ".markdown"),
}
_BY_SUFFIX = {suffix: name for name, suffixes in LANGUAGES.items() for suffix in suffixes}

_LEFT_OUT = re.compile(
    r"(^|/)(\.[^/]+|node_modules|_?vendor(ed)?|third[_-]?party|3rdparty|extern(al|s)?|bundled"
    r"|contrib|deps|dist|build|umd|amd|bower_components|testdata|test-data|fixtures?|golden"
    r"|snapshots?|__snapshots__|lib2to3/tests/data|locales?|locale-data|i18n|debian|unicode-data"
    r"|es5|lib-esm|esm5|_esm5|esm2015|commonjs|cjs|lib\.commonjs)/"
    r"|\.min\.|-min\.js$|\.bundle\.|\.d\.[mc]?ts$|_pb2(_grpc)?\.py$|\.pb\.(h|cc|go)$|_generated\."
    r"|(^|/)(changelog|changes|history|news|authors|contributors|licen[sc]e)[^/]*$",
    re.I,
)
_GENERATED = re.compile(
    r"(generated (by|from|with|using)|auto-?generated|do not (edit|modify)|@generated"
    r"|this file is (machine )?generated|machine generated)",
    re.I,
)
_TRANSPILED = re.compile(
    r"__esModule|__webpack_require__|sourceMappingURL=|_interopRequire|__awaiter\s*="
    r"|\b_createClass\(|/\*#__PURE__\*/|@__PURE__"
)
_MAX_BYTES = 200_000
_MIN_BYTES = 200
_MAX_LINE = 400


def language_of(path: str) -> str | None:
    """The language a path's suffix names, or None."""
    name = path.rsplit("/", 1)[-1]
    dot = name.rfind(".")
    return _BY_SUFFIX.get(name[dot:].lower()) if dot > 0 else None


def is_left_out_path(path: str) -> bool:
    """True for vendored, built, generated and data paths."""
    return bool(_LEFT_OUT.search(path))


def decode(data: bytes) -> str | None:
    """The text of a file in UTF-8 with \\n line ends, or None if it is not such a text."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return None
    if "\0" in text:
        return None
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def why_dropped(text: str, language: str) -> str | None:
    """The reason a file's text is left out, or None if it is kept."""
    size = len(text)
    if size < _MIN_BYTES or size > _MAX_BYTES:
        return "size"
    lines = text.split("\n")
    if max(map(len, lines)) > _MAX_LINE:
        return "long lines"
    if _GENERATED.search(text[:1500]):
        return "generated"
    if language in ("javascript", "typescript") and _TRANSPILED.search(text):
        return "transpiled"
    digits = sum(map(text.count, "0123456789"))
    if digits > 0.12 * size or text.count("0x") > size / 40 or text.count("\\x") > size / 40:
        return "data"
    words = len(re.findall(r"[A-Za-z_]{2,}", text[:20_000]))
    if words < min(size, 20_000) / 25:
        return "data"
    return None


_COMMENT = re.compile(r"\s*(?:(?:(?:#(?!!)|//|--)[^\n]*\n)+|/\*.*?\*/[ \t]*\n)", re.S)
_LEGAL = re.compile(r"copyright|licen[sc]e|spdx|\(c\)|distributed under", re.I)


def without_legal_header(text: str) -> str:
    """The text without the copyright comments at its top: thousands of copies teach nothing."""
    first, position = "", 0
    if text.startswith("#!"):
        position = text.find("\n") + 1
        first = text[:position]
    for _ in range(3):
        match = _COMMENT.match(text, position)
        if not match or not _LEGAL.search(match[0]):
            break
        position = match.end()
    return first + text[position:].lstrip("\n")
