"""Reads one task as JSON, writes one answer as JSON; sentences where there is none."""
import json
import sys

import sympy

from . import (algebra, calculus, calendars, congruences, differential, discrete, equations,
               expansions, extrema, inequalities, integers, limits, lines, matrices, quantities,
               polynomials, steps, tree)
from .answer import MAX_TEXT, Answer, Unsolvable, in_order, latex_of, text_of
from .numeric import NotNumeric

TASKS = {**algebra.TASKS, **calculus.TASKS, **equations.TASKS, **integers.TASKS,
         **matrices.TASKS, **quantities.TASKS, **expansions.TASKS, **differential.TASKS,
         **extrema.TASKS, **polynomials.TASKS, **discrete.TASKS, **lines.TASKS,
         **calendars.TASKS, **congruences.TASKS, **limits.TASKS}


# Python would write no whole number of more than 4,300 digits: 2000! has 5,736.
if hasattr(sys, "set_int_max_str_digits"):
    sys.set_int_max_str_digits(10 * MAX_TEXT)


def inner(head):
    """A task inside of a larger formula is its value there."""
    return lambda node: TASKS[head](node).value


INSIDE = ("diff", "integrate", "limit", "summation", "product", "det", "inverse", "transpose",
          "rank", "trace", "gcd", "lcm", "totient", "mean", "median", "sum", "evalf", "expand",
          "factor", "simplify", "dot", "cross", "norm", "charpoly", "at", "mod_inverse",
          "nextprime", "prime", "divisors", "primepi", "divisor_count", "coefficient",
          "from_base", "bit_and", "bit_or", "bit_xor")
tree.TASKS.update({head: inner(head) for head in INSIDE})


def solve(problem):
    head = problem[0]
    if quantities.has_units(problem) and head != "convert":
        return quantities.quantity(problem)
    if head == "abs":
        return matrices.absolute(problem)
    listed = problem[1] if head == "solve" and problem[1][0] == "list" else problem
    if listed[0] in ("list", "tuple") and {each[0] for each in listed[1:]} == {"congruence"}:
        return congruences.several(listed[1:])
    if head == "solve" and "or" in (problem[1][0], problem[1][1][0]):
        return inequalities.alternatives(problem)
    if head == "solve" and congruences.are_of_remainders(problem):
        return congruences.of_remainders(problem)
    if head in TASKS:
        return TASKS[head](problem)
    value = tree.build(problem)
    if tree.is_matrix(value):
        return matrices.matrix_formula(problem, value)
    return algebra.evaluate(problem)


def decimal_of(value):
    """What the number is in decimals, where that says more than the answer."""
    if isinstance(value, sympy.FiniteSet) and not value.free_symbols:
        if all(each.is_Rational or each.has(sympy.Float) for each in value):
            return ""
        return "{" + ", ".join(str(sympy.N(each, 8)) for each in in_order(value)) + "}"
    if not isinstance(value, sympy.Expr) or value.free_symbols or value.is_Integer or \
            value.is_infinite or value.has(sympy.physics.units.Quantity, sympy.Float):
        return ""
    if all(part.is_Rational for part in value.as_real_imag()) and not value.is_real:
        return ""
    number = sympy.N(value, 15)
    if not number.is_number:
        return ""
    if value.is_Rational:
        rest = value.q
        for p in (2, 5):
            while rest % p == 0:
                rest //= p
        if rest == 1 and len(str(value.q)) < 15:
            return format(float(value), ".15g") if abs(value) > 1e-5 else str(number)
    text = str(number)
    return text.rstrip("0").rstrip(".") if "." in text and "e" not in text else text


def quantity_of(value):
    """The same of a number of units: 177.8*centimeter."""
    number, unit = value.as_independent(sympy.physics.units.Quantity, sympy.Symbol)
    text = decimal_of(number)
    return f"{text}*{unit}" if text else ""


def reply_to(problem, language=""):
    """The answer; with a language, its worked steps as well."""
    try:
        return answered(problem, language)
    except Unsolvable as reason:
        return {"refused": str(reason)}
    except NotNumeric as reason:
        return {"refused": f"this cannot be worked out: {reason}"}
    except ZeroDivisionError:
        return {"refused": "this divides by zero"}
    except RecursionError:
        return {"refused": "the formula is nested too deeply"}
    except ValueError as reason:
        if "integer string conversion" in str(reason):
            return {"refused": "the number is too long to be written out"}
        return failed(reason)
    except MemoryError:
        return {"refused": "this takes more memory than a run may have"}
    except Exception as reason:  # whatever SymPy does not manage is this problem's misfortune
        return failed(reason)


def failed(reason):
    return {"refused": "the computer algebra fails on this: "
                       f"{type(reason).__name__}: {' '.join(str(reason).split())[:200]}"}


def answered(problem, language):
    answer: Answer = solve(problem)
    text = answer.text or text_of(answer.value)
    if len(text) > MAX_TEXT:
        raise Unsolvable("the answer is too long to be written out")
    converts = problem[0] == "convert" or quantities.has_units(problem)
    worked, why = [], ""
    if language:
        try:
            worked = steps.worked(problem, language)
        except Unsolvable as reason:
            why = str(reason)
    return {"answer": text, "latex": latex_of(answer.value), "checked": answer.checked,
            "how": answer.how, "program": answer.program, "error": answer.error,
            "decimal": quantity_of(answer.value) if converts else decimal_of(answer.value),
            "quantity": converts,
            "steps": worked, "no_steps": why}


# Exercised while an interpreter waits, since SymPy loads and caches much on first use.
X = ["symbol", "x"]
WARM = (
    ["integrate", ["mul", X, ["cos", X]], X],
    ["integrate", ["exp", ["neg", X]], ["tuple", X, ["number", "0"], ["symbol", "oo"]]],
    ["integrate", ["div", ["number", "3"], ["add", ["pow", X, ["number", "2"]], ["number", "9"]]],
     ["tuple", X, ["number", "1"], ["number", "2"]]],
    ["diff", ["div", ["log", X], ["add", X, ["number", "3"]]], X],
    ["limit", ["div", ["sub", ["exp", ["mul", ["number", "2"], X]], ["number", "1"]], X], X,
     ["number", "0"]],
    ["limit", ["sub", ["sqrt", ["add", X, ["number", "7"]]], ["sqrt", X]], X, ["symbol", "oo"]],
    ["summation", ["pow", ["div", ["number", "1"], ["number", "3"]], X],
     ["tuple", X, ["number", "1"], ["symbol", "oo"]]],
    ["summation", ["pow", X, ["number", "3"]], ["tuple", X, ["number", "1"], ["symbol", "n"]]],
    ["solve", ["eq", ["pow", X, ["number", "3"]], ["mul", ["number", "7"], X]], X],
    ["solve", ["eq", ["cos", X], ["div", ["number", "1"], ["number", "3"]]], X],
    ["solve", ["eq", ["sqrt", X], ["sub", X, ["number", "5"]]], X],
    ["solve", ["gt", ["pow", X, ["number", "2"]], ["number", "7"]], X],
    ["solve", ["list", ["sub", ["mul", X, ["symbol", "y"]], ["number", "3"]],
               ["sub", ["add", X, ["symbol", "y"]], ["number", "4"]]]],
    ["simplify", ["mul", ["sin", X], ["cos", X]]],
    ["factor", ["sub", ["pow", X, ["number", "3"]], ["number", "27"]]],
    ["inverse", ["list", ["list", ["number", "7"], ["number", "2"]],
                 ["list", ["number", "1"], ["number", "5"]]]],
    ["eigenvalues", ["list", ["list", ["number", "4"], ["number", "1"]],
                     ["list", ["number", "2"], ["number", "3"]]]],
    ["convert", ["mul", ["number", "7"], ["unit", "mile"]], ["unit", "kilometer"]],
)


def warm_up():
    for problem in WARM:
        reply_to(problem)


def main():
    sys.setrecursionlimit(5000)
    request = json.loads(sys.stdin.read())
    print(json.dumps(reply_to(request["task"], request["steps"])))
