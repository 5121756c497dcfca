"""The app: pages that show assessments in a browser on the same machine."""
