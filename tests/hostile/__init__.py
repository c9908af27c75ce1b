"""Hostile files: broken, foreign and malicious inputs for every command, the same ones each time.

``running`` types a command inside this process; ``world`` makes a small office with all of its
files by typing commands; ``bytes_of``, ``trees`` and ``stores`` spoil one file in many ways;
``slots`` says which commands read which kind of file. Everything about persons is made up.
"""
