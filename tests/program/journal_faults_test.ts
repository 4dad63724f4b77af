import { assertEquals, assertStringIncludes } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { fanfold, Folder, program } from "../support/program.ts";
import { journals, ran, run } from "./resumed_run.ts";

const SCRIPT = `echo "$1" >> ran; head -c 40000 /dev/zero | tr '\\0' "$1"; [ "$1" != 3 ]`;

function folderOf(last: number): Folder {
  const it = { shell: SCRIPT, inputs: { range: [1, last] }, jobs: 1 };
  return new Folder({ "fanfold.json": JSON.stringify({ tasks: { it } }), "ran": "" });
}

/** A small disk in a folder. */
class Disk implements AsyncDisposable {
  readonly path: string;

  constructor(folder: Folder) {
    this.path = folder.at("disk");
    Deno.mkdirSync(this.path);
  }

  /** Mounts it, or changes it; says whether that is allowed. */
  async mount(options: string): Promise<boolean> {
    const args = ["-t", "tmpfs", "-o", options, "tmpfs", this.path];
    return (await program("mount", args)).code === 0;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await program("umount", [this.path]);
  }
}

/** Whether disks may be mounted here. */
async function mayMount(): Promise<boolean> {
  using folder = new Folder();
  await using disk = new Disk(folder);
  try {
    return await disk.mount("size=100k");
  } catch {
    return false;
  }
}

const ignore = Deno.build.os !== "linux" || !await mayMount();

Deno.test({
  name: "fanfold run ends when the disk is full, and loses nothing: root may mount a full one",
  ignore,
  fn: async () => {
    using folder = folderOf(9);
    await using disk = new Disk(folder);
    await disk.mount("size=400k");
    const wanted = await run(folder, "--no-journal");
    folder.write("ran", "");
    const full = await run(folder, "--state-dir", disk.path);
    const [name = ""] = [...Deno.readDirSync(`${disk.path}/runs`)].flatMap(({ name }) =>
      name.endsWith(".db") ? [name] : []
    );
    assertEquals(full.code, 3);
    const id = name.slice(0, -".db".length);
    assertEquals(
      full.stderr.slice(full.stderr.indexOf("fanfold: Cannot"))
        .replace(/^fanfold: \d+ jobs?: .*\n$/m, "how many had ended"),
      `fanfold: Cannot write to the journal "${disk.path}/runs/${name}": database or disk is full\n` +
        "  hint: make room, and go on, and do again what failed, with: " +
        `fanfold retry ${id} --state-dir disk\nhow many had ended`,
    );
    await disk.mount("remount,size=20m");
    const again = await fanfold(["retry", id, "--state-dir", "disk"], { cwd: folder.path });
    assertEquals([again.code, again.stdout === wanted.stdout], [1, true]);
    const notes = ran(folder);
    assertEquals(new Set(notes).size, 9);
    assertEquals(notes.length <= 11, true, `ran ${notes}`);
  },
});

Deno.test({
  name: "fanfold run does not begin on a disk that cannot be written: root may mount one",
  ignore,
  fn: async () => {
    using folder = folderOf(2);
    await using disk = new Disk(folder);
    await disk.mount("size=400k,ro");
    const { code, stdout, stderr } = await run(folder, "--state-dir", disk.path);
    assertEquals([code, stdout, ran(folder)], [3, "", []]);
    assertStringIncludes(
      stderr,
      `fanfold: Cannot keep a journal in "${disk.path}/runs": Read-only`,
    );
    assertStringIncludes(stderr, "--no-journal does without");
    await disk.mount("remount,size=400k,rw");
    Deno.mkdirSync(`${disk.path}/runs`);
    Deno.writeTextFileSync(`${disk.path}/runs/.gitignore`, "*\n");
    await disk.mount("remount,size=400k,ro");
    const late = await run(folder, "--state-dir", disk.path);
    assertEquals([late.code, late.stdout, ran(folder)], [3, "", []]);
    assertStringIncludes(late.stderr, 'fanfold: Cannot lock the journal "');
  },
});

Deno.test("fanfold run does not begin where a file is in the place of its folder", async () => {
  using folder = folderOf(2);
  folder.write(".fanfold", "");
  for (const args of [[], ["--resume"]]) {
    const { code, stdout, stderr } = await run(folder, ...args);
    assertEquals([code, stdout, ran(folder)], [3, "", []]);
    assertStringIncludes(stderr, 'fanfold: Cannot keep a journal in ".fanfold/runs": Not a direc');
  }
});

Deno.test("fanfold run --resume=RUN refuses a journal that it cannot read, and leaves it as it is", async () => {
  using folder = folderOf(3);
  await run(folder);
  const [path = ""] = journals(folder);
  const id = path.slice(path.lastIndexOf("/") + 1, -3);
  const whole = Deno.readFileSync(path);
  const change = (sql: string) => () => {
    using database = new DatabaseSync(path);
    database.exec(sql);
  };
  const cut = (length: number) => () => Deno.writeFileSync(path, whole.subarray(0, length));
  const noise = () => Deno.writeFileSync(path, whole.map((byte, i) => i < 16 ? i : byte));
  const cases: readonly (readonly [damage: () => void, reason: string])[] = [
    [change("PRAGMA user_version = 99"), "found version 99, wanted 2 or less"],
    [change("PRAGMA application_id = 1"), "it is no journal of fanfold"],
    [cut(0), "it is no journal of fanfold"],
    [cut(1000), "database disk image is malformed"],
    [noise, "file is not a database"],
  ];
  for (const [damage, reason] of cases) {
    Deno.writeFileSync(path, whole);
    damage();
    const before = journals(folder).map((path) => Deno.readFileSync(path).length);
    folder.write("ran", "");
    const { code, stdout, stderr } = await run(folder, `--resume=${id}`);
    assertEquals([code, stdout, ran(folder)], [3, "", []], reason);
    assertStringIncludes(
      stderr,
      `fanfold: Cannot open the journal ".fanfold/runs/${id}.db": ${reason}`,
    );
    assertEquals(journals(folder).map((path) => Deno.readFileSync(path).length), before);
  }
});

Deno.test("fanfold run --resume passes over no journal that it cannot read, but one with nothing in it", async () => {
  using folder = folderOf(3);
  await run(folder);
  const later = folder.at(".fanfold/runs/99991231-235959-ffffff.db");
  Deno.writeFileSync(later, new Uint8Array(8192).fill(1));
  const { code, stderr } = await run(folder, "--resume");
  assertEquals([code, stderr.split("\n")[0]], [
    3,
    `fanfold: Cannot read the journal ".fanfold/runs/99991231-235959-ffffff.db": file is not a database`,
  ]);
  assertEquals(ran(folder).length, 3);
  Deno.removeSync(later);
  new DatabaseSync(later).exec("PRAGMA journal_mode = WAL");
  assertEquals((await run(folder, "--resume-failed")).code, 1);
  assertEquals(ran(folder), ["1", "2", "3", "3"]);
});

Deno.test("fanfold says that the log of a run that was killed is gone, and does not begin anew", async () => {
  using folder = folderOf(3);
  await run(folder);
  const [path = ""] = journals(folder);
  const id = path.slice(path.lastIndexOf("/") + 1, -3);
  // As it is while nothing of the log has come into the journal.
  Deno.removeSync(path);
  new DatabaseSync(path).exec("PRAGMA journal_mode = WAL");
  Deno.writeFileSync(`${path}-shm`, new Uint8Array(32768));
  folder.write("ran", "");
  for (const args of [["--resume"], ["--resume-failed"], [`--resume=${id}`]]) {
    const { code, stdout, stderr } = await run(folder, ...args);
    assertEquals([code, stdout, ran(folder)], [3, "", []]);
    assertStringIncludes(stderr, "its log is gone, the file beside it whose name ends in -wal");
  }
});

Deno.test("fanfold takes no run for one without jobs whose log is damaged", async () => {
  using folder = folderOf(3);
  await run(folder);
  const [path = ""] = journals(folder);
  const log = new Uint8Array(40_000).fill(1);
  for (const begin of [[], [0x37, 0x7f, 0x06, 0x82]]) {
    // As it is while nothing of the log has come into the journal.
    Deno.removeSync(path);
    new DatabaseSync(path).exec("PRAGMA journal_mode = WAL");
    log.set(begin);
    Deno.writeFileSync(`${path}-wal`, begin.length > 0 ? new Uint8Array([...log, ...log]) : log);
    folder.write("ran", "");
    const { code, stdout, stderr } = await run(folder, "--resume");
    assertEquals([code, stdout, ran(folder)], [3, "", []]);
    assertStringIncludes(stderr, "Cannot open the journal");
  }
});
