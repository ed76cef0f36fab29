#!/usr/bin/env python3
"""Writes auris/text/chat_template/special_casing.inc: characters whose case mapping has several characters.

Usage: special_casing.py > auris/text/chat_template/special_casing.inc
Needs nothing but Python; its Unicode tables are the reference (str.upper, str.title, str.lower).
"""


def escaped(text: str) -> str:
    return '"' + ("".join(f"\\x{byte:02x}" for byte in text.encode()) if len(text) > 1 else "") + '"'


print("// Characters whose upper, title or lower case has several characters (Unicode SpecialCasing, unconditional).")
print("// {code point, upper, title, lower}; an empty text = the simple mapping. Made by tools/reference/special_casing.py.")
for code in range(0x110000):
    if 0xD800 <= code < 0xE000:
        continue
    forms = [chr(code).upper(), chr(code).title(), chr(code).lower()]
    if max(map(len, forms)) > 1:
        print(f"{{0x{code:04x}, {', '.join(map(escaped, forms))}}},")
