"""Where recordings lie: the local folder, and the object store they move to once they are whole."""
