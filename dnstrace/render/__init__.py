"""The outputs of a trace: tree, live tree, short form, JSON, pictures, HTML page, packet capture."""
