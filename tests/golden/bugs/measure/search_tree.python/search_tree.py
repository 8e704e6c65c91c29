"""A binary search tree of numbers. Run as a program, it prints an example."""


class Tree:
    """A node with its subtrees; an empty tree is None. No value is in a tree twice."""

    def __init__(self, value, left=None, right=None):
        self.value = value
        self.left = left
        self.right = right


def insert(tree, value):
    """The tree with the value in it (None is an empty tree)."""
    if tree is None:
        return Tree(value)
    if value < tree.value:
        tree.left = insert(tree.left, value)
    elif value > tree.value:
        tree.right = insert(tree.right, value)
    return tree


def build(values):
    tree = None
    for value in values:
        tree = insert(tree, value)
    return tree


def in_order(tree):
    """All values, ascending."""
    return [] if tree is None else in_order(tree.left) + [tree.value] + in_order(tree.right)


def height(tree):
    """Number of nodes on the longest way down; 0 for an empty tree."""
    if tree is None:
        return 0
    return 1 + max(height(tree.left), height(tree.right))


def smallest(tree):
    """The least value, None in an empty tree."""
    while tree.left is not None:
        tree = tree.left
    return tree.value


if __name__ == "__main__":
    example = build([5, 2, 8, 1])
    print(in_order(example), height(example), smallest(example), smallest(build([])))
