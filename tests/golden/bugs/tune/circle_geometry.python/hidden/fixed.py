"""Circles in the plane, each as (x, y, radius). Run as a program, it prints an example."""
import math


def area(circle):
    return math.pi * circle[2] ** 2


def distance(a, b):
    """Distance of the centres."""
    return math.hypot(a[0] - b[0], a[1] - b[1])


def relation(a, b):
    """How two circles lie: "apart", "touching" (from outside), "crossing" or "inside".

    "inside" is said of circles one of which lies within the other, touching it or not, equal
    circles included.
    """
    between = distance(a, b)
    if between > a[2] + b[2]:
        return "apart"
    if between == a[2] + b[2]:
        return "touching"
    return "inside" if between <= abs(a[2] - b[2]) else "crossing"


if __name__ == "__main__":
    print(relation((0, 0, 1), (3, 4, 4)))
    print(round(area((0, 0, 2)), 3))
