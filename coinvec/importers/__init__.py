"""The core's own importers: they read collection files with the standard library alone.

Each keeps the rules of a plugin: it imports the domain, the errors and the plugin machinery.
"""
