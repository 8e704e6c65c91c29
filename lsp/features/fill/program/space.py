"""Expressions by their cost, one for each behaviour.

Two expressions that give the same on all inputs, those of the examples and those near to them, are
one: the first that is found, which is the simplest. So what passes the examples is, at any time,
known with all that it might also mean.
"""
import time

from .operators import ATOM
from .values import ERROR, ERROR_TYPE, key_of, tag_of_all

MOST_KEPT = 400_000
CHECKED_EVERY = 256


class OutOfTime(Exception):
    pass


class Expression:
    __slots__ = ("vector", "text", "binds", "cost", "tag", "raises", "iterated", "loops", "fixed")

    def __init__(self, vector, text, binds, iterated="", loops=False):
        self.vector = vector
        self.text = text
        self.binds = binds
        self.iterated = iterated or text  # where it is only gone through
        self.loops = loops  # whether it depends on the variable of a loop
        self.fixed = False  # the same on all inputs


def braced(operand, binds):
    return operand.text if operand.binds > binds else f"({operand.text})"


def written(operator, operands):
    """The text, and the text of it where it is only gone through."""
    text = ""
    for letter in operator.text:
        if letter == "I":
            text += operands[0].iterated
        elif letter in "ABC":
            place = "ABC".index(letter)
            binds = operator.inner[place] if operator.inner else 0
            text += braced(operands[place], binds)
        else:
            text += letter
    # By the operator's own text: what it is made of may begin so as well, as in list(range(A))[:B].
    lazy = operator.text.startswith("list(") and operator.text.endswith("))")
    bracketed = operator.text.startswith("[item ")
    return text, text[5:-1] if lazy else text[1:-1] if bracketed else text


def expression_of(vector, operator, operands):
    text, iterated = written(operator, operands)
    loops = any(each.loops for each in operands)
    return Expression(vector, text, operator.binds, iterated, loops)


class Space:
    def __init__(self, given, operators, deadline, found, is_part=None):
        """`given`: how many of the inputs are the examples'; `found` sees each new expression, and
        those that raise on an example as well, where `is_part` holds for what they give."""
        self.given = given
        self.operators = operators
        self.deadline = deadline
        self.found = found
        self.is_part = is_part
        self.wants_tables = False
        self.levels = [{}]  # by cost; by type
        self.seen = set()
        self.count = 0

    def add(self, vector, make, cost):
        """Keeps what does something new and something at all; `make` writes the expression."""
        types = set(map(type, vector))
        raises = ERROR_TYPE in types
        if raises:
            types.discard(ERROR_TYPE)
            if ERROR_TYPE in map(type, vector[:self.given]):
                if self.is_part and self.is_part(vector):
                    self.keep(make(), cost, raises, "")
                return
        if not types:
            return
        key = key_of(vector, types)
        if key in self.seen:
            return
        self.seen.add(key)
        tag = tag_of_all(vector, types)
        while len(self.levels) <= cost:
            self.levels.append({})
        expression = make()
        self.levels[cost].setdefault(tag, []).append(expression)
        self.keep(expression, cost, raises, tag)

    def keep(self, expression, cost, raises, tag):
        expression.cost = cost
        expression.raises = raises
        expression.tag = tag
        self.found(expression)

    def add_leaf(self, vector, text, cost=1, iterated="", loops=False, fixed=False):
        def make():
            made = Expression(vector, text, ATOM, iterated, loops)
            made.fixed = fixed
            return made
        self.add(vector, make, cost)

    def evaluate(self, operator, operands):
        if not any(each.raises for each in operands):
            try:
                return list(map(operator.apply, *[each.vector for each in operands]))
            except Exception:
                pass
        vector = []
        for values in zip(*[each.vector for each in operands]):
            try:
                if any(value is ERROR for value in values):
                    vector.append(ERROR)
                else:
                    vector.append(operator.apply(*values))
            except Exception:  # one that is too large, too
                vector.append(ERROR)
        return vector

    def consider(self, operator, operands, cost):
        self.count += 1
        if self.count % CHECKED_EVERY == 0:
            if time.monotonic() > self.deadline or len(self.seen) > MOST_KEPT:
                raise OutOfTime
        vector = self.evaluate(operator, operands)
        if vector is not None:
            self.add(vector, lambda: expression_of(vector, operator, operands), cost)

    def grow(self, cost):
        """All expressions of that cost, where all cheaper ones are there."""
        for operator in self.operators:
            arity = len(operator.kinds)
            if arity == 1:
                self.grow_one(operator, cost)
            elif arity == 2:
                self.grow_two(operator, cost)
            else:
                self.grow_three(operator, cost)
        if len(self.levels) <= cost:
            self.levels.append({})

    def of(self, cost, matches):
        """The expressions of a cost, by type, that an operand may be."""
        if not 0 < cost < len(self.levels):
            return []
        return [(tag, list(each)) for tag, each in self.levels[cost].items() if matches(tag)]

    def grow_one(self, operator, cost):
        for _, operands in self.of(cost - operator.cost, operator.matches[0]):
            for operand in operands:
                if not operand.fixed:
                    self.consider(operator, (operand,), cost)

    def grow_two(self, operator, cost):
        for first in range(1, cost - operator.cost):
            second = cost - operator.cost - first
            cheaper_first = operator.commutes and first < second
            seconds = self.of(second, operator.matches[1])
            for tag, operands in self.of(first, operator.matches[0]):
                for other, others in seconds:
                    if operator.fits and not operator.fits((tag, other)):
                        continue
                    for a in operands:
                        for b in others:
                            idle = a.fixed and (b.fixed or operator.mirrored) or \
                                a is b and not operator.twice or \
                                cheaper_first and not b.fixed
                            if not idle:
                                self.consider(operator, (a, b), cost)

    def grow_three(self, operator, cost):
        """The last two are names or constants: more of them would be too many."""
        for _, operands in self.of(cost - operator.cost - 2, operator.matches[0]):
            for _, others in self.of(1, operator.matches[1]):
                for _, last in self.of(1, operator.matches[2]):
                    for a in operands:
                        for b in others:
                            for c in last:
                                if not a.fixed and b is not c:
                                    self.consider(operator, (a, b, c), cost)
