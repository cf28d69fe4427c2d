"""A kernel for one submission, seen from outside: started, bounded, spoken to, ended.

Nothing here knows what a notebook is, or runs inside the sandbox.
"""
