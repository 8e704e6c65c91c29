"""What solve and its relatives are given: relations, unknowns, a domain, conditions."""
import sympy
from sympy import S

from . import numeric, tree
from .answer import Unsolvable

ORDER = ("lt", "le", "gt", "ge", "ne")
UNKNOWNS = "xyztuvwsrnkpqabc"
INSIDE = {"lt": lambda a, b: a < b, "le": lambda a, b: a <= b, "gt": lambda a, b: a > b,
          "ge": lambda a, b: a >= b, "ne": lambda a, b: a != b, "eq": lambda a, b: a == b}


class Task:
    """What solve and its relatives are given."""

    def __init__(self, problem):
        _, relations, *rest = problem
        if relations[0] == "matrix":
            raise Unsolvable("a system is given as equations here, not as a matrix")
        listed = relations[0] in ("list", "tuple")
        self.relations = relations[1:] if listed else [relations]
        self.relations = [one for each in self.relations
                          for one in (each[1:] if each[0] == "and" else [each])]
        self.relations = [each if each[0] in INSIDE else ["eq", each, ["number", "0"]]
                          for each in self.relations]
        if not self.relations:
            raise Unsolvable("there is no equation to solve")
        # x^2 = 4, x > 0: what orders says where the solutions are.
        ordering = [each for each in self.relations if each[0] in ORDER]
        self.assumed = ordering if len(ordering) < len(self.relations) else []
        self.relations = [each for each in self.relations if each not in self.assumed]
        unknowns, self.domain = [], None
        # y = 3x + 2 when x = 4, find y: that holds as well.
        self.relations += [each for given in rest if given[0] == "list" for each in given[1:]
                           if each[0] == "eq"]
        for each in rest:
            if each == ["symbol", "unknown"]:
                continue
            if each[0] == "symbol" and isinstance(tree.build(each), sympy.Set):
                self.domain = tree.build(each)
            elif each[0] == "symbol":
                unknowns.append(each[1])
            elif each[0] == "interval":
                self.assumed.append([*each[:3], ["symbol", "closed"], ["symbol", "closed"]])
            elif each[0] in ("list", "tuple") and each[1:] and each[1][0] != "symbol":
                self.assumed += [one for one in each[1:] if one[0] != "eq"]
            else:
                unknowns += [name[1] for name in each[1:]]
        self.names = sorted(set().union(*map(numeric.names_in, self.relations)))
        self.named = bool(unknowns)  # by who asks
        self.unknowns = unknowns or self.usual()
        for name in self.unknowns:
            if isinstance(tree.symbol(name), sympy.Symbol) is False:
                raise Unsolvable(f"'{name}' is a constant and cannot be solved for")
        self.symbols = [sympy.Symbol(name) for name in self.unknowns]

    def take_conditions(self):
        """Makes those that say how large a lone unknown is relations like the others."""
        name, = self.unknowns
        x, left = ["symbol", name], []
        for each in self.assumed:
            if each[0] == "interval":
                (_, low, high), ends = each[:3], [end[1] for end in each[3:5]]
                self.relations += [["gt" if ends[0] == "open" else "ge", x, low],
                                   ["lt" if ends[1] == "open" else "le", x, high]]
            elif each[0] in ORDER and numeric.names_in(each) == {name}:
                self.relations.append(each)
            else:
                left.append(each)
        self.assumed = left

    def ignored(self):
        """Whether a condition relates an unknown to something else: none such is used."""
        unknown = set(self.unknowns)
        return any(unknown & numeric.names_in(each) and numeric.names_in(each) - unknown
                   for each in self.assumed)

    def domain_of(self, symbol):
        """The set where a lone unknown is looked for: what the words and conditions on it say."""
        # |x| is meant of real x, and so is a cube root with its name.
        real = any(numeric.heads_in(each) & {"abs", "floor", "sign", "cbrt"}
                   for each in self.relations)
        domain = self.domain or (S.Reals if real else S.Complexes)
        for each in self.assumed:
            within = S.Reals if domain == S.Complexes else domain
            if each[0] == "interval":
                low, high = map(tree.build, each[1:3])
                left, right = each[3][1] == "open", each[4][1] == "open"
                domain = within.intersect(sympy.Interval(low, high, left, right))
            elif numeric.names_in(each) == {symbol.name}:
                variable = sympy.Symbol(symbol.name, real=True)
                domain = within.intersect(tree.build(each).subs(symbol, variable).as_set())
        return domain

    def usual(self):
        """All names where there are as many relations, else the first of the usual ones."""
        if not self.names:
            return []
        wanted = len(self.relations)
        if wanted >= len(self.names):
            return self.names
        ranked = sorted(self.names, key=lambda n: (UNKNOWNS.find(n) if n in UNKNOWNS else 99, n))
        if self.relations[0][0] in ORDER:
            wanted = 1
        return sorted(ranked[:wanted])


def difference(relation):
    left, right = (tree.build(each) for each in relation[1:])
    if isinstance(left, list) or isinstance(right, list) or tree.is_matrix(left):
        raise Unsolvable("equations between lists or matrices are not solved")
    return left - right
