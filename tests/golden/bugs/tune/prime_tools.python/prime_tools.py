def is_prime(n):
    """Whether n is a prime number; numbers below 2 are none."""
    if n < 2:
        return False
    divisor = 2
    while divisor * divisor <= n:
        if n % divisor == 0:
            return False
        divisor += 1
        return True


def factors(n):
    """Prime factors of n >= 1 in ascending order, as often as they occur; none of 1."""
    found = []
    divisor = 2
    while n > 1:
        while n % divisor == 0:
            found.append(divisor)
            n //= divisor
        divisor += 1
    return found
