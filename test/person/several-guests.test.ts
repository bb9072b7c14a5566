import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { canRunServer } from '../../scripts/vscode/install';
import { openPackedWorkbench, OUT, type PackedWorkbench } from './packed-workbench';

/** What a person sees of two guests on one computer, in the packed extension. */

const FOLDER = 'techniques/several-guests';
const COUNTER = `${FOLDER}/counter.asm`;
const MACHINES = /^Virtual Machines/i;
const STACK = /^Call Stack/i;
const CLOSED = [/^Watch/i, /^Breakpoints/i, /^Variables/i, /^VMCS/i, /^Address Translation/i];
const ALSO_CLOSED = [/^TLB/i, /^VM Exits/i, /^Registers/i];

/** F5 starts this one. */
function onlySeveralGuests(folder: string): void {
  const at = (name: string): string => `\${workspaceFolder}/${FOLDER}/${name}`;
  const launch = { name: 'several guests', type: 'ringside', request: 'launch' };
  const guests = [{ program: at('clock.asm'), memory: '1M' }];
  const configurations = [{ ...launch, program: at('counter.asm'), guests }];
  mkdirSync(join(folder, '.vscode'), { recursive: true });
  writeFileSync(
    join(folder, '.vscode/launch.json'),
    JSON.stringify({ version: '0.2.0', configurations }),
  );
}

describe('two guests on one computer, as a person sees them', function () {
  this.timeout(240_000);
  let workbench: PackedWorkbench;

  before(async function () {
    if (!(await canRunServer())) this.skip();
    mkdirSync(OUT, { recursive: true });
    workbench = await openPackedWorkbench('en', 'dark', onlySeveralGuests);
    const { person, folder, page } = workbench;
    await person.openFile(COUNTER);
    const source = readFileSync(join(folder, COUNTER), 'utf8').split('\n');
    await person.goToLine(source.findIndex((text) => text.startsWith('taken:')) + 1);
    await person.toggleBreakpoint();
    await person.stopAfter('F5', 'guest');
    await person.stopAfter('F5', 'guest');
    await page.locator('.part.sidebar').hover();
    await person.widenSidebar();
  });

  after(() => workbench?.close());

  const rows = async (pane: RegExp): Promise<string[]> =>
    (await workbench.person.rowsOf(pane)).map((row) => row.replaceAll('\n', ' '));

  it('are threads with stacks of their own, and a tree of virtual machines', async () => {
    const { person, page } = workbench;
    for (const pane of [...CLOSED, ...ALSO_CLOSED]) await person.setPane(pane, false);
    await person.setPane(STACK, true);
    await person.setPane(MACHINES, true);
    await person.waitFor('rows', async () => (await rows(MACHINES)).length >= 2);
    await page.screenshot({ path: join(OUT, 'several-guests.png') });
    const machines = (await rows(MACHINES)).join('\n');
    assert.match(machines, /^counter has the processor/m);
    assert.match(machines, /^clock waits for/m);
    assert.match(machines, /Memory 64 MB/);
    const stack = (await rows(STACK)).join('\n');
    assert.match(stack, /counter: vCPU 0/);
    assert.match(stack, /clock: vCPU 0/);
    assert.match(await person.world(), /counter · guest/);
  });
});
