import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { compileTemplate, shellInput, TemplateError } from "../lib/template.ts";

const PLACE = { index: 6, slot: 3 };

function expand(argv: string[], input: unknown): string[] {
  return compileTemplate(argv).expand(input, PLACE);
}

/** What one argument becomes; the input is not appended, as `{#}` is in front. */
function one(argument: string, input: unknown): string {
  const [number, text, ...more] = expand(["{#}", argument], input);
  assertEquals([number, more.length], ["7", 0]);
  return text ?? "";
}

Deno.test("Template.expand() cuts a path as the documentation says", () => {
  const argv = ["{}", "{.}", "{/}", "{//}", "{/.}", "{#}", "{%}"];
  assertEquals(
    expand(argv, "dir/a.tar.gz"),
    ["dir/a.tar.gz", "dir/a.tar", "a.tar.gz", "dir", "a.tar", "7", "3"],
  );
});

Deno.test("Template.expand() replaces within an argument, and many times", () => {
  const command = expand(["-o", "out/{/.}-{#}.png", "{}{}"], "in/b.jpg");
  assertEquals(command, ["-o", "out/b-7.png", "in/b.jpgin/b.jpg"]);
});

Deno.test("Template.expand() gives positions of an array, from both ends", () => {
  const input = ["d/a.b", "e f/g.h", 3];
  assertEquals(one("{1} {2/} {3} {-1} {-3//} {2.} {2/.}", input), "d/a.b g.h 3 3 d e f/g g");
  assertEquals(one("<{4}{-4}{4//}{9/.}>", input), "<>");
  assertEquals(one("{0}{01}{+1}{1 }{1./}", input), "{0}{01}{+1}{1 }{1./}");
});

Deno.test("Template.expand() takes an input that is no array for an array of one", () => {
  assertEquals(one("{1} {1/.} {-1}", "d/a.b"), "d/a.b a d/a.b");
  assertEquals(one("<{2}{2//}{-2}>", "d/a.b"), "<>");
  assertEquals(one("{1}", { a: 1 }), '{"a":1}');
});

Deno.test("Template.expand() joins an array by spaces within its argument", () => {
  const joined = expand(["{}", "x{.}y", "{/}", "{//}", "{/.}"], ["a/b.c", "d e"]);
  assertEquals(joined, ["a/b.c d e", "xa/b d ey", "b.c d e", "a .", "b d e"]);
  assertEquals(one("<{}>", []), "<>");
});

Deno.test("Template.expand() fills in the fields of a record", () => {
  const input = { path: "p/x.jpg", width: 200, "größe-2": null, flag: false };
  const command = expand(
    ["{path}", "{width}x", "{path/.}{path//}", "<{größe-2}>", "{flag}"],
    input,
  );
  assertEquals(command, ["p/x.jpg", "200x", "xp", "<>", "false"]);
  assertEquals(expand(["{a}"], Object.assign(Object.create(null), { a: 1 })), ["1"]);
});

Deno.test("Template.expand() throws for a field that the record lacks, and names the nearest", () => {
  const missing = (argument: string, input: unknown) =>
    assertThrows(() => expand([argument], input), TemplateError).message;
  assertEquals(
    missing("{widht}", { width: 1, path: "" }),
    'no field "widht" in the input, did you mean "width"?',
  );
  assertEquals(missing("{a}", {}), 'no field "a" in the input, which has none');
  const inherited = missing("{constructor}", { a: 1 });
  assertEquals(inherited, 'no field "constructor" in the input, which has a');
});

Deno.test("Template.expand() leaves names as they are for an input that is no record", () => {
  assertEquals(expand(["awk", "{print}"], "f.txt"), ["awk", "{print}", "f.txt"]);
  assertEquals(expand(["awk", "{print}"], undefined), ["awk", "{print}"]);
  assertEquals(expand(["{a}"], ["x", "y"]), ["{a}", "x", "y"]);
  assertEquals(expand(["{a}", "{}"], "x"), ["{a}", "x"]);
  assertEquals(expand(["{a}"], new Date(0)), ["{a}", "1970-01-01T00:00:00.000Z"]);
});

Deno.test("Template.expand() leaves other braces as they are", () => {
  const texts = [
    "{print $1}",
    '{"a":{"b":2}}',
    "{a,b}",
    "{ }",
    "{",
    "}",
    "}{",
    "{{",
    "{a b}",
    "{-}",
  ]
    .concat("{{.Names}} {{json .}} {#/} {%.} {..} {///} {1///} {1a} ${x.y}".split(" "));
  for (const text of texts) {
    assertEquals(one(text, "v"), text);
    assertEquals(one(text, { v: 1 }), text);
  }
});

Deno.test("Template.expand() takes a doubled brace in front of a replacement string for one of text", () => {
  assertEquals(one("{{}", "v"), "{}");
  assertEquals(one("{{}}", "v"), "{}}");
  assertEquals(one("{{{}", "v"), "{v");
  assertEquals(one("{{{{}", "v"), "{{}");
  assertEquals(one("{{{{{}}", "v"), "{{v}");
  assertEquals(one("{{name} {{1/.} {{#}", { name: "x" }), "{name} {1/.} {#}");
  assertEquals(one("\\textbf{{{name}}", { name: "x" }), "\\textbf{x}");
});

Deno.test("Template.expand() appends the input where no replacement string applies", () => {
  assertEquals(expand(["rm", "--"], "a b"), ["rm", "--", "a b"]);
  assertEquals(expand(["rm"], ["a b", 2, null]), ["rm", "a b", "2", ""]);
  assertEquals(expand(["rm"], { a: 1 }), ["rm", '{"a":1}']);
  assertEquals(expand(["rm", "{{}"], "x"), ["rm", "{}", "x"]);
  assertEquals(expand(["rm"], null), ["rm", ""]);
  assertEquals(expand(["rm"], []), ["rm"]);
  assertEquals(expand([], "x"), ["x"]);
});

Deno.test("Template.expand() takes a job without input for one with nothing in it", () => {
  assertEquals(expand(["date"], undefined), ["date"]);
  assertEquals(one("<{}{.}{//}{1}{1//}>", undefined), "<>");
});

Deno.test("Template.expand() writes what is no string", () => {
  const written = (input: unknown) => one("{}", input);
  assertEquals([0.5, -0, 10n, true, null].map(written), ["0.5", "0", "10", "true", ""]);
  assertEquals(written({ a: [1, { b: "c d" }], big: 1n }), '{"a":[1,{"b":"c d"}],"big":"1"}');
  assertEquals(written([[1, 2], { a: "b" }]), '[1,2] {"a":"b"}');
  assertEquals(written(new URL("http://a.b/c")), "http://a.b/c");
});

Deno.test("Template.expand() throws for an input that has no text", () => {
  const loop: Record<string, unknown> = {};
  loop.self = loop;
  const { message } = assertThrows(() => expand(["{}"], loop), TemplateError);
  assertEquals(message, "cannot write the input as text: Converting circular structure to JSON");
});

const HOSTILE = ["'; rm -rf / #", '"$(touch x)`id`"', "-rf", "--", "a\nb\r\nc", "{}", "", " ", "\\"]
  .concat("{1} {name} {{} {#}", "$&$1$`$'", "🧨 é \u202e");

Deno.test("Template.expand() never looks again at what it put in", () => {
  for (const text of HOSTILE) {
    assertEquals(expand(["p", "{}", "{1}"], text), ["p", text, text]);
    assertEquals(expand(["p"], text), ["p", text]);
    assertEquals(expand(["p"], [text, text]), ["p", text, text]);
    assertEquals(expand(["p", "<{name}>"], { name: text }), ["p", `<${text}>`]);
  }
});

Deno.test("Template.expand() gives every text as the one argument it stands for", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => {
    assertEquals(expand(["p", "a{}b", "{1}", "z"], text), ["p", `a${text}b`, text, "z"]);
    assertEquals(expand(["p", "{f}"], { f: text }), ["p", text]);
    assertEquals(expand(["p"], [text]), ["p", text]);
  }));
});

const ARGUMENT = fc.array(
  fc.constantFrom("{", "}", "{}", "{{", "{a}", "{1/.}", "{/", ".", "#", ",", " "),
  { maxLength: 8 },
).map((pieces) => pieces.join(""));

Deno.test("Template.expand() keeps the number of arguments, whatever they hold", () => {
  fc.assert(fc.property(fc.array(ARGUMENT), fc.string(), (argv, text) => {
    assertEquals(expand(["{#}", ...argv], { a: text }).length, argv.length + 1);
  }));
});

Deno.test("Template.expand() gives an argument back when its replacement strings are doubled", () => {
  fc.assert(fc.property(ARGUMENT, (text) => {
    const known = /\{+(?=(?:[#%]|(?:-?[1-9]\d*|a)?(?:\/\.|\/\/|\/|\.)?)\})/g;
    assertEquals(one(text.replace(known, "$&$&"), { a: "!" }), text);
  }));
});

const hasParallel = await (async () => {
  try {
    const { stdout } = await new Deno.Command("parallel", { args: ["--version"] }).output();
    return new TextDecoder().decode(stdout).startsWith("GNU parallel");
  } catch {
    return false;
  }
})();

/** What GNU parallel gives for each input, as arguments; it is asked for all of them at once. */
async function parallel(argv: string[], inputs: string[], options: string[] = []) {
  const child = new Deno.Command("parallel", {
    args: ["--will-cite", "-0", "-k", "-j1", "-q", ...options, "printf", "%s\\0", ...argv],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(inputs.map((input) => `${input}\0`).join("")));
  await writer.close();
  const { stdout } = await child.output();
  return new TextDecoder().decode(stdout).split("\0").slice(0, -1);
}

const PATHS = ["a", "a.b", "a.tar.gz", "dir/a.tar.gz", "dir.d/a", "dir.d/a.b", ".bashrc"].concat(
  ["dir/.bashrc", ".bashrc.bak", "dir/.a.b", "a.", "dir/a.", "a/", "dir.x/", "dir/a.b/", "/", "//"],
  [
    "/a",
    "/a.b",
    "//a",
    "a//b.c",
    "a/b//c.d",
    ".",
    "..",
    "./",
    "../",
    "./a",
    "../a.b",
    "a/.",
    "a/..",
  ],
  ["...", "a...", "..a", " ", "a b.c d", "x/.y/z", "./.a", "a\tb.c", "/.", "/..", "a/.b.c", "a..b"],
  [
    "dir./a",
    "a/ .b",
    "é.ü",
    "x/é.ü",
    "-rf.x",
    "it's.q",
    'a"b.c',
    "a{}.b",
    "$(x).y",
    "a\\.b",
    "///a",
  ],
  ["/a/", "/a/b/", "a//", "a.b//", "a*?.[b]", "a\nb.c", "~/a.b", "dir/🧨.x", ";a.b&"],
);

function testAgainstParallel(claim: string, fn: () => Promise<void>): void {
  const name = hasParallel ? claim : `${claim} (needs it: apt-get install parallel)`;
  Deno.test({ name, ignore: !hasParallel, fn });
}

testAgainstParallel("Template.expand() cuts tricky paths as GNU parallel does", async () => {
  const argv = [
    "{}",
    "{.}",
    "{/}",
    "{//}",
    "{/.}",
    "{1}",
    "{1.}",
    "{1/}",
    "{1//}",
    "{-1/.}",
    "{2}",
  ]
    .concat("<{/}-{//}>", "{#}", "{%}", "{print $1}", "{{.Names}}", "{name}");
  const template = compileTemplate(argv);
  const expected = PATHS.flatMap((path, index) => template.expand(path, { index, slot: 1 }));
  assertEquals(expected, await parallel(argv, PATHS));
});

testAgainstParallel(
  "Template.expand() treats arrays as GNU parallel does several sources",
  async () => {
    const sources = [":::", "d e/a.b", ":::", "f.g"];
    const argv = ["{1}", "{2/.}", "{-1}", "{-2//}", "x{3}y", "{3//}", "{2.}{1/}"];
    const input = ["d e/a.b", "f.g"];
    assertEquals(expand(argv, input), await parallel([...argv, ...sources], []));
    assertEquals(expand([], input), await parallel(sources, []));
    // Words of its own in GNU parallel, one argument here.
    const whole = ["{}", "|", "x{.}y", "|", "{/}", "|", "{//}", "|", "{/.}"];
    assertEquals(
      expand(whole, input).join(" "),
      (await parallel([...whole, ...sources], [])).join(" "),
    );
  },
);

Deno.test("shellInput() gives a scalar, an array or a record as arguments", () => {
  assertEquals(shellInput("a b"), { args: ["a b"], env: { INPUT: "a b" } });
  assertEquals(shellInput(null), { args: [""], env: { INPUT: "" } });
  assertEquals(shellInput(["a b", 2, { c: 3 }]), {
    args: ["a b", "2", '{"c":3}'],
    env: { INPUT: 'a b 2 {"c":3}' },
  });
  assertEquals(shellInput({ path: "p", n: 1 }), {
    args: ["p", "1"],
    env: { INPUT: '{"path":"p","n":1}', INPUT_path: "p", INPUT_n: "1" },
  });
  assertEquals(shellInput(undefined), { args: [], env: {} });
});

Deno.test("shellInput() gives no field a variable of another name than INPUT_", () => {
  const { args, env } = shellInput({ "PATH": "/evil", "a=b": "1", "LD PRELOAD": "2", "": "3" });
  assertEquals(args, ["/evil", "1", "2", "3"]);
  assertEquals(Object.keys(env), ["INPUT", "INPUT_PATH"]);
  fc.assert(fc.property(fc.dictionary(fc.string(), fc.string()), (input) => {
    const names = Object.keys(shellInput(input).env);
    assertEquals(names.filter((name) => !/^INPUT(?:_[A-Za-z0-9_]+)?$/.test(name)), []);
  }));
});
