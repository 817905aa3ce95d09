"""Traces from other places: `--from`.

    asking.py     a request, with everything of how a trace is made, and the record that answers it
    frames.py     the lines and octets that pass between here and a place
    reaching.py   the words of the process that reaches a place
    boot.py       what a Python of any version runs there first: it finds a dnstrace, or asks for one
    bundle.py     this program and dnspython as a zipapp, for a place without dnstrace
    there.py      what runs there: requests in, records out
    session.py    one place: a process, its streams, what it may say and for how long
    together.py   all places side by side

Nothing from a place is believed. Its record is read as a file of anybody's is, only the octets of the replies
and their times are taken from it, and the trace is made and judged again from them, here. What is sent to a
place is the question and how to ask it: no variable of the environment, no file, no key.
"""
