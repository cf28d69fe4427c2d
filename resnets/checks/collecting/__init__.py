"""Runs the student's function and writes down what it did.

Needs Keras. No verdict is given here, and nothing expected is known.
"""
