"""Private calls: from the request in a show to the end of the talk."""
