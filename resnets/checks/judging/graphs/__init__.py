"""Layers against layers: functions that build with the functional API.

No Keras; a graph comes as the facts that were collected.
"""
