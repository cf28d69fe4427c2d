"""The kernelspec `resnets-warm`: sandboxed kernels for any Jupyter client.

Marking does not need it, and nothing of marking may enter.
"""
