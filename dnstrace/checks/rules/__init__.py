"""The rules: one function a finding, its docstring the documentation, and a file for each subject."""
