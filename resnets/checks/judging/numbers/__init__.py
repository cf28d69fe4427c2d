"""Numbers against numbers: functions that are judged by what they compute.

No Keras; graphs are compared in `judging.graphs`.
"""
