/** Bad usage or bad input: exit status 2, and a message that names the cause. */
export class UsageError extends Error {
  override name = 'UsageError';
}

export function usageError(message: string): UsageError {
  return new UsageError(message);
}

export function notBuiltYet(what: string): never {
  throw new UsageError(`not built yet: ${what}`);
}
