"""Quantities with units, and their conversion."""
from fractions import Fraction

import sympy
from sympy.physics import units as sympy_units

from . import numeric, tree
from .answer import NO, YES, Answer, Unsolvable
from .numeric import NotNumeric

# Of each unit: how many of the base units it is, as definitions say, and its dimensions (length,
# mass, time, current, temperature, information, angle). This table is ours: SymPy's checks it.
LENGTH, MASS, TIME = (1, 0, 0, 0, 0, 0, 0), (0, 1, 0, 0, 0, 0, 0), (0, 0, 1, 0, 0, 0, 0)
AREA, VOLUME = (2, 0, 0, 0, 0, 0, 0), (3, 0, 0, 0, 0, 0, 0)
FORCE, ENERGY, POWER = (1, 1, -2, 0, 0, 0, 0), (2, 1, -2, 0, 0, 0, 0), (2, 1, -3, 0, 0, 0, 0)
PRESSURE, RATE = (-1, 1, -2, 0, 0, 0, 0), (0, 0, -1, 0, 0, 0, 0)
INFORMATION, ANGLE = (0, 0, 0, 0, 0, 1, 0), (0, 0, 0, 0, 0, 0, 1)
BIT_RATE = (0, 0, -1, 0, 0, 1, 0)
NOTHING = (0,) * 7
TABLE = {
    "meter": ("1", LENGTH), "kilometer": ("1000", LENGTH), "centimeter": ("0.01", LENGTH),
    "millimeter": ("0.001", LENGTH), "micrometer": ("1e-6", LENGTH),
    "nanometer": ("1e-9", LENGTH), "inch": ("0.0254", LENGTH), "foot": ("0.3048", LENGTH),
    "yard": ("0.9144", LENGTH), "mile": ("1609.344", LENGTH),
    "second": ("1", TIME), "millisecond": ("0.001", TIME), "minute": ("60", TIME),
    "hour": ("3600", TIME), "day": ("86400", TIME), "week": ("604800", TIME),
    "gram": ("0.001", MASS), "kilogram": ("1", MASS), "milligram": ("1e-6", MASS),
    "pound": ("0.45359237", MASS), "ounce": ("0.028349523125", MASS),
    "metric_ton": ("1000", MASS),
    "liter": ("0.001", VOLUME), "milliliter": ("1e-6", VOLUME), "centiliter": ("1e-5", VOLUME),
    "deciliter": ("1e-4", VOLUME), "gallon": ("0.003785411784", VOLUME),
    "hectare": ("10000", AREA), "acre": ("4046.8564224", AREA),
    "cup": ("0.0002365882365", VOLUME), "pint": ("0.000473176473", VOLUME),
    "quart": ("0.000946352946", VOLUME), "tablespoon": ("0.00001478676478125", VOLUME),
    "teaspoon": ("0.00000492892159375", VOLUME),
    "fluid_ounce": ("0.0000295735295625", VOLUME), "hectoliter": ("0.1", VOLUME),
    "stone": ("6.35029318", MASS), "microgram": ("1e-9", MASS), "decagram": ("0.01", MASS),
    "decimeter": ("0.1", LENGTH), "nautical_mile": ("1852", LENGTH),
    "lightyear": ("9460730472580800", LENGTH), "astronomical_unit": ("149597870700", LENGTH),
    "furlong": ("201.168", LENGTH), "fathom": ("1.8288", LENGTH),
    "microsecond": ("1e-6", TIME), "nanosecond": ("1e-9", TIME),
    "year": ("31557600", TIME), "decade": ("315576000", TIME), "century": ("3155760000", TIME),
    "psi": ("8896443230521/1290320000", PRESSURE), "megapascal": ("1e6", PRESSURE),
    "millibar": ("100", PRESSURE), "milliwatt": ("0.001", POWER), "megawatt": ("1e6", POWER),
    "gigawatt": ("1e9", POWER), "megajoule": ("1e6", ENERGY),
    "milliampere": ("0.001", (0, 0, 0, 1, 0, 0, 0)),
    "millivolt": ("0.001", (2, 1, -3, -1, 0, 0, 0)),
    "kilovolt": ("1000", (2, 1, -3, -1, 0, 0, 0)),
    "knot": ("463/900", (1, 0, -1, 0, 0, 0, 0)),
    "tebibyte": (str(8 * 2 ** 40), INFORMATION), "petabyte": ("8e15", INFORMATION),
    "kilobit": ("1000", INFORMATION), "megabit": ("1e6", INFORMATION),
    "gigabit": ("1e9", INFORMATION), "kilobit_per_second": ("1000", BIT_RATE),
    "megabit_per_second": ("1e6", BIT_RATE), "gigabit_per_second": ("1e9", BIT_RATE),
    "newton": ("1", FORCE), "joule": ("1", ENERGY), "kilojoule": ("1000", ENERGY),
    "calorie": ("4.184", ENERGY), "kilocalorie": ("4184", ENERGY),
    "watt": ("1", POWER), "kilowatt": ("1000", POWER), "watt_hour": ("3600", ENERGY),
    "kilowatt_hour": ("3600000", ENERGY),
    "pascal": ("1", PRESSURE), "kilopascal": ("1000", PRESSURE), "hectopascal": ("100", PRESSURE),
    "bar": ("100000", PRESSURE), "atmosphere": ("101325", PRESSURE),
    "hertz": ("1", RATE), "kilohertz": ("1000", RATE), "megahertz": ("1e6", RATE),
    "gigahertz": ("1e9", RATE), "mile_per_hour": ("0.44704", (1, 0, -1, 0, 0, 0, 0)),
    "kilometer_per_hour": ("5/18", (1, 0, -1, 0, 0, 0, 0)),
    "ampere": ("1", (0, 0, 0, 1, 0, 0, 0)), "volt": ("1", (2, 1, -3, -1, 0, 0, 0)),
    "ohm": ("1", (2, 1, -3, -2, 0, 0, 0)), "kelvin": ("1", (0, 0, 0, 0, 1, 0, 0)),
    "bit": ("1", INFORMATION), "byte": ("8", INFORMATION), "kilobyte": ("8000", INFORMATION),
    "megabyte": ("8e6", INFORMATION), "gigabyte": ("8e9", INFORMATION),
    "terabyte": ("8e12", INFORMATION), "kibibyte": ("8192", INFORMATION),
    "mebibyte": ("8388608", INFORMATION), "gibibyte": ("8589934592", INFORMATION),
}
# Units that SymPy does not name, made of some that it does.
COMPOSED = {
    "week": lambda u: 7 * u.day, "ounce": lambda u: u.pound / 16,
    "gallon": lambda u: 231 * u.inch ** 3, "kilojoule": lambda u: 1000 * u.joule,
    "kilowatt": lambda u: 1000 * u.watt, "watt_hour": lambda u: u.watt * u.hour,
    "kilowatt_hour": lambda u: 1000 * u.watt * u.hour,
    "kilopascal": lambda u: 1000 * u.pascal, "hectopascal": lambda u: 100 * u.pascal,
    "mile_per_hour": lambda u: u.mile / u.hour, "kilohertz": lambda u: 1000 * u.hertz,
    "megahertz": lambda u: 10 ** 6 * u.hertz, "gigahertz": lambda u: 10 ** 9 * u.hertz,
    "kilobyte": lambda u: 1000 * u.byte, "megabyte": lambda u: 10 ** 6 * u.byte,
    "gigabyte": lambda u: 10 ** 9 * u.byte, "terabyte": lambda u: 10 ** 12 * u.byte,
    "petabyte": lambda u: 10 ** 15 * u.byte,
    "calorie": lambda u: sympy.Rational(523, 125) * u.joule,
    "kilocalorie": lambda u: 4184 * u.joule,
    "acre": lambda u: 4840 * u.yard ** 2, "quart": lambda u: 231 * u.inch ** 3 / 4,
    "pint": lambda u: 231 * u.inch ** 3 / 8, "cup": lambda u: 231 * u.inch ** 3 / 16,
    "fluid_ounce": lambda u: 231 * u.inch ** 3 / 128,
    "tablespoon": lambda u: 231 * u.inch ** 3 / 256,
    "teaspoon": lambda u: 231 * u.inch ** 3 / 768, "hectoliter": lambda u: 100 * u.liter,
    "centiliter": lambda u: u.liter / 100, "deciliter": lambda u: u.liter / 10,
    "hectare": lambda u: 10000 * u.meter ** 2, "atmosphere": lambda u: 101325 * u.pascal,
    "stone": lambda u: 14 * u.pound, "decagram": lambda u: 10 * u.gram,
    "furlong": lambda u: 660 * u.foot, "fathom": lambda u: 6 * u.foot,
    "nautical_mile": lambda u: 1852 * u.meter, "decimeter": lambda u: u.meter / 10,
    "decade": lambda u: 3652.5 * u.day, "century": lambda u: 36525 * u.day,
    "megapascal": lambda u: 10 ** 6 * u.pascal, "millibar": lambda u: 100 * u.pascal,
    "milliwatt": lambda u: u.watt / 1000, "megawatt": lambda u: 10 ** 6 * u.watt,
    "gigawatt": lambda u: 10 ** 9 * u.watt, "megajoule": lambda u: 10 ** 6 * u.joule,
    "milliampere": lambda u: u.ampere / 1000, "millivolt": lambda u: u.volt / 1000,
    "kilovolt": lambda u: 1000 * u.volt, "knot": lambda u: 1852 * u.meter / u.hour,
    "kilobit": lambda u: 1000 * u.bit, "megabit": lambda u: 10 ** 6 * u.bit,
    "gigabit": lambda u: 10 ** 9 * u.bit, "tebibyte": lambda u: 2 ** 40 * u.byte,
    "kilobit_per_second": lambda u: 1000 * u.bit / u.second,
    "megabit_per_second": lambda u: 10 ** 6 * u.bit / u.second,
    "gigabit_per_second": lambda u: 10 ** 9 * u.bit / u.second,
    "kilometer_per_hour": lambda u: u.kilometer / u.hour,
}
ANGLES = {"degree": sympy.pi / 180, "radian": sympy.Integer(1)}


def has_units(node):
    if node[0] in ("number", "symbol"):
        return False
    return node[0] == "unit" or any(map(has_units, node[1:]))


def measure(node):
    """(Fraction of base units, dimensions)"""
    head, *arguments = node
    if head == "unit":
        if arguments[0] not in TABLE:
            raise Unsolvable(f"the unit '{arguments[0]}' cannot be converted here")
        factor, dimensions = TABLE[arguments[0]]
        return Fraction(factor), dimensions
    if not has_units(node):
        try:
            return numeric.exact(node), NOTHING
        except NotNumeric:
            raise Unsolvable("quantities are worked out where their numbers are rational") \
                from None
    if head in ("add", "sub"):
        (a, of_a), (b, of_b) = map(measure, arguments)
        if of_a != of_b:
            raise Unsolvable("units of different kinds cannot be added")
        return (a + b if head == "add" else a - b), of_a
    if head == "neg":
        value, dimensions = measure(arguments[0])
        return -value, dimensions
    if head == "mul":
        (a, of_a), (b, of_b) = map(measure, arguments)
        return a * b, tuple(x + y for x, y in zip(of_a, of_b))
    if head == "div":
        (a, of_a), (b, of_b) = map(measure, arguments)
        if b == 0:
            raise Unsolvable("this divides by zero")
        return a / b, tuple(x - y for x, y in zip(of_a, of_b))
    if head == "pow":
        value, dimensions = measure(arguments[0])
        exponent = numeric.integer(numeric.exact(arguments[1]))
        return value ** exponent, tuple(x * exponent for x in dimensions)
    raise Unsolvable(f"'{head}' does not go with units")


def unit_of(node):
    """The target as SymPy writes it."""
    head, *arguments = node
    if head == "unit":
        known = getattr(sympy_units, arguments[0], None)
        return known if isinstance(known, sympy_units.Quantity) else sympy.Symbol(arguments[0])
    if head == "number":
        return tree.rational(arguments[0])
    parts = [unit_of(each) for each in arguments]
    if head == "mul":
        return parts[0] * parts[1]
    if head == "div":
        return parts[0] / parts[1]
    if head == "pow":
        return parts[0] ** parts[1]
    raise Unsolvable("a quantity is converted into a unit, such as m/s")


def sympy_agrees(node, value, target):
    """SymPy's own table of units gives the same."""
    def convertible(node):
        if node[0] == "unit":
            quantity = getattr(sympy_units, node[1], None)
            if node[1] in COMPOSED:
                return COMPOSED[node[1]](sympy_units)
            if not isinstance(quantity, sympy_units.Quantity):
                raise NotNumeric("unknown to SymPy")
            return quantity
        if node[0] in ("number", "symbol"):
            return tree.build(node)
        return tree.apply(node[0], [convertible(each) for each in node[1:]]) \
            if node[0] not in ("add", "sub") else \
            tree.add(*(convertible(each) for each in node[1:]), 1 if node[0] == "add" else -1)
    try:
        base = [sympy_units.meter, sympy_units.kilogram, sympy_units.second, sympy_units.ampere,
                sympy_units.kelvin, sympy_units.bit]
        left = sympy_units.convert_to(convertible(node), base)
        right = sympy_units.convert_to(value * convertible(target), base)
        return sympy.simplify(left - right) == 0
    except (NotNumeric, TypeError, AttributeError):
        return False


def convert(problem):
    _, node, target = problem
    if is_temperature(target):
        return convert_temperature(node, target)
    if angle(node) and angle(target):
        return convert_angle(node, target)
    given, dimensions = measure(node)
    unit, wanted = measure(target)
    if dimensions != wanted:
        raise Unsolvable("the units do not fit: they measure different things")
    value = given / unit
    number = sympy.Rational(value.numerator, value.denominator)
    good = sympy_agrees(node, number, target)
    # One hour is 1*hour, though SymPy writes no 1.
    text = f"{number}*{unit_of(target)}" if abs(number) == 1 and target[0] == "unit" else ""
    return Answer(number * unit_of(target), YES if good else NO,
                  "SymPy's table of units gives the same" if good else
                  "only one table of units knows these", f"print({number * unit_of(target)})",
                  text=text)


# Of each scale: how many kelvins a degree is, and its zero in kelvins.
SCALES = {"kelvin": (Fraction(1), Fraction(0)), "celsius": (Fraction(1), Fraction("273.15")),
          "fahrenheit": (Fraction(5, 9), Fraction("459.67") * Fraction(5, 9))}


def is_temperature(node):
    return node[0] == "unit" and node[1] in SCALES


def convert_temperature(node, target):
    """A temperature, not a difference of two: 0 °C is 32 °F."""
    sign, given = (-1, node[1]) if node[0] == "neg" else (1, node)
    if given[0] != "mul" or not is_temperature(given[2]):
        raise Unsolvable("a temperature is written as a number and its scale: 20 degC in degF")
    degrees = sign * numeric.exact(given[1])
    (size, zero), (other_size, other_zero) = SCALES[given[2][1]], SCALES[target[1]]
    kelvins = degrees * size + zero
    if kelvins < 0:
        raise Unsolvable("no temperature is below the absolute zero")
    value = (kelvins - other_zero) / other_size
    number = sympy.Rational(value.numerator, value.denominator)
    back = (value * other_size + other_zero - zero) / size == degrees
    return Answer(number * unit_of(target), YES if back else NO, "converted back",
                  f"print({number * unit_of(target)})")


def angle(node):
    if node[0] == "unit":
        return node[1] in ANGLES
    return node[0] == "mul" and angle(node[2])


def convert_angle(node, target):
    def in_radians(node):
        return ANGLES[node[1]] if node[0] == "unit" else \
            tree.build(node[1]) * in_radians(node[2])
    value = sympy.simplify(in_radians(node) / in_radians(target))
    back = sympy.simplify(value * in_radians(target) - in_radians(node)) == 0
    return Answer(value * unit_of(target), YES if back else NO, "converted back", "")


BASES = ("meter", "kilogram", "second", "ampere", "kelvin", "bit", "radian")


def first_unit(node):
    if node[0] == "unit":
        return node
    return next((found for found in map(first_unit, node[1:]) if found), None) \
        if node[0] not in ("number", "symbol") else None


# What a product of units of several kinds is written in.
DERIVED = (("newton", FORCE), ("joule", ENERGY), ("watt", POWER), ("pascal", PRESSURE))


def typed_unit(node):
    """The units as they were typed, and each one's dimensions: km/h of 120 km / 1.5 h."""
    head, *arguments = node
    if head == "unit":
        return node, [TABLE[arguments[0]][1]] if arguments[0] in TABLE else [NOTHING]
    if head in ("mul", "div"):
        parts = [typed_unit(each) for each in arguments if has_units(each)]
        if len(parts) == 2:
            return [head, parts[0][0], parts[1][0]], parts[0][1] + parts[1][1]
        if parts and has_units(arguments[0]):
            return parts[0]
        if parts and head == "mul":
            return parts[0]
    if head == "pow" and arguments[0][0] == "unit":
        unit, dimensions = typed_unit(arguments[0])
        return [head, unit, arguments[1]], dimensions
    raise NotNumeric("no plain product of units")


def target_of(problem, dimensions):
    """The unit to answer in, where the first one typed does not fit; nothing for base units."""
    names = [name for name, wanted in DERIVED if wanted == dimensions]
    if names:
        return ["unit", names[0]]
    try:
        unit, parts = typed_unit(problem)
    except NotNumeric:
        return None
    kinds = [{i for i, power in enumerate(each) if power} for each in parts]
    if all(kinds) and sum(map(len, kinds)) == len(set().union(*kinds)):
        return unit
    return None


def quantity(problem):
    """Without a target: in the first unit where that fits, in derived units, in those typed where
    each measures something else, else in base units."""
    unit = first_unit(problem)
    if is_temperature(unit):
        raise Unsolvable("temperatures are converted: 20 degC in degF")
    _, dimensions = measure(problem)
    if unit[1] in TABLE and TABLE[unit[1]][1] == dimensions:
        return convert(["convert", problem, unit])
    typed = target_of(problem, dimensions)
    if typed:
        return convert(["convert", problem, typed])
    target = ["number", "1"]
    for name, power in zip(BASES, dimensions):
        if power:
            part = ["pow", ["unit", name], ["number", str(power)]] if power != 1 else \
                ["unit", name]
            target = part if target == ["number", "1"] else ["mul", target, part]
    if target == ["number", "1"]:
        value, _ = measure(problem)
        return Answer(sympy.Rational(value.numerator, value.denominator), NO,
                      "only one table of units was used")
    return convert(["convert", problem, ["mul", ["number", "1"], target]])


TASKS = {"convert": convert}
