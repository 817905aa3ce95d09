"""What a file of JSON or TOML says, as `json` and `tomllib` give it: its tables are dictionaries."""

from collections.abc import Mapping
from typing import Any

Document = dict[str, Any]
"""A whole document or a table in it, as it is put together or read; checked by whoever reads it."""

Content = Mapping[str, Any]
"""The same where it is only read."""
