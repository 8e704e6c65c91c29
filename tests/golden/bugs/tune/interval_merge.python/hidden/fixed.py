"""Closed intervals of integers, such as opening hours or line ranges."""


def merge(intervals):
    """Union of closed intervals (low, high) as sorted, disjoint intervals.

    Intervals that share at least one point become one; (1, 2) and (3, 4) stay apart, since they
    share no point.
    """
    merged = []
    for low, high in sorted(intervals):
        if merged and low <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], high))
        else:
            merged.append((low, high))
    return merged


def covers(intervals, point):
    """Whether some interval contains the point."""
    return any(low <= point <= high for low, high in intervals)
