"""Recomputes with NumPy what evidence claims, so that it cannot be forged.

No Keras, and nothing that the sandbox could see.
"""
