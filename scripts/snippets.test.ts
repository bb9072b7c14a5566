import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { assembleText, flatImage, Machine, MachineRun } from '../src/session';
import { NASM_LANGUAGES } from '../src/vscode/language/languages';
import { kernelSource } from '../src/vscode/samples/kernel';

const ROOT = resolve(__dirname, '..');
const MEMORY = 4 << 20;

const snippets = JSON.parse(readFileSync(join(ROOT, 'snippets/nasm.json'), 'utf8')) as Record<
  string,
  { prefix: string; description: string; body: string[] }
>;
const LONG = readFileSync(join(ROOT, 'media/kernels/long.asm'), 'utf8');

/** As it stands in the editor when nobody types anything else; `at` for what is typed last. */
function expanded(name: string, at = ''): string {
  const snippet = snippets[name];
  assert.ok(snippet, name);
  return snippet.body
    .join('\n')
    .replace(/\$\{\d+:([^}]*)\}/g, '$1')
    .replace(/(?<!\\)\$0/g, at)
    .replaceAll('\\$', '$');
}

/** How a program ends on the bare computer. */
async function run(source: string, cpu: 'intel' | 'amd' = 'intel'): Promise<string> {
  const image = flatImage(await assembleText(source));
  const machine = new Machine(image, { monitor: 'none', cpu, memory: MEMORY });
  const stop = new MachineRun(machine).turn(20_000, 1_000_000);
  return stop.kind === 'end' ? stop.end.kind : stop.kind;
}

const POWER_OFF = 'mov dx, 0x604\n mov ax, 0x2000\n out dx, ax';

/** A kernel in long mode that does something of its own, with a snippet behind its end. */
const kernel = (deed: string, ...behind: string[]): string =>
  kernelSource(LONG, { technique: 'none', extras: ['ring3'] })
    .replace(/^ +; Into ring 3:/m, `${deed}\n$&`)
    .replace('hello:', `${behind.join('\n')}\nhello:`);

describe('snippets', () => {
  it('are offered in all that may be NASM, in both languages', () => {
    const { contributes } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
      contributes: { snippets: { language: string; path: string }[] };
    };
    assert.deepEqual(
      contributes.snippets.map(({ language }) => language),
      [...NASM_LANGUAGES],
    );
    for (const { description } of Object.values(snippets))
      assert.match(description, /\w.* \/ .*[一-鿿]/);
  });

  it('a boot sector has 512 bytes and runs', async () => {
    const source = expanded('Boot sector', POWER_OFF);
    assert.equal((await assembleText(source)).image.length, 512);
    assert.equal(await run(source), 'power-off');
  });

  for (const name of ['Protected mode', 'Long mode']) {
    it(`${name}: real mode gets there`, async () => {
      const segments = 'xor ax, ax\n mov ds, ax\n mov ss, ax\n mov sp, 0x7c00';
      const source = `org 0x7c00\nbits 16\n${segments}\n${expanded(name, POWER_OFF)}\nhlt`;
      assert.equal(await run(source), 'power-off');
    });
  }

  it('IDT: its vector leads to the handler', async () => {
    const source = kernel(
      'call load_idt\nint 0x20',
      expanded('IDT', POWER_OFF)
        .replace(/\bidt\b/g, 'own_idt')
        .replace(/\bidt_pointer\b/g, 'own_pointer'),
    );
    assert.equal(await run(source), 'power-off');
  });

  it('Ring 3: code without privileges', async () => {
    const source = kernel(
      `mov ax, TASK\nltr ax\n${expanded('Ring 3', 'mov eax, 1\nint SYSTEM').replace(/\buser\b/g, 'own_user')}`,
    );
    assert.equal(await run(source), 'power-off');
  });

  it('VMXON: the processor accepts it', async () => {
    const source = kernel('call enter_vmx\njbe $\nvmxoff', expanded('VMXON'));
    assert.equal(await run(source), 'power-off');
  });

  it('VMRUN: it is executed, and an empty VMCB refused', async () => {
    const source = kernel('call run_guest\ninc rax\njnz $', expanded('VMRUN'));
    assert.equal(await run(source, 'amd'), 'power-off');
  });
});
