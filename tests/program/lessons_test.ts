import { assertEquals, assertMatch } from "@std/assert";
import { fanfold, program, TASKS } from "../support/program.ts";

const FILE = `${TASKS}/multiprocessing.yaml`;

Deno.test("fanfold run prints the lessons in their order", async () => {
  const { code, stdout, stderr } = await fanfold(["run", "-f", FILE]);
  assertEquals([code, stderr], [0, ""]);
  const lines = stdout.split("\n");
  assertEquals(lines.slice(0, 8), ["Square: 100", "Cube: 1000", "Done!", "2", "4", "6", "8", "10"]);
  const processes = lines.slice(8, 12);
  processes.forEach((line, i) => assertMatch(line, RegExp(`^Process ID: \\d+ Number: ${i + 1}$`)));
  assertEquals(new Set(processes.map((line) => line.split(" ")[2])).size, 4);
  assertEquals(lines.slice(12), ["All processes have ended.", ""]);
});

Deno.test("fanfold run prints the values of one task as a JSON list and nothing else", async () => {
  const printed = await fanfold(["run", "double", "--format", "json", "-f", FILE]);
  assertEquals(printed, { code: 0, stdout: "[2,4,6,8,10]\n", stderr: "" });
});

/** Some thousand files that every Debian has. */
async function someFiles(): Promise<string> {
  const find = "find /usr/share -type f -size -200k 2>/dev/null | head -n 3000 | LC_ALL=C sort";
  return (await program("sh", ["-c", find])).stdout;
}

for (const isolation of ["worker", "process"]) {
  Deno.test(`checksums prints what sha256sum prints, in a ${isolation}`, async () => {
    const stdin = await someFiles();
    const wanted = await program("xargs", ["-d", "\n", "sha256sum"], { stdin });
    const got = await fanfold(
      ["run", "-f", `${TASKS}/checksums.yaml`, "--isolation", isolation],
      { stdin },
    );
    assertEquals([got.code, got.stderr], [0, ""]);
    assertEquals(got.stdout, wanted.stdout);
  });
}

Deno.test("words counts what tr, sort and uniq count", async () => {
  const find = "find /usr/share /usr/lib -type f \\( -name '*.txt' -o -name '*.pm' -o " +
    "-name 'copyright' \\) -size +10k 2>/dev/null | head -n 200";
  const stdin = (await program("sh", ["-c", find])).stdout;
  const count = "xargs -d '\\n' cat | LC_ALL=C tr A-Z a-z | LC_ALL=C tr -cs a-z '\\n' | grep . | " +
    "LC_ALL=C sort | uniq -c";
  const wanted = (await program("sh", ["-c", count], { stdin })).stdout.trim().split("\n")
    .map((line) => line.trim().split(" ")).map(([n, word]) => [word, Number(n)]);
  const { code, stdout, stderr } = await fanfold(["run", "-f", `${TASKS}/words.ts`], { stdin });
  assertEquals([code, stderr], [0, ""]);
  const got = Object.entries(JSON.parse(stdout));
  assertEquals(got.sort(([a], [b]) => a < b ? -1 : 1), wanted as [string, number][]);
});

Deno.test("primes counts the primes there are", async () => {
  const { code, stdout, stderr } = await fanfold(["run", "-f", `${TASKS}/primes.ts`]);
  assertEquals({ code, stdout, stderr }, { code: 0, stdout: "348513\n", stderr: "" });
});
