"""Matches file paths against patterns, as version control systems do for ignored files.

A pattern and a path are split at "/" into parts. Within a part, `?` stands for any one character,
`*` for any number of characters (none included) and `[abc]` for one of the characters in the
brackets, which may hold ranges such as `a-z`; `[!abc]` stands for one character that is not one of
them. Every other character stands for itself, and so does a `[` that is not closed. A part `**`
stands for any number of whole parts, none included. The whole path has to match the whole pattern.

A rule is a pattern, or `!` and a pattern. Rules apply in order, and the last one whose pattern
matches decides: the path is ignored, or with `!` it is not. Without a matching rule it is not.
"""


def read_class(pattern):
    """The class at the start of the pattern: (negated, set of characters, rest of the pattern).

    None if the bracket is not closed. The first character of a class may be `]`.
    """
    negated = pattern.startswith("[!")
    start = 2 if negated else 1
    end = pattern.find("]", start + 1)
    if end < 0:
        return None
    body = pattern[start:end]
    characters = set()
    i = 0
    while i < len(body):
        if i + 2 < len(body) and body[i + 1] == "-":
            characters.update(chr(code) for code in range(ord(body[i]), ord(body[i + 2]) + 1))
            i += 3
        else:
            characters.add(body[i])
            i += 1
    return negated, characters, pattern[end + 1:]


def match_part(pattern, text):
    """Whether one part of a path matches one part of a pattern."""
    if not pattern:
        return not text
    if pattern[0] == "*":
        return match_part(pattern[1:], text) or (bool(text) and match_part(pattern, text[1:]))
    if not text:
        return False
    if pattern[0] == "[":
        found = read_class(pattern)
        if found:
            negated, characters, rest = found
            return (text[0] in characters) != negated and match_part(rest, text[1:])
    return pattern[0] in ("?", text[0]) and match_part(pattern[1:], text[1:])


def match_parts(patterns, parts):
    """Whether a list of parts matches a list of part patterns."""
    if not patterns:
        return not parts
    if patterns[0] == "**":
        if match_parts(patterns[1:], parts):
            return True
        return bool(parts) and match_parts(patterns, parts[1:])
    if not parts:
        return False
    return match_part(patterns[0], parts[0]) and match_parts(patterns[1:], parts[1:])


def match(pattern, path):
    """Whether the path matches the pattern."""
    return match_parts(pattern.split("/"), path.split("/"))


class IgnoreList:
    """Rules in order, one a line; blank lines and lines that begin with `#` are skipped."""

    def __init__(self, text):
        self.rules = []
        for line in text.splitlines():
            line = line.strip()
            if line and not line.startswith("#"):
                ignored = not line.startswith("!")
                self.rules.append((ignored, line if ignored else line[1:]))

    def ignores(self, path):
        for ignored, pattern in reversed(self.rules):
            if match(pattern, path):
                return ignored
        return False

    def kept(self, paths):
        """The paths that are not ignored, in order."""
        return [path for path in paths if not self.ignores(path)]
