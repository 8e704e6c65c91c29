"""Prints rows of text as a table with aligned columns."""


def column_widths(rows):
    """Width of each column: the length of its longest cell. Rows may have different lengths."""
    widths = []
    for row in rows:
        for i, cell in enumerate(row):
            if i == len(widths):
                widths.append(len(cell))
            else:
                widths[i] = max(widths[i], len(cell))
    return widths


def align(cell, width, how):
    """The cell filled with spaces: how is '<' for left, '>' for right and '^' for the middle.

    In the middle the odd space goes to the right.
    """
    missing = width - len(cell)
    if how == ">":
        return " " * missing + cell
    if how == "^":
        left = missing // 2
        return " " * left + cell + " " * (missing - left)
    return cell + " " * missing


def table(rows, alignment):
    """One line for each row, cells separated by two spaces, no spaces at the end of a line.

    `alignment` has one character of '<', '>' or '^' for each column; columns without one are
    aligned to the left.
    """
    widths = column_widths(rows)
    lines = []
    for row in rows:
        cells = []
        for i, cell in enumerate(row):
            how = alignment[i] if i < len(alignment) else "<"
            cells.append(align(cell, widths[i], how))
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines)
