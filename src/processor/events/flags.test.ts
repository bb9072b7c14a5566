import assert from 'node:assert/strict';
import { Vector } from '../../isa/exceptions';
import { Dr6 } from '../../isa/registers/debug';
import { assembleText, flatImage, Machine, MachineRun } from '../../session';
import type { InterruptEvent } from './event';
import { flagsImage } from './flags';

const RF = 0x1_0000n;
const event = (kind: InterruptEvent['kind'], vector: number, debug?: bigint): InterruptEvent => ({
  kind,
  vector,
  debug,
  returnRip: 0n,
});

describe('RF in RFLAGS as it is pushed (SDM 3B 18.3.1.1)', () => {
  for (const [what, of, set] of [
    ['a fault', event('hardware-exception', Vector.PF), true],
    ['a breakpoint on an instruction', event('hardware-exception', Vector.DB, Dr6.B0), false],
    ['a breakpoint on data', event('hardware-exception', Vector.DB, Dr6.B1), false],
    ['a single step', event('hardware-exception', Vector.DB, Dr6.BS), false],
    ['general detect', event('hardware-exception', Vector.DB, Dr6.BD), true],
    ['an interrupt', event('external-interrupt', 0x20), false],
    ['INT n', event('software-interrupt', 0x80), false],
    ['INT3', event('software-exception', Vector.BP), false],
  ] as const) {
    it(`${set ? 'is set by' : 'stays as it is with'} ${what}`, () => {
      assert.equal(flagsImage(2n, of), set ? 2n | RF : 2n);
      assert.equal(flagsImage(2n | RF, of), 2n | RF);
    });
  }
});

describe('RF after an instruction (SDM 3B 18.3.1.1)', () => {
  /** A handler of #UD returns past UD2 with the RF that the fault has pushed; then come `between` and INT 41h. */
  async function imageOf(between: string): Promise<bigint> {
    const source = `
        org     0x7c00
        bits    16
        cli
        xor     ax, ax
        mov     ds, ax
        mov     word [6 * 4], ud
        mov     word [6 * 4 + 2], ax
        mov     word [0x41 * 4], int41
        mov     word [0x41 * 4 + 2], ax
        lgdt    [gdtr]
        mov     eax, cr0
        or      al, 1
        mov     cr0, eax
        jmp     8:inside
        bits    32
inside: mov     ax, 16
        mov     ds, ax
        mov     ss, ax
        mov     esp, 0x7000
        lidt    [idtr]
        ud2
        ${between}
        int     0x41
ud:     add     dword [esp], 2
        iretd
int41:  mov     eax, [esp + 8]
        mov     [0x6000], eax
        mov     al, 0
        out     0xf4, al
gdtr:   dw      23
        dd      gdt
idtr:   dw      0x42 * 8 - 1
        dd      idt
        align   8
gdt:    dq      0, 0x00cf9a000000ffff, 0x00cf92000000ffff
idt:    times 6 dq 0
        dw      ud, 8, 0x8e00, 0
        times 0x41 - 7 dq 0
        dw      int41, 8, 0x8e00, 0
`;
    const image = flatImage(await assembleText(source));
    const machine = new Machine(image, { monitor: 'none', memory: 1 << 20 });
    new MachineRun(machine).turn(1000, 10_000);
    return BigInt(machine.computer.memory.read32(0x6000));
  }

  it('is over after one that does not load it', async () => {
    assert.equal((await imageOf('nop')) & RF, 0n);
    assert.equal((await imageOf('mov ecx, 1\n loop $')) & RF, 0n);
  });

  it('is pushed by INT n, if that is the one that it is for', async () => {
    assert.equal((await imageOf('')) & RF, RF);
  });
});
