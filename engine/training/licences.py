"""Which licences may be trained on, read from Debian copyright files and package.json."""

from __future__ import annotations

import fnmatch
import re

_PERMISSIVE = re.compile(
    r"^(expat|mit|x11|bsd|0bsd|apache|asl|isc|psf|python|bsl|boost|zlib|libpng|unlicense"
    r"|public[- ]domain|pd|cc0|curl|mit-0|blueoak)([^a-z].*)?$"
)
_RESTRICTED_HEADER = re.compile(
    r"\b[AL]?GPL|GNU (Lesser |Library |Affero )?General Public|\bMPL\b|Mozilla Public|\bCDDL\b"
    r"|Eclipse Public|CC[- ]BY|Creative Commons Attribution",
    re.I,
)


def is_permissive(expression: str) -> bool:
    """True for an SPDX or Debian licence expression under which training on the text is fine.

    "A or B" needs one permissive side, "A and B" needs both; exceptions only widen a licence.
    """
    text = expression.strip().lower().replace("(", " ").replace(")", " ")
    alternatives = re.split(r"\s+or\s+|\s*\|\s*", text)
    return any(_all_permissive(alternative) for alternative in alternatives)


def _all_permissive(conjunction: str) -> bool:
    names = [name.strip() for name in re.split(r"\s+and\s+|,|&", conjunction) if name.strip()]
    return bool(names) and all(_PERMISSIVE.match(re.sub(r"\s+with\s.*", "", n)) for n in names)


def has_restricted_header(text: str) -> bool:
    """True if the first lines of a file name a licence that is not permissive."""
    return bool(_RESTRICTED_HEADER.search(text[:3000]))


class DebianCopyright:
    """A debian/copyright file in machine-readable form; the last matching paragraph counts."""

    def __init__(self, text: str) -> None:
        self._rules: list[tuple[re.Pattern[str], str]] = []
        if not re.match(r"(?i)\s*format(-specification)?:", text):
            return
        for paragraph in re.split(r"\n[ \t]*\n", text):
            files = re.search(r"^Files:((?:.*\n?)(?:[ \t]+.*\n?)*)", paragraph, re.M)
            licence = re.search(r"^Licen[cs]e:[ \t]*(.*)$", paragraph, re.M)
            if files and licence:
                patterns = "|".join(fnmatch.translate(p.rstrip(",")) for p in files[1].split())
                if patterns:
                    self._rules.append((re.compile(patterns), licence[1].strip()))

    @property
    def is_machine_readable(self) -> bool:
        return bool(self._rules)

    def licence_of(self, path: str) -> str:
        """The licence expression of a path inside the package; empty where none is given."""
        for pattern, licence in reversed(self._rules):
            if pattern.match(path):
                return licence
        return ""
