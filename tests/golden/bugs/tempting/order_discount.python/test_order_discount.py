from order_discount import discount, to_pay


def test_small_orders():
    assert discount(0) == 0 and discount(49.99) == 0


def test_middle_orders():
    assert discount(50) == 0.05 and discount(80.5) == 0.05


def test_large_orders():
    assert discount(100) == 0.1
    assert discount(250) == 0.1


def test_to_pay():
    assert to_pay([20, 20, 20]) == 57
    assert to_pay([]) == 0
