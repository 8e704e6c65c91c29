"""Names of people."""


def initials(name):
    """First letters of all parts of a name as capitals with points: "ada king" gives "A.K."."""
    return "".join(part[0].upper() + "." for part in name.split())


def sort_key(name):
    """"Last, First Second": the last part comes first; a name of one part stays as it is."""
    parts = name.split()
    if len(parts) < 2:
        return name.strip()
    return parts[0] + ", " + " ".join(parts[:-1])


def shorten(name, width):
    """The name, cut to at most `width` (at least 1) characters; a cut name ends with "~"."""
    return name if len(name) <= width else name[:width - 1] + "~"
