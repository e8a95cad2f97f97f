/**
 * How the process of a session server is started, so that one that owns 2 GB of history stays
 * small. Reading and indexing make garbage by the megabyte that dies young: with V8's usual room
 * for it the process and its worker threads grew to twice the size and never shrank again.
 */
export const SERVER_ARGUMENTS: readonly string[] = ['--max-semi-space-size=4'];

/** For glibc, whose arenas of many threads keep what was freed; elsewhere nobody reads it. */
export const SERVER_ENVIRONMENT: Readonly<Record<string, string>> = {
  MALLOC_ARENA_MAX: '2',
  MALLOC_MMAP_THRESHOLD_: '32768',
  MALLOC_TRIM_THRESHOLD_: '131072',
};
