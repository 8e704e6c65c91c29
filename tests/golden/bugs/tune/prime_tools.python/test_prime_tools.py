from prime_tools import factors, is_prime


def test_small_numbers():
    assert not is_prime(0) and not is_prime(1)


def test_primes():
    assert is_prime(5) and is_prime(7) and is_prime(97)


def test_even_numbers():
    assert not is_prime(10)


def test_two_and_three():
    assert is_prime(2) and is_prime(3)


def test_odd_numbers():
    assert not is_prime(15)


def test_factors():
    assert factors(360) == [2, 2, 2, 3, 3, 5]
