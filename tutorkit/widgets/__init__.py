"""The workbench and its views, each of which can be used alone."""
