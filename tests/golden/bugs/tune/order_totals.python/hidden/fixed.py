"""Totals of a shop's orders.

An order is {"customer": name, "lines": [line, ...], "coupon": percent (optional)}; a line is
{"article": name, "price": cents for each, "count": how many}. Coupons take whole percents off
the order's total, and fractions of a cent are dropped from what is left to pay.
"""


def line_total(line):
    """Cents of one line."""
    return line["price"] * line["count"]


def order_total(order):
    """Cents to pay for an order."""
    total = sum(line_total(line) for line in order["lines"])
    return total * (100 - order.get("coupon", 0)) // 100


def by_customer(orders):
    """{customer: cents over all of the orders}"""
    totals = {}
    for order in orders:
        name = order["customer"]
        totals[name] = totals.get(name, 0) + order_total(order)
    return totals


def sold(orders):
    """{article: how many were sold}"""
    counts = {}
    for order in orders:
        for line in order["lines"]:
            counts[line["article"]] = counts.get(line["article"], 0) + line["count"]
    return counts
