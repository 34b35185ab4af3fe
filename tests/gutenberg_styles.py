"""Project Gutenberg files of every generation, built around a book of ours: header styles, footer styles.

Only the marker lines and the telling phrases are those of real files; the rest is filler.
"""

# ruff: noqa: E501
from __future__ import annotations

TITLE, AUTHOR = "The Fog at Pell Landing", "Orla Venn"
UPPER = TITLE.upper()
FORTY = "the ferry that Captain Moss had promised to repair before the river"

PARAGRAPHS = [
    "CHAPTER I.",
    "The ferry was late, and so was the river, which had gone round by the\n"
    "meadow to look at the new fence. My uncle said that he had seen it come\n"
    "home in worse repair. Nobody asked him when, for he would have told us.",
    "“It means well,” said the miller; “and so does my café.”",
    "Produced by the wind alone, a sound like a hymn came over the water and\n"
    "was taken up by the geese, who had no better offer. The end of the song\n"
    "was lost upon us all, and no one has asked for it since then.",
    "  The rain it came upon the hay,\n    It had not been invited;\n"
    "  The farmer saw it all the day,\n    And was not much delighted.",
    "CHAPTER II.",
    "Small print was what the Captain called the weather report, for he held\n"
    "that a man who reads it has nobody to blame. He started his watch at the\n"
    "start of the storm, and at the end of it he had lost only the watch.",
    "“Did you file a claim?” I asked him, for I was young.",
    "He said that he had laid it before the committee, which laid it upon the\n"
    "table, and there it lay to this day, in very good company, with the map\n"
    "of the county and the better half of a sandwich.",
]


def book(chapters: int) -> list[str]:
    """The paragraphs of a book of twice as many chapters; every chapter has other words."""
    found = []
    for number in range(1, chapters + 1):
        for paragraph in PARAGRAPHS:
            if paragraph.startswith("CHAPTER"):
                found.append(f"CHAPTER {len([p for p in found if p.startswith('CHAPTER')]) + 1}.")
            else:
                found.append(paragraph.replace("river", f"river of year {number}", 1))
    return found


_USE = """\
This eBook is for the use of anyone anywhere at no cost and with
almost no restrictions whatsoever.  You may copy it, give it away or
re-use it under the terms of the Project Gutenberg License included
with this eBook or online at www.gutenberg.org
"""
_FIELDS = f"""\
Title: {TITLE}

Author: {AUTHOR}

Release Date: May 7, 2008 [EBook #9917]
Last Updated: February 4, 2013

Language: English

Character set encoding: UTF-8
"""
_MODERN = f"The Project Gutenberg EBook of {TITLE}, by {AUTHOR}\n\n{_USE}\n\n{_FIELDS}\n"
_START = f"*** START OF THIS PROJECT GUTENBERG EBOOK {UPPER} ***"
_SMALL_PRINT = f"""\
Why is this "Small Print!" statement here?  You know: lawyers.
They tell us you might sue us if there is something wrong with
your copy of this etext, even if you got it for free from
someone other than us.

*BEFORE!* YOU USE OR READ THIS ETEXT

By using or reading any part of this PROJECT GUTENBERG-tm etext,
you indicate that you understand, agree to and accept this
"Small Print!" statement.

DISCLAIMER

{("Filler of lawyers about " + FORTY + "." + chr(10)) * 8}
INDEMNITY

{("You will indemnify and hold harmless " + FORTY + "." + chr(10)) * 6}
WRITE TO US!  We can be reached at:

Internet:     director@example.edu
Drafted by AN ATTORNEY
       Tel:  (212) 555-0100
"""
_OLD = f"""\
********The Project Gutenberg Etext of {TITLE}********
                       by {AUTHOR}
*******This file should be named pellf10.txt or pellf10.zip******

Corrected EDITIONS of our etexts get a new NUMBER, pellf11.txt.
VERSIONS based on separate sources get new LETTER, pellf10a.txt.

Information about Project Gutenberg (one page)

We produce about one million dollars for each hour we work.

******
If you have an FTP program (or emulator), please:

FTP directly to the Project Gutenberg archives:
login:  anonymous
dir [to see files]
for a list of books

**Information prepared by the Project Gutenberg legal advisor**
(Three Pages)

****START**THE SMALL PRINT!**FOR PUBLIC DOMAIN ETEXTS**START****

{_SMALL_PRINT}"""
_Y2K = f"""\
Project Gutenberg Etext of {TITLE}, by {AUTHOR}
#8 in our series by {AUTHOR}

Copyright laws are changing all over the world, be sure to check
the laws for your country before redistributing these files!!!

**Welcome To The World of Free Plain Vanilla Electronic Texts**

*These Etexts Prepared By Hundreds of Volunteers and Donations*

Title: {TITLE}

Author: {AUTHOR}

Release Date: June, 2002  [Etext #9917]
[Yes, we are about one year ahead of schedule]
[The actual date this file first posted = 03/02/01]

Edition: 10

Language: English

Project Gutenberg Etext of {TITLE}, by {AUTHOR}
*****This file should be named pellf10.txt or pellf10.zip******

This etext was prepared by A. Volunteer, volunteer@example.com

**The Legal Small Print**

(Three Pages)

***START**THE SMALL PRINT!**FOR PUBLIC DOMAIN ETEXTS**START***
{_SMALL_PRINT}"""
_MOVED = f"""\
The Project Gutenberg EBook of {TITLE}, by {AUTHOR}

Copyright laws are changing all over the world. Be sure to check the
copyright laws for your country before downloading or redistributing
this or any other Project Gutenberg eBook.

This header should be the first thing seen when viewing this Project
Gutenberg file.  Please do not remove it.  Do not change or edit the
header without written permission.

Please read the "legal small print," and other information about the
eBook and Project Gutenberg at the bottom of this file.  Included is
important information about your specific rights and restrictions in
how the file may be used.

**Welcome To The World of Free Plain Vanilla Electronic Texts**

*****These eBooks Were Prepared By Thousands of Volunteers!*****

Title: {TITLE}

Author: {AUTHOR}

Release Date: May, 2004 [EBook #9917]
[This file was first posted on February 23, 2003]

Edition: 10

Language: English

Character set encoding: ASCII
"""
_AUSTRALIA = f"""\
Project Gutenberg Australia

Title:      {TITLE}
Author:     {AUTHOR}
* A Project Gutenberg of Australia eBook *
eBook No.:  0200961.txt
Edition:    1
Language:   English
Character set encoding:     ASCII--7 bit
Date first posted: February 2002
Date most recently updated: November 2010

This eBook was produced by: A. Volunteer volunteer@example.com

Project Gutenberg of Australia eBooks are created from printed editions
which are in the public domain in Australia, unless a copyright notice
is included. We do NOT keep any eBooks in compliance with a particular
paper edition.

Copyright laws are changing all over the world. Be sure to check the
copyright laws for your country before downloading or redistributing this
file.

To contact Project Gutenberg of Australia go to http://gutenberg.net.au


Title:      {TITLE}
Author:     {AUTHOR}
"""
_CANADA = f"""\
* A Project Gutenberg Canada Ebook *

This ebook is made available at no cost and with very few
restrictions. These restrictions apply only if (1) you make
a change in the ebook (other than alteration for different
display devices), or (2) you are making commercial use of
the ebook. If either of these conditions applies, please
check gutenberg.ca/links/licence.html before proceeding.

This work is in the Canadian public domain, but may be under
copyright in some countries. If you live outside Canada, check your
country's copyright laws. If the book is under copyright
in your country, do not download or redistribute this file.

Title: {TITLE}
Author: {AUTHOR}
Date of first publication: 1907
Place and date of edition used as base for this ebook:
   Pell: Landing Press, 1907
Date first posted: 10 June 2008
Date last updated: 10 June 2008
Project Gutenberg Canada ebook #131

This ebook was produced by: A. Volunteer
"""

HEADERS = {
    "2006": f"{_MODERN}{_START}\n\n\n\n\nProduced by A. Volunteer and the Online Distributed\n"
    "Proofreading Team at https://www.pgdp.net\n\n\n\n",
    "2021": f"The Project Gutenberg eBook of {TITLE}\n    \n{_USE}\n{_FIELDS}\nCredits: A. Volunteer\n\n\n"
    f"*** START OF THE PROJECT GUTENBERG EBOOK {UPPER} ***\n\n\n",
    "tight": f"{_MODERN}***START OF THE PROJECT GUTENBERG EBOOK {UPPER}***\n\n\n"
    "E-text prepared by A. Volunteer\n\n\n\n"
    "Note: Project Gutenberg also has an HTML version of this\n      file which includes the original map.\n"
    "      See 9917-h.htm or 9917-h.zip:\n      (https://www.gutenberg.org/files/9917/9917-h/9917-h.htm)\n\n\n",
    "wrapped": f"{_MODERN}*** START OF THE PROJECT GUTENBERG EBOOK THE FOG AT PELL\nLANDING ***\n\n\n\n"
    "Transcribed from the 1907 Landing Press edition by A. Volunteer, email\nvolunteer@example.com\n\n\n\n",
    "unclosed": f"{_MODERN}*** START OF THE PROJECT GUTENBERG EBOOK {UPPER}\n\n",
    "1992": f"{_OLD}*END*THE SMALL PRINT! FOR PUBLIC DOMAIN ETEXTS*Ver.04.29.93*END*\n\n\n\n\n",
    "1995": f"{_OLD}*END*THE SMALL PRINT! FOR PUBLIC DOMAIN ETEXTS*Ver.04.29.93*END*\n\n\n"
    "Scanned by A. Helper with an OCR program, proofed by B. Helper\n\n\n",
    "1999": f"{_Y2K}*END THE SMALL PRINT! FOR PUBLIC DOMAIN ETEXTS*Ver.12.12.00*END*\n\n\n\n"
    "This etext was prepared by A. Volunteer\nfrom the 1907 edition.\n\n\n\n",
    "2001": f"{_Y2K}*END*THE SMALL PRINT! FOR PUBLIC DOMAIN ETEXTS*Ver.10/04/01*END*\n\n"
    f"{_START}\n\n\nThe Project Gutenberg Etext of {TITLE}, by {AUTHOR}\n\n\n",
    "2003": f"{_MOVED}\n{_START}\n\n\n\n\nProduced by A. Volunteer\n\n\n",
    "2003-unmarked": f"{_MOVED}\n\n",
    "banner": f"{_MODERN}{_START}\n\n\nThe Project Gutenberg eBook of {TITLE}, by {AUTHOR}\n\n"
    "Produced by A. Volunteer\n\nHTML file produced by B. Volunteer\n\n\n",
    "copyrighted": f"{_MODERN}*** START OF THE COPYRIGHTED PROJECT GUTENBERG EBOOK {UPPER} ***\n\n\n",
    "internet-archive": f"{_MODERN}{_START}\n\n\n\nProduced by A. Volunteer (This file was\nproduced from images generously"
    " made available by The\nInternet Archive)\n\n\n[Last updated: May 3, 2011]\n\n\n",
    "transcriber": f"{_MODERN}{_START}\n\n\n\nProduced by A. Volunteer\n\n\n\n"
    "Transcriber's Note:\n\n  Hyphens were left as they stood in the print.\n\n  Maps were moved.\n\n\n\n\n",
    "transcriber-box": f"{_MODERN}{_START}\n\n\n+-----------------------------------+\n"
    "| Transcriber's Note:               |\n|                                   |\n| Spelling was kept.                |\n"
    "+-----------------------------------+\n\n\n\n",
    "transcriber-bracket": f"{_MODERN}{_START}\n\n\n[Transcriber's note: The map is missing.\n\nSo is the index.]\n\n\n",
    "australia": f"{_AUSTRALIA}\n\n\n\n",
    "canada": f"{_CANADA}\n\n\n\n",
    "none": "",
}  # fmt: skip

_LICENCE = f"""\
Creating the works from public domain print editions means that no
one owns a United States copyright in these works.

*** START: FULL LICENSE ***

THE FULL PROJECT GUTENBERG LICENSE
PLEASE READ THIS BEFORE YOU DISTRIBUTE OR USE THIS WORK

{("1.E.  Filler of the licence, about " + FORTY + "." + chr(10)) * 60}
Most people start at our Web site which has the main PG search facility:

     https://www.gutenberg.org

This Web site includes information about Project Gutenberg-tm.
"""
_NAMED = (
    "***** This file should be named 9917-0.txt or 9917-0.zip *****\n"
    "This and all associated files of various formats will be found in:\n"
    "        https://www.gutenberg.org/9/9/1/9917/\n\n"
    "Produced by A. Volunteer\n\nUpdated editions will replace the previous one--the old editions\nwill be renamed.\n\n"
)
_END = f"*** END OF THIS PROJECT GUTENBERG EBOOK {UPPER} ***"
_SMALL_PRINT_LAST = f"""\
The Legal Small Print

***START**THE SMALL PRINT!**FOR PUBLIC DOMAIN EBOOKS**START***

{_SMALL_PRINT}
*END THE SMALL PRINT! FOR PUBLIC DOMAIN EBOOKS*Ver.02/11/02*END*
"""

FOOTERS = {
    "2006": f"\n\n\n\n\nEnd of the Project Gutenberg EBook of {TITLE}, by {AUTHOR}\n\n{_END}\n\n{_NAMED}{_LICENCE}",
    "2021": f"\n\n\n\n*** END OF THE PROJECT GUTENBERG EBOOK {UPPER} ***\n\n\n    \n"
    f"Updated editions will replace the previous one—the old editions will\nbe renamed.\n\n{_LICENCE}".replace("—", "--"),
    "tight": f"\n\n\n***END OF THE PROJECT GUTENBERG EBOOK {UPPER}***\n\n\n{_NAMED.replace('*****', '*******')}{_LICENCE}",
    "wrapped": f"\n\n\nEnd of the Project Gutenberg EBook of The Fog at Pell\nLanding, by {AUTHOR}\n\n"
    f"*** END OF THE PROJECT GUTENBERG EBOOK THE FOG AT PELL\nLANDING ***\n\n{_NAMED}{_LICENCE}",
    "possessive": f"\n\n\nEnd of Project Gutenberg's {TITLE}, by {AUTHOR}\n",
    "etext": f"\n\n\nEnd of The Project Gutenberg Etext of {TITLE}.\n\n",
    "this-etext": f"\n\n\nEnd of this Etext of {TITLE}\n",
    "banner": f"\n\n\n*** END OF THIS PROJECT GUTENBERG EBOOK {UPPER} ***\n",
    "small-print": f"\n\n\nEnd of the Project Gutenberg EBook of {TITLE}, by {AUTHOR}\n\n\n{_END}\n\n\n{_SMALL_PRINT_LAST}",
    "small-print-first": f"\n\n\n{_SMALL_PRINT_LAST}\n\n{_END}\n",
    "copyrighted": f"\n\n\n*** END OF THE COPYRIGHTED PROJECT GUTENBERG EBOOK {UPPER} ***\n\n{_NAMED}{_LICENCE}",
    "transcriber": f"\n\n\n\nTranscriber's Notes:\n\nPage 9: comma added.\n\nPage 12: a hyphen was removed.\n\n\n\n\n"
    f"End of the Project Gutenberg EBook of {TITLE}, by {AUTHOR}\n\n{_END}\n\n{_LICENCE}",
    "notes-of": "\n\n\n[Transcriber's Note: Two commas were added.]\n\n\n\n"
    f"End of Project Gutenberg's {TITLE}, by {AUTHOR}\n\n{_END}\n\n{_LICENCE}",
    "german": f"\n\n\nEnde dieses Project Gutenberg Etextes {TITLE}\n\n",
    "french": f"\n\n\nFin de Project Gutenberg's {TITLE}, by {AUTHOR}\n\n{_END}\n\n{_LICENCE}",
    "australia": "\n\n\nProject Gutenberg Australia\nhttp://gutenberg.net.au\n",
    "canada": f"\n\n\n[End of _{TITLE}_ by {AUTHOR}]\n",
    "wikisource": "\n\n\nAbout this digital edition\n\nThis e-book comes from the online library Wikisource.\n\n"
    "This multilingual digital library, built by volunteers, is open.\n",
    "none": "\n",
}  # fmt: skip
