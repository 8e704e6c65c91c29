from prime_tools import factors, is_prime


def test_against_a_sieve():
    limit = 500
    prime = [False, False] + [True] * (limit - 2)
    for n in range(2, limit):
        if prime[n]:
            for multiple in range(2 * n, limit, n):
                prime[multiple] = False
    for n in range(limit):
        assert is_prime(n) is prime[n], n
    assert is_prime(7919) and not is_prime(7917) and not is_prime(-7)


def test_factors():
    assert factors(1) == []
    for n in range(2, 200):
        product = 1
        for factor in factors(n):
            assert is_prime(factor)
            product *= factor
        assert product == n and factors(n) == sorted(factors(n))
