"""The best results of a game."""


def top(scores, count):
    """Names of the `count` best, given {name: points}; equal points in alphabetical order."""
    return sorted(scores, key=lambda name: (-scores[name], name))[:count]


def ranks(scores):
    """{name: rank}: 1 for the best; equal points have equal ranks, and ranks are skipped then.

    {"a": 5, "b": 5, "c": 1} gives {"a": 1, "b": 1, "c": 3}.
    """
    return {name: len(scores) - sum(other < points for other in scores.values())
            for name, points in scores.items()}
