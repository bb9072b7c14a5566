/** Says what is going on, with the time that it takes; on a terminal the seconds run. */
export async function step<Result>(title: string, work: () => Promise<Result>): Promise<Result> {
  const started = Date.now();
  const seconds = (): string => `${((Date.now() - started) / 1000).toFixed(1)} s`;
  const live = process.stdout.isTTY;
  if (!live) process.stdout.write(`${title} …\n`);
  const timer = setInterval(
    () => process.stdout.write(live ? `\r${title} … ${seconds()} ` : `  … ${seconds()}\n`),
    live ? 200 : 15_000,
  );
  try {
    const result = await work();
    process.stdout.write(live ? `\r${title} ✓ ${seconds()}   \n` : `${title} ✓ ${seconds()}\n`);
    return result;
  } catch (error) {
    process.stdout.write(`${live ? '\r' : ''}${title} ✗ ${seconds()}\n`);
    throw error;
  } finally {
    clearInterval(timer);
  }
}
