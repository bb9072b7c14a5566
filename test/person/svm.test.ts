import assert from 'node:assert/strict';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { canRunServer } from '../../scripts/vscode/install';
import { openPackedWorkbench, OUT, type PackedWorkbench } from './packed-workbench';

/** A guest that the built-in monitor runs by SVM, as a person sees it in the packed extension. */

const GUEST = 'modes.asm';
const REGISTERS = /^Registers/i;
/** The pane says what it shows: a VMCB. */
const VMCB = /^VMCB|^VMCS/i;
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
  describe('what a person sees of a guest under SVM', function () {
    this.timeout(420_000);
    let workbench: PackedWorkbench;

    before(async () => {
      mkdirSync(OUT, { recursive: true });
      workbench = await openPackedWorkbench('en', 'light', (folder) => {
        cpSync(join(__dirname, '../transcripts/guests', GUEST), join(folder, GUEST));
        const program = `\${workspaceFolder}/${GUEST}`;
        const configuration = {
          type: 'ringside',
          request: 'launch',
          name: 'AMD-V',
          program,
          monitor: 'svm',
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
      const long = source.findIndex((text) => text.startsWith('long_mode:'));
      await person.goToLine(source.findIndex((text, n) => n > long && /^\s+cpuid/.test(text)) + 1);
      await person.toggleBreakpoint();
      await person.stopAfter('F5', 'guest');
      await person.stopAfter('F5', 'guest');
      await page.locator('.part.sidebar').hover();
      await person.widenSidebar();
    });

    afterEach(async function () {
      if (this.currentTest?.state === 'failed') await shoot('failed');
    });

    after(() => workbench?.close());

    const shoot = (name: string): Promise<unknown> =>
      workbench.page.screenshot({ path: join(OUT, `svm-${name}.png`) });

    /** Opens just these panes, and gives the rows of the first. */
    const look = async (...open: [RegExp, ...RegExp[]]): Promise<string[]> => {
      const { person } = workbench;
      for (const pane of [...OTHERS, REGISTERS, VMCB, TRANSLATION, EXITS, STACK]) {
        await person.setPane(pane, open.includes(pane));
      }
      await person.waitFor('rows', async () => (await person.rowsOf(open[0])).length > 1);
      return flat(await person.rowsOf(open[0]));
    };

    it('the guest before CPUID: its world, both columns of registers', async () => {
      await look(REGISTERS, STACK);
      await shoot('1-guest');
      assert.match(await workbench.person.world(), /^guest · ring 0 · 64-bit mode · guest mode$/);
    });

    it('the monitor after CPUID: its source, how control came there, and the VMCB', async () => {
      const { person } = workbench;
      await person.stopAfter('F11', 'monitor');
      for (let n = 0; n < 3; n++) await person.stopAfter('F10', 'monitor');
      const rows = await look(VMCB, STACK);
      await shoot('2-monitor-vmcb');
      assert.match(await person.world(), /#VMEXIT \d+: CPUID \(leaf 0x1\)/);
      has(rows, /^Next VMRUN will pass/);
      has(rows, /^Why we are here 0x72: CPUID$/);
      has(rows, /^Exit code 0x72 CPUID \(VMEXIT_CPUID\)$/);
      const stack = flat(await person.rowsOf(STACK));
      has(stack, /^handleExit .*svm\.ts/);
      has(stack, /#VMEXIT \d+: CPUID/);
    });

    it('the trace of exits, in AMD’s words', async () => {
      const rows = await look(EXITS);
      await shoot('3-exits');
      has(rows, /^#\d+ CPUID .*leaf 0x1/);
    });

    it('the guest after CPUID: its address in two dimensions', async () => {
      await workbench.person.stopAfter('Shift+F11', 'guest');
      const rows = await look(TRANSLATION);
      await shoot('4-guest-translation');
      has(rows, /^NPT walk of GPA 0x/);
      has(rows, /^= HPA 0x/);
    });
  });
}

if (canRunServer()) series();
