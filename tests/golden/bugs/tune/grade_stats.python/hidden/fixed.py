"""Statistics of school grades."""


def mean(grades):
    """Arithmetic mean as a float; ValueError for an empty list."""
    if not grades:
        raise ValueError("no grades")
    return sum(grades) / len(grades)


def median(grades):
    """The middle grade, or the mean of the two middle ones; ValueError for an empty list."""
    if not grades:
        raise ValueError("no grades")
    ordered = sorted(grades)
    middle = len(ordered) // 2
    if len(ordered) % 2:
        return ordered[middle]
    return (ordered[middle - 1] + ordered[middle]) / 2


def histogram(grades):
    """{grade: how often}, in ascending order of the grades."""
    return {grade: grades.count(grade) for grade in sorted(set(grades))}
