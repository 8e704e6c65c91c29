"""Splits a list of results into pages, as a web page shows them."""


def page_count(total, per_page):
    """Number of pages that hold `total` items; 0 for no items.

    `per_page` must be positive, otherwise ValueError.
    """
    if per_page <= 0:
        raise ValueError("per_page must be positive")
    return (total + per_page - 1) // per_page


def page(items, number, per_page):
    """The items of page `number`, counted from 1; the last page may be shorter.

    A number outside of 1..page_count gives an empty list.
    """
    if number < 1 or number > page_count(len(items), per_page):
        return []
    start = (number - 1) * per_page
    return items[start:start + per_page]


def links(number, count):
    """Page numbers to link to: the pages within two of `number`, inside 1..count, ascending."""
    first = max(1, number - 2)
    last = min(count, number + 2)
    return list(range(first, last + 1))
