"""Runs, inside the sandbox, what a model wrote for a problem in words.

Standard input is one JSON object: `mode`, `code`, and for "check" also `answer` and `problem`.
Standard output ends with one line: the token that was given, and a JSON object.

solve: what solve() returns, as a literal that another run can read, and a key by which equal
answers of different samples are found. check: whether check() holds for the answer and for which
other values, with solve() taken away; and what it does not say (see `faults`).
"""
import ast
import fractions
import json
import math
import re
import sys
import time

MOST_TRIED = 2000
TRYING_S = 2


def exact(value):
    """A Python number as a Fraction where it is exact, else a float; None: no number."""
    if isinstance(value, bool):
        return None
    if isinstance(value, (int, fractions.Fraction)):
        return fractions.Fraction(value)
    if isinstance(value, float):
        if not math.isfinite(value):
            raise ValueError("the answer is no finite number")
        return fractions.Fraction(int(value)) if value == int(value) else value
    if getattr(value, "is_Rational", False):  # SymPy's
        return fractions.Fraction(int(value.p), int(value.q))
    if getattr(value, "is_number", False) and getattr(value, "is_real", False):
        return exact(float(value))
    return exact(float(value)) if type(value).__name__ == "Decimal" else None


def literal(value):
    """The answer as JSON, with its kind before it."""
    number = exact(value)
    if isinstance(number, fractions.Fraction):
        return ["number", str(number.numerator), str(number.denominator)]
    if number is not None:
        return ["float", number]
    if isinstance(value, (bool, str)):
        return ["bool", value] if isinstance(value, bool) else ["text", value.strip()]
    if isinstance(value, (list, tuple)):
        return ["list", [literal(each) for each in value]]
    if isinstance(value, (set, frozenset)):
        return ["set", sorted((literal(each) for each in value), key=json.dumps)]
    if isinstance(value, dict):
        pairs = [[literal(key), literal(each)] for key, each in value.items()]
        return ["dict", sorted(pairs, key=json.dumps)]
    if value is None:
        raise ValueError("solve() returned nothing")
    return ["text", str(value).strip()]


def value_of(tree):
    kind, content = tree[0], tree[1]
    if kind == "number":
        number = fractions.Fraction(int(content), int(tree[2]))
        return int(number) if number.denominator == 1 else number
    if kind == "list":
        return [value_of(each) for each in content]
    if kind == "set":
        return {value_of(each) for each in content}
    if kind == "dict":
        return {value_of(key): value_of(each) for key, each in content}
    return content


def shown(tree):
    kind, content = tree[0], tree[1]
    if kind == "number":
        return content if tree[2] == "1" else f"{content}/{tree[2]}"
    if kind == "float":
        return f"{content:.12g}"
    if kind == "list":
        return "[" + ", ".join(map(shown, content)) + "]"
    if kind == "set":
        return "{" + ",".join(map(shown, content)) + "}"
    if kind == "dict":
        return "{" + ",".join(f"{shown(key)}:{shown(each)}" for key, each in content) + "}"
    return str(content)


def key_of(tree):
    """Equal for answers that differ in how numbers are kept: 0.5, 1/2."""
    kind, content = tree[0], tree[1]
    if kind == "number" and tree[2] != "1":
        return f"{int(content) / int(tree[2]):.10g}"
    if kind == "float":
        return f"{content:.10g}"
    if kind == "text":
        return content.casefold()
    if kind in ("list", "set"):
        return kind + json.dumps([key_of(each) for each in content])
    if kind == "dict":
        return kind + json.dumps([[key_of(key), key_of(each)] for key, each in content])
    return str(content)


def numbers_of(text):
    """The numbers that a text names in digits, each once."""
    found = re.findall(r"\d+(?:[.,]\d+)*", text)
    values = set()
    for each in found:
        plain = re.sub(r",(?=\d{3}\b)", "", each).replace(",", ".")
        try:
            values.add(fractions.Fraction(plain))
        except ValueError:
            pass
    return values


def constants_without(tree, name):
    """The constants of a module, but those in the function of that name and in docstrings."""
    found = []
    pending = [each for each in tree.body
               if not (isinstance(each, ast.FunctionDef) and each.name == name)]
    while pending:
        node = pending.pop()
        if isinstance(node, ast.Constant):
            found.append(node.value)
        is_text = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        pending += [] if is_text else list(ast.iter_child_nodes(node))
    return found


def is_substituted(tree):
    """Whether check() does anything with the answer but hold a result of its own against it."""
    function = next((each for each in tree.body
                     if isinstance(each, ast.FunctionDef) and each.name == "check"), None)
    if function is None or not function.args.args:
        return False
    names = {function.args.args[0].arg}

    def is_answer(node):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            casts = {"int", "float", "str", "Fraction"}
            return node.func.id in casts and len(node.args) == 1 and is_answer(node.args[0])
        return isinstance(node, ast.Name) and node.id in names

    def only_compares(node):
        """answer, answer - result, abs(answer - result), isclose(answer, result)."""
        if is_answer(node):
            return True
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub):
            sides = [is_answer(node.left), is_answer(node.right)]
            rest = node.right if sides[0] else node.left
            return any(sides) and not mentions(rest)
        name = getattr(getattr(node, "func", None), "id", getattr(
            getattr(node, "func", None), "attr", ""))
        if name in ("abs", "isclose", "isinstance", "type", "len"):
            return all(only_compares(each) or not mentions(each) for each in node.args)
        return False

    def mentions(node):
        return any(isinstance(each, ast.Name) and each.id in names for each in ast.walk(node))

    def takes_part(node):
        if isinstance(node, ast.Assign) and is_answer(node.value):
            names.update(each.id for each in node.targets if isinstance(each, ast.Name))
            return False
        if isinstance(node, ast.Compare):
            return any(mentions(each) and not only_compares(each)
                       for each in (node.left, *node.comparators))
        if isinstance(node, ast.expr) and only_compares(node):
            return False
        if isinstance(node, (ast.BinOp, ast.Call, ast.Subscript, ast.For, ast.comprehension)) \
                and mentions(node):
            return True
        return any(takes_part(each) for each in ast.iter_child_nodes(node))

    return any(takes_part(each) for each in function.body)


def faults(code, answer, problem):
    """What speaks against conditions, from their text alone."""
    tree = ast.parse(code)
    constants = constants_without(tree, "solve")
    numbers = [exact(each) for each in constants]
    numbers = {fractions.Fraction(each) for each in numbers if each is not None}
    given = numbers_of(problem)
    told = []
    if not is_substituted(tree):
        told.append("only compare it with a result of their own")
    unused = [each for each in given
              if not {each, each / 100, each * 100, 1 - each / 100, 1 + each / 100} & numbers]
    if unused:
        told.append("do not use " + ", ".join(str(each) for each in sorted(unused)))
    number = exact(value_of(answer)) if answer[0] in ("number", "float") else None
    if number is not None and fractions.Fraction(number) in numbers - given:
        told.append("name the answer")
    words = {each.casefold() for each in constants if isinstance(each, str)}
    if answer[0] == "text" and answer[1].casefold() in words \
            and answer[1].casefold() not in problem.casefold():
        told.append("name the answer")
    return told


def others(value):
    """Values that a condition which says something refuses."""
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, int):
        near = [value + 1, value - 1, 2 * value, -value, 0, 1, value + 10, value * 10]
        return near + list(range(min(2 * abs(value) + 20, MOST_TRIED)))
    if isinstance(value, (float, fractions.Fraction)):
        return [value * 1.01, value * 0.99, value + 1, value - 1, 2 * value, -value, 0, 1 / value]
    if isinstance(value, str):
        return ["", value + "s", value[::-1], "yes", "no"]
    if isinstance(value, list):
        changed = [[other, *value[1:]] for other in (others(value[0])[:4] if value else [])]
        return [[], value[:-1], value + value[-1:], value[::-1], *changed]
    return []


def is_same(one, other):
    try:
        return key_of(literal(one)) == key_of(literal(other))
    except (ValueError, OverflowError):
        return False


def namespace_of(code):
    names = {"__name__": "__problem__"}
    exec(compile(code, "<program>", "exec"), names)
    return names


def solve(task):
    names = namespace_of(task["code"])
    if not callable(names.get("solve")):
        raise ValueError("there is no function solve()")
    tree = literal(names["solve"]())
    return {"answer": tree, "shown": shown(tree), "key": key_of(tree)}


def check(task):
    told = faults(task["code"], task["answer"], task["problem"])
    names = namespace_of(task["code"])
    names.pop("solve", None)
    condition = names.get("check")
    if not callable(condition):
        raise ValueError("there is no function check()")
    value = value_of(task["answer"])
    holds = bool(condition(value))
    accepted, refused, tried = [], 0, []
    end = time.monotonic() + TRYING_S
    for other in others(value):
        if is_same(other, value) or other in tried:
            continue
        tried.append(other)
        try:
            holds_there = bool(condition(other))
        except Exception:  # that it cannot be such a value is a refusal
            holds_there = False
        if holds_there:
            accepted.append(shown(literal(other)))
        refused += not holds_there
        if time.monotonic() > end or len(accepted) >= 3:
            break
    return {"holds": holds, "refused": refused, "accepted": accepted, "faults": told}


def main():
    task = json.load(sys.stdin)
    output = sys.stdout
    sys.stdout = sys.stderr
    try:
        result = (solve if task["mode"] == "solve" else check)(task)
    except Exception as error:
        result = {"failed": f"{type(error).__name__}: {error}"[:300]}
    print(f"\n{task['token']} {json.dumps(result)}", file=output, flush=True)


main()
