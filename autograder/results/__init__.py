"""Verdicts written for people and programs, one file a format.

No points are given here: what a verdict says is only written down.
"""
