/**
 * Runs a suite of a real VS Code, and once more in a fresh one if something in it failed: the workbench, its
 * extension host and its browser are processes that race with each other on a busy machine, and a click or a
 * message that is lost there says nothing about us. Both runs are shown; what fails twice has failed.
 * Suites that need no VS Code have one attempt.
 */
export async function secondAttempt<R extends { readonly failed: number }>(
  title: string,
  run: () => Promise<R>,
): Promise<R> {
  const first = await run();
  if (first.failed === 0) return first;
  process.stdout.write(
    `\n${title}: ${first.failed} failed; a second attempt, in a fresh VS Code\n`,
  );
  return run();
}
