"""A course of the instructor's own, in nbgrader's layout: read, recorded, handed out.

Where `COURSE/source/<assignment>` holds notebooks that are not of this repository, they are the
assignment's source. Everything else of a class is as it is for this repository's assignments.
"""
