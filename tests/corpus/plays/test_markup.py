"""The quirks of marked-up plays: identifiers, entities, nested directions, words as elements, loose HTML."""

from __future__ import annotations

from playwright import check_spans, parse, said

TEI = """\
<?xml version="1.0" encoding="UTF-8"?>
<TEI xmlns="http://www.tei-c.org/ns/1.0"><teiHeader>
<fileDesc><titleStmt><title>The Ferry</title></titleStmt></fileDesc>
<profileDesc><particDesc><listPerson>
<person xml:id="marn"><persName>Lady Marn</persName></person></listPerson>
</particDesc></profileDesc></teiHeader>
<text><front><castList>
<castItem><role xml:id="orlo">Orlo</role>, <roleDesc>a ferryman</roleDesc></castItem>
</castList></front>
<body><div type="act" n="1"><head>Act the First</head><div type="scene" n="2">
<stage type="entrance">Enter Orlo &amp; Marn.</stage>
<sp who="#orlo"><speaker>Or.</speaker><l n="1">The river <stage>(he points)</stage> is up,</l>
<l>And all is <hi rend="italic">wet</hi>.</l></sp>
<sp who="#marn #orlo"><speaker>Both</speaker><p>We shall not cross; we shall
not even try.<note>A note.</note></p></sp>
<sp who="#nobody"><speaker>1. Cit. <stage>aside</stage></speaker>
<ab>Caf&#233; \u2014 <![CDATA[a < b]]>.</ab></sp>
</div></div>
<div type="epilogue"><sp who="#marn"><lg><l>Good</l><l>Night.</l></lg></sp></div></body></text></TEI>
"""
WORDS = """\
<TEI xmlns="http://www.tei-c.org/ns/1.0"><text><body><div1 type="act" n="1"><div2 type="scene" n="2">
<head><w>Scene</w><c> </c><w>2</w></head>
<sp who="#ORLO_X"><speaker><w>ORLO</w></speaker><ab><lb/><w>Who</w>
<c> </c>
<w>rows</w><pc>?</pc>
<lb/><w>Speak</w><pc>,</pc><c> </c><w>man</w><pc>.</pc></ab></sp></div2></div1></body></text></TEI>
"""
OLD_TEI = """\
<!DOCTYPE TEI.2 SYSTEM "tei.dtd" [<!ENTITY mdash "&#8212;">]>
<TEI.2><text><body><div1 type="act" n="2"><div2 type="scene" n="3">
<sp><speaker>ORLO</speaker><l>Rain&mdash;rain&eacute;.</l></sp></div2></div1></body></text></TEI.2>
"""
OCWS = """\
<?xml version="1.0"?>
<play><title short="Ferry">The Ferry</title><playwrights><playwright>A. Sample</playwright></playwrights>
<personae><persona><persname short="ORL.">Orlo</persname></persona>
<persona><persname short="L. MARN.">Lady Marn</persname></persona></personae>
<act num="1"><acttitle>Act 1</acttitle><scene actnum="1" num="2"><scenetitle>Scene 2</scenetitle>
<scenelocation>A bank.</scenelocation>
<scenepersonae><scenepersona short="ORL.">Orlo</scenepersona></scenepersonae>
<stagedir><dir>Enter Orlo.</dir><action type="enter"><actor>ORL.</actor></action></stagedir>
<speech><speaker long="Orlo">ORL.</speaker><line form="verse">The river is up,</line>
<line form="verse">and so am I.</line></speech>
<speech><speaker long="Lady Marn">L. MARN.</speaker><stagedir><dir>Aside.</dir></stagedir>
<line form="prose">It is not</line><line form="prose">So.</line></speech>
<speech><speaker>ORL.</speaker><line>Again.</line></speech>
<speech><speaker long="Both Orlo and Lady Marn">BOTH.</speaker><line>Ho!</line></speech>
</scene></act><epilogue><epiloguetitle>Epilogue</epiloguetitle>
<speech><speaker>ORL.</speaker><line>Dry.</line></speech></epilogue></play>
"""
BOSAK = """\
<?xml version="1.0"?><!DOCTYPE PLAY SYSTEM "play.dtd">
<PLAY><TITLE>The Ferry</TITLE><PERSONAE>
<TITLE>Dramatis Personae</TITLE><PERSONA>ORLO, a ferryman.</PERSONA></PERSONAE>
<INDUCT><TITLE>INDUCTION</TITLE><SCENE><TITLE>SCENE I. Before.</TITLE>
<SPEECH><SPEAKER>Tom</SPEAKER><LINE>Hm.</LINE></SPEECH></SCENE></INDUCT>
<ACT><TITLE>ACT I</TITLE>
<PROLOGUE><TITLE>PROLOGUE</TITLE><SPEECH><SPEAKER>Chorus</SPEAKER><LINE>Rain.</LINE></SPEECH></PROLOGUE>
<SCENE><TITLE>SCENE II.  A bank.</TITLE><STAGEDIR>Enter all</STAGEDIR>
<SPEECH><SPEAKER>ORLO</SPEAKER>
<SPEAKER>MARN</SPEAKER>
<LINE><STAGEDIR>Aside</STAGEDIR>We are &amp; were wet,</LINE>
<LINE>and cold as any stone.</LINE></SPEECH><SPEECH><SPEAKER>ORLO</SPEAKER><STAGEDIR>Bows</STAGEDIR></SPEECH>
</SCENE></ACT></PLAY>
"""
MIT = """\
<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 4.0 Transitional//EN">
<html><head><title>The Ferry: Entire Play</title></head>
<body bgcolor="#ffffff"><table><tr><td class="play">The Ferry</table>
<H3>ACT I</h3>
<h3>SCENE I. A bank.</h3>
<p><blockquote>
<i>Enter ORLO and MARN</i>
</blockquote>

<A NAME=speech1><b>ORLO</b></a>
<blockquote>
<A NAME=1.1.1>The river's above the bridge &amp; the bank,</A><br>
<A NAME=1.1.2>[Aside] And all the ferrymen are gone to bed.</A><br>
<p><i>Exit Clerk</i></p>
<A NAME=1.1.3>Good night.</A><br>
</blockquote>

<A NAME=speech2><b>MARN</b></a>
<A NAME=speech2><b>First Clerk</b></a>
<blockquote>
<A NAME=1.1.4>So it is,</A><br>
<A NAME=1.1.5>and so say we.</A><br>
</blockquote>
<h3>SCENE II. The same.</h3>
<a id='speech1'><b>All</b></a>
<blockquote>
<a id='1'>Row!<br>
<a id='2'>And row.<br>
<p><i>Exeunt</i></p>
</blockquote>
</body></html>
"""


def _reasons(raw: str, reason: str) -> list[str]:
    return [reject["text"] for reject in parse(raw)[1] if reject["reason"] == reason]


def test_tei() -> None:
    assert said(TEI) == [
        ("ORLO", "ACT I SCENE II", "The river is up,\nAnd all is wet."),
        ("LADY MARN AND ORLO", "ACT I SCENE II", "We shall not cross; we shall not even try."),
        ("FIRST CIT", "ACT I SCENE II", "Café — a < b."),
        ("LADY MARN", "EPILOGUE", "Good\nNight."),
    ]
    assert _reasons(TEI, "stage_direction") == [
        '<stage type="entrance">Enter Orlo &amp; Marn.</stage>',
        "<stage>(he points)</stage>",
        "<stage>aside</stage>",
    ]
    assert _reasons(TEI, "note") == ["<note>A note.</note>"]


def test_tei_in_which_every_word_is_an_element() -> None:
    assert said(WORDS) == [("ORLO", "ACT I SCENE II", "Who rows?\nSpeak, man.")]


def test_tei_with_entities_of_a_dtd_that_is_not_read() -> None:
    assert said(OLD_TEI) == [("ORLO", "ACT II SCENE III", "Rain—rainé.")]


def test_ocws() -> None:
    assert said(OCWS) == [
        ("ORLO", "ACT I SCENE II", "The river is up,\nand so am I."),
        ("LADY MARN", "ACT I SCENE II", "It is not So."),
        ("ORLO", "ACT I SCENE II", "Again."),
        ("ORLO AND LADY MARN", "ACT I SCENE II", "Ho!"),
        ("ORLO", "EPILOGUE", "Dry."),
    ]


def test_bosak() -> None:
    assert said(BOSAK) == [
        ("TOM", "INDUCTION SCENE I", "Hm."),
        ("CHORUS", "ACT I PROLOGUE", "Rain."),
        ("ORLO AND MARN", "ACT I SCENE II", "We are & were wet, and cold as any stone."),
    ]
    assert _reasons(BOSAK, "stage_direction") == [
        "<STAGEDIR>Enter all</STAGEDIR>",
        "<STAGEDIR>Aside</STAGEDIR>",
        "<SPEECH><SPEAKER>ORLO</SPEAKER><STAGEDIR>Bows</STAGEDIR></SPEECH>",
    ]


def test_mit() -> None:
    bank = "The river's above the bridge & the bank,\nAnd all the ferrymen are gone to bed.\nGood night."
    assert said(MIT) == [
        ("ORLO", "ACT I SCENE I", bank),
        ("MARN AND FIRST CLERK", "ACT I SCENE I", "So it is, and so say we."),
        ("ALL", "ACT I SCENE II", "Row!\nAnd row."),
    ]
    assert _reasons(MIT, "stage_direction") == [
        "<i>Enter ORLO and MARN</i>",
        "[Aside]",
        "<i>Exit Clerk</i>",
        "<i>Exeunt</i>",
    ]


def test_spans_are_whole_elements_and_nothing_is_lost() -> None:
    for raw in (TEI, WORDS, OLD_TEI, OCWS, BOSAK, MIT):
        segments, rejects = parse(raw)
        check_spans(raw, segments, rejects)
        for segment in segments:
            piece = raw[segment["start"] : segment["end"]].lower()
            assert piece.startswith(("<sp ", "<sp>", "<speech>", "<a name=speech", "<a id='speech"))
            assert piece.endswith(("</sp>", "</speech>", "</blockquote>"))
