"""What both sides share: facts, seeded numbers, settings of layers.

No Keras, so that evidence can be judged where no student code runs.
"""
