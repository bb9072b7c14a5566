import assert from 'node:assert/strict';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { canRunServer } from '../../scripts/vscode/install';
import { openPackedWorkbench, OUT, type PackedWorkbench } from './packed-workbench';

/** A hypervisor of one's own on the bare computer, as a person sees it in the packed extension. */

const GUEST = 'hypervisor.asm';
const REGISTERS = /^Registers/i;
const VMCS = /^VMCS/i;
const TRANSLATION = /^Address Translation/i;
const EXITS = /^VM Exits/i;
const STACK = /^Call Stack/i;
const OTHERS = [/^Watch/i, /^Breakpoints/i, /^Variables/i];

const flat = (rows: readonly string[]): string[] => rows.map((row) => row.replaceAll('\n', ' '));
const has = (rows: readonly string[], pattern: RegExp): void => {
  assert.ok(
    rows.some((row) => pattern.test(row)),
    `${String(pattern)} among:\n${rows.join('\n')}`,
  );
};

function series(): void {
  describe('what a person sees of a hypervisor of their own', function () {
    this.timeout(240_000);
    let workbench: PackedWorkbench;

    before(async () => {
      mkdirSync(OUT, { recursive: true });
      workbench = await openPackedWorkbench('en', 'dark', (folder) => {
        cpSync(join(__dirname, '../transcripts/guests', GUEST), join(folder, GUEST));
        const program = `\${workspaceFolder}/${GUEST}`;
        const configuration = {
          type: 'ringside',
          request: 'launch',
          name: 'Bare',
          program,
          monitor: 'none',
        };
        mkdirSync(join(folder, '.vscode'), { recursive: true });
        writeFileSync(
          join(folder, '.vscode/launch.json'),
          JSON.stringify({ configurations: [configuration] }),
        );
      });
      const { person, folder, page } = workbench;
      await person.openFile(GUEST);
      const source = readFileSync(join(folder, GUEST), 'utf8').split('\n');
      await person.goToLine(source.findIndex((text) => text.startsWith('behind:')) + 2);
      await person.toggleBreakpoint();
      await person.stopAfter('F5', 'host');
      await person.stopAfter('F5', 'guest');
      await page.locator('.part.sidebar').hover();
      await person.widenSidebar();
    });

    afterEach(async function () {
      if (this.currentTest?.state === 'failed') await shoot('failed');
    });

    after(() => workbench?.close());

    const shoot = (name: string): Promise<unknown> =>
      workbench.page.screenshot({ path: join(OUT, `own-hypervisor-${name}.png`) });

    /** Opens just these panes, and gives the rows of the first. */
    const look = async (...open: [RegExp, ...RegExp[]]): Promise<string[]> => {
      const { person } = workbench;
      for (const pane of [...OTHERS, REGISTERS, VMCS, TRANSLATION, EXITS, STACK]) {
        await person.setPane(pane, open.includes(pane));
      }
      await person.waitFor('rows', async () => (await person.rowsOf(open[0])).length > 1);
      return flat(await person.rowsOf(open[0]));
    };

    it('the guest before CPUID: its world, both columns of registers', async () => {
      const rows = await look(REGISTERS, STACK);
      await shoot('1-guest');
      assert.match(await workbench.person.world(), /^guest · ring 0 · 64-bit mode · VMX non-root$/);
      has(rows, /^rip .*<behind\+0x2> · .*<on_exit>$/);
    });

    it('the first instruction at HOST_RIP, with the guest below the exit', async () => {
      const { person } = workbench;
      await person.stopAfter('F11', 'host');
      const rows = await look(VMCS, STACK);
      await shoot('2-host-vmcs');
      has(rows, /10: CPUID/);
      const stack = flat(await person.rowsOf(STACK));
      assert.match(stack[0] ?? '', /^on_exit .*hypervisor\.asm/);
      assert.match(stack[1] ?? '', /VM exit \d+: CPUID/);
      assert.match(stack[2] ?? '', /^behind\+0x2 .*hypervisor\.asm/);
    });

    it('the trace: each exit with its instruction', async () => {
      const rows = await look(EXITS);
      await shoot('3-host-exits');
      has(rows, /^#\d+ CPUID .*behind\+0x2/);
    });

    it('the guest after CPUID: its address in two dimensions', async () => {
      await workbench.person.stopAfter('Shift+F11', 'guest');
      const rows = await look(TRANSLATION);
      await shoot('4-guest-translation');
      has(rows, /^GVA 0x7d/);
      has(rows, /^= HPA 0x/);
    });
  });
}

if (canRunServer()) series();
