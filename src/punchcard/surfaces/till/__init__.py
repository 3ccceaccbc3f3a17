"""The till in a browser. The wall stands; its screens are not built yet, tills speak the API."""
