#!/usr/bin/env python3
"""Compares random small templates between Auris and jinja2 as transformers sets it up.

Usage: fuzz_chat_template.py PROGRAM [COUNT] [SEED]
PROGRAM is the target chat_template_lines, e.g. build/dev/auris/text/chat_template/chat_template_lines.
Needs: transformers 5.x, jinja2. Prints every difference; exit status 1 if there was one.
"""

import json
import random
import subprocess
import sys

import transformers.utils.chat_template_utils as reference

from chat_template_data import DATA

TEXTS = ["''", "'a'", "'Ab c'", "' x\\n'", "'a,b'", "'é😀'", "'1'", "'-2.5'", "'<|x|>'", "\"it's\"", "'a\\n b\\n'", "'ΑΣ'"]
NAMES = list(DATA["variables"]) + ["messages", "undefinedvalue", "messages[0]", "messages[0].content", "messages[2].content", "y"]
FILTERS = ["trim", "upper", "lower", "title", "capitalize", "length", "list", "first", "last", "string", "int", "float", "abs", "round", "tojson",
           "sort", "reverse", "unique", "sum", "min", "max", "items", "dictsort", "join", "default", "wordcount", "indent", "d('z', true)", "join('-')",
           "replace('a', 'b')", "replace('', '.')", "tojson(indent=2)", "map('upper')", "map('string')", "map(attribute='k')", "map(attribute='role')", "select", "reject('none')", "select('number')",
           "selectattr('role')", "selectattr('v', 'gt', 1)", "rejectattr('k', 'defined')", "round(1)", "indent(2, true)", "sort(reverse=true)", "list", "list", "list|length"]
TESTS = ["defined", "undefined", "none", "string", "mapping", "iterable", "sequence", "number", "boolean", "true", "false", "integer", "float", "odd", "even",
         "eq 1", "ne 'a'", "lower", "upper", "in [1, 'a']", "divisibleby 3", "gt 2", "sameas none", "not string", "not defined"]
METHODS = ["strip()", "lstrip()", "rstrip()", "strip('a ')", "split()", "split(',')", "split(',', 1)", "rsplit(',', 1)", "splitlines()", "startswith('a')", "endswith('c')", "upper()", "lower()", "title()",
           "capitalize()", "replace('a', 'xx')", "replace(',', '', 1)", "find('b')", "count('a')", "join(words)", "isdigit()", "isalpha()", "get('a')", "get('zz', 5)", "items()", "keys()", "values()", "index(1)",
           "count(1)", "removeprefix('a')", "isspace()", "islower()"]
BINARY = ["+", "-", "*", "/", "//", "%", "~", "==", "!=", "<", "<=", ">", ">=", "in", "not in", "and", "or", "~", "+"]


class Generator:
    def __init__(self, seed):
        self.random = random.Random(seed)

    def expression(self, depth):
        r = self.random
        pick = r.random()
        if depth <= 0 or pick < 0.25:
            return r.choice([r.choice(TEXTS), r.choice(NAMES), r.choice(NAMES), str(r.randint(-3, 12)), r.choice(["1.5", "0.0", "true", "false", "none", "[]", "{}", "()"])])
        sub = lambda: self.expression(depth - 1)
        if pick < 0.40:
            return f"({sub()} {r.choice(BINARY)} {sub()})"
        if pick < 0.45:
            return f"{sub()} {r.choice(BINARY)} {sub()}"
        if pick < 0.65:
            return f"{sub()}|{r.choice(FILTERS)}"
        if pick < 0.72:
            return f"({sub()} is {r.choice(TESTS)})"
        if pick < 0.80:
            return f"({sub()}).{r.choice(METHODS)}"
        if pick < 0.84:
            return f"({sub()})[{r.choice(['0', '-1', '1:', ':-1', '::-1', '::2', '-2:', '1:3', '5', sub()])}]"
        if pick < 0.87:
            return f"({sub()}).{r.choice(['a', 'k', 'role', 'content', 'items', 'zz'])}"
        if pick < 0.91:
            return f"({sub()} if {sub()} else {sub()})"
        if pick < 0.93:
            return f"[{sub()}, {sub()}]"
        if pick < 0.95:
            return f"{{{r.choice(TEXTS)}: {sub()}, 'q': {sub()}}}"
        return r.choice([f"not {sub()}", f"-{sub()}", f"({sub()}, {sub()})", f"range({r.randint(-2, 5)})", f"namespace(a={sub()}).a", f"({sub()} if {sub()})"])

    def space(self):
        return self.random.choice(["", "", " ", "\n", "  ", "\n  ", " \n", "x", "x\n", "\t"])

    def open(self):
        return self.random.choice(["{%", "{%", "{%", "{%-", "{%+"])

    def close(self):
        return self.random.choice(["%}", "%}", "%}", "-%}", "+%}"])

    def tag(self, body):
        return f"{self.open()} {body} {self.close()}"

    def block(self, depth, in_loop=False):
        r = self.random
        parts = [self.space()]
        for _ in range(r.randint(1, 3)):
            pick = r.random()
            inner = lambda loop=in_loop: self.block(depth - 1, loop)
            if depth <= 0 or pick < 0.5:
                parts.append(r.choice(["{{", "{{", "{{-"]) + " " + self.expression(r.randint(0, 3)) + " " + r.choice(["}}", "}}", "-}}"]))
            elif pick < 0.62:
                parts += [self.tag(f"if {self.expression(2)}"), inner(), self.tag("elif " + self.expression(1)) + inner() if r.random() < 0.3 else "",
                          self.tag("else") + inner() if r.random() < 0.5 else "", self.tag("endif")]
            elif pick < 0.75:
                condition = f" if {self.expression(1)}" if r.random() < 0.3 else ""
                iterable = r.choice(["list", "words", "messages", "d", "objs", "range(3)", "'abc'", self.expression(2)])
                parts += [self.tag(f"for y in {iterable}{condition}"), inner(True), "{{ loop.index }}" if r.random() < 0.5 else "", "{{ loop.last }}{{ loop.previtem is defined }}" if r.random() < 0.2 else "",
                          self.tag("else") + inner() if r.random() < 0.3 else "", self.tag("endfor")]
            elif pick < 0.83:
                parts.append(self.tag(f"set y = {self.expression(2)}"))
            elif pick < 0.86:
                parts += [self.tag("set y" + r.choice(["", " | trim", " | upper | length"])), inner(False), self.tag("endset"), "{{ y }}"]
            elif pick < 0.89:
                parts += [self.tag("macro m(a, b=" + self.expression(1) + ")"), inner(False), "{{ a }}{{ b }}", self.tag("endmacro"), "{{ m(" + self.expression(1) + ") }}"]
            elif pick < 0.92:
                parts += [self.tag("with y = " + self.expression(1)), inner(), self.tag("endwith")]
            elif pick < 0.94:
                parts += [self.tag("generation"), inner(False), self.tag("endgeneration")]
            elif pick < 0.96:
                parts.append(r.choice(["{# c #}", "{#- c -#}", "{# c -#}", "{#\n#}\n"]))
            elif pick < 0.98 and in_loop:
                parts += [self.tag("if " + self.expression(1)), self.tag(r.choice(["break", "continue"])), self.tag("endif")]
            else:
                parts.append(r.choice(["{% raw %}{{ x }}{% endraw %}", "{%- raw -%} a {%- endraw %}\n", "{% filter upper %}a{{ y }}{% endfilter %}"]))
            parts.append(self.space())
        return "".join(parts)


def expected(source):
    try:
        return reference.render_jinja_template([DATA["messages"]], chat_template=source, **DATA["variables"])[0][0]
    except Exception as error:
        return error


# Where Auris is stricter on purpose: values without a stable text, 64-bit integers, string formatting; and slices of
# constants, which jinja2's optimizer folds by other rules than it runs.
STRICTER = ["an iterator", "a function", "the loop variable", "64 bits", "chat templates use", "values to unpack", "at most 22 digits",
            "'%' works on, got a string", "something to slice"]


def main():
    program = sys.argv[1]
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 20000
    seed = int(sys.argv[3]) if len(sys.argv) > 3 else 1
    process = subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8")
    variables = {k: v for k, v in DATA["variables"].items() if k not in ("add_generation_prompt", "bos_token", "eos_token")}
    different = errors = 0
    for i in range(count):
        source = Generator(seed * 1_000_003 + i).block(2)
        want = expected(source)
        process.stdin.write(json.dumps({"template": source, "messages": DATA["messages"], "add_generation_prompt": True, "variables": variables}) + "\n")
        process.stdin.flush()
        reply = json.loads(process.stdout.readline())
        failed = isinstance(want, Exception)
        errors += failed
        if failed and "error" in reply:
            continue
        if not failed and "text" in reply and (reply["text"] == want or " object at 0x" in want or "<generator" in want):
            continue
        if "error" in reply and any(reason in reply["error"] for reason in STRICTER):
            continue
        different += 1
        print(f"--- {i}\n{source!r}\nwant {want!r}\ngot  {reply}")
        if different >= 20:
            break
    print(f"{i + 1} templates, {errors} of them errors in the reference, {different} differences")
    sys.exit(different > 0)


if __name__ == "__main__":
    main()
