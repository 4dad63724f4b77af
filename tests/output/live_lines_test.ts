import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { type About, LiveLines, LONGEST_LINE, SharedSink } from "../../lib/output/live_lines.ts";

const PLAIN: About = { tag: "", on: "", off: "" };

/** A sink that keeps what is put, as text. */
function keeping() {
  const decoder = new TextDecoder();
  const to = {
    text: "",
    get isLineOpen() {
      return to.text !== "" && !to.text.endsWith("\n");
    },
    put: (piece: string | Uint8Array) => {
      to.text += typeof piece === "string" ? piece : decoder.decode(piece, { stream: true });
      return undefined;
    },
  };
  return to;
}

Deno.test("LiveLines puts whole lines at once, and holds one that has no end yet", () => {
  const to = keeping();
  const lines = new LiveLines(new SharedSink(to), PLAIN);
  const seen = ["a", "b\nc", "", "\n\n", "d"].map((piece) => {
    lines.put(piece);
    return to.text;
  });
  assertEquals(seen, ["", "ab\n", "ab\n", "ab\nc\n\n", "ab\nc\n\n"]);
  lines.end();
  lines.end();
  assertEquals(to.text, "ab\nc\n\nd\n");
});

Deno.test("LiveLines keeps the lines of many streams whole, however they are cut into pieces", () => {
  const piece = fc.tuple(
    fc.nat(2),
    fc.string({ unit: fc.constantFrom("a", "\n", "\r", "é"), maxLength: 5 }),
  );
  fc.assert(fc.property(fc.array(piece), (pieces) => {
    const to = keeping();
    const shared = new SharedSink(to);
    const streams = [0, 1, 2].map((i) => new LiveLines(shared, { ...PLAIN, tag: `${i}:` }));
    for (const [i, text] of pieces) {
      for (const byte of new TextEncoder().encode(text)) streams[i]?.put(Uint8Array.of(byte));
    }
    for (const stream of streams) stream.end();
    for (const i of [0, 1, 2]) {
      const whole = pieces.map(([of, text]) => of === i ? text : "").join("");
      const wanted = whole.split(/(?<=\n)/).filter((line) => line !== "")
        .map((line) => `${i}:${line.replace(/\n?$/, "\n")}`);
      const found = to.text.split(/(?<=\n)/).filter((line) => line.startsWith(`${i}:`));
      assertEquals(found, wanted);
    }
  }));
});

Deno.test("LiveLines lets a long line through in parts, and none is longer than the limit", () => {
  const to = keeping();
  const lines = new LiveLines(new SharedSink(to), { ...PLAIN, tag: "t:" });
  const half = "x".repeat(LONGEST_LINE / 2);
  for (const _ of [1, 2]) lines.put(half);
  assertEquals(to.text, "");
  lines.put("y");
  assertEquals(to.text, `t:${half}${half}y`);
  lines.put("z\nnext\n");
  assertEquals(to.text, `t:${half}${half}yz\nt:next\n`);
});

Deno.test("LiveLines of two jobs never share a line, long as one may be", () => {
  const to = keeping();
  const shared = new SharedSink(to);
  const [a, b] = ["a", "b"].map((name) => new LiveLines(shared, { ...PLAIN, tag: `${name}:` }));
  const long = "x".repeat(LONGEST_LINE + 1);
  a?.put(long);
  b?.put("one\n");
  a?.put("rest\n");
  a?.put(long);
  to.put("\nsaid beside\n");
  a?.end();
  a?.put(long);
  b?.put(long);
  a?.end();
  b?.end();
  assertEquals(
    to.text,
    `a:${long}\nb:one\na:rest\na:${long}\nsaid beside\na:${long}\nb:${long}\n`,
  );
});

Deno.test("SharedSink.putLines() puts lines of their own, each with what stands about it", () => {
  const to = keeping();
  const shared = new SharedSink(to);
  const lines = new LiveLines(shared, PLAIN);
  const long = "x".repeat(LONGEST_LINE + 1);
  lines.put(long);
  shared.putLines("one\n", { tag: "t:", on: "<", off: ">" });
  shared.putLines("two\n\nthree\n", { tag: "t:", on: "<", off: ">" });
  shared.putLines("\n", PLAIN);
  shared.putLines("four\n", { ...PLAIN, tag: "t:" });
  lines.put("y\n");
  assertEquals(to.text, `${long}\nt:<one>\nt:<two>\nt:\nt:<three>\n\nt:four\ny\n`);
});

Deno.test("LiveLines colours each part of a line, and leaves no colour on", () => {
  const to = keeping();
  const shared = new SharedSink(to);
  const a = new LiveLines(shared, { tag: "", on: "<", off: ">" });
  const b = new LiveLines(shared, { tag: "[b] ", on: "", off: "" });
  a.put("one\n\ntwo");
  b.put("one\n");
  const long = "x".repeat(LONGEST_LINE);
  a.put(long);
  a.put("y\nz");
  a.end();
  assertEquals(to.text, `<one>\n\n[b] one\n<two><${long}><y>\n<z>\n`);
});

Deno.test("LiveLines tells when the sink is full", async () => {
  const full = Promise.withResolvers<void>();
  const to = { isLineOpen: false, put: () => full.promise };
  const lines = new LiveLines(new SharedSink(to), PLAIN);
  assertEquals(lines.put("held"), undefined);
  const waits = [lines.put("\n"), lines.put("x".repeat(LONGEST_LINE + 1))];
  assertEquals(waits, [full.promise, full.promise]);
  full.resolve();
  await Promise.all(waits);
});
