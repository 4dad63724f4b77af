/**
 * Until when `fanfold each` starts jobs, where GNU parallel does the same, and how the two differ there.
 *
 * @module
 */

import { argv, type Case, type Difference, type Group } from "../support/parallel.ts";

/**
 * A job does what its name says: one that begins with f fails, with s succeeds, and with k is killed; with w it waits
 * until one of the others has ended, and a while longer, and with z for ever. `fz` and `sz` wait for one of those.
 */
const STEP = `echo $1
case $1 in
  w*) until [ -e over ]; do sleep 0.02; done; sleep 0.3;;
  z*) touch up; until false; do sleep 1; done;;
  ?z) until [ -e up ]; do sleep 0.02; done;;
esac
echo $1 >> ended
case $1 in f*) touch over; exit 1;; s*) touch over;; k*) kill -KILL $$;; esac
`;

const FILES = { step: STEP };

function halts(halt: string, inputs: string, jobs = 1): Case {
  const args = ["--halt", halt, `-j${jobs}`, "sh", "./step", ":::", ...inputs.split(" ")];
  return { name: `${halt}, -j${jobs}, ${inputs}`, args, files: FILES, writes: "ended" };
}

/** What both do alike. */
export const HALTS: readonly Group[] = [
  {
    claim: "--halt goes on until as many jobs have ended so as were wanted",
    cases: [
      halts("never", "f1 s1 f2"),
      halts("1", "s1 f1 s2"),
      halts("2", "s1 f1 s2"),
      halts("now,fail=2", "f1 s1 f2 s2 f3"),
      halts("now,fail=1", "k1 s1"),
      halts("-1", "f1 s1 f2"),
      halts("-2", "f1 s1 f2"),
      halts("now,success=2", "s1 f1 s2 f2"),
      halts("now,success=3", "s1 f1 s2"),
      halts("soon,done=2", "s1 f1 s2"),
      halts("now,done=1", "f1 s1"),
    ],
  },
  {
    claim: "--halt takes a share of all inputs",
    cases: [
      halts("50%", "s1 f1 f2 s2 f3"),
      halts("20%", "s1 f1 s2 s3 s4"),
      halts("now,fail=50%", "f1 s1 f2 s2"),
      halts("soon,success=50%", "f1 s1 s2 s3"),
      halts("now,done=50%", "s1 s2 s3 s4"),
    ],
  },
  {
    claim: "--halt soon lets those jobs end that run",
    cases: [
      halts("soon,fail=1", "w1 f1 s1 s2", 2),
      halts("soon,success=1", "w1 s1 f1", 2),
    ],
  },
  {
    claim: "--halt counts a job that is tried again once",
    cases: [
      {
        name: "retries that do not help",
        args: argv`--retries 2 --halt now,fail=2 -j1 sh ./step ::: f1 s1 f2 s2`,
        fanfold: argv`--retries 1 --halt now,fail=2 -j1 sh ./step ::: f1 s1 f2 s2`,
        files: FILES,
        writes: "ended",
      },
    ],
  },
];

const PRINTED = "what a job printed is printed, though it was ended";
const VERDICT = "some job failed is one verdict, however many, and when";

/** Differences in halts. */
export const HALT_DIFFERENCES: readonly Difference[] = [
  {
    ...halts("now,fail=1", "z1 fz s1", 2),
    because: PRINTED,
    parallelPrints: "ended: fz\n\n",
    fanfoldPrints: "z1\nfz\nended: fz\n\n",
    codes: [1, 1],
  },
  {
    ...halts("now,success=1", "z1 sz s2", 2),
    because: PRINTED,
    parallelPrints: "ended: sz\n\n",
    fanfoldPrints: "z1\nsz\nended: sz\n\n",
  },
  {
    ...halts("soon,fail=3", "f1 f2 f3 s1"),
    because: VERDICT,
    parallelPrints: "f1\nf2\nf3\nended: f1\nf2\nf3\n\n",
    fanfoldPrints: "f1\nf2\nf3\nended: f1\nf2\nf3\n\n",
    codes: [3, 1],
  },
  {
    ...halts("soon,fail=50%", "f1 s1 f2 s2"),
    because: VERDICT,
    parallelPrints: "f1\ns1\nf2\nended: f1\ns1\nf2\n\n",
    fanfoldPrints: "f1\ns1\nf2\nended: f1\ns1\nf2\n\n",
    codes: [50, 1],
  },
  {
    ...halts("soon,done=2", "s1 s2 s3"),
    because: "it is well if no job failed",
    parallelPrints: "s1\ns2\nended: s1\ns2\n\n",
    fanfoldPrints: "s1\ns2\nended: s1\ns2\n\n",
    codes: [101, 0],
  },
  {
    ...halts("now", "s1 f1 s2"),
    because: "fail=1 need not be said",
    parallelPrints: "",
    fanfoldPrints: "s1\nf1\nended: s1\nf1\n\n",
    codes: [255, 1],
  },
  {
    ...halts("soon,fail=101%", "s1"),
    because: "a share that can never be reached is a mistake",
    parallelPrints: "s1\nended: s1\n\n",
    fanfoldPrints: "",
    codes: [0, 2],
  },
  {
    ...halts("now,fail=0", "s1 s2"),
    because: "a number that is reached before a job has ended is a mistake",
    parallelPrints: "s1\ns2\nended: s1\ns2\n\n",
    fanfoldPrints: "",
    codes: [0, 2],
  },
];
