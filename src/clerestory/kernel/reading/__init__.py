"""One strict reader for every YAML, JSON and TOML file that somebody hands in."""

from clerestory.kernel.reading.document import Document, parse_document, read_document
from clerestory.kernel.reading.toml_form import parse_toml, read_toml

__all__ = ["Document", "parse_document", "parse_toml", "read_document", "read_toml"]
