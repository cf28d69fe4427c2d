"""Kernels forked from a process that has imported TensorFlow already, each in its own namespaces.

`client` starts the sandbox and asks for kernels; `parent` runs inside the sandbox and forks;
`isolation` shuts a fork off; `kernel` turns it into a Jupyter kernel. `parent`, `isolation` and
`kernel` are the only files of the autograder that exist inside the sandbox.
"""
