"""What the solutions showed: written at build, read at judging.

The data lie in `resnets/checks/expected`, which the sandbox covers: no code may be put there.
"""
