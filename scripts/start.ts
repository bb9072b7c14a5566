import { spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { packageExtension } from './package';
import { mustRun } from './processes';
import { step } from './progress';
import { canRunServer, installServer } from './vscode/install';
import { startServer } from './vscode/server';

/**
 * `npm start`: builds the VSIX and opens the samples in a real VS Code with a profile of its own: the
 * desktop one where there is one, else a VS Code server, to be used from a browser.
 */

const ROOT = resolve(__dirname, '..');
const PROFILE = join(ROOT, 'out', 'profile');
const PORT = Number(process.env.RINGSIDE_PORT ?? 8642);

const WHAT_TO_PRESS = `
  1. Open first-exits/kernel.asm and press F5: the guest stops at its first instruction.
  2. Click in the gutter beside an "out dx, al" to set a breakpoint, press F5 to run to it.
  3. F10 (Step Over) crosses the VM exit. F11 (Step Into) enters the monitor's own handler;
     Shift+F11 (Step Out) runs to the VM entry.
  4. Look at the left, at Ringside: Registers, VMCS, VM Exits, Address Translation. The status bar tells the world.
  5. Open bios/boot.asm for a machine that boots, and play snake in its Guest Screen. Run and Debug has
     launch configurations of boot-disk and multiboot; "the open file" is again what F5 does.
`;

/** A fresh copy, so that nobody spoils the samples; what a person changed there is kept. */
function samples(): string {
  const folder = join(ROOT, 'out', 'samples');
  mkdirSync(folder, { recursive: true });
  cpSync(join(ROOT, 'samples'), folder, { recursive: true, force: false });
  return folder;
}

function hasDesktop(): boolean {
  if (process.argv.includes('--browser')) return false;
  const found = spawnSync('code', ['--version'], { shell: process.platform === 'win32' });
  return found.status === 0;
}

async function startDesktop(vsix: string): Promise<void> {
  const profile = [
    '--user-data-dir',
    join(PROFILE, 'user'),
    '--extensions-dir',
    join(PROFILE, 'x'),
  ];
  const shell = process.platform === 'win32';
  await step('installing it in a private profile of VS Code', () =>
    mustRun('code', [...profile, '--install-extension', vsix, '--force'], { shell }),
  );
  const folder = samples();
  spawn(
    'code',
    [...profile, '--disable-workspace-trust', folder, join(folder, 'first-exits/kernel.asm')],
    {
      shell,
      stdio: 'ignore',
      detached: true,
    },
  ).unref();
  process.stdout.write(`\nVS Code opens.\n${WHAT_TO_PRESS}`);
}

async function startInBrowser(vsix: string): Promise<void> {
  if (!canRunServer()) {
    const why = 'There is no `code` command here, and the VS Code server runs on Linux x64 only.';
    throw new Error(`${why}\nInstall ${vsix} in your VS Code and open ${samples()}.`);
  }
  const vscode = await installServer();
  const server = await step('VS Code server with the extension', () =>
    startServer(vscode, { vsix, profile: PROFILE, port: PORT }),
  );
  const address = `http://127.0.0.1:${server.port}/?folder=${encodeURIComponent(samples())}`;
  process.stdout.write(`\nVS Code is at\n\n  ${address}\n${WHAT_TO_PRESS}\nCtrl+C ends it.\n`);
  const end = (): void => {
    void server.stop().then(() => process.exit(0));
  };
  process.once('SIGINT', end);
  process.once('SIGTERM', end);
}

async function main(): Promise<void> {
  const vsix = await packageExtension();
  if (!existsSync(vsix)) throw new Error(`${vsix} was not made`);
  await (hasDesktop() ? startDesktop(vsix) : startInBrowser(vsix));
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
