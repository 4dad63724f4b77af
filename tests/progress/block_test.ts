import { assertEquals } from "@std/assert";
import { Block } from "../../lib/progress/block.ts";
import { cutTo, loadWidths, widthOf } from "../../lib/progress/widths.ts";
import { Screen } from "../support/screen.ts";

await loadWidths();

/** A block on a terminal, of which each line is cut to its width. */
class Trial {
  readonly screen: Screen;
  readonly block: Block;
  isOurs = true;
  /** The time in ms. */
  now = 0;
  readonly #written: Promise<void>[] = [];

  constructor(columns: number, rows = 10) {
    const screen = this.screen = new Screen(columns, rows);
    this.block = new Block({
      // The driver of a terminal makes line ends so.
      write: (bytes) => screen.text(new TextDecoder().decode(bytes).replaceAll("\r\n", "\n")),
      writeNow: (bytes) => void this.#written.push(screen.write(bytes)),
      size: () => screen.size,
      isOurs: () => this.isOurs,
      now: () => this.now,
      wrapsAnew: true,
    });
  }

  async show(...lines: string[]): Promise<void> {
    this.block.show({
      lines: ({ columns }) => lines.map((line) => cutTo(line, columns - 1)),
      widthOf,
    });
    await this.settled();
  }

  /** Has the terminal change its size, and say so. */
  async resize(columns: number, rows: number): Promise<void> {
    this.screen.resize(columns, rows);
    this.block.resized();
    await this.settled();
  }

  async put(text: string | Uint8Array): Promise<void> {
    await this.block.write(typeof text === "string" ? new TextEncoder().encode(text) : text);
  }

  /** Waits until all has been written. */
  async settled(): Promise<void> {
    await this.block.write(new Uint8Array());
    await Promise.all(this.#written);
  }
}

for (const columns of [20, 40, 80, 200]) {
  Deno.test(`Block stays below what is written, in ${columns} columns, and leaves no trace`, async () => {
    const trial = new Trial(columns);
    await trial.put("one\n");
    await trial.show("first", "second");
    assertEquals(trial.screen.lines, ["one", "first", "second"]);
    await trial.put("two\nthree\n");
    assertEquals(trial.screen.lines, ["one", "two", "three", "first", "second"]);
    await trial.show("only");
    assertEquals(trial.screen.lines, ["one", "two", "three", "only"]);
    // More than there is room for: what scrolled away is there once.
    const many = Array.from({ length: 30 }, (_, i) => `line ${i}`);
    await trial.show("a", "b", "c");
    for (const line of many) await trial.put(`${line}\n`);
    assertEquals(trial.screen.lines, ["one", "two", "three", ...many, "a", "b", "c"]);
    await trial.block.close();
    assertEquals(trial.screen.lines, ["one", "two", "three", ...many]);
    assertEquals(trial.screen.cursor, [33, 0]);
    await trial.put("after\n");
    assertEquals(trial.screen.lines.at(-1), "after");
  });
}

Deno.test("Block goes back to the end of a line without an end, whatever is in it", async () => {
  const trial = new Trial(20);
  await trial.show("block");
  await trial.put("dots ");
  for (const dot of ["漢", "字", ".", "\x1b[31m.\x1b[0m", "."]) {
    await trial.put(dot);
    await trial.show(`block ${dot.length}`);
  }
  assertEquals(trial.screen.lines, ["dots 漢字...", "block 1"]);
  await trial.put(" end\nnext");
  assertEquals(trial.screen.lines, ["dots 漢字... end", "next", "block 1"]);
  await trial.block.close();
  assertEquals(trial.screen.lines, ["dots 漢字... end", "next"]);
  assertEquals(trial.screen.cursor, [1, 4]);
});

Deno.test("Block is not to be seen while it is not known how the line above stands", async () => {
  const trial = new Trial(20);
  await trial.show("block");
  const [half, rest] = [
    new TextEncoder().encode("漢").slice(0, 2),
    new TextEncoder().encode("漢").slice(2),
  ];
  for (
    const open of [
      ...["10 %\r", "\t", "\x1b[2", "x".repeat(20), "x".repeat(9000)],
      // No terminal splits a wide character, and they differ in what is one.
      ...[`x${"漢".repeat(10)}`, "👨\u200d👩\u200d👧", "🇩🇪", "❤\ufe0f", "👍🏽", "soft\u00adhyphen"],
    ]
  ) {
    await trial.put(open);
    await trial.show("block again");
    assertEquals(
      trial.screen.lines.filter((line) => line.startsWith("block")),
      [],
      Deno.inspect(open),
    );
    await trial.put("\x1b[m\n");
    assertEquals(trial.screen.lines.at(-1), "block again");
  }
  await trial.put(half);
  assertEquals(trial.screen.lines.filter((line) => line.startsWith("block")), []);
  await trial.put(rest);
  await trial.put("\n");
  assertEquals(trial.screen.lines.at(-1), "block again");
});

Deno.test("Block leaves no trace where the terminal becomes narrower or wider", async () => {
  const trial = new Trial(80, 20);
  await trial.put("above\n");
  await trial.show("x".repeat(79), "y".repeat(79), "z".repeat(50));
  for (const columns of [40, 20, 79, 200, 30]) {
    await trial.resize(columns, 20);
    assertEquals(trial.screen.lines, ["above"]);
    await trial.show("x".repeat(79), "y".repeat(79), "z".repeat(50));
    assertEquals(trial.screen.lines, ["above"]);
    trial.now += 500;
    await trial.show("x".repeat(79), "y".repeat(79), "z".repeat(50));
    const [above, ...lines] = trial.screen.lines;
    assertEquals(above, "above");
    assertEquals(lines.map((line) => line[0]), ["x", "y", "z"], `${columns} columns`);
  }
  await trial.block.close();
  assertEquals(trial.screen.lines, ["above"]);
});

/** What somebody else writes below the block: the echo of keys. */
const ENTER = "\n";

for (const rows of [14, 24]) {
  for (const lines of [2, 30]) {
    Deno.test(`Block leaves no trace of Enter below ${lines} lines in ${rows} rows`, async () => {
      const trial = new Trial(40, rows);
      const above = Array.from({ length: lines }, (_, i) => `line ${i}`);
      for (const line of above) await trial.put(`${line}\n`);
      await trial.put("dots");
      for (let i = 0; i < 10; i++) {
        await trial.show("first", `second ${i}`);
        await trial.screen.text(`ls${ENTER}${ENTER}`);
        await trial.put(".");
        assertEquals(trial.screen.lines, [
          ...above,
          `dots${".".repeat(i + 1)}`,
          "first",
          `second ${i}`,
        ]);
      }
      await trial.screen.text(ENTER);
      await trial.block.close();
      assertEquals(trial.screen.lines, [...above, "dots.........."]);
      assertEquals(trial.screen.cursor, [lines, 14]);
    });
  }
}

Deno.test("Block has more lines of a small terminal than it could with rows to spare", async () => {
  const trial = new Trial(40, 5);
  await trial.show("first", "second", "third");
  for (const n of [1, 2, 3]) await trial.put(`${n}\n`);
  assertEquals(trial.screen.lines, ["1", "2", "3", "first", "second", "third"]);
  await trial.block.close();
  assertEquals(trial.screen.lines, ["1", "2", "3"]);
});

Deno.test("Block leaves no trace in a storm of sizes, most of which it is told of late or never", async () => {
  const trial = new Trial(80, 24);
  const above: string[] = [];
  const put = async () => {
    above.push(`line ${above.length}`);
    await trial.put(`${above.at(-1)}\n`);
  };
  for (let i = 0; i < 30; i++) await put();
  for (let storm = 0; storm < 20; storm++) {
    await trial.show("x".repeat(79), "漢".repeat(39), `storm ${storm}`);
    // Of the first it is told at once.
    await trial.resize(15 + (storm * 37) % 90, 24);
    for (let i = 0; i < 7; i++) {
      trial.screen.resize(15 + (storm * 53 + i * 31) % 90, 10 + (storm * 7 + i * 5) % 20);
      await put();
      await trial.show("x".repeat(79), "漢".repeat(39), `storm ${storm}`);
      trial.now += 100;
      if (i % 3 === 2) trial.block.resized();
    }
    await trial.resize(80, 24);
    assertEquals(trial.screen.lines, above);
    trial.now += 500;
  }
  await trial.show("block");
  assertEquals(trial.screen.lines, [...above, "block"]);
});

Deno.test("Block leaves no trace of keys that were typed below it, or of lines wider than thought", async () => {
  const trial = new Trial(20);
  await trial.put("above\n");
  for (
    const wide of ["👨\u200d👩\u200d👧\u200d👦".repeat(9), "\u200d".repeat(100), "क्षत्रिय".repeat(9)]
  ) {
    await trial.show("first", wide, "last");
    await trial.screen.text("^C");
    await trial.put("more\n");
    assertEquals(trial.screen.lines.filter((line) => line === "first").length, 1);
    await trial.screen.text("^Z");
    trial.block.leave();
    await trial.settled();
    assertEquals(trial.screen.lines.filter((line) => !/^(above|more)$/.test(line)), [], wide);
    trial.block.comeBack();
  }
  await trial.put("x".repeat(30));
  await trial.block.close();
  assertEquals(trial.screen.lines.slice(-2), ["x".repeat(20), "x".repeat(10)]);
});

Deno.test("Block takes no line of others with one that was too wide when it was drawn", async () => {
  const screen = new Screen(40, 10);
  let columns = 80;
  const block = new Block({
    write: screen.write,
    writeNow: () => {},
    size: () => ({ columns, rows: 10 }),
    isOurs: () => true,
    now: () => 0,
    wrapsAnew: true,
  });
  await block.write(new TextEncoder().encode("above\r\n"));
  block.show({ lines: () => ["x".repeat(50)], widthOf });
  await new Promise((resolve) => setTimeout(resolve));
  columns = 40;
  await block.close();
  assertEquals(screen.lines, ["above"]);
});

Deno.test("Block is away while the program is stopped, and is drawn anew below what others wrote", async () => {
  const trial = new Trial(40);
  await trial.put("above\n");
  await trial.show("block");
  trial.block.leave();
  // A look that was due while the program stood still.
  await trial.show("block, late");
  assertEquals(trial.screen.lines, ["above"]);
  await trial.screen.text("$ fg\n");
  trial.block.comeBack();
  await trial.settled();
  assertEquals(trial.screen.lines, ["above", "$ fg", "block, late"]);
  await trial.block.close();
  assertEquals(trial.screen.lines, ["above", "$ fg"]);
});

Deno.test("Block is not to be seen in the background, and is again in the foreground", async () => {
  const trial = new Trial(40);
  await trial.show("block");
  trial.block.leave();
  trial.isOurs = false;
  await trial.screen.text("$ bg\n");
  trial.block.comeBack();
  await trial.show("block 2");
  await trial.put("above\n");
  assertEquals(trial.screen.lines, ["$ bg", "above"]);
  trial.isOurs = true;
  await trial.show("block 3");
  assertEquals(trial.screen.lines, ["$ bg", "above", "block 3"]);
});

Deno.test("Block draws nothing while a slow terminal has not taken what was written, and nothing twice", async () => {
  const writes: string[] = [];
  let go = () => {};
  const block = new Block({
    write: (bytes) => {
      writes.push(new TextDecoder().decode(bytes));
      return new Promise((resolve) => go = resolve);
    },
    writeNow: () => {},
    size: () => ({ columns: 80, rows: 24 }),
    isOurs: () => true,
    now: () => 0,
    wrapsAnew: true,
  });
  const show = (text: string) => block.show({ lines: () => [text], widthOf });
  show("one");
  await Promise.resolve();
  await Promise.resolve();
  for (let i = 0; i < 100; i++) show(`two ${i}`);
  go();
  while (writes.length === 0) await Promise.resolve();
  const written = block.write(new TextEncoder().encode("above\n"));
  await Promise.resolve();
  go();
  await new Promise((resolve) => setTimeout(resolve));
  go();
  await written;
  // One line, and two that are spare.
  const room = "\r\n\r\n\r\n\x1b[3A\x1b7";
  const cleared = "\x1b8\x1b[K\x1b[B\x1b[K\x1b[B\x1b[K\x1b[B\x1b[K\x1b8";
  assertEquals(writes, [`${room}one\r\n`, `${cleared}above\n${room}two 99\r\n`]);
  show("two 99");
  await Promise.resolve();
  await Promise.resolve();
  assertEquals(writes.length, 2);
});

Deno.test("Block.close() never rejects, and what is written behind it fails as ever", async () => {
  const block = new Block({
    write: () => Promise.reject(new Error("gone")),
    writeNow: () => {
      throw new Error("gone");
    },
    size: () => ({ columns: 80, rows: 24 }),
    isOurs: () => true,
    now: () => 0,
    wrapsAnew: true,
  });
  block.show({ lines: () => ["a"], widthOf });
  block.leave();
  await block.close();
  assertEquals(await block.write(new Uint8Array(1)).catch(({ message }) => message), "gone");
});

Deno.test("Block is not to be seen below a line without an end whose width is not known yet", async () => {
  const trial = new Trial(20);
  let isKnown = false;
  const show = async () => {
    const known = (text: string) => isKnown || text === "block" ? widthOf(text) : undefined;
    trial.block.show({ lines: () => ["block"], widthOf: known });
    await trial.settled();
  };
  await trial.put("漢");
  await show();
  assertEquals(trial.screen.lines, ["漢"]);
  isKnown = true;
  await show();
  assertEquals(trial.screen.lines, ["漢", "block"]);
  await trial.block.close();
  assertEquals(trial.screen.lines, ["漢"]);
});
