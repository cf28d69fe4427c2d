"""A plain nbgrader assignment whose asserts are strong: what attacks are tried on."""

from __future__ import annotations

from tests.autograder.own_course.percent import notebook

ASSIGNMENT = "numbers"
SOLVED = notebook('''\
# %%
import numpy as np
import pytest
import sys
import unittest

# %% solution square
def square(n):
    """The square of a number; a text is a TypeError."""
    ### BEGIN SOLUTION
    if isinstance(n, str):
        raise TypeError("a number, please")
    return n * n
    ### END SOLUTION

# %% test test_square 2
assert square(3) == 9
assert abs(square(0.5) - 0.25) < 1e-9
### BEGIN HIDDEN TESTS
assert square(17) == 289
for number, right in [(21, 441), (34, 1156)]:
    assert square(number) == right
assert square(0.7) == pytest.approx(0.49)
### END HIDDEN TESTS

# %% test test_error 1
with pytest.raises(TypeError):
    square("3")
assert square(8) == 64
### BEGIN HIDDEN TESTS
assert square(23) == 529
### END HIDDEN TESTS

# %% solution normalise
def normalise(x):
    """The array, shifted and scaled to a mean of 0 and a standard deviation of 1."""
    ### BEGIN SOLUTION
    return (x - x.mean()) / x.std()
    ### END SOLUTION

# %% test test_normalise 2
np.testing.assert_allclose(normalise(np.array([1.0, 3.0])), [-1.0, 1.0])
### BEGIN HIDDEN TESTS
expected = np.array([-1.0, -1.0, 1.0, 1.0])
np.testing.assert_allclose(normalise(np.array([2.0, 2.0, 5.0, 5.0])), expected)
assert np.allclose(normalise(np.array([4.0, 0.0])), [1.0, -1.0])
### END HIDDEN TESTS

# %% solution primes
def primes(n):
    """The list of the primes below n."""
    ### BEGIN SOLUTION
    return [p for p in range(2, n) if all(p % q for q in range(2, p))]
    ### END SOLUTION

# %% test test_primes 1
class TestPrimes(unittest.TestCase):
    def test_small(self):
        self.assertEqual(primes(8), [2, 3, 5, 7])
        self.assertListEqual(primes(3), [2])

suite = unittest.defaultTestLoader.loadTestsFromTestCase(TestPrimes)
assert unittest.TextTestRunner(stream=sys.stdout).run(suite).wasSuccessful()
### BEGIN HIDDEN TESTS
assert sorted(primes(14)) == [2, 3, 5, 7, 11, 13]
### END HIDDEN TESTS
''')
POINTS = 6.0
