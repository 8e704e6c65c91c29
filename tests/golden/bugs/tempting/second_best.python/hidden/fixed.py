"""Results of a competition."""


def second_best(points):
    """The highest number of points below the best one; None if there is none."""
    ordered = sorted(set(points))
    if len(ordered) < 2:
        return None
    return ordered[-2]


def ranks(points):
    """The rank of each result: 1 plus the number of results with more points."""
    return [1 + sum(other > each for other in points) for each in points]


def podium(names, points):
    """The names with ranks 1 to 3, by rank and then as they are given."""
    placed = sorted(zip(ranks(points), range(len(names))))
    return [names[i] for rank, i in placed if rank <= 3]
