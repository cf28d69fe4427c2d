"""A plain assert as evidence: rewritten before a test cell runs, compared afterwards.

Nothing here runs a notebook. What is compared are plain values that left the sandbox.
"""
