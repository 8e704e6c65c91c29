"""What is known of a function: calls of it with what they give, in its docstring and in tests."""
import ast
import doctest
import re

from .values import ERROR, is_same


class Unusable(Exception):
    """A sentence: why nothing can be made of what is given."""


class Example:
    def __init__(self, arguments, result):
        self.arguments = arguments
        self.result = result


class Known:
    def __init__(self, function, module, parameters):
        self.function = function
        self.module = module  # the program's names
        self.parameters = parameters
        self.examples = []
        self.others = 0  # statements about the function that are no such call

    def add(self, call, result):
        try:
            if call.keywords or any(isinstance(each, ast.Starred) for each in call.args):
                raise ValueError
            arguments = tuple(self.value(each) for each in call.args)
        except Exception:
            self.others += 1
            return
        if len(arguments) != len(self.parameters):
            self.others += 1
            return
        for each in self.examples:
            if is_same(each.arguments, arguments):
                if not is_same(each.result, result):
                    raise Unusable(f"two examples contradict each other: {self.function}("
                                   f"{', '.join(map(repr, arguments))}) gives {each.result!r} "
                                   f"and {result!r}")
                return
        self.examples.append(Example(arguments, result))

    def value(self, node):
        """Of an argument or a result; a name in it is one of the program's."""
        try:
            return ast.literal_eval(node)
        except ValueError:
            code = compile(ast.Expression(node), "<example>", "eval")
            return eval(code, dict(self.module))

    def is_call(self, node):
        return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and \
            node.func.id == self.function or \
            isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and \
            node.func.attr == self.function

    def speaks_of_it(self, node):
        return any(self.is_call(each) for each in ast.walk(node))


def compared(known, left, right):
    """An assertion that two things are equal."""
    for call, other in ((left, right), (right, left)):
        if known.is_call(call) and not known.speaks_of_it(other):
            try:
                known.add(call, known.value(other))
                return True
            except Unusable:
                raise
            except Exception:
                return False
    return False


def asserted(known, node):
    """An assertion's condition; whether it was understood."""
    if isinstance(node, ast.Compare) and len(node.ops) == 1 and \
            isinstance(node.ops[0], (ast.Eq, ast.Is)):
        return compared(known, node.left, node.comparators[0])
    if isinstance(node, ast.BoolOp) and isinstance(node.op, ast.And):
        return all([asserted(known, each) for each in node.values])
    return False


def read_docstring(known, text):
    """A docstring's examples. An exception that is expected is no value, but is kept in mind."""
    try:
        examples = doctest.DocTestParser().get_examples(text)
    except ValueError as error:
        raise Unusable(f"the examples cannot be read: {error}")
    for each in examples:
        try:
            body = ast.parse(each.source).body
        except SyntaxError:
            raise Unusable(f"an example is no Python: {each.source.strip()}")
        node = body[0].value if len(body) == 1 and isinstance(body[0], ast.Expr) else None
        if node is None or not known.speaks_of_it(ast.Module(body, [])):
            continue
        if each.exc_msg is not None and known.is_call(node):
            known.add(node, ERROR)
            continue
        try:
            wanted = ast.parse(each.want.strip(), mode="eval").body
        except SyntaxError:
            known.others += 1
            continue
        is_true = isinstance(wanted, ast.Constant) and wanted.value is True
        if known.is_call(node):
            try:
                known.add(node, ast.literal_eval(wanted))
            except ValueError:
                known.others += 1
        elif not (is_true and asserted(known, node)):
            known.others += 1


def read_tests(known, text):
    """The assertions of a file of tests that call the function and say what it gives."""
    try:
        tree = ast.parse(text)
    except SyntaxError:
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Assert) and known.speaks_of_it(node.test):
            if not asserted(known, node.test):
                known.others += 1
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and \
                node.func.attr.startswith("assert") and known.speaks_of_it(node):
            equal = node.func.attr in ("assertEqual", "assertEquals", "assertListEqual",
                                       "assertDictEqual", "assertCountEqual")
            if not (equal and len(node.args) >= 2 and compared(known, *node.args[:2])):
                known.others += 1


def definition_of(program, name):
    try:
        tree = ast.parse(program)
    except SyntaxError as error:
        raise Unusable(f"the program does not parse: line {error.lineno}: {error.msg}")
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.name == name:
            return node
    raise Unusable(f"there is no function {name}() at the top of the file")


def names_in(definition):
    every = definition.args
    if every.vararg or every.kwarg or every.kwonlyargs:
        raise Unusable("only functions whose parameters have names of their own are filled in: "
                       "no *args, **kwargs or keyword-only ones")
    return [each.arg for each in every.posonlyargs + every.args]


def words_of(prose):
    """Its numbers and its quoted words."""
    numbers = [int(each) for each in re.findall(r"(?<![\w.])\d{1,6}(?![\w.])", prose)]
    quoted = re.findall(r"'([^'\n]{1,20})'|\"([^\"\n]{1,20})\"", prose)
    return numbers, [one or other for one, other in quoted]


def run(program, name):
    """The names of the program once it has run as a module."""
    module = {"__name__": name, "__file__": f"{name}.py"}
    try:
        exec(compile(program, f"{name}.py", "exec"), module)
    except BaseException as error:
        raise Unusable(f"the program cannot be imported: {type(error).__name__}: {error}")
    return module


def known_of(task):
    """All that is known of the task's function."""
    definition = definition_of(task["program"], task["function"])
    known = Known(task["function"], run(task["program"], task["module"]), names_in(definition))
    docstring = ast.get_docstring(definition) or ""
    read_docstring(known, docstring)
    if task["tests"]:
        read_tests(known, task["tests"])
    known.prose = docstring.split(">>>")[0]
    known.numbers, known.texts = words_of(known.prose)
    return known
