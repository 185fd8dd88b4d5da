"""The key database: data keys, wrapped, apart from what they open."""
