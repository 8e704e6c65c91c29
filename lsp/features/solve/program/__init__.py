"""What lemma solve runs inside its sandbox: a tree of the formula in, an answer and its check out.

tree.py makes SymPy's objects of a tree, numeric.py evaluates the same tree without SymPy; the
others answer by the first and check by the second.
"""


def warm_up():
    from .main import warm_up as exercise
    exercise()
