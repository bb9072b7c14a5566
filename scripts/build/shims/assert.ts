/** As much of node:assert/strict as bundled libraries and the suites in the browser use. */

export class AssertionError extends Error {
  override readonly name = 'AssertionError';
}

function show(value: unknown): string {
  return JSON.stringify(value, (_key, each: unknown) =>
    typeof each === 'bigint' ? `${each}n` : each,
  );
}

function fail(message: string | undefined, otherwise: string): never {
  throw new AssertionError(message ?? otherwise);
}

function assert(condition: unknown, message?: string): asserts condition {
  if (!condition) fail(message, `${show(condition)} is not true`);
}

export function ok(condition: unknown, message?: string): asserts condition {
  assert(condition, message);
}

export function equal(actual: unknown, expected: unknown, message?: string): void {
  if (!Object.is(actual, expected)) fail(message, `${show(actual)} is not ${show(expected)}`);
}

export function notEqual(actual: unknown, other: unknown, message?: string): void {
  if (Object.is(actual, other)) fail(message, `both are ${show(actual)}`);
}

/** By their text: enough for plain data. */
export function deepEqual(actual: unknown, expected: unknown, message?: string): void {
  if (show(actual) !== show(expected)) fail(message, `${show(actual)} is not ${show(expected)}`);
}

export function notDeepEqual(actual: unknown, other: unknown, message?: string): void {
  if (show(actual) === show(other)) fail(message, `both are ${show(actual)}`);
}

export function match(text: string, pattern: RegExp, message?: string): void {
  if (!pattern.test(text)) fail(message, `${show(text)} does not match ${String(pattern)}`);
}

export async function rejects(promise: Promise<unknown>, message?: string): Promise<void> {
  const rejected = await promise.then(
    () => false,
    () => true,
  );
  if (!rejected) fail(message, 'the promise was kept');
}

export default Object.assign(assert, {
  ok,
  equal,
  notEqual,
  deepEqual,
  notDeepEqual,
  match,
  rejects,
  AssertionError,
});
