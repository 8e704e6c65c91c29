"""Settings from several places: built-in ones, a file, the command line."""

DEFAULTS = {
    "editor": {"font": "mono", "size": 12, "wrap": False},
    "network": {"retries": 3, "proxy": None},
}


def merge(base, changes):
    """A new dictionary with the changes put over the base, at every depth.

    Where both have a dictionary under a key, these are merged; otherwise the change replaces.
    Neither argument is changed.
    """
    result = dict(base)
    for key, value in changes.items():
        if isinstance(value, dict) and isinstance(base.get(key), dict):
            result[key] = merge(base[key], value)
        else:
            result[key] = value
    return result


def set_path(settings, path, value):
    """New settings with the value under a dotted path: "editor.size"."""
    change = value
    for name in reversed(path.split(".")):
        change = {path: change}
    return merge(settings, change)


def difference(base, settings):
    """The smallest changes with merge(base, changes) == settings.

    Every key of the base must be in the settings too.
    """
    changes = {}
    for key, value in settings.items():
        if key in base and base[key] == value:
            continue
        if isinstance(value, dict) and isinstance(base.get(key), dict):
            changes[key] = difference(base[key], value)
        else:
            changes[key] = value
    return changes
