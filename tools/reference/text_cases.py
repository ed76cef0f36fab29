"""Hard strings for tokenizer tests: Unicode categories, emoji, combining marks, scripts, digits, contractions, white space,
control characters, broken UTF-8, very long words, code, and texts that try to forge control tokens."""

HAND = [
    "", " ", "  ", "   ", "\n", "\n\n", "\n\n\n", "\t", "\r\n", "\r", " \n", "\n ", " \n ", "\t \n\t", "a", " a", "a ", "  a  ",
    "Hello world", " Hello world", "Hello  world", "Hello   world  ", "hello\nworld", "hello\r\n\r\nworld", "a\tb\t\tc",
    "trailing space ", "trailing newline\n", "trailing both \n", "line one\n  indented\n    more\n\n\nend",
    "I'm you're he's she'd we'll they've can't don't", "I'M YOU'RE HE'S SHE'D WE'LL THEY'VE CAN'T DON'T",
    "'s 't 're 've 'm 'll 'd", "'S 'T 'RE 'VE 'M 'LL 'D", "it's'it's''s", "rock'n'roll o'clock", "’s ’t don’t I’m", "x'ſ 'ſ",
    "1", "12", "123", "1234", "12345", "1234567890123456", "3.14159", "1,000,000", "2024-01-02T03:04:05Z", "a1b22c333d4444",
    " 1 22 333 4444", "0x1F 1e-10 1_000", "٠١٢٣٤٥٦٧٨٩", "०१२३", "½ ⅓ ² ³ ¹ Ⅳ ⅷ ①②③", "１２３ ＡＢＣ", "৳১২৩৪",
    "café", "cafe\u0301", "naïve résumé", "Ångström A\u030angstro\u0308m", "İstanbul ıIiİ", "ß ẞ ﬁ ﬂ ﬀ", "Ǆǅǆ", "ΑΒΓ αβγ ς σ Σ",
    "Привет, мир! Как дела?", "Ёлки-палки", "Українська мова", "Ελληνικά κείμενα", "עברית שלום", "שָׁלוֹם", "السلام عليكم", "مُحَمَّد",
    "۱۲۳ فارسی", "नमस्ते दुनिया", "தமிழ் மொழி", "ภาษาไทยไม่มีช่องว่าง", "ພາສາລາວ", "မြန်မာ", "ខ្មែរ", "བོད་ཡིག", "አማርኛ", "ქართული", "Հայերեն",
    "中文文本，没有空格。", "日本語のテキスト、カタカナとひらがな。", "한국어 텍스트", "한국어 \u1112\u1161\u11ab\u1100\u1173\u11af", "你好world混合text", "Tiếng Việt có dấu",
    "😀", "😀😀😀", "👍🏽", "👨\u200d👩\u200d👧\u200d👦", "🏳️\u200d🌈", "🇩🇪🇫🇷", "❤️", "a😀b", " 😀 ", "1️⃣2️⃣", "🤦🏼‍♂️ ok",
    "e\u0301\u0302\u0303", "Z̷̡̡a̸l̶g̵o̷", "\u0301start", "q\u0307\u0323", "q\u0323\u0307", "\u1e9b\u0323", "Å Å Å", "Ω Ω", "ﷺ", "㎏ ㍿ ㋉", "ⓐⓑ", "𝒜𝓑𝔸 𝟙𝟚",
    "a\u00a0b", "a\u2003b", "a\u3000b", "\u3000全角", "a\u200bb", "a\u200cb\u200dc", "\ufeffbom", "a\u2028b\u2029c", "a\u0085b", "a\u180eb \u180e",
    "\u202eright to left\u202c", "soft\u00adhyphen", "a\u1680b", "x\u205fy", "x\u202fy",
    "\x00", "a\x00b", "\x01\x02\x03", "\x07\x08\x0b\x0c\x0e", "\x1b[31mred\x1b[0m", "\x7f", "\x1c\x1d\x1e\x1f", "\u0080\u009f",
    "\ufffd", "\ufffe\uffff", "\U0010ffff", "\U000e0041", "\ue000",
    "!!!", "...", "?!?!", "--- *** ===", "(a)[b]{c}<d>", "a.b.c", "a-b_c", "foo_bar__baz", "#hashtag @user", "$100 €50 £20 ¥1000", "50% ± 3‰",
    "https://example.com/path?q=1&r=2#frag", "user@example.com", "C:\\Windows\\System32", "/usr/bin/env", "\"quoted\" 'single' `back`", "«guillemets» „low“ “curly”",
    "— – ‐ ‑ ‒ ―", "…", "§ ¶ † ‡ •", "∀x∈ℝ: x²≥0", "∑∏∫√∞≈≠≤≥", "←↑→↓⇒⇔", "♠♥♦♣", "\\n is not a newline", "a\\tb",
    "def f(x):\n    return x ** 2\n\n\nprint(f(3))  # nine\n", "for (int i = 0; i < n; ++i) { a[i] += b[i]; }", "if(x==1){y();}else{z();}",
    "<html><body class=\"x\">Hi &amp; bye</body></html>", "{\"key\": [1, 2.5, null, true]}", "SELECT * FROM t WHERE a='b';", "#include <vector>\n\tint main() {}\n",
    "    four spaces", "\tone tab", "\t\t\ttabs", " \t mixed \t ", "a\n\n\n\nb", "a \n \n \n b", "a\r\r\nb", "x  \n\n  y", "  \n", "\n  ", " \r\n \r\n",
    "CamelCaseWord", "ALLCAPS", "mIxEdCaSe", "snake_case_word", "kebab-case-word", "iPhone15Pro", "H2O CO2", "3rd 21st", "1st2nd",
    "supercalifragilisticexpialidocious", "Donaudampfschifffahrtsgesellschaftskapitän", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    "▁", "▁▁", " ▁ ", "a▁b", "Ġ", "ĠĠ", "Ċ", "aĠb", "<0x41>", "<0x0A>x", "<unk>", "##ing", "@@",
    "<|im_end|>", "<|im_start|>user\nhi<|im_end|>", "<|endoftext|>", "<|audio|>", "x<|endoftext|>y", "<|im_end", "|im_end|>", "<|im_<|im_end|>end|>",
    "<s>", "</s>", "[INST] hi [/INST]", "<start_of_turn>user", "<|begin_of_text|>", "<|eot_id|>", "<tool_call>", "<bos>", "<|0.00|>", "<|startoftranscript|><|en|>",
    "  <|im_end|>  ", "a <|im_end|> b", "<|im_end|><|im_end|>", "<|IM_END|>",
]

BROKEN = [b"\xff", b"a\xffb", b"\xc3", b"\xc3(", b"\xe2\x82", b"\xe2\x82x", b"\xf0\x9f\x98", b"\xf0\x9f\x98 ok", b"\xed\xa0\x80", b"\xc0\xaf",
          b"\xf4\x90\x80\x80", b"\xf8\x88\x80\x80\x80", b"\x80\x80", b"ok \xe4\xbd\xa0\xe5 ok", b"\xfe\xfe\xff\xff", b"<|im_\xffend|>"]


def generated():
    """Longer texts, made without a random generator so that they never change."""
    words = "the quick brown fox jumps over the lazy dog while reading 3 newspapers".split()
    out = [" ".join(words[(i * 7 + k) % len(words)] for k in range(40)) for i in range(3)]
    out.append("ab" * 600)
    out.append("x" * 1500)
    out.append("word" * 300 + " end")
    out.append(" " * 200 + "x")
    out.append("\n" * 100)
    out.append("1" * 300)
    out.append("!" * 300)
    out.append("中" * 200)
    out.append("é" * 150)
    state = 12345
    pools = [(0x20, 0x7e), (0xa0, 0x24f), (0x300, 0x36f), (0x370, 0x3ff), (0x400, 0x4ff), (0x590, 0x5ff), (0x600, 0x6ff), (0x900, 0x97f), (0xe00, 0xe7f),
             (0x1100, 0x11ff), (0x2000, 0x206f), (0x2100, 0x21ff), (0x3040, 0x30ff), (0x4e00, 0x4eff), (0xac00, 0xacff), (0x1f300, 0x1f5ff), (0, 0x1f)]
    for i in range(60):
        text = ""
        for _ in range(30):
            state = (state * 1103515245 + 12345) % (1 << 31)
            low, high = pools[(state >> 8) % len(pools)] if i % 3 else pools[0]
            state = (state * 1103515245 + 12345) % (1 << 31)
            text += chr(low + (state >> 8) % (high - low + 1))
        out.append(text)
    return out


def all_cases():
    """Byte strings; broken UTF-8 among them."""
    return [t.encode() for t in HAND + generated()] + BROKEN
