"""Whether each function of the corpus, as it is meant, passes its own examples.

These functions are ours and harmless: nothing here needs the sandbox.
"""
import doctest
import pathlib
import sys

FOLDER = pathlib.Path(__file__).parent
FEWEST_INPUTS = 2


def names_of(path):
    names = {"__name__": path.stem}
    exec(compile(path.read_text(), str(path), "exec"), names)
    return names


def inputs_of(path):
    """The inputs on which a body is compared with the meant one, and that."""
    hidden = names_of(path.parent / "hidden" / path.name)
    return hidden["INPUTS"], hidden[path.stem]


def failures(path, function):
    """How many of the examples of a function with a hole `function` fails, and of how many."""
    names = names_of(path)
    examples = names[path.stem].__doc__
    names[path.stem] = function
    test = doctest.DocTestParser().get_doctest(examples, names, path.stem, str(path), 0)
    runner = doctest.DocTestRunner(verbose=False)
    return runner.run(test, out=lambda text: None)


def fault(path):
    """What is wrong with a function of the corpus; nothing where it is right."""
    inputs, meant = inputs_of(path)
    failed, tried = failures(path, meant)
    if failed or not tried:
        return f"{failed} of its {tried} examples fail"
    if not failures(path, names_of(path)[path.stem]).failed:
        return "it has no hole"
    if len(inputs) < FEWEST_INPUTS:
        return f"fewer than {FEWEST_INPUTS} hidden inputs"
    for values in inputs:
        meant(*values)
    return None


def functions(half):
    return sorted((FOLDER / half).glob("*.py"))


def main():
    faults = 0
    paths = [path for half in ("tune", "measure") for path in functions(half)]
    for path in paths:
        if told := fault(path):
            print(f"{path.relative_to(FOLDER)}: {told}")
            faults += 1
    print(f"{len(paths)} functions, {faults} faults")
    return 1 if faults or not paths else 0


if __name__ == "__main__":
    sys.exit(main())
