"""The walk from the root servers down, over a port, and what is asked in addition to it.

descent.py     the walk                     asking.py      the servers of one zone; fallback.py: in other ways
strategy.py    how they are asked           heard.py       what the names of a run have heard
candidates.py  which of them, in what order   survey.py      all of them at once
minimise.py    which name to ask            cuts.py        the deepest zone cut known
health.py      what is known of addresses   budget.py      what one trace may spend
journal.py     the steps as they are taken  result.py     what the walk led to
roots.py       where it begins              context.py     what every step of a trace shares
parent.py      the walk that ends with a referral
validation.py, probing.py, consulting.py    what DNSSEC, the checks and resolvers need asked
"""
