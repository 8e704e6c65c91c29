"""Evaluates arithmetic expressions.

    expression = term { ("+" | "-") term }
    term       = factor { ("*" | "/") factor }
    factor     = "-" factor | power
    power      = atom [ "^" factor ]
    atom       = number | name | name "(" expression ")" | "(" expression ")"

A power binds more tightly than a sign on its left: -2^2 is -4, and 2^-1 is 0.5. Powers group to
the right: 2^3^2 is 2^9. The other operators group to the left. Names are variables, given by the
caller, or one of the functions sqrt and abs.
"""
import math
import re

FUNCTIONS = {"sqrt": math.sqrt, "abs": abs}
TOKEN = re.compile(r"\s*(\d+\.?\d*|[a-z]+|[-+*/^()])")


class ExpressionError(ValueError):
    """The text is no expression, or a name is unknown."""


def tokenize(text):
    """List of the tokens as strings."""
    tokens = []
    position = 0
    text = text.rstrip()
    while position < len(text):
        match = TOKEN.match(text, position)
        if not match:
            raise ExpressionError(f"unexpected {text[position:]!r}")
        tokens.append(match[1])
        position = match.end()
    return tokens


class Evaluator:
    def __init__(self, tokens, variables):
        self.tokens = tokens
        self.position = 0
        self.variables = variables

    def peek(self):
        return self.tokens[self.position] if self.position < len(self.tokens) else ""

    def take(self, expected=None):
        token = self.peek()
        if not token or (expected and token != expected):
            raise ExpressionError(f"expected {expected or 'more'}, found {token or 'the end'}")
        self.position += 1
        return token

    def expression(self):
        value = self.term()
        while self.peek() in ("+", "-"):
            if self.take() == "+":
                value += self.term()
            else:
                value -= self.term()
        return value

    def term(self):
        value = self.factor()
        while self.peek() in ("*", "/"):
            if self.take() == "*":
                value *= self.factor()
            else:
                value /= self.factor()
        return value

    def factor(self):
        if self.peek() == "-":
            self.take()
            return -self.factor()
        return self.power()

    def power(self):
        base = self.atom()
        if self.peek() == "^":
            self.take()
            return base ** self.factor()
        return base

    def atom(self):
        token = self.take()
        if token == "(":
            value = self.expression()
            self.take(")")
            return value
        if token[0].isdigit():
            return float(token)
        if token in FUNCTIONS and self.peek() == "(":
            return FUNCTIONS[token](self.atom())
        if token in self.variables:
            return self.variables[token]
        raise ExpressionError(f"unknown name {token}")


def evaluate(text, **variables):
    """Value of an expression; ExpressionError if it is none, ZeroDivisionError for x/0."""
    evaluator = Evaluator(tokenize(text), variables)
    value = evaluator.expression()
    if evaluator.peek():
        raise ExpressionError(f"unexpected {evaluator.peek()}")
    return value
