import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { TemplateError } from "../../lib/template/input_text.ts";
import { shellInput, shellQuoted } from "../../lib/template/input_text.ts";
import { commandLineOf, compileTemplate } from "../../lib/template/template.ts";

const PLACE = { index: 6, slot: 3 };

function expand(argv: string[], input: unknown): string[] {
  return compileTemplate(argv)(input, PLACE);
}

/** What one argument becomes; the input is not appended, as `{#}` is in front. */
function one(argument: string, input: unknown): string {
  const [number, text, ...more] = expand(["{#}", argument], input);
  assertEquals([number, more.length], ["7", 0]);
  return text ?? "";
}

Deno.test("compileTemplate() cuts a path as the documentation says", () => {
  const argv = ["{}", "{.}", "{/}", "{//}", "{/.}", "{#}", "{%}"];
  assertEquals(
    expand(argv, "dir/a.tar.gz"),
    ["dir/a.tar.gz", "dir/a.tar", "a.tar.gz", "dir", "a.tar", "7", "3"],
  );
});

Deno.test("compileTemplate() replaces within an argument, and many times", () => {
  const command = expand(["-o", "out/{/.}-{#}.png", "{}{}"], "in/b.jpg");
  assertEquals(command, ["-o", "out/b-7.png", "in/b.jpgin/b.jpg"]);
});

Deno.test("compileTemplate() gives positions of an array, from both ends", () => {
  const input = ["d/a.b", "e f/g.h", 3];
  assertEquals(one("{1} {2/} {3} {-1} {-3//} {2.} {2/.}", input), "d/a.b g.h 3 3 d e f/g g");
  assertEquals(one("<{4}{-4}{4//}{9/.}>", input), "<>");
  assertEquals(one("{0}{01}{+1}{1 }{1./}", input), "{0}{01}{+1}{1 }{1./}");
});

Deno.test("compileTemplate() takes an input that is no array for an array of one", () => {
  assertEquals(one("{1} {1/.} {-1}", "d/a.b"), "d/a.b a d/a.b");
  assertEquals(one("<{2}{2//}{-2}>", "d/a.b"), "<>");
});

Deno.test("compileTemplate() throws for a position of a record, which has fields", () => {
  const wrong = (argument: string, input: unknown) =>
    assertThrows(() => expand([argument], input), TemplateError).message;
  assertEquals(
    wrong("{1}", { a: 1, "b c": 2 }),
    "no element {1} in the input, a record whose fields are {a} {b c}",
  );
  assertEquals(wrong("{-2/.}", {}), "no element {-2} in the input, a record which has no field");
  assertEquals(expand(["{1}", "{2/}"], { "1": "one", "2": "a/b" }), ["one", "b"]);
});

Deno.test("compileTemplate() makes an argument for each element of an array", () => {
  const input = ["a/b.c", "d e"];
  assertEquals(expand(["rm", "{}", "to", "{/.}"], input), ["rm", "a/b.c", "d e", "to", "b", "d e"]);
  assertEquals(expand(["{//}", "{.}", "{/}"], ["x y/z"]), ["x y", "x y/z", "z"]);
  assertEquals(expand(["rm", "{}", "-f"], []), ["rm", "-f"]);
  assertEquals(expand(["rm", "{}"], [["a", "b"], null]), ["rm", '["a","b"]', ""]);
});

Deno.test("compileTemplate() joins an array by spaces within an argument", () => {
  const joined = expand(["<{}>", "x{.}y", "{/}{/}", "{{{}"], ["a/b.c", "d e"]);
  assertEquals(joined, ["<a/b.c d e>", "xa/b d ey", "b.c d eb.c d e", "{a/b.c d e"]);
  assertEquals(one("<{}>", []), "<>");
});

Deno.test("compileTemplate() knows the elements of an array by the names of columns", () => {
  const template = compileTemplate(["{name/.}", "{age}+", "{other}", "{2}"], ["name", "age"]);
  assertEquals(template(["d/Ada.x", "36"], PLACE), ["Ada", "36+", "{other}", "36"]);
  assertEquals(template(["Ada"], PLACE), ["Ada", "+", "{other}", ""]);
  const odd = ["first name", "a.b", "1", "#", "x/.", "", "(", "a"];
  const argv = odd.map((name) => `{${name}}|{${name}/}`);
  const values = odd.map((_, i) => `d/${i}`);
  assertEquals(compileTemplate(argv, odd)(values, PLACE), [
    "d/0|0",
    "d/1|1",
    "d/0|0",
    "7|3",
    "d/4|4",
    values.join(" ") + "|" + "0 1 2 3 4 5 6 7",
    "d/6|6",
    "d/7|7",
  ]);
  assertEquals(compileTemplate(["p", "{a}"], ["b"])(["x"], PLACE), [
    "p",
    "{a}",
    "x",
  ]);
});

Deno.test("compileTemplate() fills in the fields of a record", () => {
  const input = { path: "p/x.jpg", width: 200, "größe-2": null, flag: false };
  const command = expand(
    ["{path}", "{width}x", "{path/.}{path//}", "<{größe-2}>", "{flag}"],
    input,
  );
  assertEquals(command, ["p/x.jpg", "200x", "xp", "<>", "false"]);
  assertEquals(expand(["{a}"], Object.assign(Object.create(null), { a: 1 })), ["1"]);
});

Deno.test("compileTemplate() fills in any brace that names a field of the record", () => {
  const argv = ["{Sample ID}", "{a.b/.}", "{print $1}", "{{.Names}}", "{x y}"];
  const template = compileTemplate(argv);
  const full = { "Sample ID": "{a.b/.} {}", "a.b": "d/e.f" };
  assertEquals(template(full, PLACE), [
    "{a.b/.} {}",
    "e",
    "{print $1}",
    "{{.Names}}",
    "{x y}",
  ]);
  assertEquals(template({ "print $1": 1, "x y": 2 }, PLACE), [
    "{Sample ID}",
    "{a.b/.}",
    "1",
    "{{.Names}}",
    "2",
  ]);
  assertEquals(template(full, PLACE)[1], "e");
  // None of them applies, and the input comes last.
  assertEquals(template("s", PLACE), [...argv, "s"]);
  assertEquals(template({ "z z": 1 }, PLACE), [...argv, '{"z z":1}']);
  assertEquals(expand(["{{Sample ID}", "{{{Sample ID}"], { "Sample ID": 1 }), [
    "{Sample ID}",
    "{1",
  ]);
  const operators = { ".": "x", "/": "x", "//": "x", "/.": "x", "#": "x", "%": "x", "": "x" };
  assertEquals(expand(["{#}{%}{/}"], { a: 1, ...operators })[0]?.slice(0, 2), "73");
});

Deno.test("compileTemplate() fills a field of any name in as the column of that name", () => {
  const name = fc.string({ minLength: 1, unit: "grapheme" })
    .filter((name) => !/^-?\d+$|^[./#%]*$|[{}]/.test(name));
  fc.assert(fc.property(name, fc.string(), (name, value) => {
    const argv = [`{${name}}`, `<{${name}/.}>`, "{#}"];
    const record = Object.fromEntries([[name, value]]);
    fc.pre(Object.hasOwn(record, name));
    const ofColumn = compileTemplate(argv, [name])([value], PLACE);
    assertEquals(compileTemplate(argv)(record, PLACE), ofColumn);
  }));
});

Deno.test("compileTemplate() throws for a field that the record lacks, and names the nearest", () => {
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

Deno.test("compileTemplate() leaves names as they are for an input that is no record", () => {
  assertEquals(expand(["awk", "{print}"], "f.txt"), ["awk", "{print}", "f.txt"]);
  assertEquals(expand(["awk", "{print}"], undefined), ["awk", "{print}"]);
  assertEquals(expand(["{a}"], ["x", "y"]), ["{a}", "x", "y"]);
  assertEquals(expand(["{a}", "{}"], "x"), ["{a}", "x"]);
  assertEquals(expand(["{a}"], new Date(0)), ["{a}", "1970-01-01T00:00:00.000Z"]);
});

Deno.test("compileTemplate() leaves other braces as they are", () => {
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

Deno.test("compileTemplate() takes a doubled brace in front of a replacement string for one of text", () => {
  assertEquals(one("{{}", "v"), "{}");
  assertEquals(one("{{}}", "v"), "{}}");
  assertEquals(one("{{{}", "v"), "{v");
  assertEquals(one("{{{{}", "v"), "{{}");
  assertEquals(one("{{{{{}}", "v"), "{{v}");
  assertEquals(one("{{name} {{1/.} {{#}", { name: "x" }), "{name} {1/.} {#}");
  assertEquals(one("\\textbf{{{name}}", { name: "x" }), "\\textbf{x}");
});

Deno.test("compileTemplate() appends the input where no replacement string applies", () => {
  assertEquals(expand(["rm", "--"], "a b"), ["rm", "--", "a b"]);
  assertEquals(expand(["rm"], ["a b", 2, null]), ["rm", "a b", "2", ""]);
  assertEquals(expand(["rm"], { a: 1 }), ["rm", '{"a":1}']);
  assertEquals(expand(["rm", "{{}"], "x"), ["rm", "{}", "x"]);
  assertEquals(expand(["rm"], null), ["rm", ""]);
  assertEquals(expand(["rm"], []), ["rm"]);
  assertEquals(expand([], "x"), ["x"]);
});

Deno.test("compileTemplate() takes a job without input for one with nothing in it", () => {
  assertEquals(expand(["date"], undefined), ["date"]);
  assertEquals(one("<{}{.}{//}{1}{1//}>", undefined), "<>");
});

Deno.test("compileTemplate() writes what is no string", () => {
  const written = (input: unknown) => one("{}", input);
  assertEquals([0.5, -0, 10n, true, null].map(written), ["0.5", "0", "10", "true", ""]);
  assertEquals(written({ a: [1, { b: "c d" }], big: 1n }), '{"a":[1,{"b":"c d"}],"big":"1"}');
  assertEquals(one("<{}>", [[1, 2], { a: "b" }]), '<[1,2] {"a":"b"}>');
  assertEquals(written(new URL("http://a.b/c")), "http://a.b/c");
});

Deno.test("compileTemplate() throws for an input that has no text", () => {
  const loop: Record<string, unknown> = {};
  loop.self = loop;
  const { message } = assertThrows(() => expand(["{}"], loop), TemplateError);
  assertEquals(message, "cannot write the input as text: Converting circular structure to JSON");
});

const HOSTILE = ["'; rm -rf / #", '"$(touch x)`id`"', "-rf", "--", "a\nb\r\nc", "{}", "", " ", "\\"]
  .concat("{1} {name} {{} {#}", "$&$1$`$'", "🧨 é \u202e");

function withoutNul(text: string): string {
  return text.replaceAll("\0", "");
}

Deno.test("compileTemplate() never looks again at what it put in", () => {
  for (const text of HOSTILE) {
    assertEquals(expand(["p", "{}", "{1}"], text), ["p", text, text]);
    assertEquals(expand(["p"], text), ["p", text]);
    assertEquals(expand(["p"], [text, text]), ["p", text, text]);
    assertEquals(expand(["p", "<{name}>"], { name: text }), ["p", `<${text}>`]);
  }
});

Deno.test("compileTemplate() gives every text as the one argument it stands for", () => {
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

Deno.test("compileTemplate() keeps the number of arguments, whatever they hold", () => {
  fc.assert(fc.property(fc.array(ARGUMENT), fc.string(), (argv, text) => {
    assertEquals(expand(["{#}", ...argv], { a: text, "1": text }).length, argv.length + 1);
  }));
});

Deno.test("compileTemplate() gives an argument back when its replacement strings are doubled", () => {
  fc.assert(fc.property(ARGUMENT, (text) => {
    const known = /\{+(?=(?:[#%]|(?:-?[1-9]\d*|a)?(?:\/\.|\/\/|\/|\.)?)\})/g;
    assertEquals(one(text.replace(known, "$&$&"), { a: "!" }), text);
  }));
});

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

Deno.test("shellInput() gives the elements of an array the names of columns", () => {
  assertEquals(shellInput(["x y", "2", "3"], ["a", "b c"]), {
    args: ["x y", "2", "3"],
    env: { INPUT: "x y 2 3", INPUT_a: "x y", INPUT_b_c: "2" },
  });
});

Deno.test("shellInput() gives fields of one variable to the one with its name, or to none", () => {
  const { args, env, shared } = shellInput({ "a b": 1, "a_b": 2, "a-b": 3, "x y": 4, "x.y": 5 });
  assertEquals(args, ["1", "2", "3", "4", "5"]);
  assertEquals([env.INPUT_a_b, env.INPUT_x_y], ["2", undefined]);
  assertEquals(shared, [{ name: "INPUT_x_y", fields: ["x y", "x.y"] }]);
});

Deno.test("commandLineOf() refuses a script with a variable that may be several fields", () => {
  const input = { "x y": 1, "x.y": 2 };
  const line = (script: string) => commandLineOf({ kind: "shell", script })(input, PLACE);
  assertEquals(line("echo $1 $INPUT_x $INPUT_x_y_z").argv, [
    ...["sh", "-c", "echo $1 $INPUT_x $INPUT_x_y_z", "sh"],
    ...["1", "2"],
  ]);
  for (const script of ["echo $INPUT_x_y", 'echo "${INPUT_x_y}"']) {
    const { message } = assertThrows(() => line(script), TemplateError);
    assertEquals(message, 'the variable INPUT_x_y may be each of the fields "x y" and "x.y"');
  }
});

Deno.test("shellQuoted() writes what a shell takes apart again", async () => {
  assertEquals(
    shellQuoted(["echo", "a b", "", "it's", "/x-1.y+z_", "'", "''"]),
    [
      "echo 'a b' ''",
      `'it'"'"'s'`,
      "/x-1.y+z_",
      `"'"`,
      `"'"''"'"`,
    ].join(" "),
  );
  const texts = fc.array(fc.string({ unit: "grapheme", maxLength: 20 }).map(withoutNul), {
    minLength: 1,
  });
  const samples = [HOSTILE, ...fc.sample(texts, 200)];
  const script = samples.map((argv) => `printf '%s\\0' ${shellQuoted(argv)}`).join("\n");
  const { stdout } = await new Deno.Command("sh", { args: ["-c", script] }).output();
  assertEquals(new TextDecoder().decode(stdout).split("\0").slice(0, -1), samples.flat());
});

Deno.test("shellInput() gives no field a variable of another name than INPUT_", () => {
  const { args, env } = shellInput({ "PATH": "/evil", "a=b": "1", "LD PRELOAD": "2", "": "3" });
  assertEquals(args, ["/evil", "1", "2", "3"]);
  assertEquals(Object.keys(env), ["INPUT", "INPUT_PATH", "INPUT_a_b", "INPUT_LD_PRELOAD"]);
  fc.assert(fc.property(fc.dictionary(fc.string(), fc.string()), (input) => {
    const names = Object.keys(shellInput(input).env);
    assertEquals(names.filter((name) => !/^INPUT(?:_[A-Za-z0-9_]+)?$/.test(name)), []);
  }));
});
