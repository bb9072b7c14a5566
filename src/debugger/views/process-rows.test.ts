import assert from 'node:assert/strict';
import { assembleText, flatImage, Machine, MachineRun } from '../../session';
import { GUEST_RAM } from '../../vmm';
import { Target } from '../target';
import { machineRows } from './machines-view';
import type { Row } from './row';
import { translationRows } from './translation-view';

const MIB = 2 ** 20;
const READ = { write: false, execute: false, user: false };

/** Reads a byte of each of 300 pages from 2 MBytes on, which it has written before, over and over. */
const TOUCHING = `
bits 16
org 0x7c00
        cli
        xor     ax, ax
        mov     ds, ax
        lgdt    [gdtr]
        mov     eax, cr0
        or      al, 1
        mov     cr0, eax
        mov     bx, 8
        mov     ds, bx
again:  mov     edi, 0x200000
        mov     cx, 300
touch:  mov     [edi], edi
        add     edi, 4096
        loop    touch
        jmp     again
gdt:    dq 0, 0x00cf92000000ffff
gdtr:   dw 15
        dd gdt
`;

async function stopped(work: number): Promise<Target> {
  const program = await assembleText(TOUCHING);
  const image = flatImage(program);
  const machine = new Machine(image, { monitor: 'vtx', memory: 8 * MIB, hosting: { memory: MIB } });
  new MachineRun(machine).turn(60_000, work);
  return new Target(machine, [program]);
}

const texts = (rows: readonly Row[]): string[] =>
  rows.map(({ label, description = '' }) => `${label} ${description}`);

function translated(target: Target, linear: bigint, node?: string): string[] {
  const world = target.guestWorld;
  const request = { world, linear, access: READ, from: '', refused: undefined };
  return texts(translationRows(request, node));
}

describe('a hosted guest in the views', () => {
  it('has a host-virtual address between guest-physical and host-physical', async () => {
    const target = await stopped(600);
    const { hosting } = target.vm?.host ?? assert.fail();
    const state = hosting?.process.stateOf(0x7000);
    assert.equal(state?.kind, 'present');
    const rows = translated(target, 0x7c00n);
    const hva = (GUEST_RAM + 0x7c00n).toString(16);
    const frame = (state as { frame: number }).frame + 0xc00;
    assert.deepEqual(
      rows.filter((row) => row.startsWith('=')),
      [
        '= GPA 0x7c00 ',
        `= HVA 0x${hva} 4 references → HPA 0x${frame.toString(16)}`,
        `= HPA 0x${frame.toString(16)} `,
      ],
    );
    const steps = translated(target, 0x7c00n, 'hva');
    assert.match(steps[0] ?? '', /^host PML4E\[254\] 0x[0-9a-f]+ P W U/);
    assert.match(steps[3] ?? '', /^host PTE\[7\] 0x[0-9a-f]+ P W U A D XD$/);
  });

  it('has pages that are swapped out, whose bytes can be seen, and edited', async () => {
    const target = await stopped(4000);
    const { hosting } = target.vm?.host ?? assert.fail();
    const { memory } = target.guestWorld;
    const away = Array.from({ length: 300 }, (_, n) => 0x200000 + n * 4096).filter(
      (page) => hosting?.process.stateOf(page).kind === 'swapped',
    );
    assert.ok(away.length > 30, String(away.length));
    const before = target.machine.stateHash;
    for (const page of away) {
      const { data, unreadable } = memory.read('gpa', BigInt(page), 4);
      assert.equal(unreadable, 0);
      assert.equal(new DataView(data.buffer).getUint32(0, true), page);
      const row = translated(target, BigInt(page)).find((each) => each.startsWith('= HVA'));
      assert.match(row ?? '', /4 references → swapped out, slot \d+$/);
    }
    assert.equal(target.machine.stateHash, before, 'looking changes nothing');
    const [first = 0] = away;
    assert.equal(memory.write('gpa', BigInt(first + 8), Uint8Array.of(1, 2)), 2);
    assert.equal(hosting?.process.stateOf(first).kind, 'present');
    assert.deepEqual([...memory.read('gpa', BigInt(first + 8), 2).data], [1, 2]);
  });

  it('is a process, with its page faults counted', async () => {
    const target = await stopped(4000);
    const machines = { targets: [target], names: ['kernel'] };
    const { rows } = machineRows(machines, { node: 'vm/0/memory' } as Parameters<
      typeof machineRows
    >[1]);
    const shown = texts(rows);
    const { counts, swap } = target.vm?.host.hosting?.kernel ?? assert.fail();
    assert.ok(shown.includes(`host-virtual 0x7f0000000000 – 0x7f00007fffff`), shown.join('\n'));
    assert.ok(
      shown.includes(`memory of the host 1 MB, ${String(swap.used)} pages on the swap device`),
    );
    const { firstTouches, swapIns, swapOuts } = counts;
    assert.ok(swapIns > 0 && swapOuts > swapIns && firstTouches > 300);
    assert.ok(
      shown.includes(
        `host page faults ${String(firstTouches)} first touches, ${String(swapIns)} from the swap device, ${String(swapOuts)} pages made room`,
      ),
      shown.join('\n'),
    );
  });
});
