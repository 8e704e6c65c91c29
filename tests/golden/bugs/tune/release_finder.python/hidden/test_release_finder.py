from release_finder import first_bad, insert_position, smallest_capacity


def test_every_place():
    for count in range(12):
        for bad in range(count + 1):
            asked = []
            found = first_bad(count, lambda n: asked.append(n) or n >= bad)
            assert found == (bad if bad < count else None)
            assert len(asked) <= 4 and all(0 <= n < count for n in asked)


def test_positions():
    numbers = [1, 1, 3, 5, 5, 5, 9]
    for number in range(11):
        assert insert_position(numbers, number) == sum(n < number for n in numbers)
    assert insert_position([], 3) == 0


def test_capacities():
    weights = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]
    for days, capacity in ((1, 55), (5, 15), (10, 10), (20, 10), (2, 28)):
        assert smallest_capacity(weights, days) == capacity
    assert smallest_capacity([7], 1) == 7
