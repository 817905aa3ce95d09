"""The embedded internet: worlds in text files, answered on a virtual clock without a single socket."""
