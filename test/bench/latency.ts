/**
 * `npm run bench:latency`: what a person waits for: from F5 to the first stop, over the real stdio
 * adapter and in the real VS Code, and for one instruction step. Medians, for reading.
 */
import { join } from 'node:path';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { canRunServer } from '../../scripts/vscode/install';
import { openPackedWorkbench } from '../person/packed-workbench';
import { AdapterProcess, type Client } from '../transcripts/client';

const ROOT = join(__dirname, '../..');
const KERNEL = join(ROOT, 'samples/first-exits/kernel.asm');
const LAUNCHES = 7;
const STEPS = 150;

const median = (values: number[]): number =>
  values.sort((a, b) => a - b)[values.length >> 1] ?? NaN;
const isStop = (event: DebugProtocol.Event): boolean => event.event === 'stopped';

async function launch(): Promise<{
  adapter: AdapterProcess;
  client: Client;
  milliseconds: number;
}> {
  const start = performance.now();
  const adapter = new AdapterProcess(join(ROOT, 'dist/cli.js'), false);
  const client = adapter.stdio();
  await client.request('initialize', {
    adapterID: 'ringside',
    linesStartAt1: true,
    columnsStartAt1: true,
  });
  const launched = client.request('launch', { program: KERNEL, stopOnEntry: true });
  await client.until((event) => event.event === 'initialized');
  await client.request('configurationDone');
  await launched;
  await client.until(isStop);
  return { adapter, client, milliseconds: performance.now() - start };
}

/** From the key to what a person sees: the line, and the world in the status bar. */
async function startsInVsCode(): Promise<number[]> {
  const { person, page, close } = await openPackedWorkbench('en', 'dark');
  await person.openFile('first-exits/kernel.asm');
  const times: number[] = [];
  for (let n = 0; n < LAUNCHES; n++) {
    await person.goToLine(1);
    const start = performance.now();
    await person.stopAfter('F5', 'guest');
    times.push(performance.now() - start);
    await page.keyboard.press('Shift+F5');
    await page.locator('.codicon-debug-continue').first().waitFor({ state: 'hidden' });
  }
  await close();
  return times;
}

async function main(): Promise<void> {
  const launches: number[] = [];
  const steps: number[] = [];
  for (let n = 0; n < LAUNCHES; n++) {
    const { adapter, client, milliseconds } = await launch();
    launches.push(milliseconds);
    for (let step = 0; n === LAUNCHES - 1 && step < STEPS; step++) {
      const start = performance.now();
      await client.request('next', { threadId: 1, granularity: 'instruction' });
      await client.until(isStop);
      steps.push(performance.now() - start);
    }
    await client.request('disconnect');
    await adapter.exited;
  }
  process.stdout.write(
    `F5 to first stop, adapter alone: median ${median(launches).toFixed(0)} ms\n`,
  );
  process.stdout.write(`instruction step: median ${median(steps).toFixed(2)} ms\n`);
  if (!canRunServer()) return;
  const [first = NaN, ...others] = await startsInVsCode();
  process.stdout.write(
    `F5 to first stop, in VS Code: ${first.toFixed(0)} ms at first, then median ${median(others).toFixed(0)} ms\n`,
  );
}

void main();
