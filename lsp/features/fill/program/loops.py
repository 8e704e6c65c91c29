"""Comprehensions, and what is chosen or sorted by a key.

What stands in a loop is a space of its own: its inputs are all elements of the row on all inputs of
the function, so that a body is evaluated like any other expression.
"""
import keyword

from .operators import ATOM, BODY, POSTFIX
from .space import Expression, Space
from .values import ERROR, element_of

MOST_LOOPS = 10
MOST_ELEMENTS = 600  # of a row on all inputs together
MOST_BODIES = 3_000  # of a cost


def singular(name):
    if name.endswith("ies"):
        return name[:-3] + "y"
    return name[:-1] if name.endswith("s") and len(name) > 2 else ""


def variable_of(row, taken):
    """A name for an element that reads well."""
    names = [singular(row.text)] if row.text.isidentifier() else []
    if row.tag == "str":
        names += ["digit"] if row.text.startswith("str(") else ["letter"]
    elif row.text.startswith("list(range("):
        names.append("i")
    elif ".split(" in row.text:
        names.append("word")
    for name in [*names, "each", "item", "value", "one"]:
        if name.isidentifier() and name not in taken and not keyword.iskeyword(name):
            return name
    return "each_"


class Loop:
    def __init__(self, row, outer, leaves, names):
        self.row = row
        self.cost = 1 if is_usual(row) else row.cost
        self.places = []  # of each element, the number of its input
        elements = []
        given = 0
        for place, value in enumerate(row.vector):
            if value is not ERROR:
                elements += list(value)
                self.places += [place] * len(value)
            if place + 1 == outer.given:
                given = len(elements)
        self.usable = 0 < given and len(elements) <= MOST_ELEMENTS
        if not self.usable:
            return
        self.outer = outer
        self.new = []
        self.space = Space(given, BODY, outer.deadline, self.note)
        self.add_variables(elements, names)
        for each in leaves:
            if each.text != row.text:
                self.space.add_leaf([each.vector[place] for place in self.places], each.text,
                                    each.cost, fixed=each.fixed)

    def note(self, expression):
        if expression.loops:
            self.new.append(expression)

    def add_variables(self, elements, names):
        if all(type(each) is tuple and len(each) == 2 for each in elements):
            first, second = self.pair_names(names)
            self.variable = f"{first}, {second}"
            self.key = None
            for place, name in enumerate((first, second)):
                self.space.add_leaf([each[place] for each in elements], name, loops=True)
            return
        self.variable = self.key = variable_of(self.row, names)
        self.space.add_leaf(elements, self.variable, loops=True)

    def pair_names(self, names):
        if self.row.text.endswith(".items())"):
            pair = ("key", "value")
        elif self.row.text.startswith("list(enumerate("):
            pair = ("i", "each")
        else:
            pair = ("a", "b")
        return pair if not set(pair) & names else ("one", "other")

    def rows_of(self, vector):
        """The elements' values, as a list for each input."""
        rows = [[] for _ in self.row.vector]
        for place, value in zip(self.places, vector):
            rows[place].append(value)
        return [ERROR if value is ERROR or ERROR in row else row
                for value, row in zip(self.row.vector, rows)]

    def grow(self, cost):
        """Adds to the outer space what this loop makes at that cost."""
        inner = cost - self.cost
        if inner < 1:
            return
        self.new = [] if inner > 1 else self.new
        if inner > 1:
            self.space.grow(inner)
        for body in self.new[:MOST_BODIES]:
            if body.tag == "bool":
                self.filtered(body, cost)
            if body.text != self.variable:
                self.collected(body, cost)
                self.keyed(body, cost)
        self.collected_some(cost)
        if self.outer.wants_tables:
            self.collected_tables(cost)

    def add(self, vector, text, cost, iterated=""):
        binds = ATOM if iterated else POSTFIX
        self.outer.add(vector, lambda: Expression(vector, text, binds, iterated), cost)

    def collected(self, body, cost):
        inside = f"{body.text} for {self.variable} in {self.row.iterated}"
        self.add(self.rows_of(body.vector), f"[{inside}]", cost, inside)

    def kept(self, values, condition):
        """Of each input the values for which the condition holds."""
        rows = [[] for _ in self.row.vector]
        for place, value, holds in zip(self.places, values, condition.vector):
            if holds:  # an error is one of the row
                rows[place].append(ERROR if holds is ERROR else value)
        return [ERROR if value is ERROR or ERROR in row else row
                for value, row in zip(self.row.vector, rows)]

    def filtered(self, condition, cost):
        rows = self.kept(self.elements(), condition)
        target = self.variable if self.key else f"({self.variable})"
        inside = f"{target} for {self.variable} in {self.row.iterated} if {condition.text}"
        self.add(rows, f"[{inside}]", cost, inside)
        self.add([row if row is ERROR else len(row) for row in rows],
                 f"sum(1 for {self.variable} in {self.row.iterated} if {condition.text})", cost + 1)

    def elements(self):
        return [each for value in self.row.vector if value is not ERROR for each in value]

    def collected_some(self, cost):
        """Those with a condition as well: both together cost what is left."""
        for of_body in range(1, cost - self.cost):
            of_condition = cost - self.cost - of_body
            conditions = [each for _, all_of in self.space.of(of_condition, "bool".__eq__)
                          for each in all_of if each.loops]
            bodies = self.bodies(of_body, 50)
            for condition in conditions[:200]:
                for body in bodies:
                    if body.text != self.variable and body is not condition:
                        self.collect_some(body, condition, cost)

    def collect_some(self, body, condition, cost):
        inside = f"{body.text} for {self.variable} in {self.row.iterated} if {condition.text}"
        self.add(self.kept(body.vector, condition), f"[{inside}]", cost, inside)

    def bodies(self, cost, most):
        return [each for _, all_of in self.space.of(cost, lambda tag: True)
                for each in all_of if each.loops][:most]

    def collected_tables(self, cost):
        """{key: value for …}: both together cost what is left."""
        for of_key in range(1, cost - self.cost):
            values = self.bodies(cost - self.cost - of_key, 200)
            for key in self.bodies(of_key, 50):
                for value in values:
                    pairs = self.rows_of(list(zip(key.vector, value.vector)))
                    self.add([self.table_of(row) for row in pairs],
                             f"{{{key.text}: {value.text} for {self.variable} in "
                             f"{self.row.iterated}}}", cost)

    @staticmethod
    def table_of(row):
        try:
            is_error = row is ERROR or any(ERROR in pair for pair in row)
            return ERROR if is_error else dict(row)
        except TypeError:  # a key that has no hash
            return ERROR

    def keyed(self, body, cost):
        """max, min and sorted by what the body says of an element."""
        if body.tag not in ("int", "float", "str", "bool", "tuple") or not self.key:
            return
        keys = self.rows_of(body.vector)
        key = f"lambda {self.variable}: {body.text}"
        if body.text == f"len({self.variable})":
            key, cost = "len", cost - 1
        elif body.text == f"{self.variable}.lower()":
            key = "str.lower"
        for name, choose in KEYED:
            vector = []
            for row, its in zip(self.row.vector, keys):
                try:
                    vector.append(ERROR if row is ERROR else choose(list(row), its))
                except Exception:
                    vector.append(ERROR)
            self.add(vector, f"{name}({self.row.text}, key={key})", cost + 1)


def best(choose):
    return lambda row, keys: row[choose(range(len(row)), key=keys.__getitem__)]


KEYED = (
    ("max", best(max)),
    ("min", best(min)),
    ("sorted", lambda row, keys: [row[i] for i in sorted(range(len(row)), key=keys.__getitem__)]),
)


def is_usual(row):
    text = row.text
    return text.startswith(("list(range(", "list(zip(")) or text.endswith(".split()") or \
        row.cost == 2 and (text.startswith("str(") or text.endswith(".items())"))


def is_gone_through(row):
    return row.cost == 1 or is_usual(row) or row.text.startswith("list(enumerate(")


def loops_of(space, leaves, names):
    """The rows that are worth going through, the likeliest first."""
    rows = [each for cost in range(1, 4) for tag, all_of in space.of(cost, lambda tag: True)
            for each in all_of if element_of(tag) and tag != "list[]" and not each.fixed
            and is_gone_through(each)]
    rows.sort(key=lambda each: each.cost - (0.75 if is_usual(each) and each.cost > 1 else 0))
    loops = [Loop(row, space, leaves, names) for row in rows[:2 * MOST_LOOPS]]
    return [loop for loop in loops if loop.usable][:MOST_LOOPS]
