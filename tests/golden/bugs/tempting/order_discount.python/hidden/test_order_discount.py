from order_discount import discount, to_pay


def test_limits():
    cases = ((49, 0), (49.99, 0), (50, 0.05), (50.01, 0.05), (99, 0.05), (99.01, 0.05),
             (99.5, 0.05), (99.99, 0.05), (100, 0.1), (100.01, 0.1), (101, 0.1))
    for total, part in cases:
        assert discount(total) == part, total


def test_to_pay():
    assert to_pay([99.2]) == 94.24
    assert to_pay([60, 40]) == 90
    assert to_pay([12.5, 12.5]) == 25
