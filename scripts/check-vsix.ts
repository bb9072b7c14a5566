import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Page } from 'playwright-core';
import { packageExtension } from './package';
import { step } from './progress';
import { secondAttempt } from './test/second-attempt';
import { findChromium } from './vscode/chromium';
import { canRunServer, installServer } from './vscode/install';
import { Person } from './vscode/person';
import { startServer } from './vscode/server';
import { openWorkbench } from './vscode/workbench';

/**
 * `npm run check:vsix`: installs the packed VSIX into a real VS Code, as a user would, and runs a session
 * from it by keys: F5, step into an exit, step out.
 */

const ROOT = resolve(__dirname, '..');

async function main(): Promise<void> {
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
    version: string;
  };
  const packed = join(ROOT, `ringside-${version}.vsix`);
  const vsix = existsSync(packed) ? packed : await packageExtension();
  if (!canRunServer()) throw new Error('this check needs Linux on x64');
  const { error } = await secondAttempt('the packed extension', () => check(vsix));
  if (error !== undefined) throw error;
  process.stdout.write('the packed extension works\n');
}

/** One session in a fresh VS Code; `error` is what went wrong. */
async function check(vsix: string): Promise<{ readonly failed: number; readonly error?: unknown }> {
  const vscode = await installServer();
  const browser = await findChromium(vscode);
  const server = await step('installing the VSIX', () => startServer(vscode, { vsix }));
  const { page, close } = await openWorkbench(browser, {
    port: server.port,
    folder: join(ROOT, 'samples'),
  });
  try {
    await step('a session from it', () => useIt(page));
    return { failed: 0 };
  } catch (error) {
    await page.screenshot({ path: join(ROOT, 'out/check-vsix.png') });
    return { failed: 1, error };
  } finally {
    await close();
    await server.stop();
  }
}

async function useIt(page: Page): Promise<void> {
  const person = new Person(page);
  await person.waitForWorkbench();
  await person.openFile('first-exits/kernel.asm');
  const source = readFileSync(join(ROOT, 'samples/first-exits/kernel.asm'), 'utf8').split('\n');
  await person.goToLine(source.findIndex((line) => line.includes('out dx, al')) + 1);
  await person.toggleBreakpoint();
  await person.stopAfter('F5', 'guest');
  await person.waitFor('the registers, which open by themselves', async () =>
    (await person.rowsOf(/^Registers/i)).some((row) => /rip/i.test(row)),
  );
  await person.stopAfter('F5', 'guest');
  expect(await person.world(), /real mode/);
  await person.stopAfter('F11', 'monitor');
  expect(await person.world(), /I\/O instruction/);
  await page.waitForSelector('.tab:has-text("vtx.ts")');
  await person.stopAfter('Shift+F11', 'guest');
  expect(await person.world(), /real mode/);
}

function expect(text: string, pattern: RegExp): void {
  if (!pattern.test(text)) throw new Error(`"${text}" does not match ${String(pattern)}`);
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  },
);
