/** Stands in for `process` where a bundled library looks at it. */
export const process = {
  platform: 'browser',
  env: {} as Record<string, string | undefined>,
  argv: [] as string[],
  cwd: () => '/',
  nextTick: (task: () => void) => {
    queueMicrotask(task);
  },
  on: () => process,
  exit: () => undefined,
};
