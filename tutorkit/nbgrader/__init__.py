"""A course for nbgrader: its notebook, settings and keys, and what marks its test cells.

Marks are made from ``answers.json`` alone, twice: outside of the kernel before a student's code is
run, and in the kernel by the test cells. What is made outside counts, so that no code of a student
can change it. nbgrader runs what students hand in, under the account of whoever starts it: a
hostile class is to be marked in a container or under an account of its own, as nbgrader's manual
says.
"""
