"""Currencies by their codes (ISO 4217, list one: those of national use)."""

import re

from domain.kernel.errors import Code, Invalid
from domain.kernel.text import optional_single_line

CODE_LENGTH = 3
CURRENCIES = frozenset(
    re.findall(
        "...",
        "AEDAFNALLAMDAOAARSAUDAWGAZNBAMBBDBDTBHDBIFBMDBNDBOBBRLBSDBTNBWPBYNBZDCADCDFCHFCLPCNYCOPCRC"
        "CUPCVECZKDJFDKKDOPDZDEGPERNETBEURFJDFKPGBPGELGHSGIPGMDGNFGTQGYDHKDHNLHTGHUFIDRILSINRIQDIRR"
        "ISKJMDJODJPYKESKGSKHRKMFKPWKRWKWDKYDKZTLAKLBPLKRLRDLSLLYDMADMDLMGAMKDMMKMNTMOPMRUMURMVRMWK"
        "MXNMYRMZNNADNGNNIONOKNPRNZDOMRPABPENPGKPHPPKRPLNPYGQARRONRSDRUBRWFSARSBDSCRSDGSEKSGDSHPSLE"
        "SOSSRDSSPSTNSVCSYPSZLTHBTJSTMTTNDTOPTRYTTDTWDTZSUAHUGXUSDUYUUZSVEDVESVNDVUVWSTXAFXCDXCGXOF"
        "XPFYERZARZMWZWG",
    )
)


def validate_currency(name: str, value: str, *field: str | int) -> str | None:
    """Validate the code of a currency and return it. Raises Invalid: TOO_LONG, INVALID_FORMAT."""
    text = optional_single_line(name, value, *field, max_length=CODE_LENGTH)
    if text is not None and text not in CURRENCIES:
        raise Invalid(
            f"{name} is unknown. Use a code of three capital letters (ISO 4217), such as EUR.",
            *field,
            code=Code.INVALID_FORMAT,
        )
    return text
