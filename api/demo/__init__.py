"""The demo: two made-up tenants with a year of history, the same on every machine.

`meridian` is a logistics company of about 1,200 people, `harbor` a clinic of about 60. Texts, names
and numbers are in `data/`; the modules make a history of them with the domain's own verbs.
"""
