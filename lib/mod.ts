/**
 * fanfold: fan a task out over its inputs, fold the results back in order.
 *
 * @module
 */

export { loadTasks, type LoadTasksOptions, run } from "./api/run_api.ts";
export type { RunOptions } from "./api/dependencies.ts";
export type * from "./events.ts";
export { Fault, type FaultKind, type FaultOptions, type Mistake, type Position } from "./fault.ts";
export { gather, type GatherOptions, type Place } from "./run/gather.ts";
export type {
  Action,
  CommandAction,
  Context,
  Counts,
  Ending,
  ErrorRecord,
  FunctionRef,
  Halt,
  Isolation,
  JobId,
  Outcome,
  Output,
  PriorOutcome,
  PriorOutcomes,
  Retries,
  Source,
  Task,
  TimeBefore,
  Timeout,
  Trace,
} from "./job.ts";
export { move } from "./clones/move.ts";
export { Barrier } from "./sync/barrier.ts";
export { BrokenBarrierError, ClosedError } from "./sync/errors.ts";
export { Event } from "./sync/event.ts";
export { Lock, type Permit, Semaphore } from "./sync/permits.ts";
export { type Connection, pipe } from "./sync/pipe.ts";
export { Queue, type QueueOptions } from "./sync/queue.ts";
export { type ArrayClass, sharedArray } from "./sync/shared_array.ts";
export type { WaitOptions } from "./sync/home.ts";
export { JobError } from "./pool/job_error.ts";
export {
  type AnyModule,
  type FunctionName,
  type MappableName,
  Pool,
  type PoolInputs,
} from "./pool/pool.ts";
export type { CallOptions } from "./pool/pool_call.ts";
export type { PoolOptions } from "./pool/pool_options.ts";
export type { ProcessOutput } from "./engines/processes/target_process.ts";
export { type JoinOptions, Process } from "./pool/process.ts";
export type { ProcessOptions } from "./pool/process_options.ts";
export type { RecycleOptions } from "./rules/memory.ts";
export type {
  Grant,
  PermissionKind,
  Permissions,
  PermissionsOptions,
  PermissionsRecord,
} from "./rules/permissions.ts";
export type { RetriesOptions } from "./rules/retries.ts";
export type { Defaults, TaskRules } from "./rules/rules.ts";
export {
  defineTasks,
  type DefineTasksOptions,
  type Each,
  type FirstOf,
  type Fold,
  type Folded,
  type IsOpen,
  type MemberOf,
  type Once,
  type ParametersOf,
  type Rules,
  type Spread,
  type TaskFunction,
  TASKS_FILE,
  type TasksFile,
  type TaskSpecs,
  type ValueOf,
} from "./tasks_file/define_tasks.ts";
export type { FilesSource } from "./inputs/files.ts";
export type { FromSource } from "./inputs/from.ts";
export type { ListSource } from "./inputs/list.ts";
export type { Modifiers } from "./inputs/readers/modified.ts";
export type { ModuleSource } from "./inputs/module.ts";
export type { RangeSource } from "./inputs/range.ts";
export type {
  Batch,
  ElementOf,
  Inputs,
  Part,
  PartsOf,
  ProductSource,
  Several,
  SourceOf,
  UnbatchedSourceOf,
  UntypedSource,
  ZipSource,
} from "./inputs/sources.ts";
export type { SqliteSource } from "./inputs/sqlite.ts";
export type {
  CsvOptions,
  FileOr,
  LinesOptions,
  LinesSource,
  ListsOptions,
  ListsSource,
  ListsSourceOf,
  RecordsOptions,
  RecordsSource,
  RecordsSourceOf,
  RowsSource,
} from "./inputs/texts.ts";
