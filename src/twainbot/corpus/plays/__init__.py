"""Plays in every layout that is read: plain text, XML (Bosak, TEI, OCWS), MIT's HTML and CSV.

One reader a format gives the same :class:`~twainbot.corpus.plays.script.Script`;
:mod:`~twainbot.corpus.plays.names` makes one list of speakers out of it, and
:mod:`~twainbot.corpus.plays.parse` writes segments and rejects.
"""
