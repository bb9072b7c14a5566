import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Machine, MachineRun, assembleText } from '../../session';
import { bootProgram } from '../../session/boot/boot';
import {
  extrasOf,
  kernelSource,
  MODES,
  TECHNIQUES,
  type Extra,
  type KernelChoices,
} from './kernel';

const MEMORY = 4 << 20;

const template = (mode: string): string =>
  readFileSync(join(__dirname, `../../../media/kernels/${mode}.asm`), 'utf8');

/** All ways to choose some of them. */
const subsets = (all: readonly Extra[]): Extra[][] =>
  all.reduce<Extra[][]>((sets, each) => [...sets, ...sets.map((set) => [...set, each])], [[]]);

const EVERY: KernelChoices[] = MODES.flatMap((mode) =>
  TECHNIQUES.flatMap((technique) =>
    subsets(extrasOf(mode)).map((extras) => ({ mode, technique, extras })),
  ),
);

const expected = ({ mode, extras }: KernelChoices): string =>
  [
    `Hello from ${mode === 'real' || mode === 'long' ? mode : 'protected'} mode.\n`,
    extras.includes('interrupts') ? 'The timer has ticked.\n' : '',
    extras.includes('ring3') ? 'Hello from ring 3.\n' : '',
  ].join('');

/** What it prints on the serial port, and how it ends. */
async function run(source: string, monitor: KernelChoices['technique']) {
  const assembly = await assembleText(source);
  const image = await bootProgram(assembly, { name: 'kernel', memory: MEMORY });
  let text = '';
  const serial = (byte: number): void => void (text += String.fromCharCode(byte));
  const processor = monitor === 'svm' ? { cpu: 'amd' as const } : {};
  const machine = new Machine(image, { monitor, memory: MEMORY, ...processor }, { serial });
  const stop = new MachineRun(machine).turn(20_000, 5_000_000);
  return { text, end: stop.kind === 'end' ? stop.end.kind : stop.kind };
}

describe('kernels to begin with', () => {
  for (const choices of EVERY) {
    const { mode, technique, extras } = choices;
    it(`${mode}, ${technique}, ${extras.join(' and ') || 'hello alone'}: runs to a clean end`, async () => {
      const source = kernelSource(template(mode), choices);
      assert.doesNotMatch(source, /; \[/, 'no mark is left');
      assert.doesNotMatch(source, /\n\n\n/, 'and no gap');
      const { text, end } = await run(source, technique);
      assert.equal(text, expected(choices));
      assert.equal(end, technique === 'none' ? 'power-off' : 'hypercall');
    });
  }

  it('have marks that can be nested and have another side', () => {
    const text = '; [if ring3]\na\n; [if interrupts monitor]\nb\n; [else]\nc\n; [end]\n; [end]\nd';
    const source = (extras: Extra[], technique: 'vtx' | 'none') =>
      kernelSource(text, { extras, technique }).split('\n').join('');
    assert.equal(source(['ring3'], 'none'), 'acd');
    assert.equal(source(['ring3'], 'vtx'), 'abd');
    assert.equal(source(['interrupts'], 'vtx'), 'd');
  });
});
