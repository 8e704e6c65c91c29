"""The simplest expressions that pass all examples, and those that miss one."""
import re
import time

from .inputs import inputs_near
from .loops import loops_of
from .operators import ALL, AND, CHOICE, OR
from .space import Expression, OutOfTime, Space
from .values import ERROR, is_same, tag_of

NEAR = 18  # inputs besides the examples' on which all expressions are told apart
MOST_OF_MASK = 40
MOST_CONDITIONS = 4_000
MOST_CHOICES = 200_000
MOST_NAMED = 8
SCOUTED = 0.1  # of the time
MOST_SCOUTED = 8  # cost
SLACK = 1  # as much more may another meaning cost


def bits(mask):
    return bin(mask).count("1")


class Search:
    def __init__(self, known, seconds):
        self.known = known
        self.examples = known.examples
        self.results = [each.result for each in known.examples]
        arguments = [each.arguments for each in known.examples]
        self.inputs = arguments + inputs_near(arguments, NEAR)
        self.all = (1 << len(self.results)) - 1
        self.tags = {tag_of(each) for each in self.results if each is not ERROR}
        if len(self.tags) > 1:
            self.tags.add("mixed")
        self.is_list = any(tag.startswith("list") for tag in self.tags)
        self.of_mask = {}  # the results' expressions, by the examples that they pass
        self.passing = []
        self.complete = 0  # all of that cost were tried
        # By cost: of the results' types how many are right on each example, and how many there are.
        self.tried = {}
        self.seconds = seconds
        self.space = Space(len(self.results), ALL, time.monotonic() + seconds, self.note,
                           lambda vector: self.mask_of(vector) != 0)
        self.space.wants_tables = "dict" in self.tags

    def mask_of(self, vector):
        mask = 0
        for place, result in enumerate(self.results):
            value = vector[place]
            if value is result or value == result and is_same(value, result):
                mask |= 1 << place
        return mask

    def note(self, expression):
        """Whether it passes, or nearly."""
        tag = expression.tag
        if tag and tag not in self.tags and not (self.is_list and tag.startswith("list")):
            return
        mask = self.mask_of(expression.vector)
        counts = self.tried.setdefault(expression.cost, [0] * (len(self.results) + 1))
        counts[-1] += 1
        for place in range(len(self.results)):
            counts[place] += mask >> place & 1
        if mask == self.all:
            self.passing.append(expression)
        elif mask:
            some = self.of_mask.setdefault(mask, [])
            if len(some) < MOST_OF_MASK:
                some.append(expression)

    def by_chance(self, cost):
        """How many expressions up to that cost would pass if each example's result were as likely
        as it is among them, whatever the others say."""
        sums = [sum(each) for each in zip(*(counts for its, counts in self.tried.items()
                                            if its <= cost))]
        expected = sums[-1]
        for right in sums[:-1]:
            expected *= right / sums[-1]
        return expected

    def scout(self):
        """What passes and is made of the parameters and of what the program and the docstring name,
        before constants and loops make the space wide: that goes deeper in the same time. It is
        no part of what is said to have been tried."""
        def found(expression):
            if expression.tag in self.tags and self.mask_of(expression.vector) == self.all:
                self.passing.append(expression)

        scouted = Space(len(self.results), ALL, time.monotonic() + SCOUTED * self.seconds, found)
        self.add_parameters(scouted)
        for value in [*self.known.numbers, *self.known.texts]:
            scouted.add_leaf([value] * len(self.inputs), repr(value), fixed=True)
        try:
            for cost in range(2, MOST_SCOUTED + 1):
                scouted.grow(cost)
                if self.passing:
                    break
        except OutOfTime:
            pass

    def add_parameters(self, space):
        """And the program's own constants."""
        for place, name in enumerate(self.known.parameters):
            space.add_leaf([each[place] for each in self.inputs], name)
        for name, value in self.named():
            space.add_leaf([value] * len(self.inputs), name, fixed=True)

    def add_leaves(self):
        """Parameters, and the constants that the examples and the docstring suggest."""
        self.add_parameters(self.space)
        texts, numbers = self.constants()
        for value, cost in [*numbers.items(), *texts.items()]:
            self.space.add_leaf([value] * len(self.inputs), repr(value), cost, fixed=True)
        if self.is_list:
            self.space.add_leaf([[] for _ in self.inputs], "[]", fixed=True)
        if "dict" in self.tags:
            self.space.add_leaf([{} for _ in self.inputs], "{}", fixed=True)

    def named(self):
        """The program's own constants."""
        return [(name, value) for name, value in self.known.module.items()
                if name.isupper() and not name.startswith("_")
                and type(value) in (int, float, str, list, dict, tuple, set)][:MOST_NAMED]

    def constants(self):
        numbers = {0: 1, 1: 1, 2: 1, -1: 1, 10: 2, 3: 2}
        texts = {}
        scalars = [value for each in self.examples for value in [*each.arguments, each.result]]
        given = repr([each.arguments for each in self.examples])
        if "'" in given:
            texts = {"": 1, " ": 1}
            if "vowel" in self.known.function + self.known.prose:
                texts["aeiou"] = 1
        for value in scalars:
            if type(value) is int and abs(value) < 10_000:
                numbers.setdefault(value, 2)
        for result in self.results:
            if not isinstance(result, str):
                continue
            if 0 < len(result) <= 12 and self.results.count(result) > 1:
                texts[result] = 1
            for letter in result:
                if letter not in given or not letter.isalnum():
                    texts.setdefault(letter, 1)
        for letter in ",.-_/:@":
            if letter in given.replace("', '", ""):
                texts.setdefault(letter, 2)
        numbers.update(dict.fromkeys(self.known.numbers, 1))
        texts.update(dict.fromkeys(self.known.texts, 1))
        return dict(list(texts.items())[:14]), dict(list(numbers.items())[:16])

    def run(self):
        self.scout()
        self.add_leaves()
        leaves = [each for level in self.space.levels for all_of in level.values()
                  for each in all_of]
        self.seed_ranges()
        cost, loops, started = 1, [], set()
        try:
            while not self.settled(cost):
                cost += 1
                self.space.grow(cost)
                for loop in loops:
                    loop.grow(cost)
                if cost <= 3:
                    names = set(self.known.parameters)
                    for loop in loops_of(self.space, leaves, names):
                        if loop.row.text not in started:
                            started.add(loop.row.text)
                            loops.append(loop)
                            for earlier in range(2, cost + 1):
                                loop.grow(earlier)
                self.choose(cost)
                self.complete = cost
        except OutOfTime:
            pass
        if not self.passing:
            for beyond in range(self.complete + 1, self.complete + 4):
                self.choose(beyond)
                if self.passing:
                    break
        self.passing.sort(key=self.unlikely)
        # What was scouted is found again.
        self.passing = list({each.text: each for each in self.passing}.values())

    def unlikely(self, expression):
        """Larger for what is less likely meant: of those that cost the same, what leaves a
        parameter out, then what is longer."""
        words = set(re.findall(r"\w+", expression.text))
        unused = sum(name not in words for name in self.known.parameters)
        return expression.cost, unused, len(expression.text)

    def settled(self, cost):
        return bool(self.passing) and cost >= min(each.cost for each in self.passing) + SLACK

    def seed_ranges(self):
        for place, name in enumerate(self.known.parameters):
            values = [each[place] for each in self.inputs]
            if not all(type(value) is int and value < 200 for value in values):
                continue
            for text, make in ((f"1, {name} + 1", lambda n: range(1, n + 1)),
                               (f"2, {name}", lambda n: range(2, n)),
                               (f"1, {name}", lambda n: range(1, n))):
                row = [list(make(value)) for value in values]
                self.space.add_leaf(row, f"list(range({text}))", 2, f"range({text})")

    def choose(self, cost):
        """What is made of two parts, one for some of the examples and one for the others."""
        if self.tags == {"bool"}:
            self.join(cost)
        conditions = self.conditions(cost)
        tried = 0
        for mask, firsts in list(self.of_mask.items()):
            for other, seconds in list(self.of_mask.items()):
                if mask | other != self.all:
                    continue
                only = self.all & ~other  # where the condition must hold
                never = self.all & ~mask
                for condition, holds in conditions:
                    if holds & only != only or holds & never:
                        continue
                    for first in firsts:
                        for second in seconds:
                            total = first.cost + second.cost + condition.cost - 1
                            if total == cost:
                                tried += 1
                                self.add_choice(first, condition, second, cost)
                    if tried > MOST_CHOICES or time.monotonic() > self.space.deadline + 1:
                        return

    def conditions(self, cost):
        """With the examples for which they hold: comparisons, and rows that are not empty."""
        found = []
        for level in range(1, min(cost, len(self.space.levels))):
            for tag, all_of in self.space.of(level, lambda tag: True):
                is_condition = tag == "bool" or level == 1 and (tag == "str" or "list" in tag)
                if not is_condition:
                    continue
                for each in all_of:
                    if not (each.raises or each.fixed) and len(found) < MOST_CONDITIONS:
                        holds = sum(1 << i for i in range(len(self.results)) if each.vector[i])
                        found.append((each, holds))
        return found

    def add_choice(self, first, condition, second, cost):
        vector = [a if c else b for a, c, b in zip(first.vector, condition.vector, second.vector)]
        if any(self.is_equal(vector, each.vector) for each in self.passing):
            return
        text = f"{first.text} if {condition.text} else {second.text}"
        made = Expression(vector, text, CHOICE)
        made.cost = cost
        made.raises = any(value is ERROR for value in vector)
        self.passing.append(made)

    @staticmethod
    def is_equal(one, other):
        return all(a is b or is_same(a, b) for a, b in zip(one, other))

    def join(self, cost):
        """`and` and `or`, beyond what was tried one by one."""
        by_mask = {}
        for level in range(1, len(self.space.levels)):
            for each in self.space.levels[level].get("bool", []):
                if not each.raises:
                    by_mask.setdefault(self.mask_of(each.vector), []).append(each)
        wanted = sum(1 << i for i, result in enumerate(self.results) if result)
        for mask, firsts in by_mask.items():
            for other, seconds in by_mask.items():
                if mask > other:
                    continue
                held, its = self.holds(mask, wanted), self.holds(other, wanted)
                for word, binds, both in (("and", AND, held & its), ("or", OR, held | its)):
                    if both == wanted:
                        self.join_all(firsts[:60], seconds[:60], word, binds, cost)

    def holds(self, mask, wanted):
        """Where a condition holds, which is right for `mask`."""
        return self.all & ~(mask ^ wanted)

    def join_all(self, firsts, seconds, word, binds, cost):
        for first in firsts:
            for second in seconds:
                if first.cost + second.cost != cost or first is second:
                    continue
                pairs = zip(first.vector, second.vector)
                vector = [a and b if word == "and" else a or b for a, b in pairs]
                if any(self.is_equal(vector, each.vector) for each in self.passing):
                    continue
                texts = [each.text if each.binds > binds else f"({each.text})"
                         for each in (first, second)]
                made = Expression(vector, f" {word} ".join(texts), binds)
                made.cost, made.raises = cost, False
                self.passing.append(made)
