"""Every format of plays: what is printed is read back, random input never crashes, damage is named."""

from __future__ import annotations

from html import unescape

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from playwright import FORMATS, Play, check_spans, parse, plays

from twainbot.corpus.plays.parse import play_format
from twainbot.corpus.plays.script import PLAY_REASONS
from twainbot.files import InputError

KINDS = {
    **dict.fromkeys(("bosak", "tei", "ocws"), "xml"),
    "mit": "html",
    **dict.fromkeys(("line_table", "kaggle_table", "speech_table"), "csv"),
}


@pytest.mark.parametrize("name", FORMATS)
@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(play=plays())
def test_what_is_printed_is_read_back(name: str, play: Play) -> None:
    raw = FORMATS[name](play)
    assert play_format(raw) == KINDS.get(name, "text")
    segments, rejects = parse(raw)
    found = [(s["speaker"], s["section"], s["text"].split()) for s in segments]
    assert found == play.expected()
    check_spans(raw, segments, rejects)
    for segment in segments:
        piece = raw[segment["start"] : segment["end"]]
        # Nothing of what is said comes from outside of the span.
        words = iter(unescape(piece).replace('""', '"').replace(">", "> ").replace("</", " </").split())
        lines = [line.strip(' "') for line in segment["text"].split("\n")]
        assert all(any(word.strip('"') in seen for seen in words) for line in lines for word in line.split())
    assert {reject["reason"] for reject in rejects} <= set(PLAY_REASONS)


@settings(max_examples=10)
@given(play=plays())
def test_formats_agree_on_verse_lines(play: Play) -> None:
    texts = [[s["text"] for s in parse(FORMATS[name](play))[0]] for name in ("bosak", "tei", "ocws", "mit")]
    assert texts[0] == texts[1] == texts[2] == texts[3]
    lines = ["\n".join(line.lines) for act in play.acts for scene in act for line in scene if line.speakers]
    assert texts[0] == lines


_PIECES = {
    "text": "ACT I|SCENE II.|ORLO.|MARN|Orlo.|  1. Cit.|[Aside.]|(rising).|_Nora_.|Enter|so it is,|Exeunt."
    "|PROLOGUE|AND|and|\n|\n\n|\r\n|  |—|[|(|.|ALL",
    "xml": "<PLAY>|</PLAY>|<SPEECH>|</SPEECH>|<SPEAKER>ORLO</SPEAKER>|<LINE>|</LINE>|<l/>|<sp who='#x'>|</sp>"
    "|rain|&amp;|&#233;|&no;|<!-- -->|<![CDATA[x<y]]>|é|<|\n|<ACT>|</ACT>|<TITLE>ACT I</TITLE>"
    "|<stage>|</stage>|<?pi ?>",
    "html": "<A NAME=speech1>|<b>ORLO</b>|</a>|<blockquote>|</blockquote>|<A NAME=1.1.1>|rain"
    "|<br>|<i>Exit</i>|<h3>ACT I</h3>|<h3>|&amp;|&#8212;|<!--|-->|<script>|</script>|\n|<|&|<table>"
    "|</table>|<p>|é",
    "csv": 'Orlo|,|,|,|\n|\n|"|""|rain|NA|1.1.1|[stage direction]|Act I|\r\n|Scene 2|;|é|ACT II',
}
_STARTS = {
    "text": "",
    "xml": "<PLAY>",
    "html": "<html><A NAME=speech1><A NAME=speech2>",
    "csv": "act,scene,character,dialogue\n",
}


@pytest.mark.parametrize("kind", _PIECES)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_input_crashes_or_is_lost(kind: str, data: st.DataObject) -> None:
    pieces = data.draw(st.lists(st.sampled_from(_PIECES[kind].split("|")) | st.text(max_size=8), max_size=40))
    joint = data.draw(st.sampled_from(["", " "]))
    raw = _STARTS[kind] + joint.join(pieces) + ("</PLAY>" if kind == "xml" else "")
    try:
        segments, rejects = parse(raw)
    except InputError as error:
        assert str(error).startswith("plays/p")
        return
    check_spans(raw, segments, rejects)


@given(st.text())
def test_any_text_is_read_or_refused(raw: str) -> None:
    try:
        segments, rejects = parse(raw)
    except InputError:
        return
    check_spans(raw, segments, rejects)


SPEECH = "<SPEECH><SPEAKER>ORLO</SPEAKER><LINE>Rain.</LINE></SPEECH>"


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (f"<PLAY><ACT><TITLE>ACT I</TITLE>{SPEECH}<SPEECH><SPEA",
         r"plays/p: line 1, column \d+: not well-formed XML \(unclosed token\)\. If the file is cut"),
        (f"<PLAY>\n{SPEECH}\n</ACT></PLAY>", r"plays/p: line 3, column 3: not well-formed .*mismatched tag"),
        ("<?xml version='1.0'?><Error><Code>NoSuchKey</Code></Error>",
         r"plays/p: the root element <error> holds no speeches \(<SPEECH> of Bosak and OCWS, or <sp>"),
        ("<PLAY><ACT><TITLE>ACT I</TITLE></ACT></PLAY>", r"the root element <play> holds no speeches"),
        ("<PLAY><SPEECH><SPEAKER>ORLO</SPEAKER><STAGEDIR>Bows</STAGEDIR></SPEECH></PLAY>",
         r"plays/p: every speech is empty: no <LINE>, <l> or <p> in it has text"),
        ('<!DOCTYPE P [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><PLAY>&b;</PLAY>',
         r"plays/p: declares the entity 'b' with 12 characters\. Only short entities without others"),
        ('<!DOCTYPE P [<!ENTITY x SYSTEM "file:///etc/hostname">]><PLAY><SPEECH>&x;</SPEECH></PLAY>',
         r"plays/p: the entity 'x' is another file \(file:///etc/hostname\), which is not read"),
        ("<html><head><title>404 Not Found</title></head><body><h1>Not Found</h1></body></html>",
         r"plays/p: an HTML page without speeches .*titled '404 Not Found'\. It may be an error page"),
        ("<html><a name=speech1><b>ORLO</b></a><a name=speech2><b>MARN</b></a></html>",
         r"plays/p: 2 speakers, but no lines \(anchors NAME=1\.1\.1\) below them"),
        ("act,scene,dialogue\nI,I,Rain.\n",
         r"plays/p: row 1: no column says who speaks \(known names: character, .*are: act, scene, dialogue"),
        ("act,scene,character\nI,I,Orlo\n", r"plays/p: row 1: no column says what is said"),
        ("act,scene,character,dialogue\nI;I;Orlo;Rain.\nI;I;Marn;Yes.\n",
         r"most rows lack a field for 'dialogue' \(row 2 has 1 of 4; row 3 has 1 of 4\)\. Is ',' the"),
        ("act,scene,character,dialogue\nI,I,[stage direction],Enter\n",
         r"plays/p: 1 rows below the header, but nobody speaks in them\. Speakers are read from 'character'"),
        ("ACT I\n\nSCENE I\n\nACT II\n\nSCENE I\n", r"plays/p: found no act with speeches"),
        ("CHAPTER I\n\nIt rained, and it went on raining.\n", r"found no act with speeches.*kind: gutenberg"),
    ],
)  # fmt: skip
def test_each_damage_has_its_message(raw: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        parse(raw)


def test_an_entity_bomb_is_refused_at_its_declaration() -> None:
    levels = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    with pytest.raises(InputError, match="declares the entity 'l1'"):
        parse(f'<!DOCTYPE P [<!ENTITY l0 "lol">{levels}]><PLAY>&l9;</PLAY>')
