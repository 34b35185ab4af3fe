"""Invented names, dates and numbers, so that copying is learned and not a list of names."""

from __future__ import annotations

from random import Random

_ONSETS = (
    "b bl br c ch cl cr d dr f fl fr g gl gr h j k kl kr l m n p pl pr qu r s sh sk sl sm sn sp st str "
    "sw t th tr v w wh y z zh kh ts dw gw vl"
).split()
_VOWELS = "a a a e e e i i o o u ae ai au ea ee ei ia ie io oa oo ou ue y".split()
_CODAS = (
    "b ck d f ft g k l ld ll lm lt m mp n nd ng nk nt p r rd rk rm rn rt s sh sk ss st t th x z ch"
).split() + [""] * 24
_ENDINGS = (
    "ton ham ford bury wick by dale mouth burgh stead worth field minster port haven bridge pool well "
    "ville burg stadt dorf heim berg furt au ow itz ovo grad sk ov ino ara ala ura pur abad nagar garh "
    "puram ganj kot ia eno etto ano aro osa ella illa ada ito aco uca anga oro iki moto yama shima saki "
    "dong cheng zhou gang hai lu bo ndo mba nga kwe zi ta ye so le mi ru ster gate holm vik fjord nes sund "
    "dal lund borg stad by up rud skog"
).split()
_TWO_WORDS = (
    "New Old North South East West Upper Lower Little Great Port Saint Lake Mount Fort San El La".split()
)
_SECOND = "Hill Bay Falls Springs Creek Heath Green Cross Rock Harbour Valley Grove Park City Junction Point".split()
_FIRST = (
    "Anna Ben Clara David Ella Frank Grace Henry Iris Jack Kate Leo Maria Nora Oscar Paul Rosa Sam Tom Vera "
    "Will Zoe Amir Bela Chen Dina Emeka Farah Goran Hana Ivan Jaya Kofi Lena Musa Nina Omar Priya Rafa Sara "
    "Tariq Uma Viktor Wen Yusuf Zara Mia Noah Lucy Peter Ruth Hugo Alice Simon Julia Martin Eva Karl Olga Ines"
).split()
WEEKDAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
MONTHS = "January February March April May June July August September October November December".split()


def syllable(rng: Random) -> str:
    return rng.choice(_ONSETS) + rng.choice(_VOWELS) + rng.choice(_CODAS)


def place(rng: Random) -> str:
    """A town that does not exist (or only by chance)."""
    shape = rng.random()
    if shape < 0.45:
        name = syllable(rng) + rng.choice(_ENDINGS)
    elif shape < 0.75:
        name = "".join(syllable(rng) for _ in range(rng.choice((2, 2, 3))))
    else:
        name = syllable(rng) + rng.choice(_VOWELS) + rng.choice(_ENDINGS)
    name = name.capitalize()
    extra = rng.random()
    if extra < 0.06:
        return f"{rng.choice(_TWO_WORDS)} {name}"
    if extra < 0.11:
        return f"{name} {rng.choice(_SECOND)}"
    return name


def person(rng: Random) -> str:
    """A first name, at times an invented one, at times with an invented family name."""
    first = (
        rng.choice(_FIRST)
        if rng.random() < 0.6
        else (syllable(rng) + rng.choice(("a", "o", "en", "is", "i"))).capitalize()
    )
    return f"{first} {place(rng).split()[-1]}" if rng.random() < 0.3 else first


def first_name(rng: Random) -> str:
    return rng.choice(_FIRST)


def code(rng: Random) -> str:
    """A reference such as KR4821."""
    letters = "".join(rng.choice("ABCDEFGHJKLMNPRSTVWXZ") for _ in range(2))
    return letters + "".join(str(rng.randrange(10)) for _ in range(rng.choice((4, 5, 6))))


def date(rng: Random) -> tuple[str, str]:
    """A date as an argument and as it stands in a request: ("Monday", "on Monday")."""
    shape = rng.random()
    if shape < 0.22:
        return "today", "today"
    if shape < 0.48:
        return "tomorrow", "tomorrow"
    if shape < 0.74:
        day = rng.choice(WEEKDAYS)
        return day, rng.choice((f"on {day}", f"on {day}", f"this {day}", f"for {day}"))
    iso = f"{rng.randrange(2023, 2031)}-{rng.randrange(1, 13):02d}-{rng.randrange(1, 29):02d}"
    return iso, rng.choice((f"on {iso}", f"on {iso}", f"for {iso}"))


def clock(rng: Random) -> str:
    return f"{rng.randrange(24):02d}:{rng.choice((0, 5, 10, 15, 20, 25, 30, 35, 40, 45, 50, 55)):02d}"


def number(rng: Random, low: int, high: int) -> int:
    return rng.randint(low, high)
