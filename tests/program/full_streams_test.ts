import { assertEquals } from "@std/assert";
import { Folder, MAIN, program } from "../support/program.ts";

/** Nothing can be written there. */
const FULL = "/dev/full";

/** What a shell makes of fanfold, in whose place `F` stands. */
async function shell(script: string, folder: Folder) {
  const line = script.replaceAll("F ", `'${Deno.execPath()}' run -A '${MAIN}' `);
  return await program("sh", ["-c", line], { cwd: folder.path });
}

const WRITES = `each --shell 'echo "out $1"; echo "err $1" >&2' ::: 1 2 3 4 5 6`;
const ALL = [1, 2, 3, 4, 5, 6].map((n) => `out ${n}\n`).join("");

function testFull(claim: string, fn: (folder: Folder) => Promise<void>): void {
  Deno.test(`fanfold ${claim} (${FULL})`, {
    ignore: Deno.build.os !== "linux",
  }, async () => {
    using folder = new Folder({
      "m.js": "export const odd = (n) => { if (n % 2) return n; throw new Error('even'); };",
      "prints.js": "export const prints = (n) => { console.error('err ' + n); return n; };",
    });
    await fn(folder);
  });
}

testFull("gives all results though stderr is full, and exits 3 for that alone", async (folder) => {
  const { code, stdout } = await shell(`F ${WRITES} 2>${FULL}`, folder);
  assertEquals([code, stdout], [3, ALL]);
  for (const format of ["text", "ndjson"]) {
    const line = `F map --format ${format} --json ./prints.js#prints ::: 1 2 3 2>${FULL}`;
    const { code, stdout } = await shell(line, folder);
    assertEquals([code, stdout.split("\n").length], [3, 4]);
  }
});

testFull(
  "keeps the exit code of its jobs, and of faults, though stderr is full",
  async (folder) => {
    const jobs = await shell(`F map --json ./m.js#odd ::: 1 2 3 2>${FULL}`, folder);
    assertEquals([jobs.code, jobs.stdout], [1, "1\n3\n"]);
    assertEquals((await shell(`F nonsense 2>${FULL}`, folder)).code, 2);
  },
);

testFull("says that stdout or a log is full, and exits 3", async (folder) => {
  const full = await shell(`F each echo ::: 1 2 >${FULL}`, folder);
  assertEquals(
    [full.code, full.stderr],
    [3, "fanfold: Cannot write to stdout: No space left on device (os error 28)\n"],
  );
  const log = await shell(`F each --joblog ${FULL} echo ::: 1 2`, folder);
  assertEquals(
    [log.code, log.stderr],
    [3, `fanfold: Cannot write to --joblog "${FULL}": No space left on device (os error 28)\n`],
  );
});

testFull("gives all results though nobody reads stderr any more", async (folder) => {
  // To open it waits for a reader, which has gone when it has been waited for.
  const gone = "mkfifo p; : < p & exec 4> p; wait";
  const { stdout } = await shell(`${gone}; F ${WRITES} 2>&4; echo $?`, folder);
  assertEquals(stdout, `${ALL}0\n`);
});

testFull("does its jobs though stdout and stderr are closed", async (folder) => {
  const line = `F each --shell 'echo "$1" >> done' -j 1 ::: 1 2 3 >&- 2>&-; echo $?; cat done`;
  assertEquals((await shell(line, folder)).stdout, "0\n1\n2\n3\n");
});
