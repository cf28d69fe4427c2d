"""What each graded function is: rubric, cases, hints, mistakes.

Data only: no Keras, no student code, no verdict.
"""
