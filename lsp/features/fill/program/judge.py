"""Which of the expressions that pass is offered, and what may be said of it.

The simplest one is. It is called verified only where the search was exhaustive for a while longer,
nothing about as simple gives anything else on inputs near the examples, and each example would have
been foretold by the others: without it, nothing simpler would have passed.
"""
import ast
import copy
import itertools
import math
import signal
import textwrap
import time

from .inputs import inputs_near
from .search import SLACK, bits
from .values import ERROR, is_same

MOST_INPUTS = 250
MOST_COMPARED = 40
FEWEST_EXAMPLES = 3
MOST_BY_CHANCE = 0.1  # expressions
MOST_SHOWN = 60  # characters of a value
SECONDS_EACH = 0.1  # of a call of somebody else's body
PATIENCE = 2  # calls that get ten times as long: on a busy machine even a short one can need it


class Candidate:
    """A body that is one expression."""
    def __init__(self, expression, known):
        self.text = expression.text
        self.cost = expression.cost
        self.imports = [name for name in ("itertools", "math")
                        if f"{name}." in self.text and name not in known.module]
        names = {"itertools": itertools, "math": math, **known.module}
        self.function = eval(f"lambda {', '.join(known.parameters)}: {self.text}", names)

    def value(self, arguments):
        try:
            return self.function(*copy.deepcopy(arguments))
        except Exception as error:
            return Raised(type(error).__name__)

    def body(self):
        return [f"import {name}" for name in self.imports] + [f"return {self.text}"]


class Written(Candidate):
    """A body by somebody else: statements, which may go on for ever."""
    cost = 0

    def __init__(self, body, known):
        names = dict(known.module)
        exec(f"def {known.function}({', '.join(known.parameters)}):\n"
             + textwrap.indent(body, "    "), names)
        self.function = names[known.function]
        self.known = known
        self.late = False  # whether it once took too long

    def value(self, arguments):
        if self.late:
            return Raised("Timeout")
        value = self.watched(arguments, SECONDS_EACH)
        patience = getattr(self.known, "patience", PATIENCE)
        if self.late and patience > 0:
            self.known.patience = patience - 1
            self.late = False
            value = self.watched(arguments, 10 * SECONDS_EACH)
        return value

    def watched(self, arguments, seconds):
        signal.signal(signal.SIGALRM, end_late)
        signal.setitimer(signal.ITIMER_REAL, seconds)
        try:
            return super().value(arguments)
        except Late:
            self.late = True
            return Raised("Timeout")
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)


class Late(BaseException):
    pass


def end_late(*_):
    raise Late


class Raised:
    def __init__(self, name):
        self.name = name


def shown(value):
    if isinstance(value, Raised):
        return f"raises {value.name}"
    text = repr(value)
    return text if len(text) <= MOST_SHOWN else text[:MOST_SHOWN] + "…"


def is_right(candidate, example):
    value = candidate.value(example.arguments)
    if isinstance(value, Raised):
        return example.result is ERROR and value.name != "Timeout"
    return is_same(value, example.result)


def passes(candidate, examples):
    """Once more, as it is written."""
    return all(is_right(candidate, each) for each in examples)


def difference(first, other, inputs):
    """The smallest input on which the two say something else. That one raises where the other gives
    a value counts where they are equally simple: else the simpler one does not reach that far."""
    found = None
    for arguments in inputs:
        one, its = first.value(arguments), other.value(arguments)
        if isinstance(one, Raised) or isinstance(its, Raised):
            both = isinstance(one, Raised) and isinstance(its, Raised)
            if both or other.cost > first.cost:
                continue
        elif is_same(one, its):
            continue
        if found is None or len(repr(arguments)) < len(repr(found[0])):
            found = (arguments, one, its)
    return found


def unforetold(search, first):
    """An example without which something simpler would have passed; None where there is none."""
    for place in range(len(search.examples)):
        missed = search.all & ~(1 << place)
        if any(each.cost < first.cost for each in search.of_mask.get(missed, [])):
            return place
    return None


def call(known, arguments):
    return f"{known.function}({', '.join(map(shown, arguments))})"


def judged(search):
    """A report of what was found, as the program's answer has it."""
    known = search.known
    report = {"examples": len(search.examples), "others": known.others, "candidates": [],
              "passing": 0, "inputs": 0, "verified": False, "doubt": "", "doubt_alone": ""}
    if not search.passing:
        return report
    cheapest = search.passing[0].cost
    candidates = []
    for expression in search.passing:
        if expression.cost > cheapest + SLACK or len(candidates) == MOST_COMPARED:
            break
        candidate = Candidate(expression, known)
        if passes(candidate, search.examples):
            candidates.append(candidate)
    if not candidates:
        return report
    first = candidates[0]
    inputs = inputs_near([each.arguments for each in search.examples], MOST_INPUTS)
    told = [(other, difference(first, other, inputs)) for other in candidates[1:]]
    told = [(other, where) for other, where in told if where]
    report["passing"] = 1 + len(told)
    report["inputs"] = len(inputs)
    report["candidates"] = [first.body()]
    report["doubt_alone"] = doubt(search, first)  # should the others fail elsewhere
    if told:
        other, (arguments, one, its) = told[0]
        report["candidates"].append(other.body())
        report["doubt"] = f"{call(known, arguments)} {verb(one)}, with the other one {shown(its)}"
    else:
        report["doubt"] = report["doubt_alone"]
        report["verified"] = not report["doubt"]
    report["raises"] = where_it_raises(known, first, inputs)
    return report


def verb(value):
    return shown(value) if isinstance(value, Raised) else f"gives {shown(value)}"


def doubt(search, first):
    """Why it is not verified, though nothing tells it from others; empty where it is."""
    count = len(search.examples)
    if count < FEWEST_EXAMPLES:
        return f"{count} example{'s say' if count > 1 else ' says'} little"
    chance = search.by_chance(first.cost)
    if chance > MOST_BY_CHANCE:
        return f"{count} such examples say little: of what is as simple, much passes by chance"
    place = unforetold(search, search.passing[0])
    if place is not None:
        arguments = search.examples[place].arguments
        return f"nothing but {call(search.known, arguments)} speaks for it over something simpler"
    if search.complete < first.cost + SLACK:
        return "the time was too short to try all that is as simple"
    return ""


def where_it_raises(known, candidate, inputs):
    for arguments in sorted(inputs, key=lambda each: len(repr(each))):
        value = candidate.value(arguments)
        if isinstance(value, Raised):
            return f"{call(known, arguments)} raises {value.name}"
    return ""


def scalars_in(value):
    if isinstance(value, dict):
        value = [*value, *value.values()]
    if isinstance(value, (list, tuple, set)):
        return [each for one in value for each in scalars_in(one)]
    return [value]


def answers_examples(body, known):
    """Whether a body names several of the values with which the examples call: it answers them one
    by one."""
    given = {repr(each) for example in known.examples for each in scalars_in(example.arguments)}
    named = {repr(each.value) for each in ast.walk(ast.parse(f"def f():\n"
                                                             f"{textwrap.indent(body, '    ')}"))
             if isinstance(each, ast.Constant)}
    return len([each for each in named & given if len(each.strip("'")) > 1 and each != "10"]) > 1


def written(body, known):
    """None where it is no body."""
    try:
        return None if answers_examples(body, known) else Written(body, known)
    except Exception:
        return None


def weighed(known, bodies, seconds):
    """Bodies of others, the preferred ones first: how many examples each passes, the first that
    passes all of them, and those that pass as well and give something else on some input. What
    there is no time for passes nothing."""
    end = time.monotonic() + seconds
    inputs = inputs_near([each.arguments for each in known.examples], MOST_INPUTS)
    report = {"examples": len(known.examples), "right": [], "first": -1, "apart": [],
              "inputs": len(inputs), "doubt": "", "raises": ""}
    first = None
    for place, body in enumerate(bodies):
        candidate = written(body, known) if time.monotonic() < end else None
        right = sum(is_right(candidate, each) for each in known.examples) if candidate else 0
        report["right"].append(right)
        if right < len(known.examples):
            continue
        if first is None:
            first = candidate
            report["first"] = place
        elif where := difference(first, candidate, inputs):
            report["apart"].append(place)
            arguments, one, its = where
            report["doubt"] = report["doubt"] or f"{call(known, arguments)} {verb(one)}, " \
                f"with the other one {shown(its)}"
    if first:
        report["raises"] = where_it_raises(known, first, inputs)
    return report
