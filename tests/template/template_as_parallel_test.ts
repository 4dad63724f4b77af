import { assertEquals } from "@std/assert";
import { compileTemplate } from "../../lib/template/template.ts";

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

testAgainstParallel("compileTemplate() cuts tricky paths as GNU parallel does", async () => {
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
  const expected = PATHS.flatMap((path, index) => template(path, { index, slot: 1 }));
  assertEquals(expected, await parallel(argv, PATHS));
});

testAgainstParallel(
  "compileTemplate() treats arrays as GNU parallel does several sources",
  async () => {
    const sources = [":::", "d e/a.b", ":::", "f.g"];
    const argv = ["{1}", "{2/.}", "{-1}", "{-2//}", "x{3}y", "{3//}", "{2.}{1/}"];
    const input = ["d e/a.b", "f.g"];
    assertEquals(expand(argv, input), await parallel([...argv, ...sources], []));
    assertEquals(expand([], input), await parallel(sources, []));
    const whole = ["{}", "{/}", "{//}", "{.}", "{/.}"];
    assertEquals(expand(whole, input), await parallel([...whole, ...sources], []));
  },
);

function expand(argv: string[], input: unknown): string[] {
  return compileTemplate(argv)(input, { index: 6, slot: 3 });
}
