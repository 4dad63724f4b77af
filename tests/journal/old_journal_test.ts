import { assertEquals, assertRejects } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { Fault } from "../../lib/fault.ts";
import { keptOutcomes } from "../../lib/journal/kept_outcomes.ts";
import { KeptRun } from "../../lib/journal/kept_run.ts";
import { PLACES } from "../../lib/journal/tables.ts";
import { Session } from "../../lib/journal/session.ts";
import { Folder } from "../support/folder.ts";
import { found, known } from "./kept_run.ts";

/** The tables of the first version, and what it wrote of one run. */
const FIRST_VERSION = `
CREATE TABLE run (
  id TEXT NOT NULL, version TEXT NOT NULL, folder TEXT NOT NULL, origin TEXT NOT NULL, argv TEXT NOT NULL
) STRICT;
CREATE TABLE sessions (
  id INTEGER PRIMARY KEY, started_at REAL NOT NULL, ended_at REAL, how TEXT
) STRICT;
CREATE TABLE tasks (
  id INTEGER PRIMARY KEY, name TEXT NOT NULL, digest TEXT NOT NULL, fingerprint TEXT NOT NULL,
  session INTEGER NOT NULL
) STRICT;
CREATE TABLE jobs (
  id INTEGER PRIMARY KEY, task INTEGER NOT NULL, idx INTEGER, input ANY, digest TEXT, kind TEXT NOT NULL,
  value ANY, error ANY, attempts INTEGER NOT NULL, started_at REAL NOT NULL, duration_ms REAL NOT NULL,
  slot INTEGER NOT NULL, pid INTEGER, stdout BLOB, stderr BLOB, large INTEGER NOT NULL, session INTEGER NOT NULL
) STRICT;
CREATE TABLE pieces (
  job INTEGER NOT NULL, what TEXT NOT NULL, seq INTEGER NOT NULL, bytes BLOB NOT NULL,
  PRIMARY KEY (job, what, seq)
) STRICT, WITHOUT ROWID;
PRAGMA application_id = 1717661286; PRAGMA user_version = 1;
INSERT INTO run VALUES ('r', '0.1.0', '/', '["run"]', '["run"]');
INSERT INTO sessions VALUES (1, 1000, NULL, NULL);
INSERT INTO tasks VALUES (1, 'it', 'it', '{}', 1);
INSERT INTO jobs VALUES
  (${PLACES}, 1, 0, '"a"', NULL, 'done', '1', NULL, 1, 1000.5, 2, 1, NULL, NULL, NULL, 0, 1),
  (${PLACES + 1}, 1, 1, '"b"', NULL, 'done', NULL, NULL, 1, 1000.5, 2, 1, NULL, NULL, NULL, 1, 1),
  (${
  PLACES + 2
}, 1, 2, '"c"', NULL, 'failed', NULL, '{"name":"Error","message":"no"}', 2, 1000.5, 2, 1, 9,
    x'6F7574', NULL, 0, 1);
INSERT INTO pieces VALUES (${PLACES + 1}, 'value:text', 0, x'22'), (${
  PLACES + 1
}, 'value:text', 1, x'6C6F6E6722');
`;

function written(): Folder {
  const folder = new Folder();
  using database = new DatabaseSync(folder.at("r.db"));
  database.exec(FIRST_VERSION);
  return folder;
}

const SEEN = [["a", "done", 1], ["b", "done", "long"], ["c", "failed", "no"]];

async function seen(path: string) {
  using run = await KeptRun.open(path);
  const outcomes = run.tasks.flatMap((task) => [...keptOutcomes(run.database, task)]);
  assertEquals(run.counts, { done: 2, notWell: 1 });
  return outcomes.map((outcome) => [
    outcome.input,
    outcome.kind,
    outcome.kind === "done" ? outcome.value : outcome.error.message,
  ]);
}

Deno.test("KeptRun reads a journal of the first version, and leaves it as it is", async () => {
  using folder = written();
  const before = Deno.readFileSync(folder.at("r.db"));
  assertEquals(await seen(folder.at("r.db")), SEEN);
  assertEquals(Deno.readFileSync(folder.at("r.db")), before);
});

Deno.test("Session.resume() goes on with a journal of the first version, which is one of this then", async () => {
  using folder = written();
  const path = folder.at("r.db");
  const onFailure = (fault: unknown) => {
    throw fault;
  };
  const options = { tasks: [known("it")], repeatsFailed: true, onFailure };
  {
    await using session = await Session.resume(path, options);
    const jobs = found(session, ["b", "a", "c"]);
    assertEquals([...jobs].map(([at, { ending }]) => [at, ending.kind]), [[0, "done"], [
      1,
      "done",
    ]]);
    await session.end();
  }
  using database = new DatabaseSync(path, { readOnly: true });
  assertEquals(database.prepare("PRAGMA user_version").get()?.user_version, 2);
  using run = await KeptRun.open(path);
  assertEquals(run.counts, { done: 2, notWell: 0 });
  const [task] = run.tasks;
  assertEquals([...keptOutcomes(run.database, task!)].map(({ input }) => input), ["b", "a"]);
});

Deno.test("KeptRun tells a journal of the first version whose text is cut", async () => {
  using folder = written();
  const path = folder.at("r.db");
  using database = new DatabaseSync(path);
  database.exec("UPDATE run SET argv = '[\"ru'");
  database.close();
  const { kind, message } = await assertRejects(() => KeptRun.open(path), Fault);
  assertEquals([kind, message], [
    "journal",
    `Cannot read the journal "${path}": it is damaged: what it says of its run cannot be read`,
  ]);
});
