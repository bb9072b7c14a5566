import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { canRunServer } from '../../scripts/vscode/install';
import { openPackedWorkbench, OUT, type PackedWorkbench } from './packed-workbench';

/** What a person sees of a kernel that is translated, in the packed extension. */

const KERNEL = 'techniques/translate/kernel.asm';
const PANE = /^Translation Cache/i;
const CLOSED = [/^Watch/i, /^Breakpoints/i, /^Variables/i, /^VMCS/i, /^Address Translation/i];
const ALSO_CLOSED = [/^TLB/i, /^VM Exits/i, /^Call Stack/i, /^Registers/i];

/** F5 starts this one. */
function onlyTranslate(folder: string): void {
  const program = `\${workspaceFolder}/${KERNEL}`;
  const launch = { name: 'translate', type: 'ringside', request: 'launch', program };
  mkdirSync(join(folder, '.vscode'), { recursive: true });
  writeFileSync(
    join(folder, '.vscode/launch.json'),
    JSON.stringify({ version: '0.2.0', configurations: [{ ...launch, monitor: 'translate' }] }),
  );
}

describe('a kernel that is translated, as a person sees it', function () {
  this.timeout(240_000);
  let workbench: PackedWorkbench;

  before(async function () {
    if (!(await canRunServer())) this.skip();
    mkdirSync(OUT, { recursive: true });
    workbench = await openPackedWorkbench('en', 'dark', onlyTranslate);
    const { person, folder, page } = workbench;
    await person.openFile(KERNEL);
    const source = readFileSync(join(folder, KERNEL), 'utf8').split('\n');
    await person.goToLine(source.findIndex((text) => /^\s+popfd/.test(text)) + 1);
    await person.toggleBreakpoint();
    await person.stopAfter('F5', 'guest');
    await person.stopAfter('F5', 'guest');
    await page.locator('.part.sidebar').hover();
    await person.widenSidebar();
  });

  after(() => workbench?.close());

  const shoot = (name: string): Promise<unknown> =>
    workbench.page.screenshot({ path: join(OUT, `translation-cache-${name}.png`) });

  const rows = async (): Promise<string[]> =>
    (await workbench.person.rowsOf(PANE)).map((row) => row.replaceAll('\n', ' '));

  it('stands beside its translation, and what comes next is marked', async () => {
    const { person } = workbench;
    for (const pane of [...CLOSED, ...ALSO_CLOSED]) await person.setPane(pane, false);
    await person.setPane(PANE, true);
    await person.waitFor('rows', async () => (await rows()).length > 8);
    await shoot('popf');
    const shown = (await rows()).join('\n');
    assert.match(shown, /inline\.pass\+0x2 .*here/);
    assert.match(shown, /popf 16 instructions in line/);
    assert.match(shown, /mov \[ss:0xf7c00000\], ecx .*comes next/);
    assert.match(shown, /inc dword .* identical/);
    assert.match(await person.world(), /translated, in ring 1/);
  });

  it('is gone through instruction by instruction', async () => {
    const { person } = workbench;
    await person.command('Ringside: Step Translated Instruction');
    await person.waitFor('the next one', async () =>
      (await rows()).some((row) => /mov ecx, \[esp\] .*comes next/.test(row)),
    );
    await shoot('step');
  });
});
