"""What is measured beside ours in the same run: references and other servers."""
