"""Reads settings in INI form.

    # a comment
    [section]
    key = value

Blank lines and lines whose first visible character is `#` or `;` are skipped. A section begins with
its name in brackets; keys before the first section belong to the section "". A later value of a
key replaces an earlier one, a section that comes again goes on. Keys and values are stripped of
spaces around them, and keys are lower-cased. A value may hold `=` and `#`. A line that begins with
spaces or tabs continues the value of the key before, joined by one space; it is an error if there
is no key before it in its section.

`${key}` in a value is replaced by the value of that key in the same section, if there is one there
by the end of the file, and otherwise by that of the section ""; an unknown key is an error. The
replacement is not replaced again.
"""
import re


class IniError(ValueError):
    """Something is wrong in a line; `line` is its number, counted from 1, or 0."""

    def __init__(self, message, line=0):
        super().__init__(f"line {line}: {message}" if line else message)
        self.line = line


class Parser:
    def __init__(self):
        self.sections = {"": {}}
        self.section = ""
        self.key = None

    def header(self, line, number):
        if not line.endswith("]"):
            raise IniError("a section's name ends with ]", number)
        self.section = line[1:-1].strip()
        self.sections.setdefault(self.section, {})
        self.key = None

    def setting(self, line, number):
        key, equals, value = line.partition("=")
        if not equals:
            raise IniError("there is no = in this line", number)
        self.key = key.strip().lower()
        if not self.key:
            raise IniError("there is no key before =", number)
        self.sections[self.section][self.key] = value.strip()

    def continuation(self, line, number):
        if self.key is None:
            raise IniError("this line continues nothing", number)
        values = self.sections[self.section]
        values[self.key] = (values[self.key] + " " + line).strip()

    def feed(self, raw, number):
        line = raw.strip()
        if not line or line[0] in "#;":
            return
        if raw[0] in " \t":
            self.continuation(line, number)
        elif line[0] == "[":
            self.header(line, number)
        else:
            self.setting(line, number)


def expand(sections):
    """The sections with `${key}` replaced."""
    def replace(section, value):
        def look_up(match):
            key = match[1].lower()
            for scope in (section, ""):
                if key in sections[scope]:
                    return sections[scope][key]
            raise IniError(f"[{section}] uses {key}, which is not set")
        return re.sub(r"\$\{([^}]*)\}", look_up, value)

    return {section: {key: replace(section, value) for key, value in values.items()}
            for section, values in sections.items()}


def parse(text):
    """Dictionary of sections, each a dictionary of its values; IniError if a line is wrong."""
    parser = Parser()
    for number, raw in enumerate(text.splitlines(), start=1):
        parser.feed(raw, number)
    return expand(parser.sections)
