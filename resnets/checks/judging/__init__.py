"""Evidence and expectation become a report.

No Keras, no student code, nothing of `collecting`.
"""
