"""What is kept of a class on disk: submissions, verdicts, the secret.

Marks nothing and runs nothing; it reads and writes files.
"""
