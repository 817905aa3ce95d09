"""What was found, for other programs: CI systems, monitoring, tickets.

A trace becomes an Entry (`entries`), a value that is small and can be sent between processes. Each format is
a function from the entries of a whole run to one document:

    sarif.py       SARIF 2.1.0, for code scanning
    junit.py       JUnit's XML, for the test report of a CI system
    prometheus.py  the text format of Prometheus, for the textfile collector
    nagios.py      the line of a monitoring plugin, and its state
    markdown.py    a page for a pull request or a ticket
    github.py      annotations of GitHub Actions
"""
