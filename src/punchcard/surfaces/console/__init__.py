"""The operator's desk in a browser. The wall stands; its screens are not built yet, operators speak the API."""
