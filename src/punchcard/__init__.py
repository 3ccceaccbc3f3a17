"""The open backend of a smartphone loyalty app."""
