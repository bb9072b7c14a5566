import assert from 'node:assert/strict';
import {
  assembleText,
  flatImage,
  Machine,
  MachineRun,
  type MonitorName,
  type MachineOptions,
} from '.';

/** Address line 20: while it is held at 0, the second megabyte is the first (SDM 3B 21.1.1). */

/** Writes 2 at 1 MByte + 0x610 of a machine that has 1 there and at 0x600; prints what is at 0x600. */
const probe = (gate: string): string => `
        mov word [0x600], '1'
        ${gate}
        mov word [es:0x610], '2'
        mov al, [0x600]
        out 0xe9, al
        mov al, [es:0x610]
        out 0xe9, al
`;
const FAST = (bits: string): string => `in al, 0x92\n${bits}\nout 0x92, al`;
const KEYBOARD = (value: string): string =>
  `mov al, 0xd1\nout 0x64, al\nmov al, ${value}\nout 0x60, al`;
const SOURCE = `
        org 0x7c00
        cli
        xor ax, ax
        mov ds, ax
        dec ax
        mov es, ax
        ${probe('')}
        ${probe(FAST('and al, 0xfd'))}
        ${probe(FAST('or al, 2'))}
        ${probe(KEYBOARD('0xdd'))}
        ${probe(KEYBOARD('0xdf'))}
        hlt
`;
/** Where line 20 comes through, the two are different places. */
const PRINTED = '12' + '22' + '12' + '22' + '12';

async function printed(options: Partial<MachineOptions>, cut: number): Promise<string> {
  let text = '';
  const image = flatImage(await assembleText(SOURCE));
  const machine = new Machine(
    image,
    { monitor: 'none', memory: 4 << 20, ...options },
    { debugConsole: (byte) => (text += String.fromCharCode(byte)) },
  );
  const run = new MachineRun(machine);
  const { processor } = machine.computer;
  while (run.turn(1000, processor.work + cut).kind === 'spent') {
    machine.restore(machine.save());
    if (processor.work > 100_000) break;
  }
  return text;
}

describe('the A20 gate', () => {
  const monitors: readonly MonitorName[] = ['none', 'vtx', 'svm'];
  for (const monitor of monitors) {
    it(`by port 0x92 and by the keyboard controller, the last one decides (${monitor})`, async () => {
      assert.equal(await printed({ monitor }, 100_000), PRINTED);
    });

    it(`is part of the saved state (${monitor})`, async () => {
      assert.equal(await printed({ monitor }, 1), PRINTED);
    });
  }

  it('also moves pages that have no frame yet', async () => {
    assert.equal(await printed({ monitor: 'vtx', allocation: 'on-demand' }, 100_000), PRINTED);
  });
});
