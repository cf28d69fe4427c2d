"""From `solutions/NN_name.py` to what students get: build, release, new.

Runs our own code only; no submission may ever get in here.
"""
