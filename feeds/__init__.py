"""Views to subscribers: WebSocket, HTTP JSON, ODF-style XML and the results page."""
